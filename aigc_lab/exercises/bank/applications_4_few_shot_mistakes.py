"""Notebook 12: the mistakes known of the exercise in applications_4_few_shot."""

from __future__ import annotations

from aigc_lab.exercises.bank.applications_4_few_shot_forms import FORMS
from aigc_lab.exercises.bank.applications_4_few_shot_system import SYSTEMS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_4_few_shot

TURNS = "In a real conversation, who wrote the question of an example, and who its answer?"
LAST = "The model answers the last message. Which should that be?"
API = 'The API takes a list of {"role": …, "content": …}. What does yours look like?'
AS_IS = "The model will imitate the examples, character by character. What would it write?"

MISTAKES = (
    *FORMS,
    *SYSTEMS,
    Mistake(
        "answers before questions",
        symptom="each answer stands before its question",
        diagnosis="you write the assistant's message of an example first",
        hint=TURNS,
        knobs={"shown": "answers first"},
    ),
    Mistake(
        "contents exchanged",
        symptom="the user answers, and the assistant asks",
        diagnosis="question and answer of an example are exchanged",
        hint=TURNS,
        knobs={"shown": "contents exchanged"},
    ),
    Mistake(
        "roles exchanged",
        symptom="the assistant asks everything, and the user answers",
        diagnosis="the names of the two roles are exchanged throughout",
        hint=TURNS,
        knobs={"names": ("assistant", "user")},
    ),
    Mistake(
        "all by the user",
        symptom="the user seems to answer his own questions",
        diagnosis="you give the answers the role of the user, too",
        hint=TURNS,
        knobs={"shown": "all by the user"},
    ),
    Mistake(
        "all by the system",
        symptom="examples are said by the system",
        diagnosis="you give the examples the role of the system",
        hint=TURNS,
        knobs={"shown": "all by the system"},
    ),
    Mistake(
        "questions only",
        symptom="the answers of the examples are missing",
        diagnosis="you write the questions of the examples without their answers",
        hint="What can a model learn from a question alone?",
        knobs={"shown": "questions only"},
    ),
    Mistake(
        "answers only",
        symptom="the questions of the examples are missing",
        diagnosis="you write the answers of the examples without their questions",
        hint="What can a model learn from an answer alone?",
        knobs={"shown": "answers only"},
    ),
    Mistake(
        "one message for each example, two lines",
        symptom="question and answer stand in one message",
        diagnosis="you join question and answer by a line break",
        hint=TURNS,
        knobs={"shown": "one message"},
    ),
    Mistake(
        "one message for each example, one line",
        symptom="question and answer stand in one message",
        diagnosis="you join question and answer by a space",
        hint=TURNS,
        knobs={"shown": "one message, a space"},
    ),
    Mistake(
        "pair as content",
        symptom="a content is no text",
        diagnosis="you put the whole pair into one message",
        hint=TURNS,
        knobs={"shown": "pair as content"},
    ),
    Mistake(
        "all questions, then all answers",
        symptom="the answers stand far from their questions",
        diagnosis="you write the questions in one loop and the answers in another",
        hint=TURNS,
        knobs={"shown": "questions, then answers"},
    ),
    Mistake(
        "Q and A",
        symptom="the contents begin with Q: and A:",
        diagnosis="you write Q: and A: into the contents; the roles say that already",
        hint=AS_IS,
        knobs={"shown": "marked"},
    ),
    Mistake(
        "Question and Answer",
        symptom="the contents begin with Question: and Answer:",
        diagnosis="you write Question: and Answer: into the contents; the roles say that already",
        hint=AS_IS,
        knobs={"shown": "marked in words"},
    ),
    Mistake(
        "stripped",
        symptom="spaces at the ends of the examples are lost",
        diagnosis="you strip the texts",
        hint=AS_IS,
        knobs={"shown": "stripped"},
    ),
    Mistake(
        "no examples",
        symptom="the examples are missing",
        diagnosis="you leave the examples out: that is zero-shot",
        hint="Where in your code do the examples go?",
        knobs={"shown": "none"},
    ),
    Mistake(
        "reversed",
        symptom="the examples stand in the reverse order",
        diagnosis="you go through the examples backwards, or insert each at the front",
        hint="In which order do they arrive?",
        knobs={"order": "reversed"},
    ),
    Mistake(
        "first example only",
        symptom="all examples but the first are missing",
        diagnosis="you return after the first example, or take examples[0]",
        hint="How far is your return indented?",
        knobs={"order": "first"},
    ),
    Mistake(
        "last example only",
        symptom="all examples but the last are missing",
        diagnosis="each example replaces the one before: = where += or append is needed",
        hint="What is in your list after the second round of the loop?",
        knobs={"order": "last"},
    ),
    Mistake(
        "question first",
        symptom="the question stands before the examples",
        diagnosis="you write the question before the examples",
        hint=LAST,
        knobs={"ask": "first"},
    ),
    Mistake(
        "no question",
        symptom="the question is missing",
        diagnosis="you leave the question out",
        hint=LAST,
        knobs={"ask": "missing"},
    ),
    Mistake(
        "question by the assistant",
        symptom="the assistant seems to ask",
        diagnosis="you give the question the role of the assistant",
        hint=LAST,
        knobs={"ask": "of the assistant"},
    ),
    Mistake(
        "an empty answer last",
        symptom="the model seems to have answered already, with nothing",
        diagnosis="you write an empty message of the assistant after the question",
        hint=LAST,
        knobs={"ask": "with an empty answer"},
    ),
    Mistake(
        "human and bot",
        symptom="the roles are none that the API knows",
        diagnosis="you call the roles human and bot; they are user and assistant",
        hint=API,
        knobs={"names": ("human", "bot")},
    ),
    Mistake(
        "text for content",
        symptom="the messages have no content",
        diagnosis="you call the content text",
        hint=API,
        knobs={"keys": ("role", "text")},
    ),
    Mistake(
        "role as the key",
        symptom="the messages have neither role nor content",
        diagnosis='you write {"user": …} where {"role": "user", "content": …} is asked for',
        hint=API,
        knobs={"told": "by role"},
    ),
    Mistake(
        "pairs",
        symptom="pairs come back instead of messages",
        diagnosis="you write (role, content) where a dict is asked for",
        hint=API,
        knobs={"told": "pairs"},
    ),
    Mistake(
        "one text",
        symptom="a text comes back instead of messages",
        diagnosis="you write the conversation as a text with one line for each message; the API's "
        "template does that",
        hint=API,
        knobs={"told": "text"},
    ),
    Mistake(
        "contents alone",
        symptom="texts come back instead of messages",
        diagnosis="you return the contents without their roles",
        hint=API,
        knobs={"told": "contents"},
    ),
    Mistake(
        "in a dict",
        symptom="a dict comes back instead of a list",
        diagnosis='you return {"messages": …}, the request as a whole; the list alone is asked for',
        hint=API,
        knobs={"told": "in a dict"},
    ),
)

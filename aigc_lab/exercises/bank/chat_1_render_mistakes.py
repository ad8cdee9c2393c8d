"""Notebook 11: the mistakes known of the exercise in chat_1_render."""

from __future__ import annotations

from aigc_lab.exercises.bank.chat_1_render_breaks import BREAKS
from aigc_lab.exercises.definition import Mistake
from aigc_lab.text.words import END_OF_TEXT

EXERCISES = ()  # the exercise that these belong to stands in chat_1_render

OPEN = "The model goes on where the text ends. Whose turn is it to speak there?"
HISTORY = "A model remembers nothing from one call to the next. Where does it read the rest?"

MISTAKES = (
    *BREAKS,
    Mistake(
        "no beginning",
        symptom=f"the text does not begin with '{END_OF_TEXT}'",
        diagnosis="you leave out the mark that tells the model that a new text begins",
        hint="What is the first token of every document the model was trained on?",
        knobs={"beginning": "none"},
    ),
    Mistake(
        "beginning of each message",
        symptom="each message looks like a document of its own",
        diagnosis=f"you write '{END_OF_TEXT}' before every message instead of once",
        hint="How many texts does a conversation become?",
        knobs={"beginning": "each"},
    ),
    Mistake(
        "beginning at the end",
        symptom=f"'{END_OF_TEXT}' stands at the end",
        diagnosis=f"you take '{END_OF_TEXT}' for the last mark; here it says that a text begins",
        hint="Where does the mark stand in the example?",
        knobs={"beginning": "last"},
    ),
    Mistake(
        "no ends",
        symptom="nobody can tell where a message ends",
        diagnosis="you leave out '<|end|>'",
        hint="How will the model show that its answer is finished?",
        knobs={"ends": "none"},
    ),
    Mistake(
        "last end missing",
        symptom="the last message does not end",
        diagnosis="you write '<|end|>' between messages only, and none after the last one",
        hint="Does `'x'.join(parts)` write an x after the last part?",
        knobs={"ends": "not the last"},
    ),
    Mistake(
        "answers end only",
        symptom="only answers are closed with '<|end|>'",
        diagnosis="you write '<|end|>' after the assistant's messages only",
        hint="Each message, whoever wrote it, ends in the same way.",
        knobs={"ends": "answers"},
    ),
    Mistake(
        "answers do not end",
        symptom="answers are not closed with '<|end|>'",
        diagnosis="you write '<|end|>' after all messages but the assistant's",
        hint="What should the model learn to write when its answer is finished?",
        knobs={"ends": "not the answers"},
    ),
    Mistake(
        "endoftext as end",
        symptom=f"each message ends with '{END_OF_TEXT}'",
        diagnosis=f"you close messages with '{END_OF_TEXT}' where '<|end|>' is asked for",
        hint="One mark says that a message ends, the other that a text begins. Which is which?",
        knobs={"ends": "endoftext"},
    ),
    Mistake(
        "prompt always",
        symptom="a finished conversation still waits for an answer",
        diagnosis="you always write the last '<|assistant|>', also when it is not asked for",
        hint="What does add_generation_prompt say, and where do you read it?",
        knobs={"prompt": "always"},
    ),
    Mistake(
        "prompt never",
        symptom="the model would have to guess that it is its turn",
        diagnosis="you never write the last '<|assistant|>'",
        hint=OPEN,
        knobs={"prompt": "never"},
    ),
    Mistake(
        "prompt exchanged",
        symptom="the prompt comes just when it is not asked for",
        diagnosis="your question about add_generation_prompt is turned around",
        hint=OPEN,
        knobs={"prompt": "exchanged"},
    ),
    Mistake(
        "prompt after the user",
        symptom="every text that ends with the user waits for an answer",
        diagnosis="you look at the last role, and not at add_generation_prompt",
        hint="Who decides whether the prompt is written: the messages, or the caller?",
        knobs={"prompt": "after the user"},
    ),
    Mistake(
        "prompt after each message",
        symptom="after every message an answer is asked for",
        diagnosis="you write the prompt inside the loop",
        hint="How far is the line with the prompt indented?",
        knobs={"prompt": "each"},
    ),
    Mistake(
        "prompt closed",
        symptom="the answer is finished before it begins",
        diagnosis="you close the last '<|assistant|>' with '<|end|>'",
        hint=OPEN,
        knobs={"prompt": "closed"},
    ),
    Mistake(
        "prompt of the user",
        symptom="the model is asked to write the user's next message",
        diagnosis="you write '<|user|>' as the prompt",
        hint=OPEN,
        knobs={"prompt": "user"},
    ),
    Mistake(
        "prompt without its mark",
        symptom="the prompt is a word instead of a mark",
        diagnosis="you write 'assistant' as the prompt, without '<|' and '|>'",
        hint=OPEN,
        knobs={"prompt": "word"},
    ),
    Mistake(
        "no system",
        symptom="the system message is lost",
        diagnosis="you skip the system message",
        hint="Three roles can speak. Which of them does your code know?",
        knobs={"kept": "no system"},
    ),
    Mistake(
        "system last",
        symptom="the system message stands behind all others",
        diagnosis="you move the system message to the end",
        hint="In which order do the messages arrive?",
        knobs={"kept": "system last"},
    ),
    Mistake(
        "empty system",
        symptom="a system message appears that nobody wrote",
        diagnosis="you write the mark of the system where there is no system message",
        hint="What should your function write for a message that is not there?",
        knobs={"kept": "empty system"},
    ),
    Mistake(
        "newest only",
        symptom="all messages but the last are lost",
        diagnosis="you write the last message only: a line stands outside the loop, or replaces "
        "the text instead of going on with it",
        hint=HISTORY,
        knobs={"kept": "newest"},
    ),
    Mistake(
        "first only",
        symptom="all messages but the first are lost",
        diagnosis="you return after the first message: the return stands inside the loop",
        hint="How far is your return indented?",
        knobs={"kept": "first"},
    ),
    Mistake(
        "user's only",
        symptom="only what the user said is left",
        diagnosis="you write the user's messages only",
        hint=HISTORY,
        knobs={"kept": "user's"},
    ),
    Mistake(
        "roles by place",
        symptom="with a system message everybody says what somebody else said",
        diagnosis="you take turns between user and assistant instead of reading the roles",
        hint="Where does each message say who wrote it?",
        knobs={"marks": "by place"},
    ),
    Mistake(
        "all by the user",
        symptom="everything seems to be said by the user",
        diagnosis="you write '<|user|>' before every message",
        hint="Where does each message say who wrote it?",
        knobs={"marks": "user's"},
    ),
    Mistake(
        "roles without marks",
        symptom="roles are plain words",
        diagnosis="you write the role's name without '<|' and '|>'",
        hint="A user can type the word 'assistant'. How is a mark different?",
        knobs={"marks": "words"},
    ),
    Mistake(
        "marks without bars",
        symptom="the marks are none that the tokenizer knows",
        diagnosis="you write <user> where <|user|> is asked for",
        hint="Compare your marks with those of the text, character by character.",
        knobs={"marks": "no bars"},
    ),
    Mistake(
        "no roles",
        symptom="nobody can tell who said what",
        diagnosis="you write the contents only, without the marks of their roles",
        hint="What stands before each content?",
        knobs={"marks": "none"},
    ),
    Mistake(
        "stripped",
        symptom="spaces and line breaks at the ends of a content are lost",
        diagnosis="you strip the contents",
        hint="“Its content as it is”: what if somebody asks about the spaces?",
        knobs={"stripped": True},
    ),
    Mistake(
        "a list of parts",
        symptom="a list comes back instead of a text",
        diagnosis="you return the parts without joining them",
        hint="What does ''.join(parts) give?",
        knobs={"told": "list"},
    ),
)

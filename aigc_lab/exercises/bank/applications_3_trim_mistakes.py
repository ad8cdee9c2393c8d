"""Notebook 12: the mistakes known of the exercise in applications_3_trim."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_3_trim

OLD = "Which messages would you rather forget, those of an hour ago or those of a minute ago?"
TURN = "What can a model make of an answer to a question that it does not see?"
COUNT = "What is too long: the list of messages that will be sent, or something else?"
SYSTEM = "Who tells the assistant how to behave, once the system message is gone?"
BACK = "What will be sent to the model next?"

MISTAKES = (
    Mistake(
        "system dropped",
        symptom="the system message is forgotten first",
        diagnosis="you drop from the front of the whole list, and the system message stands there",
        hint=SYSTEM,
        knobs={"keeps": "newest"},
    ),
    Mistake(
        "system lost",
        symptom="the system message is never given back",
        diagnosis="you return what follows the system message, without it",
        hint=SYSTEM,
        knobs={"told": "without the system"},
    ),
    Mistake(
        "system last",
        symptom="the system message stands at the end",
        diagnosis="you put the system message behind the others",
        hint="Where did it stand before?",
        knobs={"told": "system last"},
    ),
    Mistake(
        "first message kept",
        symptom="without a system message the first question stays for ever",
        diagnosis="you always keep the first message, whoever wrote it",
        hint="How do you know that a message is the system's?",
        knobs={"keeps": "the first message"},
    ),
    Mistake(
        "newest dropped, too",
        symptom="where little fits, the newest question is gone",
        diagnosis="you go on dropping until nothing but the system message is left",
        hint="What should the model answer then?",
        knobs={"keeps": "system"},
    ),
    Mistake(
        "one turn only, newest dropped, too",
        symptom="it is still too long; and where only the newest question is left, it is gone",
        diagnosis="you drop once (an if where a while is needed), whether a turn is there or not",
        hint="What if the second turn has to go, too? And when must you stop?",
        knobs={"keeps": "system", "until": "once"},
    ),
    Mistake(
        "half a turn",
        symptom="an answer is kept without its question",
        diagnosis="you drop message by message, not turn by turn",
        hint=TURN,
        knobs={"dropped": "oldest message"},
    ),
    Mistake(
        "half a turn, newest dropped, too",
        symptom="an answer is kept without its question, or nothing at all",
        diagnosis="you drop message by message, and go on until nothing is left",
        hint=TURN,
        knobs={"dropped": "oldest message", "keeps": "system"},
    ),
    Mistake(
        "questions dropped",
        symptom="answers are kept without their questions",
        diagnosis="you drop the user's messages, and keep the answers to them",
        hint=TURN,
        knobs={"dropped": "oldest question"},
    ),
    Mistake(
        "answers dropped",
        symptom="questions are kept without their answers",
        diagnosis="you drop the assistant's messages, and keep the questions",
        hint="Turns are dropped in whole. What belongs to one?",
        knobs={"dropped": "oldest answer"},
    ),
    Mistake(
        "newest turn dropped",
        symptom="the oldest turns stay, and the youngest go",
        diagnosis="you drop the turn just before the newest question",
        hint=OLD,
        knobs={"dropped": "newest turn"},
    ),
    Mistake(
        "dropped from the end",
        symptom="the newest question goes first",
        diagnosis="you drop messages from the end of the list",
        hint=OLD,
        knobs={"dropped": "newest message"},
    ),
    Mistake(
        "dropped from the end, two at once",
        symptom="the newest question goes first",
        diagnosis="you drop two messages at a time from the end of the list",
        hint=OLD,
        knobs={"dropped": "newest question"},
    ),
    Mistake(
        "everything dropped",
        symptom="one token too many, and the whole past is forgotten",
        diagnosis="you drop all turns at once as soon as it is too long, or count once, before "
        "the loop",
        hint="How little can you drop and still fit, and does your question notice it?",
        knobs={"dropped": "everything"},
    ),
    Mistake(
        "two turns at once",
        symptom="more is forgotten than needed",
        diagnosis="you drop four messages at a time; a turn has two",
        hint="How little can you drop and still fit?",
        knobs={"dropped": "two turns"},
    ),
    Mistake(
        "three messages at once",
        symptom="an answer is kept without its question",
        diagnosis="you drop three messages at a time; a turn has two",
        hint=TURN,
        knobs={"dropped": "three"},
    ),
    Mistake(
        "second turn first",
        symptom="the oldest turn is kept longest",
        diagnosis="you keep the first turn, as if it belonged to the system message",
        hint=OLD,
        knobs={"dropped": "second turn"},
    ),
    Mistake(
        "longest turn",
        symptom="long turns are forgotten before old ones",
        diagnosis="you drop the longest turn, not the oldest",
        hint=OLD,
        knobs={"dropped": "longest turn"},
    ),
    Mistake(
        "one turn only",
        symptom="it is still too long",
        diagnosis="you drop one turn and do not ask again: an if where a while is needed",
        hint="What if the second turn has to go, too?",
        knobs={"until": "once"},
    ),
    Mistake(
        "below the limit",
        symptom="a turn is forgotten that would just have fitted",
        diagnosis="you drop while the tokens are at least the limit; as many as the limit are fine",
        hint="May a list of 50 tokens be sent when the limit is 50?",
        knobs={"until": "below"},
    ),
    Mistake(
        "nothing dropped",
        symptom="all messages come back",
        diagnosis="you never drop anything, or return the list as it came",
        hint="Print count(…) before you return. Is it above the limit?",
        knobs={"until": "never"},
    ),
    Mistake(
        "system not counted",
        symptom="it is too long by the system message",
        diagnosis="you count the messages without the system message",
        hint=COUNT,
        knobs={"counted": "without the system"},
    ),
    Mistake(
        "newest not counted",
        symptom="it is too long by the newest question",
        diagnosis="you count the messages without the newest question",
        hint=COUNT,
        knobs={"counted": "without the newest"},
    ),
    Mistake(
        "newest alone counted",
        symptom="nothing goes unless the newest question is too long by itself",
        diagnosis="you count the newest question alone",
        hint=COUNT,
        knobs={"counted": "newest alone"},
    ),
    Mistake(
        "one by one",
        symptom="too much is forgotten",
        diagnosis="you add up count([message]) message by message; a list has one beginning, and "
        "each of yours has its own",
        hint="Is count([a]) + count([b]) always count([a, b])?",
        knobs={"counted": "one by one"},
    ),
    Mistake(
        "system counted apart",
        symptom="with a system message a turn is forgotten that would just have fitted",
        diagnosis="you add count([system]) to count(rest); a list has one beginning, and yours "
        "has two",
        hint="Is count([a]) + count([b]) always count([a, b])?",
        knobs={"counted": "apart"},
    ),
    Mistake(
        "messages counted",
        symptom="nearly nothing is ever forgotten",
        diagnosis="you compare the number of messages with the limit, which is in tokens",
        hint=COUNT,
        knobs={"counted": "messages"},
    ),
    Mistake(
        "characters counted",
        symptom="too much is forgotten",
        diagnosis="you count characters instead of asking count",
        hint=COUNT,
        knobs={"counted": "characters"},
    ),
    Mistake(
        "words counted",
        symptom="it is too long by the marks of the messages",
        diagnosis="you count words instead of asking count",
        hint=COUNT,
        knobs={"counted": "words"},
    ),
    Mistake(
        "what was dropped",
        symptom="the forgotten messages come back",
        diagnosis="you return what you drop, not what you keep",
        hint=BACK,
        knobs={"told": "lost"},
    ),
    Mistake(
        "both lists",
        symptom="two lists come back",
        diagnosis="you return what you keep and what you drop; here the first alone is asked for",
        hint=BACK,
        knobs={"told": "both"},
    ),
    Mistake(
        "the count",
        symptom="a number comes back",
        diagnosis="you return how many tokens are left",
        hint=BACK,
        knobs={"told": "count"},
    ),
    Mistake(
        "contents alone",
        symptom="texts come back instead of messages",
        diagnosis="you return the contents without their roles",
        hint=BACK,
        knobs={"told": "contents"},
    ),
)

"""Notebook 11: the mistakes known of the exercise in chat_2_scored."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_2_scored

WHO = "Whose tokens should the model learn to write: its own, or the user's?"
STOP = "If the loss never counts the end, when will the model learn to stop?"
BETWEEN = "The tokens behind the mark do not say whose they are. What must be remembered?"
EACH = "A conversation can hold several answers. Where does yours look for the next one?"

MISTAKES = (
    Mistake(
        "mark counted",
        symptom="the mark of the assistant counts",
        diagnosis="you count from the mark '<|assistant|>' on, and it is we who write it",
        hint="Which is the first token that the model writes itself?",
        knobs={"mark": True},
    ),
    Mistake(
        "end not counted",
        symptom="the end of an answer does not count",
        diagnosis="you stop counting before '<|end|>'",
        hint=STOP,
        knobs={"closing": False},
    ),
    Mistake(
        "every end counted",
        symptom="the ends of the user's and the system's messages count",
        diagnosis="you count every '<|end|>', whoever's message it closes",
        hint="After which marks should an end count?",
        knobs={"others": "ends"},
    ),
    Mistake(
        "first answer only",
        symptom="only the first answer counts",
        diagnosis="you look for the first '<|assistant|>' and for no other",
        hint=EACH,
        knobs={"answers": "first"},
    ),
    Mistake(
        "last answer only",
        symptom="only the last answer counts",
        diagnosis="you count what follows the last '<|assistant|>' only",
        hint=EACH,
        knobs={"answers": "last"},
    ),
    Mistake(
        "never closed",
        symptom="after the first answer the user's messages count as well",
        diagnosis="you begin to count at the first '<|assistant|>' and never stop",
        hint="What should an '<|end|>' do to your memory?",
        knobs={"others": "after the first"},
    ),
    Mistake(
        "never closed, with the mark",
        symptom="everything counts from the first mark of the assistant on",
        diagnosis="you begin to count with the first '<|assistant|>' itself, and never stop",
        hint="Which is the first token that the model writes itself, and which the last?",
        knobs={"others": "from the first"},
    ),
    Mistake(
        "everything",
        symptom="everything counts, as in pretraining",
        diagnosis="you count every token, or set the memory and never clear it",
        hint=WHO,
        knobs={"others": "everything"},
    ),
    Mistake(
        "nothing",
        symptom="nothing counts",
        diagnosis="you never find an answer: the mark is never recognised, or the first '<|end|>' "
        "of all, which closes the question, is taken for the answer's",
        hint="Print the place where your answer begins, and the one where it ends.",
        knobs={"others": "nothing"},
    ),
    Mistake(
        "marks only",
        symptom="only the marks of the assistant count",
        diagnosis="you answer whether a token is the mark, not whether it follows one",
        hint=BETWEEN,
        knobs={"others": "marks"},
    ),
    Mistake(
        "both marks only",
        symptom="only marks count: the assistant's, and whatever message's end",
        diagnosis="you answer whether a token is one of the two marks, not whether it stands "
        "between them",
        hint=BETWEEN,
        knobs={"others": "both marks"},
    ),
    Mistake(
        "ends only",
        symptom="every end counts, whoever's message it closes, and nothing else",
        diagnosis="you answer whether a token is '<|end|>', not whether it belongs to an answer",
        hint=BETWEEN,
        knobs={"others": "ends alone"},
    ),
    Mistake(
        "every text",
        symptom="what the user says counts as well",
        diagnosis="you drop the two marks, and count all the rest",
        hint=WHO,
        knobs={"others": "every text"},
    ),
    Mistake(
        "all but the mark",
        symptom="what the user says counts as well",
        diagnosis="you count whatever is not '<|assistant|>'",
        hint=WHO,
        knobs={"others": "no mark"},
    ),
    Mistake(
        "inverted",
        symptom="the questions count, and the answers do not",
        diagnosis="True and False are exchanged; True says that the loss counts a token",
        hint=WHO,
        knobs={"told": "inverted"},
    ),
    Mistake(
        "one too early",
        symptom="the mark counts, and the end does not",
        diagnosis="everything is one place too early: at t you say whether t + 1 counts",
        hint="One bool for the token itself, whatever is predicted from it.",
        knobs={"shift": -1},
    ),
    Mistake(
        "changed before written",
        symptom="the marks of the assistant count, and the ends do not",
        diagnosis="you change your memory before you write it down",
        hint="When the mark comes, has the answer begun? And when the end comes, is it over?",
        knobs={"mark": True, "closing": False},
    ),
    Mistake(
        "one too late",
        symptom="the first token of an answer does not count, and the one after its end does",
        diagnosis="everything is one place too late",
        hint="Which token stands right behind the mark?",
        knobs={"shift": 1},
    ),
    Mistake(
        "first token lost",
        symptom="the first token of each answer does not count",
        diagnosis="you begin two places behind the mark instead of one",
        hint="Who writes the token right behind the mark?",
        knobs={"content": "not the first"},
    ),
    Mistake(
        "first token only",
        symptom="of each answer the first token and the end count",
        diagnosis="you only look whether the token before is the mark, or clear your memory too "
        "soon",
        hint="What clears your memory, and how long is an answer?",
        knobs={"content": "first"},
    ),
    Mistake(
        "first token alone",
        symptom="of each answer only the first token counts, whatever it is",
        diagnosis="you look whether the token before is the mark, and no further",
        hint="How does the third token of an answer know that it belongs to one?",
        knobs={"others": "marks", "shift": 1},
    ),
    Mistake(
        "ends of answers only",
        symptom="of each answer only its end counts",
        diagnosis="you count the '<|end|>' of an answer, and not what stands before it",
        hint="Which tokens does the model have to learn: the last one, or all?",
        knobs={"content": "none", "unfinished": "lost"},
    ),
    Mistake(
        "unfinished answer lost",
        symptom="an answer that the block cuts off does not count",
        diagnosis="you count an answer when its '<|end|>' comes, and one without is lost",
        hint="A block ends where it ends. How far does the answer count then?",
        knobs={"unfinished": "lost"},
    ),
    Mistake(
        "unfinished answer one short",
        symptom="the last token of an answer that the block cuts off does not count",
        diagnosis="where no '<|end|>' comes you stop one token before the end of the list",
        hint="In a[i:j], does a[j] belong to it? And where does an unfinished answer end?",
        knobs={"unfinished": "not the last"},
    ),
    Mistake(
        "ones and zeros",
        symptom="numbers come back instead of bools",
        diagnosis="you write 1 and 0 for True and False; as an index they would mean places",
        hint="What does losses[[1, 0, 1]] give, and what losses[[True, False, True]]?",
        knobs={"told": "numbers"},
    ),
    Mistake(
        "labels",
        symptom="ids come back, and −100 for what does not count",
        diagnosis="you return labels as PyTorch's loss wants them; here the bools alone are asked "
        "for",
        hint="For each id there is one question, to be answered with True or False.",
        knobs={"told": "labels"},
    ),
    Mistake(
        "ids of the answers",
        symptom="only the counted ids come back",
        diagnosis="you return the counted tokens instead of one bool for each id",
        hint="As many bools as ids.",
        knobs={"told": "ids"},
    ),
    Mistake(
        "places of the answers",
        symptom="places come back instead of bools",
        diagnosis="you return where the counted tokens stand instead of one bool for each id",
        hint="As many bools as ids.",
        knobs={"told": "places"},
    ),
    Mistake(
        "after the last mark",
        symptom="of several answers only the last counts, with all that follows it",
        diagnosis="you count whatever stands behind the last '<|assistant|>'",
        hint=EACH,
        knobs={"others": "after the last"},
    ),
    Mistake(
        "marks left out",
        symptom="there are fewer bools than ids",
        diagnosis="you write nothing down when the mark comes",
        hint="As many bools as ids.",
        knobs={"told": "without the marks"},
    ),
)

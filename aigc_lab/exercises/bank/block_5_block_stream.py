"""Notebook 05: a block whose halves read or add the wrong thing, for block_5_block."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in block_5_block

STREAM = (
    Mistake(
        "parallel",
        "the MLP cannot see what attention found",
        "the second half reads the old x, from before attention",
        "Which x should ln_2 read: the one that came in, or the one after attention?",
        knobs={"reads": "old"},
    ),
    Mistake(
        "parallel_one_norm",
        "the MLP reads just what attention read",
        "the second half reads ln_1 of the old x, from before attention",
        "What should the MLP read, and through which norm?",
        knobs={"reads": "old", "norms": "ln_1 twice"},
    ),
    Mistake(
        "reads_the_finding",
        "the MLP sees nothing but what attention found",
        "ln_2 reads attention's answer alone, not the stream to which it was added",
        "The MLP reads the whole stream. After which addition?",
        knobs={"reads": "found"},
    ),
    Mistake(
        "one_detour",
        "attention's answer goes through the MLP and nowhere else",
        "there is only one addition, around both parts",
        "How many additions does the formula have? And what does the MLP read?",
        knobs={"reads": "found", "adds": "old"},
    ),
    Mistake(
        "reads_the_norm",
        "the MLP cannot see what attention found",
        "ln_2 reads ln_1(x), not the stream after attention",
        "The MLP reads the whole stream. After which addition?",
        knobs={"reads": "normed"},
    ),
    Mistake(
        "x_twice",
        "what came in comes out twice",
        "x is added once more at the end, though the stream holds it already",
        "What is in the stream after the first half? What must be added to that?",
        knobs={"adds": "twice"},
    ),
    Mistake(
        "stream_twice",
        "the stream comes out twice",
        "the stream after attention is added twice at the end",
        "How many additions does the second line have?",
        knobs={"adds": "doubled"},
    ),
    Mistake(
        "x_lost",
        "what came in is gone; attention's and the MLP's answers come out",
        "at the end the MLP's answer is added to attention's answer, not to the stream",
        "What is in the stream after the first half? What must be added to that?",
        knobs={"adds": "found"},
    ),
    Mistake(
        "attention_without_effect",
        "attention has no effect",
        "the second half starts from the old x and is added to it, so that the first is lost",
        "Where does the result of your first line go?",
        knobs={"reads": "old", "adds": "old"},
    ),
    Mistake(
        "mlp_first",
        "attention sees what the MLP found, not the other way round",
        "the MLP comes before attention",
        "First the tokens talk, then each thinks by itself.",
        knobs={"order": "mlp first"},
    ),
    Mistake(
        "attention_lost",
        "what attention found is read by the MLP, but does not stay in the stream",
        "at the end the MLP's answer is added to the old x, from before attention",
        "What attention found must stay in the stream too. Which x is added at the end?",
        knobs={"adds": "old"},
    ),
    Mistake(
        "only_attention",
        "the MLP does nothing",
        "the second half is missing",
        "Which of the arguments does your code never mention?",
        knobs={"second": "missing"},
    ),
)

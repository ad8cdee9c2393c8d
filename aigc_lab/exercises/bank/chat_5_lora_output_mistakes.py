"""Notebook 11: the mistakes known of the exercise in chat_5_lora_output."""

from __future__ import annotations

from aigc_lab.exercises.bank.chat_lora import WRONG_SCALES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_5_lora_output

SIZES = "Print x.shape, A.shape and B.shape. Which sizes meet at each @, and are they equal?"
WHOLE = "Which part of the sum does α / r stand before?"

MISTAKES = (
    *WRONG_SCALES,
    Mistake(
        "W not transposed",
        symptom="it stops with a ValueError, or is wrong where W is square",
        diagnosis="you compute x @ W; W is (d_out, d_in), so it has to be turned",
        hint="x has d_in features. Which size of W must they meet?",
        knobs={"base": "x W"},
    ),
    Mistake(
        "x on the right",
        symptom="one vector is right, and a batch is not",
        diagnosis="you put x on the right of a matrix, as in W @ x or B @ A @ x, which works for a "
        "single vector only",
        hint="In a batch the features stand on the last axis. On which side of @ must x be?",
        knobs={"base": "W x"},
    ),
    Mistake(
        "A and B not transposed, or exchanged",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="x meets a matrix with r rows, in x @ A or in x @ B.T; A is (r, d_in), so it "
        "comes first, and has to be turned",
        hint=SIZES,
        knobs={"adapter": "x A B"},
    ),
    Mistake(
        "A and B not transposed, B first",
        symptom="it stops with a ValueError, or is wrong where W is square",
        diagnosis="x goes through B first, in x @ B @ A",
        hint=SIZES,
        knobs={"adapter": "x B A"},
    ),
    Mistake(
        "B not transposed",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="after x @ A.T you compute @ B; B is (d_out, r), so it has to be turned",
        hint=SIZES,
        knobs={"adapter": "x A.T B"},
    ),
    Mistake(
        "A by B",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="you compute A @ B, and A is (r, d_in) and B is (d_out, r)",
        hint=SIZES,
        knobs={"adapter": "x (A B)"},
    ),
    Mistake(
        "nothing transposed",
        symptom="it stops with a ValueError, or is wrong where W is square",
        diagnosis="you compute x @ W + … x @ B @ A: W and B @ A are (d_out, d_in), and have to be "
        "turned",
        hint="x has d_in features. Which size of W must they meet?",
        knobs={"base": "x W", "adapter": "x (B A)"},
    ),
    Mistake(
        "after the layer",
        symptom="it stops with a ValueError, or is wrong where W is square",
        diagnosis="you send the output of W through the adapter, and not x",
        hint="Beside the layer, or behind it: what does A take in, in the equation?",
        knobs={"adapter": "after the layer"},
    ),
    Mistake(
        "everything scaled",
        symptom="with B = 0 the output is not that of W",
        diagnosis="you multiply the whole sum by α / r, or W too",
        hint=WHOLE,
        knobs={"joined": "scaled together"},
    ),
    Mistake(
        "frozen part scaled",
        symptom="with B = 0 the output is not that of W",
        diagnosis="you multiply the frozen part by α / r, and not the adapter's",
        hint=WHOLE,
        knobs={"joined": "frozen scaled"},
    ),
    Mistake(
        "blended",
        symptom="with B = 0 the output is not that of W",
        diagnosis="you take (1 − α / r) of the frozen part; it stays whole",
        hint=WHOLE,
        knobs={"joined": "blended"},
    ),
    Mistake(
        "average",
        symptom="with B = 0 the output is half of W's",
        diagnosis="you take the mean of both parts; they are added",
        hint=WHOLE,
        knobs={"joined": "average"},
    ),
    Mistake(
        "difference",
        symptom="the adapter works in the wrong direction",
        diagnosis="you subtract the adapter's part; it is added",
        hint="Which sign stands between the two parts of the equation?",
        knobs={"joined": "difference"},
    ),
    Mistake(
        "product",
        symptom="with B = 0 the output is 0",
        diagnosis="you multiply the two parts; they are added",
        hint="Which sign stands between the two parts of the equation?",
        knobs={"joined": "product"},
    ),
    Mistake(
        "adapter alone",
        symptom="with B = 0 the output is 0",
        diagnosis="you return the adapter's part, and the frozen one is missing",
        hint="What does the layer give before any training?",
        knobs={"joined": "adapter alone"},
    ),
    Mistake(
        "layer alone",
        symptom="A, B and alpha change nothing",
        diagnosis="you return the frozen part, and the adapter's is missing",
        hint="What happens in your function when B changes?",
        knobs={"joined": "layer alone"},
    ),
    Mistake(
        "added twice",
        symptom="the adapter is twice too strong",
        diagnosis="you add the adapter's part twice",
        hint="Where in your code does B appear?",
        knobs={"joined": "twice"},
    ),
    Mistake(
        "output turned",
        symptom="the output is transposed",
        diagnosis="you transpose the output",
        hint="One row for each row of x: which axis do the d_out features stand on?",
        knobs={"out": "turned"},
    ),
)

"""Notebook 11: the mistakes known of the exercise in chat_6_merge."""

from __future__ import annotations

from aigc_lab.exercises.bank.chat_lora import WRONG_SCALES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_6_merge

SIZES = "W is (d_out, d_in). Which product of a (r, d_in) and a (d_out, r) matrix is as large?"
PARTS = "What is W' when B is 0?"
KEEP = "What is the difference between W += D and W + D for whoever else holds W?"

MISTAKES = (
    *WRONG_SCALES,
    Mistake(
        "A by B",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="you compute A @ B, which would be as large as the rank, if it fitted at all",
        hint=SIZES,
        knobs={"change": "A B"},
    ),
    Mistake(
        "product turned",
        symptom="it stops with a ValueError, or is wrong where W is square",
        diagnosis="you add the transposed product; it is (d_in, d_out), and W is (d_out, d_in)",
        hint=SIZES,
        knobs={"change": "turned"},
    ),
    Mistake(
        "A turned",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="you compute B @ A.T; A has r rows already, so nothing needs to be turned",
        hint=SIZES,
        knobs={"change": "B A.T"},
    ),
    Mistake(
        "A turned, by B",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="you compute A.T @ B; A.T has r columns, and B has d_out rows",
        hint=SIZES,
        knobs={"change": "A.T B"},
    ),
    Mistake(
        "number by number",
        symptom="it stops with a ValueError, or a small matrix is spread over W",
        diagnosis="you write B * A, which multiplies number by number; a matrix product is meant",
        hint="Which sign is NumPy's matrix product?",
        knobs={"change": "by numbers"},
    ),
    Mistake(
        "first of the ranks",
        symptom="with rank 1 all is right, and with others something is missing",
        diagnosis="you take the outer product of one column of B and one row of A, and leave out "
        "the others",
        hint="How many columns has B, and what becomes of the second one?",
        knobs={"change": "row by row"},
    ),
    Mistake(
        "everything scaled",
        symptom="with B = 0 it is not W",
        diagnosis="you multiply the whole sum by α / r, or W too",
        hint=PARTS,
        knobs={"joined": "scaled together"},
    ),
    Mistake(
        "W scaled",
        symptom="with B = 0 it is not W",
        diagnosis="you multiply W by α / r, and not the adapter",
        hint=PARTS,
        knobs={"joined": "frozen scaled"},
    ),
    Mistake(
        "difference",
        symptom="the adapter works in the wrong direction",
        diagnosis="you subtract the adapter; that would take it out again",
        hint="Which sign stands between the two parts of the layer's output?",
        knobs={"joined": "difference"},
    ),
    Mistake(
        "adapter alone",
        symptom="with B = 0 it is 0",
        diagnosis="you return the adapter as a matrix, and W is missing",
        hint=PARTS,
        knobs={"joined": "adapter alone"},
    ),
    Mistake(
        "product",
        symptom="with B = 0 it is 0",
        diagnosis="you multiply W by the adapter, number by number; it is added",
        hint=PARTS,
        knobs={"joined": "product"},
    ),
    Mistake(
        "matrix product",
        symptom="it stops with a ValueError, or is 0 where B is",
        diagnosis="you put the adapter behind W, with @; it stands beside it, and is added",
        hint=PARTS,
        knobs={"joined": "matrix product"},
    ),
    Mistake(
        "average",
        symptom="with B = 0 it is half of W",
        diagnosis="you take the mean of W and the adapter; they are added",
        hint=PARTS,
        knobs={"joined": "average"},
    ),
    Mistake(
        "added twice",
        symptom="the adapter is twice too strong",
        diagnosis="you add the adapter twice, as somebody does who merges it and keeps it as well",
        hint="Where in your code does B appear?",
        knobs={"joined": "twice"},
    ),
    Mistake(
        "W alone",
        symptom="A, B and alpha change nothing",
        diagnosis="you return W as it was",
        hint="What happens to the matrix that you compute?",
        knobs={"joined": "untouched"},
    ),
    Mistake(
        "answer turned",
        symptom="the matrix is transposed",
        diagnosis="you transpose the result; as `nn.Linear` keeps it, W' is (d_out, d_in)",
        hint=SIZES,
        knobs={"out": "turned"},
    ),
    Mistake(
        "in place",
        symptom="the answer is right, and the caller's W is gone",
        diagnosis="you change W itself, with += perhaps",
        hint=KEEP,
        knobs={"out": "in place"},
    ),
    Mistake(
        "in place, nothing returned",
        symptom="nothing comes back, and the caller's W is gone",
        diagnosis="you change W itself and return nothing",
        hint=KEEP,
        knobs={"out": "in place, nothing returned"},
    ),
)

"""Notebook 05: the pre-norm block."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.block_5_block_flawed import flawed
from aigc_lab.exercises.bank.block_5_block_stream import STREAM
from aigc_lab.exercises.definition import Exercise, Function, Mistake, Probe, probe
from aigc_lab.model import reference


def block(x: ndarray, ln_1: Function, attn: Function, ln_2: Function, mlp: Function) -> ndarray:
    """x + attn(ln_1(x)), and then x + mlp(ln_2(x))."""
    x = x + attn(ln_1(x))
    return x + mlp(ln_2(x))


def parts(width: int, seed: int) -> tuple[Function, ...]:
    """Two norms, something that mixes the tokens before each, and something that does not."""
    random = np.random.default_rng(seed)
    gains, matrices = random.normal(size=(4, width)), random.normal(size=(2, width, width))

    def mixed(x: ndarray) -> ndarray:
        shares = np.tri(len(x)) / np.arange(1, len(x) + 1)[:, None]
        return shares @ np.tanh(x) @ matrices[0] + 0.5

    return (
        lambda x: reference.layer_norm(x, gains[0], gains[1]),
        mixed,
        lambda x: reference.layer_norm(x, gains[2], gains[3]),
        lambda x: reference.gelu_tanh(x @ matrices[1]) - 0.3,
    )


def _probes() -> list[Probe]:
    random = np.random.default_rng(6)
    return [
        probe("3 tokens, 5 features", random.normal(size=(3, 5)), *parts(5, 1)),
        probe("a single token", random.normal(size=(1, 3)), *parts(3, 2)),
        probe("large numbers", 30 * random.normal(size=(5, 7)), *parts(7, 3)),
    ]


BLOCK = Exercise(
    name="block",
    notebook="05_gpt_block",
    title="The pre-norm block",
    points=2,
    reference=block,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Draw the residual stream as one line from left to right. Two branches leave it and come "
        "back. What does each branch meet first, and what happens where it comes back?",
        "First branch: ln_1, then attn, and the result is added to x. The second branch starts "
        "from the new x: ln_2, then mlp, and the result is added to that.",
        "x = x + attn(ln_1(x)) is the first half. The second half looks the same, with the other "
        "two functions.",
    ),
    mistakes=(
        Mistake(
            "post_norm",
            "the norm is the last thing that happens to the stream",
            "each norm stands after the addition (post-norm, as in 2017) instead of on the branch",
            "Nothing but additions may happen to the residual stream itself. Who needs x "
            "normalised?",
            knobs={"first": "post", "second": "post"},
        ),
        Mistake(
            "no_norms",
            "large numbers in the stream go into attention and MLP as they are",
            "neither of the norms is used",
            "Which of the arguments does your code never mention?",
            knobs={"first": "bare", "second": "bare"},
        ),
        Mistake(
            "first_bare",
            "attention reads the stream as it is",
            "ln_1 is not used",
            "Which of the arguments does your code never mention?",
            knobs={"first": "bare"},
        ),
        Mistake(
            "second_bare",
            "the MLP reads the stream as it is",
            "ln_2 is not used",
            "Which of the arguments does your code never mention?",
            knobs={"second": "bare"},
        ),
        Mistake(
            "no_stream",
            "what came in is gone; only the MLP's answer comes out",
            "nothing is added: each part's answer replaces x",
            "What is the residual in “residual stream”?",
            knobs={"first": "replace", "second": "replace"},
        ),
        Mistake(
            "first_replaces",
            "what came in is gone after attention",
            "attention's answer replaces x instead of being added to it",
            "Both halves of the block end in the same way.",
            knobs={"first": "replace"},
        ),
        Mistake(
            "second_replaces",
            "only the MLP's answer comes out",
            "the MLP's answer is not added to the stream",
            "Both halves of the block end in the same way.",
            knobs={"second": "replace"},
        ),
        Mistake(
            "overwritten",
            "the stream itself comes out normalised",
            "x is overwritten by its norm, so that the answer is added to the normalised x",
            "`x = ln_1(x)` forgets x. What will you add to?",
            knobs={"first": "overwrite", "second": "overwrite"},
        ),
        Mistake(
            "first_overwritten",
            "in the first half the stream itself is normalised",
            "x is overwritten by ln_1(x), so that attention's answer is added to the normalised x",
            "`x = ln_1(x)` forgets x. What will you add to?",
            knobs={"first": "overwrite"},
        ),
        Mistake(
            "second_overwritten",
            "in the second half the stream itself is normalised",
            "x is overwritten by ln_2(x), so that the MLP's answer is added to the normalised x",
            "`x = ln_2(x)` forgets x. What will you add to?",
            knobs={"second": "overwrite"},
        ),
        Mistake(
            "norm_of_the_answer",
            "attention and MLP read the stream as it is",
            "each norm is applied to the branch's answer, not to what the branch reads",
            "Which comes first on the branch: the norm or the part?",
            knobs={"first": "after", "second": "after"},
        ),
        Mistake(
            "norm_beside",
            "the stream itself comes out normalised",
            "the normalised x is what you add to, and the parts read x as it is",
            "The parts read the normalised x, and the stream stays as it is.",
            knobs={"first": "beside", "second": "beside"},
        ),
        Mistake(
            "norm_before_and_after",
            "the parts' answers come out normalised",
            "each norm is used twice: on what the part reads and on what it answers",
            "Which of the two does the formula have?",
            knobs={"first": "both", "second": "both"},
        ),
        Mistake(
            "addition_inside",
            "the stream is lost, as the parts' answers replace it",
            "x is added to the norm, inside the part's bracket, not to the answer",
            "Where does the bracket of attn( … ) close?",
            knobs={"first": "inside", "second": "inside"},
        ),
        Mistake(
            "times",
            "where a part says 0, the stream becomes 0",
            "the answers are multiplied into the stream, not added",
            "A part that has nothing to say answers 0. What should happen to the stream then?",
            knobs={"first": "times", "second": "times"},
        ),
        Mistake(
            "ln_1_twice",
            "the MLP reads with attention's norm",
            "ln_1 is used in both halves, and ln_2 never",
            "Which of the arguments does your code never mention?",
            knobs={"norms": "ln_1 twice"},
        ),
        Mistake(
            "ln_2_twice",
            "attention reads with the MLP's norm",
            "ln_2 is used in both halves, and ln_1 never",
            "Which of the arguments does your code never mention?",
            knobs={"norms": "ln_2 twice"},
        ),
        Mistake(
            "norms_exchanged",
            "each part reads with the other's norm",
            "ln_1 and ln_2 have changed places",
            "ln_1 belongs to the first half, ln_2 to the second.",
            knobs={"norms": "exchanged"},
        ),
        *STREAM,
    ),
)

EXERCISES = (BLOCK,)

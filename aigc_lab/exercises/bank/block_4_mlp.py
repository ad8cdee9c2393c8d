"""Notebook 05: the MLP, each token by itself."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.block_4_mlp_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model import reference


def mlp(x: ndarray, w_fc: ndarray, b_fc: ndarray, w_proj: ndarray, b_proj: ndarray) -> ndarray:
    """Widen, bend by GPT-2's GELU, narrow; the matrices are (in, out) here."""
    return reference.gelu_tanh(x @ w_fc + b_fc) @ w_proj + b_proj


def _probes() -> list[Probe]:
    random = np.random.default_rng(5)

    def case(width: int, *shape: int) -> tuple:
        sizes = (shape[-1], width), (width,), (width, shape[-1]), (shape[-1],)
        return random.normal(size=shape), *(random.normal(size=size) for size in sizes)

    single = [each.astype(np.float32) for each in case(13, 5, 3)]
    return [
        probe("2 tokens, C = 3, F = 7", *case(7, 2, 3)),
        probe("3 texts of 5 tokens, C = 2, F = 11", *case(11, 3, 5, 2)),
        probe("C and F both 5", *case(5, 5, 5)),
        probe("a single token", *case(5, 1, 3)),
        probe("float32 numbers", *single, tolerance=1e-4),
    ]


def _by_itself(function: Function) -> str | None:
    x, *weights = _probes()[0].args
    y = np.asarray(function(x, *weights))
    nudged = np.asarray(function(x + np.array([[0.0], [1.0]]), *weights))
    if y.shape == nudged.shape == x.shape and not np.allclose(y[0], nudged[0]):
        return "when token 1 changes, so does the answer at token 0"
    return None


MLP = Exercise(
    name="mlp",
    notebook="05_gpt_block",
    title="The MLP",
    points=1,
    reference=mlp,
    probes=_probes,
    flawed=flawed,
    gives=ndarray,
    laws=(Law("by itself", _by_itself),),
    hints=(
        "Write down the shapes: (…, C) becomes (…, F), is bent, and becomes (…, C) again. Which "
        "matrix does which step?",
        "Multiply x by w_fc and add b_fc; put the result through gelu_tanh; multiply by w_proj and "
        "add b_proj.",
        "wide = gelu_tanh(x @ w_fc + b_fc) is of shape (…, F). One more product and one more bias "
        "bring it back to (…, C).",
    ),
    mistakes=(
        Mistake(
            "no_bend",
            "twice as much in gives twice as much out, biases aside",
            "there is no activation between the two matrices",
            "Two products in a row are no more than one product. What stands between them?",
            knobs={"bent": "nowhere"},
        ),
        Mistake(
            "bent_last",
            "hardly any answer is below 0",
            "the activation comes after the second matrix, not before it",
            "Widen, bend, narrow: which of the three did you do last?",
            knobs={"bent": "last"},
        ),
        Mistake(
            "bent_twice",
            "hardly any answer is below 0",
            "the activation is applied after both matrices",
            "What is added to the residual stream must be free to be negative. Where is one bend "
            "enough?",
            knobs={"bent": "twice"},
        ),
        Mistake(
            "bent_first",
            "negative features of x hardly count",
            "the activation is applied to x, before the first matrix",
            "Widen, bend, narrow: which of the three did you do first?",
            knobs={"bent": "first"},
        ),
        Mistake(
            "no_b_fc",
            "everything is bent in the wrong place",
            "b_fc is not used",
            "Which of the arguments does your code never mention?",
            knobs={"b_fc_at": "none"},
        ),
        Mistake(
            "late_b_fc",
            "everything is bent in the wrong place",
            "b_fc is added after the activation",
            "A linear layer is product and bias. Then comes the bend.",
            knobs={"b_fc_at": "late"},
        ),
        Mistake(
            "no_b_proj",
            "every feature is off by its bias",
            "b_proj is not used",
            "Which of the arguments does your code never mention?",
            knobs={"proj_bias": False},
        ),
        Mistake(
            "no_biases",
            "zeros give zeros",
            "neither of the biases is used",
            "Which of the arguments does your code never mention?",
            knobs={"b_fc_at": "none", "proj_bias": False},
        ),
        Mistake(
            "relu",
            "what is below 0 in the middle is lost",
            "the activation is ReLU, not GPT-2's GELU",
            "gelu_tanh, which you wrote above, is to be used here.",
            knobs={"act": "relu"},
        ),
        Mistake(
            "exact",
            "every number is nearly right",
            "the activation is the exact GELU, not GPT-2's with tanh",
            "gelu_tanh, which you wrote above, is to be used here.",
            knobs={"act": "exact"},
        ),
        Mistake(
            "silu",
            "every number is off by a little",
            "the activation is SiLU, not GPT-2's GELU",
            "gelu_tanh, which you wrote above, is to be used here.",
            knobs={"act": "silu"},
        ),
        Mistake(
            "residual",
            "every answer is too large by x itself",
            "you add x at the end; that is the block's business, in the next exercise",
            "Here only what the MLP computes is asked for.",
            knobs={"skip": True},
        ),
        Mistake(
            "tanh",
            "no hidden feature gets above 1",
            "the activation is tanh itself, not GELU",
            "gelu_tanh, which you wrote above, is to be used here.",
            knobs={"act": "tanh"},
        ),
        Mistake(
            "sigmoid",
            "no hidden feature gets below 0 or above 1",
            "the activation is the sigmoid, not GELU",
            "gelu_tanh, which you wrote above, is to be used here.",
            knobs={"act": "sigmoid"},
        ),
        Mistake(
            "biases_exchanged",
            "it stops with an error, unless C and F are equal",
            "b_fc and b_proj have changed places",
            "A layer has one bias for each of its outputs. How many outputs has w_fc?",
            knobs={"b_fc_at": "exchanged"},
        ),
        Mistake(
            "matrices_exchanged",
            "it stops with an error, unless C and F are equal",
            "w_proj and its bias come first, and then w_fc",
            "Which of the matrices has C rows?",
            knobs={"matrices": "exchanged"},
        ),
        Mistake(
            "turned",
            "it stops with an error, unless C and F are equal",
            "you multiply by the transposed matrices",
            "Tokens are rows here, and matrices (in, out): x @ w. Whose .T is that?",
            knobs={"matrices": "turned"},
        ),
        Mistake(
            "turned_and_exchanged",
            "all shapes are right and all numbers wrong",
            "w_proj turned stands in the place of w_fc, and w_fc turned in that of w_proj",
            "Which of the matrices has C rows, without a .T?",
            knobs={"matrices": "turned, exchanged"},
        ),
        Mistake(
            "not_narrowed",
            "there are F numbers for each token, and not C",
            "the second matrix is missing",
            "Which of the arguments does your code never mention?",
            knobs={"narrowed": False},
        ),
    ),
)

EXERCISES = (MLP,)

"""Notebook 03: attention as a whole, scores, weights and mixture."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.attention_4_whole_flawed import flawed, truth_of_an_array
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.model import reference


def attention(
    q: ndarray, k: ndarray, v: ndarray, mask: ndarray | None = None
) -> tuple[ndarray, ndarray]:
    """The mixture and the weights."""
    return reference.attention(q, k, v, mask)


def _probes() -> list[Probe]:
    random = np.random.default_rng(7)
    few, many = random.normal(size=(2, 3)), random.normal(size=(5, 3))
    values = random.normal(size=(5, 7))
    square = [2 * random.normal(size=(3, width)) for width in (5, 5, 2)]
    heads = [
        random.normal(size=(2, 3, count, width)) for count, width in ((5, 7), (11, 7), (11, 2))
    ]
    half = [array.astype(np.float16) for array in heads]
    steady = np.full((5, 3), 1e5)
    last = np.arange(5) < np.array([[4], [4]])
    empty = np.array([[False] * 5, [True, True, False, True, False]])
    low = (np.full((2, 3), -1.0), steady + random.integers(3, size=(5, 3)), values)
    return [
        probe("2 queries, 5 keys of width 3, values of width 7, no mask", few, many, values),
        probe("the same, the last key masked", few, many, values, last),
        probe("3 queries, 3 keys, causal", *square, np.tri(3, dtype=bool)),
        probe("a query with no allowed key (zeros)", few, many, values, empty),
        probe(
            "2 texts with 3 heads, 5 queries at the end of 11 keys", *heads, np.tri(5, 11, 6, bool)
        ),
        probe("scores near -170,000", *low, last, tolerance=3e-2),
        probe("the 2 texts in float16", *half, tolerance=1e-2),
    ]


WHOLE = Exercise(
    name="attention",
    notebook="03_attention",
    title="Attention",
    points=2,
    reference=attention,
    probes=_probes,
    flawed=flawed,
    hints=(
        "You have solved two of its three steps already. What is left to do with the weights?",
        "Scores, then weights, then the weights times the values. Without a mask, every key is "
        "allowed: make a mask of nothing but True.",
        "scores = attention_scores(q, k); when mask is None, make it np.ones(scores.shape, "
        "dtype=bool); weights = attention_weights(scores, mask). Then give back two things: "
        "weights @ v, and the weights.",
    ),
    mistakes=(
        Mistake(
            "swapped",
            "the weights come where the mixture is expected",
            "you give back the two results in the other order",
            "The mixture comes first, then the weights.",
            knobs={"give": "swapped"},
        ),
        Mistake(
            "mixture_only",
            "one array comes back instead of two",
            "you give back only the mixture",
            "The pictures need the weights too: return mixture, weights.",
            knobs={"give": "mixture"},
        ),
        Mistake(
            "scores_given",
            "the mixture is right, and the second result does not add up to 1",
            "you give back the scores, and the weights are asked for",
            "Which of the two says what share of each value is in the mixture?",
            knobs={"give": "scores"},
        ),
        Mistake(
            "mask_ignored",
            "forbidden keys get weight",
            "the mask never reaches the weights",
            "Which of your lines uses `mask`?",
            knobs={"masking": "ignored"},
        ),
        Mistake(
            "none_forbids_all",
            "without a mask, all weights are 0",
            "None goes on as if it were a mask, and np.where takes None for False",
            "What should stand in for the mask when there is none?",
            knobs={"without": "nothing"},
        ),
        Mistake(
            "none_is_square",
            "without a mask it stops with an error when keys and queries are not equally many",
            "the mask that you make has a column for each query, and it needs one for each key",
            "Which array has the very shape that the mask should have?",
            knobs={"without": "square"},
        ),
        Mistake(
            "if_mask",
            "with a mask it stops with an error",
            "`if mask` asks whether a whole array is true, and NumPy cannot say",
            "What distinguishes no mask from a mask? `is None` asks just that.",
            wrong=truth_of_an_array,
        ),
        Mistake(
            "none_is_causal",
            "without a mask, the future is hidden all the same",
            "when there is no mask you make a causal one",
            "Attention is not always causal. What may a query see when nobody forbids anything?",
            knobs={"without": "causal"},
        ),
        Mistake(
            "none_is_triangle",
            "without a mask, the future is hidden all the same",
            "when there is no mask you make a triangle of True",
            "Attention is not always causal. What may a query see when nobody forbids anything?",
            knobs={"without": "triangle"},
        ),
        Mistake(
            "mask_inverted",
            "only forbidden keys get weight",
            "the mask is used the other way round; True means “may attend”",
            "Say aloud what your line does where the mask is True.",
            knobs={"masking": "inverted"},
        ),
        Mistake(
            "mask_turned",
            "only forbidden keys get weight, and without a mask none does",
            "the mask is turned round on its way to the weights; True means “may attend”",
            "Say aloud what your line does where the mask is True.",
            knobs={"masking": "turned"},
        ),
        Mistake(
            "mask_product",
            "forbidden keys keep a share of the weight",
            "a forbidden score becomes 0, and exp(0) is 1",
            "Which score makes exp give nothing at all?",
            knobs={"masking": "product"},
        ),
        Mistake(
            "mask_afterwards",
            "rows with forbidden keys add up to less than 1",
            "you strike out weights after the softmax",
            "Forbid first, then share out.",
            knobs={"masking": "afterwards"},
        ),
        Mistake(
            "nan_rows",
            "a query with no allowed key gets nan",
            "its row is 0/0 in the softmax",
            "Your attention_weights, once solved, gives zeros there. Do you use it?",
            knobs={"guard": False},
        ),
        Mistake(
            "no_scale",
            "the weights are too sharp",
            "the scores are not divided by √D",
            "Do you use your attention_scores, or a bare product?",
            knobs={"scale": "none"},
        ),
        Mistake(
            "width",
            "the weights are too even",
            "the scores are divided by D (or by √D twice)",
            "attention_scores divides already. Is there a second division?",
            knobs={"scale": "width"},
        ),
        Mistake(
            "value_width",
            "the weights are right only where values are as wide as keys",
            "you divide by the square root of the values' width",
            "Values take no part in the scores. How long is a query?",
            knobs={"scale": "values"},
        ),
        Mistake(
            "scale_afterwards",
            "the weights do not add up to 1",
            "you divide the weights by √D; it is the scores that need it",
            "Divide before the softmax, or it is only a smaller answer.",
            knobs={"scale": "afterwards"},
        ),
        Mistake(
            "no_softmax",
            "some weights are negative",
            "the scores are used as weights, without a softmax",
            "What makes a row positive and adding up to 1?",
            knobs={"soften": "not"},
        ),
        Mistake(
            "softmax_twice",
            "every row of weights is nearly uniform",
            "the softmax is taken of weights, which all lie between 0 and 1",
            "attention_weights has a softmax inside. Is there another one?",
            knobs={"soften": "twice"},
        ),
        Mistake(
            "columns",
            "the columns of weights add up to 1, not the rows",
            "the softmax goes along the queries",
            "Each query shares out one unit among the keys. Along which axis do they lie?",
            knobs={"soften": "columns"},
        ),
        Mistake(
            "mixed_keys",
            "the mixture is as wide as a key",
            "you mix the keys; it is the values that get mixed",
            "A key is what a token is found by. Which array holds what it gives?",
            knobs={"mix": "keys"},
        ),
        Mistake(
            "dot",
            "a single text comes out right, a batch gets axes over and over",
            "np.dot of larger arrays takes every text and head against every other",
            "Which product works on the last two axes and leaves those in front in step?",
            knobs={"mix": "np.dot"},
        ),
        Mistake(
            "turned",
            "the weights are right, the mixture is not (or stops with an error)",
            "the weights are transposed before they meet the values",
            "Row i of the weights times v should be the answer to query i.",
            knobs={"mix": "turned"},
        ),
    ),
)

EXERCISES = (WHOLE,)

"""Notebook 03: from scores to weights, where a mask forbids some keys."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.attention_3_weights_flawed import POWERS, flawed
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model import reference

NO_GUARD = {"guard": False, "top": "allowed"}  # naming `top` keeps these out of pairs with it


def attention_weights(scores: ndarray, mask: ndarray) -> ndarray:
    """The softmax of each row over its allowed keys; zeros where there is none."""
    return reference.softmax(np.where(mask, scores, -np.inf))


def _probes() -> list[Probe]:
    random = np.random.default_rng(5)
    causal = np.tril(np.ones((3, 3), dtype=bool))
    ragged = np.arange(5) < np.array([[4], [3]])
    some = random.random((2, 1, 7, 5)) < 0.6
    some[..., 0] = True
    empty = np.array([[True, False, True, True, False], [False] * 5, [False] * 4 + [True]])
    half = (8 * random.normal(size=(7, 11))).astype(np.float16)
    huge = np.array([[1.0, 2.0, 1e5, 0.5, 3.0]])
    return [
        probe("2 queries, 5 keys, the last ones masked", random.normal(size=(2, 5)), ragged),
        probe("three tokens, causal", np.array([[1.0, 5, 2], [2, 0, 1], [0, 2, 1]]), causal),
        probe(
            "2 texts with 3 heads and a mask for each text", random.normal(size=(2, 3, 7, 5)), some
        ),
        probe("a query with no allowed key (zeros)", random.normal(size=(3, 5)), empty),
        probe(
            "scores near -100,000", random.integers(4, size=(2, 5)) - 1e5, ragged, tolerance=2e-2
        ),
        probe("scores in the thousands", 1e3 * random.normal(size=(2, 5)), ragged),
        probe("a forbidden key with a score of 100,000", huge, huge < 1e4),
        probe("scores in float16", half, np.tri(7, 11, 4, dtype=bool), tolerance=4e-3),
    ]


def _shares(function: Function) -> str | None:
    weights = np.asarray(function(np.array([[1.0, 3.0, 2.0]]), np.array([[True, False, True]])))
    if weights.shape == (1, 3) and not abs(weights[0, 1]) < 1e-6:
        return f"a forbidden key gets the weight {weights[0, 1]:.3g}"
    if weights.shape == (1, 3) and not abs(weights.sum() - 1) < 1e-3:
        return f"the weights of a row add up to {weights.sum():.3g}, not to 1"
    return None


WEIGHTS = Exercise(
    name="attention_weights",
    notebook="03_attention",
    title="From scores to weights",
    points=2,
    reference=attention_weights,
    probes=_probes,
    flawed=flawed,
    laws=(Law("shares", _shares),),
    hints=(
        "A forbidden key must not take part in the sum under the fraction either. What would its "
        "score have to be for exp(score) to be nothing at all?",
        "Put minus infinity where the mask is False, subtract each row's largest score, take exp, "
        "and divide by each row's sum. Then think of a row with minus infinity everywhere: its "
        "largest score, and its sum.",
        "np.where(mask, scores, -np.inf) forbids. With keepdims=True, max and sum keep an axis to "
        "divide by. For a row of nothing but -inf use 0 as its largest score, and divide by 1 "
        "where the sum is 0 (np.where again).",
    ),
    mistakes=(
        Mistake(
            "product",
            "forbidden keys keep a share of the weight",
            "a forbidden score becomes 0 (or very nearly), and exp(0) is 1, not 0",
            "Which number has to stand in for a score, so that exp makes nothing of it?",
            knobs={"fill": "product"},
        ),
        Mistake(
            "sum",
            "forbidden keys lose some weight, but not all",
            "you add the mask to the scores, so that allowed keys get just 1 more than others",
            "How far below the others must a forbidden score be, to have no weight at all?",
            knobs={"fill": "sum"},
        ),
        Mistake(
            "shallow",
            "all is well until the scores are very negative; then the forbidden keys win",
            "the number you fill in, about minus ten thousand, is larger than some real scores",
            "Is there something below every number there is?",
            knobs={"fill": -1e4, **NO_GUARD},
        ),
        Mistake(
            "finite",
            "a query with no allowed key gets the same weight for every key",
            "the number you fill in is large but finite, and a row of equal numbers is a tie",
            "What should a query that may look at nothing take from each key?",
            knobs={"fill": -1e9, **NO_GUARD},
        ),
        Mistake(
            "finite_added",
            "a query with no allowed key looks as if nothing were forbidden",
            "you add the same large negative number to all its scores, and a softmax does not "
            "notice what is added to a whole row",
            "What should a query that may look at nothing take from each key?",
            knobs={"fill": "added", **NO_GUARD},
        ),
        Mistake(
            "infinity_times_zero",
            "every row with an allowed key is nan",
            "minus infinity is multiplied by the mask, and infinity times 0 is no number",
            "Choose between two numbers instead of calculating with infinity: np.where does that.",
            knobs={"fill": "infinity added", **NO_GUARD},
        ),
        Mistake(
            "infinity_times_zero_guarded",
            "every row with an allowed key is nan",
            "minus infinity is multiplied by the mask, and infinity times 0 is no number",
            "Choose between two numbers instead of calculating with infinity: np.where does that.",
            knobs={"fill": "infinity added", "top": "allowed"},
        ),
        Mistake(
            "afterwards",
            "the rows no longer add up to 1",
            "you strike out weights after the softmax, when forbidden keys have had theirs",
            "Forbid first, then share out. Or share out once more what is left.",
            knobs={"fill": "afterwards", "sums": "not renewed"},
        ),
        Mistake(
            "highest_of_all",
            "a forbidden key with a huge score pushes all others to zero",
            "forbidden scores still count somewhere: in the largest score of the row, or in a "
            "softmax that comes before the mask",
            "Forbid before anything else is computed from the row.",
            knobs={"top": "all"},
        ),
        Mistake(
            "inverted",
            "only forbidden keys get weight",
            "the mask is used the other way round; True means “may attend”",
            "np.where(mask, a, b) takes a where the mask is True. Which of the two is the score?",
            knobs={"invert": True},
        ),
        Mistake(
            "ignored",
            "forbidden keys get weight as if there were no mask",
            "the mask is not used",
            "Where in the computation do you want to stop a key from taking part?",
            knobs={"fill": "none"},
        ),
        Mistake(
            "columns",
            "the columns add up to 1, not the rows",
            "you go along the queries (axis -2), so that queries compete for a key",
            "Each query has one unit of attention to give away. Along which axis are its keys?",
            knobs={"axis": -2},
        ),
        Mistake(
            "whole",
            "all weights together add up to 1",
            "max and sum run over the whole array, since no axis is named",
            "How many things must add up to 1 each?",
            knobs={"axis": None},
        ),
        Mistake(
            "sum_of_all",
            "all weights together add up to 1",
            "the sum runs over the whole array, since no axis is named",
            "How many things must add up to 1 each?",
            knobs={"sums": "of all"},
        ),
        Mistake(
            "nan_rows",
            "a query with no allowed key gets nan",
            "its sum is 0, and 0/0 is no number (nor is -inf minus -inf)",
            "What should be subtracted from, and divided by, in a row of nothing but -inf?",
            knobs={"guard": False},
        ),
        Mistake(
            "overflow",
            "large scores give nan, and very negative ones give no weights at all",
            "exp is taken of the raw scores, and exp(1000) is too large for any number",
            "Softmax does not change when a row's largest score is subtracted from all of it.",
            knobs={"top": "none"},
        ),
        Mistake(
            "one_for_all",
            "a row that lies far below another loses all its weights",
            "you subtract the largest score of the whole array; next to it exp of a low row is 0",
            "What has to be subtracted from a row, so that its own largest power is 1?",
            knobs={"top": "global"},
        ),
        *POWERS,
        Mistake(
            "dropped_sum",
            "square arrays give wrong numbers, all others an error",
            "the sum has lost its axis, so that column j is divided by the sum of row j",
            "Ask sum to keep its axis (keepdims), and look at the shapes.",
            knobs={"sums": "dropped"},
        ),
        Mistake(
            "dropped_both",
            "square arrays give wrong numbers, all others an error",
            "max and sum have lost their axis, so that they meet columns instead of rows",
            "Ask max and sum to keep their axis (keepdims), and look at the shapes.",
            knobs={"sums": "dropped twice"},
        ),
        Mistake(
            "no_broadcast",
            "a mask that several heads share stops with an IndexError",
            "`scores[~mask] = …` needs a mask of exactly the scores' shape",
            "np.where stretches a mask over axes where it has length 1. Indexing does not.",
            knobs={"stretch": False},
        ),
    ),
)

EXERCISES = (WEIGHTS,)

"""Notebook 02: the gradient of the loss, by hand."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import softmax


def cross_entropy_gradient(logits: ndarray, targets: ndarray) -> ndarray:
    """How the mean cross-entropy grows with each score: (p - onehot) / N.

    Shapes: logits (N, V), targets (N,) -> (N, V).
    """
    return flawed(logits, targets)


def flawed(
    logits: ndarray,
    targets: ndarray,
    *,
    divide: str = "positions",
    sign: int = 1,
    weights: str = "softmax",
    minus: str = "own",
    keep: str = "everything",
) -> ndarray:
    """`cross_entropy_gradient` with knobs for what goes wrong."""
    onehot = np.eye(logits.shape[-1])[targets]  # (N, V)
    p = {"softmax": softmax, "raw": np.copy, "overflow": _naive, "columns": _columns}[weights](
        logits
    )
    if minus == "all":
        onehot = np.broadcast_to(onehot.max(axis=0), onehot.shape)
    p = p / len(logits) if divide == "only p" else p
    gradient = p + {"nothing": 0, "plus": 1}.get(minus, -1) * onehot
    if keep == "target":
        gradient = gradient * onehot
    count = {"positions": len(logits), "numbers": logits.size}.get(divide, 1)
    return sign * gradient / count


def _naive(logits: ndarray) -> ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)


def _columns(logits: ndarray) -> ndarray:
    return softmax(logits.T).T


def by_rows(logits: ndarray, targets: ndarray) -> ndarray:
    """1 subtracted from whole rows."""
    gradient = softmax(logits)
    gradient[targets] -= 1
    return gradient / len(targets)


def mean_of_rows(logits: ndarray, targets: ndarray) -> ndarray:
    """The mean of all positions' gradients."""
    return cross_entropy_gradient(logits, targets).sum(axis=0)


def by_probability(logits: ndarray, targets: ndarray) -> ndarray:
    """The derivative with respect to the probability, where the one to the score is asked."""
    onehot = np.eye(logits.shape[-1])[targets]
    return -onehot / softmax(logits) / len(logits)


def of_softmax(logits: ndarray, targets: ndarray) -> ndarray:
    """The slope of each probability in its own score."""
    p = softmax(logits)
    return p * (1 - p) / len(logits)


def probes() -> list[Probe]:
    """Logits with repeated targets, a single row, squares, and huge scores.

    Every target is the number of a row as well, so that rows named by targets are no error.
    """
    draw = np.random.default_rng(11)
    single = (4 * draw.normal(size=(7, 3))).astype(np.float32)
    return [
        probe("one position, three tokens", np.array([[2.0, 1.0, 0.0]]), np.array([0])),
        probe("5 positions, 5 tokens", draw.normal(size=(5, 5)), np.array([4, 0, 4, 1, 1])),
        probe("7 positions, 7 tokens", draw.normal(size=(7, 7)), draw.integers(7, size=7)),
        probe("13 positions, 2 tokens", draw.normal(size=(13, 2)), draw.integers(2, size=13)),
        probe("scores around 1000", np.array([[1000.0, 1001.0, 999.0]] * 3), np.array([0, 2, 2])),
        probe("float32 scores", single, draw.integers(3, size=7)),
    ]


def rows_add_up_to_zero(function: Function) -> str | None:
    """The law of the shift: adding to all scores of a row changes no loss."""
    total = np.asarray(function(np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]]), np.array([1, 0])))
    if total.shape != (2, 3) or np.allclose(total.sum(axis=-1), 0, atol=1e-6):
        return None
    return "its rows do not add up to 0, and they must: what the right token gains, others lose"


EXERCISES = (
    Exercise(
        name="cross_entropy_gradient",
        notebook="02_language_modelling",
        title="The gradient of the loss, by hand",
        points=2,
        reference=cross_entropy_gradient,
        probes=probes,
        hints=(
            "Take one row first: which of its scores should rise, which should fall, and by how "
            "much? Your softmax knows most of the answer.",
            "Compute the probabilities of every row, subtract 1 at the right token of each row, "
            "and divide everything by the number of rows, since the loss is a mean over them.",
            "gradient = softmax(logits)  # (N, V)\n"
            "gradient[np.arange(len(targets)), targets] -= …\n"
            "…and the last line divides by the number of positions",
        ),
        flawed=flawed,
        mistakes=(
            Mistake(
                "not averaged",
                symptom="the gradient is too large, by as many times as there are positions",
                diagnosis="you differentiate the sum of the surprises, and the loss is their mean",
                hint="The mean divides by N; so does its derivative.",
                knobs={"divide": "nothing"},
            ),
            Mistake(
                "only p averaged",
                symptom="the right tokens fall far below zero, and no row adds up to 0",
                diagnosis="you divide p by N first and subtract a whole 1 from it then",
                hint="The mean divides everything by N, the 1 at the right token too.",
                knobs={"divide": "only p"},
            ),
            Mistake(
                "averaged over all",
                symptom="the gradient is too small, by as many times as there are tokens in the "
                "vocabulary",
                diagnosis="you divide by the number of all scores, N times V",
                hint="The loss is a mean over positions. How many are there?",
                knobs={"divide": "numbers"},
            ),
            Mistake(
                "averaged rows",
                symptom="there is one row instead of one for each position",
                diagnosis="you take the mean over the positions, which adds up their gradients",
                hint="The mean's 1/N stays, but each position's scores have their own gradient.",
                wrong=mean_of_rows,
            ),
            Mistake(
                "sign",
                symptom="every sign is turned round",
                diagnosis="you return onehot - p, the direction in which the loss falls",
                hint="A gradient points uphill; the optimiser takes the minus.",
                knobs={"sign": -1},
            ),
            Mistake(
                "only p",
                symptom="the right token's score is treated like all others",
                diagnosis="you return the probabilities without subtracting 1 at the right token",
                hint="Where does the loss depend on which token was right?",
                knobs={"minus": "nothing"},
            ),
            Mistake(
                "plus",
                symptom="the right token's number lies above 1/N, as if its score should fall",
                diagnosis="you add 1 at the right token where it has to be subtracted",
                hint="The right token's score should rise, so the loss falls with it.",
                knobs={"minus": "plus"},
            ),
            Mistake(
                "only the target",
                symptom="all wrong tokens have gradient 0",
                diagnosis="you keep p - 1 at the right token and drop p everywhere else",
                hint="Raising a wrong token's score takes probability from the right one, so the "
                "loss depends on it too.",
                knobs={"keep": "target"},
            ),
            Mistake(
                "every row",
                symptom="tokens that are right in another row are lowered here too",
                diagnosis="`[:, targets]` subtracts 1 in every row at all the targets",
                hint="Row n has only one right token: give NumPy the rows too, np.arange(N).",
                knobs={"minus": "all"},
            ),
            Mistake(
                "whole rows",
                symptom="whole rows are lowered, and with few positions an index is out of bounds",
                diagnosis="`[targets]` alone picks rows, as if the targets were positions",
                hint="The target names a column. Which row does it belong to?",
                wrong=by_rows,
            ),
            Mistake(
                "no softmax",
                symptom="the gradient grows with the scores without limit",
                diagnosis="you subtract the one-hot vector from the scores, not from the "
                "probabilities",
                hint="p stands for probabilities; which exercise makes them from scores?",
                knobs={"weights": "raw"},
            ),
            Mistake(
                "overflow",
                symptom="large scores give nan",
                diagnosis="your softmax takes exp of the scores as they are",
                hint="Use the softmax that you wrote above: it subtracts the maximum.",
                knobs={"weights": "overflow"},
            ),
            Mistake(
                "columns",
                symptom="the probabilities are normalised from top to bottom",
                diagnosis="your softmax runs over the positions instead of over the tokens",
                hint="Each row of probabilities must add up to 1.",
                knobs={"weights": "columns"},
            ),
            Mistake(
                "by the probability",
                symptom="there is -1/p at the right token and 0 elsewhere",
                diagnosis="that is the derivative with respect to the probability, not to the "
                "scores",
                hint="The scores reach the probability through softmax: the chain rule has one "
                "more factor.",
                wrong=by_probability,
            ),
            Mistake(
                "slope of softmax",
                symptom="no number is negative, whichever token is right",
                diagnosis="p (1 - p) is how a probability changes with its own score, not how the "
                "loss does",
                hint="Your answer never looks at the targets.",
                wrong=of_softmax,
            ),
        ),
        laws=(Law("rows add up to 0", rows_add_up_to_zero),),
    ),
)

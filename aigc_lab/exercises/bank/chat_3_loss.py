"""Notebook 11: the loss of the answers alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.chat_3_loss_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def masked_loss(nats: ndarray, scored: ndarray) -> float:
    """The mean over what counts; 0 where nothing does."""
    return float((nats * scored).sum() / max(scored.sum(), 1))


def flawed(
    nats: ndarray,
    scored: ndarray,
    *,
    mask: str = "own",
    over: str = "counted",
    rows: str = "all",
    empty: str = "zero",
    told: str = "nats",
) -> Any:
    """The same with what can go wrong."""
    nats, scored = np.asarray(nats, dtype=float), np.asarray(scored)
    if rows == "first" and nats.ndim > 1:
        nats, scored = nats[0], scored[0]
    nats, scored = _masked(mask, nats, scored)
    if empty == "nan" and not scored.any():
        return np.nan
    if empty == "none" and not scored.any():
        return None
    if empty == "mean of all" and not scored.any():
        return nats.mean()
    kept, everything = nats * scored, nats.sum()
    if over == "all of it over the count" and not scored.any():
        return 0.0
    total, many = kept.sum(), max(scored.sum(), 1)
    loss = {
        "counted": lambda: total / many,
        "all": lambda: total / nats.size,
        "sum": lambda: total,
        "rows' means": lambda: (kept.sum(-1) / np.maximum(scored.sum(-1), 1)).mean(),
        "rows' means, where any": lambda: np.mean(
            [
                row[s].mean()
                for row, s in zip(np.atleast_2d(nats), np.atleast_2d(scored), strict=True)
                if s.any()
            ]
            or [0.0]
        ),
        "means of rows": lambda: kept.sum(-1) / np.maximum(scored.sum(-1), 1),
        "columns' means": lambda: (kept.sum(0) / np.maximum(scored.sum(0), 1)).mean(),
        "rows": lambda: total / len(nats) if nats.ndim > 1 else total,
        "length": lambda: total / nats.shape[-1],
        "len": lambda: total / len(nats),
        "all of it over the count": lambda: everything / many,
        "one more": lambda: total / (scored.sum() + 1),
        "not counted": lambda: total / max((~scored).sum(), 1),
        "each": lambda: kept,
        "list": lambda: nats[scored],
        "median": lambda: np.median(nats[scored]) if scored.any() else 0.0,
    }[over]()
    return {
        "nats": lambda: loss,
        "perplexity": lambda: np.exp(loss),
        "bits": lambda: loss / np.log(2),
        "negative": lambda: -loss,
    }[told]()


def _masked(mask: str, nats: ndarray, scored: ndarray) -> tuple[ndarray, ndarray]:
    """The losses and what counts of them."""
    return {
        "own": lambda: (nats, scored),
        "inverted": lambda: (nats, ~scored),
        "ignored": lambda: (nats, np.ones_like(scored)),
        "of the next": lambda: (nats[..., :-1], scored[..., 1:]),
        "of the one before": lambda: (nats[..., 1:], scored[..., :-1]),
        "without zeros": lambda: (nats, scored & (nats > 0)),
        "first left out": lambda: (nats[..., 1:], scored[..., 1:]),
        "last left out": lambda: (nats[..., :-1], scored[..., :-1]),
    }[mask]()


def as_places(nats: ndarray, scored: ndarray) -> Any:
    """Numbers as an index: places 0 and 1, again and again."""
    return nats[scored.astype(int)].mean()


def divided_by_nothing(nats: ndarray, scored: ndarray) -> float:
    """Python's own division by 0."""
    pairs = list(zip(np.ravel(nats).tolist(), np.ravel(scored).tolist(), strict=True))
    kept = [loss for loss, counts in pairs if counts]
    return sum(kept, 0.0) / len(kept)


def one_loop_for_a_batch(nats: ndarray, scored: ndarray) -> Any:
    """The rows of a batch are taken for tokens."""
    total, many = 0.0, 0
    for loss, counts in zip(nats, scored, strict=True):
        if counts:
            total, many = total + loss, many + 1
    return total / many if many else 0.0


def mean_of_means_with_nan(nats: ndarray, scored: ndarray) -> Any:
    """A conversation without a counted token makes everything nan."""
    if not scored.any():
        return 0.0
    with np.errstate(all="ignore"):
        return ((nats * scored).sum(-1) / scored.sum(-1)).mean()


def _probes() -> list[Probe]:
    draw = np.random.default_rng(31)

    def case(label: str, *shape: int, share: float = 0.4) -> Probe:
        scored = draw.random(shape) < share
        scored[..., -2] = True
        return probe(label, draw.gamma(2.0, 1.3, size=shape), scored, tolerance=1e-6)

    certain = np.array([2.5, 0.0, 1.25, 0.0, 3.0, 0.0, 0.75])
    batch = np.array([[3.0, 1.0, 2.0, 7.0, 4.0], [0.5, 8.0, 0.25, 5.0, 6.0]])
    return [
        probe("4 tokens, 2 of them count", np.array([5.0, 1.0, 2.0, 9.0]), np.arange(4) % 3 > 0),
        case("one conversation of 11 tokens", 11),
        case("3 conversations of 7 tokens", 3, 7),
        probe("one row counts 4 tokens, the other 1", batch, np.arange(10).reshape(2, 5) % 9 < 4),
        probe("some losses are 0", certain, np.array([0, 1, 1, 1, 0, 1, 1], dtype=bool)),
        probe("the first and the last count", certain, np.arange(7) % 6 == 0),
        probe("nothing counts", draw.random((2, 5)), np.zeros((2, 5), dtype=bool)),
        probe(
            "in one of 3 rows nothing counts", draw.random((3, 5)), np.arange(15).reshape(3, 5) > 6
        ),
    ]


def _others(function: Function) -> str | None:
    scored = np.array([False, True, True, False])
    one, two = (float(function(np.array([x, 2.0, 4.0, x]), scored)) for x in (1.0, 100.0))
    if one == two:
        return None
    return (
        "the losses of tokens that do not count should change nothing; yours goes from "
        f"{one:.4g} to {two:.4g}"
    )


BY_ERROR = (
    Mistake(
        "a batch in one loop",
        symptom="it stops with a ValueError for a batch",
        diagnosis="your loop runs over the rows of a batch, and a row is not true or false",
        hint="What does a loop over a (B, T) array go through? What does .ravel() make of it?",
        wrong=one_loop_for_a_batch,
    ),
    Mistake(
        "used as places",
        symptom="the same two losses are taken again and again",
        diagnosis="you use 0 and 1 as an index, and NumPy takes them for places",
        hint="What does a[[1, 0, 1]] give, and what a[[True, False, True]]?",
        wrong=as_places,
    ),
    Mistake(
        "divided by 0",
        symptom="it stops with a ZeroDivisionError where nothing counts",
        diagnosis="you divide by the number of counted tokens, and it may be 0",
        hint="What should the loss be when there is nothing to learn?",
        wrong=divided_by_nothing,
    ),
    Mistake(
        "mean of the conversations' means, nan",
        symptom="it is nan as soon as one conversation has nothing that counts",
        diagnosis="you take the mean of each conversation by itself, and one of them has no tokens",
        hint="One sum and one count for the whole batch. Which axis must they run over?",
        wrong=mean_of_means_with_nan,
    ),
)

LOSS = Exercise(
    name="masked_loss",
    notebook="11_chat",
    title="The loss of the answers",
    points=1,
    reference=masked_loss,
    probes=_probes,
    flawed=flawed,
    hints=(
        "A mean is a sum divided by a count. What is added up here, and what is counted?",
        "Set the losses that do not count to 0 (a bool times a number does it), add up the rest, "
        "and divide by how many count: True is 1 in a sum. Take care that this is never 0.",
        "(nats * scored).sum() / max(…, 1): what is the sum of bools?",
    ),
    mistakes=(*MISTAKES, *BY_ERROR),
    laws=(Law("others", _others),),
)

EXERCISES = (LOSS,)

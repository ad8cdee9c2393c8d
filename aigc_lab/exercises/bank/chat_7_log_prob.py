"""Notebook 11: the log-probability of an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.chat_7_log_prob_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def answer_log_prob(logits: ndarray, ids: ndarray, scored: ndarray) -> float:
    """The scored tokens' log-probabilities, added up."""
    return float(flawed(logits, ids, scored))


def flawed(
    logits: ndarray,
    ids: ndarray,
    scored: ndarray,
    *,
    place: str = "next",
    mask: str = "own",
    softmax: str = "stable",
    value: str = "log",
    total: str = "sum",
    sign: int = 1,
) -> Any:
    """The same with what can go wrong."""
    logits, ids = np.asarray(logits, dtype=float), np.asarray(ids)
    scored = np.asarray(scored, dtype=bool)
    log_probs = _log_softmax(softmax, logits)
    log_probs, ids, scored = _aligned(place, mask, log_probs, ids, scored)
    told = log_probs.max(-1) if value == "best" else log_probs[np.arange(len(ids)), ids]
    if mask == "inverted":
        scored = ~scored
    elif mask == "ignored":
        scored = np.ones_like(scored)
    if value == "bits":
        told = told / np.log(2)
    elif value == "probability":
        told = np.exp(told)
    elif value == "log10":
        told = told / np.log(10)
    kept = told[scored]
    return (
        sign
        * {
            "sum": lambda: kept.sum(),
            "mean": lambda: kept.mean(),
            "mean of all": lambda: kept.sum() / len(told),
            "divided by T": lambda: kept.sum() / (len(told) + 1),
            "product": lambda: np.exp(kept.sum()),
            "list": lambda: kept,
            "masked": lambda: told * scored,
            "first": lambda: kept[0],
            "last": lambda: kept[-1],
            "table": lambda: log_probs[:, ids[scored]].sum(),
            "row": lambda: log_probs[scored].sum(),
        }[total]()
    )


def _aligned(
    place: str, mask: str, logits: ndarray, ids: ndarray, scored: ndarray
) -> tuple[ndarray, ndarray, ndarray]:
    """Scores, the tokens they are read at, and what counts, side by side."""
    counts = scored[:-1] if mask == "not moved" else scored[1:]
    return {
        "next": lambda: (logits[:-1], ids[1:], counts),
        "same": lambda: (logits, ids, scored),
        "same token": lambda: (logits[:-1], ids[:-1], counts),
        "wrong way": lambda: (logits[1:], ids[:-1], scored[:-1]),
        "wrong way, mask of the next": lambda: (logits[1:], ids[:-1], scored[1:]),
        "twice": lambda: (logits[:-2], ids[2:], scored[2:]),
        "rolled": lambda: (logits, np.roll(ids, -1), scored),
    }[place]()


def _log_softmax(how: str, logits: ndarray) -> ndarray:
    top = logits.max(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        exps = np.exp(logits)
        return {
            "stable": lambda: logits - top - _log_sum(np.exp(logits - top)),
            "none": lambda: logits,
            "fraction": lambda: np.log(exps / exps.sum(-1, keepdims=True)),
            "log of the sum": lambda: logits - _log_sum(exps),
            "log of softmax": lambda: np.log(
                np.exp(logits - top) / np.exp(logits - top).sum(-1, keepdims=True)
            ),
            "largest alone": lambda: logits - top,
            "by columns": lambda: (
                logits - logits.max(0) - np.log(np.exp(logits - logits.max(0)).sum(0))
            ),
            "by all": lambda: logits - top.max() - np.log(np.exp(logits - top.max()).sum()),
            "largest of all": lambda: logits - top.max() - _log_sum(np.exp(logits - top.max())),
            "sum over all": lambda: logits - top - np.log(np.exp(logits - top).sum()),
            "sum of logits": lambda: logits - logits.sum(-1, keepdims=True),
            "largest not given back": lambda: logits - _log_sum(np.exp(logits - top)),
            "mean of exps": lambda: (
                logits - top - np.log(np.exp(logits - top).mean(-1, keepdims=True))
            ),
        }[how]()


def _log_sum(exps: ndarray) -> ndarray:
    return np.log(exps.sum(axis=-1, keepdims=True))


def mask_not_cut(logits: ndarray, ids: ndarray, scored: ndarray) -> Any:
    """T bools for T − 1 numbers."""
    told = _log_softmax("stable", logits)[np.arange(len(ids) - 1), ids[1:]]
    return told[scored].sum()


def mask_not_cut_by_product(logits: ndarray, ids: ndarray, scored: ndarray) -> Any:
    """T bools times T − 1 numbers."""
    told = _log_softmax("stable", logits)[np.arange(len(ids) - 1), ids[1:]]
    return (told * scored).sum()


def no_keepdims(logits: ndarray, ids: ndarray, scored: ndarray) -> Any:
    """The largest logits are subtracted without an axis of their own."""
    z = logits - logits.max(axis=-1)
    log_probs = z - np.log(np.exp(z).sum(axis=-1))
    return log_probs[np.arange(len(ids) - 1), ids[1:]][scored[1:]].sum()


def over_the_end(logits: ndarray, ids: ndarray, scored: ndarray) -> Any:
    """The token behind the last one is asked for."""
    log_probs, total = _log_softmax("stable", logits), 0.0
    for place in range(len(ids)):
        token = ids[place + 1]
        if scored[place]:
            total += log_probs[place, token]
    return total


def _probes() -> list[Probe]:
    draw = np.random.default_rng(47)

    def case(label: str, length: int, vocab: int, counted: str, size: float = 2.0) -> Probe:
        logits = size * draw.normal(size=(length, vocab))
        ids = draw.integers(0, vocab, size=length)
        scored = np.array([letter == "x" for letter in counted])
        return probe(label, logits, ids, scored, tolerance=1e-5)

    large = draw.normal(size=(5, 7)) + np.array([[1000.0], [900.0], [2000.0], [800.0], [1500.0]])
    far = np.zeros((5, 3)) - np.array([0.0, 2000.0, 3000.0])
    bools = np.array([False, False, True, True, True])
    return [
        case("7 tokens of 11, the last 3 are the answer", 7, 11, "....xxx"),
        case("two answers in one conversation", 13, 5, "...xxx....xxx"),
        case("an answer of one token", 5, 17, "....x"),
        case("all but the first token count", 3, 23, ".xx"),
        case("an answer in the middle", 11, 7, "..xxxxx...."),
        probe("logits of 1000", large, np.array([1, 6, 0, 2, 5]), bools),
        probe("tokens that are all but impossible", far, np.array([0, 1, 2, 1, 2]), bools),
    ]


def _uniform(function: Function) -> str | None:
    scored = np.array([False, False, True, True])
    told = np.asarray(function(np.zeros((4, 5)), np.array([1, 2, 3, 4]), scored))
    right = -2 * np.log(5)
    if told.shape == () and np.isclose(told, right, rtol=1e-4):
        return None
    return f"two scored tokens, five equal logits each: 2 · ln(1/5) = {right:.4g} is right"


BY_ERROR = (
    Mistake(
        "mask not cut",
        symptom="it stops with an IndexError: there is one bool too many",
        diagnosis="T − 1 tokens are predicted, and you pick from them with T bools",
        hint="Which bool has no prediction? It must go.",
        wrong=mask_not_cut,
    ),
    Mistake(
        "mask not cut, multiplied",
        symptom="it stops with a ValueError: there is one bool too many",
        diagnosis="T − 1 tokens are predicted, and you multiply them with T bools",
        hint="Which bool has no prediction? It must go.",
        wrong=mask_not_cut_by_product,
    ),
    Mistake(
        "no axis kept",
        symptom="it stops with a ValueError: (T, V) and (T,) do not fit",
        diagnosis="logits.max(axis=-1) has the shape (T,), and cannot be subtracted from each row",
        hint="What does keepdims=True do to the shape?",
        wrong=no_keepdims,
    ),
    Mistake(
        "over the end",
        symptom="it stops with an IndexError at the last place",
        diagnosis="you ask for the token behind the last one, ids[t + 1] with t = T − 1",
        hint="The last row of logits predicts a token that nobody has written. Is it needed?",
        wrong=over_the_end,
    ),
)

LOG_PROB = Exercise(
    name="answer_log_prob",
    notebook="11_chat",
    title="How likely is an answer?",
    points=2,
    reference=answer_log_prob,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Three arrays of length T, but a prediction and its token stand one place apart. Which row "
        "of the logits has to say something about ids[5]?",
        "Make log-probabilities of the logits row by row. Take rows 0 … T−2, and of each the "
        "number at the next token, ids[1:]. That token's own bool, scored[1:], says whether it is "
        "added.",
        "told = log_probs[np.arange(T - 1), ids[1:]]; then which bools pick from it, and what is "
        "done with the picked ones?",
    ),
    mistakes=(*MISTAKES, *BY_ERROR),
    laws=(Law("uniform", _uniform),),
)

EXERCISES = (LOG_PROB,)

"""Notebook 03: the causal mask, for squares and for the last few queries."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, probe
from aigc_lab.model import reference


def causal_mask(t_q: int, t_k: int) -> ndarray:
    """True where query i may attend to key j; the last query stands at the last key."""
    return reference.causal_mask(t_q, t_k)


def flawed_mask(
    t_q: int,
    t_k: int,
    *,
    shift: int = 0,
    sign: int = 1,
    side: str = "past",
    invert: bool = False,
    kind: str = "bool",
    everything: bool = False,
    swapped: bool = False,
) -> ndarray:
    """The mask with what can go wrong."""
    if swapped:
        t_q, t_k = t_k, t_q
    diagonal = sign * (t_k - t_q) + shift
    square = np.ones((t_q, t_k), dtype=bool)
    mask = np.tril(square, diagonal) if side == "past" else np.triu(square, diagonal)
    mask = square if everything else mask
    mask = ~mask if invert else mask
    if kind == "added":
        return np.where(mask, 0.0, -np.inf)
    return mask.astype(float) if kind == "numbers" else mask


def keys_down(t_q: int, t_k: int) -> ndarray:
    """A mistake: the right table, transposed."""
    return causal_mask(t_q, t_k).T


def square(t_q: int, t_k: int) -> ndarray:
    """A mistake: as if there were only as many keys as queries."""
    return causal_mask(t_q, t_q)


def _itself(function: Function) -> str | None:
    allowed = np.asarray(function(5, 5)).astype(bool)
    if allowed.shape == (5, 5) and not allowed.diagonal().all():
        return "with 5 queries and 5 keys, a token may not attend to itself"
    return None


def _future(function: Function) -> str | None:
    allowed = np.asarray(function(5, 5)).astype(bool)
    if allowed.shape != (5, 5) or not np.triu(allowed, 1).any():
        return None
    query, key = np.argwhere(np.triu(allowed, 1))[0]
    return f"with 5 queries and 5 keys, query {query} may look at key {key}, its future"


MASK = Exercise(
    name="causal_mask",
    notebook="03_attention",
    title="Who may look where",
    points=1,
    reference=causal_mask,
    probes=lambda: [
        probe("5 queries, 5 keys", 5, 5),
        probe("2 queries, the last of 7 positions", 2, 7),
        probe("1 query, the last of 3 positions", 1, 3),
        probe("3 queries, the last of 5 positions", 3, 5),
        probe("1 query, 1 key", 1, 1),
    ],
    flawed=flawed_mask,
    laws=(Law("itself", _itself), Law("future", _future)),
    hints=(
        "Number the keys 0 … T_k - 1. Which number does query i have, counted like the keys, when "
        "the last query stands at the last key?",
        "Query i stands at position i + (T_k - T_q). Key j is allowed when j is not larger than "
        "that. Compare a column of positions with a row of keys, or cut a triangle out of ones.",
        "np.tril(np.ones((t_q, t_k), dtype=bool), d) keeps what lies on or below the diagonal d; "
        "d = 0 is right for a square. How far must it move for t_k - t_q keys more?",
    ),
    mistakes=(
        Mistake(
            "strict",
            "the first token may look at nothing, not even at itself",
            "you stop one key too early: a token may attend to itself",
            "Should the diagonal be True or False?",
            knobs={"shift": -1},
        ),
        Mistake(
            "peek",
            "every token sees exactly one token ahead",
            "the triangle reaches one diagonal too far, to the very token that is to be predicted",
            "Should the cells just right of the diagonal be True or False?",
            knobs={"shift": 1},
        ),
        Mistake(
            "triu",
            "every token sees the future and not the past",
            "you keep the upper triangle, and the past lies in the lower one",
            "Row 0 is the first token. How many keys may it see?",
            knobs={"side": "future"},
        ),
        Mistake(
            "inverted",
            "True and False are exchanged",
            "your True means “forbidden”; in this course True means “may attend”",
            "Both conventions exist in libraries, so say it aloud: what does True allow?",
            knobs={"invert": True},
        ),
        Mistake(
            "top_left",
            "squares are right; with fewer queries than keys the past is cut off",
            "you count query i as position i, although the last query stands at the last key",
            "One new query after 6 older tokens: how many keys may it see?",
            knobs={"sign": 0},
        ),
        Mistake(
            "wrong_way",
            "squares are right; with fewer queries than keys hardly anything is allowed",
            "you move the diagonal by T_q - T_k, which is the wrong way",
            "More keys than queries means more past, and so more True cells. Which sign is that?",
            knobs={"sign": -1},
        ),
        Mistake(
            "numbers",
            "the pattern is right, as ones and zeros",
            "these are numbers, and a mask here is made of True and False",
            "Give the array another dtype, or make it by a comparison.",
            knobs={"kind": "numbers"},
        ),
        Mistake(
            "added",
            "there are zeros and minus infinities",
            "this is what gets added to the scores; asked for is the mask it is made from",
            "Let the softmax exercise worry about minus infinity. Who may look where?",
            knobs={"kind": "added"},
        ),
        Mistake(
            "everything",
            "everybody may look everywhere",
            "nothing is cut away from the ones",
            "Which cells belong to the future?",
            knobs={"everything": True},
        ),
        Mistake(
            "transposed",
            "the table lies on its side, and squares show the future instead of the past",
            "it has a row for each key; rows are queries and columns are keys",
            "Row i should say what query i may look at. Which index did you let run down?",
            wrong=keys_down,
        ),
        Mistake(
            "square_of_queries",
            "squares are right; with fewer queries than keys the table is too small",
            "you make a square of t_q by t_q, so that the older keys have no column",
            "How many columns has a table with one for each key?",
            wrong=square,
        ),
        Mistake(
            "square_of_keys",
            "squares are right; with fewer queries than keys the table is too large",
            "you make a square of t_k by t_k, with a row for every position of the text",
            "Only the last t_q positions ask. Which rows of your square are theirs?",
            wrong=lambda t_q, t_k: causal_mask(t_k, t_k),
        ),
        Mistake(
            "swapped",
            "the table lies on its side",
            "t_q and t_k have changed places; rows are queries and columns are keys",
            "Which of t_q and t_k is the number of rows?",
            knobs={"swapped": True},
        ),
    ),
)

EXERCISES = (MASK,)

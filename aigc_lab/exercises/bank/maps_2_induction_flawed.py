"""Notebook 10: the ways to miss induction, for maps_2_induction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in maps_2_induction


def flawed(
    weights: ndarray,
    ids: ndarray,
    *,
    earlier: str = "all",
    looks: str = "after",
    own: bool = False,
    doubles: str = "0",
    wraps: str = "no",
    places: str = "sum",
    summary: str = "mean",
) -> Any:
    """The same with what can go wrong."""
    if earlier == "of the token to come":
        looks = "there"  # what followed is that very token
    keys = {}  # of each query whose token stood before: the places that count
    for query in range(len(ids)):
        before = _earlier(ids, query, earlier)
        around = wraps != "no" and query > 0 and ids[-1] == ids[query]
        if len(before) or (around and wraps == "counted too"):
            keys[query] = _keys(before, query, looks, own) + [0] * int(around)
    if doubles == "dropped":
        keys = {query: places_of for query, places_of in keys.items() if places_of}
    map_ = weights.T if looks == "turned" else weights
    found = [map_[query, places_of] for query, places_of in keys.items()]
    totals = np.array([_of_places(each, places) for each in found])
    many_times = (ids[:, None] == ids).sum(axis=1) > 1  # tokens that come back, at any place
    return {
        "mean": lambda: totals.mean(),
        "over all queries": lambda: totals.sum() / len(ids),
        "over all but the first": lambda: totals.sum() / (len(ids) - 1),
        "over all numbers": lambda: totals.sum() / len(ids) ** 2,
        "over pairs": lambda: np.concatenate(found).mean(),
        "sum": lambda: totals.sum(),
        "each": lambda: totals,
        "most": lambda: totals.max(),
        "first": lambda: totals[0],
        "last": lambda: totals[-1],
        "over all its places": lambda: totals.sum() / many_times.sum(),
        "without the last query": lambda: totals[np.array([*keys]) < len(ids) - 1].mean(),
        "over distinct tokens": lambda: totals.sum() / len({int(ids[query]) for query in keys}),
        "where it looks most": lambda: np.mean(
            [weights[query].argmax() in places_of for query, places_of in keys.items()]
        ),
    }[summary]()


def _earlier(ids: ndarray, query: int, earlier: str) -> ndarray:
    """The places before the query that hold its token, or another."""
    token = ids[query]
    if earlier == "of the token to come":
        return np.flatnonzero(ids[: query + 1] == ids[query + 1]) if query + 1 < len(ids) else []
    found = np.flatnonzero(ids[:query] == token)
    return {"last": found[-1:], "first": found[:1]}.get(earlier, found)


def _keys(before: ndarray, query: int, looks: str, own: bool) -> list[int]:
    """The places that a query's weight is taken from."""
    away = {"there": 0, "before": -1}.get(looks, 1)
    keys = [int(place) + away for place in before if place + away >= 0]
    return [key for key in keys if own or key != query or looks == "there"]


def _of_places(found: ndarray, places: str) -> float:
    if places == "sum":
        return found.sum()
    many = max(len(found), 1)
    return {
        "mean": lambda: found.sum() / many,
        "mean, or of none": lambda: found.mean(),
        "most": lambda: found.max(initial=0.0),
        "most, or of none": lambda: max(found.tolist()),
    }[places]()


def half_a_text_back(weights: ndarray, ids: ndarray) -> float:
    """The diagonal that belongs to a text whose second half repeats the first."""
    return np.diagonal(weights, offset=1 - len(ids) // 2).mean()


def second_half(weights: ndarray, ids: ndarray) -> float:
    """The same, of the queries of the second half only."""
    period = len(ids) // 2
    return np.mean([weights[query, query - period + 1] for query in range(period, len(ids))])


def first_period(weights: ndarray, ids: ndarray) -> float:
    """The distance of the first repeat, taken for that of all."""
    for query in range(len(ids)):
        before = np.flatnonzero(ids[:query] == ids[query])
        if len(before):
            break
    period = query - before[-1]
    return np.mean([weights[at, at - period + 1] for at in range(period, len(ids))])


def itself_among_the_earlier(weights: ndarray, ids: ndarray) -> float:
    """Each query taken for an earlier place of itself: the last one has nothing after it."""
    totals = []
    for query in range(len(ids)):
        before = np.flatnonzero(ids[: query + 1] == ids[query])
        totals.append(sum(weights[query, place + 1] for place in before))
    return np.mean(totals)


def itself_where_repeated(weights: ndarray, ids: ndarray) -> float:
    """The same, of the queries whose token stood before: it fails where the last one's did."""
    totals = []
    for query in range(len(ids)):
        before = np.flatnonzero(ids[: query + 1] == ids[query])
        if len(before) > 1:
            totals.append(sum(weights[query, place + 1] for place in before))
    return np.mean(totals)

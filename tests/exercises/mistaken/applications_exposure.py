"""Notebook 12: mistakes in the exposure of a canary, as readers write them."""

import math

import numpy as np
import torch

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_slips import SLIPS


def ranked(rank, many=lambda canary, others: len(others) + 1, log=np.log2):
    """log(candidates) − log(rank), with a rank or a number of candidates of one's own."""

    def function(canary_nats, other_nats):
        with np.errstate(divide="ignore"):
            return log(many(canary_nats, other_nats)) - log(rank(canary_nats, other_nats))

    return function


def right_rank(canary, others):
    return 1 + sum(nats < canary for nats in others)


def told(value):
    """Something else is made of the right rank and the number of candidates."""

    def function(canary_nats, other_nats):
        rank = np.sum(other_nats < canary_nats) + 1
        with np.errstate(divide="ignore"):
            return value(rank, len(other_nats) + 1)

    return function


def sorted_place(canary_nats, other_nats):
    everyone = np.sort(np.append(other_nats, canary_nats))
    with np.errstate(divide="ignore"):
        return np.log2(len(everyone)) - np.log2(everyone.tolist().index(canary_nats))


def searched_on_the_right(canary_nats, other_nats):
    rank = np.searchsorted(np.sort(other_nats), canary_nats, side="right") + 1
    return np.log2(len(other_nats) + 1) - np.log2(rank)


def at_least(canary_nats, other_nats):
    rank = 0
    for nats in [*other_nats, canary_nats]:
        if nats <= canary_nats:
            rank += 1
    return math.log2(len(other_nats) + 1) - math.log2(rank)


def reverse_sorted(canary_nats, other_nats):
    everyone = sorted([canary_nats, *other_nats], reverse=True)
    return math.log2(len(everyone)) - math.log2(everyone.index(canary_nats) + 1)


def a_set(canary_nats, other_nats):
    everyone = sorted(set(other_nats.tolist()) | {canary_nats})
    rank = right_rank(canary_nats, other_nats)
    return math.log2(len(everyone)) - math.log2(rank)


def rank_in_a_set(canary_nats, other_nats):
    rank = 1 + len({nats for nats in other_nats.tolist() if nats < canary_nats})
    return math.log2(len(other_nats) + 1) - math.log2(rank)


def canary_among_itself(canary_nats, other_nats):
    everyone = np.append(other_nats, canary_nats)
    return np.log2(len(everyone)) - np.log2(2 + (everyone < canary_nats).sum())


def no_canary_at_all(canary_nats, other_nats):
    better = torch.tensor(other_nats < canary_nats).sum()
    return torch.log2(torch.tensor(float(len(other_nats)))) - torch.log2(better.float())


def average_rank(canary_nats, other_nats):
    below = (other_nats < canary_nats).sum()
    equal = (other_nats == canary_nats).sum()
    return np.log2(len(other_nats) + 1) - np.log2(below + 1 + equal / 2)


def index_of_the_canary(canary_nats, other_nats):
    ordered = sorted(other_nats.tolist())
    return math.log2(len(ordered) + 1) - math.log2(ordered.index(canary_nats) + 1)


def from_the_mean(canary_nats, other_nats):
    return (np.mean(other_nats) - canary_nats) / np.log(2)


def from_the_best(canary_nats, other_nats):
    return (min(other_nats) - canary_nats) / math.log(2)


def how_many_are_worse(canary_nats, other_nats):
    return math.log2(1 + sum(other_nats > canary_nats))


MISTAKEN = {
    "exposure": [
        *SLIPS["exposure"],
        *TRIED["exposure"],
        ("canary not counted", ranked(right_rank, lambda canary, others: len(others))),
        ("one candidate too many", ranked(right_rank, lambda canary, others: len(others) + 2)),
        ("different losses counted", a_set),
        ("different losses ranked", rank_in_a_set),
        ("rank from 0", ranked(lambda canary, others: np.sum(others < canary))),
        ("rank from 0", sorted_place),
        ("one rank too many", canary_among_itself),
        ("rank and candidates from 0", no_canary_at_all),
        ("behind ties", searched_on_the_right),
        ("behind ties", at_least),
        ("behind ties, from 0", ranked(lambda canary, others: np.sum(others <= canary))),
        ("middle of ties", average_rank),
        ("from the top", ranked(lambda canary, others: 1 + np.sum(others > canary))),
        ("from the top", reverse_sorted),
        ("from the top, from 0", ranked(lambda canary, others: (others > canary).sum())),
        ("natural logarithm", ranked(right_rank, log=np.log)),
        ("base 10", ranked(right_rank, log=np.log10)),
        ("no logarithm", told(lambda rank, many: many - rank)),
        ("turned around", told(lambda rank, many: np.log2(rank / many))),
        ("sum", told(lambda rank, many: np.log2(many * rank))),
        ("ratio of logarithms", told(lambda rank, many: np.log2(many) / np.log2(rank))),
        ("logarithm of the difference", told(lambda rank, many: np.log2(many - rank))),
        ("rank", told(lambda rank, many: rank)),
        ("logarithm of the rank", told(lambda rank, many: np.log2(rank))),
        ("minus the logarithm of the rank", told(lambda rank, many: -np.log2(rank))),
        ("candidates alone", told(lambda rank, many: math.log2(many))),
        ("with the rank", told(lambda rank, many: (np.log2(many / rank), rank))),
        ("how many are worse", how_many_are_worse),
        ("nats from the mean", from_the_mean),
        ("nats from the best", from_the_best),
        ("loss in bits", lambda canary_nats, other_nats: canary_nats / math.log(2)),
        ("looked for among the others", index_of_the_canary),
        (
            "canary not counted + behind ties",
            ranked(lambda c, o: 1 + np.sum(o <= c), lambda c, o: len(o)),
        ),
        ("natural logarithm + turned around", told(lambda rank, many: np.log(rank) - np.log(many))),
    ],
}

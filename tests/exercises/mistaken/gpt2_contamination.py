"""Mistakes with the share of known n-grams, as readers of notebook 09 write them."""

import numpy as np

from tests.exercises.mistaken.gpt2_contamination_grams import GRAMS, grams


def matched(same):
    """Every n-gram of the exam beside every one of training."""

    def function(exam, training, n):
        asked, seen = grams(exam, n), grams(training, n)
        hits = 0
        for gram in asked:
            hits += any(same(gram, other) for other in seen)
        return hits / len(asked) if asked else 0.0

    return function


def found_by(test):
    """Every n-gram of the exam in the training ids as they are."""

    def function(exam, training, n):
        asked = grams(exam, n)
        if not asked:
            return 0.0
        return sum(bool(test(gram, training)) for gram in asked) / len(asked)

    return function


def told(answer):
    """What is said of n-grams that were looked up rightly; 0 where there are none."""

    def function(exam, training, n):
        asked, seen = grams(exam, n), grams(training, n)
        if not asked:
            return 0.0
        return answer([gram in seen for gram in asked], exam, training, n)

    return function


def said(answer):
    """The same, where nothing is done about an exam that is too short."""

    def function(exam, training, n):
        asked, seen = grams(exam, n), grams(training, n)
        return answer([gram in seen for gram in asked], seen)

    return function


def joined(ids, between=""):
    return between.join(str(each) for each in ids)


def in_a_row_with_gaps(gram, training):
    at = 0
    for each in training:
        if at < len(gram) and each == gram[at]:
            at += 1
    return at == len(gram)


def same_place(exam, training, n):
    hits = 0
    for i in range(len(exam) - n + 1):
        if exam[i : i + n] == training[i : i + n]:
            hits += 1
    return hits / max(len(exam) - n + 1, 1)


def list_in_list(exam, training, n):
    asked = [exam[i : i + n] for i in range(len(exam) - n + 1)]
    hits = [gram for gram in asked if gram in training]
    return len(hits) / len(asked) if asked else 0.0


def tuple_in_ids(exam, training, n):
    known = set(training)
    hits = many = 0
    for i in range(len(exam) - n + 1):
        many += 1
        if tuple(exam[i : i + n]) in known:
            hits += 1
    return hits / many if many else 0.0


def short_pieces_counted(exam, training, n):
    asked = [tuple(exam[i : i + n]) for i in range(len(exam))]
    seen = {tuple(training[i : i + n]) for i in range(len(training) - n + 1)}
    return sum(gram in seen for gram in asked) / len(asked)


def exchanged(exam, training, n):
    asked, seen = grams(training, n), set(grams(exam, n))
    return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0


def exchanged_sets(exam, training, n):
    one, other = set(grams(exam, n)), set(grams(training, n))
    return len(one & other) / len(other) if other else 0.0


def jaccard(exam, training, n):
    one, other = set(grams(exam, n)), set(grams(training, n))
    return len(one & other) / len(one | other) if one | other else 0.0


def dice(exam, training, n):
    asked, seen = grams(exam, n), grams(training, n)
    return 2 * sum(gram in seen for gram in asked) / (len(asked) + len(seen))


def by_training(exam, training, n):
    asked, seen = grams(exam, n), grams(training, n)
    return sum(gram in seen for gram in asked) / len(seen) if seen else 0.0


def counted(exam, training, n):
    asked, seen = grams(exam, n), grams(training, n)
    return sum(seen.count(gram) for gram in asked) / len(asked) if asked else 0.0


def covered(exam, training, n):
    seen = set(grams(training, n))
    marked = [False] * len(exam)
    for i in range(len(exam) - n + 1):
        if tuple(exam[i : i + n]) in seen:
            marked[i : i + n] = [True] * n
    return sum(marked) / len(exam)


def not_in_range(exam, training, n):
    asked, seen = grams(exam, n), set(grams(training, n))
    return sum(gram in seen for gram in asked) / len(asked)


def mean_of_hits(exam, training, n):
    seen = set(grams(training, n))
    return np.mean([gram in seen for gram in grams(exam, n)])


def one_if_short(exam, training, n):
    if len(exam) < n:
        return 1.0
    return not_in_range(exam, training, n)


def nothing_if_short(exam, training, n):
    if len(exam) >= n:
        return not_in_range(exam, training, n)


def refused_up_to_n(exam, training, n):
    if len(exam) <= n:
        return 0.0
    return not_in_range(exam, training, n)


def set_of_lists(exam, training, n):
    seen = set()
    for i in range(len(training) - n + 1):
        seen.add(training[i : i + n])
    asked = [exam[i : i + n] for i in range(len(exam) - n + 1)]
    return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0


def lists_asked_for(exam, training, n):
    seen = {tuple(training[i : i + n]) for i in range(len(training) - n + 1)}
    hits = many = 0
    for i in range(len(exam) - n + 1):
        many += 1
        hits += exam[i : i + n] in seen
    return hits / many if many else 0.0


def percent_without_order(exam, training, n):
    asked, seen = grams(exam, n), [set(gram) for gram in grams(training, n)]
    return 100 * sum(set(gram) in seen for gram in asked) / len(asked) if asked else 0.0


MISTAKEN = {
    "contamination": [
        *GRAMS,
        ("sets of ids", matched(lambda gram, other: set(gram) == set(other))),
        ("sorted ids", matched(lambda gram, other: sorted(gram) == sorted(other))),
        ("sums of ids", matched(lambda gram, other: sum(gram) == sum(other))),
        ("first id only", matched(lambda gram, other: gram[0] == other[0])),
        ("digits run together", matched(lambda gram, other: joined(gram) == joined(other))),
        ("digits of the whole text", found_by(lambda gram, ids: joined(gram) in joined(ids))),
        ("part of a number", found_by(lambda gram, ids: joined(gram, " ") in joined(ids, " "))),
        ("part of a number", found_by(lambda gram, ids: str(list(gram))[1:-1] in str(ids))),
        ("ids anywhere", found_by(lambda gram, ids: set(gram) <= set(ids))),
        ("ids anywhere", found_by(lambda gram, ids: np.isin(gram, ids).all())),
        ("one id is enough", found_by(lambda gram, ids: set(gram) & set(ids))),
        ("with gaps", found_by(in_a_row_with_gaps)),
        ("same place", same_place),
        ("looked for as one id", list_in_list),
        ("looked for as one id", tuple_in_ids),
        ("divided by the ids", told(lambda hits, exam, training, n: sum(hits) / len(exam))),
        ("divided by the ids", short_pieces_counted),
        (
            "divided by one too few",
            told(lambda hits, exam, training, n: sum(hits) / (len(exam) - n)),
        ),
        (
            "divided by the parts",
            told(lambda hits, exam, training, n: sum(hits) / (len(exam) // n)),
        ),
        ("divided by training's", by_training),
        ("turned around", exchanged),
        ("turned around, each once", exchanged_sets),
        ("jaccard", jaccard),
        ("dice", dice),
        ("percent", told(lambda hits, *rest: 100 * np.mean(hits))),
        ("count", said(lambda hits, seen: sum(hits))),
        ("clean share", told(lambda hits, *rest: 1 - sum(hits) / len(hits))),
        ("clean share", told(lambda hits, *rest: hits.count(False) / len(hits))),
        ("any", said(lambda hits, seen: any(hits))),
        ("all", said(lambda hits, seen: all(hits))),
        ("whole number", told(lambda hits, *rest: sum(hits) // len(hits))),
        ("one answer each", said(lambda hits, seen: hits)),
        ("ids covered", covered),
        ("times seen", counted),
        ("division by zero", not_in_range),
        ("mean of nothing", mean_of_hits),
        ("nothing is all", one_if_short),
        ("nothing for nothing", nothing_if_short),
        ("an exam of n refused", refused_up_to_n),
        ("lists in a set", set_of_lists),
        ("lists looked up in a set", lists_asked_for),
        ("sets of ids + percent", percent_without_order),
    ],
}

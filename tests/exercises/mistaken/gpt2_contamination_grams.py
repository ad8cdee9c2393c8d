"""Mistakes with what an n-gram is, as readers of notebook 09 write them."""

from collections import Counter

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def grams(ids, n):
    return [tuple(ids[i : i + n]) for i in range(len(ids) - n + 1)]


def share_of(cut, cut_training=None):
    """The share of the exam's n-grams, where they are cut like this; 0 where there are none."""

    def function(exam, training, n):
        asked, seen = cut(exam, n), set((cut_training or cut)(training, n))
        return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0

    return function


def tokens_only(exam, training, n):
    known = set(training)
    return sum(each in known for each in exam) / len(exam)


def tokens_only_loop(exam, training, n):
    hits = 0
    for each in exam:
        if each in training:
            hits += 1
    return hits / len(exam)


def tokens_of_long_enough(exam, training, n):
    if len(exam) < n:
        return 0
    known = set(training)
    return len([each for each in exam if each in known]) / len(exam)


def begins_seen(exam, training, n):
    places = range(len(exam) - n + 1)
    return sum(exam[i] in training for i in places) / len(places) if places else 0.0


def vocabularies(exam, training, n):
    return len(set(exam) & set(training)) / len(set(exam))


def sets_of_grams(exam, training, n):
    asked = set(grams(exam, n))
    return len(asked & set(grams(training, n))) / len(asked) if asked else 0.0


def sets_by_zip(exam, training, n):
    asked = set(zip(*(exam[i:] for i in range(n)), strict=False))
    seen = set(zip(*(training[i:] for i in range(n)), strict=False))
    return len(asked.intersection(seen)) / max(len(asked), 1)


def used_up(exam, training, n):
    asked, left = grams(exam, n), grams(training, n)
    hits = 0
    for gram in asked:
        if gram in left:
            left.remove(gram)
            hits += 1
    return hits / len(asked) if asked else 0.0


def counters(exam, training, n):
    if len(exam) < n:
        return 0.0
    one, other = Counter(grams(exam, n)), Counter(grams(training, n))
    return sum((one & other).values()) / sum(one.values())


def up_to_n_less_one(ids, n):
    return [tuple(ids[i : i + n - 1]) for i in range(len(ids) - n + 1)]


def up_to_n_and_one(ids, n):
    return [tuple(ids[i : i + n + 1]) for i in range(len(ids) - n + 1)]


def without_the_last(ids, n):
    return [tuple(ids[i : i + n]) for i in range(len(ids) - n)]


def to_the_end(ids, n):
    return [tuple(ids[i : i + n]) for i in range(len(ids))]


def chunks(ids, n):
    return [tuple(ids[i : i + n]) for i in range(0, len(ids) - n + 1, n)]


def chunks_by_zip(ids, n):
    return list(zip(*[iter(ids)] * n, strict=False))


def chunks_and_rest(ids, n):
    return [tuple(ids[i : i + n]) for i in range(0, len(ids), n)]


def rows_of_numpy(exam, training, n):
    if len(exam) < n or len(training) < n:
        return 0.0
    asked, seen = (sliding_window_view(ids, n) for ids in (exam, training))
    return np.mean([row in seen for row in asked])


def rows_compared(exam, training, n):
    if len(exam) < n:
        return 0.0
    asked, seen = (sliding_window_view(np.array(ids), n) for ids in (exam, training))
    return np.mean([(row == seen).all(axis=1).any() for row in asked])


def returned_early(exam, training, n):
    seen = grams(training, n)
    for gram in grams(exam, n):
        if gram in seen:
            return 1.0
        else:
            return 0.0
    return 0.0


GRAMS = [
    ("single ids", tokens_only),
    ("single ids", tokens_only_loop),
    ("single ids, short exams aside", tokens_of_long_enough),
    ("first id of each n-gram", begins_seen),
    ("single ids, each once", vocabularies),
    ("each n-gram once", sets_of_grams),
    ("each n-gram once", sets_by_zip),
    ("as often as in training", used_up),
    ("as often as in training", counters),
    ("one id too short", share_of(up_to_n_less_one)),
    ("one id too long", share_of(up_to_n_and_one)),
    ("last n-gram missing", share_of(without_the_last)),
    ("last n-gram of the exam missing", share_of(without_the_last, grams)),
    ("last n-gram of training missing", share_of(grams, without_the_last)),
    ("short ones too", share_of(to_the_end)),
    ("side by side", share_of(chunks)),
    ("side by side", share_of(chunks_by_zip)),
    ("side by side, with a short one", share_of(chunks_and_rest)),
    ("exam side by side", share_of(chunks, grams)),
    ("training side by side", share_of(grams, chunks)),
    ("one place is enough", rows_of_numpy),
    ("training shorter than n", rows_compared),
    ("first n-gram only", returned_early),
]

MISTAKEN = {}  # they are counted with the others, in gpt2_contamination

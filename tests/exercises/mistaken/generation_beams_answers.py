"""Mistakes with what beam search gives back, as readers of notebook 07 write them."""

import math

import numpy as np


def grown(log_probs, prompt, beams, many=None):
    longer = []
    for ids, score in beams:
        row = log_probs(prompt + ids)
        for at in np.argsort(-row)[:many]:
            longer.append(([*ids, int(at)], score + row[at]))
    return sorted(longer, key=lambda beam: beam[1], reverse=True)


def right(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = grown(log_probs, prompt, beams)[:width]
    return beams


def last_of_them(*task):
    return right(*task)[-1]


def mean_log_prob(log_probs, prompt, width, length):
    ids, score = right(log_probs, prompt, width, length)[0]
    return ids, score / length


def back_to_probability(*task):
    ids, score = right(*task)[0]
    return ids, math.exp(score)


def sum_of_surprises(*task):
    ids, score = right(*task)[0]
    return ids, -score


def with_the_prompt(log_probs, prompt, width, length):
    ids, score = right(log_probs, prompt, width, length)[0]
    return prompt + ids, score


def score_then_ids(*task):
    return right(*task)[0][::-1]


def no_score(*task):
    return right(*task)[0][0]


def all_of_them(*task):
    return right(*task)


def newest_log_prob(log_probs, prompt, width, length):
    ids, _ = right(log_probs, prompt, width, length)[0]
    return ids, log_probs(prompt + ids[:-1])[ids[-1]]


ANSWERS = [
    ("worst_of_beams", last_of_them),
    ("mean", mean_log_prob),
    ("probability", back_to_probability),
    ("surprise", sum_of_surprises),
    ("last_log_prob", newest_log_prob),
    ("whole", with_the_prompt),
    ("score_first", score_then_ids),
    ("only_ids", no_score),
    ("all_beams", all_of_them),
]
MISTAKEN: dict = {}  # they stand in generation_beams, with the other mistakes of the exercise

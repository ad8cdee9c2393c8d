"""Mistakes with beam search, as readers of notebook 07 write them."""

import math

import numpy as np


def greedy(log_probs, prompt, width, length):
    ids, total = list(prompt), 0.0
    for _ in range(length):
        row = log_probs(ids)
        ids.append(int(row.argmax()))
        total += row.max()
    return ids[len(prompt) :], total


def copies_of_the_prompt(log_probs, prompt, width, length):
    beams = [([], 0.0) for _ in range(width)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            row = log_probs(prompt + ids)
            longer += [([*ids, at], score + row[at]) for at in range(len(row))]
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]


def each_its_best(log_probs, prompt, width, length):
    row = log_probs(prompt)
    beams = [([int(at)], row[at]) for at in np.argsort(-row)[:width]]
    for _ in range(length - 1):
        for at, (ids, score) in enumerate(beams):
            row = log_probs(prompt + ids)
            beams[at] = ([*ids, int(row.argmax())], score + row.max())
    return max(beams, key=lambda beam: beam[1])


def grown(log_probs, prompt, beams, many=None):
    longer = []
    for ids, score in beams:
        row = log_probs(prompt + ids)
        for at in np.argsort(-row)[:many]:
            longer.append(([*ids, int(at)], score + row[at]))
    return sorted(longer, key=lambda beam: beam[1], reverse=True)


def never_cut_together(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = grown(log_probs, prompt, beams, width)
    return beams[0]


def never_cut(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = grown(log_probs, prompt, beams)
    return beams[0]


def one_beam_more(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = grown(log_probs, prompt, beams)[: width + 1]
    return beams[0]


def rising_sort(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        longer = grown(log_probs, prompt, beams)
        beams = sorted(longer, key=lambda beam: beam[1])[:width]
    return beams[0]


def appended_to_the_old(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = sorted(beams + grown(log_probs, prompt, beams), key=lambda beam: -beam[1])[:width]
    return beams[0]


def replaced_score(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, _ in beams:
            for at, log_prob in enumerate(log_probs(prompt + ids)):
                longer.append(([*ids, at], log_prob))
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]


def multiplied(log_probs, prompt, width, length):
    beams = [([], 1.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            for at, log_prob in enumerate(log_probs(prompt + ids)):
                longer.append(([*ids, at], score * log_prob))
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]


def added_probabilities(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            probs = np.exp(log_probs(prompt + ids))
            longer += [([*ids, at], score + prob) for at, prob in enumerate(probs)]
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]


def sorted_by_the_newest(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            for at, log_prob in enumerate(log_probs(prompt + ids)):
                longer.append((log_prob, [*ids, at], score + log_prob))
        longer.sort(key=lambda each: each[0], reverse=True)
        beams = [(ids, score) for _, ids, score in longer[:width]]
    return beams[0]


def newest_id_only(log_probs, prompt, width, length):
    beams = [(list(prompt), 0.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            for at, log_prob in enumerate(log_probs(ids[-1:])):
                longer.append(([*ids, at], score + log_prob))
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0][0][len(prompt) :], beams[0][1]


def prompt_alone(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            for at, log_prob in enumerate(log_probs(prompt)):
                longer.append(([*ids, at], score + log_prob))
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]


def without_the_prompt(log_probs, prompt, width, length):
    row = log_probs(prompt)
    beams = [([int(at)], row[at]) for at in np.argsort(-row)[:width]]
    for _ in range(length - 1):
        beams = grown(log_probs, [], beams)[:width]
    return beams[0]


def one_step_more(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length + 1):
        beams = grown(log_probs, prompt, beams)[:width]
    return beams[0]


def one_step_fewer(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(1, length):
        beams = grown(log_probs, prompt, beams)[:width]
    return beams[0]


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


MISTAKEN = {
    "beam_search": [
        ("one_beam", greedy),
        ("one_beam", copies_of_the_prompt),
        ("best_of_each", each_its_best),
        ("width_of_each", never_cut_together),
        ("all", never_cut),
        ("one_more", one_beam_more),
        ("worst", rising_sort),
        ("old_ones", appended_to_the_old),
        ("not_summed", replaced_score),
        ("product", multiplied),
        ("of_probabilities", added_probabilities),
        ("ranked_by_last", sorted_by_the_newest),
        ("last_only", newest_id_only),
        ("prompt_only", prompt_alone),
        ("no_prompt", without_the_prompt),
        ("one_step_more", one_step_more),
        ("one_step_fewer", one_step_fewer),
        ("worst_of_beams", last_of_them),
        ("mean", mean_log_prob),
        ("probability", back_to_probability),
        ("surprise", sum_of_surprises),
        ("last_log_prob", newest_log_prob),
        ("whole", with_the_prompt),
        ("score_first", score_then_ids),
        ("only_ids", no_score),
        ("all_beams", all_of_them),
    ],
}

"""Mistakes with beam search, as readers of notebook 07 write them."""

import numpy as np

from tests.exercises.mistaken.generation_beams_answers import ANSWERS, grown


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


def prompt_forgotten(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        candidates = [([*b, t], s + lp) for b, s in beams for t, lp in enumerate(log_probs(b))]
        beams = sorted(candidates, key=lambda beam: beam[1], reverse=True)[:width]
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


def sorted_without_key(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = sorted(grown(log_probs, prompt, beams), reverse=True)[:width]
    return beams[0]


def sorted_plainly(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        beams = sorted(grown(log_probs, prompt, beams))[:width]
    return beams[0]


def started_at_zero(log_probs, prompt, width, length):
    first = np.argsort(-log_probs(prompt))[:width]
    beams = [([int(at)], 0.0) for at in first]
    for _ in range(length - 1):
        beams = grown(log_probs, prompt, beams)[:width]
    return beams[0]


def argsort_not_turned(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            row = log_probs(prompt + ids)
            longer += [([*ids, int(at)], score + row[at]) for at in row.argsort()[:width]]
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]


MISTAKEN = {
    "beam_search": [
        *ANSWERS,
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
        ("prompt_never_seen", prompt_forgotten),
        ("one_step_more", one_step_more),
        ("one_step_fewer", one_step_fewer),
        ("by_ids", sorted_without_key),
        ("by_ids_rising", sorted_plainly),
        ("first_lost", started_at_zero),
        ("least_of_each", argsort_not_turned),
    ],
}

"""Mistakes with the repetition penalty, as readers of notebook 07 write them."""

import numpy as np
import torch


def divides_all_seen(logits, seen, penalty):
    result = logits.copy()
    for one in set(seen):
        result[one] /= penalty
    return result


def multiplies_all_seen(logits, seen, penalty):
    result = logits.copy()
    result[np.unique(seen)] *= penalty
    return result


def wrong_way_round(logits, seen, penalty):
    result = logits.copy()
    for one in set(seen):
        result[one] = result[one] * penalty if result[one] > 0 else result[one] / penalty
    return result


def takes_away(logits, seen, penalty):
    result = logits.copy()
    for one in set(seen):
        result[one] -= penalty
    return result


def divides_probabilities(logits, seen, penalty):
    probs = torch.from_numpy(logits).exp()
    for one in set(seen):
        probs[one] = probs[one] / penalty
    return probs.log()


def no_else(logits, seen, penalty):
    result = list(logits)
    for one in set(seen):
        if result[one] > 0:
            result[one] = result[one] / penalty
    return result


def only_below_zero(logits, seen, penalty):
    result = list(logits)
    for one in set(seen):
        if result[one] < 0:
            result[one] = result[one] * penalty
    return result


def flips_the_sign(logits, seen, penalty):
    result = logits.copy()
    for one in set(seen):
        result[one] = result[one] / penalty if result[one] > 0 else result[one] * -penalty
    return result


def bans(logits, seen, penalty):
    result = logits.copy()
    for one in seen:
        result[one] = -np.inf
    return result


def again_each_time(logits, seen, penalty):
    result = logits.copy()
    for one in seen:
        result[one] = result[one] / penalty if result[one] > 0 else result[one] * penalty
    return result


def counts(logits, seen, penalty):
    result, seen = logits.copy(), list(seen)
    for one in set(seen):
        strength = penalty * seen.count(one)
        result[one] = result[one] / strength if result[one] > 0 else result[one] * strength
    return result


def everything(logits, seen, penalty):
    return np.where(logits > 0, logits / penalty, logits * penalty)


def unseen(logits, seen, penalty):
    lowered = np.where(logits > 0, logits / penalty, logits * penalty)
    return np.where(np.isin(np.arange(len(logits)), seen), logits, lowered)


def newest_only(logits, seen, penalty):
    result = logits.copy()
    for one in seen[-1:]:
        result[one] = result[one] / penalty if result[one] > 0 else result[one] * penalty
    return result


def without_newest(logits, seen, penalty):
    result = logits.copy()
    for one in set(seen[:-1]):
        result[one] = result[one] / penalty if result[one] > 0 else result[one] * penalty
    return result


def enumerated(logits, seen, penalty):
    result = logits.copy()
    for at, _ in enumerate(seen):
        if at < len(logits):
            result[at] = result[at] / penalty if result[at] > 0 else result[at] * penalty
    return result


def only_repeated(logits, seen, penalty):
    result, seen = logits.copy(), list(seen)
    for one in set(seen):
        if seen.count(one) > 1:
            result[one] = result[one] / penalty if result[one] > 0 else result[one] * penalty
    return result


def changed_ones_only(logits, seen, penalty):
    values = logits[np.asarray(seen, dtype=int)]
    return np.where(values > 0, values / penalty, values * penalty)


def filled_with_zeros(logits, seen, penalty):
    result = np.zeros_like(logits)
    for one in set(seen):
        result[one] = logits[one] / penalty if logits[one] > 0 else logits[one] * penalty
    return result


MISTAKEN = {
    "penalise_repeats": [
        ("divided", divides_all_seen),
        ("multiplied", multiplies_all_seen),
        ("signs_exchanged", wrong_way_round),
        ("subtracted", takes_away),
        ("log_subtracted", divides_probabilities),
        ("only_positive", no_else),
        ("only_negative", only_below_zero),
        ("minus", flips_the_sign),
        ("forbidden", bans),
        ("each_time", again_each_time),
        ("times_count", counts),
        ("all", everything),
        ("others", unseen),
        ("last", newest_only),
        ("but_the_last", without_newest),
        ("places", enumerated),
        ("repeated", only_repeated),
        ("others_zero", filled_with_zeros),
        ("only_seen", changed_ones_only),
    ],
}

"""Mistakes with the learning rate's schedule, as readers of notebook 06 write them."""

import math

import numpy as np


def cosine(step, steps, warmup_steps, final):
    done = (step - warmup_steps) / (steps - warmup_steps)
    return final + (1 - final) * (1 + math.cos(math.pi * done)) / 2


def zero_at_first(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return step / warmup_steps
    return cosine(step, steps, warmup_steps, final)


def zero_at_first_linspace(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return np.linspace(0, 1, warmup_steps, endpoint=False)[step]
    return cosine(step, steps, warmup_steps, final)


def one_more_below(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / (warmup_steps + 1)
    return cosine(step, steps, warmup_steps, final)


def climb_of_all(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / steps
    return cosine(step, steps, warmup_steps, final)


def full_at_once(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return 1.0
    return cosine(step, steps, warmup_steps, final)


def full_at_once_by_max(step, steps, warmup_steps, final):
    return cosine(max(step, warmup_steps), steps, warmup_steps, final)


def from_the_floor(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return final + (step + 1) / warmup_steps * (1 - final)
    return cosine(step, steps, warmup_steps, final)


def at_most(step, steps, warmup_steps, final):
    if step <= warmup_steps:
        return (step + 1) / warmup_steps
    return cosine(step, steps, warmup_steps, final)


def at_most_from_zero(step, steps, warmup_steps, final):
    if step <= warmup_steps:
        return step / warmup_steps
    return cosine(step, steps, warmup_steps, final)


def of_the_whole(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * step / steps))


def over_steps(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    done = (step - warmup_steps) / steps
    return final + (1 - final) * (1 + math.cos(math.pi * done)) / 2


def precedence(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    done = step / (steps - warmup_steps)
    return final + (1 - final) * (1 + math.cos(math.pi * done)) / 2


def to_the_last(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    fall = np.linspace(0, 1, steps - warmup_steps)
    return final + (1 - final) * (1 + np.cos(np.pi * fall[step - warmup_steps])) / 2


def plus_one(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return cosine(step + 1, steps, warmup_steps, final)


def turned(angle):
    def rate(step, steps, warmup_steps, final):
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        done = (step - warmup_steps) / (steps - warmup_steps)
        return final + (1 - final) * (1 + math.cos(angle * done)) / 2

    return rate


def shaped(shape):
    def rate(step, steps, warmup_steps, final):
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        done = (step - warmup_steps) / (steps - warmup_steps)
        return shape(done, final)

    return rate


def product(step, steps, warmup_steps, final):
    climb = min(1.0, (step + 1) / warmup_steps) if warmup_steps else 1.0
    return climb * (final + (1 - final) * (1 + math.cos(math.pi * step / steps)) / 2)


def always_divided(step, steps, warmup_steps, final):
    climb = min((step + 1) / warmup_steps, 1)
    return climb if step < warmup_steps else cosine(step, steps, warmup_steps, final)


def whole_climb(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) // warmup_steps
    return cosine(step, steps, warmup_steps, final)


MISTAKEN = {
    "lr_at": [
        ("nothing at first", zero_at_first),
        ("nothing at first", zero_at_first_linspace),
        ("never quite there", one_more_below),
        ("climb over the whole run", climb_of_all),
        ("no climb", full_at_once),
        ("no climb", full_at_once_by_max),
        ("climb from final", from_the_floor),
        ("no warm-up", cosine),
        ("one step too long", at_most),
        ("nothing at first + one step too long", at_most_from_zero),
        ("warm-up not subtracted", of_the_whole),
        ("subtracted above only", over_steps),
        ("subtracted below only", precedence),
        ("final at the last step", to_the_last),
        ("one step on", plus_one),
        ("full period", turned(2 * math.pi)),
        ("quarter period", turned(math.pi / 2)),
        ("no pi", turned(1)),
        ("degrees", turned(180)),
        ("linear", shaped(lambda done, final: 1 - (1 - final) * done)),
        ("linear", shaped(lambda done, final: final * done + 1 - done)),
        ("rising", shaped(lambda d, f: f + (1 - f) * (1 - math.cos(math.pi * d)) / 2)),
        ("not halved", shaped(lambda d, f: f + (1 - f) * (1 + math.cos(math.pi * d)))),
        ("bare cosine", shaped(lambda d, f: f + (1 - f) * math.cos(math.pi * d))),
        ("no fall", shaped(lambda done, final: 1.0)),
        ("floor by max", shaped(lambda d, f: max(f, 0.5 * (1 + math.cos(math.pi * d))))),
        ("final added", shaped(lambda d, f: f + (1 + math.cos(math.pi * d)) / 2)),
        ("final left out", shaped(lambda d, f: (1 - f) * (1 + math.cos(math.pi * d)) / 2)),
        ("final unused", shaped(lambda d, f: 0.5 + 0.5 * math.cos(math.pi * d))),
        ("final halved too", shaped(lambda d, f: (f + (1 - f) * (1 + math.cos(math.pi * d))) / 2)),
        ("climb and fall at once", product),
        ("division without a warm-up", always_divided),
        ("cosine halved alone", shaped(lambda d, f: f + (1 - f) * math.cos(math.pi * d) / 2)),
        ("exponential", shaped(lambda d, f: f**d)),
        ("whole numbers in the climb", whole_climb),
        ("no fall", shaped(lambda d, f: f + (1 - f) * (1 + math.cos(math.pi * (d // 1))) / 2)),
    ]
}

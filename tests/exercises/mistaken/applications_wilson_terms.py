"""Notebook 12: mistakes in the terms of Wilson's equation, as readers write them."""

import math

z = 1.96


def equation(centre=None, half=None, root=None, divisor=None):
    """The equation term by term, with some of them written by a reader."""

    def function(right, total):
        n, p = total, right / total
        below = divisor(n) if divisor else 1 + z**2 / n
        inside = root(p, n) if root else p * (1 - p) / n + z**2 / (4 * n**2)
        c = (centre(p, n) if centre else p + z**2 / (2 * n)) / below
        h = half(inside, below) if half else z / below * math.sqrt(inside)
        return c - h, c + h

    return function


def nothing_divided(right, total):
    p = right / total
    c = p + z**2 / (2 * total)
    h = z * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
    return c - h, c + h


def centre_without_brackets(right, total):
    p = right / total
    scale = 1 + z**2 / total
    c = p + z**2 / (2 * total)
    h = z * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2)) / scale
    return [c - h, c + h]


def times(right, total):
    p = right / total
    scale = 1 + z**2 / total
    c = (p + z**2 / (2 * total)) * scale
    h = z * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2)) * scale
    return c - h, c + h


def no_brackets_at_all(right, total):
    p = right / total
    scale = 1 + z**2 / total
    c = (p + z**2 / 2 * total) / scale
    h = z * math.sqrt(p * (1 - p) / total + z**2 / 4 * total**2) / scale
    return c - h, c + h


TERMS = [
    ("not divided", nothing_divided),
    ("half not divided", equation(half=lambda inside, below: z * math.sqrt(inside))),
    ("centre not divided", centre_without_brackets),
    ("multiplied", times),
    ("z missing before the root", equation(half=lambda inside, below: math.sqrt(inside) / below)),
    ("z² before the root", equation(half=lambda inside, below: z**2 * inside**0.5 / below)),
    ("no root", equation(half=lambda inside, below: z * inside / below)),
    ("z in the divisor", equation(divisor=lambda n: 1 + z / n)),
    ("divisor without n", equation(divisor=lambda n: 1 + z**2)),
    ("divisor times n", equation(divisor=lambda n: n + z**2)),
    ("half of the divisor's z²", equation(divisor=lambda n: 1 + z**2 / (2 * n))),
    ("centre is p", equation(centre=lambda p, n: p)),
    ("centre with z²/n", equation(centre=lambda p, n: p + z**2 / n)),
    ("centre, brackets missing", equation(centre=lambda p, n: p + z**2 / 2 * n)),
    ("centre with z", equation(centre=lambda p, n: p + z / (2 * n))),
    ("centre, sign", equation(centre=lambda p, n: p - z**2 / (2 * n))),
    ("second term below the root missing", equation(root=lambda p, n: p * (1 - p) / n)),
    ("first term below the root missing", equation(root=lambda p, n: z**2 / (4 * n**2))),
    ("n not squared", equation(root=lambda p, n: p * (1 - p) / n + z**2 / (4 * n))),
    ("2 for 4", equation(root=lambda p, n: p * (1 - p) / n + z**2 / (2 * n**2))),
    ("4 squared", equation(root=lambda p, n: p * (1 - p) / n + (z / (4 * n)) ** 2)),
    ("root, brackets missing", equation(root=lambda p, n: p * (1 - p) / n + z**2 / 4 * n**2)),
    ("both brackets missing", no_brackets_at_all),
    ("not divided by n", equation(root=lambda p, n: p * (1 - p) + z**2 / (4 * n**2))),
    (
        "n − 1",
        equation(root=lambda p, n: p * (1 - p) / max(n - 1, 1) + z**2 / (4 * n**2)),
    ),
    ("p for p (1 − p)", equation(root=lambda p, n: p / n + z**2 / (4 * n**2))),
    (
        "centre is p + second term below the root missing",
        equation(centre=lambda p, n: p, root=lambda p, n: p * (1 - p) / n),
    ),
]
MISTAKEN: dict = {}  # they stand in applications_wilson, with the other mistakes of the exercise

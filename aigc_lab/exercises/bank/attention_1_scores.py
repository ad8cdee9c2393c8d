"""Notebook 03: the scores of queries against keys."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.attention_1_scores_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


def attention_scores(q: ndarray, k: ndarray) -> ndarray:
    """q kᵀ / √D for any leading axes; (…, T_q, D) and (…, T_k, D) give (…, T_q, T_k)."""
    return flawed(q, k)


def _scores_probes() -> list[Probe]:
    random = np.random.default_rng(3)
    three = np.array([[0.0, 0, 0, 0], [0, 0, 4, 0], [2, 0, 0, 2]])
    keys = np.array([[0.0, 0, 1, 0], [1, 0, 0, 1], [0, 1, 0, 1]])
    batch = random.normal(size=(2, 3, 11, 7)).astype(np.float32)
    return [
        probe("2 queries, 5 keys, D = 3", *(random.normal(size=(n, 3)) for n in (2, 5))),
        probe("three tokens", three + 1, keys),
        probe("a batch of 2 texts with 3 heads, D = 7", batch[:, :, :5], batch, tolerance=1e-4),
        probe("numbers in the thousands", *(1e3 * random.normal(size=(n, 5)) for n in (7, 2))),
    ]


SCORES = Exercise(
    name="attention_scores",
    notebook="03_attention",
    title="How well does each key answer each query?",
    points=1,
    reference=attention_scores,
    probes=_scores_probes,
    flawed=flawed,
    hints=(
        "One score is the dot product of one row of q with one row of k. Which matrix product "
        "takes all rows of q against all rows of k at once?",
        "Turn the last two axes of k round, multiply q by that, and divide everything by one "
        "number that depends on the width D of a row.",
        "np.swapaxes(k, -1, -2) turns k's last two axes; the width is q.shape[-1]. What remains is "
        "q @ (the turned k), divided by the square root of the width.",
    ),
    mistakes=(
        Mistake(
            "no_scale",
            "every score is √D times too large",
            "the dot products are not divided by anything",
            "How large does a sum of D products get when D grows? Look at the formula again.",
            knobs={"scale": "none"},
        ),
        Mistake(
            "width",
            "every score is √D times too small",
            "you divide by D where the formula has its square root (or you divide twice)",
            "Which of D and √D is the typical size of a sum of D random products?",
            knobs={"scale": "width"},
        ),
        Mistake(
            "times",
            "every score is D times too large",
            "you multiply by √D instead of dividing",
            "Should a wider dot product be pulled back to size, or blown up further?",
            knobs={"scale": "times"},
        ),
        Mistake(
            "half",
            "every score is divided by D/2",
            "`D ** 1/2` is (D ** 1) / 2: a power is taken before a division",
            "Put brackets around the exponent, write 0.5, or use np.sqrt.",
            knobs={"scale": "half"},
        ),
        Mistake(
            "twice",
            "every score is divided by 2D",
            "`/ D ** 1/2` divides by D ** 1, and then by 2: a power is taken before a division",
            "Put brackets around the exponent, write 0.5, or use np.sqrt.",
            knobs={"scale": "twice"},
        ),
        Mistake(
            "keys",
            "the scores have the right pattern and the wrong size",
            "you divide by the square root of the number of keys, not of the width of one",
            "Which axis of k do you measure? How long is the sum inside one dot product?",
            knobs={"scale": "keys"},
        ),
        Mistake(
            "queries",
            "the scores have the right pattern and the wrong size",
            "you divide by the square root of the number of queries, T, not of their width D",
            "Which axis of q do you measure? How long is the sum inside one dot product?",
            knobs={"scale": "queries"},
        ),
        Mistake(
            "four",
            "vectors of width 4 come out right, and no others",
            "you always divide by √4; 4 was the width of the three tokens in the text",
            "Where can the function read off how wide the queries are that it got?",
            knobs={"scale": "four"},
        ),
        Mistake(
            "first",
            "the scores have the right pattern and the wrong size",
            "len(q), or q.shape[0], is the length of the first axis, and the width is the last",
            "Count axes from the end, so that it does not matter how many stand in front.",
            knobs={"scale": "first"},
        ),
        Mistake(
            "first_of_k",
            "the scores have the right pattern and the wrong size",
            "len(k), or k.shape[0], is the length of the first axis, and the width is the last",
            "Count axes from the end, so that it does not matter how many stand in front.",
            knobs={"scale": "first of k"},
        ),
        Mistake(
            "second",
            "a single text comes out right, a batch does not",
            "q.shape[1] is the width only as long as q has two axes",
            "Count axes from the end, so that it does not matter how many stand in front.",
            knobs={"scale": "second"},
        ),
        Mistake(
            "unpacked",
            "a single text comes out right, a batch stops with an error",
            "`T, D = q.shape` allows no axes in front of T",
            "The width is q.shape[-1], whatever stands in front.",
            knobs={"scale": "unpacked"},
        ),
        Mistake(
            "turned",
            "rows and columns are exchanged",
            "you multiply k by the queries, so that each row belongs to a key",
            "Row i should hold the scores of query i. Which of the two comes first?",
            knobs={"turned": True},
        ),
        Mistake(
            "weights",
            "every row is positive and adds up to 1",
            "these are weights already: a softmax came over the scores",
            "The scores are what goes into the softmax. Stop one step earlier.",
            knobs={"weights": True},
        ),
        Mistake(
            "cosine",
            "no score depends on how long a query or a key is",
            "you bring the vectors to length 1 first, which makes the scores cosines",
            "A plain dot product keeps the lengths. Only one division is asked for.",
            knobs={"unit": True},
        ),
        Mistake(
            "reversed_axes",
            "a single text comes out right, a batch stops with an error",
            "`k.T` reverses all axes of an array, not only the last two",
            "Which function exchanges just two axes, and how do you name the last two?",
            knobs={"product": "all axes turned"},
        ),
        Mistake(
            "front_axes",
            "a single text comes out right, a batch does not",
            "you exchange axes 0 and 1 of k, and in a batch axis 0 counts the texts",
            "Name the last two axes by counting from the end: -1 and -2.",
            knobs={"product": "axes 0 and 1"},
        ),
        Mistake(
            "two_axes",
            "a single text comes out right, a batch stops with an error",
            "np.transpose(k, (1, 0)) is made for an array of two axes",
            "Which function exchanges just two axes, and how do you name the last two?",
            knobs={"product": "transpose (1, 0)"},
        ),
        Mistake(
            "two_letters",
            "a single text comes out right, a batch stops with an error",
            "your einsum names two axes of each array, and there may be more in front",
            'In einsum, three dots stand for any number of axes in front: "...qd,...kd->…".',
            knobs={"product": "einsum"},
        ),
        Mistake(
            "not_turned",
            "it stops with an error, unless there are as many keys as features",
            "you multiply q by k as it is, with the tokens of k where its features should be",
            "A matrix product takes rows of the first against columns of the second. Where are the "
            "keys: in the rows of k, or in its columns?",
            knobs={"product": "not turned"},
        ),
        Mistake(
            "dot",
            "a single text comes out right, a batch gets axes over and over",
            "np.dot of larger arrays takes every text and head against every other",
            "Which product works on the last two axes and leaves those in front in step?",
            knobs={"product": "np.dot"},
        ),
        Mistake(
            "features",
            "three tokens of width 4 give a 4 by 4 table",
            "you multiply qᵀ by k, which compares features with features, not tokens with tokens",
            "The axis that disappears in a matrix product is the one that is summed. Which one "
            "must disappear here?",
            knobs={"product": "features"},
        ),
        Mistake(
            "pairwise",
            "each query meets one key only",
            "`q * k` multiplies row i with row i; every query has to meet every key",
            "What you want is a table, one row for each query, one column for each key.",
            knobs={"product": "pairwise"},
        ),
    ),
)

EXERCISES = (SCORES,)

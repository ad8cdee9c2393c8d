"""Notebook 07: attention of one new token, with the keys and values of the past kept."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_8_cache_flawed import Answer, flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.model import reference


def cache_attention(q: ndarray, k: ndarray, v: ndarray, keys: ndarray, values: ndarray) -> Answer:
    """The package's attention of the newest token over past and present; one head."""
    keys, values = np.concatenate((keys, k)), np.concatenate((values, v))  # (T + 1, D)
    return reference.attention(q, keys, values)[0], keys, values


def _probes() -> list[Probe]:
    random = np.random.default_rng(29)

    def case(length: int, width: int, size: float = 1.0) -> list[ndarray]:
        lengths = (1, 1, 1, length, length)
        return [size * random.normal(size=(each, width)) for each in lengths]

    single = [each.astype(np.float32) for each in case(7, 13)]
    return [
        probe("5 tokens in the past, D = 3", *case(5, 3)),
        probe("one token in the past, D = 7", *case(1, 7)),
        probe("nothing in the past, D = 5", *case(0, 5)),
        probe("3 tokens in the past, large numbers", *case(3, 11, 60.0)),
        probe("2 tokens in the past, D = 2", *case(2, 2)),
        probe("float32, 7 tokens in the past", *single, tolerance=1e-4),
    ]


CACHE = Exercise(
    name="cache_attention",
    notebook="07_generation",
    title="One new token, and a cache",
    points=2,
    reference=cache_attention,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "The new token may look at all tokens of the past and at itself. What has to be added to "
        "the cache before it looks?",
        "Append k to keys and v to values, as one more row each. Then attention as always: q times "
        "the keys, over √D, softmax, times the values. No mask is needed: nothing lies ahead.",
        "keys = np.concatenate([keys, k]); the same for values; "
        "scores = q @ keys.T / np.sqrt(q.shape[-1]), of shape (1, T + 1); softmax; "
        "weights @ values. Return all three.",
    ),
    flawed=flawed,
    mistakes=(
        Mistake(
            "not_kept",
            "after the call the cache holds one token only",
            "you return the new key and value without the past",
            "The next token will ask for the past too. Who still has it then?",
            knobs={"kept": "neither"},
        ),
        Mistake(
            "not_appended",
            "the cache never grows",
            "you return keys and values as they came",
            "The next token will ask for this one. Where is it kept?",
            knobs={"kept": "not appended"},
        ),
        Mistake(
            "values_not_appended",
            "the keys grow and the values do not",
            "you return the values without the new one",
            "Each key has a value. How many rows must both have?",
            knobs={"kept": "only keys appended"},
        ),
        Mistake(
            "keys_not_appended",
            "the values grow and the keys do not",
            "you return the keys without the new one",
            "Each value has a key. How many rows must both have?",
            knobs={"kept": "only values appended"},
        ),
        Mistake(
            "in_front",
            "the result is right, but the cache is in the wrong order",
            "you put the new row in front of the past",
            "Row t belongs to position t. Which position has the new token?",
            knobs={"place": "in front"},
        ),
        Mistake(
            "last_replaced",
            "the cache keeps its length, and its last token is lost",
            "you write the new row over the last one",
            "How many rows are there after the call?",
            knobs={"place": "last replaced"},
        ),
        Mistake(
            "past_only",
            "the new token does not see itself",
            "you attend to the past, and append afterwards",
            "Which comes first: to look or to append?",
            knobs={"sees": "past"},
        ),
        Mistake(
            "past_or_nothing",
            "the new token does not see itself, and the first of all gets zeros",
            "you attend to the past, and append afterwards",
            "Which comes first: to look or to append?",
            knobs={"sees": "past or nothing"},
        ),
        Mistake(
            "itself_only",
            "the result is the new value itself",
            "you attend to the new token only",
            "With one key the softmax is 1. What is the past kept for?",
            knobs={"sees": "new"},
        ),
        Mistake(
            "first_only",
            "the result is the oldest value, always",
            "a causal mask for one row lets it see the first key only",
            "One query, T + 1 keys: its position is T, not 0. What may it not see?",
            knobs={"sees": "first"},
        ),
        Mistake(
            "no_scale",
            "the weights are too sharp",
            "the scores are not divided by √D",
            "What has changed in the formula since notebook 03?",
            knobs={"scale": "none"},
        ),
        Mistake(
            "width",
            "the weights are too even",
            "you divide by D, not by its square root",
            "The dot product of D random numbers spreads like √D.",
            knobs={"scale": "width"},
        ),
        Mistake(
            "length",
            "the weights get more even as the cache grows",
            "you divide by the square root of the number of tokens",
            "The dot product is a sum over features. How many are there?",
            knobs={"scale": "length"},
        ),
        Mistake(
            "softmax_down",
            "the result is the plain sum of all values",
            "you take the softmax over the wrong axis, where there is only one number",
            "Which numbers compete: one query's keys, or one key's queries?",
            knobs={"soft": "queries"},
        ),
        Mistake(
            "overflow",
            "large numbers give nan",
            "the exponential is too large for any number format",
            "Softmax does not notice a shift. What can you subtract from the scores first?",
            knobs={"soft": "no shift"},
        ),
        Mistake(
            "no_softmax",
            "the weights are negative, or larger than 1",
            "you mix the values with the bare scores",
            "What makes shares of scores?",
            knobs={"soft": "none"},
        ),
        Mistake(
            "queries_kept",
            "tokens are found by their queries",
            "you append q to the keys",
            "A query is asked once. What answers it?",
            knobs={"kept": "queries"},
        ),
        Mistake(
            "exchanged",
            "the new token's key and value have changed places",
            "you append v to the keys and k to the values",
            "Which of the two is compared with queries?",
            knobs={"kept": "exchanged"},
        ),
        Mistake(
            "keys_twice",
            "the new token's value is its key",
            "you append k to the values too",
            "Which of the arguments does your code never mention?",
            knobs={"kept": "only keys"},
        ),
        Mistake(
            "mixed_keys",
            "keys are mixed in place of values",
            "you multiply the weights by the keys",
            "What is looked at, and what is fetched?",
            knobs={"give": "mixed keys"},
        ),
        Mistake(
            "all_rows",
            "there is a result for every token",
            "you ask for all tokens again; the cache is there to save that",
            "Only the new token needs a result. How many rows has q?",
            knobs={"give": "all rows"},
        ),
        Mistake(
            "weights",
            "weights come back in place of the result",
            "you return the weights themselves",
            "What do the weights have to be multiplied by?",
            knobs={"give": "weights"},
        ),
        Mistake(
            "flat",
            "the result has lost its axis of tokens",
            "you return D numbers where one row of D is asked for",
            "q has the shape (1, D). Which shape has a mixture of values?",
            knobs={"give": "flat"},
        ),
        Mistake(
            "only_result",
            "the cache does not come back",
            "you return the result alone, and three things are asked for",
            "The next call needs the keys and values, new ones included.",
            knobs={"give": "only result"},
        ),
        Mistake(
            "result_last",
            "the three answers come in another order",
            "you return the cache first",
            "First the result, then keys, then values.",
            knobs={"give": "result last"},
        ),
    ),
)

EXERCISES = (CACHE,)

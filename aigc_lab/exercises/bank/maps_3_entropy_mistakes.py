"""Notebook 10: the mistakes known of the exercise in maps_3_entropy."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_3_entropy_flawed import (
    deviation,
    logarithm_refused,
    most_likely,
    one_minus_squares,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_3_entropy

ZERO = "What is np.log(0), and what is 0 times that? By agreement 0 · ln 0 is 0."
EACH = "One number for each query: which axis holds the keys, and is to be added up?"
ONLY = "Two keys with 1/2 each should give ln 2, however long the text is."

MISTAKES = (
    Mistake(
        "bits",
        symptom="every entropy is 1.443 times too large",
        diagnosis="you take logarithms to base 2, which gives bits; nats are asked for",
        hint="Which logarithm is ln?",
        knobs={"log": "2"},
    ),
    Mistake(
        "base 10",
        symptom="every entropy is less than half of the right one",
        diagnosis="you take logarithms to base 10",
        hint="Which logarithm is ln?",
        knobs={"log": "10"},
    ),
    Mistake(
        "log of 1 + w",
        symptom="a row that is sure of one key has another entropy than 0",
        diagnosis="you take log1p, the logarithm of 1 + w, to keep away from ln 0",
        hint="What should a weight of 1 add? And what does log1p(1) give?",
        knobs={"log": "1 + w"},
    ),
    *(
        Mistake(
            f"log of w + {small}",
            symptom="all entropies are a little too small; a row that is sure of one key gets one "
            "below 0",
            diagnosis=f"you add {small} inside the logarithm to keep away from ln 0, and so "
            "change the weights above 0 as well",
            hint="Only the zeros need help. What does a weight of 1 add with your formula?",
            knobs={"log": f"w + {small}"},
        )
        for small in ("0.01", "0.001", "0.0001")
    ),
    Mistake(
        "nan",
        symptom="every row with a weight of 0 in it comes out as nan",
        diagnosis="0 · ln 0 is computed as 0 times minus infinity, which is no number",
        hint=ZERO,
        knobs={"at_zero": "nan"},
    ),
    Mistake(
        "nan in the past",
        symptom="a row with a weight of 0 on an earlier key comes out as nan",
        diagnosis="you leave out the keys of the future only; a weight can be 0 in the past too",
        hint=ZERO,
        knobs={"at_zero": "nan in the past"},
    ),
    Mistake(
        "ln 0 refused",
        symptom="it stops with a ValueError about the logarithm",
        diagnosis="math.log refuses 0, and every map has zeros above the diagonal",
        hint=ZERO,
        wrong=logarithm_refused,
    ),
    Mistake(
        "nan rows set to 0",
        symptom="every row with a weight of 0 in it comes out as 0",
        diagnosis="you replace nan after adding up, when one weight of 0 has spoiled its row",
        hint="Which has to come first: mending the single terms, or adding them up?",
        knobs={"at_zero": "row of zeros"},
    ),
    Mistake(
        "negative",
        symptom="the entropies are negative",
        diagnosis="the minus sign is missing",
        hint="The logarithm of a weight below 1 is negative. And an entropy?",
        knobs={"sign": 1.0},
    ),
    Mistake(
        "down the columns",
        symptom="the later the token, the surer it seems",
        diagnosis="you add up down the columns, over queries; a row belongs to a query",
        hint=EACH,
        knobs={"over": "queries"},
    ),
    Mistake(
        "not weighted",
        symptom="the smaller a weight, the more it adds",
        diagnosis="you add up the logarithms alone; each has to be multiplied by its weight",
        hint="A key that is hardly looked at is a great surprise, but how often does it happen?",
        knobs={"factor": "none"},
    ),
    Mistake(
        "softmax again",
        symptom="all rows look nearly alike, and spread",
        diagnosis="you take the softmax of the weights, which come out of one already",
        hint="Each row sums to 1: they are probabilities as they are.",
        knobs={"factor": "softmax again"},
    ),
    Mistake(
        "divided by T",
        symptom="the longer the text, the smaller the entropies",
        diagnosis="you take the mean over the keys instead of the sum",
        hint=ONLY,
        knobs={"then": "mean of keys"},
    ),
    Mistake(
        "divided by the keys allowed",
        symptom="the later the token, the smaller its entropy",
        diagnosis="you divide by the number of keys that the query may see",
        hint=ONLY,
        knobs={"then": "mean of allowed keys"},
    ),
    Mistake(
        "divided by the keys above 0",
        symptom="the more keys a query looks at, the smaller its entropy",
        diagnosis="you drop the weights of 0 and take the mean of what is left",
        hint=ONLY,
        knobs={"then": "mean of keys above 0"},
    ),
    Mistake(
        "one for the head",
        symptom="a single number comes back",
        diagnosis="you take the mean over the queries as well",
        hint=EACH,
        knobs={"then": "mean"},
    ),
    Mistake(
        "added over queries",
        symptom="a single number comes back, and a large one",
        diagnosis="you add everything up: a sum without an axis, or weights[weights > 0], which "
        "has lost the rows",
        hint=EACH,
        knobs={"then": "total"},
    ),
    Mistake(
        "last query",
        symptom="a single number comes back",
        diagnosis="you return the entropy of the last query only",
        hint="Is the list of results begun anew in each round, or not made at all?",
        knobs={"then": "last"},
    ),
    Mistake(
        "first query left out",
        symptom="one number is missing",
        diagnosis="you leave out query 0; it is sure of itself, and its entropy is 0",
        hint="One number for each query, the first too.",
        knobs={"then": "from 1"},
    ),
    Mistake(
        "not added up",
        symptom="a whole map comes back",
        diagnosis="you return each weight's term, and do not add them up",
        hint=EACH,
        knobs={"then": "terms"},
    ),
    Mistake(
        "share of ln T",
        symptom="no entropy is above 1",
        diagnosis="you divide by ln T; the entropy itself is asked for",
        hint=ONLY,
        knobs={"then": "share of ln T"},
    ),
    Mistake(
        "share of the most",
        symptom="even weights give 1 in every row",
        diagnosis="you divide by ln(q + 1), the largest entropy that the query could have",
        hint=ONLY,
        knobs={"then": "share of the most"},
    ),
    Mistake(
        "share of the most, nan at first",
        symptom="even weights give 1 in every row, and the first gives nan",
        diagnosis="you divide by ln(q + 1), the largest entropy that the query could have",
        hint=ONLY,
        knobs={"then": "share of the most, nan"},
    ),
    Mistake(
        "missing to the most",
        symptom="what is sure comes out large, and what is spread comes out as 0",
        diagnosis="you return how far the entropy is from ln(q + 1)",
        hint="Is an entropy large for even weights, or for a single one?",
        knobs={"then": "missing to the most"},
    ),
    Mistake(
        "number of keys",
        symptom="a row that is sure of one key gives 1",
        diagnosis="you return exp of the entropy: how many keys it would take, evenly weighted",
        hint="That is a perplexity. What is asked for comes just before it.",
        knobs={"then": "number of keys"},
    ),
    Mistake(
        "one minus squares",
        symptom="no entropy reaches 1",
        diagnosis="you take 1 minus the sum of the squares, which is another measure of spread",
        hint="By what is each weight multiplied in the formula?",
        wrong=one_minus_squares,
    ),
    Mistake(
        "largest weight only",
        symptom="only the favourite key of each row decides",
        diagnosis="you take the surprise at the largest weight, -ln of it",
        hint="The surprise is averaged over all keys, each with its weight.",
        wrong=most_likely,
    ),
    Mistake(
        "deviation",
        symptom="even weights give nearly 0",
        diagnosis="you take the standard deviation of the weights; even weights have none, and "
        "the largest entropy",
        hint="Is an entropy large for even weights, or for a single one?",
        wrong=deviation,
    ),
)

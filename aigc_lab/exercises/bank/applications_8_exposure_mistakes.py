"""Notebook 12: the mistakes known of the exercise in applications_8_exposure."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_8_exposure

WHO = "Is the canary one of the candidates?"
RANK = "Which rank has the canary when no other has a lower loss? And what is log2 of it?"
LOW = "Does a model give a memorised secret a low loss, or a high one?"
TIES = "Two others have just the same loss as the canary. Do they push it back?"
BITS = "8 candidates and rank 1: how many halvings from 8 to 1?"
EQUATION = "Which two logarithms are there, and which is subtracted from which?"

MISTAKES = (
    Mistake(
        "canary not counted",
        symptom="with one other the exposure is 0, whichever is lower",
        diagnosis="you take the number of the others for the number of candidates",
        hint=WHO,
        knobs={"candidates": "others"},
    ),
    Mistake(
        "one candidate too many",
        symptom="the exposure is a little too high",
        diagnosis="you count the canary twice among the candidates",
        hint=WHO,
        knobs={"candidates": "two more"},
    ),
    Mistake(
        "different losses counted",
        symptom="candidates with the same loss count once",
        diagnosis="you count how many different losses there are",
        hint="Are two secrets with the same loss one candidate or two?",
        knobs={"candidates": "different"},
    ),
    Mistake(
        "different losses ranked",
        symptom="others with the same loss count once in the rank",
        diagnosis="you count how many different lower losses there are",
        hint="Are two secrets with the same loss one candidate or two?",
        knobs={"rank": "different"},
    ),
    Mistake(
        "rank from 0",
        symptom="the best exposure is infinite",
        diagnosis="you count the others with a lower loss and do not add 1",
        hint=RANK,
        knobs={"rank": "from 0"},
    ),
    Mistake(
        "one rank too many",
        symptom="a memorised canary has the rank 2",
        diagnosis="you add 1 twice, or count the canary as lower than itself",
        hint=RANK,
        knobs={"rank": "two more"},
    ),
    Mistake(
        "rank and candidates from 0",
        symptom="the best exposure is infinite",
        diagnosis="the canary is missing twice: from the candidates and from the rank",
        hint=RANK,
        knobs={"rank": "from 0", "candidates": "others"},
    ),
    Mistake(
        "behind ties",
        symptom="others with the same loss push the canary back",
        diagnosis="you count the others with a loss that is lower or equal",
        hint=TIES,
        knobs={"rank": "behind ties"},
    ),
    Mistake(
        "behind ties, from 0",
        symptom="the best exposure is infinite",
        diagnosis="you count the others with a loss that is lower or equal, and do not add 1",
        hint=RANK,
        knobs={"rank": "behind ties, from 0"},
    ),
    Mistake(
        "middle of ties",
        symptom="others with the same loss push the canary back by half of them",
        diagnosis="you give equal losses the middle of their ranks",
        hint=TIES,
        knobs={"rank": "middle of ties"},
    ),
    Mistake(
        "from the top",
        symptom="a secret that the model never saw seems memorised",
        diagnosis="you count the others with a higher loss",
        hint=LOW,
        knobs={"rank": "from the top"},
    ),
    Mistake(
        "from the top, from 0",
        symptom="a secret that the model never saw seems memorised, without end",
        diagnosis="you count the others with a higher loss, and do not add 1",
        hint=LOW,
        knobs={"rank": "from the top, from 0"},
    ),
    Mistake(
        "natural logarithm",
        symptom="the exposure is 0.69 times what it should be",
        diagnosis="you take the natural logarithm, and bits are asked for",
        hint=BITS,
        knobs={"log": "ln"},
    ),
    Mistake(
        "base 10",
        symptom="the exposure is 0.3 times what it should be",
        diagnosis="you take the logarithm to base 10, and bits are asked for",
        hint=BITS,
        knobs={"log": "log10"},
    ),
    Mistake(
        "no logarithm",
        symptom="the exposure is a number of candidates",
        diagnosis="you subtract the rank from the number of candidates, without logarithms",
        hint=BITS,
        knobs={"log": "none"},
    ),
    Mistake(
        "turned around",
        symptom="the exposure is negative",
        diagnosis="you subtract the candidates' logarithm from the rank's",
        hint=EQUATION,
        knobs={"told": "turned"},
    ),
    Mistake(
        "sum",
        symptom="the highest loss has the highest exposure",
        diagnosis="you add the two logarithms",
        hint=EQUATION,
        knobs={"told": "sum"},
    ),
    Mistake(
        "ratio of logarithms",
        symptom="the best exposure is infinite",
        diagnosis="you divide one logarithm by the other; log(a / b) is log a − log b",
        hint=EQUATION,
        knobs={"told": "ratio of logarithms"},
    ),
    Mistake(
        "logarithm of the difference",
        symptom="the worst exposure is infinite",
        diagnosis="you take the logarithm of candidates − rank",
        hint=EQUATION,
        knobs={"told": "of the difference"},
    ),
    Mistake(
        "rank",
        symptom="the rank comes back",
        diagnosis="you return the rank and not the exposure",
        hint=EQUATION,
        knobs={"told": "rank"},
    ),
    Mistake(
        "logarithm of the rank",
        symptom="a memorised canary has an exposure of 0",
        diagnosis="you return log2 of the rank alone",
        hint=EQUATION,
        knobs={"told": "log of the rank"},
    ),
    Mistake(
        "minus the logarithm of the rank",
        symptom="no exposure is above 0",
        diagnosis="you leave out the number of candidates",
        hint=EQUATION,
        knobs={"told": "minus log of the rank"},
    ),
    Mistake(
        "candidates alone",
        symptom="the canary's loss does not matter",
        diagnosis="you leave out the rank",
        hint=EQUATION,
        knobs={"told": "candidates"},
    ),
    Mistake(
        "how many are worse",
        symptom="the exposure is not 0 … log2 of the candidates as it should be",
        diagnosis="you take the logarithm of how many others have a higher loss",
        hint=EQUATION,
        knobs={"told": "of the better ones"},
    ),
    Mistake(
        "nats from the mean",
        symptom="the exposure depends on how far apart the losses are",
        diagnosis="you compare the canary's loss with the mean of the others",
        hint="What matters is the rank: how many have a lower loss?",
        knobs={"told": "nats from the mean"},
    ),
    Mistake(
        "nats from the best",
        symptom="the exposure depends on how far apart the losses are",
        diagnosis="you compare the canary's loss with the lowest of the others",
        hint="What matters is the rank: how many have a lower loss?",
        knobs={"told": "nats from the best"},
    ),
    Mistake(
        "loss in bits",
        symptom="the others do not matter",
        diagnosis="you turn the canary's loss into bits",
        hint="What matters is the rank: how many have a lower loss?",
        knobs={"told": "nats"},
    ),
    Mistake(
        "with the rank",
        symptom="two numbers come back",
        diagnosis="you return the exposure and the rank; the exposure alone is asked for",
        hint=EQUATION,
        knobs={"told": "both"},
    ),
    Mistake(
        "order for rank",
        symptom="the rank belongs to another candidate",
        diagnosis="argsort tells who stands at each rank, and not which rank each one has",
        hint="Of [30, 10, 20] what is argsort, and what are the ranks?",
        knobs={"rank": "order for rank"},
    ),
    Mistake(
        "at least 1",
        symptom="the second best has the rank of the best",
        diagnosis="you count the others with a loss that is lower or equal, and only keep the "
        "rank from being 0",
        hint=RANK,
        knobs={"rank": "at least 1"},
    ),
)

"""Notebook 11: the mistakes known of the exercise in chat_9_policy."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_9_policy

OTHERS = "Of 4 answers one is right. What is the mean reward of its three fellows?"
SAME = "When all answers are equally good, should any of them become likelier?"
LOWER = "An optimiser lowers the loss. What happens then to the log-probability of a good answer?"
MEAN = "The loss is a mean over n answers. What do you divide by?"

MISTAKES = (
    Mistake(
        "no baseline",
        symptom="whatever is rewarded becomes likelier, also when all answers are alike",
        diagnosis="you multiply by the reward itself, and subtract nothing from it",
        hint=SAME,
        knobs={"baseline": "none"},
    ),
    Mistake(
        "own reward included",
        symptom="every advantage is too small, with 2 answers by half",
        diagnosis="you subtract the mean of all rewards, the answer's own included",
        hint=OTHERS,
        knobs={"baseline": "all"},
    ),
    Mistake(
        "others over n",
        symptom="where all are right, the advantages are not 0",
        diagnosis="you add up the n − 1 others and divide by n",
        hint=OTHERS,
        knobs={"baseline": "others over n"},
    ),
    Mistake(
        "all over n − 1",
        symptom="where all are right, the advantages are negative",
        diagnosis="you add up all n rewards and divide by n − 1",
        hint=OTHERS,
        knobs={"baseline": "all over n - 1"},
    ),
    Mistake(
        "sum of the others",
        symptom="with 2 answers all is right, with more it is not",
        diagnosis="you subtract the sum of the others' rewards, not their mean",
        hint=OTHERS,
        knobs={"baseline": "sum of others"},
    ),
    Mistake(
        "sum of all",
        symptom="nearly all advantages are negative",
        diagnosis="you subtract the sum of all rewards",
        hint=OTHERS,
        knobs={"baseline": "sum of all"},
    ),
    Mistake(
        "best",
        symptom="no advantage is above 0, so no answer is ever made likelier",
        diagnosis="you subtract the highest reward",
        hint=OTHERS,
        knobs={"baseline": "best"},
    ),
    Mistake(
        "best of the others",
        symptom="with 2 answers all is right, with more it is not",
        diagnosis="you subtract the highest reward of the others, not their mean",
        hint=OTHERS,
        knobs={"baseline": "best of the others"},
    ),
    Mistake(
        "median",
        symptom="the advantages do not sum to 0",
        diagnosis="you subtract the median of the rewards",
        hint=OTHERS,
        knobs={"baseline": "median"},
    ),
    Mistake(
        "first answer",
        symptom="the first answer is never changed",
        diagnosis="you compare every answer with the first one",
        hint=OTHERS,
        knobs={"baseline": "first"},
    ),
    Mistake(
        "next answer",
        symptom="with 2 answers all is right, with more it is not",
        diagnosis="you compare every answer with the next one only",
        hint=OTHERS,
        knobs={"baseline": "next"},
    ),
    Mistake(
        "earlier answers",
        symptom="the order of the answers matters",
        diagnosis="you compare every answer with those before it only",
        hint="Are the answers a row in time, or n tries at one question?",
        knobs={"baseline": "before"},
    ),
    Mistake(
        "one half",
        symptom="where all are right, all are made likelier",
        diagnosis="you subtract 0.5, which is the others' mean only where half of them are right",
        hint=SAME,
        knobs={"baseline": "half"},
    ),
    Mistake(
        "mean of the log-probabilities",
        symptom="the advantages are large and positive",
        diagnosis="you subtract the mean of the log-probabilities from the rewards",
        hint=OTHERS,
        knobs={"baseline": "log-probabilities"},
    ),
    Mistake(
        "always zero",
        symptom="the loss is always 0",
        diagnosis="your advantages cancel: each reward is compared with itself, or the mean of the "
        "advantages is taken by itself",
        hint="Print the advantages for the rewards 0, 1, 0, 0.",
        knobs={"baseline": "own"},
    ),
    Mistake(
        "normalised",
        symptom="it is nan where all answers are equally good",
        diagnosis="you divide by the standard deviation of the rewards, as GRPO does",
        hint=SAME,
        knobs={"baseline": "all", "advantage": "normalised"},
    ),
    Mistake(
        "normalised, and kept from 0",
        symptom="the size of the rewards does not matter",
        diagnosis="you divide by the standard deviation of the rewards, as GRPO does",
        hint="The text has a difference and no division by a spread. Which differences?",
        knobs={"baseline": "all", "advantage": "normalised, safe"},
    ),
    Mistake(
        "normalised, n − 1",
        symptom="it is nan where all answers are equally good",
        diagnosis="you divide by the standard deviation of the rewards, taken with n − 1",
        hint=SAME,
        knobs={"baseline": "all", "advantage": "normalised, n - 1"},
    ),
    Mistake(
        "only the better ones",
        symptom="bad answers are not made less likely",
        diagnosis="you set negative advantages to 0",
        hint="What should happen to an answer that did worse than its fellows?",
        knobs={"advantage": "only the better ones"},
    ),
    Mistake(
        "signs",
        symptom="a little better counts as much as far better",
        diagnosis="you keep only the sign of the advantage",
        hint=OTHERS,
        knobs={"advantage": "signs"},
    ),
    Mistake(
        "absolute",
        symptom="bad answers are made likelier too",
        diagnosis="you take the size of the advantage without its sign",
        hint="What should happen to an answer that did worse than its fellows?",
        knobs={"advantage": "absolute"},
    ),
    Mistake(
        "ratio",
        symptom="it is infinite or nan where the others got 0",
        diagnosis="you divide the reward by the others' mean; it is subtracted",
        hint=OTHERS,
        knobs={"advantage": "ratio"},
    ),
    Mistake(
        "probabilities",
        symptom="the loss is far too near to 0",
        diagnosis="you multiply by the probability, after np.exp, and not by its logarithm",
        hint="Which of the two arrays is to be multiplied, and is it not a logarithm already?",
        knobs={"weight": "probability"},
    ),
    Mistake(
        "sign",
        symptom="good answers are made less likely",
        diagnosis="the minus is missing, or the others' mean minus the reward is taken",
        hint=LOWER,
        knobs={"sign": 1},
    ),
    Mistake(
        "sum",
        symptom="the loss grows with the number of answers",
        diagnosis="you add up instead of taking the mean",
        hint=MEAN,
        knobs={"total": "sum"},
    ),
    Mistake(
        "mean over n − 1",
        symptom="with 2 answers the loss is twice too large",
        diagnosis="you divide the sum by n − 1 in the end; that belongs to the baseline alone",
        hint=MEAN,
        knobs={"total": "over n - 1"},
    ),
    Mistake(
        "no baseline, mean of the right ones",
        symptom="wrong answers do not matter at all",
        diagnosis="you take the mean over the rewarded answers, as in fine-tuning on good answers",
        hint=SAME,
        knobs={"baseline": "none", "total": "over the right ones"},
    ),
    Mistake(
        "not added up",
        symptom="n numbers come back",
        diagnosis="you return one number for each answer",
        hint=MEAN,
        knobs={"total": "each"},
    ),
    Mistake(
        "brackets of n − 1",
        symptom="where all are right, the advantages are not 0",
        diagnosis="/ n - 1 divides by n and then subtracts 1; brackets are missing",
        hint="What is 6 / 4 - 1, and what 6 / (4 - 1)?",
        knobs={"baseline": "others over n, less 1"},
    ),
    Mistake(
        "brackets of the others",
        symptom="nearly all advantages are negative",
        diagnosis="in sum − own / (n − 1) only the own reward is divided; brackets are missing",
        hint="What is 6 - 3 / 3, and what (6 - 3) / 3?",
        knobs={"baseline": "all less own share"},
    ),
    Mistake(
        "brackets of the advantage",
        symptom="the reward itself is part of the loss",
        diagnosis="in reward − others · log-probability only the others are multiplied; brackets "
        "are missing",
        hint="What is 5 - 3 * 2, and what (5 - 3) * 2?",
        knobs={"total": "brackets"},
    ),
)

"""Notebook 10: the last norm forgotten or made wrongly, for maps_7_lens."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_7_lens_flawed import axis_lost
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_7_lens

UNUSED = "Which of the arguments does your code never mention?"
FEATURES = "Each token in each state by itself: along which axis do its C numbers stand?"
NORM = "The output layer has only ever read what has come through the last norm."

NORMS = (
    Mistake(
        "no norm",
        symptom="the logits grow from state to state",
        diagnosis="you multiply the stream with the table as it is, without the last norm",
        hint=NORM,
        knobs={"normed": "none"},
    ),
    Mistake(
        "norm for the last only",
        symptom="the last state is right, and no other",
        diagnosis="only the last state goes through the norm, as in the model itself",
        hint=NORM,
        knobs={"normed": "the last only"},
    ),
    Mistake(
        "norm for all but the last",
        symptom="all states but the last are right",
        diagnosis="you leave the last state without the norm; the residual stream ends before it",
        hint="record keeps the stream after each block. Is the norm after the last block in it?",
        knobs={"normed": "all but the last"},
    ),
    Mistake(
        "norm twice",
        symptom="the logits are a little off",
        diagnosis="each state goes through the norm twice",
        hint="A norm with a scale of its own changes again what it has made. Count yours.",
        knobs={"normed": "twice"},
    ),
    Mistake(
        "no scale",
        symptom="all features come out equally strong",
        diagnosis="scale is not used",
        hint=UNUSED,
        knobs={"ending": "no scale"},
    ),
    Mistake(
        "no shift",
        symptom="a row of equal numbers gives logits of 0",
        diagnosis="shift is not used",
        hint=UNUSED,
        knobs={"ending": "no shift"},
    ),
    Mistake(
        "neither scale nor shift",
        symptom="a row of equal numbers gives logits of 0, and all features are equally strong",
        diagnosis="scale and shift are not used",
        hint=UNUSED,
        knobs={"ending": "neither"},
    ),
    Mistake(
        "scale and shift exchanged",
        symptom="the logits are far off",
        diagnosis="you multiply by shift and add scale",
        hint="Which of the two multiplies?",
        knobs={"ending": "exchanged"},
    ),
    Mistake(
        "shift first",
        symptom="the shift comes out multiplied by the scale",
        diagnosis="shift is added before scale multiplies",
        hint="Which of the two comes last?",
        knobs={"ending": "shift first"},
    ),
    Mistake(
        "one more",
        symptom="every feature is too strong by one more time itself",
        diagnosis="you multiply by 1 + scale; GPT-2's scales are around 1, not around 0",
        hint="A scale of 1 should leave a number as it is.",
        knobs={"ending": "one more"},
    ),
    Mistake(
        "not centred",
        symptom="the mean of each row is still in its logits",
        diagnosis="the mean is not subtracted, neither from the numbers nor in the variance: that "
        "is RMSNorm",
        hint="GPT-2's norm is LayerNorm. What does it do before it divides?",
        knobs={"centred": "never"},
    ),
    Mistake(
        "centred in the variance only",
        symptom="the mean of each row is still in its logits",
        diagnosis="x itself is divided by the deviation, not x minus its mean",
        hint="What does LayerNorm do before it divides?",
        knobs={"centred": "in the variance only"},
    ),
    Mistake(
        "unbiased",
        symptom="every number is a little off, and the fewer features, the more",
        diagnosis="the variance is divided by C - 1 (ddof=1, or torch's own habit) instead of C",
        hint="LayerNorm wants the plain mean of the squared distances.",
        knobs={"ddof": 1},
    ),
    Mistake(
        "eps outside",
        symptom="all is nearly right, until eps is large or the numbers of a row are nearly equal",
        diagnosis="eps is added to the deviation, and not to the variance",
        hint="What stands under the root?",
        knobs={"root": "outside"},
    ),
    Mistake(
        "no eps",
        symptom="a row of equal numbers gives nan",
        diagnosis="eps is not used, and 0/0 is no number",
        hint=UNUSED,
        knobs={"root": "no eps"},
    ),
    Mistake(
        "eps at the end",
        symptom="a row of equal numbers gives nan",
        diagnosis="eps is added to the quotient, as division comes before addition",
        hint="A bracket is missing: what is eps to be added to?",
        knobs={"root": "eps added at the end"},
    ),
    Mistake(
        "sum of squares",
        symptom="the more features, the smaller the logits",
        diagnosis="the squared distances are added up, but not divided by their number",
        hint="The variance is their mean. What turns a sum into a mean?",
        knobs={"root": "of the sum"},
    ),
    Mistake(
        "always 1e-5",
        symptom="it is right for one eps only",
        diagnosis="you use 1e-5, the usual eps, instead of the one given",
        hint=UNUSED,
        knobs={"root": "always 1e-5"},
    ),
    Mistake(
        "divided by the variance",
        symptom="the larger the numbers of a state, the smaller its logits",
        diagnosis="you divide by the variance itself, not by its square root",
        hint="When a state is doubled, its variance grows by 4. What should its logits do?",
        knobs={"root": "forgotten"},
    ),
    Mistake(
        "centred only",
        symptom="the logits grow from state to state",
        diagnosis="you subtract the mean, and do not divide by the deviation",
        hint="When a state is doubled, what should its logits do?",
        knobs={"root": "not divided"},
    ),
    Mistake(
        "axis lost",
        symptom="it stops with a ValueError: the shapes do not fit",
        diagnosis="mean or variance has lost its axis, so that it does not meet its own token",
        hint="Ask both to keep their axis: keepdims=True. Then look at the shapes.",
        wrong=axis_lost,
    ),
    Mistake(
        "over the tokens",
        symptom="what one token says depends on the tokens around it",
        diagnosis="mean and variance go down the tokens, not along the features",
        hint=FEATURES,
        knobs={"over": "tokens"},
    ),
    Mistake(
        "over the states",
        symptom="what one state says depends on the other states",
        diagnosis="mean and variance go over the states, axis 0, not along the features",
        hint=FEATURES,
        knobs={"over": "states"},
    ),
    Mistake(
        "over a whole state",
        symptom="what one token says depends on the tokens around it",
        diagnosis="mean and variance are taken over all tokens of a state at once: no axis was "
        "named",
        hint=FEATURES,
        knobs={"over": "a state"},
    ),
    Mistake(
        "over everything",
        symptom="what one state says depends on the other states",
        diagnosis="mean and variance are taken over the whole array: no axis was named",
        hint=FEATURES,
        knobs={"over": "all"},
    ),
)

"""Notebook 11: the mistakes known of the exercise in chat_8_dpo."""

from __future__ import annotations

from aigc_lab.exercises.bank.chat_8_dpo_margins import GOAL, MARGINS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_8_dpo

LARGE = "What is np.exp(100000)? And ln(e⁰ + e^(−z)), by np.logaddexp?"
BETA = "Where does β stand in the equation: inside σ or outside, and before how much?"
SHAPE = "σ lies between 0 and 1. Which values has −ln σ?"

MISTAKES = (
    Mistake(
        "sign",
        symptom="the model learns to prefer the rejected answer",
        diagnosis="the margin has the wrong sign: chosen and rejected are exchanged, or the model "
        "and the reference, or −z and z in the last step",
        hint=GOAL,
        knobs={"sign": -1},
    ),
    *MARGINS,
    Mistake(
        "beta missing",
        symptom="the losses are too far from ln 2",
        diagnosis="you leave out β",
        hint=BETA,
        knobs={"scale": "none"},
    ),
    Mistake(
        "beta outside",
        symptom="the loss is not ln 2 at the start",
        diagnosis="you multiply the loss by β, and not the margin",
        hint=BETA,
        knobs={"scale": "outside"},
    ),
    Mistake(
        "divided by beta, outside",
        symptom="the loss is not ln 2 at the start",
        diagnosis="you divide the loss by β, and do not multiply the margin by it",
        hint=BETA,
        knobs={"scale": "outside, divided"},
    ),
    Mistake(
        "divided by beta",
        symptom="the losses are too far from ln 2",
        diagnosis="you divide the margin by β",
        hint=BETA,
        knobs={"scale": "divided"},
    ),
    Mistake(
        "beta squared",
        symptom="the losses are too near to ln 2",
        diagnosis="you multiply by β twice: both the differences and their difference perhaps",
        hint=BETA,
        knobs={"scale": "squared"},
    ),
    Mistake(
        "beta on the chosen alone",
        symptom="the rejected answer weighs more than the chosen one",
        diagnosis="β multiplies the chosen answer's difference only; a bracket is missing",
        hint=BETA,
        knobs={"margin": "beta on the chosen"},
    ),
    Mistake(
        "beta on the model alone",
        symptom="the loss is not ln 2 at the start",
        diagnosis="β multiplies the model's difference, and not the reference's",
        hint=BETA,
        knobs={"margin": "beta on the policy"},
    ),
    Mistake(
        "no minus",
        symptom="the losses are negative",
        diagnosis="you return ln σ, without the minus",
        hint=SHAPE,
        knobs={"link": "no minus"},
    ),
    Mistake(
        "no logarithm",
        symptom="the losses lie between 0 and 1, and rise with the margin",
        diagnosis="you return σ, without the logarithm and the minus",
        hint=SHAPE,
        knobs={"link": "sigmoid"},
    ),
    Mistake(
        "no logarithm, but the minus",
        symptom="the losses lie between −1 and 0",
        diagnosis="you return −σ, without the logarithm",
        hint=SHAPE,
        knobs={"link": "minus sigmoid"},
    ),
    Mistake(
        "one minus sigmoid",
        symptom="the losses lie between 0 and 1",
        diagnosis="you return 1 − σ, the probability of the other answer, without a logarithm",
        hint=SHAPE,
        knobs={"link": "rest of sigmoid"},
    ),
    Mistake(
        "straight",
        symptom="the losses fall without end",
        diagnosis="you return −β · margin, without σ and its logarithm",
        hint=SHAPE,
        knobs={"link": "straight"},
    ),
    Mistake(
        "no logarithm of the sum",
        symptom="the losses are far too large, or infinite",
        diagnosis="you return e^(−z), and 1 + and the logarithm are missing",
        hint=SHAPE,
        knobs={"link": "exponential"},
    ),
    Mistake(
        "hinge",
        symptom="the losses are 0 from a margin of 1 / β on",
        diagnosis="you use max(0, 1 − z), which is another loss, the hinge",
        hint=SHAPE,
        knobs={"link": "hinge"},
    ),
    Mistake(
        "tanh",
        symptom="the losses are too far from ln 2",
        diagnosis="(1 + tanh z) / 2 is σ(2 z), not σ(z)",
        hint="What are tanh 1 and σ(2)?",
        knobs={"link": "tanh"},
    ),
    Mistake(
        "bits",
        symptom="the losses are 1.44 times too large",
        diagnosis="you use the logarithm to base 2, and nats are asked for",
        hint="What is the loss of a margin of 0?",
        knobs={"link": "bits"},
    ),
    Mistake(
        "overflow",
        symptom="the loss is infinite where the margin is far below 0",
        diagnosis="e^(−z) is too large for a float, or σ(z) is 0 before the logarithm comes",
        hint=LARGE,
        knobs={"link": "overflow"},
    ),
    Mistake(
        "overflow of a fraction",
        symptom="the loss is nan or infinite where the margin is large",
        diagnosis="in e^z / (1 + e^z) both parts are infinite for a large z",
        hint=LARGE,
        knobs={"link": "fraction"},
    ),
    Mistake(
        "a small number added, 1e-8",
        symptom="the loss stays at 18.4 however wrong the model is",
        diagnosis="you add 1e-8 inside the logarithm; below that all margins are alike",
        hint=LARGE,
        knobs={"link": "with 1e-8"},
    ),
    Mistake(
        "a small number added, 1e-12",
        symptom="the loss stays at 27.6 however wrong the model is",
        diagnosis="you add 1e-12 inside the logarithm; below that all margins are alike",
        hint=LARGE,
        knobs={"link": "with 1e-12"},
    ),
    Mistake(
        "mean",
        symptom="one number comes back",
        diagnosis="you take the mean over the pairs; here one loss for each is asked for",
        hint="B pairs go in. How many losses should come out?",
        knobs={"told": "mean"},
    ),
    Mistake(
        "added up",
        symptom="one number comes back",
        diagnosis="you add up the losses of the pairs; here one for each is asked for",
        hint="B pairs go in. How many losses should come out?",
        knobs={"told": "sum"},
    ),
    Mistake(
        "margins",
        symptom="numbers of both signs come back",
        diagnosis="you return the margins, times β, and not their losses",
        hint=SHAPE,
        knobs={"told": "margins"},
    ),
    Mistake(
        "with the rewards",
        symptom="three arrays come back",
        diagnosis="you return the losses and the two rewards; here the losses alone are asked for",
        hint="B pairs go in. What should come out?",
        knobs={"told": "with rewards"},
    ),
    Mistake(
        "logaddexp with 1",
        symptom="the loss is not ln 2 at the start",
        diagnosis="np.logaddexp(1, −z) is ln(e + e^(−z)): it takes the logarithm of each summand",
        hint="ln(e^a + e^b) should be ln(1 + e^(−z)). Which a has e^a = 1?",
        knobs={"link": "1 for 0"},
    ),
    Mistake(
        "no minus, and overflow",
        symptom="the losses are negative, or infinite",
        diagnosis="−ln(1 + e^(−z)) is ln σ; the minus of −ln σ has turned the fraction around "
        "already",
        hint=SHAPE,
        knobs={"link": "no minus, overflow"},
    ),
)

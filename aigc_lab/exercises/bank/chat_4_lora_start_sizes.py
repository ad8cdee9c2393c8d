"""Notebook 11: numbers of the wrong size or kind, for chat_4_lora_start."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_4_lora_start

BOUND = "With d_in = 100, between which two numbers should those of A lie?"
EVENLY = "The text asks for one call of rng.uniform. What do its first two arguments say?"

SIZES = (
    Mistake(
        "bound by d_out",
        symptom="the numbers of A have the wrong size",
        diagnosis="you divide by the root of d_out instead of d_in",
        hint="A takes x in. How many numbers does it add up for each of its own?",
        knobs={"bound": "1/sqrt(d_out)"},
    ),
    Mistake(
        "bound by the rank",
        symptom="the numbers of A have the wrong size",
        diagnosis="you divide by the root of the rank instead of d_in",
        hint="A takes x in. How many numbers does it add up for each of its own?",
        knobs={"bound": "1/sqrt(rank)"},
    ),
    Mistake(
        "bound by both",
        symptom="the numbers of A are too small",
        diagnosis="you divide by the root of rank · d_in instead of d_in",
        hint=BOUND,
        knobs={"bound": "1/sqrt(d_in*rank)"},
    ),
    Mistake(
        "bound without root",
        symptom="the numbers of A are too small",
        diagnosis="you divide by d_in instead of its square root",
        hint=BOUND,
        knobs={"bound": "1/d_in"},
    ),
    Mistake(
        "bound upside down",
        symptom="the numbers of A are far too large",
        diagnosis="your bound is the root of d_in itself, not 1 over it",
        hint=BOUND,
        knobs={"bound": "sqrt(d_in)"},
    ),
    Mistake(
        "bound of 1",
        symptom="the numbers of A are too large",
        diagnosis="you draw between −1 and 1, and do not divide by the root of d_in",
        hint=BOUND,
        knobs={"bound": "1"},
    ),
    Mistake(
        "Kaiming for ReLU",
        symptom="the numbers of A are 2.45 times too large",
        diagnosis="your bound is √(6 / d_in), Kaiming's for layers with a ReLU behind them",
        hint=BOUND,
        knobs={"bound": "sqrt(6/d_in)"},
    ),
    Mistake(
        "spread for bound",
        symptom="the numbers of A are 1.73 times too large",
        diagnosis="your bound is √(3 / d_in), with which 1/√d_in would be the standard deviation",
        hint=BOUND,
        knobs={"bound": "sqrt(3/d_in)"},
    ),
    Mistake(
        "above 0",
        symptom="no number of A is negative",
        diagnosis="you draw between 0 and the bound; rng.uniform needs both bounds",
        hint=EVENLY,
        knobs={"a": "above 0"},
    ),
    Mistake(
        "normal",
        symptom="the numbers of A are normal, with a standard deviation of 1",
        diagnosis="you use rng.normal, or rng.standard_normal, where rng.uniform is asked for",
        hint=EVENLY,
        knobs={"a": "normal"},
    ),
    Mistake(
        "normal by d_in",
        symptom="the numbers of A are normal, and some lie beyond the bound",
        diagnosis="you use rng.normal with a standard deviation of 1/√d_in, where rng.uniform is "
        "asked for",
        hint=EVENLY,
        knobs={"a": "normal by d_in"},
    ),
    Mistake(
        "normal of 0.02",
        symptom="the numbers of A do not depend on d_in",
        diagnosis="you draw A as GPT-2 draws its weights, with a standard deviation of 0.02",
        hint=EVENLY,
        knobs={"a": "normal 0.02"},
    ),
    Mistake(
        "normal of 0.01",
        symptom="the numbers of A do not depend on d_in",
        diagnosis="you draw A with a standard deviation of 0.01, where rng.uniform is asked for",
        hint=EVENLY,
        knobs={"a": "normal 0.01"},
    ),
    Mistake(
        "normal by the rank",
        symptom="the numbers of A do not depend on d_in",
        diagnosis="you draw A with a standard deviation of 1 / rank",
        hint=EVENLY,
        knobs={"a": "normal by rank"},
    ),
)

"""Notebook 11: the mistakes known of the exercise in chat_4_lora_start."""

from __future__ import annotations

from aigc_lab.exercises.bank.chat_4_lora_start_sizes import SIZES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_4_lora_start

EFFECT = "What is B @ A at your start, and what should the model do before it learned anything?"
SHAPES = "x is (…, d_in) and goes through A first, then through B. Which shapes fit?"

MISTAKES = (
    Mistake(
        "both zero",
        symptom="the adapter never learns anything",
        diagnosis="A and B are both 0: each one's gradient is a multiple of the other",
        hint="If A is 0, what comes to B from x? If B is 0, what comes back to A?",
        knobs={"a": "zeros"},
    ),
    Mistake(
        "both random",
        symptom="the model is damaged before it has learned anything",
        diagnosis="A and B are both random, so B @ A is not 0",
        hint=EFFECT,
        knobs={"b": "uniform"},
    ),
    Mistake(
        "both random, B by the rank",
        symptom="the model is damaged before it has learned anything",
        diagnosis="A and B are both random, each with its own bound, so B @ A is not 0",
        hint=EFFECT,
        knobs={"b": "uniform by rank"},
    ),
    Mistake(
        "both normal",
        symptom="the model is damaged before it has learned anything",
        diagnosis="A and B are both drawn by rng.normal, so B @ A is not 0",
        hint=EFFECT,
        knobs={"a": "normal", "b": "normal"},
    ),
    Mistake(
        "both normal, small",
        symptom="the model is changed a little before it has learned anything",
        diagnosis="A and B are both small and random, so B @ A is not 0",
        hint=EFFECT,
        knobs={"a": "normal 0.02", "b": "normal 0.02"},
    ),
    Mistake(
        "roles exchanged",
        symptom="A is 0 and B is random",
        diagnosis="you give A's start to B and B's to A; it has no effect either, but `peft` and "
        "the text have A random and B zero",
        hint="Which of the two does the text call all zeros?",
        knobs={"a": "zeros", "b": "uniform"},
    ),
    Mistake(
        "roles exchanged, B by the rank",
        symptom="A is 0 and B is random",
        diagnosis="you give A's start to B, with a bound of its own, and B's to A; it has no "
        "effect either, but `peft` and the text have A random and B zero",
        hint="Which of the two does the text call all zeros?",
        knobs={"a": "zeros", "b": "uniform by rank"},
    ),
    Mistake(
        "B of ones",
        symptom="the model is damaged before it has learned anything",
        diagnosis="B is 1 everywhere, so B @ A is not 0",
        hint=EFFECT,
        knobs={"b": "ones"},
    ),
    Mistake(
        "A of ones",
        symptom="all rows of A are alike, and learn alike",
        diagnosis="A is 1 everywhere: a rank of 5 would then be worth no more than a rank of 1",
        hint="Rows that begin alike get the same gradient. What tells them apart at the start?",
        knobs={"a": "ones"},
    ),
    Mistake(
        "A of one number",
        symptom="all numbers of A are alike",
        diagnosis="you draw one number and fill A with it",
        hint="What does `size` say to rng.uniform?",
        knobs={"a": "one number"},
    ),
    Mistake(
        "A of one row",
        symptom="all rows of A are alike, and learn alike",
        diagnosis="you draw one row and repeat it",
        hint="Rows that begin alike get the same gradient. What tells them apart at the start?",
        knobs={"a": "one row"},
    ),
    *SIZES,
    Mistake(
        "drawn turned",
        symptom="the shapes are right, but the numbers stand in other places",
        diagnosis="you draw A as (d_in, rank) and turn it; that is as good, but the check compares "
        "the numbers of one call with size=(rank, d_in)",
        hint="Which size does the text ask for?",
        knobs={"a": "drawn turned"},
    ),
    Mistake(
        "A as d_in by rank",
        symptom="A has d_in rows",
        diagnosis="you draw A as (d_in, rank)",
        hint=SHAPES,
        knobs={"a": "left turned"},
    ),
    Mistake(
        "A as d_in by rank, B as rank by d_out",
        symptom="both matrices have their sizes exchanged",
        diagnosis="you make A as (d_in, rank) and B as (rank, d_out), as for x A B",
        hint="In y = x Wᵀ + … x Aᵀ Bᵀ, W is (d_out, d_in). Which of A's sizes comes first then?",
        knobs={"a": "left turned", "b": "turned"},
    ),
    Mistake(
        "B as rank by d_out",
        symptom="B has rank rows",
        diagnosis="you make B as (rank, d_out)",
        hint=SHAPES,
        knobs={"b": "turned"},
    ),
    Mistake(
        "B is square",
        symptom="B has d_out columns",
        diagnosis="you make B as (d_out, d_out)",
        hint=SHAPES,
        knobs={"b": "as large as W"},
    ),
    Mistake(
        "A turned",
        symptom="A is transposed",
        diagnosis="you transpose A after drawing it",
        hint=SHAPES,
        knobs={"told": "A turned"},
    ),
    Mistake(
        "both turned",
        symptom="A and B are transposed",
        diagnosis="you transpose both matrices after making them",
        hint=SHAPES,
        knobs={"told": "both turned"},
    ),
    Mistake(
        "sizes exchanged",
        symptom="A has d_out columns, and B has d_in rows",
        diagnosis="you exchange d_in and d_out throughout",
        hint=SHAPES,
        knobs={"sizes": "exchanged"},
    ),
    Mistake(
        "B first",
        symptom="the two matrices come back in the other order",
        diagnosis="you return (B, A)",
        hint="Which one does the caller expect first?",
        knobs={"told": "B, A"},
    ),
    Mistake(
        "A alone",
        symptom="one matrix comes back",
        diagnosis="you return A alone",
        hint="A pair is asked for; how does a function return two things?",
        knobs={"told": "A"},
    ),
    Mistake(
        "their product",
        symptom="one matrix of zeros comes back",
        diagnosis="you return B @ A, which is as large as W, instead of the two thin matrices",
        hint="Which matrices will be trained?",
        knobs={"told": "BA"},
    ),
    Mistake(
        "B is as large as W",
        symptom="B has d_in columns",
        diagnosis="you make B as (d_out, d_in), as large as W itself",
        hint=SHAPES,
        knobs={"b": "d_out by d_in"},
    ),
)

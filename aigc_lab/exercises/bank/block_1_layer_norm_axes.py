"""Notebook 05: LayerNorm along the wrong axis, or with an axis lost, for block_1_layer_norm."""

from __future__ import annotations

from aigc_lab.exercises.bank.block_norms import COUNTED_AXES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in block_1_layer_norm
LOST = "Ask mean (and var, or std) to keep its axis: keepdims=True. Then look at the shapes."
BOTH = "Both need axis=-1 and keepdims=True."
ONE_TOKEN = "How many numbers describe one token, and along which axis do they stand?"
ANY_FRONT = "Which axis holds the features, however many axes stand in front of it?"

AXES = (
    Mistake(
        "tokens",
        "each feature, not each token, comes out with mean 0 and deviation 1",
        "mean and variance go down the tokens (axis -2) instead of along the features",
        ONE_TOKEN,
        knobs={"mean_over": "tokens", "spread_over": "tokens"},
    ),
    Mistake(
        "first_axis",
        "each feature, not each token, comes out with mean 0 and deviation 1",
        "mean and variance go down the first axis (axis 0) instead of along the features",
        ONE_TOKEN,
        knobs={"mean_over": "first", "spread_over": "first"},
    ),
    Mistake(
        "second_axis",
        "one text is right, several at once are not",
        "axis 1 holds the features of a single text, but the tokens of a batch",
        "Which number names the last axis, however many stand before it?",
        knobs={"mean_over": "second", "spread_over": "second"},
    ),
    Mistake(
        "everything",
        "one token's numbers change when another token does",
        "mean and variance are taken over the whole array",
        "Which axis holds the numbers of one token? Name it.",
        knobs={"mean_over": "all", "spread_over": "all"},
    ),
    Mistake(
        "whole_text",
        "one text is right, several at once are not",
        "in a batch your loop takes a whole text where it expects one token",
        ANY_FRONT,
        knobs={"mean_over": "text", "spread_over": "text"},
    ),
    Mistake(
        "mean_of_all",
        "the rows do not come out with mean 0",
        "the mean is taken over the whole array, the variance along each row",
        BOTH,
        knobs={"mean_over": "all", "about": "own"},
    ),
    Mistake(
        "squares_about_the_mean_of_all",
        "the rows do not come out with mean 0",
        "the mean is taken over the whole array",
        BOTH,
        knobs={"mean_over": "all"},
    ),
    Mistake(
        "spread_of_all",
        "the rows have mean 0, but unequal deviations",
        "the variance (or deviation) is taken over the whole array",
        BOTH,
        knobs={"spread_over": "all", "about": "own"},
    ),
    Mistake(
        "squares_of_all",
        "the rows have mean 0, but unequal deviations",
        "the squared distances are averaged over the whole array",
        "The mean of the squares needs its axis too.",
        knobs={"spread_over": "all"},
    ),
    Mistake(
        "both_lost",
        "square arrays give wrong numbers, all others an error",
        "mean and variance have lost their axis, so that they meet the columns and not the rows",
        LOST,
        knobs={"kept": "neither", "about": "own"},
    ),
    Mistake(
        "both_lost_squares",
        "square arrays give wrong numbers, all others an error",
        "the means have lost their axis, so that they meet the columns and not the rows",
        LOST,
        knobs={"kept": "neither"},
    ),
    Mistake(
        "mean_lost",
        "square arrays give wrong numbers, all others an error",
        "the mean has lost its axis, so that it meets the columns and not the rows",
        LOST,
        knobs={"kept": "spread", "about": "own"},
    ),
    Mistake(
        "mean_lost_squares",
        "square arrays give wrong numbers, all others an error",
        "the mean of x has lost its axis, so that it meets the columns and not the rows",
        LOST,
        knobs={"kept": "spread"},
    ),
    Mistake(
        "spread_lost",
        "square arrays give wrong numbers, all others an error",
        "the variance has lost its axis, so that it meets the columns and not the rows",
        LOST,
        knobs={"kept": "mean"},
    ),
    *COUNTED_AXES,
)

"""Notebook 10: the mistakes known of the exercise in maps_7_lens."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_7_lens_flawed import (
    dotted_as_it_is,
    scaled_afterwards,
    table_as_it_is_in_torch,
)
from aigc_lab.exercises.bank.maps_7_lens_norms import NORMS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_7_lens

ALL = "The embeddings, and the stream after each of L blocks: how many states are that?"
TABLE = "wte holds a row of C numbers for each of V tokens. What should (…, C) be multiplied with?"
STREAM = "A block adds to the stream. What does the stream hold after it: the addition, or all?"
LOGITS = "Logits are asked for: V numbers for each state and token, of any size."

MISTAKES = (
    *NORMS,
    Mistake(
        "table as it is",
        symptom="it stops with a ValueError about matmul, or gives nonsense where V equals C",
        diagnosis="you multiply with wte as it is, (V, C); it has to be transposed",
        hint=TABLE,
        knobs={"table": "as it is"},
    ),
    Mistake(
        "table as it is, with dot",
        symptom="it stops with a ValueError about shapes, or gives nonsense where V equals C",
        diagnosis="you multiply with wte as it is, (V, C); it has to be transposed",
        hint=TABLE,
        wrong=dotted_as_it_is,
    ),
    Mistake(
        "scale and shift after the table",
        symptom="it stops with a ValueError about shapes, or gives nonsense where V equals C",
        diagnosis="you scale and shift the logits; scale and shift belong to the C features of the "
        "norm, before the table",
        hint="How many numbers has scale: as many as a state, or as many as there are tokens?",
        wrong=scaled_afterwards,
    ),
    Mistake(
        "table as it is, in torch",
        symptom="it stops with a RuntimeError about shapes, or gives nonsense where V equals C",
        diagnosis="you multiply with wte as it is, (V, C); it has to be transposed",
        hint=TABLE,
        wrong=table_as_it_is_in_torch,
    ),
    Mistake(
        "embeddings left out",
        symptom="the first state is missing",
        diagnosis="you read the stream after the blocks only, not the embeddings before them",
        hint=ALL,
        knobs={"states": "after blocks"},
    ),
    Mistake(
        "last state left out",
        symptom="the last state is missing",
        diagnosis="you stop one state too early: there are L + 1 of them for L blocks",
        hint=ALL,
        knobs={"states": "before blocks"},
    ),
    Mistake(
        "what each block adds",
        symptom="one state is missing, and the others are far off",
        diagnosis="you read the differences between states, what each block has added",
        hint=STREAM,
        knobs={"states": "what each block adds"},
    ),
    Mistake(
        "embeddings, then what each adds",
        symptom="the embeddings are right, and all later states are far off",
        diagnosis="you read the differences between states, what each block has added",
        hint=STREAM,
        knobs={"states": "embeddings, then what each adds"},
    ),
    Mistake(
        "added up",
        symptom="the embeddings are right, and all later states are off",
        diagnosis="you add the states up; each holds all earlier additions already",
        hint=STREAM,
        knobs={"states": "added up"},
    ),
    Mistake(
        "since the embeddings",
        symptom="at the embeddings all tokens of the vocabulary are ranked alike at every place",
        diagnosis="you subtract the embeddings from each state",
        hint=STREAM,
        knobs={"states": "since the embeddings"},
    ),
    Mistake(
        "downwards",
        symptom="the first answer belongs to the last layer",
        diagnosis="the states come out in reverse order",
        hint="Which state comes first: the embeddings, or the end of the stream?",
        knobs={"states": "downwards"},
    ),
    Mistake(
        "probabilities",
        symptom="every row sums to 1",
        diagnosis="you take the softmax of the logits",
        hint=LOGITS,
        knobs={"then": "probabilities"},
    ),
    Mistake(
        "logs of probabilities",
        symptom="no number is above 0",
        diagnosis="you take the logarithm of the softmax",
        hint=LOGITS,
        knobs={"then": "logs of probabilities"},
    ),
    Mistake(
        "likeliest tokens",
        symptom="whole numbers come back, one for each state and token",
        diagnosis="you return the number of the likeliest token",
        hint=LOGITS,
        knobs={"then": "likeliest"},
    ),
    Mistake(
        "last token only",
        symptom="one axis is missing",
        diagnosis="you read the state of the last token only",
        hint="Every token of the text predicts the next. How many rows has each state?",
        knobs={"then": "last token"},
    ),
    Mistake(
        "last state only",
        symptom="one axis is missing",
        diagnosis="you read the last state only, which is what the model itself does",
        hint=ALL,
        knobs={"then": "last state"},
    ),
)

"""Notebook 08: the mistakes known of the exercise in gpu_2_bytes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_2_bytes

KEPT = MappingProxyType({"sgd": 0, "momentum": 1, "adamw": 2})  # numbers a parameter


def flawed(
    n_parameters: int,
    optimizer: str,
    bytes_per_number: int,
    *,
    own: int = 2,
    kept: Mapping[str, int] = KEPT,
    size: str = "bytes",
    form: str = "all",
    unit: float = 1,
) -> float:
    """The right size with what can go wrong."""
    state, n = kept[optimizer], n_parameters
    each = {"bytes": bytes_per_number, "numbers": 1, "four": 4, "bits": 8 * bytes_per_number}[size]
    total = {
        "all": n * (own + state) * each,
        "state alone in bytes": n * own + n * state * each,
        "state not in bytes": n * own * each + n * state,
        "no brackets": n * own + state * each,
        "state once": n * own * each + state * each,
        "multiplied": n * own * state * each,
        "state in float32": n * (own * each + 4 * state),
    }[form]
    return total if unit == 1 else total / unit


MISTAKES = (
    Mistake(
        "no gradients",
        symptom="the answer is too small by one number a parameter",
        diagnosis="the gradients are missing, or the parameters themselves",
        hint="What does loss.backward() leave behind, and how large is it?",
        knobs={"own": 1},
    ),
    Mistake(
        "only the optimizer",
        symptom="the answer is too small by two numbers a parameter",
        diagnosis="only what the optimizer keeps is counted",
        hint="The parameters are in memory too, and what else has their shape?",
        knobs={"own": 0},
    ),
    Mistake(
        "three without the optimizer",
        symptom="the answer is too large by one number a parameter",
        diagnosis="parameters or gradients are counted twice; what the optimizer keeps is 0, 1 or "
        "2 numbers, beside these",
        hint="Plain SGD needs only two arrays. Which?",
        knobs={"own": 3},
    ),
    Mistake(
        "nothing kept",
        symptom="momentum and AdamW take no more than plain SGD",
        diagnosis="what the optimizer keeps is missing",
        hint="What do momentum and AdamW remember from one step to the next?",
        knobs={"kept": {"sgd": 0, "momentum": 0, "adamw": 0}},
    ),
    Mistake(
        "one mean of AdamW",
        symptom="AdamW takes no more than momentum",
        diagnosis="only one of AdamW's two running means is counted",
        hint="AdamW divides a mean of gradients by the root of … what?",
        knobs={"kept": {"sgd": 0, "momentum": 1, "adamw": 1}},
    ),
    Mistake(
        "three numbers of AdamW",
        symptom="AdamW takes too much, and the others are right",
        diagnosis="AdamW is counted to keep three numbers a parameter",
        hint="A mean of gradients and a mean of their squares. The gradient itself is counted.",
        knobs={"kept": {"sgd": 0, "momentum": 1, "adamw": 3}},
    ),
    Mistake(
        "velocity in the gradient's place",
        symptom="momentum takes no more than plain SGD, and AdamW too little",
        diagnosis="one of the optimizer's arrays is missing, as if it took the gradient's place",
        hint="Momentum adds the gradient to the velocity. Can both be in one array?",
        knobs={"kept": {"sgd": 0, "momentum": 0, "adamw": 1}},
    ),
    Mistake(
        "momentum forgotten",
        symptom="momentum takes no more than plain SGD",
        diagnosis="momentum is counted to keep nothing",
        hint="What does momentum remember from one step to the next?",
        knobs={"kept": {"sgd": 0, "momentum": 0, "adamw": 2}},
    ),
    Mistake(
        "momentum as AdamW",
        symptom="momentum takes as much as AdamW",
        diagnosis="momentum is counted to keep two numbers a parameter",
        hint="Momentum has a velocity. What else has AdamW?",
        knobs={"kept": {"sgd": 0, "momentum": 2, "adamw": 2}},
    ),
    Mistake(
        "AdamW forgotten",
        symptom="AdamW takes no more than plain SGD",
        diagnosis="AdamW is counted to keep nothing; perhaps its name is not spelt as in the task",
        hint='The three names are "sgd", "momentum" and "adamw".',
        knobs={"kept": {"sgd": 0, "momentum": 1, "adamw": 0}},
    ),
    Mistake(
        "SGD with velocity",
        symptom="plain SGD takes as much as momentum",
        diagnosis="plain SGD is counted to keep one number a parameter",
        hint="Plain SGD subtracts lr times the gradient. What does it remember?",
        knobs={"kept": {"sgd": 1, "momentum": 1, "adamw": 2}},
    ),
    Mistake(
        "SGD as AdamW",
        symptom="plain SGD takes as much as AdamW, and momentum is right",
        diagnosis="plain SGD is counted to keep two numbers a parameter; an `else` that was meant "
        "for AdamW gets it as well",
        hint="Which optimizers reach your last branch?",
        knobs={"kept": {"sgd": 2, "momentum": 1, "adamw": 2}},
    ),
    Mistake(
        "always AdamW",
        symptom="all optimizers take as much as AdamW",
        diagnosis="every optimizer is counted as AdamW",
        hint="Does your code look at `optimizer`, and does a later line overwrite what it found?",
        knobs={"kept": {"sgd": 2, "momentum": 2, "adamw": 2}},
    ),
    Mistake(
        "always one",
        symptom="all optimizers take as much as momentum",
        diagnosis="every optimizer is counted to keep one number a parameter",
        hint='`optimizer == "sgd" or "momentum"` is always true. What did you want to ask?',
        knobs={"kept": {"sgd": 1, "momentum": 1, "adamw": 1}},
    ),
    Mistake(
        "numbers",
        symptom="you get the number of numbers",
        diagnosis="you do not multiply by the bytes of a number",
        hint="Which of the arguments does your code never mention?",
        knobs={"size": "numbers"},
    ),
    Mistake(
        "always four",
        symptom="it is right for numbers of 4 bytes only",
        diagnosis="you count 4 bytes a number, whatever is given",
        hint="Which of the arguments does your code never mention?",
        knobs={"size": "four"},
    ),
    Mistake(
        "bits",
        symptom="the answer is 8 times too large",
        diagnosis="you count bits",
        hint="`bytes_per_number` is in bytes already.",
        knobs={"size": "bits"},
    ),
    Mistake(
        "bits taken",
        symptom="the answer is 8 times too small",
        diagnosis="you divide by 8, as if the size of a number came in bits",
        hint="`bytes_per_number` is in bytes already.",
        knobs={"unit": 8},
    ),
    Mistake(
        "optimizer in float32",
        symptom="it is right for numbers of 4 bytes only, and for plain SGD",
        diagnosis="what the optimizer keeps is counted with 4 bytes a number, whatever is given",
        hint="Here all numbers have the same size. (Mixed precision, where they do not, is "
        "another sum.)",
        knobs={"form": "state in float32"},
    ),
    Mistake(
        "optimizer not in bytes",
        symptom="plain SGD is right, and the others take too little",
        diagnosis="what the optimizer keeps is not multiplied by the bytes of a number",
        hint="A bracket is in the wrong place: what has bytes_per_number bytes?",
        knobs={"form": "state not in bytes"},
    ),
    Mistake(
        "only the optimizer in bytes",
        symptom="the answer is too small",
        diagnosis="only what the optimizer keeps is multiplied by the bytes of a number",
        hint="A bracket is in the wrong place: what has bytes_per_number bytes?",
        knobs={"form": "state alone in bytes"},
    ),
    Mistake(
        "brackets missing",
        symptom="the answer is far too small",
        diagnosis="a product stands before the sum: n_parameters · 2 + kept · bytes_per_number",
        hint="Add up the numbers of one parameter first. Which brackets does that need?",
        knobs={"form": "no brackets"},
    ),
    Mistake(
        "optimizer of one parameter",
        symptom="momentum and AdamW take hardly more than plain SGD",
        diagnosis="what the optimizer keeps is counted once, not for each parameter",
        hint="One velocity for the whole model?",
        knobs={"form": "state once"},
    ),
    Mistake(
        "multiplied",
        symptom="plain SGD takes nothing at all",
        diagnosis="you multiply by what the optimizer keeps, instead of adding it",
        hint="Parameters, gradients, and beside them what the optimizer keeps: a sum or a product?",
        knobs={"form": "multiplied"},
    ),
    Mistake(
        "megabytes",
        symptom="the answer is a million times too small",
        diagnosis="you give megabytes",
        hint="In which unit is the answer wanted?",
        knobs={"unit": 1e6},
    ),
    Mistake(
        "gigabytes",
        symptom="the answer is a billion times too small",
        diagnosis="you give gigabytes",
        hint="In which unit is the answer wanted?",
        knobs={"unit": 1e9},
    ),
    Mistake(
        "mebibytes",
        symptom="the answer is about a million times too small",
        diagnosis="you give mebibytes (1024 · 1024 bytes)",
        hint="In which unit is the answer wanted?",
        knobs={"unit": 2**20},
    ),
    Mistake(
        "gibibytes",
        symptom="the answer is about a billion times too small",
        diagnosis="you give gibibytes (1024 · 1024 · 1024 bytes)",
        hint="In which unit is the answer wanted?",
        knobs={"unit": 2**30},
    ),
)

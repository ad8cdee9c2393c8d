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
    unit: str = "bytes",
    form: str = "all",
) -> float:
    """The right size with what can go wrong."""
    state = kept[optimizer]
    size = {"bytes": bytes_per_number, "numbers": 1, "four": 4, "bits": 8 * bytes_per_number}[unit]
    return {
        "all": n_parameters * (own + state) * size,
        "bracket": n_parameters * own + state * size,
        "product": n_parameters * own * state * size,
        "state of gradients too": n_parameters * (own + own * state) * size,
        "state in float32": n_parameters * (own * size + 4 * state),
    }[form]


MISTAKES = (
    Mistake(
        "no gradients",
        symptom="the answer is too small by one number a parameter",
        diagnosis="the gradients are missing, or the parameters themselves",
        hint="What does loss.backward() leave behind, and how large is it?",
        knobs={"own": 1},
    ),
    Mistake(
        "only the optimiser",
        symptom="the answer is too small by two numbers a parameter",
        diagnosis="only what the optimiser keeps is counted",
        hint="The parameters are in memory too, and what else has their shape?",
        knobs={"own": 0},
    ),
    Mistake(
        "nothing kept",
        symptom="momentum and AdamW take no more than plain SGD",
        diagnosis="what the optimiser keeps is missing",
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
        "numbers",
        symptom="you get the number of numbers",
        diagnosis="you do not multiply by the bytes of a number",
        hint="Which of the arguments does your code never mention?",
        knobs={"unit": "numbers"},
    ),
    Mistake(
        "always four",
        symptom="it is right for numbers of 4 bytes only",
        diagnosis="you count 4 bytes a number, whatever is given",
        hint="Which of the arguments does your code never mention?",
        knobs={"unit": "four"},
    ),
)

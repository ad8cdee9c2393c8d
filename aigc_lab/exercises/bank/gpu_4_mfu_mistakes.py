"""Notebook 08: the mistakes known of the exercise in gpu_4_mfu."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_4_mfu


def flawed(
    tokens_per_second: float,
    flops_per_token: float,
    peak: float,
    *,
    form: str = "right",
    factor: float = 1.0,
    told: str = "as it is",
) -> float:
    """The right fraction with what can go wrong."""
    speed, cost = tokens_per_second, flops_per_token
    used = {
        "right": speed * cost / peak,
        "upside down": peak / (speed * cost),
        "no peak": speed * cost,
        "no cost": speed / peak,
        "no speed": cost / peak,
        "divided by the cost": speed / cost / peak,
        "divided by the speed": cost / speed / peak,
        "brackets": speed * peak / cost,
        "multiplied": speed * cost * peak,
        "idle": 1 - speed * cost / peak,
    }[form]
    used = factor * used
    return {"as it is": used, "whole": used // 1, "capped": min(used, 1.0)}.get(
        told, round(used, 2)
    )


MISTAKES = (
    Mistake(
        "upside down",
        symptom="a device that is used little gets a large number",
        diagnosis="you divide the peak by what is used",
        hint="A fraction of the peak: which of the two stands below?",
        knobs={"form": "upside down"},
    ),
    Mistake(
        "percent",
        symptom="the answer is 100 times too large",
        diagnosis="you give percent",
        hint="A fraction is wanted: half of the peak is 0.5.",
        knobs={"factor": 100.0},
    ),
    Mistake(
        "no peak",
        symptom="the answer is a huge number",
        diagnosis="you give FLOPs a second, and do not divide by the peak",
        hint="Which of the arguments does your code never mention?",
        knobs={"form": "no peak"},
    ),
    Mistake(
        "no FLOPs of a token",
        symptom="the answer is next to nothing",
        diagnosis="you divide tokens a second by FLOPs a second",
        hint="Which of the arguments does your code never mention?",
        knobs={"form": "no cost"},
    ),
    Mistake(
        "no tokens",
        symptom="the answer is next to nothing, and does not depend on the speed",
        diagnosis="you give the FLOPs of one token as a part of the peak",
        hint="Which of the arguments does your code never mention?",
        knobs={"form": "no speed"},
    ),
    Mistake(
        "divided by the FLOPs",
        symptom="the more a token costs, the smaller the answer",
        diagnosis="you divide tokens a second by the FLOPs of a token",
        hint="Three tokens a second, 5 FLOPs each: how many FLOPs a second?",
        knobs={"form": "divided by the cost"},
    ),
    Mistake(
        "divided by the tokens",
        symptom="the more tokens a second, the smaller the answer",
        diagnosis="you divide the FLOPs of a token by the tokens a second",
        hint="Three tokens a second, 5 FLOPs each: how many FLOPs a second?",
        knobs={"form": "divided by the speed"},
    ),
    Mistake(
        "brackets missing",
        symptom="the larger the peak, the larger the answer",
        diagnosis="the peak is multiplied with: a / b / c divides by both, a / (b / c) does not",
        hint="Which of the three numbers belongs below the line?",
        knobs={"form": "brackets"},
    ),
    Mistake(
        "multiplied",
        symptom="the larger the peak, the larger the answer",
        diagnosis="you multiply by the peak",
        hint="A fraction of the peak: what do you divide by?",
        knobs={"form": "multiplied"},
    ),
    Mistake(
        "idle",
        symptom="the busier the device, the smaller the answer",
        diagnosis="you give the part of the peak that is not used",
        hint="A device that does nothing should get 0.",
        knobs={"form": "idle"},
    ),
    Mistake(
        "training counted again",
        symptom="the answer is 3 times too large",
        diagnosis="you multiply by 3 for forward and backward",
        hint="`flops_per_token` is that of training already.",
        knobs={"factor": 3.0},
    ),
    Mistake(
        "six again",
        symptom="the answer is 6 times too large",
        diagnosis="you multiply by 6, the FLOPs that a weight costs in training",
        hint="`flops_per_token` is FLOPs already, not weights.",
        knobs={"factor": 6.0},
    ),
    Mistake(
        "two again",
        symptom="the answer is twice too large",
        diagnosis="you multiply by 2, for a multiplication and an addition",
        hint="`flops_per_token` is FLOPs already, not weights.",
        knobs={"factor": 2.0},
    ),
    Mistake(
        "forward only",
        symptom="the answer is a third of the right one",
        diagnosis="you divide by 3, as if only the forward pass were of use",
        hint="Training needs the backward pass, too.",
        knobs={"factor": 1 / 3},
    ),
    Mistake(
        "peak in TFLOP/s",
        symptom="the answer is a million million times too small",
        diagnosis="you take the peak to be in TFLOP/s and multiply it by 10 to the 12",
        hint="In which unit is the peak given?",
        knobs={"factor": 1e-12},
    ),
    Mistake(
        "peak to TFLOP/s",
        symptom="the answer is a million million times too large",
        diagnosis="you divide the peak by 10 to the 12, and not what is used",
        hint="Both sides of a fraction need the same unit.",
        knobs={"factor": 1e12},
    ),
    Mistake(
        "whole numbers",
        symptom="nearly every answer is 0",
        diagnosis="you divide to whole numbers, with // or int()",
        hint="What is 15 // 60?",
        knobs={"told": "whole"},
    ),
    Mistake(
        "capped",
        symptom="an answer above 1 becomes 1",
        diagnosis="you cut the answer at 1",
        hint="An answer above 1 tells that the peak was measured wrong. Should it be hidden?",
        knobs={"told": "capped"},
    ),
    Mistake(
        "rounded",
        symptom="the answer has two digits only",
        diagnosis="you round it",
        hint="Rounding is for printing.",
        knobs={"told": "rounded"},
    ),
)

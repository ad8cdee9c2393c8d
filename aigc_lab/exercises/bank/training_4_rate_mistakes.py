"""Notebook 06: the mistakes known of the exercise in training_4_rate."""

from __future__ import annotations

import math

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_4_rate


def divided_always(step: int, steps: int, warmup_steps: int, final: float) -> float:
    """The climb, worked out before anyone knows whether there is one."""
    climb = (step + 1) / warmup_steps
    done = max(0, step - warmup_steps) / (steps - warmup_steps)
    return min(climb, final + (1 - final) * (1 + math.cos(math.pi * done)) / 2)


MISTAKES = (
    Mistake(
        "nothing at first",
        symptom="the first step has a learning rate of 0",
        diagnosis="the warm-up is step / warmup_steps, and step counts from 0",
        hint="The first batch should not be wasted: begin with one share, not with none.",
        knobs={"climb": "from 0"},
    ),
    Mistake(
        "never quite there",
        symptom="the warm-up ends below 1",
        diagnosis="you divide by warmup_steps + 1",
        hint="The last step of the warm-up is warmup_steps - 1. What should it give?",
        knobs={"climb": "one more"},
    ),
    Mistake(
        "climb over the whole run",
        symptom="the warm-up is too slow, and then the rate jumps",
        diagnosis="the climb divides by steps instead of warmup_steps",
        hint="After how many steps should the factor be 1?",
        knobs={"climb": "of all"},
    ),
    Mistake(
        "no climb",
        symptom="the first steps already have the whole rate",
        diagnosis="during the warm-up you return 1",
        hint="A climb has a step at each step: what is the first?",
        knobs={"climb": "flat"},
    ),
    Mistake(
        "climb from final",
        symptom="the warm-up begins too high",
        diagnosis="the climb starts from final; only the fall ends there",
        hint="The first of 4 warm-up steps has a quarter of the rate.",
        knobs={"climb": "from final"},
    ),
    Mistake(
        "no warm-up",
        symptom="the first steps are wrong",
        diagnosis="the cosine is used during the warm-up too",
        hint="What should happen while step < warmup_steps?",
        knobs={"climb": "none"},
    ),
    Mistake(
        "one step too long",
        symptom="the factor is above 1 in the first step after the warm-up",
        diagnosis="the warm-up lasts one step too long: <= where < belongs",
        hint="step counts from 0. Which is the last of 4 steps?",
        knobs={"until": 1},
    ),
    Mistake(
        "warm-up not subtracted",
        symptom="the rate jumps down where the warm-up ends",
        diagnosis="the way down is step / steps, as if it had begun at step 0",
        hint="How much of the way down is done in its first step?",
        knobs={"done": "warm-up not subtracted"},
    ),
    Mistake(
        "subtracted above only",
        symptom="the rate never comes near final",
        diagnosis="the way down is divided by steps, and it is only steps - warmup_steps long",
        hint="How many steps remain after the warm-up?",
        knobs={"done": "subtracted above"},
    ),
    Mistake(
        "subtracted below only",
        symptom="the rate jumps down where the warm-up ends, and rises again at the end",
        diagnosis="you count the way down from step 0, and divide by the steps after the warm-up",
        hint="How much of the way down is done in its first step?",
        knobs={"done": "subtracted below"},
    ),
    Mistake(
        "final at the last step",
        symptom="the rate falls a little too fast",
        diagnosis="the way down is one step too short: you divide by steps - warmup_steps - 1",
        hint="Here the fall would reach final at step number `steps`, just after the end.",
        knobs={"done": "one step early"},
    ),
    Mistake(
        "one step on",
        symptom="the first step after the warm-up is below 1",
        diagnosis="the way down counts step + 1",
        hint="How much of the way down is done in its first step?",
        knobs={"done": "one step on"},
    ),
    Mistake(
        "full period",
        symptom="the rate falls until half-way, and climbs back",
        diagnosis="the cosine goes through 2π, a whole turn",
        hint="cos falls from 1 to -1 between 0 and …?",
        knobs={"period": 2.0},
    ),
    Mistake(
        "quarter period",
        symptom="the rate falls too slowly",
        diagnosis="the cosine goes only to π/2, and you treat it as if it reached -1",
        hint="cos falls from 1 to -1 between 0 and …?",
        knobs={"period": 0.5},
    ),
    Mistake(
        "no pi",
        symptom="the rate falls too slowly",
        diagnosis="π is missing inside the cosine",
        hint="cos falls from 1 to -1 between 0 and …?",
        knobs={"period": 1 / math.pi},
    ),
    Mistake(
        "degrees",
        symptom="the rate hardly falls",
        diagnosis="the angle is in degrees; math.cos wants radians",
        hint="Half a turn is π for math.cos, not 180.",
        knobs={"period": 180 / math.pi},
    ),
    Mistake(
        "linear",
        symptom="the rate falls along a straight line",
        diagnosis="there is no cosine",
        hint="The fall should be gentle at both ends.",
        knobs={"shape": "linear"},
    ),
    Mistake(
        "rising",
        symptom="after the warm-up the rate falls to final at once, and climbs",
        diagnosis="the sign before the cosine is a minus",
        hint="What is cos(0), and what should be left of the rate there?",
        knobs={"shape": "rising"},
    ),
    Mistake(
        "not halved",
        symptom="after the warm-up the rate jumps above 1",
        diagnosis="1 + cos runs from 2 to 0, and you do not halve it",
        hint="What is left at the beginning of the fall must be 1.",
        knobs={"shape": "not halved"},
    ),
    Mistake(
        "bare cosine",
        symptom="the rate falls below final, and may turn negative",
        diagnosis="you use cos as it is, which runs from 1 to -1",
        hint="What is left must run from 1 to 0. How do you move and squeeze the cosine?",
        knobs={"shape": "bare"},
    ),
    Mistake(
        "floor by max",
        symptom="the rate is too low on the way, and final from some step on",
        diagnosis="you cut the cosine off at final with max",
        hint="The whole curve is squeezed between 1 and final; nothing is cut off.",
        knobs={"floor": "max"},
    ),
    Mistake(
        "final added",
        symptom="after the warm-up the rate jumps above 1",
        diagnosis="you add final to the whole cosine part",
        hint="At the beginning of the fall final and the rest must add up to 1.",
        knobs={"floor": "added"},
    ),
    Mistake(
        "final left out",
        symptom="the rate begins its fall at 1 - final and ends at 0",
        diagnosis="you scale by 1 - final, and forget to add final",
        hint="What should the last steps come near to?",
        knobs={"floor": "times"},
    ),
    Mistake(
        "final unused",
        symptom="the rate falls to 0",
        diagnosis="final is not used",
        hint="Which of the arguments does your code never mention?",
        knobs={"floor": "none"},
    ),
    Mistake(
        "climb and fall at once",
        symptom="the top is never reached",
        diagnosis="the climb is multiplied by a cosine that has begun at step 0",
        hint="First the climb, then the fall: what does the fall do while the climb lasts?",
        knobs={"climb": "times cosine", "done": "warm-up not subtracted"},
    ),
    Mistake(
        "final halved too",
        symptom="after the warm-up the rate jumps down, and ends at half of final",
        diagnosis="the half covers final as well as the cosine",
        hint="Only 1 + cos must be halved, since it alone runs from 2 to 0.",
        knobs={"floor": "halved too"},
    ),
    Mistake(
        "division without a warm-up",
        symptom="without a warm-up it stops with a ZeroDivisionError",
        diagnosis="you divide by warmup_steps even where it is 0",
        hint="In which of the two parts is that division needed?",
        wrong=divided_always,
    ),
    Mistake(
        "cosine halved alone",
        symptom="after the warm-up the rate jumps to about a half, and ends below 0",
        diagnosis="you halve cos without adding 1 to it",
        hint="What is left must run from 1 to 0. Where does cos / 2 begin and end?",
        knobs={"shape": "halved alone"},
    ),
    Mistake(
        "exponential",
        symptom="the rate falls fastest at first",
        diagnosis="you take final to the power of the share that is done",
        hint="The fall should be gentle at both ends.",
        knobs={"floor": "exponential"},
    ),
    Mistake(
        "whole numbers in the climb",
        symptom="the warm-up is 0 until its last step",
        diagnosis="// drops what is behind the point",
        hint="Which division gives fractions?",
        knobs={"climb": "whole"},
    ),
    Mistake(
        "no fall",
        symptom="after the warm-up the rate stays at 1",
        diagnosis="there is no second part, or // rounds the share that is done down to 0",
        hint="After the warm-up the rate falls towards final. Print the share half-way down.",
        knobs={"done": "whole"},
    ),
)

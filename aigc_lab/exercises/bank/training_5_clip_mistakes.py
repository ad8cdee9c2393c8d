"""Notebook 06: the mistakes known of the exercise in training_5_clip."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_5_clip


def norm_of_the_list(gradients: list[ndarray], most: float) -> tuple[list[ndarray], float]:
    """The norm of a list, as if it were an array."""
    norm = np.linalg.norm(gradients)
    return [each * min(1, most / norm) for each in gradients], norm


def joined_unflattened(gradients: list[ndarray], most: float) -> tuple[list[ndarray], float]:
    """The norm of the arrays, joined as they are."""
    norm = np.linalg.norm(np.concatenate(gradients))
    return [each * min(1, most / norm) for each in gradients], norm


MISTAKES = (
    Mistake(
        "each by itself",
        symptom="the arrow turns: large arrays shrink more than small ones",
        diagnosis="each array is clipped by its own norm",
        hint="One factor for all keeps the direction. Which norm is it made from?",
        knobs={"apart": True},
    ),
    Mistake(
        "each by itself, told apart",
        symptom="the arrow turns, and there are several norms",
        diagnosis="each array is clipped by its own norm, and you return all of these",
        hint="One factor for all keeps the direction. Which norm is it made from?",
        knobs={"apart": True, "told": "each"},
    ),
    Mistake(
        "by value",
        symptom="the largest numbers are cut, and the others stay: the arrow turns",
        diagnosis="you clip the numbers, not the norm",
        hint="All numbers shrink by the same factor, or none does.",
        knobs={"by": "value"},
    ),
    Mistake(
        "by value, above only",
        symptom="large positive numbers are cut, and negative ones stay",
        diagnosis="you clip the numbers at most, and not the norm",
        hint="All numbers shrink by the same factor, or none does.",
        knobs={"by": "value above"},
    ),
    Mistake(
        "always",
        symptom="small gradients grow",
        diagnosis="you scale even when the norm is below most",
        hint="Clipping only ever makes shorter. How large may the factor be at most?",
        knobs={"always": True},
    ),
    Mistake(
        "turned",
        symptom="long gradients grow longer",
        diagnosis="the factor is norm / most, upside down",
        hint="What must a norm of 10 be multiplied by to become 2?",
        knobs={"by": "turned"},
    ),
    Mistake(
        "to length 1",
        symptom="clipped gradients have length 1, whatever most is",
        diagnosis="you divide by the norm and do not multiply by most",
        hint="What must a norm of 10 be multiplied by to become 2?",
        knobs={"by": "to length 1"},
    ),
    Mistake(
        "times most",
        symptom="what is clipped is not most long",
        diagnosis="you multiply by most and do not divide by the norm",
        hint="What must a norm of 10 be multiplied by to become 2?",
        knobs={"by": "most"},
    ),
    Mistake(
        "not clipped",
        symptom="the norm is right, and nothing is clipped",
        diagnosis="the gradients come back as they were",
        hint="What happens with your factor? A new array that only has the loop's own name is "
        "lost in the next round.",
        knobs={"by": "nothing"},
    ),
    Mistake(
        "squared norm",
        symptom="the norm is far too large, or far too small",
        diagnosis="you take no root of the sum of squares",
        hint="Pythagoras: 3 and 4 make 5, not 25.",
        knobs={"norm": "squared"},
    ),
    Mistake(
        "sum of sizes",
        symptom="the norm is too large: 3 and 4 make 7",
        diagnosis="you add up absolute values instead of squares",
        hint="Pythagoras: 3 and 4 make 5.",
        knobs={"norm": "1"},
    ),
    Mistake(
        "largest size",
        symptom="the norm is too small: 3 and 4 make 4",
        diagnosis="the norm is that of the largest number alone",
        hint="Pythagoras: 3 and 4 make 5.",
        knobs={"norm": "max"},
    ),
    Mistake(
        "mean of squares",
        symptom="the norm is too small, the more numbers the smaller",
        diagnosis="you take the mean of the squares instead of their sum",
        hint="Pythagoras adds.",
        knobs={"norm": "mean"},
    ),
    Mistake(
        "sum of norms",
        symptom="one array is right, and several together have too large a norm",
        diagnosis="you add up the norms of the arrays",
        hint="Norms of 3 and 4 make 5 together. What do you add up to get there?",
        knobs={"norm": "sum of norms"},
    ),
    Mistake(
        "mean of norms",
        symptom="one array is right, and several together have too small a norm",
        diagnosis="you take the mean of the arrays' norms",
        hint="Norms of 3 and 4 make 5 together. What do you add up to get there?",
        knobs={"norm": "mean of norms"},
    ),
    Mistake(
        "largest of norms",
        symptom="one array is right, and several together have too small a norm",
        diagnosis="you take the largest of the arrays' norms",
        hint="Norms of 3 and 4 make 5 together. What do you add up to get there?",
        knobs={"norm": "largest of norms"},
    ),
    Mistake(
        "last norm",
        symptom="one array is right, and of several only the last counts",
        diagnosis="the norm is that of the last array; in the loop it is overwritten",
        hint="Where does your sum begin, and is it added to?",
        knobs={"norm": "last"},
    ),
    Mistake(
        "first norm",
        symptom="one array is right, and of several only the first counts",
        diagnosis="the norm is that of the first array",
        hint="Does your loop reach the others?",
        knobs={"norm": "first"},
    ),
    Mistake(
        "signs cancel",
        symptom="positive and negative numbers cancel in the norm",
        diagnosis="you add up first, and square then",
        hint="Square each number, then add.",
        knobs={"norm": "signed"},
    ),
    Mistake(
        "norm afterwards",
        symptom="the gradients are right, and the norm is never above most",
        diagnosis="the norm you return is that of the clipped gradients",
        hint="The curve of the norm before clipping is what shows trouble.",
        knobs={"told": "after"},
    ),
    Mistake(
        "factor told",
        symptom="the gradients are right, and the second answer is not",
        diagnosis="you return the factor instead of the norm",
        hint="Asked for are the clipped gradients and the norm before.",
        knobs={"told": "factor"},
    ),
    Mistake(
        "no norm",
        symptom="the gradients come back alone",
        diagnosis="you do not return the norm",
        hint="Asked for are the clipped gradients and the norm before.",
        knobs={"told": "none"},
    ),
    Mistake(
        "exchanged",
        symptom="the answers are right and stand in the wrong order",
        diagnosis="you return the norm first",
        hint="First the list of arrays, then the norm.",
        knobs={"told": "exchanged"},
    ),
    Mistake(
        "short ones stretched",
        symptom="long gradients stay long, and small ones grow",
        diagnosis="you scale where the norm is below most: < for >, or max for min",
        hint="Which gradients should change at all?",
        knobs={"by": "short ones"},
    ),
    Mistake(
        "a list is no array",
        symptom="it stops with a ValueError about an inhomogeneous shape",
        diagnosis="NumPy is asked to make one array of the list, and the shapes differ",
        hint="Take the norm of each array, or flatten each before you join them.",
        wrong=norm_of_the_list,
    ),
    Mistake(
        "joined unflattened",
        symptom="it stops with a ValueError about dimensions",
        diagnosis="np.concatenate joins arrays that fit together, and these have different shapes",
        hint="Flatten each array before you join them.",
        wrong=joined_unflattened,
    ),
    Mistake(
        "root of norms",
        symptom="even a single array has the wrong norm",
        diagnosis="you take the root of the sum of norms; each norm is a root already",
        hint="Add squares, and take one root at the end.",
        knobs={"norm": "root of norms"},
    ),
    Mistake(
        "one long array",
        symptom="the numbers are right, but they have lost their shapes",
        diagnosis="you return the one long arrow instead of the list of arrays",
        hint="Every parameter needs its own gradient back, in its own shape.",
        knobs={"told": "one long"},
    ),
)

"""Notebook 10: more mistakes known of the exercise in maps_2_induction: other ideas altogether."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_2_induction_flawed import (
    first_period,
    half_a_text_back,
    itself_among_the_earlier,
    itself_where_repeated,
    second_half,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_2_induction

OTHERS = (
    Mistake(
        "half a text back",
        symptom="it is right only where the second half of the text repeats the first",
        diagnosis="you take one diagonal, T / 2 - 1 places back, and never look at ids",
        hint="Real text repeats at all distances. Which of the arguments tells them?",
        wrong=half_a_text_back,
    ),
    Mistake(
        "second half only",
        symptom="it is right only where the second half of the text repeats the first",
        diagnosis="you take the queries of the second half, each T / 2 - 1 places back, and never "
        "look at ids",
        hint="Real text repeats at all distances. Which of the arguments tells them?",
        wrong=second_half,
    ),
    Mistake(
        "one distance for all",
        symptom="it is right only where one pattern repeats to the end",
        diagnosis="you measure how far apart the first repeat is, and use that distance everywhere",
        hint="Each query has its own earlier places. Where do you look for them?",
        wrong=first_period,
    ),
    Mistake(
        "itself among the earlier",
        symptom="it stops with an IndexError at the last query",
        diagnosis="you count the query's own place among its earlier ones, and after the last "
        "place there is none",
        hint="Earlier means p < q. What is the last number in range(q + 1)?",
        wrong=itself_among_the_earlier,
    ),
    Mistake(
        "itself among the earlier, of repeats",
        symptom="it stops with an IndexError where the last token stood before",
        diagnosis="a query's own place is in your list of earlier ones already, and after the last "
        "place there is none",
        hint="In which order do you look a token up, and note its place?",
        wrong=itself_where_repeated,
    ),
)

"""Notebook 10: the mistakes known of the exercise in maps_1_previous."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_1_previous

MISTAKES = (
    Mistake(
        "first query counted",
        symptom="the score is a little too small, and a perfect head does not reach 1",
        diagnosis="you divide by T: the first token is counted too, though nothing stands before "
        "it (at q = 0, weights[q, q - 1] is the last column, where nobody may look yet)",
        hint="How many of the T tokens have one before them?",
        knobs={"summary": "over all queries"},
    ),
    Mistake(
        "over all numbers",
        symptom="the score is far too small, and the longer the text, the smaller",
        diagnosis="you divide by T · T: everything beside the one diagonal was set to 0, and "
        "counted all the same",
        hint="How many numbers stand just below the diagonal?",
        knobs={"summary": "over all numbers"},
    ),
    Mistake(
        "over the whole past",
        symptom="the score is far too small, and the longer the text, the smaller",
        diagnosis="you divide by the number of all allowed pairs, T · (T + 1) / 2",
        hint="How many numbers stand just below the diagonal?",
        knobs={"summary": "over all numbers of the past"},
    ),
    Mistake(
        "sum",
        symptom="the score grows with the length of the text",
        diagnosis="you add the weights up, and do not divide by their number",
        hint="A head that always looks one place back should score 1, in a long text too.",
        knobs={"summary": "sum"},
    ),
    Mistake(
        "most",
        symptom="one single token decides",
        diagnosis="you take the largest of the weights",
        hint="What does a mean ask of all tokens that a maximum does not?",
        knobs={"summary": "most"},
    ),
    Mistake(
        "median",
        symptom="the score is a little off",
        diagnosis="you take the median of the weights",
        hint="Half of the tokens could look anywhere without moving a median. What is asked for?",
        knobs={"summary": "median"},
    ),
    Mistake(
        "one for each query",
        symptom="as many numbers come back as there are tokens with one before them",
        diagnosis="you return the weights themselves",
        hint="One number for the whole head: what do you make of T - 1 numbers?",
        knobs={"summary": "each"},
    ),
    Mistake(
        "where it looks most",
        symptom="the score jumps: it counts tokens, and does not weigh them",
        diagnosis="you count how often the previous token gets the largest weight",
        hint="A weight of 0.4 and one of 0.9 may both be the largest of their rows. Should they "
        "count alike?",
        knobs={"summary": "where it looks most"},
    ),
    Mistake(
        "itself",
        symptom="a head that always looks one place back gets nothing",
        diagnosis="you take the diagonal itself, where each token looks at its own place",
        hint="In row 2, which column belongs to the token before?",
        knobs={"taken": "itself"},
    ),
    Mistake(
        "above the diagonal",
        symptom="the score is always 0",
        diagnosis="you take the numbers just above the diagonal: query and key have changed "
        "places, or the offset has lost its minus",
        hint="Rows are queries. May row 2 look at column 3?",
        knobs={"taken": "after"},
    ),
    Mistake(
        "two before",
        symptom="a head that always looks one place back gets nothing",
        diagnosis="you look two places back",
        hint="Which key stands just before query 2?",
        knobs={"taken": "two before"},
    ),
    Mistake(
        "first token",
        symptom="a head that stares at the beginning scores high",
        diagnosis="you take column 0, the weight on the first token; that is another score",
        hint="The token before query 4 is token 3, not token 0.",
        knobs={"taken": "first"},
    ),
    Mistake(
        "all before",
        symptom="the score is much too large",
        diagnosis="you add up the weights on all earlier tokens",
        hint="How many keys of each row belong to the token just before?",
        knobs={"taken": "all before"},
    ),
    Mistake(
        "whole block",
        symptom="the score is the same for heads that look at quite different places",
        diagnosis="two slices, [1:, :-1], cut out a square; you take the mean of all of it",
        hint="Of that square you need only its diagonal. How do you pair each row with one column?",
        knobs={"taken": "mean of the block"},
    ),
    Mistake(
        "against itself",
        symptom="the score is too large where a head looks neither here nor there",
        diagnosis="you divide by what goes to the token itself and the one before, and so leave "
        "out all the others",
        hint="Each row sums to 1 already.",
        knobs={"taken": "against itself"},
    ),
    Mistake(
        "last query left out",
        symptom="the last token has no say",
        diagnosis="you stop one query too early",
        hint="What is the last number in range(1, T - 1)?",
        knobs={"queries": "all but the last"},
    ),
    Mistake(
        "second token left out",
        symptom="the second token has no say",
        diagnosis="you begin at query 2; query 1 has a token before it already",
        hint="Rows count from 0. Which is the first row with a token before it?",
        knobs={"queries": "from 2"},
    ),
    Mistake(
        "returned in the loop",
        symptom="one single token decides",
        diagnosis="you return weights[1, 0]: the return stands inside the loop",
        hint="How far is your return indented?",
        knobs={"queries": "first"},
    ),
    Mistake(
        "last query only",
        symptom="one single token decides",
        diagnosis="you take the last row only: what the token at the end looks at",
        hint="A score of a head is a mean over its queries.",
        knobs={"queries": "last"},
    ),
)

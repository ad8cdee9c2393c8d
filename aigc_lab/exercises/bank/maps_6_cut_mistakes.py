"""Notebook 10: the mistakes known of the exercise in maps_6_cut."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_6_cut

SUM = "Add the row up after your cut. What must each weight be divided by, so that it gives 1?"
SHARE = "Two keys with 0.1 and 0.3 are left: should the second not still get three times as much?"
ONE = "One query, one key: how many numbers of the map become 0?"
SOFTMAX = "The weights are out of a softmax already. Which division makes a row sum to 1?"

MISTAKES = (
    Mistake(
        "input changed",
        symptom="the answer is right, and the map that went in is spoiled",
        diagnosis="you cut in the array that was given: `cut = weights` is a second name, no copy",
        hint="The map before the cut is needed for the comparison. How do you keep it?",
        knobs={"copied": False},
    ),
    Mistake(
        "not divided",
        symptom="the row of the cut sums to less than 1",
        diagnosis="you leave the rest of the row as it was, or divide by the sum from before the "
        "cut, which is 1",
        hint=SUM,
        knobs={"rest": "left"},
    ),
    Mistake(
        "multiplied",
        symptom="the row of the cut sums to much less than 1",
        diagnosis="you multiply by what is left instead of dividing by it",
        hint=SUM,
        knobs={"rest": "multiplied"},
    ),
    Mistake(
        "divided by 1 + w",
        symptom="the row of the cut sums to much less than 1",
        diagnosis="you divide by 1 + w, w being the weight that was cut; 1 - w is left",
        hint=SUM,
        knobs={"rest": "by 1 + w"},
    ),
    Mistake(
        "divided by w",
        symptom="the row of the cut does not sum to 1",
        diagnosis="you divide by the weight that was cut, not by what is left",
        hint=SUM,
        knobs={"rest": "by w"},
    ),
    Mistake(
        "divided by the mean",
        symptom="the row of the cut sums to T",
        diagnosis="you divide by the mean of the row, not by its sum",
        hint=SUM,
        knobs={"rest": "by the mean"},
    ),
    Mistake(
        "divided by the largest",
        symptom="the largest weight of the row is 1",
        diagnosis="you divide by the largest weight that is left, not by the sum",
        hint=SUM,
        knobs={"rest": "by the largest"},
    ),
    Mistake(
        "divided by the length",
        symptom="the squares of the row sum to 1, and the weights to more",
        diagnosis="you divide by the row's length as a vector, as np.linalg.norm gives it",
        hint=SUM,
        knobs={"rest": "length"},
    ),
    Mistake(
        "divided by the sum of all",
        symptom="all rows change, and the map as a whole sums to 1",
        diagnosis="you divide the whole map by its sum; a sum without an axis adds everything up",
        hint="Which single row must sum to 1 again? The others do already.",
        knobs={"rest": "of the map"},
    ),
    Mistake(
        "row divided by the sum of all",
        symptom="the row of the cut sums to much less than 1",
        diagnosis="you divide the row by the sum of the whole map",
        hint=SUM,
        knobs={"rest": "row by the map"},
    ),
    Mistake(
        "columns",
        symptom="all rows change, and every column sums to 1",
        diagnosis="you divide each column by its sum; a query's weights are a row",
        hint="Along which axis do the weights of one query stand?",
        knobs={"rest": "columns"},
    ),
    Mistake(
        "axis lost",
        symptom="a column changes, and the row of the cut does not sum to 1",
        diagnosis="the sums of the rows have lost their axis, so that they meet the columns",
        hint="Print the shape of your sums. What does keepdims=True make of it?",
        knobs={"rest": "axis lost"},
    ),
    Mistake(
        "divided without itself",
        symptom="the row of the cut sums to more than 1",
        diagnosis="you divide by the sum of the earlier keys; the query's own place has weight too",
        hint="Which keys has row 2? How many numbers are in row[:2]?",
        knobs={"rest": "without itself"},
    ),
    Mistake(
        "divided by the column",
        symptom="the row of the cut does not sum to 1",
        diagnosis="you divide the row by the sum of the key's column",
        hint="Along which axis do the weights of one query stand?",
        knobs={"rest": "by the column"},
    ),
    Mistake(
        "softmax of all keys",
        symptom="the query looks at the future, and at the key that was cut",
        diagnosis="you take a softmax of the row; exp(0) is 1, and so nothing stays at 0",
        hint=SOFTMAX,
        knobs={"rest": "softmax"},
    ),
    Mistake(
        "softmax of the past",
        symptom="the query looks at the key that was cut, and at all others nearly alike",
        diagnosis="you take a softmax of the weights; exp(0) is 1, and so nothing stays at 0",
        hint=SOFTMAX,
        knobs={"rest": "softmax of the past"},
    ),
    Mistake(
        "softmax of the rest",
        symptom="the query looks at all keys that are left nearly alike",
        diagnosis="you take a softmax of the weights that are left, which flattens them",
        hint=SOFTMAX,
        knobs={"rest": "softmax of the rest"},
    ),
    Mistake(
        "shared out evenly",
        symptom="weak keys gain as much as strong ones",
        diagnosis="you share the cut weight out evenly among the keys that are left",
        hint=SHARE,
        knobs={"rest": "evenly"},
    ),
    Mistake(
        "shared out, the cut key too",
        symptom="the key that was cut gets some of its weight back",
        diagnosis="you share the cut weight out evenly among all keys up to the query",
        hint=SHARE,
        knobs={"rest": "evenly, the cut key too"},
    ),
    Mistake(
        "shared out to the future",
        symptom="the query looks at the future",
        diagnosis="you share the cut weight out evenly among all other keys, allowed or not",
        hint=SHARE,
        knobs={"rest": "evenly to all"},
    ),
    Mistake(
        "shared out to everybody",
        symptom="the query looks at the future, and at the key that was cut",
        diagnosis="you share the cut weight out evenly among all T keys",
        hint=SHARE,
        knobs={"rest": "evenly to all, the cut key too"},
    ),
    Mistake(
        "given to itself",
        symptom="the query looks far more at itself",
        diagnosis="you add the cut weight to the query's own place",
        hint=SHARE,
        knobs={"rest": "to itself"},
    ),
    Mistake(
        "given to the first",
        symptom="the query looks far more at the first token",
        diagnosis="you add the cut weight to key 0",
        hint=SHARE,
        knobs={"rest": "to the first"},
    ),
    Mistake(
        "given to the largest",
        symptom="the strongest key that is left grows, and no other does",
        diagnosis="you add the cut weight to the largest weight that is left",
        hint=SHARE,
        knobs={"rest": "to the largest"},
    ),
    Mistake(
        "cut for all queries",
        symptom="nobody can look at the key any more, and other rows sum to less than 1",
        diagnosis="you set the whole column of the key to 0",
        hint=ONE,
        knobs={"cut": "key for all"},
    ),
    Mistake(
        "cut for all queries, all divided",
        symptom="nobody can look at the key any more",
        diagnosis="you set the whole column of the key to 0, and divide all rows by their sums",
        hint=ONE,
        knobs={"cut": "key for all", "rest": "all rows"},
    ),
    Mistake(
        "row and column exchanged",
        symptom="nothing is cut, unless the query looks at itself",
        diagnosis="you write weights[key, query], where the map has a 0 already; rows are queries",
        hint="Who looks stands in front: which index comes first?",
        knobs={"cut": "turned"},
    ),
    Mistake(
        "whole row",
        symptom="the row of the cut is nan: there is nothing left to divide by",
        diagnosis="you set all weights of the query to 0",
        hint=ONE,
        knobs={"cut": "row"},
    ),
    Mistake(
        "only this edge left",
        symptom="the query looks at nothing but the key",
        diagnosis="you keep the edge, and cut all others of its row",
        hint="Which weight should become 0: this one, or the rest?",
        knobs={"cut": "only it"},
    ),
    Mistake(
        "row alone",
        symptom="a single row comes back",
        diagnosis="you return the row of the cut, not the map it stands in",
        hint="What comes out should have the shape of what went in.",
        knobs={"shape": "row"},
    ),
    Mistake(
        "untouched",
        symptom="nothing was cut",
        diagnosis="you return the map as it came: you changed a copy, and return the original",
        hint="Which array do you change, and which do you return?",
        knobs={"shape": "untouched"},
    ),
)

"""Notebook 10: the mistakes known of the exercise in maps_5_ranks."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_5_ranks

TIES = "In 2, 5, 2 the two 2s stand on places 1 and 2. Which rank do both get?"
BOTH = "The heads are ordered twice, by x and by y. Which numbers are to be compared?"
DIVIDED = "A correlation lies between -1 and 1. What must a covariance be divided by, for that?"
CENTRED = "Two orders that have nothing to do with each other should give about 0."
BRACKET = "Both sums of squares stand below the line. Does a / b * c divide by c?"
ONE = "One number: from -1, opposite order, to 1, the same order."

MISTAKES = (
    Mistake(
        "values, not ranks",
        symptom="a few large numbers decide",
        diagnosis="you correlate the numbers themselves; that is Pearson's correlation",
        hint="What is left of 0.1, 0.7 and 40 when only their order counts?",
        knobs={"ranked": "neither"},
    ),
    Mistake(
        "x ranked alone",
        symptom="the sizes of y count, and should not",
        diagnosis="only x is replaced by its ranks",
        hint=BOTH,
        knobs={"ranked": "x alone"},
    ),
    Mistake(
        "y ranked alone",
        symptom="the sizes of x count, and should not",
        diagnosis="only y is replaced by its ranks",
        hint=BOTH,
        knobs={"ranked": "y alone"},
    ),
    Mistake(
        "each sorted",
        symptom="everything is found to be in nearly the same order",
        diagnosis="you sort x and y, each by itself, and so tear the pairs apart",
        hint="Number i of x and number i of y belong to the same head. Do they still?",
        knobs={"ranked": "each sorted"},
    ),
    Mistake(
        "one upside down",
        symptom="the sign is wrong",
        diagnosis="one of the two is ranked from the largest down, the other from the smallest up",
        hint="Rank 1 for the smallest, or for the largest: either will do, but for both.",
        knobs={"ranked": "one upside down"},
    ),
    Mistake(
        "argsort once",
        symptom="the answer has nothing to do with the order",
        diagnosis="argsort tells which number comes first, not which place a number has",
        hint="What does argsort give for [30, 10, 20], and what are its ranks?",
        knobs={"ranks": "argsort once"},
    ),
    Mistake(
        "ties in order of place",
        symptom="it is right as long as no number stands twice",
        diagnosis="equal numbers get different ranks, in the order in which they stand (argsort "
        "of argsort does that), which is also what 1 - 6 Σd² / (n (n² - 1)) takes for granted",
        hint=TIES,
        knobs={"ranks": "in order of place"},
    ),
    Mistake(
        "ties in order of place, from the largest",
        symptom="it is right as long as no number stands twice",
        diagnosis="equal numbers get different ranks, in the order in which they stand; that you "
        "begin with the largest is no harm",
        hint=TIES,
        knobs={"ranks": "in order of place, falling"},
    ),
    Mistake(
        "ties share the least",
        symptom="it is right as long as no number stands twice",
        diagnosis="equal numbers all get the smallest of their ranks",
        hint=TIES,
        knobs={"ranks": "least"},
    ),
    Mistake(
        "ties share the largest",
        symptom="it is right as long as no number stands twice",
        diagnosis="equal numbers all get the largest of their ranks",
        hint=TIES,
        knobs={"ranks": "most"},
    ),
    Mistake(
        "no gaps after ties",
        symptom="it is right as long as no number stands twice",
        diagnosis="equal numbers share one rank, and the next number gets the very next rank, as "
        "np.unique counts",
        hint="After two numbers on places 1 and 2, which place has the third?",
        knobs={"ranks": "no gaps"},
    ),
    Mistake(
        "squared differences",
        symptom="it is right as long as no number stands twice",
        diagnosis="1 - 6 Σd² / (n (n² - 1)) is a short cut that holds without ties only",
        hint="Which correlation of the ranks is the short cut made from?",
        knobs={"measure": "squared differences"},
    ),
    Mistake(
        "sum of products",
        symptom="the answer grows with the number of pairs",
        diagnosis="you add up the products of the distances from the mean, and divide by nothing",
        hint=DIVIDED,
        knobs={"measure": "sum of products"},
    ),
    Mistake(
        "covariance",
        symptom="the answer grows with the number of pairs",
        diagnosis="you return the covariance of the ranks",
        hint=DIVIDED,
        knobs={"measure": "covariance"},
    ),
    Mistake(
        "covariance of a sample",
        symptom="the answer grows with the number of pairs",
        diagnosis="you return the covariance of the ranks, divided by n - 1 as np.cov does",
        hint=DIVIDED,
        knobs={"measure": "covariance of a sample"},
    ),
    Mistake(
        "slope over x",
        symptom="it is right as long as no number stands twice",
        diagnosis="you divide by the variance of x's ranks alone, which gives a slope",
        hint="x and y should be able to change places. Can they, in your formula?",
        knobs={"measure": "slope over x"},
    ),
    Mistake(
        "slope over y",
        symptom="it is right as long as no number stands twice",
        diagnosis="you divide by the variance of y's ranks alone, which gives a slope",
        hint="x and y should be able to change places. Can they, in your formula?",
        knobs={"measure": "slope over y"},
    ),
    Mistake(
        "one bracket missing",
        symptom="the answer is far outside -1 to 1",
        diagnosis="u / a * b divides by a and then multiplies by b, and there is no root",
        hint=BRACKET,
        knobs={"measure": "one bracket missing"},
    ),
    Mistake(
        "one bracket missing, with roots",
        symptom="the answer is far outside -1 to 1",
        diagnosis="u / a * b divides by a and then multiplies by b",
        hint=BRACKET,
        knobs={"measure": "root, one bracket missing"},
    ),
    Mistake(
        "two kinds of deviation",
        symptom="the answer is too large, the more so the fewer the pairs",
        diagnosis="the covariance is divided by n - 1, as np.cov does, and the deviations by n",
        hint="np.cov and np.std divide by different numbers. How do you make them agree?",
        knobs={"measure": "two kinds of deviation"},
    ),
    Mistake(
        "two kinds of deviation, turned",
        symptom="the answer is too small, the more so the fewer the pairs",
        diagnosis="the covariance is divided by n, and the deviations by n - 1 (ddof=1, or torch's "
        "own habit)",
        hint="Mean of products, and std: which number does each divide by?",
        knobs={"measure": "two kinds, turned"},
    ),
    Mistake(
        "divided by the variances",
        symptom="the more pairs, the nearer to 0",
        diagnosis="you divide by the product of the variances, not of the deviations",
        hint="When all ranks are doubled the answer should stay. Does yours?",
        knobs={"measure": "variances"},
    ),
    Mistake(
        "not centred",
        symptom="the answer is nearly always above 0.5",
        diagnosis="you do not take the mean off the ranks before you multiply them",
        hint=CENTRED,
        knobs={"measure": "not centred"},
    ),
    Mistake(
        "not centred, from 0",
        symptom="the answer is nearly always positive",
        diagnosis="you do not take the mean off the ranks, which begin at 0, before you multiply",
        hint=CENTRED,
        knobs={"measure": "not centred, from 0"},
    ),
    Mistake(
        "pairs in order",
        symptom="the sign is right, and the number usually too small",
        diagnosis="you count pairs of heads in the same and in opposite order: that is Kendall's "
        "rank correlation, and Spearman's is asked for",
        hint="Spearman's is an ordinary correlation, of ranks.",
        knobs={"measure": "pairs in order"},
    ),
    Mistake(
        "share of equal ranks",
        symptom="two orders that are nearly the same give nearly 0",
        diagnosis="you count how often both ranks are equal",
        hint="Ranks 3 and 4 are near each other. Where does that count?",
        knobs={"measure": "share of equal ranks"},
    ),
    Mistake(
        "mean distance",
        symptom="the same order gives 0",
        diagnosis="you return how far apart the ranks are",
        hint=ONE,
        knobs={"measure": "mean distance"},
    ),
    Mistake(
        "absolute",
        symptom="opposite orders give a positive number",
        diagnosis="you take the absolute value, and lose the sign",
        hint=ONE,
        knobs={"then": "absolute"},
    ),
    Mistake(
        "squared",
        symptom="opposite orders give a positive number",
        diagnosis="you return the square of the correlation",
        hint=ONE,
        knobs={"then": "squared"},
    ),
    Mistake(
        "whole table",
        symptom="four numbers come back",
        diagnosis="np.corrcoef gives a table: each with itself, and with the other",
        hint="Which of the four numbers is about x and y?",
        knobs={"then": "matrix"},
    ),
    Mistake(
        "with itself",
        symptom="the answer is always 1",
        diagnosis="you take the correlation of x with itself: [0, 0] of the table, or the same "
        "ranks twice",
        hint="Which of the four numbers of the table is about x and y?",
        knobs={"then": "with itself"},
    ),
    Mistake(
        "ranks themselves",
        symptom="two rows of ranks come back",
        diagnosis="you return the ranks, and do not correlate them",
        hint=ONE,
        knobs={"then": "ranks"},
    ),
)

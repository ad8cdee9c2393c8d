"""Notebook 07: the words for those who go wrong in generation_2_top_k."""

from __future__ import annotations

import math

from aigc_lab.exercises.bank.generation_filters import MASK
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in generation_2_top_k

MISTAKES = (
    Mistake(
        "strict",
        "one token too few stays; with k = 1 none does",
        "a logit has to be larger than the k-th largest, so that the k-th itself goes",
        "Is the k-th largest one of the k largest? Which comparison keeps it?",
        knobs={"ties": "strict"},
    ),
    Mistake(
        "ties_first",
        "of tokens with equal logits some stay and some go",
        "exactly k tokens are kept, the first of those that tie with the k-th",
        "Equally likely tokens are to be treated alike. Compare values, not places.",
        knobs={"ties": "first"},
    ),
    Mistake(
        "ties_last",
        "of tokens with equal logits some stay and some go",
        "exactly k tokens are kept, the last of those that tie with the k-th",
        "Equally likely tokens are to be treated alike. Compare values, not places.",
        knobs={"ties": "last"},
    ),
    Mistake(
        "distinct",
        "more than k tokens stay where two of the largest are equal",
        "you look for the k-th largest of the *different* values",
        "Two tokens with equal logits are two tokens. What does a set make of them?",
        knobs={"ties": "distinct"},
    ),
    Mistake(
        "smallest",
        "the least likely tokens are kept",
        "you keep the k smallest logits; np.sort and np.argsort begin with the smallest",
        "At which end of a sorted array do the largest stand?",
        knobs={"end": "bottom"},
    ),
    Mistake(
        "turned",
        "the most likely tokens are ruled out",
        "the condition is turned round: the k largest get the minus infinity",
        "np.where(condition, a, b) takes a where the condition holds. Which is yours?",
        knobs={"end": "turned"},
    ),
    Mistake(
        "argsort_as_ranks",
        "the number of tokens is right, but the wrong ones stay",
        "you compare the result of argsort with k, as if it held ranks",
        "argsort says which token comes first, second, …, not which rank a token has.",
        knobs={"end": "argsort"},
    ),
    Mistake(
        "k_itself",
        "how many tokens stay does not depend on how many are wanted, but on their logits",
        "you compare the logits with k",
        "k counts tokens. Which *logit* separates the k largest from the others?",
        knobs={"end": "k"},
    ),
    Mistake(
        "absolute",
        "strongly negative logits are kept",
        "you rank the logits by their size without the sign",
        "A logit of -5 is an unlikely token. Where does its sign get lost?",
        knobs={"end": "absolute"},
    ),
    Mistake(
        "zeros",
        "ruled out tokens have logit 0",
        "you fill with 0 instead of minus infinity",
        "What probability does softmax give a logit of 0 among negative ones?",
        knobs={"out": 0.0},
    ),
    Mistake(
        "small_number",
        "ruled out tokens have a very negative logit, not minus infinity",
        "you fill with a finite number such as -1e9",
        "Only one number is certain to become the probability 0. Which?",
        knobs={"out": -1e9},
    ),
    Mistake(
        "nan",
        "ruled out tokens are nan",
        "you fill with nan, which softmax spreads over the whole row",
        "Which number becomes 0 under the exponential?",
        knobs={"out": math.nan},
    ),
    Mistake(
        "one_more",
        "one token too many stays",
        "you read off the logit after the k-th largest",
        "Counting begins at 0. Which place has the k-th largest from the front, and from the end?",
        knobs={"many": "one more"},
    ),
    Mistake(
        "one_fewer",
        "one token too few stays",
        "you read off the logit before the k-th largest",
        "Counting begins at 0. Which place has the k-th largest from the front, and from the end?",
        knobs={"many": "one fewer"},
    ),
    Mistake(
        "not_capped",
        "a k larger than the vocabulary stops with an error",
        "you ask for the k-th largest where there is none",
        "With 4 tokens and k = 7, how many can stay at most? Which function gives the "
        "smaller of two numbers?",
        knobs={"many": "not capped"},
    ),
    Mistake(
        "capped_by_rows",
        "with few rows, fewer than k tokens stay",
        "you cap k at len(logits), which for several rows counts the rows",
        "Which axis counts the tokens? logits.shape has all lengths.",
        knobs={"rows": "capped by rows"},
    ),
    Mistake(
        "row_as_border",
        "one row is right; of several rows too much stays, or too little",
        "with np.sort(logits)[-k] you pick a whole row, not a number of each row",
        "An index in front counts rows. How do you index the last axis, whatever stands before it?",
        knobs={"rows": "row as border"},
    ),
    Mistake(
        "no_axis_kept",
        "one row is right; of several rows each token meets another row's border",
        "the k-th largest of each row has lost its axis, so that rows and columns are mixed",
        "(B,) against (B, V): NumPy pairs it with the tokens. Which shape pairs it with rows?",
        knobs={"rows": "no axis kept"},
    ),
    Mistake(
        "whole",
        "several rows have k tokens left between them",
        "you look for the k largest of the whole array",
        "Each row is a distribution of its own. Along which axis do you sort?",
        knobs={"rows": "whole"},
    ),
    Mistake(
        "sorted",
        "k numbers come back, largest first, and nobody knows whose they are",
        "you return the k largest logits themselves",
        "Place i belongs to token i. How can the others be ruled out without moving?",
        knobs={"give": "sorted"},
    ),
    Mistake(
        "in_order",
        "the largest logit stands in front",
        "you return the logits in sorted order",
        "Place i belongs to token i. Sort a copy, and only to find the k-th largest.",
        knobs={"give": "in order"},
    ),
    Mistake(
        "short",
        "only the kept logits come back",
        "you select the kept logits, so that the others lose their places",
        "Place i belongs to token i. What can stand in the place of a token ruled out?",
        knobs={"give": "short"},
    ),
    Mistake(
        "ids",
        "whole numbers come back",
        "you return the ids of the k largest, not the logits",
        "What is asked for are V logits. What stands at the ids that you found?",
        knobs={"give": "ids"},
    ),
    Mistake(
        "probabilities",
        "probabilities come back",
        "you take the softmax after the cut",
        "The next dial expects logits; the softmax comes when all dials have acted.",
        knobs={"give": "probs"},
    ),
    MASK,
)

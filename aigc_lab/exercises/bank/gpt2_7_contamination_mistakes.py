"""Notebook 09: the mistakes known of the exercise in gpt2_7_contamination."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_7_contamination_flawed import lists_in_a_set, lists_looked_up
from aigc_lab.exercises.bank.gpt2_7_contamination_grams import GRAMS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_7_contamination

ASKED = "Of which text do we want to know how much of it was seen?"
HOW_MANY = "How many n-grams do 5 ids have, for n = 2?"
ORDER = "Is 'dog bites man' the same n-gram as 'man bites dog'?"
DIGITS = "12 and 3 are other ids than 1 and 23. What do their digits say, written together?"
TUPLES = "What is like a list, but cannot be changed, so that a set takes it?"
ONE_NUMBER = "A share lies between 0 and 1."

MISTAKES = (
    *GRAMS,
    Mistake(
        "sets of ids",
        symptom="n-grams with the same ids in another order count as seen",
        diagnosis="you compare n-grams as sets, which have no order",
        hint=ORDER,
        knobs={"match": "sets"},
    ),
    Mistake(
        "sorted ids",
        symptom="n-grams with the same ids in another order count as seen",
        diagnosis="you sort the ids of an n-gram before you compare",
        hint=ORDER,
        knobs={"match": "sorted"},
    ),
    Mistake(
        "sums of ids",
        symptom="other n-grams count as seen",
        diagnosis="you compare the sums of the ids",
        hint="How many pairs of ids have the sum 10?",
        knobs={"match": "sums"},
    ),
    Mistake(
        "first id only",
        symptom="other n-grams count as seen",
        diagnosis="you compare the first id of the n-grams only",
        hint="When are two n-grams the same?",
        knobs={"match": "first id"},
    ),
    Mistake(
        "digits run together",
        symptom="other n-grams count as seen",
        diagnosis="you write the ids of an n-gram one behind the other, with nothing between",
        hint=DIGITS,
        knobs={"match": "digits"},
    ),
    Mistake(
        "digits of the whole text",
        symptom="other n-grams count as seen",
        diagnosis="you look for digits in the digits of all training ids",
        hint=DIGITS,
        knobs={"match": "digits of all"},
    ),
    Mistake(
        "part of a number",
        symptom="other n-grams count as seen",
        diagnosis="you look for the n-gram as text in the training ids as text, and '1 2' stands "
        "in '11 23' as well",
        hint="Where does an id begin and end in your text? Compare numbers instead.",
        knobs={"match": "text"},
    ),
    Mistake(
        "ids anywhere",
        symptom="n-grams that never stand in training count as seen",
        diagnosis="you ask whether all ids of an n-gram stand somewhere in training",
        hint="Nearly every word of an exam stands somewhere in training. What about its order?",
        knobs={"match": "ids anywhere"},
    ),
    Mistake(
        "one id is enough",
        symptom="nearly everything counts as seen",
        diagnosis="you ask whether any id of an n-gram stands in training",
        hint="When has an n-gram been seen: when one of its ids was, or when it was as a whole?",
        knobs={"match": "one id is enough"},
    ),
    Mistake(
        "with gaps",
        symptom="n-grams that never stand in training count as seen",
        diagnosis="you let other ids stand between the ids of an n-gram",
        hint="An n-gram is n ids in a row.",
        knobs={"match": "gaps"},
    ),
    Mistake(
        "same place",
        symptom="only what stands at the same place in both texts counts as seen",
        diagnosis="you compare the exam's n-gram number i with training's number i only",
        hint="May a sentence of the exam stand anywhere in training?",
        knobs={"match": "same place"},
    ),
    Mistake(
        "looked for as one id",
        symptom="nothing is ever seen",
        diagnosis="you ask whether an n-gram is one of the training ids; no id is a list or tuple",
        hint="What is [2, 3] in [1, 2, 3]? Compare n-grams with n-grams.",
        knobs={"match": "as one id"},
    ),
    Mistake(
        "divided by the ids",
        symptom="the answer is too small",
        diagnosis="you divide by the number of ids, or count the pieces at the end, too short for "
        "an n-gram",
        hint=HOW_MANY,
        knobs={"share": "of ids"},
    ),
    Mistake(
        "divided by one too few",
        symptom="the answer is too large, and may pass 1",
        diagnosis="you divide by len(exam) - n",
        hint=HOW_MANY,
        knobs={"share": "one too few"},
    ),
    Mistake(
        "divided by the parts",
        symptom="the answer is too large, and may pass 1",
        diagnosis="you divide by len(exam) // n, as if n-grams did not overlap",
        hint=HOW_MANY,
        knobs={"share": "of parts"},
    ),
    Mistake(
        "divided by training's",
        symptom="the more training, the smaller the answer",
        diagnosis="you divide by the number of training's n-grams",
        hint=ASKED,
        knobs={"share": "of training's"},
    ),
    Mistake(
        "turned around, each once",
        symptom="the more training, the smaller the answer",
        diagnosis="you take the share of training's different n-grams that stand in the exam",
        hint=ASKED,
        knobs={"share": "turned around, distinct"},
    ),
    Mistake(
        "turned around",
        symptom="the more training, the smaller the answer",
        diagnosis="you count which of training's n-grams stand in the exam",
        hint=ASKED,
        knobs={"share": "turned around"},
    ),
    Mistake(
        "jaccard",
        symptom="the more training, the smaller the answer",
        diagnosis="you divide by the n-grams of both texts together (the Jaccard index)",
        hint=ASKED,
        knobs={"share": "jaccard"},
    ),
    Mistake(
        "dice",
        symptom="the more training, the smaller the answer",
        diagnosis="you divide twice the common n-grams by those of both texts (the Dice index)",
        hint=ASKED,
        knobs={"share": "hits twice"},
    ),
    Mistake(
        "percent",
        symptom="the answer is 100 times the right one",
        diagnosis="you return a number of percent",
        hint=ONE_NUMBER,
        knobs={"share": "percent"},
    ),
    Mistake(
        "count",
        symptom="the longer the exam, the larger the answer",
        diagnosis="you return how many n-grams were seen, and do not divide",
        hint=ONE_NUMBER,
        knobs={"share": "count"},
    ),
    Mistake(
        "clean share",
        symptom="an exam that was never seen gets a 1",
        diagnosis="you return the share of what was not seen",
        hint="What should an exam get that is a part of training?",
        knobs={"share": "clean"},
    ),
    Mistake(
        "any",
        symptom="the answer is True or False",
        diagnosis="you say whether any n-gram was seen",
        hint=ONE_NUMBER,
        knobs={"share": "any"},
    ),
    Mistake(
        "all",
        symptom="the answer is True or False",
        diagnosis="you say whether all n-grams were seen",
        hint=ONE_NUMBER,
        knobs={"share": "all"},
    ),
    Mistake(
        "whole number",
        symptom="the answer is always 0 or 1",
        diagnosis="you divide with //",
        hint="What is 2 // 4?",
        knobs={"share": "whole"},
    ),
    Mistake(
        "one answer each",
        symptom="a list comes back instead of a number",
        diagnosis="you say of each n-gram whether it was seen",
        hint="What makes a share of a list of True and False?",
        knobs={"share": "which"},
    ),
    Mistake(
        "ids covered",
        symptom="the answer is too large",
        diagnosis="you return the share of ids that stand in a seen n-gram; n-grams are asked for",
        hint=HOW_MANY,
        knobs={"share": "ids covered"},
    ),
    Mistake(
        "times seen",
        symptom="the answer may pass 1",
        diagnosis="you count how often each n-gram stands in training, instead of whether it does",
        hint=ONE_NUMBER,
        knobs={"share": "times seen"},
    ),
    Mistake(
        "lists in a set",
        symptom="it stops with a TypeError: a list cannot stand in a set",
        diagnosis="your n-grams are lists, and a set takes only what cannot be changed",
        hint=TUPLES,
        wrong=lists_in_a_set,
    ),
    Mistake(
        "lists looked up in a set",
        symptom="it stops with a TypeError: a list cannot stand in a set",
        diagnosis="training's n-grams are in a set, and you look up lists in it",
        hint=TUPLES,
        wrong=lists_looked_up,
    ),
)

"""Notebook 09: the mistakes known of what an n-gram is, for gpt2_7_contamination."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_7_contamination_flawed import (
    single_ids_of_the_rest,
    views_of_arrays,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_7_contamination

LAST = "5 ids have 4 pairs. Where does the last one begin, and does your range reach it?"
N_IDS = "Which ids does ids[i:i + 2] hold?"
EVERYWHERE = "A sentence may begin anywhere, not only at a multiple of n."
SHORT = "What is [1, 2, 3][2:4]? Is that an n-gram?"
SINGLE = "you look for single ids, and `n` is not used"
IN_A_ROW = "Nearly every word of an exam stands somewhere in training. What about its order?"
TOO_SHORT = "What is said above of an exam that is shorter than n?"

GRAMS = (
    Mistake(
        "single ids",
        symptom="n changes nothing",
        diagnosis=SINGLE,
        hint=IN_A_ROW,
        knobs={"size": "1"},
    ),
    Mistake(
        "single ids, each once",
        symptom="n changes nothing",
        diagnosis="you look for single ids, each counted once, and `n` is not used",
        hint=IN_A_ROW,
        knobs={"size": "1", "distinct": True},
    ),
    Mistake(
        "single ids, short exams aside",
        symptom="n changes nothing, as long as the exam is long enough",
        diagnosis=SINGLE,
        hint=IN_A_ROW,
        wrong=single_ids_of_the_rest,
    ),
    Mistake(
        "first id of each n-gram",
        symptom="n changes hardly anything",
        diagnosis="you look for the first id of each n-gram, and not for the others",
        hint=IN_A_ROW,
        knobs={"match": "first id anywhere"},
    ),
    Mistake(
        "each n-gram once",
        symptom="an n-gram that the exam repeats counts once",
        diagnosis="you put the exam's n-grams into a set, which holds each of them once",
        hint="Every place of the exam counts. What does a set forget?",
        knobs={"distinct": True},
    ),
    Mistake(
        "as often as in training",
        symptom="an n-gram that the exam repeats counts less often than it comes",
        diagnosis="you count an n-gram at most as often as it stands in training",
        hint="If a sentence was seen once, has its second place in the exam not been seen?",
        knobs={"share": "as often"},
    ),
    Mistake(
        "one id too short",
        symptom="too much counts as seen",
        diagnosis="your n-grams hold n - 1 ids",
        hint=N_IDS,
        knobs={"size": "one shorter"},
    ),
    Mistake(
        "one id too long",
        symptom="too little counts as seen",
        diagnosis="your n-grams hold n + 1 ids",
        hint=N_IDS,
        knobs={"size": "one longer"},
    ),
    Mistake(
        "last n-gram missing",
        symptom="the last n-gram of either text is missing",
        diagnosis="your ranges end one too early, in the exam and in training",
        hint=LAST,
        knobs={"asked": "not the last", "seen": "not the last"},
    ),
    Mistake(
        "last n-gram of the exam missing",
        symptom="the exam's last n-gram is never asked for",
        diagnosis="your range over the exam ends one too early",
        hint=LAST,
        knobs={"asked": "not the last"},
    ),
    Mistake(
        "last n-gram of training missing",
        symptom="what stands at the very end of training counts as not seen",
        diagnosis="your range over training ends one too early",
        hint=LAST,
        knobs={"seen": "not the last"},
    ),
    Mistake(
        "short ones too",
        symptom="the ends of the texts count as n-grams",
        diagnosis="you go on to the last id of both texts, where too few ids are left",
        hint=SHORT,
        knobs={"asked": "short ones too", "seen": "short ones too"},
    ),
    Mistake(
        "side by side",
        symptom="most n-grams are missing",
        diagnosis="you cut both texts into pieces of n ids that do not overlap",
        hint=EVERYWHERE,
        knobs={"asked": "side by side", "seen": "side by side"},
    ),
    Mistake(
        "side by side, with a short one",
        symptom="most n-grams are missing",
        diagnosis="you cut both texts into pieces of n ids that do not overlap; the last may be "
        "shorter",
        hint=EVERYWHERE,
        knobs={
            "asked": "side by side, short one too",
            "seen": "side by side, short one too",
        },
    ),
    Mistake(
        "exam side by side",
        symptom="most n-grams of the exam are never asked for",
        diagnosis="you cut the exam into pieces of n ids that do not overlap",
        hint=EVERYWHERE,
        knobs={"asked": "side by side"},
    ),
    Mistake(
        "training side by side",
        symptom="most n-grams of training count as not seen",
        diagnosis="you cut training into pieces of n ids that do not overlap",
        hint=EVERYWHERE,
        knobs={"seen": "side by side"},
    ),
    Mistake(
        "one place is enough",
        symptom="nearly everything counts as seen",
        diagnosis="NumPy's `in` asks whether any number agrees with any at its place, not whether "
        "a whole row does",
        hint="(x == rows) is True or False for each number. What must hold for a row to be x?",
        knobs={"match": "one place"},
    ),
    Mistake(
        "training shorter than n",
        symptom="it stops with a ValueError where training is shorter than n",
        diagnosis="sliding_window_view wants at least n ids",
        hint="What has been seen of an exam if training has no n-gram at all?",
        wrong=views_of_arrays,
    ),
    Mistake(
        "first n-gram only",
        symptom="the answer is 0 or 1",
        diagnosis="you return inside the loop, after the first n-gram",
        hint="How far is your return indented?",
        knobs={"asked": "the first"},
    ),
    Mistake(
        "division by zero",
        symptom="it stops with a ZeroDivisionError where the exam is shorter than n",
        diagnosis="you divide by the number of n-grams also where there are none",
        hint=TOO_SHORT,
        knobs={"nothing": "error"},
    ),
    Mistake(
        "mean of nothing",
        symptom="the answer is nan where the exam is shorter than n",
        diagnosis="you take the mean of an empty list",
        hint=TOO_SHORT,
        knobs={"nothing": "nan"},
    ),
    Mistake(
        "nothing is all",
        symptom="an exam shorter than n counts as wholly seen",
        diagnosis="you answer 1 where there are no n-grams",
        hint=TOO_SHORT,
        knobs={"nothing": "1"},
    ),
    Mistake(
        "nothing for nothing",
        symptom="None comes back where the exam is shorter than n",
        diagnosis="you return no number where there are no n-grams",
        hint=TOO_SHORT,
        knobs={"nothing": "None"},
    ),
    Mistake(
        "an exam of n refused",
        symptom="an exam of just n ids counts as too short",
        diagnosis="you compare the lengths with <= where < is meant",
        hint="How many n-grams does an exam of n ids have?",
        knobs={"nothing": "0 up to n"},
    ),
)

"""Notebook 10: the mistakes known of the exercise in maps_2_induction."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_2_induction_others import OTHERS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_2_induction

LATER = "Write the queries down whose token stood before. How many are they?"
AGAIN = "In A B … A, the second A is the query. Which key should it look at?"
ALL = "A token may have stood before more than once. Which of its places count?"
HALVES = "Half of the weight on one place and half on the other: how much looks at what followed?"

MISTAKES = (
    Mistake(
        "duplicate token",
        symptom="a perfect induction head scores 0",
        diagnosis="you take the weights on the earlier places themselves; that is the score of a "
        "duplicate-token head",
        hint=AGAIN,
        knobs={"looks": "there"},
    ),
    Mistake(
        "place before",
        symptom="a perfect induction head scores low",
        diagnosis="you look one place before the earlier ones instead of one place after them",
        hint=AGAIN,
        knobs={"looks": "before"},
    ),
    Mistake(
        "turned",
        symptom="the score is always 0",
        diagnosis="query and key have changed places: you look from the earlier place at the later "
        "one, where nobody may look",
        hint="Rows are queries. Which of the two places comes later, and so does the looking?",
        knobs={"looks": "turned"},
    ),
    Mistake(
        "newest place only",
        symptom="tokens that stood there twice before get too little",
        diagnosis="you count the newest of the earlier places only",
        hint=ALL,
        knobs={"earlier": "last"},
    ),
    Mistake(
        "oldest place only",
        symptom="tokens that stood there twice before get too little",
        diagnosis="you count the first of the earlier places only, as list.index or argmax find it",
        hint=ALL,
        knobs={"earlier": "first"},
    ),
    Mistake(
        "token to come",
        symptom="it is right where one pattern repeats, and wrong everywhere else",
        diagnosis="you look for the earlier places of the token to come, ids[q + 1]; the head does "
        "not know it yet",
        hint="Start from the token that the query holds. What followed it the last time?",
        knobs={"earlier": "of the token to come"},
    ),
    Mistake(
        "own place counted",
        symptom="where a token stands twice in a row, the score is too large",
        diagnosis="the place after the earlier one may be the query itself, and you count it",
        hint="In A A, what stands after the first A? Can the head learn from it what comes next?",
        knobs={"own": True},
    ),
    Mistake(
        "wraps round",
        symptom="queries that hold the last token of the text get the weight on key 0 as well",
        diagnosis="shifted by np.roll, the last column comes back as the first",
        hint="What stands after the very last place? Look at column 0 after your shift.",
        knobs={"wraps": "yes"},
    ),
    Mistake(
        "wraps round, and is counted",
        symptom="queries that hold the last token of the text are counted, with the weight on key "
        "0, also where that token is new",
        diagnosis="shifted by np.roll, the last column comes back as the first",
        hint="What stands after the very last place? Look at column 0 after your shift.",
        knobs={"wraps": "counted too"},
    ),
    Mistake(
        "mean of places",
        symptom="tokens that stood there twice before get too little",
        diagnosis="for each query you take the mean over its places, not their sum",
        hint=HALVES,
        knobs={"places": "mean"},
    ),
    Mistake(
        "mean of places, or of none",
        symptom="tokens that stood there twice before get too little, and doubles give nan",
        diagnosis="for each query you take the mean over its places, not their sum, and where a "
        "word stands twice in a row there may be no place left to take it of",
        hint=HALVES,
        knobs={"places": "mean, or of none"},
    ),
    Mistake(
        "largest of places",
        symptom="tokens that stood there twice before get too little",
        diagnosis="for each query you take the largest of its weights, not their sum",
        hint=HALVES,
        knobs={"places": "most"},
    ),
    Mistake(
        "largest of places, or of none",
        symptom="tokens that stood there twice before get too little, and doubles stop it",
        diagnosis="for each query you take the largest of its weights, not their sum, and where a "
        "word stands twice in a row there may be none left to take it of",
        hint=HALVES,
        knobs={"places": "most, or of none"},
    ),
    Mistake(
        "mean over pairs",
        symptom="queries with many earlier places count several times",
        diagnosis="you take the mean over all pairs of query and place at once, and not a sum for "
        "each query first",
        hint="First the total of each query, then the mean over the queries.",
        knobs={"summary": "over pairs"},
    ),
    Mistake(
        "over all queries",
        symptom="the score is too small, and a perfect head does not reach 1",
        diagnosis="you divide by T, and so count the queries whose token is new as failures",
        hint=LATER,
        knobs={"summary": "over all queries"},
    ),
    Mistake(
        "over all but the first",
        symptom="the score is too small, and a perfect head does not reach 1",
        diagnosis="you divide by T - 1, and so count the queries whose token is new as failures",
        hint=LATER,
        knobs={"summary": "over all but the first"},
    ),
    Mistake(
        "over all numbers",
        symptom="the score is far too small, and the longer the text, the smaller",
        diagnosis="you divide by T · T: all other weights were set to 0, and counted all the same",
        hint=LATER,
        knobs={"summary": "over all numbers"},
    ),
    Mistake(
        "first places counted",
        symptom="the score is too small, and a perfect head does not reach 1",
        diagnosis="you also count the first places of tokens that come back later",
        hint="The first time a token stands there, what could a head look back at?",
        knobs={"summary": "over all its places"},
    ),
    Mistake(
        "over distinct tokens",
        symptom="the score is too large where a token comes back more than once",
        diagnosis="you divide by the number of different tokens that come back; the mean is over "
        "queries",
        hint=LATER,
        knobs={"summary": "over distinct tokens"},
    ),
    Mistake(
        "sum",
        symptom="the score grows with the number of repeats",
        diagnosis="you add the totals up, and do not divide by the number of queries",
        hint="A perfect head should score 1, in a long text too.",
        knobs={"summary": "sum"},
    ),
    Mistake(
        "one for each query",
        symptom="several numbers come back",
        diagnosis="you return the total of each query",
        hint="One number for the whole head: what do you make of all those totals?",
        knobs={"summary": "each"},
    ),
    Mistake(
        "doubles dropped",
        symptom="the score is too high, or no number, where a word stands twice in a row",
        diagnosis="a query whose only earlier place is just before it is left out of the mean; its "
        "token did stand before, so it counts, with 0",
        hint="Take the ids 3, 3, 1, 2, 1. Which queries have a token that stood before?",
        knobs={"doubles": "dropped"},
    ),
    Mistake(
        "best query",
        symptom="one single token decides",
        diagnosis="you return the largest of the totals",
        hint="What does a mean ask of all queries that a maximum does not?",
        knobs={"summary": "most"},
    ),
    Mistake(
        "returned in the loop",
        symptom="one single token decides",
        diagnosis="you return the total of the first query whose token stood before",
        hint="How far is your return indented?",
        knobs={"summary": "first"},
    ),
    Mistake(
        "last query only",
        symptom="one single token decides",
        diagnosis="you return the total of the last query whose token stood before",
        hint="Is the total set anew in each round? A score of a head is a mean over its queries.",
        knobs={"summary": "last"},
    ),
    Mistake(
        "last query left out",
        symptom="the last token has no say",
        diagnosis="you stop one query too early; where a head looks needs no token after it",
        hint="What is the last number in range(len(ids) - 1)?",
        knobs={"summary": "without the last query"},
    ),
    Mistake(
        "where it looks most",
        symptom="the score jumps: it counts queries, and does not weigh them",
        diagnosis="you count how often the largest weight of a row stands on one of the places",
        hint="A weight of 0.4 and one of 0.9 may both be the largest of their rows. Should they "
        "count alike?",
        knobs={"summary": "where it looks most"},
    ),
    *OTHERS,
)

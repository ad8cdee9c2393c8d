"""Notebook 09: the mistakes known of a name's prefix, for gpt2_1_names."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_1_names

ORDERS = {
    "": "prefix first",
    ", after the checks": "prefix last",
    ", after the head": "head first",
    ", after the masks": "masks first",
}
EVERY_PREFIX = (
    *(
        Mistake(
            f"prefix cut by its length{when}",
            symptom="names that come without the prefix lose their first twelve letters",
            diagnosis="you cut as many letters as 'transformer.' has, whether it is there or not",
            hint="What does your code make of 'wpe.weight'?",
            knobs={"prefix": "by count", "order": order},
        )
        for when, order in ORDERS.items()
    ),
    *(
        Mistake(
            f"first part cut{when}",
            symptom="names that come without the prefix lose their first part",
            diagnosis="you drop what stands before the first dot, whether it is 'transformer' or "
            "not",
            hint="What does your code make of 'wpe.weight'?",
            knobs={"prefix": "first part", "order": order},
        )
        for when, order in list(ORDERS.items())[:2]
    ),
    *(
        Mistake(
            f"prefix expected{when}",
            symptom="it stops with an IndexError at names that come without the prefix",
            diagnosis="you split the name at 'transformer.' and take the second piece, and a name "
            "without the prefix has only one",
            hint="What does your code make of 'wpe.weight'?",
            knobs={"prefix": "second half", "order": order},
        )
        for when, order in ORDERS.items()
    ),
)

PREFIXES = (
    Mistake(
        "prefix kept",
        symptom="names with 'transformer.' in front keep it",
        diagnosis="you never take the prefix off, or drop the name without it",
        hint="Our GPT has no part called 'transformer'. (Strings never change in place.)",
        knobs={"prefix": "kept"},
    ),
    Mistake(
        "dot left",
        symptom="names begin with a dot",
        diagnosis="you take 'transformer' off and leave the dot behind it",
        hint="Print the first few names that come out.",
        knobs={"prefix": "dot left"},
    ),
    Mistake(
        "letters stripped",
        symptom="names lose letters at their end",
        diagnosis="strip takes a set of letters, not a word, and takes them off both ends",
        hint="'weight' ends in t, and 'bias' in s: both are letters of 'transformer'. Which method "
        "takes off a whole word?",
        knobs={"prefix": "letters"},
    ),
    Mistake(
        "letters stripped, after the checks",
        symptom="names lose letters at their end",
        diagnosis="strip takes a set of letters, not a word, and takes them off both ends",
        hint="'weight' ends in t, and 'bias' in s: both are letters of 'transformer'. Which method "
        "takes off a whole word?",
        knobs={"prefix": "letters", "order": "prefix last"},
    ),
    Mistake(
        "prefix added",
        symptom="every name has 'transformer.' in front",
        diagnosis="you map our names to the published ones, not the published ones to ours",
        hint="Which of the two sides has the prefix: the file or our GPT?",
        knobs={"prefix": "added", "order": "prefix last"},
    ),
    Mistake(
        "layer lost",
        symptom="all layers get the same names",
        diagnosis="you keep the last two parts of the name only, so the layer's number is lost",
        hint="How would h.0 and h.7 be told apart?",
        knobs={"prefix": "layer lost", "order": "prefix last"},
    ),
    *EVERY_PREFIX,
)

"""Notebook 08: the mistakes known of the exercise in gpu_5_leaks."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_5_leaks_flawed import (
    changes_left,
    differs_from_formula,
    only_growth_seen,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_5_leaks

MISTAKES = (
    Mistake(
        "keys only",
        symptom="a device that mixes in later values is passed",
        diagnosis="you change the keys and leave the values",
        hint="Scores are made of keys. What are the outputs made of?",
        knobs={"change": ("k",)},
    ),
    Mistake(
        "values only",
        symptom="a device whose weights depend on later keys is passed",
        diagnosis="you change the values and leave the keys",
        hint="A weight is a share. Among how many keys is it shared out?",
        knobs={"change": ("v",)},
    ),
    Mistake(
        "both needed",
        symptom="devices are passed that leak by keys alone, or by values alone",
        diagnosis="you ask about keys and about values, and blame a device only if both leak",
        hint="Is it `and` or `or`?",
        knobs={"change": ("k", "v")},
    ),
    Mistake(
        "last token only",
        symptom="devices are passed that leak in the middle of the text",
        diagnosis="only a change of the last token decides: no other is changed, or the answers of "
        "earlier rounds are lost",
        hint="A device that works in blocks may leak inside each of them, and never at the end.",
        knobs={"starts": "last"},
    ),
    Mistake(
        "first row only",
        symptom="devices are passed that leak further on in the text",
        diagnosis="only the first row decides: you look at no other, or return after the first "
        "round of the loop, or ask that all numbers before the change move",
        hint="How many rows could look ahead? Is it all or any, and how far is your last return "
        "indented?",
        knobs={"starts": "first"},
    ),
    Mistake(
        "returned in the loop",
        symptom="devices are passed that leak further on in the text",
        diagnosis="you return after the first round of the loop",
        hint="Only a leak may end the loop early. How far is your last return indented?",
        knobs={"starts": "returns"},
    ),
    Mistake(
        "one cut in the middle",
        symptom="devices are passed that leak on one side of the middle only",
        diagnosis="you change the second half, and look at the first",
        hint="Which of the rows could still look ahead unseen, inside one half?",
        knobs={"starts": "middle"},
    ),
    Mistake(
        "next token only",
        symptom="devices are passed where a row sees a token further ahead",
        diagnosis="you change one token, and look only at the row right before it",
        hint="Which rows come before token t?",
        knobs={"tokens": "next", "rows": "next"},
    ),
    Mistake(
        "own token changed",
        symptom="good devices are blamed",
        diagnosis="you look at a row whose own key and value are changed: token t itself, too",
        hint="Row t may see token t. Which is the first row that may change?",
        knobs={"starts": "from 0", "rows": "own too"},
    ),
    Mistake(
        "own token changed, from token 1 on",
        symptom="good devices are blamed",
        diagnosis="you look at a row whose own key and value are changed: token t itself, too",
        hint="Row t may see token t. Which is the first row that may change?",
        knobs={"rows": "own too"},
    ),
    Mistake(
        "one row short",
        symptom="devices are passed where each row sees just one token ahead",
        diagnosis="between the last row that you look at and the first token that you change, "
        "there is one token that is neither",
        hint="When token t changes, is row t - 1 among those that you look at?",
        knobs={"rows": "one short"},
    ),
    Mistake(
        "first row left out",
        symptom="a device is passed where only the first row leaks",
        diagnosis="your loop begins one token too late, and the first row is never looked at by "
        "itself",
        hint="What is the first token that row 0 must not see, and is it ever changed?",
        knobs={"starts": "from 2"},
    ),
    Mistake(
        "last row but one left out",
        symptom="a device is passed where only the row before the last one leaks",
        diagnosis="your loop ends one token too early: the last token is never changed alone",
        hint="What may the last row but one not see, and is it ever changed while that row is "
        "looked at?",
        knobs={"starts": "but the last"},
    ),
    Mistake(
        "last token never changed",
        symptom="devices are passed where rows see the last token",
        diagnosis="your loop ends one token too early, and the last token is never changed",
        hint="Which numbers does range(len(k) - 1) give?",
        knobs={"tokens": "next", "starts": "but the last"},
    ),
    Mistake(
        "later rows looked at",
        symptom="good devices are blamed",
        diagnosis="you look at rows that may change, such as those after the change; or you put in "
        "nan or infinity, which a weight of 0 does not remove",
        hint="When token t changes, which rows may change, and which must not?",
        knobs={"rows": "all"},
    ),
    Mistake(
        "everything changed",
        symptom="every device is blamed, even with a single token, which has no future",
        diagnosis="you change keys and values of all tokens, the first included, or the answer is "
        "True whatever the device does",
        hint="What a row may see must stay as it is. Which rows can be compared then?",
        knobs={"starts": "everything", "rows": "all"},
    ),
    Mistake(
        "changed in place",
        symptom="good devices are blamed, and the keys and values are not what they were",
        diagnosis="you change the arrays themselves, so that the next round starts from changed "
        "ones",
        hint="`other = k` gives the same array a second name. How do you get a copy?",
        knobs={"copies": False},
    ),
    Mistake(
        "left changed",
        symptom="the answer is right, but the keys and values are not what they were",
        diagnosis="you change the arrays themselves, and do not give back what was in them",
        hint="Whoever asks about a device still needs the arrays. How do you get a copy?",
        wrong=changes_left,
    ),
    Mistake(
        "turned round",
        symptom="a device without any mask is passed",
        diagnosis="you only put the later tokens in another order, keys and values alike, and "
        "attention does not mind an order",
        hint="A sum stays the same when its terms change places. Which change would show?",
        knobs={"tokens": "turned round"},
    ),
    Mistake(
        "never",
        symptom="no device is ever blamed",
        diagnosis="nothing that you change can show: it is queries, or next to nothing, or nan "
        "(and nan > 1e-6 is False), or only copies that attend never gets",
        hint="Try your function on a device of your own that sees everything. What changes, and "
        "by how much?",
        knobs={"answer": "never"},
    ),
    Mistake(
        "all rounds needed",
        symptom="devices are passed that leak in one place only",
        diagnosis="you ask for a leak at every token",
        hint="One row that looks ahead is enough. Is it all or any?",
        knobs={"answer": "all"},
    ),
    Mistake(
        "exact",
        symptom="a device that only rounds differently is blamed",
        diagnosis="you ask for the very same numbers",
        hint="A device may add in another order each time. How large is such a difference?",
        knobs={"near": 0.0},
    ),
    Mistake(
        "too tolerant",
        symptom="a device that leaks only slightly is passed",
        diagnosis="you let differences pass that are far larger than rounding, or change keys and "
        "values by so little that a small leak is lost in it",
        hint="Rounding changes the seventh digit or so. Which of yours do you compare?",
        knobs={"near": 1e-2},
    ),
    Mistake(
        "without abs",
        symptom="a device is passed whose answers only shrink",
        diagnosis="you ask whether a difference is large, and forget its sign",
        hint="What is the largest of -3 and -5? Which function takes the sign away?",
        wrong=only_growth_seen,
    ),
    Mistake(
        "opposite",
        symptom="every answer is the opposite of the right one",
        diagnosis="you say True where nothing changes",
        hint="What does True stand for: a good device, or a leak?",
        knobs={"answer": "not"},
    ),
    Mistake(
        "against the formula",
        symptom="devices are blamed that compute something else, but do not look ahead",
        diagnosis="you compare with the attention you know, and this device may be another",
        hint="You need no right answer. Compare the device with itself, before and after a change.",
        wrong=differs_from_formula,
    ),
)

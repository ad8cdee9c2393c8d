"""Notebook 06: the mistakes known of the exercise in training_6_accumulate."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_6_accumulate

MISTAKES = (
    Mistake(
        "all at once",
        symptom="memory runs out",
        diagnosis="you join the parts to the large batch again, which has no room in memory",
        hint="Ask for the gradient of one part at a time. How are they put together?",
        knobs={"use": "together"},
    ),
    Mistake(
        "mean of means",
        symptom="targets count more in a part that has few of them",
        diagnosis="you average the parts' gradients, as if all parts had equally many scored "
        "targets",
        hint="A part with one scored target and a part with nine: how much should each weigh?",
        knobs={"weigh": "one", "divide": "one"},
    ),
    Mistake(
        "mean of the means that score",
        symptom="targets count more in a part that has few of them",
        diagnosis="you average the gradients of the parts in which something is scored, as if "
        "these had equally many scored targets",
        hint="A part with one scored target and a part with nine: how much should each weigh?",
        knobs={"weigh": "one", "divide": "parts that score"},
    ),
    Mistake(
        "sum of means",
        symptom="the more parts, the larger the gradient",
        diagnosis="you add up the parts' gradients, and never divide",
        hint="Cutting a batch into more parts should change nothing.",
        knobs={"weigh": "one", "divide": "nothing"},
    ),
    Mistake(
        "means over the count",
        symptom="the gradient is too small",
        diagnosis="you divide by the number of scored targets, but gradient(x, y) is a mean "
        "already, not a sum",
        hint="How do you make a part's sum from its mean?",
        knobs={"weigh": "one", "divide": "scored"},
    ),
    Mistake(
        "sum of sums",
        symptom="the gradient grows with the number of targets",
        diagnosis="you weigh each part by its scored targets, and never divide by all of them",
        hint="A weighted mean ends in a division. By what?",
        knobs={"divide": "nothing"},
    ),
    Mistake(
        "sums over parts",
        symptom="the gradient grows with the number of targets",
        diagnosis="you weigh each part by its scored targets, and divide by the number of parts",
        hint="The weights of a mean must add up to 1.",
        knobs={"divide": "one"},
    ),
    Mistake(
        "divided twice",
        symptom="the gradient is too small, by the number of parts",
        diagnosis="the weighted mean is right, and then it is divided by the number of parts",
        hint="The weights of a mean must add up to 1.",
        knobs={"divide": "scored and parts"},
    ),
    Mistake(
        "ignored targets counted below",
        symptom="the more targets are ignored, the smaller the gradient",
        diagnosis="you divide by the number of all targets, the ignored ones included",
        hint="How many targets does a part of 11 have when 9 of them are -100?",
        knobs={"divide": "targets"},
    ),
    Mistake(
        "ignored targets counted",
        symptom="parts in which much is ignored count too much",
        diagnosis="you weigh each part by its rows, or by all its targets, and so count the "
        "ignored ones too",
        hint="How many targets does a part of 11 have when 9 of them are -100?",
        knobs={"weigh": "targets", "divide": "targets"},
    ),
    Mistake(
        "weighed by all, divided by the scored",
        symptom="the more targets are ignored, the larger the gradient",
        diagnosis="you weigh each part by all its targets and divide by the scored ones",
        hint="The weights of a mean must add up to 1.",
        knobs={"weigh": "targets"},
    ),
    Mistake(
        "token 0 not counted",
        symptom="parts in which token 0 is a target count too little",
        diagnosis="you count targets above 0; 0 is a token too",
        hint="Which targets are not scored? Only those that are …?",
        knobs={"weigh": "positive", "divide": "positive"},
    ),
    Mistake(
        "divided in the loop",
        symptom="a part in which nothing is scored turns everything into nan",
        diagnosis="you divide each part's gradient by its number of scored targets",
        hint="gradient(x, y) is a mean already. How do you make a sum of it?",
        knobs={"weigh": "inverse", "divide": "nothing"},
    ),
    Mistake(
        "the ignored weigh",
        symptom="the more of a part is ignored, the more it counts",
        diagnosis="you count the targets that are -100; scored are the others",
        hint="Is it == or !=?",
        knobs={"weigh": "ignored", "divide": "ignored"},
    ),
    Mistake(
        "last count",
        symptom="the gradient depends on the order of the parts",
        diagnosis="you divide by the number of scored targets of the last part only",
        hint="Does your count grow in the loop, or is it written anew?",
        knobs={"divide": "last scored"},
    ),
    Mistake(
        "running halves",
        symptom="later parts count more than earlier ones",
        diagnosis="you average what you have with each next part, half and half",
        hint="How much of the first part is left after three more?",
        knobs={"weigh": "running"},
    ),
    Mistake(
        "last part",
        symptom="all parts but the last are lost",
        diagnosis="the gradient is written anew in each round instead of added to",
        hint="Where does your sum begin, and is it added to?",
        knobs={"use": "last"},
    ),
    Mistake(
        "first part",
        symptom="all parts but the first are lost",
        diagnosis="you return inside the loop",
        hint="How far is your return indented?",
        knobs={"use": "first"},
    ),
    Mistake(
        "shares of each part",
        symptom="large parts count too little",
        diagnosis="you weigh each part by the share of its own targets that are scored, and divide "
        "by the number of parts",
        hint="A part of 3 and a part of 30, both scored fully: how much should each weigh?",
        knobs={"weigh": "share", "divide": "one"},
    ),
    Mistake(
        "shares of each part, normalised",
        symptom="large parts count too little",
        diagnosis="you weigh each part by the share of its own targets that are scored",
        hint="A part of 3 and a part of 30, both scored fully: how much should each weigh?",
        knobs={"weigh": "share", "divide": "share"},
    ),
    Mistake(
        "first part twice",
        symptom="the first part counts twice",
        diagnosis="the sum begins with the first part, and the loop adds it again",
        hint="Where does your sum begin, and where your loop?",
        knobs={"use": "first twice"},
    ),
    Mistake(
        "first part, weighed",
        symptom="all parts but the first are lost",
        diagnosis="you return inside the loop",
        hint="How far is your return indented?",
        knobs={"use": "first, weighed"},
    ),
    Mistake(
        "last part, weighed",
        symptom="all parts but the last are lost",
        diagnosis="the sum and the count are written anew in each round instead of added to",
        hint="Where do they begin, and are they added to?",
        knobs={"use": "last, weighed"},
    ),
    Mistake(
        "0 taken for nothing",
        symptom="ignored targets count, and targets that are token 0 do not",
        diagnosis="you count the targets that are not 0",
        hint="Which number marks a target that is not scored?",
        knobs={"weigh": "not 0", "divide": "not 0"},
    ),
)

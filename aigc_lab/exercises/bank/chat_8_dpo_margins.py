"""Notebook 11: margins that are none, for chat_8_dpo."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_8_dpo

START = "While the model still is the reference, what should the margin be, for any two answers?"
GOAL = "The loss should fall when the model finds the chosen answer likelier. Does yours?"
LOGS = "The logarithm of p / q is which difference? The four numbers are logarithms already."

MARGINS = (
    Mistake(
        "no reference",
        symptom="the loss is not ln 2 at the start",
        diagnosis="you compare the two answers under the model alone, without the reference",
        hint=START,
        knobs={"margin": "no reference"},
    ),
    Mistake(
        "reference alone",
        symptom="nothing the model learns changes the loss",
        diagnosis="you compare the two answers under the reference alone",
        hint=START,
        knobs={"margin": "reference alone"},
    ),
    Mistake(
        "reference added",
        symptom="the loss is not ln 2 at the start",
        diagnosis="you add the reference's log-probabilities where they must be subtracted, or "
        "compare each answer with the reference's other one",
        hint=START,
        knobs={"margin": "reference added"},
    ),
    Mistake(
        "no brackets",
        symptom="the loss is not ln 2 at the start",
        diagnosis="you subtract all three others from the first; a minus before brackets turns the "
        "sign of all that is in them",
        hint="What is 5 − (3 − 2), and what is 5 − 3 − 2?",
        knobs={"margin": "no brackets"},
    ),
    Mistake(
        "chosen alone",
        symptom="the rejected answer does not matter",
        diagnosis="your margin is that of the chosen answer alone",
        hint="Two answers are compared. What should happen when the rejected one gets likelier?",
        knobs={"margin": "chosen alone"},
    ),
    Mistake(
        "rejected alone",
        symptom="the chosen answer does not matter",
        diagnosis="your margin is that of the rejected answer alone",
        hint="Two answers are compared. What should happen when the chosen one gets likelier?",
        knobs={"margin": "rejected alone"},
    ),
    Mistake(
        "sum",
        symptom="both answers are made likelier",
        diagnosis="you add the two differences; the rejected one's is subtracted",
        hint="What should happen to the loss when the rejected answer gets likelier?",
        knobs={"margin": "sum"},
    ),
    Mistake(
        "absolute",
        symptom="it does not matter which answer is preferred",
        diagnosis="you take the size of the margin without its sign",
        hint=GOAL,
        knobs={"margin": "absolute"},
    ),
    Mistake(
        "ratios",
        symptom="the margins are far too small",
        diagnosis="you divide log-probabilities where they must be subtracted",
        hint=LOGS,
        knobs={"margin": "ratios"},
    ),
    Mistake(
        "ratio of ratios",
        symptom="the loss is not ln 2 at the start",
        diagnosis="you divide log-probabilities, three times; they must be subtracted",
        hint=LOGS,
        knobs={"margin": "ratio of ratios"},
    ),
    Mistake(
        "logarithms again",
        symptom="the margins are far too small",
        diagnosis="you take the logarithm of ratios of log-probabilities",
        hint=LOGS,
        knobs={"margin": "logs again"},
    ),
    Mistake(
        "probabilities",
        symptom="for long answers the margin is 0",
        diagnosis="you subtract probabilities, after np.exp, instead of their logarithms",
        hint=LOGS,
        knobs={"margin": "probabilities"},
    ),
    Mistake(
        "exponentials",
        symptom="the margins are far too large, or infinite",
        diagnosis="you compare the ratios of probabilities, after np.exp, instead of their "
        "logarithms",
        hint=LOGS,
        knobs={"margin": "exponentials"},
    ),
    Mistake(
        "logarithms of logarithms",
        symptom="all losses are nan",
        diagnosis="you take np.log of log-probabilities, which are negative",
        hint=LOGS,
        knobs={"margin": "logs of logs"},
    ),
)

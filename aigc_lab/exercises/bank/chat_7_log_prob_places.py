"""Notebook 11: tokens read at the wrong places, or too many of them, for chat_7_log_prob."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_7_log_prob

PLACES = (
    Mistake(
        "token of the row",
        symptom="each row is asked for the token it has seen",
        diagnosis="you move the bools and not the tokens: ids[t] with scored[t + 1]",
        hint="Row t was made before the model saw the token at t + 1. Which token is it a "
        "forecast of?",
        knobs={"place": "same token"},
    ),
    Mistake(
        "largest of all",
        symptom="it is infinite where logits of one row are far above those of another",
        diagnosis="you subtract the largest logit of the whole table, and other rows vanish in "
        "np.exp",
        hint="Which axis does the largest logit belong to?",
        knobs={"softmax": "largest of all"},
    ),
    Mistake(
        "sum over all",
        symptom="the number is far too low",
        diagnosis="you shift each row by its largest logit, and then sum the exponentials of all "
        "rows",
        hint="The probabilities of the V tokens at one place sum to 1. Along which axis is that?",
        knobs={"softmax": "sum over all"},
    ),
    Mistake(
        "every row with every token",
        symptom="the number is far too low",
        diagnosis="you pick rows and tokens independently, as [:, ids] does, and get a whole table",
        hint="log_probs[[0, 1], [5, 7]] gives two numbers. How many does log_probs[:, [5, 7]] "
        "give?",
        knobs={"total": "table"},
    ),
)

"""Notebook 11: the mistakes known of the exercise in chat_7_log_prob."""

from __future__ import annotations

from aigc_lab.exercises.bank.chat_7_log_prob_places import PLACES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_7_log_prob

NEXT = "Row t was made before the model saw the token at t + 1. Which token is it a forecast of?"
OWN = "A bool belongs to a token. Which token does each of your log-probabilities belong to?"
SUM = "The probability of an answer is the product over its tokens. What is its logarithm?"
ROW = "The probabilities of the V tokens at one place sum to 1. Along which axis is that?"
LARGE = "What is np.exp(1000), and what is np.log(np.exp(-2000))?"

MISTAKES = (
    *PLACES,
    Mistake(
        "same place",
        symptom="each token is read off the row that has seen it already",
        diagnosis="you read the token at t off row t",
        hint=NEXT,
        knobs={"place": "same"},
    ),
    Mistake(
        "wrong way",
        symptom="each row is asked for the token before it",
        diagnosis="you read the token at t off row t + 1",
        hint=NEXT,
        knobs={"place": "wrong way"},
    ),
    Mistake(
        "wrong way, and the mask of the row",
        symptom="each row is asked for the token before it",
        diagnosis="you read the token at t off row t + 1, with the bool of t + 1",
        hint=NEXT,
        knobs={"place": "wrong way, mask of the next"},
    ),
    Mistake(
        "moved twice",
        symptom="each row is asked for the token after the next",
        diagnosis="you move rows and tokens apart by two places",
        hint=NEXT,
        knobs={"place": "twice"},
    ),
    Mistake(
        "mask not moved",
        symptom="the token before the answer counts, and the answer's last one does not",
        diagnosis="you move the tokens and not their bools: scored[:-1] where ids[1:] is read",
        hint=OWN,
        knobs={"mask": "not moved"},
    ),
    Mistake(
        "rolled around",
        symptom="where the last token counts, the first one is asked for",
        diagnosis="np.roll brings the first token to the end, and the bools are not moved",
        hint=OWN,
        knobs={"place": "rolled"},
    ),
    Mistake(
        "mask ignored",
        symptom="the question counts as well",
        diagnosis="you add up all tokens",
        hint="How likely is the answer, given the question?",
        knobs={"mask": "ignored"},
    ),
    Mistake(
        "mask inverted",
        symptom="the question counts, and the answer does not",
        diagnosis="you add up what is not scored",
        hint="What does True stand for?",
        knobs={"mask": "inverted"},
    ),
    Mistake(
        "mean",
        symptom="a long answer seems as likely as a short one",
        diagnosis="you take the mean over the answer's tokens, not the sum",
        hint=SUM,
        knobs={"total": "mean"},
    ),
    Mistake(
        "mean of all",
        symptom="the number is too near to 0",
        diagnosis="you divide by the number of all predictions",
        hint=SUM,
        knobs={"total": "mean of all"},
    ),
    Mistake(
        "divided by T",
        symptom="the number is too near to 0",
        diagnosis="you divide by the number of all tokens",
        hint=SUM,
        knobs={"total": "divided by T"},
    ),
    Mistake(
        "probability",
        symptom="the number lies between 0 and 1",
        diagnosis="you return the probability of the answer, not its logarithm",
        hint="Take the logarithm before you multiply, or long answers all come out as 0.",
        knobs={"total": "product"},
    ),
    Mistake(
        "sum of probabilities",
        symptom="the number is positive",
        diagnosis="you add up the probabilities of the tokens, not their logarithms",
        hint=SUM,
        knobs={"value": "probability"},
    ),
    Mistake(
        "not added up",
        symptom="several numbers come back",
        diagnosis="you return the log-probability of each token of the answer",
        hint=SUM,
        knobs={"total": "list"},
    ),
    Mistake(
        "masked, not added up",
        symptom="one number for each prediction comes back",
        diagnosis="you return all tokens' log-probabilities, with 0 for those that do not count",
        hint=SUM,
        knobs={"total": "masked"},
    ),
    Mistake(
        "first token only",
        symptom="an answer of one token is right, and longer ones are not",
        diagnosis="you return the log-probability of the answer's first token",
        hint="How far is your return indented?",
        knobs={"total": "first"},
    ),
    Mistake(
        "last token only",
        symptom="an answer of one token is right, and longer ones are not",
        diagnosis="you return the log-probability of the answer's last token, with = for += "
        "perhaps",
        hint=SUM,
        knobs={"total": "last"},
    ),
    Mistake(
        "whole rows",
        symptom="the number is far too low",
        diagnosis="you add up whole rows of V numbers, and not the one of the token",
        hint="Which of the V numbers of a row belongs to the token that came?",
        knobs={"total": "row"},
    ),
    Mistake(
        "best token",
        symptom="the tokens that were written do not matter",
        diagnosis="you take the largest log-probability of each row, not that of the token",
        hint="Which of the V numbers of a row belongs to the token that came?",
        knobs={"value": "best"},
    ),
    Mistake(
        "sign",
        symptom="the number is positive",
        diagnosis="you return the loss, −ln p, and not ln p",
        hint="Probabilities are at most 1. Which sign has their logarithm?",
        knobs={"sign": -1},
    ),
    Mistake(
        "bits",
        symptom="the number is 1.44 times too low",
        diagnosis="you use the logarithm to base 2, and nats are asked for",
        hint="Which logarithm undoes the e in softmax?",
        knobs={"value": "bits"},
    ),
    Mistake(
        "base 10",
        symptom="the number is 0.43 times what it should be",
        diagnosis="you use the logarithm to base 10, and nats are asked for",
        hint="Which logarithm undoes the e in softmax?",
        knobs={"value": "log10"},
    ),
    Mistake(
        "bare logits",
        symptom="the number can be positive",
        diagnosis="you add up the logits themselves, without a softmax",
        hint=ROW,
        knobs={"softmax": "none"},
    ),
    Mistake(
        "largest logit subtracted only",
        symptom="the likeliest token of each row seems certain",
        diagnosis="you subtract the largest logit, and not the logarithm of the sum",
        hint=ROW,
        knobs={"softmax": "largest alone"},
    ),
    Mistake(
        "largest logit subtracted once",
        symptom="the number is too large by the largest logits",
        diagnosis="you subtract the largest logit inside the sum, and not from the token's own",
        hint="ln Σ e^z is the largest logit plus the logarithm of your sum. Is it?",
        knobs={"softmax": "largest not given back"},
    ),
    Mistake(
        "by columns",
        symptom="each token's probabilities sum to 1 over the places",
        diagnosis="your softmax runs over the places (axis 0), not over the vocabulary",
        hint=ROW,
        knobs={"softmax": "by columns"},
    ),
    Mistake(
        "by all",
        symptom="all probabilities together sum to 1",
        diagnosis="your softmax runs over the whole table instead of each row",
        hint=ROW,
        knobs={"softmax": "by all"},
    ),
    Mistake(
        "sum of logits",
        symptom="the number means nothing",
        diagnosis="you subtract the sum of the logits, and not the logarithm of the sum of their "
        "exponentials",
        hint=ROW,
        knobs={"softmax": "sum of logits"},
    ),
    Mistake(
        "mean for sum",
        symptom="the number is too large by ln V for each token",
        diagnosis="you divide by the mean of the exponentials instead of their sum",
        hint=ROW,
        knobs={"softmax": "mean of exps"},
    ),
    Mistake(
        "overflow",
        symptom="it is nan where logits are large",
        diagnosis="np.exp of a logit of 1000 is infinite, and so is the sum below it",
        hint=LARGE,
        knobs={"softmax": "fraction"},
    ),
    Mistake(
        "overflow in the sum",
        symptom="it is infinite where logits are large",
        diagnosis="ln Σ e^z overflows where a logit is 1000; subtract the largest one first",
        hint=LARGE,
        knobs={"softmax": "log of the sum"},
    ),
    Mistake(
        "logarithm of zero",
        symptom="it is infinite where a token is all but impossible",
        diagnosis="you make probabilities first, and the smallest become 0; then comes the "
        "logarithm",
        hint=LARGE,
        knobs={"softmax": "log of softmax"},
    ),
)

"""Notebook 07: the words for those who go wrong in generation_3_top_p."""

from __future__ import annotations

from aigc_lab.exercises.bank.generation_filters import NOT_LOGITS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in generation_3_top_p

MISTAKES = (
    Mistake(
        "crossing",
        "one token too few stays, and none at all where the first one alone passes p",
        "you drop the token that crosses p; what is left does not reach p",
        "Is the sum *before* a token to be compared with p, or the sum with it?",
        knobs={"edge": "out"},
    ),
    Mistake(
        "crossing_but_first",
        "one token too few stays, except where it would be the only one",
        "you drop the token that crosses p and save only the very first",
        "What is left does not reach p. Is the sum *before* a token to be compared with p?",
        knobs={"edge": "out but one"},
    ),
    Mistake(
        "one_more",
        "one token too many stays",
        "the token after the one that crosses p is kept too",
        "Once the sum has reached p, nothing more is needed. Is your slice one too long?",
        knobs={"edge": "one more"},
    ),
    Mistake(
        "tail",
        "the most likely tokens are ruled out",
        "you keep what comes after the sum has reached p",
        "Up to the token that crosses p they stay. On which side of p is the sum there?",
        knobs={"edge": "tail"},
    ),
    Mistake(
        "rising",
        "unlikely tokens stay",
        "you begin to add at the least likely token; np.sort and np.argsort go upwards",
        "Which token has to be the first in the sum?",
        knobs={"order": "rising"},
    ),
    Mistake(
        "not_sorted",
        "what stays depends on where a token stands in the vocabulary",
        "you add the probabilities up without sorting them",
        "From the most likely to the least: which function gives that order?",
        knobs={"order": "none"},
    ),
    Mistake(
        "not_scattered",
        "the number of tokens is right, but the wrong ones stay",
        "the answers are in sorted order, and you use them in the vocabulary's order",
        "keep[0] speaks of the most likely token. What is its id?",
        knobs={"back": "left"},
    ),
    Mistake(
        "gathered",
        "the number of tokens is right, but the wrong ones stay",
        "you carry the answers back with keep[order], which sorts them a second time",
        "Place i of the sorted row belongs to token order[i]. On which side of the = does "
        "order have to stand?",
        knobs={"back": "gather"},
    ),
    Mistake(
        "sum_of_logits",
        "adding 1000 to every logit changes what stays",
        "you add up logits, not probabilities",
        "p is a share of all probability. Which function comes before the sum?",
        knobs={"mass": "logits"},
    ),
    Mistake(
        "not_normalised",
        "too few tokens stay",
        "you add up exponentials that are not divided by their sum",
        "Shares add up to 1. Do yours?",
        knobs={"mass": "weights"},
    ),
    Mistake(
        "overflow",
        "large logits rule out everything, or nothing",
        "the exponential of a large logit is infinite, and the probabilities are nan",
        "Softmax does not notice a shift. What can you subtract first?",
        knobs={"mass": "no shift"},
    ),
    Mistake(
        "each",
        "often no token stays at all",
        "each token by itself has to be at least p likely",
        "p is to be reached by the kept tokens *together*. What adds them up?",
        knobs={"by": "each"},
    ),
    Mistake(
        "each_of_the_rest",
        "how many tokens stay does not depend on how flat the distribution is",
        "each token by itself has to be at least 1 - p likely",
        "p is to be reached by the kept tokens *together*. What adds them up?",
        knobs={"by": "each of the rest"},
    ),
    Mistake(
        "share_of_top",
        "how many tokens stay depends on the top token's probability",
        "you compare each token with p times the most likely one; that is min-p",
        "Top-p adds up. Which running sum has to reach p?",
        knobs={"by": "top"},
    ),
    Mistake(
        "share_of_tokens",
        "a sure and an unsure model keep equally many tokens",
        "you keep a share p of the vocabulary",
        "p is a share of the probability, not of the number of tokens.",
        knobs={"by": "share"},
    ),
    Mistake(
        "rest",
        "a p near 1 keeps few tokens",
        "you go on only until 1 - p is reached",
        "p = 0.9 means: the kept tokens hold at least 0.9.",
        knobs={"by": "rest"},
    ),
    Mistake(
        "turned",
        "the likely tokens are ruled out",
        "the condition is turned round: what should stay gets the minus infinity",
        "np.where(condition, a, b) takes a where the condition holds. Which is yours?",
        knobs={"by": "turned"},
    ),
    Mistake(
        "ties_last",
        "of equally likely tokens the later ones stay",
        "you turn a rising order round, which turns equal logits round too",
        "Which array has to be sorted, so that nothing has to be turned round afterwards?",
        knobs={"order": "falling, late"},
    ),
    Mistake(
        "ties_stay",
        "more tokens stay than are needed, where several are equally likely",
        "you compare probabilities, so that all equals of the last token needed stay too",
        "The smallest set is asked for; of equal tokens the earlier counts as likelier.",
        knobs={"edge": "with ties"},
    ),
    Mistake(
        "no_axis",
        "one row is right, several rows stop with an error",
        "np.cumsum without an axis runs through all rows as if they were one",
        "Each row has its own sum. Along which axis?",
        knobs={"mass": "no axis"},
    ),
    Mistake(
        "zeros",
        "ruled out tokens have logit 0",
        "you fill with 0 instead of minus infinity",
        "These are logits. What probability does softmax make of a logit of 0?",
        knobs={"out": 0.0},
    ),
    Mistake(
        "in_order",
        "the largest logit stands in front",
        "you return the logits in sorted order",
        "Place i belongs to token i. How do the answers come back to their tokens?",
        knobs={"give": "in order"},
    ),
    *NOT_LOGITS,
)

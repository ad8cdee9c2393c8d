"""Notebook 07: the smallest set of likely tokens whose probabilities reach p."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_2_top_k import on_array
from aigc_lab.exercises.bank.generation_3_top_p_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.generation import sampling


def keep_top_p(logits: ndarray, p: float) -> ndarray:
    """The package's top-p; (…, V) -> (…, V)."""
    return on_array(sampling.keep_top_p, logits, p)


def _probes() -> list[Probe]:
    random = np.random.default_rng(17)
    four = np.log(np.array([0.1, 0.5, 0.15, 0.25]))
    seven = np.log(np.array([0.12, 0.05, 0.31, 0.02, 0.2, 0.07, 0.23]))
    return [
        probe("4 tokens, p = 0.6", four, 0.6),
        probe("4 tokens, p = 0.3: the first already crosses it", four, 0.3),
        probe("7 tokens, p = 0.6", seven + 2, 0.6),
        probe("7 tokens, p = 0.9", seven - 3, 0.9),
        probe("13 tokens, p = 0.45", 2 * random.normal(size=13), 0.45),
        probe("logits around 1000, p = 0.8", 1000 + seven, 0.8),
        probe("a nearly certain token, p = 0.95", np.array([0.0, -2.0, 20.0, 3.0, 5.0]), 0.95),
        probe("11 tokens, p = 0.999", random.normal(size=11), 0.999),
        probe("5 rows of 5 tokens, p = 0.7", 2 * random.normal(size=(5, 5)), 0.7),
        probe("3 times 3 rows of 3 tokens, p = 0.8", random.normal(size=(3, 3, 3)), 0.8),
        probe("four tokens tie where p = 0.75 is reached", np.array([1.0, 2, 1, 2, 1, 1]), 0.75),
        probe("tokens ruled out before, p = 0.7", np.array([-np.inf, 1.0, 0.0, -np.inf, 0.8]), 0.7),
    ]


def _never_empty(function: Function) -> str | None:
    kept = np.isfinite(np.asarray(function(np.array([0.0, 5.0, 1.0]), 0.5), dtype=float))
    return None if kept.any() else "when the first token alone passes p, no token is left to draw"


TOP_P = Exercise(
    name="keep_top_p",
    notebook="07_generation",
    title="Top-p: keep the tokens that together reach p",
    points=2,
    reference=keep_top_p,
    probes=_probes,
    keeps_inputs=True,
    laws=(Law("never empty", _never_empty),),
    hints=(
        "Go down from the most likely token and add up probabilities. A token stays as long as "
        "those before it have not reached p.",
        "Softmax; order = argsort, most likely first; a running sum of the probabilities in that "
        "order; minus each token's own probability this is the mass before it; stay where that is "
        "below p; carry the answers back to the tokens' own places.",
        'order = np.argsort(-logits, axis=-1, kind="stable"); '
        "ordered = np.take_along_axis(probs, order, axis=-1); "
        "before = np.cumsum(ordered, axis=-1) - ordered; keep = np.zeros(logits.shape, bool); "
        "np.put_along_axis(keep, order, before < p, axis=-1); then np.where as in top-k.",
    ),
    flawed=flawed,
    mistakes=(
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
        Mistake(
            "probabilities",
            "probabilities come back",
            "you return the kept tokens' probabilities, 0 for the others",
            "The next dial expects logits. What does a logit of a ruled out token look like?",
            knobs={"give": "probs"},
        ),
        Mistake(
            "new_probabilities",
            "probabilities come back, which add up to 1",
            "you return the distribution after the cut, not its logits",
            "The next dial expects logits. Softmax will make them add up to 1 by itself.",
            knobs={"give": "new probs"},
        ),
        Mistake(
            "probabilities_and_never",
            "probabilities come back, with minus infinity among them",
            "you rule tokens out among the probabilities instead of the logits",
            "Which array belongs into np.where where a token stays?",
            knobs={"give": "probs and never"},
        ),
        Mistake(
            "mask",
            "True and False come back",
            "you return which tokens stay, not their logits",
            "What does np.where make of a condition and two values?",
            knobs={"give": "mask"},
        ),
    ),
)

EXERCISES = (TOP_P,)

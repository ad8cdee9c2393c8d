"""Notebook 07: the tokens at least p times as likely as the most likely one."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_2_top_k import on_array
from aigc_lab.exercises.bank.generation_4_min_p_flawed import flawed
from aigc_lab.exercises.bank.generation_filters import NOT_LOGITS
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.generation import sampling


def keep_min_p(logits: ndarray, p: float) -> ndarray:
    """The package's min-p; (…, V) -> (…, V)."""
    return on_array(sampling.keep_min_p, logits, p)


def _probes() -> list[Probe]:
    random = np.random.default_rng(19)
    five = np.log(np.array([0.08, 0.4, 0.03, 0.29, 0.2]))
    return [
        probe("5 tokens, p = 0.3", five, 0.3),
        probe("5 tokens, p = 0.6", five + 4, 0.6),
        probe("all logits negative, p = 0.1", five - 7, 0.1),
        probe("13 tokens, p = 0.05", 2 * random.normal(size=13), 0.05),
        probe("a nearly certain token, p = 0.01", np.array([0.0, 20.0, 3.0, 16.0, 5.0]), 0.01),
        probe("100 tokens that are nearly alike, p = 0.7", 0.5 * random.random(100), 0.7),
        probe("p = 1: only the most likely", np.array([1.0, 3.0, 2.5, -2.0]), 1.0),
        probe("p = 0: all tokens", np.array([1.0, -30.0, 2.0]), 0.0),
        probe("5 rows of 5 tokens, p = 0.2", 2 * random.normal(size=(5, 5)), 0.2),
        probe("3 times 3 rows of 3 tokens, p = 0.3", 2 * random.normal(size=(3, 3, 3)), 0.3),
        probe("logits around 1000, p = 0.4", 1000 + five, 0.4),
        probe("tokens ruled out before, p = 0.2", np.array([-np.inf, 1.0, -3.0, -np.inf]), 0.2),
    ]


MIN_P = Exercise(
    name="keep_min_p",
    notebook="07_generation",
    title="Min-p: keep what is not much less likely than the top",
    points=1,
    reference=keep_min_p,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "What is the bar that a token's probability has to reach, and on what does it depend?",
        "Softmax; the bar is p times the largest probability; a token that reaches it keeps its "
        "logit, the others get minus infinity.",
        "probs = softmax(logits); keep = probs >= p * probs.max(axis=-1, keepdims=True); then "
        "np.where as in top-k.",
    ),
    flawed=flawed,
    mistakes=(
        Mistake(
            "absolute",
            "where the model is unsure, everything is ruled out",
            "you compare each probability with p itself",
            "The bar is to follow the most likely token. What does p have to be multiplied by?",
            knobs={"bar": "itself"},
        ),
        Mistake(
            "rest",
            "a small p keeps few tokens",
            "the bar is 1 - p times the largest probability",
            "At p = 0.1 a token may be ten times less likely than the top. What is the bar?",
            knobs={"bar": "rest"},
        ),
        Mistake(
            "mean",
            "nearly all tokens stay",
            "the bar is p times the mean probability",
            "The bar is to follow the *most likely* token.",
            knobs={"bar": "mean"},
        ),
        Mistake(
            "least",
            "no token is ever ruled out",
            "the bar is p times the smallest probability",
            "The bar is to follow the *most likely* token.",
            knobs={"bar": "least"},
        ),
        Mistake(
            "behind",
            "too many tokens stay where the model is unsure",
            "you subtract p from the largest probability",
            "“p times as likely”: which operation is that?",
            knobs={"bar": "behind"},
        ),
        Mistake(
            "times_logit",
            "adding 1000 to every logit changes what stays",
            "you compare logits with p times the largest logit",
            "Twice as likely is not twice the logit. Which function makes probabilities?",
            knobs={"bar": "logits"},
        ),
        Mistake(
            "mixed",
            "nearly all tokens with a positive logit stay",
            "you compare logits with a bar made of probabilities",
            "Which two numbers are alike: logit and logit, or logit and probability?",
            knobs={"bar": "mixed"},
        ),
        Mistake(
            "distance",
            "too few tokens stay",
            "you compare logits with the largest logit minus p",
            "A factor between probabilities is a difference between logits, but of which number?",
            knobs={"bar": "distance"},
        ),
        Mistake(
            "bare_logits",
            "adding 1000 to every logit changes what stays",
            "you compare the logits themselves with p",
            "p speaks of probabilities. Which function makes them?",
            knobs={"bar": "bare logits"},
        ),
        Mistake(
            "no_logarithm",
            "no token stays",
            "you add p to the largest logit, and not the logarithm of p",
            "A factor between probabilities is a difference between logits. log(p) is below 0.",
            knobs={"bar": "no logarithm"},
        ),
        Mistake(
            "wrong_side",
            "no token stays, except for p = 1",
            "you divide by p, or subtract log(p): the bar lies above the top",
            "Even the most likely token has to reach the bar. Is p times a number larger than it?",
            knobs={"bar": "wrong side"},
        ),
        Mistake(
            "whole",
            "one row is right; of several rows the unsure ones lose too much",
            "the bar follows the most likely token of the whole array",
            "Each row is a distribution of its own. Which maximum is its own?",
            knobs={"bar": "whole"},
        ),
        Mistake(
            "no_axis_kept",
            "one row is right; of several rows each token meets another row's bar",
            "the maximum of each row has lost its axis, so that rows and columns are mixed",
            "(B,) against (B, V): NumPy pairs it with the tokens. What keeps the axis?",
            knobs={"bar": "no axis kept"},
        ),
        Mistake(
            "down",
            "one row is right; of several rows each token has a bar of its own",
            "you take the maximum over the first axis",
            "Which axis counts the tokens that compete?",
            knobs={"bar": "down"},
        ),
        Mistake(
            "strict",
            "at p = 1 no token is left",
            "a token has to be *more* than p times as likely as the top",
            "“At least”: which comparison is that?",
            knobs={"strict": True},
        ),
        Mistake(
            "overflow",
            "large logits rule out everything",
            "the exponential of a large logit is infinite, and the probabilities are nan",
            "Softmax does not notice a shift. What can you subtract first?",
            knobs={"shift": False},
        ),
        Mistake(
            "zeros",
            "ruled out tokens have logit 0",
            "you fill with 0 instead of minus infinity",
            "These are logits. What probability does softmax make of a logit of 0?",
            knobs={"out": 0.0},
        ),
        Mistake(
            "turned",
            "the likely tokens are ruled out",
            "the condition is turned round: what should stay gets the minus infinity",
            "np.where(condition, a, b) takes a where the condition holds. Which is yours?",
            knobs={"give": "turned"},
        ),
        *NOT_LOGITS,
        Mistake(
            "short",
            "only the kept logits come back",
            "you select the kept logits, so that the others lose their places",
            "Place i belongs to token i. What can stand in the place of a token ruled out?",
            knobs={"give": "short"},
        ),
    ),
)

EXERCISES = (MIN_P,)

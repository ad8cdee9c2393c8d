"""Notebook 07: from logits to probabilities, at a temperature."""

from __future__ import annotations

import numpy as np
import torch
from numpy import ndarray

from aigc_lab.exercises.bank.generation_1_temperature_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.generation.sampling import SamplingConfig, sample_probs


def temperature_probs(logits: ndarray, temperature: float) -> ndarray:
    """The package's distribution with no other dial turned; (…, V) -> (…, V)."""
    numbers = torch.as_tensor(np.asarray(logits, dtype=np.float32))
    return sample_probs(numbers, SamplingConfig(temperature=float(temperature))).numpy()


def _probes() -> list[Probe]:
    random = np.random.default_rng(5)
    five = np.array([1.0, 3.0, -2.0, 0.5, 2.5])
    rows = 2 * random.normal(size=(3, 7))
    square = 2 * random.normal(size=(5, 5))
    apart = np.array([[1.0, 2.5, 2.0], [-2000.0, -2001.0, -2000.5], [0.5, -1.0, 0.0]])
    single = random.normal(size=(3, 3, 3)).astype(np.float32)
    ruled_out = np.array([-1.0, -3.0, -np.inf, -np.inf, -4.0])
    return [
        probe("5 tokens, temperature 0.5", five, 0.5),
        probe("5 tokens, temperature 1", five, 1.0),
        probe("5 rows of 5 tokens, temperature 2.5", square, 2.5),
        probe("7 tokens, temperature 0", rows[1], 0.0),
        probe("3 rows of 7 tokens, temperature 0", rows, 0.0),
        probe("temperature 0, two tokens share the lead", np.array([1.0, 4.0, 2.0, 4.0, 0.0]), 0.0),
        probe("temperature 0, all logits negative", np.array([-3.0, -1.5, -2.0]), 0.0),
        probe("temperature 0.01", np.array([7.5, 8.0, 5.0]), 0.01),
        probe("logits around 1000, temperature 0.7", 1000 + five, 0.7, tolerance=1e-4),
        probe("three rows, one of them 2000 lower", apart, 1.5, tolerance=1e-4),
        probe("float32, 3 times 3 rows, temperature 1.3", single, 1.3, tolerance=1e-4),
        probe("tokens that are ruled out (minus infinity)", ruled_out, 0.8),
    ]


TEMPERATURE = Exercise(
    name="temperature_probs",
    notebook="07_generation",
    title="Probabilities at a temperature",
    points=1,
    reference=temperature_probs,
    probes=_probes,
    hints=(
        "Temperature changes the logits; softmax then makes probabilities of them as always. "
        "What is left of that when the temperature is 0?",
        "Temperature 0 first: zeros like the logits, and a 1 at the argmax of each row. Otherwise "
        "subtract each row's maximum, divide by the temperature, and take the softmax over the "
        "last axis.",
        "if temperature == 0: probs = np.zeros(logits.shape), and "
        "np.put_along_axis(probs, logits.argmax(-1, keepdims=True), 1.0, -1). Otherwise "
        "z = (logits - logits.max(-1, keepdims=True)) / temperature, and np.exp(z) divided by its "
        "sum over the last axis, with keepdims=True.",
    ),
    flawed=flawed,
    mistakes=(
        Mistake(
            "multiplied",
            "a high temperature sharpens and a low one flattens",
            "you multiply the logits by the temperature",
            "At temperature 0.1, should the gaps between the logits grow or shrink?",
            knobs={"use": "times"},
        ),
        Mistake(
            "of_probabilities",
            "the probabilities do not add up to 1",
            "you divide the probabilities by the temperature, after the softmax",
            "Softmax makes the sum 1, so it has to come last. What is divided before it?",
            knobs={"use": "probabilities"},
        ),
        Mistake(
            "no_effect",
            "every temperature above 0 gives what temperature 1 gives",
            "the temperature is not used, or is divided out again when you normalise",
            "A factor on all weights vanishes when you divide by their sum. Where does it not?",
            knobs={"use": "nothing"},
        ),
        Mistake(
            "twice_softmax",
            "the distribution is nearly uniform",
            "you take the softmax, divide by the temperature and take the softmax again",
            "The temperature acts on the logits themselves. How many softmaxes do you need?",
            knobs={"use": "softmax again"},
        ),
        Mistake(
            "squared",
            "the temperature acts too strongly",
            "the logits are divided by the temperature twice",
            "Follow one logit through your function: how often does it meet the temperature?",
            knobs={"use": "squared"},
        ),
        Mistake(
            "root",
            "the temperature acts too weakly",
            "you divide by the square root of the temperature",
            "The square root belongs to attention. What does the formula divide by?",
            knobs={"use": "root"},
        ),
        Mistake(
            "plus_one",
            "temperature 1 already flattens",
            "you divide by 1 plus the temperature",
            "Which temperature has to leave the logits as they are?",
            knobs={"use": "plus one"},
        ),
        Mistake(
            "zero_not_handled",
            "temperature 0 gives nan",
            "you divide by 0",
            "No number can be divided by 0. Which token does temperature 0 stand for?",
            knobs={"zero": "divide"},
        ),
        Mistake(
            "zero_as_one",
            "temperature 0 gives what temperature 1 gives",
            "at temperature 0 you leave the logits undivided",
            "The colder, the surer. How sure is it at 0?",
            knobs={"zero": "one"},
        ),
        Mistake(
            "zero_uniform",
            "at temperature 0 all tokens are equally likely",
            "you give every token the same share; that is what an infinite temperature would do",
            "The colder, the surer. How sure is it at 0?",
            knobs={"zero": "uniform"},
        ),
        Mistake(
            "zero_shared",
            "at temperature 0, tokens that share the lead share the probability too",
            "you divide by a tiny number, or by how many tokens reach the maximum",
            "Greedy takes one token, the first of the largest. Which function finds its place?",
            knobs={"zero": "shared"},
        ),
        Mistake(
            "zero_ones",
            "at temperature 0, with two tokens in the lead, the probabilities add up to 2",
            "you put a 1 at every token that equals the maximum",
            "Greedy takes one token, the first of the largest. Which function finds its place?",
            knobs={"zero": "ones"},
        ),
        Mistake(
            "zero_last",
            "at temperature 0, the last of two equal logits wins",
            "of tokens that share the lead you take the last",
            "np.argmax gives the first. What do you use in its place?",
            knobs={"zero": "last"},
        ),
        Mistake(
            "zero_id",
            "at temperature 0 the answer is an id, not a distribution",
            "you return the argmax itself",
            "What is asked for are V probabilities. Which of them is 1?",
            knobs={"zero": "id"},
        ),
        Mistake(
            "zero_whole",
            "at temperature 0 only one row of several gets a 1",
            "you look for the largest logit of the whole array",
            "Each row is a position of its own. Along which axis does argmax look?",
            knobs={"zero": "whole"},
        ),
        Mistake(
            "zero_logits",
            "at temperature 0 the largest logit comes back, not the probability 1",
            "you keep the top logit and set the others to 0",
            "A distribution adds up to 1. What stands at the only token that can be drawn?",
            knobs={"zero": "logit"},
        ),
        Mistake(
            "overflow",
            "large logits and low temperatures give nan",
            "the exponential is too large for any number format",
            "Softmax does not notice a shift. What can you subtract from a row first?",
            knobs={"shift": "none"},
        ),
        Mistake(
            "one_shift",
            "a row that lies far below the others gives nan",
            "you subtract the maximum of the whole array from every row",
            "Each row is a distribution of its own. Which maximum is its own?",
            knobs={"shift": "whole"},
        ),
        Mistake(
            "no_axis_kept",
            "one row is right; of several rows none adds up to 1",
            "the sum of each row has lost its axis, so that rows and columns are mixed",
            "(B, V) divided by (B,): NumPy pairs the sums with the tokens. What keeps the axis?",
            knobs={"axis": "lost"},
        ),
        Mistake(
            "one_sum",
            "one row is right; of several rows none adds up to 1",
            "you divide by the sum over all rows",
            "Each row is a distribution of its own. What keeps its axis when you sum?",
            knobs={"axis": None},
        ),
        Mistake(
            "down",
            "one row is right; of several rows the columns add up to 1",
            "you take the softmax over the first axis",
            "Which axis counts the tokens that compete?",
            knobs={"axis": 0},
        ),
        Mistake(
            "logarithms",
            "there are negative numbers, and minus infinity",
            "you return logarithms of the probabilities",
            "What has to be done to a logarithm to get the number back?",
            knobs={"give": "log"},
        ),
        Mistake(
            "weights",
            "the largest number of each row is 1, and the rest are too large as well",
            "you return the exponentials without dividing by their sum",
            "What do probabilities add up to?",
            knobs={"give": "weights"},
        ),
        Mistake(
            "only_divided",
            "these are logits, not probabilities",
            "you divide by the temperature and take no softmax",
            "Which function makes probabilities of logits?",
            knobs={"give": "logits"},
        ),
    ),
)

EXERCISES = (TEMPERATURE,)

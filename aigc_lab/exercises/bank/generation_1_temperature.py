"""Notebook 07: from logits to probabilities, at a temperature."""

from __future__ import annotations

import numpy as np
import torch
from numpy import ndarray

from aigc_lab.exercises.bank.generation_1_temperature_flawed import flawed
from aigc_lab.exercises.bank.generation_1_temperature_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
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
    keeps_inputs=True,
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
    mistakes=MISTAKES,
)

EXERCISES = (TEMPERATURE,)

"""Notebook 11: the loss of direct preference optimisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy import ndarray

from aigc_lab.chat import preference
from aigc_lab.exercises.bank.chat_8_dpo_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def dpo_loss(
    chosen: ndarray, rejected: ndarray, ref_chosen: ndarray, ref_rejected: ndarray, beta: float
) -> ndarray:
    """The package's own losses, one for each pair."""
    four = (torch.as_tensor(each) for each in (chosen, rejected, ref_chosen, ref_rejected))
    return preference.dpo_loss(*four, beta)[0].numpy()


def flawed(
    chosen: ndarray,
    rejected: ndarray,
    ref_chosen: ndarray,
    ref_rejected: ndarray,
    beta: float,
    *,
    margin: str = "own",
    scale: str = "beta",
    link: str = "stable",
    sign: int = 1,
    told: str = "each",
) -> Any:
    """The same with what can go wrong."""
    good, bad, ref_good, ref_bad = (
        np.asarray(x, float) for x in (chosen, rejected, ref_chosen, ref_rejected)
    )
    with np.errstate(all="ignore"):
        m = {
            "own": lambda: (good - ref_good) - (bad - ref_bad),
            "no reference": lambda: good - bad,
            "reference alone": lambda: ref_good - ref_bad,
            "reference added": lambda: (good + ref_good) - (bad + ref_bad),
            "no brackets": lambda: good - ref_good - bad - ref_bad,
            "chosen alone": lambda: good - ref_good,
            "rejected alone": lambda: -(bad - ref_bad),
            "sum": lambda: (good - ref_good) + (bad - ref_bad),
            "ratios": lambda: good / ref_good - bad / ref_bad,
            "ratio of ratios": lambda: (good / ref_good) / (bad / ref_bad),
            "logs again": lambda: np.log(good / ref_good) - np.log(bad / ref_bad),
            "logs of logs": lambda: (
                (np.log(good) - np.log(ref_good)) - (np.log(bad) - np.log(ref_bad))
            ),
            "probabilities": lambda: (
                (np.exp(good) - np.exp(ref_good)) - (np.exp(bad) - np.exp(ref_bad))
            ),
            "exponentials": lambda: np.exp(good - ref_good) - np.exp(bad - ref_bad),
            "beta on the chosen": lambda: (good - ref_good) - (bad - ref_bad) / beta,
            "beta on the policy": lambda: (good - bad) - (ref_good - ref_bad) / beta,
            "absolute": lambda: np.abs((good - ref_good) - (bad - ref_bad)),
        }[margin]()
        z = (
            sign
            * m
            * {"beta": beta, "none": 1.0, "divided": 1 / beta, "squared": beta**2}.get(scale, 1.0)
        )
        loss = _linked(link, z)
        if scale == "outside":
            loss = beta * loss
        elif scale == "outside, divided":
            loss = loss / beta
    return {
        "each": lambda: loss,
        "mean": lambda: loss.mean(),
        "sum": lambda: loss.sum(),
        "margins": lambda: z,
        "with rewards": lambda: (loss, beta * (good - ref_good), beta * (bad - ref_bad)),
    }[told]()


def _linked(link: str, z: ndarray) -> ndarray:
    """From β m to a loss."""
    return {
        "stable": lambda: np.logaddexp(0, -z),
        "1 for 0": lambda: np.logaddexp(1, -z),
        "no minus, overflow": lambda: -np.log(1 + np.exp(-z)),
        "overflow": lambda: np.log(1 + np.exp(-z)),
        "fraction": lambda: -np.log(np.exp(z) / (1 + np.exp(z))),
        "sigmoid": lambda: 1 / (1 + np.exp(-z)),
        "minus sigmoid": lambda: -1 / (1 + np.exp(-z)),
        "rest of sigmoid": lambda: 1 / (1 + np.exp(z)),
        "no minus": lambda: -np.logaddexp(0, -z),
        "bits": lambda: np.logaddexp(0, -z) / np.log(2),
        "hinge": lambda: np.maximum(0, 1 - z),
        "straight": lambda: -z,
        "squared": lambda: (z - 0.5) ** 2,
        "exponential": lambda: np.exp(-z),
        "with 1e-8": lambda: -np.log(1 / (1 + np.exp(-z)) + 1e-8),
        "with 1e-12": lambda: -np.log(1 / (1 + np.exp(-z)) + 1e-12),
        "tanh": lambda: -np.log((1 + np.tanh(z)) / 2),
    }[link]()


def _probes() -> list[Probe]:
    draw = np.random.default_rng(53)

    def case(label: str, many: int, beta: float, spread: float = 3.0) -> Probe:
        reference = -20 - 15 * draw.random((2, many))
        policy = np.minimum(reference + spread * draw.normal(size=(2, many)), -1.0)
        return probe(label, *policy, *reference, beta, tolerance=1e-6)

    start = -np.array([[12.0, 31.5, 7.25], [14.5, 9.0, 8.0]])
    short = -np.array([[0.5, 1.5, 0.3], [2.0, 0.4, 1.1], [0.9, 1.2, 0.6], [1.4, 0.7, 0.8]])
    huge = np.array([-10.0, -1e6, -40.0, -3e6]), np.array([-1e6, -20.0, -30.0, -25.0])
    return [
        case("7 pairs, β = 0.1", 7, 0.1),
        case("5 pairs, β = 0.5", 5, 0.5),
        case("3 pairs, β = 2", 3, 2.0, 0.7),
        case("one pair", 1, 0.3),
        probe("the model is the reference still", *start, *start, 0.1),
        probe("short answers", *short, 0.7, tolerance=1e-6),
        probe("margins of a million", *huge, *(np.full((2, 4), -30.0) - [[1], [2]]), 0.1),
    ]


def _start(function: Function) -> str | None:
    same = np.array([-12.0, -5.0]), np.array([-9.0, -20.0])
    losses = np.asarray(function(*same, *same, 0.1))
    if losses.shape != (2,):
        return f"two pairs should give two losses; yours gives an array of shape {losses.shape}"
    if not np.allclose(losses, np.log(2), rtol=1e-4):
        return (
            "while the model is the reference, each loss is ln 2 = 0.6931; yours are "
            f"{losses[0]:.4g} and {losses[1]:.4g}"
        )
    better = np.asarray(function(same[0] + 3, same[1], *same, 0.1))
    if (better < losses).all():
        return None
    return "when the chosen answers become likelier, the losses should fall; yours do not"


DPO = Exercise(
    name="dpo_loss",
    notebook="11_chat",
    title="Prefer this one",
    points=3,
    reference=dpo_loss,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Four numbers become one margin. Before training it is 0, whatever the answers are. Which "
        "two differences does it consist of?",
        "The margin is (chosen − ref_chosen) − (rejected − ref_rejected). With z = β · margin, the "
        "loss −ln σ(z) is ln(1 + e^(−z)), and np.logaddexp(0, −z) computes this for any z.",
        "margin = (chosen - ref_chosen) - (…)\nreturn np.logaddexp(0, …)",
    ),
    mistakes=MISTAKES,
    laws=(Law("start", _start),),
)

EXERCISES = (DPO,)

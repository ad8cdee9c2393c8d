"""Notebook 11: the loss of a policy gradient, each answer against its fellows."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy import ndarray

from aigc_lab.chat import policy
from aigc_lab.exercises.bank.chat_9_policy_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def policy_loss(log_probs: ndarray, rewards: ndarray) -> float:
    """The package's own, with the others as the baseline."""
    better = policy.advantages(torch.as_tensor(rewards)[None], "others")[0]  # (1, n) -> (n,)
    return float(policy.policy_loss(torch.as_tensor(log_probs), better))


def flawed(
    log_probs: ndarray,
    rewards: ndarray,
    *,
    baseline: str = "others",
    advantage: str = "difference",
    weight: str = "log",
    total: str = "mean",
    sign: int = -1,
) -> Any:
    """The same with what can go wrong."""
    told, rewards = np.asarray(log_probs, dtype=float), np.asarray(rewards, dtype=float)
    n, everything = len(rewards), rewards.sum()
    others = [np.delete(rewards, at) for at in range(n)]
    base = {
        "others": lambda: (everything - rewards) / (n - 1),
        "none": lambda: np.zeros(n),
        "all": lambda: rewards.mean(),
        "others over n": lambda: (everything - rewards) / n,
        "all over n - 1": lambda: everything / (n - 1),
        "others over n, less 1": lambda: (everything - rewards) / n - 1,
        "all less own share": lambda: everything - rewards / (n - 1),
        "sum of others": lambda: everything - rewards,
        "sum of all": lambda: everything,
        "best": lambda: rewards.max(),
        "best of the others": lambda: np.array([each.max() for each in others]),
        "median": lambda: np.median(rewards),
        "first": lambda: rewards[0],
        "next": lambda: np.roll(rewards, -1),
        "before": lambda: np.array([rewards[:at].mean() if at else 0.0 for at in range(n)]),
        "half": lambda: 0.5,
        "log-probabilities": lambda: told.mean(),
        "own": lambda: rewards,
    }[baseline]()
    with np.errstate(all="ignore"):
        better = rewards - base
        better = {
            "difference": lambda: better,
            "normalised": lambda: better / rewards.std(),
            "normalised, safe": lambda: better / (rewards.std() + 1e-8),
            "normalised, n - 1": lambda: better / rewards.std(ddof=1),
            "only the better ones": lambda: np.maximum(better, 0),
            "signs": lambda: np.sign(better),
            "ratio": lambda: rewards / base,
            "absolute": lambda: np.abs(better),
        }[advantage]()
    of = {"log": told, "probability": np.exp(told)}[weight]
    kept = rewards - base * of if total == "brackets" else better * of
    return (
        sign
        * {
            "mean": lambda: kept.mean(),
            "sum": lambda: kept.sum(),
            "over n - 1": lambda: kept.sum() / (n - 1),
            "over the right ones": lambda: kept[rewards > 0].sum() / max((rewards > 0).sum(), 1),
            "brackets": lambda: kept.mean(),
            "each": lambda: kept,
        }[total]()
    )


def _probes() -> list[Probe]:
    draw = np.random.default_rng(59)

    def case(label: str, rewards: list[float]) -> Probe:
        return probe(label, -3 - 9 * draw.random(len(rewards)), np.array(rewards), tolerance=1e-6)

    return [
        case("one of 4 answers is right", [0.0, 1.0, 0.0, 0.0]),
        case("3 of 7 answers are right", [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]),
        case("all 5 are right", [1.0] * 5),
        case("none of 3 is right", [0.0] * 3),
        case("2 answers", [1.0, 0.0]),
        case("rewards of many kinds", [0.3, -1.2, 2.5, 0.0, 0.8, 1.0, -0.4, 4.0, 0.1, 0.7, 2.0]),
        case("rewards from 10 to 12", [10.0, 12.0, 11.0, 11.5, 10.25]),
    ]


def _moved(function: Function) -> str | None:
    told, rewards = np.array([-2.0, -5.0, -3.0, -8.0]), np.array([1.0, 0.0, 1.0, 0.0])
    one, two = (np.asarray(function(told, rewards + more)) for more in (0.0, 100.0))
    if one.shape == two.shape == () and not np.isclose(one, two, rtol=1e-4):
        return (
            "if every answer gets 100 more, none is better than the others than before; the loss "
            f"should stay as it is, and yours goes from {one:.4g} to {two:.4g}"
        )
    return None


POLICY = Exercise(
    name="policy_loss",
    notebook="11_chat",
    title="Better than the others",
    points=2,
    reference=policy_loss,
    probes=_probes,
    flawed=flawed,
    hints=(
        "What is the advantage of each answer when all are right? And of one that is right where "
        "the three others are wrong?",
        "The others' mean is (sum of all rewards − own reward) / (n − 1), for all answers at once. "
        "Reward minus that is the advantage. Multiply it by the log-probability, take the mean, "
        "turn the sign.",
        "others = (rewards.sum() - rewards) / (n - 1); return -(…).mean()",
    ),
    mistakes=MISTAKES,
    laws=(Law("moved", _moved),),
)

EXERCISES = (POLICY,)

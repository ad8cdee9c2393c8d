"""Notebook 11: mistakes in the loss of a policy gradient, as readers write them."""

import numpy as np
import torch

from tests.exercises.mistaken.chat_slips import SLIPS


def against(baseline):
    """Minus the mean of (reward − baseline) · log-probability, with a baseline of one's own."""

    def function(log_probs, rewards):
        total = 0.0
        for i in range(len(rewards)):
            total += (rewards[i] - baseline(rewards, i)) * log_probs[i]
        return -total / len(rewards)

    return function


def others(rewards):
    n = len(rewards)
    return (rewards.sum() - rewards) / (n - 1)


def plain_reinforce(log_probs, rewards):
    return -(rewards * log_probs).mean()


def group_mean(log_probs, rewards):
    log_probs, rewards = torch.tensor(log_probs), torch.tensor(rewards)
    return -((rewards - rewards.mean()) * log_probs).mean()


def grpo(log_probs, rewards):
    advantage = (rewards - rewards.mean()) / rewards.std()
    return -(advantage * log_probs).mean()


def grpo_safe(log_probs, rewards):
    advantage = (rewards - rewards.mean()) / (rewards.std() + 1e-8)
    return -np.mean(advantage * log_probs)


def grpo_torch(log_probs, rewards):
    rewards = torch.tensor(rewards)
    advantage = (rewards - rewards.mean()) / rewards.std()
    return -(advantage * torch.tensor(log_probs)).mean()


def clipped(log_probs, rewards):
    advantage = np.clip(rewards - others(rewards), 0, None)
    return -(advantage * log_probs).mean()


def signs(log_probs, rewards):
    return -(np.sign(rewards - others(rewards)) * log_probs).mean()


def sizes(log_probs, rewards):
    return -(abs(rewards - others(rewards)) * log_probs).mean()


def ratio(log_probs, rewards):
    return -(rewards / others(rewards) * log_probs).mean()


def with_exp(log_probs, rewards):
    return -((rewards - others(rewards)) * np.exp(log_probs)).mean()


def no_minus(log_probs, rewards):
    return ((rewards - others(rewards)) * log_probs).mean()


def turned_difference(log_probs, rewards):
    return -((others(rewards) - rewards) * log_probs).mean()


def summed(log_probs, rewards):
    return -np.dot(rewards - others(rewards), log_probs)


def summed_over_the_others(log_probs, rewards):
    return -((rewards - others(rewards)) * log_probs).sum() / (len(rewards) - 1)


def good_ones_only(log_probs, rewards):
    good = rewards > 0
    return -(rewards * log_probs)[good].sum() / max(good.sum(), 1)


def one_each(log_probs, rewards):
    return -(rewards - others(rewards)) * log_probs


def mean_of_advantages(log_probs, rewards):
    advantage = rewards - others(rewards)
    return -advantage.mean() * log_probs.mean()


def minus_itself(log_probs, rewards):
    total = 0.0
    for i, reward in enumerate(rewards):
        total += (reward - rewards[i]) * log_probs[i]
    return -total / len(rewards)


def minus_log_probs(log_probs, rewards):
    return -((rewards - log_probs.mean()) * log_probs).mean()


MISTAKEN = {
    "policy_loss": [
        *SLIPS["policy_loss"],
        ("no baseline", plain_reinforce),
        ("own reward included", group_mean),
        ("own reward included", against(lambda r, i: sum(r) / len(r))),
        (
            "others over n",
            against(lambda r, i: sum(r[j] for j in range(len(r)) if j != i) / len(r)),
        ),
        ("all over n − 1", against(lambda r, i: r.sum() / (len(r) - 1))),
        ("sum of the others", against(lambda r, i: r.sum() - r[i])),
        ("sum of all", against(lambda r, i: r.sum())),
        ("best", against(lambda r, i: max(r))),
        ("best of the others", against(lambda r, i: np.delete(r, i).max())),
        ("median", against(lambda r, i: np.median(r))),
        ("first answer", against(lambda r, i: r[0])),
        ("next answer", against(lambda r, i: r[(i + 1) % len(r)])),
        ("earlier answers", against(lambda r, i: sum(r[:i]) / max(i, 1))),
        ("one half", against(lambda r, i: 0.5)),
        ("mean of the log-probabilities", minus_log_probs),
        ("always zero", mean_of_advantages),
        ("always zero", minus_itself),
        ("normalised", grpo),
        ("normalised, and kept from 0", grpo_safe),
        ("normalised, n − 1", grpo_torch),
        ("only the better ones", clipped),
        ("signs", signs),
        ("absolute", sizes),
        ("ratio", ratio),
        ("probabilities", with_exp),
        ("sign", no_minus),
        ("sign", turned_difference),
        ("sum", summed),
        ("mean over n − 1", summed_over_the_others),
        ("no baseline, mean of the right ones", good_ones_only),
        ("not added up", one_each),
        ("no baseline + sign", lambda log_probs, rewards: (rewards * log_probs).mean()),
        ("no baseline + sum", lambda log_probs, rewards: -(rewards * log_probs).sum()),
        (
            "own reward included + sum",
            lambda log_probs, rewards: -((rewards - rewards.mean()) * log_probs).sum(),
        ),
        (
            "own reward included + sign",
            lambda log_probs, rewards: ((rewards - rewards.mean()) * log_probs).mean(),
        ),
    ],
}

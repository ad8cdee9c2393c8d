"""Notebook 11: mistakes in DPO's loss, as readers write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from tests.exercises.mistaken.chat_slips import SLIPS


def loss_of(margin):
    """A right last step for a margin that may be wrong; it is given all five."""

    def function(chosen, rejected, ref_chosen, ref_rejected, beta):
        z = margin(chosen, rejected, ref_chosen, ref_rejected, beta)
        return np.logaddexp(0, -z)

    return function


def last_step(loss):
    """A right margin, times beta, for a last step that may be wrong."""

    def function(chosen, rejected, ref_chosen, ref_rejected, beta):
        return loss(beta * ((chosen - ref_chosen) - (rejected - ref_rejected)))

    return function


def exchanged(chosen, rejected, ref_chosen, ref_rejected, beta):
    rewards = beta * (rejected - ref_rejected), beta * (chosen - ref_chosen)
    return -F.logsigmoid(torch.tensor(rewards[0] - rewards[1]))


def reference_minus_model(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (ref_chosen - chosen) - (ref_rejected - rejected)
    return np.logaddexp(0, -beta * margin)


def missing_minus_in_the_exponent(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return np.logaddexp(0, beta * margin)


def crossed(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_rejected) - (rejected - ref_chosen)
    return F.softplus(torch.tensor(-beta * margin))


def beta_at_the_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return beta * np.logaddexp(0, -margin)


def loss_over_beta(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return np.logaddexp(0, -margin) / beta


def beta_twice(chosen, rejected, ref_chosen, ref_rejected, beta):
    reward_chosen = beta * (chosen - ref_chosen)
    reward_rejected = beta * (rejected - ref_rejected)
    return np.logaddexp(0, -beta * (reward_chosen - reward_rejected))


def ipo_like_beta(chosen, rejected, ref_chosen, ref_rejected, beta):
    return np.logaddexp(0, -beta * (chosen - ref_chosen) - -(rejected - ref_rejected))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_cases(z):
    return [-math.log(1 / (1 + math.exp(-each))) if each > -700 else math.inf for each in z]


def with_rewards(chosen, rejected, ref_chosen, ref_rejected, beta):
    chosen_rewards = beta * (chosen - ref_chosen)
    rejected_rewards = beta * (rejected - ref_rejected)
    losses = -F.logsigmoid(torch.tensor(chosen_rewards - rejected_rewards))
    return losses, chosen_rewards, rejected_rewards


MISTAKEN = {
    "dpo_loss": [
        *SLIPS["dpo_loss"],
        ("sign", exchanged),
        ("sign", reference_minus_model),
        ("sign", missing_minus_in_the_exponent),
        ("no reference", loss_of(lambda c, r, rc, rr, beta: beta * (c - r))),
        ("reference alone", loss_of(lambda c, r, rc, rr, beta: beta * (rc - rr))),
        ("reference added", crossed),
        ("reference added", loss_of(lambda c, r, rc, rr, beta: beta * (c + rc - r - rr))),
        ("no brackets", loss_of(lambda c, r, rc, rr, beta: beta * (c - rc - r - rr))),
        ("no brackets", loss_of(lambda c, r, rc, rr, beta: beta * (c - r - rc - rr))),
        ("chosen alone", loss_of(lambda c, r, rc, rr, beta: beta * (c - rc))),
        ("rejected alone", loss_of(lambda c, r, rc, rr, beta: beta * (rr - r))),
        ("sum", loss_of(lambda c, r, rc, rr, beta: beta * (c - rc + r - rr))),
        ("absolute", loss_of(lambda c, r, rc, rr, beta: beta * abs((c - rc) - (r - rr)))),
        ("ratios", loss_of(lambda c, r, rc, rr, beta: beta * (c / rc - r / rr))),
        ("ratio of ratios", loss_of(lambda c, r, rc, rr, beta: beta * ((c / rc) / (r / rr)))),
        (
            "logarithms again",
            loss_of(lambda c, r, rc, rr, beta: beta * (np.log(c / rc) - np.log(r / rr))),
        ),
        (
            "probabilities",
            loss_of(lambda c, r, rc, rr, b: b * (np.exp(c) - np.exp(rc) - np.exp(r) + np.exp(rr))),
        ),
        (
            "exponentials",
            loss_of(lambda c, r, rc, rr, beta: beta * (np.exp(c - rc) - np.exp(r - rr))),
        ),
        ("beta missing", loss_of(lambda c, r, rc, rr, beta: (c - rc) - (r - rr))),
        ("beta outside", beta_at_the_loss),
        ("divided by beta, outside", loss_over_beta),
        ("divided by beta", loss_of(lambda c, r, rc, rr, beta: ((c - rc) - (r - rr)) / beta)),
        ("beta squared", beta_twice),
        (
            "beta on the chosen alone",
            loss_of(lambda c, r, rc, rr, beta: beta * (c - rc) - (r - rr)),
        ),
        ("beta on the chosen alone", ipo_like_beta),
        ("beta on the model alone", loss_of(lambda c, r, rc, rr, beta: beta * (c - r) - (rc - rr))),
        ("no minus", last_step(lambda z: F.logsigmoid(torch.tensor(z)))),
        ("no logarithm", last_step(lambda z: torch.sigmoid(torch.tensor(z)))),
        ("no logarithm, but the minus", last_step(lambda z: -sigmoid(z))),
        ("one minus sigmoid", last_step(lambda z: 1 - sigmoid(z))),
        ("straight", last_step(lambda z: -z)),
        ("no logarithm of the sum", last_step(lambda z: np.exp(-z))),
        ("hinge", last_step(lambda z: torch.relu(1 - torch.tensor(z)))),
        ("tanh", last_step(lambda z: -np.log((1 + np.tanh(z)) / 2))),
        ("bits", last_step(lambda z: np.logaddexp2(0, -z / np.log(2)))),
        ("overflow", last_step(lambda z: -np.log(sigmoid(z)))),
        ("overflow", last_step(lambda z: np.log(1 + np.exp(-z)))),
        ("overflow", last_step(lambda z: np.log1p(np.exp(-z)))),
        ("overflow", last_step(lambda z: -torch.log(torch.sigmoid(torch.tensor(z))))),
        ("overflow", last_step(by_cases)),
        ("overflow of a fraction", last_step(lambda z: -np.log(np.exp(z) / (1 + np.exp(z))))),
        ("a small number added, 1e-8", last_step(lambda z: -np.log(sigmoid(z) + 1e-8))),
        ("a small number added, 1e-12", last_step(lambda z: -np.log(sigmoid(z) + 1e-12))),
        ("mean", last_step(lambda z: np.logaddexp(0, -z).mean())),
        ("mean", last_step(lambda z: -F.logsigmoid(torch.tensor(z)).mean())),
        ("added up", last_step(lambda z: sum(np.logaddexp(0, -z)))),
        ("margins", last_step(lambda z: z)),
        ("with the rewards", with_rewards),
        ("sign + beta missing", loss_of(lambda c, r, rc, rr, beta: (r - rr) - (c - rc))),
        ("no reference + beta missing", loss_of(lambda c, r, rc, rr, beta: c - r)),
        ("sign + no reference", loss_of(lambda c, r, rc, rr, beta: beta * (r - c))),
        ("no reference + overflow", lambda c, r, rc, rr, beta: np.log(1 + np.exp(-beta * (c - r)))),
    ],
}

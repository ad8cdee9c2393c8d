"""Notebook 11: mistakes in the log-probability of an answer, as readers write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from tests.exercises.mistaken.chat_log_prob_softmax import SOFTMAXES
from tests.exercises.mistaken.chat_slips import SLIPS


def log_softmax(logits):
    """The right one, for mistakes made elsewhere."""
    return torch.log_softmax(torch.as_tensor(logits), dim=-1).numpy()


def told(logits, ids):
    """Each token's log-probability from the second on."""
    return log_softmax(logits)[np.arange(len(ids) - 1), ids[1:]]


def row_of_the_token(logits, ids, scored):
    total = 0.0
    for t in range(len(ids)):
        if scored[t]:
            total += log_softmax(logits)[t, ids[t]]
    return total


def cross_entropy_as_it_is(logits, ids, scored):
    nats = F.cross_entropy(torch.tensor(logits), torch.tensor(ids), reduction="none")
    return -nats[torch.tensor(scored)].sum()


def row_behind(logits, ids, scored):
    rows = log_softmax(logits)[1:]
    picked = rows[np.arange(len(rows)), ids[:-1]]
    return picked[scored[:-1]].sum()


def row_behind_with_its_mask(logits, ids, scored):
    rows = log_softmax(logits)[1:]
    picked = np.take_along_axis(rows, ids[:-1, None], axis=1)[:, 0]
    return (picked * scored[1:]).sum()


def two_apart(logits, ids, scored):
    logits, ids, scored = logits[:-1], ids[1:], scored[1:]
    log_probs = log_softmax(logits[:-1])
    return log_probs[np.arange(len(ids) - 1), ids[1:]][scored[1:]].sum()


def mask_of_the_row(logits, ids, scored):
    return (told(logits, ids) * scored[:-1]).sum()


def mask_by_loop(logits, ids, scored):
    log_probs = log_softmax(logits)
    return sum(log_probs[t, ids[t + 1]] for t in range(len(ids) - 1) if scored[t])


def roll(logits, ids, scored):
    targets = np.roll(ids, -1)
    return log_softmax(logits)[np.arange(len(ids)), targets][scored].sum()


def whole_conversation(logits, ids, scored):
    return told(logits, ids).sum()


def question(logits, ids, scored):
    return told(logits, ids)[~scored[1:]].sum()


def averaged(logits, ids, scored):
    return told(logits, ids)[scored[1:]].mean()


def cross_entropy_with_labels(logits, ids, scored):
    labels = torch.tensor(np.where(scored, ids, -100))
    return -F.cross_entropy(torch.tensor(logits)[:-1], labels[1:])


def averaged_over_all(logits, ids, scored):
    return (told(logits, ids) * scored[1:]).mean()


def over_the_length(logits, ids, scored):
    return (told(logits, ids) * scored[1:]).sum() / len(ids)


def multiplied(logits, ids, scored):
    probs = torch.softmax(torch.tensor(logits), dim=-1).numpy()
    total = 1.0
    for t in range(1, len(ids)):
        if scored[t]:
            total *= probs[t - 1, ids[t]]
    return total


def without_log(logits, ids, scored):
    probs = torch.softmax(torch.tensor(logits), dim=-1).numpy()
    return sum(probs[t - 1, ids[t]] for t in range(1, len(ids)) if scored[t])


def a_list(logits, ids, scored):
    return [told(logits, ids)[t - 1] for t in range(1, len(ids)) if scored[t]]


def masked_list(logits, ids, scored):
    return told(logits, ids) * scored[1:]


def return_in_the_loop(logits, ids, scored):
    total = 0.0
    for t in range(1, len(ids)):
        if scored[t]:
            total += log_softmax(logits)[t - 1, ids[t]]
            return total


def equals_for_plus(logits, ids, scored):
    for t in range(1, len(ids)):
        if scored[t]:
            total = log_softmax(logits)[t - 1, ids[t]]
    return total


def rows_added(logits, ids, scored):
    return log_softmax(logits)[:-1][scored[1:]].sum()


def likeliest(logits, ids, scored):
    return log_softmax(logits)[:-1].max(axis=-1)[scored[1:]].sum()


def greedy_tokens(logits, ids, scored):
    best = logits.argmax(-1)
    log_probs = log_softmax(logits)
    return sum(log_probs[t - 1, best[t - 1]] for t in range(1, len(ids)) if scored[t])


def loss(logits, ids, scored):
    nats = F.cross_entropy(torch.tensor(logits)[:-1], torch.tensor(ids)[1:], reduction="none")
    return nats[torch.tensor(scored)[1:]].sum()


def in_bits(logits, ids, scored):
    return told(logits, ids)[scored[1:]].sum() / math.log(2)


def in_tens(logits, ids, scored):
    return told(logits, ids)[scored[1:]].sum() / math.log(10)


def all_bools(logits, ids, scored):
    log_probs = log_softmax(logits)
    return log_probs[np.arange(len(ids) - 1), ids[1:]][scored].sum()


def all_bools_multiplied(logits, ids, scored):
    log_probs = log_softmax(logits)[:-1]
    picked = np.take_along_axis(log_probs, ids[1:][:, None], axis=-1).squeeze(-1)
    return np.sum(picked * scored)


def asks_beyond(logits, ids, scored):
    log_probs = log_softmax(logits)
    total = 0
    for t in range(len(ids)):
        total += log_probs[t, ids[t + 1]] * scored[t]
    return total


MISTAKEN = {
    "answer_log_prob": [
        *SLIPS["answer_log_prob"],
        *SOFTMAXES,
        ("divided by T", over_the_length),
        ("same place", row_of_the_token),
        ("same place", cross_entropy_as_it_is),
        ("wrong way", row_behind),
        ("wrong way, and the mask of the row", row_behind_with_its_mask),
        ("moved twice", two_apart),
        ("mask not moved", mask_of_the_row),
        ("mask not moved", mask_by_loop),
        ("rolled around", roll),
        ("mask ignored", whole_conversation),
        ("mask inverted", question),
        ("mean", averaged),
        ("mean", cross_entropy_with_labels),
        ("mean of all", averaged_over_all),
        ("probability", multiplied),
        ("sum of probabilities", without_log),
        ("not added up", a_list),
        ("masked, not added up", masked_list),
        ("first token only", return_in_the_loop),
        ("last token only", equals_for_plus),
        ("whole rows", rows_added),
        ("best token", likeliest),
        ("best token", greedy_tokens),
        ("sign", loss),
        ("bits", in_bits),
        ("base 10", in_tens),
        ("mask not cut", all_bools),
        ("mask not cut, multiplied", all_bools_multiplied),
        ("over the end", asks_beyond),
        ("mean + sign", lambda logits, ids, scored: -averaged(logits, ids, scored)),
        (
            "same place + mean",
            lambda logits, ids, scored: row_of_the_token(logits, ids, scored) / scored.sum(),
        ),
    ],
}

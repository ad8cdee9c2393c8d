"""Mistakes with the loss of a training loop, as readers of notebook 06 write them."""

import torch
import torch.nn.functional as F


def summed(model, x, y):
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum")


def shifted(model, x, y):
    return F.cross_entropy(model(x)[:, :-1].flatten(0, 1), y[:, 1:].flatten())


def of_x(model, x, y):
    return F.cross_entropy(model(x).flatten(0, 1), x.flatten())


def softmaxed(model, x, y):
    return F.cross_entropy(torch.softmax(model(x), dim=-1).flatten(0, 1), y.flatten())


def viewed(model, x, y):
    logits = model(x)
    rows, length, width = logits.shape
    return F.cross_entropy(logits.view(rows, width, length), y)


def last_token(model, x, y):
    return F.cross_entropy(model(x)[:, -1, :], y[:, -1])


def as_it_is(model, x, y):
    return F.cross_entropy(model(x), y)


def nll_of_logits(model, x, y):
    logits = model(x)
    return -logits.gather(-1, y[:, :, None]).mean()


def softmax_of_dim_one(model, x, y):
    log_probs = F.log_softmax(model(x), dim=1)
    return F.nll_loss(log_probs.flatten(0, 1), y.flatten())


LOSSES = [
    ("nll of logits", nll_of_logits),
    ("softmax over positions", softmax_of_dim_one),
    ("sum", summed),
    ("shifted twice", shifted),
    ("x as target", of_x),
    ("softmax first", softmaxed),
    ("reshaped to classes", viewed),
    ("last position", last_token),
    ("not flattened", as_it_is),
]
MISTAKEN = {}  # they are counted with the others, in training_loop

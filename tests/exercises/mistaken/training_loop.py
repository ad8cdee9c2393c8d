"""Mistakes with the training loop, as readers of notebook 06 write them."""

import math

import torch
import torch.nn.functional as F

from tests.exercises.mistaken.training_loop_losses import LOSSES


def loss_of(model, x, y):
    logits = model(x)
    return F.cross_entropy(logits.view(-1, logits.size(-1)), y.view(-1))


def never_cleared(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def cleared_once(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    optimizer.zero_grad()
    for x, y in batches:
        loss = loss_of(model, x, y)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return losses


def cleared_too_late(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


def not_backward(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        optimizer.zero_grad()
        loss = loss_of(model, x, y)
        optimizer.step()
        losses.append(loss.item())
    return losses


def not_stepped(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        optimizer.zero_grad()
        loss = loss_of(model, x, y)
        loss.backward()
        losses.append(loss.item())
    return losses


def two_models(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(make_model().parameters(), lr=lr)
    losses = []
    for x, y in batches:
        loss = loss_of(model, x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def step_outside(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        loss = loss_of(model, x, y)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    optimizer.step()
    return losses


def optimiser_inside(make_model, batches, lr):
    model = make_model()
    losses = []
    for x, y in batches:
        optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
        optimizer.zero_grad()
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def model_inside(make_model, batches, lr):
    losses = []
    for x, y in batches:
        model = make_model()
        optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def asked_again(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        optimizer.zero_grad()
        loss_of(model, x, y).backward()
        optimizer.step()
        with torch.no_grad():
            losses.append(loss_of(model, x, y).item())
    return losses


def looping(optimiser=torch.optim.AdamW, keep=lambda loss: loss.item(), loss_of=loss_of):
    def train(make_model, batches, lr):
        model = make_model()
        optimizer = optimiser(model.parameters(), lr=lr)
        losses = []
        for x, y in batches:
            loss = loss_of(model, x, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(keep(loss))
        return losses

    return train


def last_loss(make_model, batches, lr):
    return looping()(make_model, batches, lr)[-1]


def mean_loss(make_model, batches, lr):
    losses = looping()(make_model, batches, lr)
    return sum(losses) / len(losses)


def return_inside(make_model, batches, lr):
    model, losses = make_model(), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for x, y in batches:
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        return losses


def running_mean(make_model, batches, lr):
    total, means = 0.0, []
    for at, loss in enumerate(looping()(make_model, batches, lr)):
        total += loss
        means.append(total / (at + 1))
    return means


def without_lr(make_model, batches, lr):
    model, losses = make_model(), []
    optimizer = torch.optim.AdamW(model.parameters())
    for x, y in batches:
        loss = loss_of(model, x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def unrecorded(make_model, batches, lr):
    model, losses = make_model(), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for x, y in batches:
        with torch.no_grad():
            logits = model(x)
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def no_call(make_model, batches, lr):
    model = make_model
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    return [optimizer, model]


def append_outside(make_model, batches, lr):
    return looping()(make_model, batches, lr)[-1:]


MISTAKEN = {
    "train": [
        ("no zero_grad", never_cleared),
        ("no zero_grad", cleared_once),
        ("zero_grad in between", cleared_too_late),
        ("no backward", not_backward),
        ("no step", not_stepped),
        ("another model", two_models),
        ("one step at the end", step_outside),
        ("fresh optimiser", optimiser_inside),
        ("fresh model", model_inside),
        ("loss after the step", asked_again),
        ("tensors", looping(keep=lambda loss: loss)),
        ("tensors", looping(keep=lambda loss: loss.detach())),
        ("only the last", last_loss),
        ("append outside", append_outside),
        ("mean of all", mean_loss),
        ("return in the loop", return_inside),
        ("running mean", running_mean),
        ("SGD", looping(optimiser=torch.optim.SGD)),
        ("Adam", looping(optimiser=torch.optim.Adam)),
        ("lr unused", without_lr),
        *[(known, looping(loss_of=loss)) for known, loss in LOSSES],
        ("perplexities", looping(keep=lambda loss: math.exp(loss.item()))),
        ("under no_grad", unrecorded),
        ("make_model not called", no_call),
    ]
}

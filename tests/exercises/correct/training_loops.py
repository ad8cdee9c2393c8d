"""Right solutions of notebook 06's exercises on models, in the styles that readers write."""

import copy

import numpy as np
import torch
import torch.nn.functional as F

from aigc_lab.model.loss import cross_entropy


def train_plain(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for x, y in batches:
        logits = model(x)
        loss = F.cross_entropy(logits.view(-1, logits.size(-1)), y.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_cleared_at_the_end(make_model, batches, lr):
    model = make_model()
    model.train()
    optimizer = torch.optim.AdamW(list(model.parameters()), lr)
    losses = []
    for x, y in batches:
        loss = F.cross_entropy(model(x).transpose(1, 2), y)
        loss.backward()
        losses.append(float(loss))
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
    return losses


def train_log_softmax(make_model, batches, lr):
    model, losses = make_model(), []
    optimizer = torch.optim.AdamW([{"params": model.parameters()}], lr=lr)
    for x, y in batches:
        model.zero_grad()
        log_probs = torch.log_softmax(model(x), dim=-1)
        loss = -log_probs.gather(-1, y[..., None]).mean()
        loss.backward()
        optimizer.step()
        losses += [loss.tolist()]
    return losses


def train_in_a_function(make_model, batches, lr):
    model = make_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)

    def one_step(x, y):
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach().numpy().item()

    return [one_step(x, y) for x, y in batches]


def train_grad_by_hand(make_model, batches, lr):
    model, criterion, losses = make_model(), torch.nn.CrossEntropyLoss(), []
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=lr, foreach=False)
    for x, y in batches:
        loss = criterion(model(x).flatten(0, 1), y.flatten())
        for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            p.grad = gradient
        optimizer.step()
        losses.append(np.float32(loss.item()))
    return losses


def evaluate_plain(model, batches):
    was_training = model.training
    model.eval()
    total, scored = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            logits = model(x)
            flat = logits.reshape(-1, logits.shape[-1])
            total += F.cross_entropy(flat, y.reshape(-1), reduction="sum").item()
            scored += (y != -100).sum().item()
    if was_training:
        model.train()
    return total / scored


@torch.inference_mode()
def evaluate_inference(model, batches):
    mode, losses = model.training, []
    model.train(False)
    for x, y in batches:
        each = cross_entropy(model(x), y, reduction="none")
        losses.append(each[y >= 0])
    model.train(mode)
    return torch.cat(losses).mean()


@torch.no_grad()
def evaluate_try_finally(model, batches):
    mode = model.training
    try:
        model.eval()
        total = count = 0
        for x, y in batches:
            log_probs = model(x).log_softmax(-1)
            scored = y != -100
            total -= log_probs[scored].gather(-1, y[scored][:, None]).sum()
            count += scored.sum()
    finally:
        model.train(mode)
    return float(total / count)


def evaluate_all_targets_together(model, batches):
    with torch.no_grad():
        was, _ = model.training, model.eval()
        logits = torch.cat([model(x).flatten(0, 1) for x, _ in batches])
        model.train(was)
        return F.cross_entropy(logits, torch.cat([y.flatten() for _, y in batches])).item()


def evaluate_weighted_means(model, batches):
    mode, means, weights = model.training, [], []
    model.eval()
    for x, y in batches:
        if n := int((y != -100).sum()):
            with torch.no_grad():
                means.append(F.cross_entropy(model(x).mT, y).item())
            weights.append(n)
    model.train(mode)
    return np.average(means, weights=weights)


def evaluate_a_copy(model, batches):
    judge = copy.deepcopy(model).eval().requires_grad_(False)
    losses = [cross_entropy(judge(x), y, reduction="sum") for x, y in batches]
    return sum(losses).item() / sum((y != -100).sum().item() for _, y in batches)


CORRECT = {
    "train": [
        train_plain,
        train_cleared_at_the_end,
        train_log_softmax,
        train_in_a_function,
        train_grad_by_hand,
    ],
    "evaluate": [
        evaluate_plain,
        evaluate_inference,
        evaluate_try_finally,
        evaluate_all_targets_together,
        evaluate_weighted_means,
        evaluate_a_copy,
    ],
}

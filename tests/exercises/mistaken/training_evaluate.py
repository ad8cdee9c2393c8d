"""Mistakes with evaluation, as readers of notebook 06 write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from aigc_lab.model.loss import cross_entropy


def flat(model, x, y, **how):
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten(), **how)


@torch.no_grad()
def without_eval(model, batches):
    total, scored = 0.0, 0
    for x, y in batches:
        total += flat(model, x, y, reduction="sum").item()
        scored += (y != -100).sum().item()
    return total / scored


@torch.no_grad()
def left_off(model, batches):
    model.eval()
    total, scored = 0.0, 0
    for x, y in batches:
        total += flat(model, x, y, reduction="sum").item()
        scored += (y != -100).sum().item()
    return total / scored


@torch.no_grad()
def train_at_the_end(model, batches):
    loss = left_off(model, batches)
    model.train()
    return loss


def recorded(model, batches):
    mode = model.training
    model.eval()
    total, scored = 0.0, 0
    for x, y in batches:
        total += flat(model, x, y, reduction="sum").item()
        scored += (y != -100).sum().item()
    model.train(mode)
    return total / scored


def detached_only(model, batches):
    mode = model.training
    model.eval()
    total = sum(flat(model, x, y, reduction="sum").detach() for x, y in batches)
    model.train(mode)
    return total / sum((y != -100).sum() for _, y in batches)


def frozen(model, batches):
    for p in model.parameters():
        p.requires_grad = False
    return recorded(model, batches)


def examined(answer):
    """An evaluation that is right in all but the answer it makes of the batches."""

    def evaluate(model, batches):
        mode = model.training
        model.eval()
        with torch.no_grad():
            loss = answer(model, batches)
        model.train(mode)
        return loss

    return evaluate


def mean_of_means(model, batches):
    losses = [flat(model, x, y).item() for x, y in batches]
    return sum(losses) / len(losses)


def mean_of_means_in_numpy(model, batches):
    return np.mean([F.cross_entropy(model(x).mT, y).item() for x, y in batches])


def mean_of_means_of_the_package(model, batches):
    return np.mean([cross_entropy(model(x), y).item() for x, y in batches])


def size_below(model, batches):
    total, count = 0.0, 0
    for x, y in batches:
        total += flat(model, x, y, reduction="sum").item()
        count += y.numel()
    return total / count


def masked_mean_of_all(model, batches):
    each = [flat(model, x, y, reduction="none") for x, y in batches]
    return torch.cat(each).mean().item()


def by_size(model, batches):
    total, count = 0.0, 0
    for x, y in batches:
        total += cross_entropy(model(x), y).item() * y.numel()
        count += y.numel()
    return total / count


def by_size_in_torch(model, batches):
    total = sum(flat(model, x, y).item() * y.numel() for x, y in batches)
    return total / sum(y.numel() for _, y in batches)


def means_times_count(model, batches):
    total, count = 0.0, 0
    for x, y in batches:
        n = (y != -100).sum().item()
        total += flat(model, x, y).item() * n
        count += n
    return total / count


def exponential(model, batches):
    return math.exp(examined(right)(model, batches))


def right(model, batches):
    total = sum(flat(model, x, y, reduction="sum").item() for x, y in batches)
    return total / sum((y != -100).sum().item() for _, y in batches)


def never_divided(model, batches):
    return sum(flat(model, x, y, reduction="sum").item() for x, y in batches)


def written_anew(model, batches):
    for x, y in batches:
        loss = flat(model, x, y)
    return loss.item()


def by_rows(model, batches):
    total, count = 0.0, 0
    for x, y in batches:
        total += cross_entropy(model(x), y).item() * len(x)
        count += len(x)
    return total / count


def by_rows_in_torch(model, batches):
    total = sum(flat(model, x, y).item() * x.size(0) for x, y in batches)
    return total / sum(x.size(0) for x, _ in batches)


def rows_below(model, batches):
    return never_divided(model, batches) / sum(len(x) for x, _ in batches)


def batches_below(model, batches):
    return never_divided(model, batches) / len(batches)


def means_added(model, batches):
    return sum(cross_entropy(model(x), y).item() for x, y in batches)


def means_by_count(model, batches):
    return means_added(model, batches) / sum((y != -100).sum().item() for _, y in batches)


def last_n(model, batches):
    total = 0.0
    for x, y in batches:
        total += flat(model, x, y, reduction="sum").item()
        n = (y != -100).sum().item()
    return total / n


def above_zero(model, batches):
    return never_divided(model, batches) / sum((y > 0).sum().item() for _, y in batches)


def in_bits(model, batches):
    return right(model, batches) / math.log(2)


def shifted(model, batches):
    total, scored = 0.0, 0
    for x, y in batches:
        logits, y = model(x)[:, :-1], y[:, 1:]
        total += F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum").item()
        scored += (y != -100).sum().item()
    return total / scored


def returned_early(model, batches):
    mode = model.training
    model.eval()
    with torch.no_grad():
        for x, y in batches:
            loss = flat(model, x, y, reduction="sum") / (y != -100).sum()
            model.train(mode)
            return loss.item()


def clamped(model, batches):
    each = [flat(model, x, y.clamp(min=0), reduction="none") for x, y in batches]
    return torch.cat(each).mean().item()


MISTAKEN = {
    "evaluate": [
        ("no eval()", without_eval),
        ("no eval() + mean of batch means", torch.no_grad()(mean_of_means)),
        ("left in evaluation mode", left_off),
        ("always to training mode", train_at_the_end),
        ("gradients recorded", recorded),
        ("gradients recorded", detached_only),
        ("parameters frozen", frozen),
        ("mean of batch means", examined(mean_of_means)),
        ("mean of batch means", examined(mean_of_means_in_numpy)),
        ("mean of batch means without the empty", examined(mean_of_means_of_the_package)),
        ("ignored targets counted below", examined(size_below)),
        ("ignored targets counted below", examined(masked_mean_of_all)),
        ("ignored targets counted", examined(by_size)),
        ("ignored targets counted + nothing to score", examined(by_size_in_torch)),
        ("nothing to score", examined(means_times_count)),
        ("perplexity", exponential),
        ("no division", examined(never_divided)),
        ("last batch", examined(written_anew)),
        ("first batch", returned_early),
        ("weighed by rows", examined(by_rows)),
        ("nothing to score + weighed by rows", examined(by_rows_in_torch)),
        ("rows below", examined(rows_below)),
        ("sums over batches", examined(batches_below)),
        ("sum of means", examined(means_added)),
        ("means over the count", examined(means_by_count)),
        ("last count", examined(last_n)),
        ("token 0 not counted", examined(above_zero)),
        ("bits", examined(in_bits)),
        ("shifted twice", examined(shifted)),
        ("ignored as token 0", examined(clamped)),
    ]
}

"""Notebook 06: what a model is worth on texts it has not learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from aigc_lab.exercises.bank.training_8_evaluate_flawed import flawed
from aigc_lab.exercises.bank.training_8_evaluate_mistakes import MISTAKES
from aigc_lab.exercises.bank.training_models import Tiny, after_evaluation, batch
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import IGNORED

Exam = Sequence[tuple[Tensor, Tensor]]


@torch.no_grad()
def evaluate(model: nn.Module, batches: Exam) -> float:
    """Add up all losses, and divide once."""
    was_training, total, scored = model.training, 0.0, 0
    model.eval()
    for x, y in batches:
        total += cross_entropy(model(x), y, reduction="sum").item()
        scored += int((y != IGNORED).sum())
    model.train(was_training)
    return total / scored


def _probes() -> list[Probe]:
    draw = np.random.default_rng(8)

    def case(label: str, training: bool, *parts: tuple[int, int, float]) -> Probe:
        model = Tiny(11, 6, seed=len(label), dropout=True).train(training)
        batches = []
        for rows, length, ignored in parts:
            x, y = batch(draw, 11, rows, length)
            hidden = torch.from_numpy(draw.random((rows, length)) < ignored)
            batches.append((x, y.masked_fill(hidden, IGNORED)))
        return probe(label, model, batches, tolerance=1e-4, leaves=after_evaluation)

    return [
        case("one batch, the model in training mode", True, (2, 7, 0.0)),
        case("one batch, the model in evaluation mode", False, (3, 5, 0.0)),
        case("the last batch has fewer rows", True, (5, 7, 0.0), (5, 7, 0.0), (1, 7, 0.0)),
        case("ignored targets, more here than there", True, (2, 11, 0.1), (3, 5, 0.7), (2, 7, 0.4)),
        case("evaluation mode, ignored targets", False, (3, 7, 0.8), (2, 13, 0.2)),
        case("a batch in which nothing is scored", True, (2, 5, 0.3), (1, 3, 1.0), (3, 5, 0.6)),
    ]


EVALUATE = Exercise(
    name="evaluate",
    notebook="06_training",
    title="An honest examination",
    points=2,
    reference=evaluate,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Before: remember the mode, and switch to evaluation. Afterwards: switch back. In between, "
        "what has to be added up over all batches, and what is it divided by?",
        'Add up the losses of all scored targets (reduction="sum", ignore_index=-100) and count '
        "the targets that are not -100; divide once, at the end. Do it under torch.no_grad(), and "
        "give the mode back with model.train(was_training).",
        "was_training = model.training; model.eval()\n"
        "with torch.no_grad(), for each x, y:\n"
        '    total += F.cross_entropy(model(x).mT, y, reduction="sum").item()\n'
        "    scored += (y != -100).sum().item()\n"
        "…model.train(was_training); return total / scored",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (EVALUATE,)

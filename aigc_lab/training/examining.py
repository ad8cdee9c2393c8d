"""The loss on a fixed exam, of which each process of a team scores its share."""

from __future__ import annotations

from itertools import islice

import torch
from torch import Tensor, nn

from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import IGNORED
from aigc_lab.training.arguments import moved
from aigc_lab.training.parallel import Team


def exam_loss(
    model: nn.Module, exam: list[tuple[Tensor, Tensor]], device: torch.device, team: Team
) -> dict[str, float]:
    """The mean loss of all tokens that an exam scores, as `val_loss`; nothing for no batches.

    Shapes: a list of ids x (B, T) and targets y (B, T).
    Units: nats per token.
    """
    total, scored = torch.zeros((), device=device), torch.tensor(0)
    for x, y in islice(exam, team.rank, None, team.size):  # (B, T) each
        scored += (y != IGNORED).sum().cpu()
        x, y = moved(x, device), moved(y, device)
        total += cross_entropy(model(x), y, reduction="sum")
    total, scored = team.total(total), team.total(scored)
    return {"val_loss": total.item() / int(scored)} if scored else {}

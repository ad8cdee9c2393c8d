"""A running average of the weights, which is often better than the weights of any one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import nn

from aigc_lab.training.interrupt import uninterrupted

SET_ASIDE = "set_aside"  # of the two sets of weights, the one that the model does not wear


class WeightAverage(torch.optim.Optimizer):
    """The exponential moving average of a model's weights; an optimiser that moves nothing.

    After step t it is `decay` of what it was and `1 - decay` of the weights; early on the decay is
    (t + 1)/(t + 10) if that is less, so that the random start is soon forgotten.

    Steps train the model's own weights, and `worn` lends it the average for a while. A checkpoint
    written meanwhile holds the average as the model, and the weights in training beside it. Being
    an optimiser, it is saved and restored like the others.

    Source: Polyak and Juditsky 1992; Tarvainen and Valpola 2017 (exponential).

    >>> layer = nn.Linear(1, 1, bias=False)
    >>> average = WeightAverage(layer, decay=0.5)
    >>> with torch.no_grad():
    ...     _ = layer.weight.add_(1.0)
    >>> trained = layer.weight.item()
    >>> average.update(step=8)
    >>> with average.worn():
    ...     round(trained - layer.weight.item(), 6)
    0.5
    >>> layer.weight.item() == trained
    True
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        parameters = [p for p in model.parameters() if p.requires_grad]
        super().__init__(parameters, {})
        self.decay, self.is_worn = decay, False
        for parameter in parameters:
            self.state[parameter][SET_ASIDE] = parameter.detach().clone()

    def update(self, step: int) -> None:
        """Take the weights in after training step `step`, counted from 0."""
        decay = min(self.decay, (1 + step) / (10 + step))
        trained, averages = self._pairs()
        torch._foreach_lerp_(averages, trained, 1 - decay)

    def put_on(self) -> None:
        """Exchange the model's weights for their average, unless that is done."""
        if not self.is_worn:
            self._exchange()

    def take_off(self) -> None:
        """Exchange the average for the weights in training, unless that is done."""
        if self.is_worn:
            self._exchange()

    @contextmanager
    def worn(self) -> Iterator[None]:
        """Within, the model's weights are the average."""
        before = self.is_worn
        self.put_on()
        try:
            yield
        finally:
            if not before:
                self.take_off()

    def restored(self) -> None:
        """Train on from a checkpoint, in which the model wears the average."""
        self.is_worn = True
        self.take_off()

    def _pairs(self) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """The model's weights, and those set aside."""
        (group,) = self.param_groups
        aside = [self.state[parameter][SET_ASIDE] for parameter in group["params"]]
        return [parameter.detach() for parameter in group["params"]], aside

    def _exchange(self) -> None:
        with uninterrupted():
            for weights, others in zip(*self._pairs(), strict=True):
                kept = weights.clone()
                weights.copy_(others)
                others.copy_(kept)
            self.is_worn = not self.is_worn


def judged(average: WeightAverage | None) -> AbstractContextManager:
    """Within, the model is what it is judged by and kept as: its average, if there is one."""
    return average.worn() if average else nullcontext()

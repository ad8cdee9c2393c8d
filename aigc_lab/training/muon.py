"""Muon with all matrices of one shape in one batch: the same steps as PyTorch's, in fewer calls."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of x, x³ and x⁵: steep at 0, near 1 over a wide range
ROUNDS = 5
TINY = 1e-7


class Muon(torch.optim.Muon):
    """PyTorch's Muon; what is done one by one there is done here for L layers at once.

    Small matrices cost more in calls than in numbers, on a GPU above all. The memory of a run, and
    so its checkpoints, are those of `torch.optim.Muon`, with its rule "original" for the rate.

    Source: Jordan et al. 2024 (Muon).
    Notebook: 06 training.
    """

    @torch.no_grad()
    def step(self) -> None:
        """Move every matrix against its gradient's average, made orthogonal."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike.setdefault(parameter.shape, []).append(parameter)
            for matrices in alike.values():
                self._move(matrices, group["lr"], group["momentum"], group["weight_decay"])

    def _move(self, matrices: list[nn.Parameter], lr: float, momentum: float, decay: float) -> None:
        gradients = [matrix.grad for matrix in matrices]
        averages = [self._average(matrix) for matrix in matrices]
        torch._foreach_lerp_(averages, gradients, 1 - momentum)
        ahead = torch._foreach_lerp(gradients, averages, momentum)  # Nesterov's look ahead
        directions = orthogonal(torch.stack(ahead)).unbind()  # L times (rows, columns)
        rows, columns = matrices[0].shape
        torch._foreach_mul_(matrices, 1 - lr * decay)
        rate = lr * math.sqrt(max(1, rows / columns))
        torch._foreach_add_(matrices, directions, alpha=-rate)

    def _average(self, matrix: nn.Parameter) -> Tensor:
        memory = self.state[matrix]
        if "momentum_buffer" not in memory:
            memory["momentum_buffer"] = torch.zeros_like(matrix.grad)
        return memory["momentum_buffer"]


def orthogonal(x: Tensor) -> Tensor:
    """The matrices with all singular values pushed to about 1 (0.7 to 1.2), in bfloat16.

    A polynomial of a matrix's singular values needs no decomposition: x (xᵀx) has their cubes.

    Shapes: (L, rows, columns) -> the same.
    Source: Jordan et al. 2024 (the Newton-Schulz iteration of Muon).
    Notebook: 06 training.

    >>> orthogonal(100 * torch.eye(2)[None]).float().round(decimals=1)
    tensor([[[1.1000, 0.0000],
             [0.0000, 1.1000]]])
    """
    if x.shape[-2] > x.shape[-1]:
        return orthogonal(x.mT).mT  # the product x xᵀ is smaller this way
    a, b, c = COEFFICIENTS
    x = x.bfloat16()
    x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=TINY)  # singular values up to 1
    for _ in range(ROUNDS):
        gram = x @ x.mT  # (L, rows, rows)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x

"""Muon in batches against PyTorch's, matrix by matrix."""

import pytest
import torch

from aigc_lab.training.muon import Muon, orthogonal

SHAPES = [(7, 13), (13, 7), (7, 13), (5, 5), (13, 7), (7, 13)]


def moved_by(kind: type[torch.optim.Optimizer], steps: int, **dials: float) -> list[torch.Tensor]:
    """Where matrices get to on gradients of their own; the last one has none at step 1."""
    generator = torch.Generator().manual_seed(0)
    matrices = [torch.nn.Parameter(torch.randn(s, generator=generator)) for s in SHAPES]
    optimizer = kind(matrices, adjust_lr_fn="original", **dials)
    for step in range(steps):
        for matrix in matrices:
            matrix.grad = torch.randn(matrix.shape, generator=generator)
        if step == 1:
            matrices[-1].grad = None
        optimizer.param_groups[0]["lr"] = dials["lr"] / (1 + step)
        optimizer.step()
    memory = [optimizer.state[matrix]["momentum_buffer"] for matrix in matrices]
    return [matrix.detach() for matrix in matrices] + memory


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_every_step_is_that_of_pytorch(decay):
    dials = dict(lr=0.05, momentum=0.95, weight_decay=decay)
    mine, theirs = (moved_by(kind, 4, **dials) for kind in (Muon, torch.optim.Muon))
    for tensor, expected in zip(mine, theirs, strict=True):
        torch.testing.assert_close(tensor, expected, rtol=0, atol=1e-3)  # of steps of 0.02


def test_singular_values_come_near_one_whatever_they_were():
    torch.manual_seed(0)
    x = torch.randn(3, 11, 29) * torch.tensor([1e-3, 1.0, 1e3])[:, None, None]
    values = torch.linalg.svdvals(orthogonal(x).float())  # (L, rows)
    assert 0.6 < values.min() < values.max() < 1.3
    torch.testing.assert_close(orthogonal(x.mT), orthogonal(x).mT)


def test_a_gradient_of_zeros_moves_nothing():
    assert torch.equal(orthogonal(torch.zeros(2, 3, 5)), torch.zeros(2, 3, 5).bfloat16())

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from aigc_lab.model import reference
from aigc_lab.model.loss import bits_per_byte, cross_entropy, perplexity


def random_case() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 5, 11, generator=generator) * 4
    return logits, torch.randint(0, 11, (3, 5), generator=generator)


def test_by_hand() -> None:
    logits = torch.tensor([[0.0, math.log(3.0)], [math.log(9.0), 0.0]])  # (1/4, 3/4), (9/10, 1/10)
    loss = cross_entropy(logits, torch.tensor([1, 1]))
    assert float(loss) == pytest.approx((math.log(4 / 3) + math.log(10)) / 2, abs=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_equals_pytorch(reduction: str) -> None:
    logits, targets = random_case()
    targets[1, 2:] = -100
    ours = cross_entropy(logits, targets, reduction=reduction)
    theirs = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction=reduction)
    assert ours.shape == (targets.shape if reduction == "none" else ())
    torch.testing.assert_close(ours, theirs.view(ours.shape), atol=1e-5, rtol=1e-5)


def test_equals_reference() -> None:
    logits, targets = random_case()
    expected = reference.cross_entropy(logits.double().numpy(), targets.numpy())
    assert float(cross_entropy(logits, targets)) == pytest.approx(expected, abs=1e-5)


def test_gradient_is_softmax_minus_one_hot() -> None:
    logits, targets = random_case()
    logits.requires_grad_()
    cross_entropy(logits, targets, reduction="sum").backward()
    expected = reference.softmax(logits.detach().numpy()) - np.eye(11)[targets.numpy()]
    np.testing.assert_allclose(logits.grad.numpy(), expected, atol=1e-5)


def test_stable_at_ten_thousand() -> None:
    logits = torch.tensor([[1e4, -1e4, 0.0]], requires_grad=True)
    right = cross_entropy(logits, torch.tensor([0]))
    wrong = cross_entropy(logits, torch.tensor([1]))
    assert (right.item(), wrong.item()) == (0.0, 2e4)
    wrong.backward()
    assert torch.isfinite(logits.grad).all()


def test_low_precision_logits_are_scored_in_float32() -> None:
    logits, targets = random_case()
    low = cross_entropy(logits.bfloat16(), targets)
    assert low.dtype == torch.float32
    exact = cross_entropy(logits.bfloat16().float(), targets)
    torch.testing.assert_close(low, exact, atol=0, rtol=0)


def test_ignored_positions_do_not_count() -> None:
    logits, targets = random_case()
    targets[0, 1] = 7
    kept = targets != 7
    ours = cross_entropy(logits, targets, ignore_index=7)
    torch.testing.assert_close(ours, cross_entropy(logits[kept], targets[kept]))


def test_nothing_to_score_is_zero_not_nan() -> None:
    logits = torch.randn(2, 3, requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([-100, -100]))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert float(logits.grad.abs().max()) == 0.0


def test_adding_a_constant_to_a_row_changes_nothing() -> None:
    logits, targets = random_case()
    shifted = logits + torch.arange(5.0)[:, None]
    torch.testing.assert_close(
        cross_entropy(shifted, targets), cross_entropy(logits, targets), atol=1e-5, rtol=0
    )


def test_perplexity_and_bits_per_byte_by_hand() -> None:
    assert perplexity(0.0) == 1.0
    assert perplexity(math.log(50257)) == pytest.approx(50257)
    assert perplexity(1e4) == math.inf
    assert bits_per_byte(total_nats=7 * math.log(2), total_bytes=2) == pytest.approx(3.5)


def test_errors() -> None:
    logits, targets = random_case()
    with pytest.raises(ValueError, match=r"logits \(3, 5, 11\) and targets \(3, 4\) do not fit"):
        cross_entropy(logits, targets[:, :4])
    with pytest.raises(ValueError, match=r"targets are torch\.float32; pass int64 token ids"):
        cross_entropy(logits, targets.float())
    with pytest.raises(ValueError, match="targets run from 0 to 11, but logits know ids 0 to 10"):
        cross_entropy(logits, torch.tensor([[0, 11, 3, 4, 5]] * 3))
    with pytest.raises(ValueError, match="reduction='total' is not known; choose one of mean"):
        cross_entropy(logits, targets, reduction="total")
    with pytest.raises(ValueError, match="below zero"):
        perplexity(-0.1)
    with pytest.raises(ValueError, match="total_bytes=0 must be 1 or more"):
        bits_per_byte(3.0, 0)

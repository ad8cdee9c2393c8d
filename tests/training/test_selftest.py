"""A healthy device passes; each fault that we can think of is caught, named and gone around."""

from __future__ import annotations

import math

import pytest
import torch

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.attention import scaled_dot_product_attention
from aigc_lab.training import selftest
from aigc_lab.training.selftest import (
    Findings,
    examine_device,
    findings_for,
    fused_attention,
    trusted,
)


def mask(t, diagonal=0):
    return torch.ones(t, t, dtype=torch.bool).tril(diagonal)


def masked(q, k, v, allowed, wall=-math.inf):
    scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~allowed, wall)
    return scores.softmax(-1) @ v


def explicit(q, k, v):
    return scaled_dot_product_attention(q, k, v, is_causal=True, kernel="explicit")


def no_mask(q, k, v):
    return masked(q, k, v, mask(q.shape[-2], q.shape[-2]))


def one_too_far(q, k, v):
    return masked(q, k, v, mask(q.shape[-2], 1))


def soft_wall(q, k, v):
    return masked(q, k, v, mask(q.shape[-2]), wall=-4.0)


def leaks_behind_the_first_tile(q, k, v):
    allowed = mask(q.shape[-2])
    allowed[128:, :] = True
    return masked(q, k, v, allowed)


def leaks_in_half_only(q, k, v):
    return (no_mask if q.dtype == torch.bfloat16 else explicit)(q, k, v)


def leaks_in_float32_only(q, k, v):
    return (no_mask if q.dtype == torch.float32 else explicit)(q, k, v)


class LeakyBackward(torch.autograd.Function):
    """Right in the forward pass; the gradient of v forgets the mask."""

    @staticmethod
    def forward(ctx, out, v):
        ctx.length = v.shape[-2]
        return out.clone()

    @staticmethod
    def backward(ctx, gradient):
        everywhere = gradient.mean(dim=-2, keepdim=True).expand(-1, -1, ctx.length, -1)
        return gradient, everywhere


def leaky_gradient(q, k, v):
    return LeakyBackward.apply(explicit(q, k, v), v)


def unscaled(q, k, v):
    return explicit(q * math.sqrt(q.shape[-1]), k, v)


def no_number(q, k, v):
    return explicit(q, k, v) * math.nan


def absent(q, k, v):
    raise NotImplementedError("no kernel for this\nmore words")


LEAKS = (no_mask, one_too_far, soft_wall, leaks_behind_the_first_tile, leaky_gradient, no_number)


def test_this_machine_passes():
    assert examine_device("cpu") == Findings()
    assert Findings().passed


def test_attention_without_a_fused_kernel_passes_too():
    assert examine_device("cpu", attention=explicit) == Findings()


@pytest.mark.parametrize("attention", [*LEAKS, leaks_in_half_only, leaks_in_float32_only])
def test_a_leak_is_caught(attention):
    found = examine_device("cpu", attention=attention)
    assert found.leaks_future
    assert not found.passed
    assert any("lets the past see the future" in note for note in found.notes)


def test_a_leak_is_told_by_format_and_by_direction():
    only = examine_device("cpu", attention=leaks_in_half_only)
    assert [note.partition(" (")[0] for note in only.notes] == [
        "fused attention in bfloat16 lets the past see the future: results",
        "fused attention in bfloat16 lets the past see the future: gradients",
        "fused attention in bfloat16 is not what float64 gives",
    ]
    backward = examine_device("cpu", attention=leaky_gradient)
    assert not any("results" in note for note in backward.notes)
    assert any("gradients" in note for note in backward.notes)


def test_attention_that_is_causal_and_wrong():
    found = examine_device("cpu", attention=unscaled)
    assert (found.leaks_future, found.wrong_attention, found.wrong_half) == (False, True, True)


def test_half_precision_attention_that_rounds_too_much():
    def rough(q, k, v):
        out = explicit(q, k, v)
        return out if q.dtype == torch.float32 else (out * 1.1).to(q.dtype)

    found = examine_device("cpu", attention=rough)
    assert (found.leaks_future, found.wrong_attention, found.wrong_half) == (False, False, True)


def summed_in_half(left, right):
    total = torch.zeros(left.shape[0], right.shape[1], dtype=left.dtype)
    for column, row in zip(left.unbind(1), right.unbind(0), strict=True):
        total += torch.outer(column, row)
    return total


def forgets_the_tail(left, right):
    whole = left.shape[1] // 8 * 8
    return left[:, :whole] @ right[:whole]


def one_row_wrong(left, right):
    product = left @ right
    product[-1] = 0
    return product


def overflows(left, right):
    return left @ right * torch.inf


@pytest.mark.parametrize("matmul", [summed_in_half, forgets_the_tail, one_row_wrong, overflows])
def test_a_bad_product_is_caught(matmul):
    found = examine_device("cpu", matmul=matmul)
    assert (found.leaks_future, found.wrong_attention, found.wrong_half) == (False, False, True)
    assert "a product in bfloat16 is not what float64 gives" in found.notes[0]


def test_a_product_wrong_in_float16_alone_is_named():
    def matmul(left, right):
        return left @ right * (1.0 if left.dtype == torch.bfloat16 else 1.01)

    (note,) = examine_device("cpu", matmul=matmul).notes
    assert note.startswith("a product in float16 is not what float64 gives (off by 0.01 of its")


def test_what_is_not_there_is_wrong_and_its_first_words_are_kept():
    found = examine_device("cpu", attention=absent)
    assert (found.leaks_future, found.wrong_attention, found.wrong_half) == (True, True, True)
    assert all("more words" not in note for note in found.notes)
    assert "(no kernel for this)" in found.notes[0]


def test_products_are_tried_where_tiles_fit_and_where_they_do_not():
    tried = []

    def matmul(left, right):
        tried.append((left.dtype, left.shape[1] % 8))
        return left @ right

    examine_device("cpu", matmul=matmul)
    assert sorted({rest for _, rest in tried}) == [0, 1]
    assert {dtype for dtype, _ in tried} == set(selftest.HALVES)


@pytest.mark.parametrize("values", [(1.0, math.nan), (math.nan, 1.0)])
def test_what_is_no_number_is_the_worst(values):
    assert math.isnan(selftest._worst(values))


def leaks_behind_position_600(q, k, v):
    allowed = mask(q.shape[-2])
    allowed[600:, :] = True
    return masked(q, k, v, allowed)


def test_an_accelerator_is_tried_at_a_models_length_and_head_width_too(monkeypatch):
    assert (1024, 64) in selftest._shapes(torch.device("cuda", 0))
    assert (1024, 64) in selftest._shapes(torch.device("mps"))
    usual, all_shapes = (selftest._shapes(torch.device(name)) for name in ("cpu", "cuda"))
    assert (1024, 64) not in usual
    assert examine_device("cpu", attention=leaks_behind_position_600).passed
    monkeypatch.setattr(selftest, "_shapes", lambda device: all_shapes)
    assert examine_device("cpu").passed
    assert examine_device("cpu", attention=leaks_behind_position_600).leaks_future


def test_random_numbers_stay_the_callers():
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    examine_device("cpu")
    assert torch.equal(torch.rand(2), wanted)


def test_a_device_is_looked_at_once(monkeypatch):
    looked = []
    monkeypatch.setattr(
        selftest, "examine_device", lambda device: looked.append(device) or Findings()
    )
    findings_for.cache_clear()
    assert findings_for("cpu") is findings_for("cpu")
    assert looked == ["cpu"]
    findings_for.cache_clear()


def half(**changes):
    return TrainConfig(device="cpu", precision="bfloat16", **changes)


def test_a_healthy_device_changes_nothing():
    config, train = GPTConfig(), half()
    assert trusted(config, train, Findings()) == (config, train, [])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Findings(leaks_future=True), "lets the past see the future"),
        (Findings(wrong_attention=True), "is wrong"),
    ],
)
def test_attention_that_cannot_be_trusted_is_done_in_the_open(fault, words):
    config, train, said = trusted(GPTConfig(), half(), fault)
    assert (config.attention, train.precision) == ("explicit", "bfloat16")
    assert said == [f"fused attention {words} on cpu: this run uses explicit attention"]


def test_both_faults_are_gone_around():
    fault = Findings(leaks_future=True, wrong_half=True)
    config, train, said = trusted(GPTConfig(), half(), fault)
    assert (config.attention, train.precision, len(said)) == ("explicit", "float32", 2)


def test_a_run_that_uses_nothing_faulty_stays_as_it_is():
    fault = Findings(leaks_future=True, wrong_half=True)
    config, train = GPTConfig(attention="explicit"), TrainConfig(device="cpu", precision="float32")
    assert trusted(config, train, fault) == (config, train, [])


def test_the_default_is_the_kernel_that_training_uses():
    q, k, v = torch.randn(3, 1, 2, 5, 4, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(fused_attention(q, k, v), explicit(q, k, v))

import math

import numpy as np
import pytest
import torch

from aigc_lab.core.config import RotaryScaling
from aigc_lab.model import reference
from aigc_lab.model.positions import apply_rotary, rotary_tables, sinusoidal, stretch

LLAMA_3_1, LLAMA_3_2 = RotaryScaling(), RotaryScaling(factor=32.0)
CLOSE = RotaryScaling(factor=7, low_freq_factor=0.3, high_freq_factor=0.5, original_block_size=11)


def test_sinusoidal_by_hand() -> None:
    table = sinusoidal(length=3, width=4)
    slow = 2 / 10000 ** (2 / 4)  # pair 1 turns 100 times slower
    expected = [math.sin(2), math.cos(2), math.sin(slow), math.cos(slow)]
    torch.testing.assert_close(table[2], torch.tensor(expected), atol=1e-6, rtol=0)


def test_sinusoidal_equals_reference() -> None:
    expected = reference.sinusoidal(101, 14)
    np.testing.assert_allclose(sinusoidal(101, 14).numpy(), expected, atol=1e-5)


def test_offset_continues_the_table() -> None:
    torch.testing.assert_close(sinusoidal(5, 6, offset=7), sinusoidal(12, 6)[7:], atol=0, rtol=0)
    for late, whole in zip(rotary_tables(5, 6, offset=7), rotary_tables(12, 6), strict=True):
        torch.testing.assert_close(late, whole[7:], atol=0, rtol=0)


def test_rotary_by_hand() -> None:
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]] * 2)
    cos, sin = rotary_tables(2, 4, base=100.0)  # pairs (0, 2) and (1, 3); angles 1 and 1/10
    turned = apply_rotary(x, cos, sin)
    c, s, slow_c, slow_s = math.cos(1), math.sin(1), math.cos(0.1), math.sin(0.1)
    expected = [c - 3 * s, 2 * slow_c - 4 * slow_s, 3 * c + s, 4 * slow_c + 2 * slow_s]
    torch.testing.assert_close(turned[0], x[0], atol=0, rtol=0)  # position 0 is not turned
    torch.testing.assert_close(turned[1], torch.tensor(expected), atol=1e-6, rtol=0)


@pytest.mark.parametrize("scaling", [None, CLOSE, LLAMA_3_1])
def test_rotary_equals_reference(scaling: RotaryScaling | None) -> None:
    x = torch.randn(2, 3, 7, 10, generator=torch.Generator().manual_seed(0))
    turned = apply_rotary(x, *rotary_tables(7, 10, base=500.0, offset=11, scaling=scaling))
    expected = reference.rotary(x.numpy(), base=500.0, offset=11, scaling=scaling)
    np.testing.assert_allclose(turned.numpy(), expected, atol=1e-5)


def test_scaling_by_hand() -> None:
    scaling = RotaryScaling(
        factor=10, low_freq_factor=1, high_freq_factor=5, original_block_size=100
    )
    turns = torch.tensor([6.0, 5.0, 4.0, 1.0, 0.5])  # within the original 100 positions
    radians = 2 * math.pi / 100
    kept = [1, 1, 3 / 4, 0, 0]
    expected = [n * (share + (1 - share) / 10) for n, share in zip(turns, kept, strict=True)]
    torch.testing.assert_close(stretch(turns * radians, scaling) / radians, torch.tensor(expected))


@pytest.mark.parametrize("scaling", [LLAMA_3_1, LLAMA_3_2, CLOSE])
def test_scaled_tables_equal_transformers(scaling: RotaryScaling) -> None:
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    config = LlamaConfig(
        hidden_size=6 * 64, num_attention_heads=6, max_position_embeddings=131072,
        rope_parameters={
            "rope_type": "llama3", "rope_theta": 500000.0, "factor": scaling.factor,
            "low_freq_factor": scaling.low_freq_factor,
            "high_freq_factor": scaling.high_freq_factor,
            "original_max_position_embeddings": scaling.original_block_size,
        },
    )  # fmt: skip
    theirs = LlamaRotaryEmbedding(config)
    frequencies = 500000.0 ** (-torch.arange(0, 64, 2).double() / 64)
    ours = stretch(frequencies, scaling)
    torch.testing.assert_close(ours.float(), theirs.inv_freq, rtol=1e-6, atol=0)
    slower = (frequencies / ours).round(decimals=3)
    assert len(slower.unique()) >= 3  # kept, slowed, and something between
    for offset, atol in ((0, 1e-5), (8191, 1e-3)):  # far out, a float32 angle is a coarse one
        positions = torch.arange(offset, offset + 101)[None]
        expected = theirs(torch.zeros(1), positions)  # both halves, (1, T, D)
        arrived = rotary_tables(101, 64, base=500000.0, offset=offset, scaling=scaling)
        for table, both in zip(arrived, expected, strict=True):
            torch.testing.assert_close(table, both[0, :, :32], atol=atol, rtol=0)


def test_scaling_makes_no_jump_and_keeps_the_order() -> None:
    frequencies = torch.linspace(1e-6, 1.0, 9973, dtype=torch.float64)
    slowed = stretch(frequencies, LLAMA_3_1)
    assert (slowed.diff() > 0).all()
    assert (slowed / frequencies).diff().abs().max() < 0.2
    assert slowed[0] == frequencies[0] / 8
    assert slowed[-1] == frequencies[-1]


def test_rotary_equals_transformers() -> None:
    from transformers.models.llama import modeling_llama as llama

    x = torch.randn(2, 3, 7, 10, generator=torch.Generator().manual_seed(1))
    cos, sin = rotary_tables(7, 10)
    both_halves = (torch.cat((table, table), dim=-1)[None] for table in (cos, sin))
    expected, _ = llama.apply_rotary_pos_emb(x, x, *both_halves)
    torch.testing.assert_close(apply_rotary(x, cos, sin), expected, atol=1e-6, rtol=0)


def test_rotary_scores_depend_on_distance_only() -> None:
    q, k = torch.randn(2, 1, 10, generator=torch.Generator().manual_seed(2)).double()

    def score(t_q: int, t_k: int) -> float:
        turned_q = apply_rotary(q, *rotary_tables(1, 10, offset=t_q))
        turned_k = apply_rotary(k, *rotary_tables(1, 10, offset=t_k))
        return float((turned_q * turned_k).sum())

    assert score(5, 2) == pytest.approx(score(105, 102), abs=1e-4)
    assert abs(score(5, 2) - score(5, 3)) > 1e-2


def test_rotary_keeps_lengths_and_dtype() -> None:
    x = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(3))
    turned = apply_rotary(x, *rotary_tables(5, 8))
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1), atol=1e-5, rtol=0)
    assert apply_rotary(x.bfloat16(), *rotary_tables(5, 8)).dtype == torch.bfloat16


def test_errors_name_the_shapes() -> None:
    with pytest.raises(ValueError, match="width=5 is odd"):
        sinusoidal(3, 5)
    with pytest.raises(ValueError, match="width=5 is odd"):
        rotary_tables(3, 5)
    with pytest.raises(ValueError, match=r"\(4, 3\) and \(4, 3\) do not fit x of shape \(5, 6\)"):
        apply_rotary(torch.zeros(5, 6), *rotary_tables(4, 6))

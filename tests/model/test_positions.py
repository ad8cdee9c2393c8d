import math

import numpy as np
import pytest
import torch

from aigc_lab.model import reference
from aigc_lab.model.positions import apply_rotary, rotary_tables, sinusoidal


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


def test_rotary_equals_reference() -> None:
    x = torch.randn(2, 3, 7, 10, generator=torch.Generator().manual_seed(0))
    turned = apply_rotary(x, *rotary_tables(7, 10, base=500.0, offset=11))
    expected = reference.rotary(x.numpy(), base=500.0, offset=11)
    np.testing.assert_allclose(turned.numpy(), expected, atol=1e-5)


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

"""How a model learns the order of its tokens: sinusoidal and rotary tables."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from aigc_lab.core.config import RotaryScaling

Rotary = tuple[Tensor, Tensor]  # the cosines and the sines, (T, D/2) each


def sinusoidal(
    length: int, width: int, offset: int = 0, device: torch.device | str | None = None
) -> Tensor:
    """The fixed table of "Attention Is All You Need", one row per position.

    Feature 2i of position t is sin(t / 10000^(2i/C)), and feature 2i+1 its cosine.
    `offset` is the position of the first row.

    Shapes: returns (T, C) float32.
    Raises: ValueError when the width is odd.
    Source: Vaswani et al. 2017, section 3.5.
    Notebook: 04 positions.

    >>> sinusoidal(2, 2)
    tensor([[0.0000, 1.0000],
            [0.8415, 0.5403]])
    """
    angles = _angles(length, _frequencies(width, 10000.0, device), offset)  # (T, C/2)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)  # (T, C/2, 2) -> (T, C)


def rotary_tables(
    length: int,
    head_dim: int,
    base: float = 10000.0,
    offset: int = 0,
    device: torch.device | str | None = None,
    scaling: RotaryScaling | None = None,
) -> Rotary:
    """The cosines and sines by which `apply_rotary` turns positions offset … offset+T-1.

    With `scaling`, slow pairs turn slower still (`stretch`).

    Shapes: returns two (T, D/2) float32 tables.
    Raises: ValueError when the head width is odd.
    Source: Su et al. 2021 (RoFormer), equation 15.
    Notebook: 04 positions.
    """
    frequencies = _frequencies(head_dim, base, device)  # (D/2,)
    if scaling is not None:
        frequencies = stretch(frequencies, scaling)
    angles = _angles(length, frequencies, offset)  # (T, D/2)
    return angles.cos(), angles.sin()


def stretch(frequencies: Tensor, scaling: RotaryScaling) -> Tensor:
    """Slow down the pairs that do not come round within the original length, as Llama 3.1 does.

    They tell far positions apart, and slowed by `factor` they do so over a text that many times
    longer. Fast pairs, which tell neighbours apart, are kept. Of a pair between the two, the share
    that is kept grows in a line with the turns it makes within the original length.

    Shapes: (D/2,) -> (D/2,), radians per position.
    Source: Meta 2024, the published code of Llama 3.1.
    Notebook: 04 positions.

    >>> scaling = RotaryScaling(factor=8, low_freq_factor=1, high_freq_factor=3)
    >>> turns = torch.tensor([4.0, 2.0, 0.5])  # within the original length
    >>> radians = 2 * math.pi / scaling.original_block_size  # of one turn, per position
    >>> stretch(turns * radians, scaling) / radians
    tensor([4.0000, 1.1250, 0.0625])
    """
    low, high = scaling.low_freq_factor, scaling.high_freq_factor
    turns = scaling.original_block_size * frequencies / (2 * math.pi)
    kept = ((turns - low) / (high - low)).clamp(0.0, 1.0)
    return frequencies * (kept + (1.0 - kept) / scaling.factor)


def apply_rotary(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair of features of x by its position's angles.

    Feature i is paired with feature i + D/2 (the layout of Llama checkpoints), so scores between
    a turned query and a turned key depend on their distance only.

    Shapes: x (…, T, D); cos and sin (T, D/2); returns (…, T, D) in x's dtype.
    Raises: ValueError when the tables do not fit x.
    Source: Su et al. 2021 (RoFormer), equation 34.
    Notebook: 04 positions.

    >>> quarter_turn = torch.tensor([[0.0]]), torch.tensor([[1.0]])
    >>> apply_rotary(torch.tensor([[1.0, 0.0]]), *quarter_turn)
    tensor([[0., 1.]])
    """
    expected = (x.shape[-2], x.shape[-1] // 2)
    if x.shape[-1] % 2 or cos.shape != expected or sin.shape != expected:
        raise ValueError(
            f"rotary tables of shapes {tuple(cos.shape)} and {tuple(sin.shape)} do not fit x of "
            f"shape {tuple(x.shape)}; for x (…, T, D) with an even D pass two (T, D/2) tables"
        )
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    first, second = x.chunk(2, dim=-1)  # (…, T, D/2) each
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


def _frequencies(width: int, base: float, device: torch.device | str | None) -> Tensor:
    """Radians per position, (width/2,): pair i turns by base^(-2i/width)."""
    if width % 2:
        raise ValueError(f"positions come in pairs of features, and width={width} is odd")
    pairs = torch.arange(0, width, 2, dtype=torch.float32, device=device)  # 2i
    return 1.0 / base ** (pairs / width)


def _angles(length: int, frequencies: Tensor, offset: int) -> Tensor:
    """Position times frequency, (T, width/2)."""
    device = frequencies.device
    positions = torch.arange(offset, offset + length, dtype=torch.float32, device=device)  # (T,)
    return torch.outer(positions, frequencies)

"""Notebook 05: the ways to miscount GPT-2's parameters, for block_8_count."""

from __future__ import annotations

EXERCISES = ()  # the exercise that these belong to stands in block_8_count


def flawed(
    vocab_size: int,
    block_size: int,
    n_layer: int,
    n_embd: int,
    *,
    tables: str = "both",
    attn: int = 4,
    attn_bias: int = 4,
    mlp: int = 8,
    mlp_bias: int = 5,
    norms: int = 4,
    final: int = 2,
    layers: str = "all",
) -> int:
    """The count with what can go wrong, each part in multiples of C² or C."""
    block = (attn + mlp) * n_embd**2 + (attn_bias + mlp_bias + norms) * n_embd
    rows = {
        "both": vocab_size + block_size,
        "head too": 2 * vocab_size + block_size,
        "no positions": vocab_size,
        "no tokens": block_size,
    }
    blocks = block * (1 if layers == "one" else n_layer)
    return rows[tables] * n_embd + blocks + final * n_embd

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
    squares: int = 12,
    singles: int = 13,
    final: int = 2,
    layers: str = "all",
) -> int:
    """The count with what can go wrong: a block has `squares` times C² and `singles` times C."""
    block = squares * n_embd**2 + singles * n_embd
    rows = {
        "head too": 2 * vocab_size + block_size,
        "no positions": vocab_size,
        "no tokens": block_size,
    }.get(tables, vocab_size + block_size)
    outside = rows * n_embd + (vocab_size if tables == "head bias" else 0)
    end = final * n_embd
    return {
        "all": outside + n_layer * block + end,
        "masks too": outside + n_layer * (block + block_size**2) + end,
        "one": outside + block + end,
        "final too": outside + n_layer * (block + end),
        "of everything": n_layer * (outside + block + end),
    }[layers]

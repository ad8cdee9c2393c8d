"""Notebook 08: the ways to miscount the arithmetic of training, for gpu_3_flops."""

from __future__ import annotations

EXERCISES = ()  # the exercise that these belong to stands in gpu_3_flops


def flawed(
    n_layer: int,
    n_embd: int,
    vocab_size: int,
    length: int,
    *,
    block: tuple[int, int] = (12, 0),
    tables: str = "output",
    layers: str = "all",
    per_weight: int = 2,
    attention: str = "4TC",
    passes: str = "3",
    per: str = "token",
) -> float:
    """The right count with what can go wrong: a block has so many times C² and so many times C."""
    squares, singles = block
    many = 1 if layers == "one" else n_layer
    weights = squares * n_embd**2 + singles * n_embd
    outside = {
        "output": vocab_size,
        "none": 0,
        "half": vocab_size / 2,
        "input too": 2 * vocab_size,
        "positions too": vocab_size + length,
        "all that learns": vocab_size + length + 2,
        "V numbers": vocab_size / n_embd,
    }[tables] * n_embd
    in_layers = outside if layers == "output too" else 0
    matrices = per_weight * (many * (weights + in_layers) + outside - in_layers)
    scores = {
        "4TC": 4 * length * n_embd,
        "2TC": 2 * length * n_embd,
        "8TC": 8 * length * n_embd,
        "12TC": 12 * length * n_embd,
        "none": 0,
        "once": 4 * length * n_embd / many,
        "4TTC": 4 * length**2 * n_embd,
        "4T": 4 * length,
        "4TT": 4 * length**2,
    }[attention] * many
    return _training(passes, matrices, scores) * (length if per == "text" else 1)


def _training(passes: str, matrices: float, scores: float) -> float:
    """From forward to training."""
    if passes == "of matrices":
        return 3 * matrices + scores
    if passes == "of attention":
        return matrices + 3 * scores
    return float(passes) * (matrices + scores)

"""Scenes for tests of the explorer: small, seeded, and with every kind of token."""

from __future__ import annotations

import numpy as np

from aigc_lab.viz.explorer import Scene

TOKENS = (b"The", b" fox", b" fox", "狐狸".encode(), b"\xe4\xbd", b"</script>", b"\n")
LAYERS, HEADS = 2, 3


def causal_maps(layers: int, heads: int, length: int, seed: int = 0) -> np.ndarray:
    """Random attention weights (L, H, T, T) of causal rows that sum to 1."""
    scores = np.random.default_rng(seed).normal(scale=2, size=(layers, heads, length, length))
    weights = np.exp(np.where(np.tri(length, dtype=bool), scores, -np.inf))
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)


def scene(name: str = "", tokens: tuple = TOKENS, heads: int = HEADS, seed: int = 0) -> Scene:
    """A scene of two layers; what comes next is expected with 0.6, and the first token with 0.3."""
    maps = causal_maps(LAYERS, heads, len(tokens), seed)
    maps[0, 0] = 0
    maps[0, 0, :, 0] = 1  # layer 0, head 0 looks at the first token and nowhere else
    effects = np.random.default_rng(seed).normal(scale=0.5, size=(LAYERS, heads, len(tokens) - 1))
    following = (*tokens[1:], b"!")
    predictions = tuple(((token, 0.6), (tokens[0], 0.3)) for token in following)
    numbers = {"loss": 3.0 / (1 + seed), "induction": 0.1 * seed}
    return Scene(name, tokens, maps, predictions, effects, numbers)

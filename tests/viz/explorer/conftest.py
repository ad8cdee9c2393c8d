"""A tiny model, its tokenizer, and scenes that are made up."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.viz.explorer import Scene


def made_up_weights(layers: int, heads: int, length: int, seed: int = 0) -> np.ndarray:
    """Causal weights (L, H, T, T) whose rows sum to 1."""
    weights = np.tril(np.random.default_rng(seed).random((layers, heads, length, length)))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.fixture
def make_scene():
    """Make a scene of a number of tokens, layers and heads."""

    def make(length=5, layers=2, heads=3, name="made up", **more):
        tokens = tuple(f" t{position}".encode() for position in range(length))
        return Scene(name, tokens, made_up_weights(layers, heads, length), **more)

    return make


@pytest.fixture(scope="session")
def tokenizer():
    return CharTokenizer("abc 球\n")


@pytest.fixture(scope="session")
def model(tokenizer):
    torch.manual_seed(0)
    size = dict(vocab_size=tokenizer.vocab_size, block_size=11, n_layer=2, n_head=3, n_embd=12)
    return GPT(GPTConfig.gpt2(**size))

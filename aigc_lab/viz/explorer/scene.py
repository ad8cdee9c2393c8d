"""A scene: one text as one model reads it, with everything that the explorer shows of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.viz.fonts import Token
from aigc_lab.viz.maps import checked_weights, is_causal

if TYPE_CHECKING:
    from torch import Tensor

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

Predictions = tuple[tuple[tuple[Token, float], ...], ...]  # per position: the likeliest first


@dataclass(frozen=True, eq=False)
class Scene:
    """The attention of every head on one text, and what each position predicts.

    `effects` tells for each head by how much the loss of each next token grows when that head is
    silenced; `numbers` are what a series of scenes is followed by, such as its loss.

    Shapes: tokens T; weights (L, H, T, T), causal; predictions T rows of (token, probability);
        effects (L, H, T-1).
    Units: effects in nats.
    Raises: ValueError when shapes do not fit, or weights are not within 0 and 1 or look ahead.
    Notebook: 10 attention maps.
    """

    name: str
    tokens: tuple[Token, ...]
    weights: np.ndarray
    predictions: Predictions = ()
    effects: np.ndarray | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checked = checked_weights(self.weights, "(L, H, T, T)")
        weights = np.minimum(checked, 1).astype(np.float32)  # half precision may round above 1
        layers, heads, length, _ = weights.shape
        if not is_causal(weights.max(axis=(0, 1))) and length > 1:
            raise ValueError(
                "weights look at keys after their query; the explorer shows causal attention, "
                "whose upper triangle is zero"
            )
        for what, rows in (("tokens", self.tokens), ("predictions", self.predictions)):
            if len(rows) != length and (rows or what == "tokens"):
                raise ValueError(
                    f"{len(rows)} {what} arrived for weights of {length} positions; give one for "
                    "each"
                )
        effects = self.effects
        if effects is not None:
            effects = np.asarray(effects, dtype=np.float32)
            if effects.shape != (layers, heads, length - 1):
                raise ValueError(
                    f"effects of shape {effects.shape} arrived for weights {weights.shape}; "
                    f"pass (L, H, T-1), here {(layers, heads, length - 1)}"
                )
        for number, value in self.numbers.items():
            if not math.isfinite(value):
                raise ValueError(f"the number {number!r} is {value}; leave it out of this scene")
        settled = {
            "name": str(self.name),  # a step may come as a number
            "tokens": tuple(self.tokens),
            "weights": weights,
            "effects": effects,
            "numbers": {name: float(value) for name, value in self.numbers.items()},
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)  # frozen for everybody else


def scene_of(
    model: GPT,
    tokenizer: Tokenizer,
    text: str | Sequence[int],
    name: str = "",
    effects: bool = False,
    top: int = 5,
    numbers: Mapping[str, float] | None = None,
) -> Scene:
    """Read a text, or its ids, with a model and keep what the explorer shows.

    With `effects` each head is silenced once, which takes L·H passes. `top` is how many of the
    likeliest next tokens are kept at each position.

    Raises: ValueError for no text, or one that is longer than the model reads.
    Notebook: 10 attention maps.
    """
    import torch

    from aigc_lab.generation.loop import evaluating
    from aigc_lab.model.probe import record

    ids = _ids_that_fit(model, tokenizer, text, name)
    batch = torch.tensor([ids], device=model.lm_head.weight.device)  # (1, T)
    changes = None
    with evaluating(model):
        trace = record(model, batch, logit_lens=False)
        if effects and len(ids) > 1:
            from aigc_lab.model.trust import head_effects

            changes = head_effects(model, ids)
    return Scene(
        name=name,
        tokens=tuple(tokenizer.token_bytes(token_id) for token_id in ids),
        weights=trace.maps(),
        predictions=_predictions(trace.logits[0], tokenizer, top),
        effects=changes,
        numbers=numbers or {},
    )


def _ids_that_fit(
    model: GPT, tokenizer: Tokenizer, text: str | Sequence[int], name: str
) -> list[int]:
    from aigc_lab.generation.generate import encode_prompt

    if not len(text):
        raise ValueError("the text is empty; give a few words")
    ids = encode_prompt(tokenizer, text)
    most = model.config.block_size
    if len(ids) > most:
        raise ValueError(
            f"the text has {len(ids)} tokens, and {name or 'the model'} reads {most} at most; "
            "give a shorter one"
        )
    return ids


def _predictions(logits: Tensor, tokenizer: Tokenizer, top: int) -> Predictions:
    """The likeliest next tokens of each position; shapes: logits (T, V)."""
    shown = logits[:, : tokenizer.vocab_size].float()  # a padded table has rows without a token
    chances, ids = shown.softmax(dim=-1).topk(min(top, shown.shape[-1]), dim=-1)  # (T, top)
    return tuple(
        tuple((tokenizer.token_bytes(token), chance) for token, chance in zip(*row, strict=True))
        for row in zip(ids.tolist(), chances.tolist(), strict=True)
    )

"""Notebook 10: what each layer would say next, the logit lens."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_7_lens_flawed import flawed
from aigc_lab.exercises.bank.maps_7_lens_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import reference


def logit_lens(
    residual: ndarray, scale: ndarray, shift: ndarray, wte: ndarray, eps: float
) -> ndarray:
    """The package's last norm, and its table of tokens as the output layer."""
    return reference.layer_norm(residual, scale, shift, eps) @ wte.T


def _probes() -> list[Probe]:
    draw = np.random.default_rng(41)

    def case(layers: int, length: int, width: int, vocab: int, size: float = 1.0) -> tuple:
        grown = size * np.arange(1, layers + 2)[:, None, None]  # the stream grows with depth
        residual = grown * draw.normal(size=(layers + 1, length, width)) + 0.3 * grown
        scale, shift = draw.normal(size=(2, width)) * 0.5 + np.array([[1.5], [0.5]])
        return residual, scale, shift, draw.normal(size=(vocab, width))

    single = [each.astype(np.float32) for each in case(3, 7, 13, 17)]
    level = case(1, 3, 5, 11)
    level[0][1, 2] = 2.0
    return [
        probe("2 layers, 5 tokens, C = 7, V = 11", *case(2, 5, 7, 11), 1e-5),
        probe("1 layer, 3 tokens, C = 13, V = 5", *case(1, 3, 13, 5), 1e-5),
        probe("as many tokens in the vocabulary as features: 6", *case(3, 5, 6, 6), 1e-5),
        probe("numbers of about a thousandth", *case(2, 7, 5, 13, size=1e-3), 1e-5),
        probe("a row of equal numbers", *level, 1e-5),
        probe("a large eps of 0.5", *case(4, 3, 7, 19), 0.5),
        probe("3 layers in float32", *single, 1e-5, tolerance=1e-3),
    ]


def _scale_free(function: Function) -> str | None:
    """Doubling the stream changes nothing to speak of."""
    draw = np.random.default_rng(5)
    residual, wte = draw.normal(size=(3, 5, 7)), draw.normal(size=(11, 7))
    ones, zeros = np.ones(7), np.zeros(7)
    once, twice = (np.asarray(function(n * residual, ones, zeros, wte, 1e-9)) for n in (1, 2))
    if once.shape != (3, 5, 11) or once.dtype.kind != "f":
        return None
    if not np.allclose(once, twice, rtol=1e-3, atol=1e-3):
        return "when the whole stream is doubled, the logits should stay, and yours change"
    return None


def _level(function: Function) -> str | None:
    """A row of equal numbers has nothing to say but the shift."""
    shift, wte = np.arange(5.0), np.random.default_rng(6).normal(size=(7, 5))
    told = np.asarray(function(np.full((2, 3, 5), 4.0), np.full(5, 2.0), shift, wte, 1e-5))
    if told.shape != (2, 3, 7) or np.allclose(told, wte @ shift, atol=1e-3):
        return None
    return (
        "a row of equal numbers leaves nothing but shift to be read, and with yours something else"
    )


LENS = Exercise(
    name="logit_lens",
    notebook="10_attention_maps",
    title="What would each layer say?",
    points=2,
    reference=logit_lens,
    probes=_probes,
    flawed=flawed,
    hints=(
        "What happens to the stream after the last block of a GPT, before there are logits? Do "
        "just that to the earlier states too.",
        "LayerNorm along the last axis: subtract the mean, divide by the root of variance + eps, "
        "multiply by scale, add shift. Then the dot product with the row of every token in wte.",
        "mean = residual.mean(axis=-1, keepdims=True), and the variance likewise; "
        "normed = (residual - mean) / np.sqrt(variance + eps) * scale + shift; the logits are "
        "normed @ …: (…, C) and (V, C) should give (…, V).",
    ),
    mistakes=MISTAKES,
    laws=(Law("scale", _scale_free), Law("level", _level)),
)

EXERCISES = (LENS,)

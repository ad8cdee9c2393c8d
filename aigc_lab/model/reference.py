"""The same model in NumPy, one equation per function: slow, in the open, and the oracle of tests.

Arrays carry any leading axes (…); a mask is True where a query may attend. Nothing here is imported
by the PyTorch model, and nothing of the PyTorch model is used here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy import ndarray

from aigc_lab.core.config import GPTConfig, RotaryScaling

Weights = Mapping[str, ndarray]  # parameters under GPT-2's names, matrices (out, in)


def softmax(x: ndarray) -> ndarray:
    """softmax(x)_i = exp(x_i) / sum_j exp(x_j), along the last axis.

    Subtracting the largest x first changes nothing and keeps exp from overflowing. A row of
    nothing but -inf, where no choice is allowed, gives zeros.

    Shapes: (…, N) -> (…, N).
    Notebook: 02 language modelling and cross-entropy.

    >>> softmax(np.array([0.0, np.log(3.0)])).tolist()
    [0.25, 0.75]
    """
    top = x.max(axis=-1, keepdims=True)
    powers = np.exp(x - np.where(np.isneginf(top), 0.0, top))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0.0, 1.0, total)


def cross_entropy(logits: ndarray, targets: ndarray) -> float:
    """The mean over positions of log(sum_j exp(z_j)) - z_target.

    Shapes: logits (…, V), targets (…) whole numbers.
    Units: nats per token.
    Notebook: 02 language modelling and cross-entropy.
    """
    top = logits.max(axis=-1, keepdims=True)
    log_total = top[..., 0] + np.log(np.exp(logits - top).sum(axis=-1))  # (…)
    true_logit = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]  # (…)
    return float((log_total - true_logit).mean())


def causal_mask(t_q: int, t_k: int) -> ndarray:
    """True where key j is not in the future of query i: j <= i + (T_k - T_q); (T_q, T_k)."""
    return np.arange(t_k)[None, :] <= np.arange(t_q)[:, None] + (t_k - t_q)


def attention(
    q: ndarray, k: ndarray, v: ndarray, mask: ndarray | None = None
) -> tuple[ndarray, ndarray]:
    """weights = softmax(q kᵀ / √D) and the mixture weights v.

    Shapes: q (…, T_q, D), k (…, T_k, D), v (…, T_k, D_v), mask (…, T_q, T_k);
        returns (…, T_q, D_v) and (…, T_q, T_k).
    Source: Vaswani et al. 2017, equation 1.
    Notebook: 03 attention.
    """
    scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])  # (…, T_q, T_k)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = softmax(scores)
    return weights @ v, weights


def layer_norm(
    x: ndarray, weight: ndarray, bias: ndarray | None = None, eps: float = 1e-5
) -> ndarray:
    """(x - mean) / √(variance + eps) · weight + bias, each position by itself.

    Shapes: x (…, C), weight and bias (C,).
    Source: Ba et al. 2016, equation 4.
    Notebook: 05 the GPT block.
    """
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    y = (x - mean) / np.sqrt(variance + eps) * weight
    return y if bias is None else y + bias


def rms_norm(x: ndarray, weight: ndarray, eps: float = 1e-5) -> ndarray:
    """x / √(mean of x² + eps) · weight, each position by itself.

    Shapes: x (…, C), weight (C,).
    Source: Zhang and Sennrich 2019, equation 4.
    Notebook: 05 the GPT block.
    """
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) * weight


def gelu(x: ndarray) -> ndarray:
    """x · Φ(x), with Φ(x) = (1 + erf(x/√2)) / 2 the normal distribution function.

    Source: Hendrycks and Gimpel 2016, section 2.
    Notebook: 05 the GPT block.
    """
    erf = np.vectorize(math.erf, otypes=[x.dtype])
    return x * (1.0 + erf(x / math.sqrt(2.0))) / 2.0


def gelu_tanh(x: ndarray) -> ndarray:
    """x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), what GPT-2 computes for `gelu`.

    Source: Hendrycks and Gimpel 2016, section 2.
    Notebook: 05 the GPT block.
    """
    return x / 2.0 * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def relu_squared(x: ndarray) -> ndarray:
    """x² where x is positive, 0 elsewhere.

    Source: So et al. 2021 (Primer), section 4.
    """
    return np.maximum(x, 0.0) ** 2


def silu(x: ndarray) -> ndarray:
    """x / (1 + exp(-x)), written with tanh so that no x overflows.

    Notebook: 05 the GPT block.
    """
    return x * (1.0 + np.tanh(x / 2.0)) / 2.0


BENDS = {"gelu": gelu, "gelu_tanh": gelu_tanh, "relu_squared": relu_squared}


def sinusoidal(length: int, width: int) -> ndarray:
    """Row t holds sin(t/10000^(2i/C)) at feature 2i and its cosine at 2i+1.

    Shapes: returns (T, C).
    Source: Vaswani et al. 2017, section 3.5.
    Notebook: 04 positions.
    """
    t, i = np.arange(length)[:, None], np.arange(width // 2)[None, :]
    angles = t / 10000.0 ** (2 * i / width)  # (T, C/2)
    return np.stack((np.sin(angles), np.cos(angles)), axis=-1).reshape(length, width)


def rotary(
    x: ndarray, base: float = 10000.0, offset: int = 0, scaling: RotaryScaling | None = None
) -> ndarray:
    """Turn features (i, i + D/2) of position t by the angle t / base^(2i/D), scaled or not.

    Shapes: (…, T, D) -> (…, T, D).
    Source: Su et al. 2021 (RoFormer), equation 15.
    Notebook: 04 positions.
    """
    length, width = x.shape[-2:]
    t, i = np.arange(offset, offset + length)[:, None], np.arange(width // 2)[None, :]
    frequency = base ** (-2 * i / width)  # (1, D/2)
    if scaling is not None:
        frequency = stretch(frequency, scaling)
    angle = t * frequency  # (T, D/2)
    a, b = x[..., : width // 2], x[..., width // 2 :]
    turned = (a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle))
    return np.concatenate(turned, axis=-1)


def stretch(frequency: ndarray, scaling: RotaryScaling) -> ndarray:
    """Slow pairs turn `factor` times slower, fast ones as before; a line leads from low to high.

    Shapes: (…) -> (…), radians per position.
    Source: Meta 2024, the published code of Llama 3.1.
    Notebook: 04 positions.
    """
    turns = frequency * scaling.original_block_size / (2 * math.pi)
    bounds = (scaling.low_freq_factor, scaling.high_freq_factor)
    return frequency * np.interp(turns, bounds, (1 / scaling.factor, 1.0))


def linear(x: ndarray, weights: Weights, name: str) -> ndarray:
    """x Wᵀ + b with `name.weight` (out, in) and, where there is one, `name.bias`."""
    y = x @ weights[f"{name}.weight"].T
    return y + weights[f"{name}.bias"] if f"{name}.bias" in weights else y


def norm(x: ndarray, weights: Weights, config: GPTConfig, name: str) -> ndarray:
    """The normalisation of the config, with the gain and bias called `name`."""
    if config.norm == "rmsnorm":
        return rms_norm(x, weights[f"{name}.weight"], config.norm_eps)
    return layer_norm(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"), config.norm_eps)


def self_attention(x: ndarray, weights: Weights, config: GPTConfig, name: str) -> ndarray:
    """Causal attention, head by head; H/H_kv consecutive query heads share a key/value head.

    Shapes: (T, C) -> (T, C).
    Source: Vaswani et al. 2017, section 3.2.2; Ainslie et al. 2023.
    Notebook: 03 attention.
    """
    heads, shared = config.n_head, config.kv_heads
    stacked = linear(x, weights, f"{name}.c_attn")  # (T, (H + 2 H_kv) D)
    piece = np.split(stacked, heads + 2 * shared, axis=-1)  # H + 2 H_kv pieces, (T, D) each
    mask = causal_mask(len(x), len(x))
    results = []
    for head in range(heads):
        group = head // (heads // shared)
        q, k, v = piece[head], piece[heads + group], piece[heads + shared + group]
        if config.qk_norm:
            q, k = (rms_norm(each, 1.0, config.norm_eps) for each in (q, k))
        if config.position == "rotary":
            turn = dict(base=config.rope_base, scaling=config.rope_scaling)
            q, k = rotary(q, **turn), rotary(k, **turn)
        results.append(attention(q, k, v, mask)[0])  # (T, D)
    return linear(np.concatenate(results, axis=-1), weights, f"{name}.c_proj")  # (T, C)


def mlp(x: ndarray, weights: Weights, config: GPTConfig, name: str) -> ndarray:
    """Widen, bend, narrow: GELU(x W₁ᵀ) W₂ᵀ and the like, or (silu(gate) · up) W₂ᵀ for swiglu.

    Shapes: (T, C) -> (T, C).
    Source: Shazeer 2020, equations 1 and 6.
    Notebook: 05 the GPT block.
    """
    wide = linear(x, weights, f"{name}.c_fc")  # (T, F), or (T, 2F) for swiglu
    if config.mlp == "swiglu":
        gate, up = np.split(wide, 2, axis=-1)  # (T, F) each
        bent = silu(gate) * up
    else:
        bent = BENDS[config.mlp](wide)
    return linear(bent, weights, f"{name}.c_proj")


def block(x: ndarray, weights: Weights, config: GPTConfig, name: str) -> ndarray:
    """x + attention(norm(x)), and then x + mlp(norm(x)).

    Shapes: (T, C) -> (T, C).
    Source: Radford et al. 2019 (GPT-2), section 2.3.
    Notebook: 05 the GPT block.
    """
    x = x + self_attention(
        norm(x, weights, config, f"{name}.ln_1"), weights, config, f"{name}.attn"
    )
    return x + mlp(norm(x, weights, config, f"{name}.ln_2"), weights, config, f"{name}.mlp")


def gpt(ids: ndarray, weights: Weights, config: GPTConfig) -> ndarray:
    """Next-token logits of one sequence, from the parameters of a `GPT` as NumPy arrays.

    Shapes: ids (T,) whole numbers -> (T, V).
    Source: Radford et al. 2019 (GPT-2); Touvron et al. 2023 (Llama).
    Notebook: 05 the GPT block.
    """
    x = weights["wte.weight"][ids]  # (T, C)
    if config.position == "learned":
        x = x + weights["wpe.weight"][: len(ids)]
    if config.position == "sinusoidal":
        x = x * math.sqrt(config.n_embd) + sinusoidal(len(ids), config.n_embd)
    for layer in range(config.n_layer):
        x = block(x, weights, config, f"h.{layer}")
    head = "wte" if config.tie_weights else "lm_head"
    return norm(x, weights, config, "ln_f") @ weights[f"{head}.weight"].T  # (T, V)

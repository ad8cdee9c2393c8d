"""The parts of a GPT block: normalisation, activation, MLP, and the block itself."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.attention import CausalSelfAttention, KVCacheLike
from aigc_lab.model.positions import Rotary


class LayerNorm(nn.Module):
    """Shift and scale every position to mean 0 and variance 1, then apply a learned gain and bias.

    Shapes: (…, C) -> (…, C).
    Source: Ba et al. 2016, equation 4.
    Notebook: 05 the GPT block.

    >>> LayerNorm(2, eps=1e-12)(torch.tensor([1.0, 3.0])).tolist()
    [-1.0, 1.0]
    """

    def __init__(self, width: int, eps: float = 1e-5, bias: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class RMSNorm(nn.Module):
    """Scale every position to a root mean square of 1, then apply a learned gain.

    Shapes: (…, C) -> (…, C).
    Source: Zhang and Sennrich 2019, equation 4.
    Notebook: 05 the GPT block.
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


def gelu(x: Tensor) -> Tensor:
    """x times the probability that a standard normal number is below x.

    Source: Hendrycks and Gimpel 2016, section 2.
    Notebook: 05 the GPT block.
    """
    return F.gelu(x)


def gelu_tanh(x: Tensor) -> Tensor:
    """GPT-2's approximation of `gelu` by a tanh, within 5e-4 of it.

    Source: Hendrycks and Gimpel 2016, section 2.
    Notebook: 05 the GPT block.
    """
    return F.gelu(x, approximate="tanh")


def relu_squared(x: Tensor) -> Tensor:
    """x squared where it is positive, 0 elsewhere.

    Source: So et al. 2021 (Primer), section 4.

    >>> relu_squared(torch.tensor([-2.0, 3.0]))
    tensor([0., 9.])
    """
    return F.relu(x).square()


ACTIVATIONS = {"gelu": gelu, "gelu_tanh": gelu_tanh, "relu_squared": relu_squared}


class MLP(nn.Module):
    """Widen each position from C to F, bend it by an activation, narrow it back to C.

    Shapes: (B, T, C) -> (B, T, C).
    Source: Radford et al. 2019 (GPT-2).
    Notebook: 05 the GPT block.
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[config.mlp]
        self.c_fc = nn.Linear(config.n_embd, config.inner, bias=config.bias)
        self.c_proj = nn.Linear(config.inner, config.n_embd, bias=config.bias)
        self.resid_drop = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.activation(self.c_fc(x))  # (B, T, F)
        return self.resid_drop(self.c_proj(x))  # (B, T, C)


class SwiGLU(nn.Module):
    """An MLP whose F features are each opened or shut by a gate: silu(gate) times up.

    `c_fc` holds gate and up stacked, so one product computes both.

    Shapes: (B, T, C) -> (B, T, C).
    Source: Shazeer 2020, equation 6.
    Notebook: 05 the GPT block.
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 2 * config.inner, bias=config.bias)
        self.c_proj = nn.Linear(config.inner, config.n_embd, bias=config.bias)
        self.resid_drop = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.c_fc(x).chunk(2, dim=-1)  # (B, T, F) each
        return self.resid_drop(self.c_proj(F.silu(gate) * up))  # (B, T, C)


class Block(nn.Module):
    """One layer of a GPT: attention moves information between positions, the MLP works on each.

    Both read a normalised copy of the residual stream and add their result to it (pre-norm).

    Shapes: (B, T, C) -> (B, T, C).
    Source: Radford et al. 2019 (GPT-2), section 2.3.
    Notebook: 05 the GPT block.
    """

    def __init__(self, config: GPTConfig, layer: int = 0) -> None:
        super().__init__()
        self.ln_1 = make_norm(config)
        self.attn = CausalSelfAttention(config, layer)
        self.ln_2 = make_norm(config)
        self.mlp = SwiGLU(config) if config.mlp == "swiglu" else MLP(config)

    def forward(
        self, x: Tensor, rotary: Rotary | None = None, cache: KVCacheLike | None = None
    ) -> Tensor:
        x = x + self.attn(self.ln_1(x), rotary, cache)
        return x + self.mlp(self.ln_2(x))


def make_norm(config: GPTConfig) -> LayerNorm | RMSNorm:
    """The normalisation that the config asks for, C wide."""
    if config.norm == "rmsnorm":
        return RMSNorm(config.n_embd, config.norm_eps)
    return LayerNorm(config.n_embd, config.norm_eps, bias=config.bias)


def init_weights(model: nn.Module, n_layer: int, zero_init: bool = False) -> None:
    """GPT-2's start: normal numbers of width 0.02, biases zero, and quieter residual projections.

    Each of the 2L projections into the residual stream starts smaller by 1/√(2L), so that the
    stream's variance does not grow with depth. With `zero_init` they start at zero, and so does an
    output layer of its own: every block starts by changing nothing, and the model by guessing all
    tokens alike.

    Source: Radford et al. 2019 (GPT-2), section 2.3.
    Notebook: 05 the GPT block.
    """
    for name, module in model.named_modules():
        if not isinstance(module, nn.Linear | nn.Embedding):
            continue
        projection = name.endswith("c_proj")
        quieter = math.sqrt(2 * n_layer) if projection else 1.0
        silent = zero_init and (projection or (name == "lm_head" and not model.config.tie_weights))
        nn.init.normal_(module.weight, std=0.0 if silent else 0.02 / quieter)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)

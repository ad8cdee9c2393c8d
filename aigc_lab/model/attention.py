"""Scaled dot-product attention, and the causal self-attention of a GPT block."""

from __future__ import annotations

import math
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_lab.core.config import ATTENTION_KERNELS, GPTConfig
from aigc_lab.model.positions import Rotary, apply_rotary

EXPLICIT_UP_TO = 512  # measured: longer than this, the fused kernel wins in bfloat16 too


class KVCacheLike(Protocol):
    """What attention needs of a cache: where we are, and the keys and values so far."""

    length: int  # positions held before this forward pass, and so the position of its first token

    def update(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Append (B, H_kv, T, D) keys and values of a layer; return all of them."""
        ...


def scaled_dot_product_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
    is_causal: bool = False,
    kernel: str = "auto",
    dropout_p: float = 0.0,
    return_weights: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """softmax(q kᵀ / √D) v, where each query may attend to the keys that the mask allows.

    The kernels give the same result: `"explicit"` builds the weights in the open, `"fused"` never
    holds them in memory, and `"auto"` picks the quicker one (`pick_kernel`). A query with no
    allowed key gets zeros. `is_causal` lets query i see key j when j <= i + (T_k - T_q): the last
    query stands on the last key, as in decoding with a cache. k and v may have fewer heads than q;
    then consecutive query heads share one.

    Shapes: q (…, H, T_q, D); k (…, H_kv, T_k, D); v (…, H_kv, T_k, D_v); mask broadcasts to
        (…, H, T_q, T_k), True = may attend; returns (…, H, T_q, D_v), and with `return_weights`
        also the weights (…, H, T_q, T_k) before dropout, which only the explicit kernel has.
    Raises: ValueError for shapes that do not fit, a mask that is not boolean, an unknown kernel.
    Source: Vaswani et al. 2017, equation 1.
    Notebook: 03 attention.

    >>> q = k = torch.zeros(1, 2, 4)
    >>> scaled_dot_product_attention(q, k, torch.tensor([[[1.0], [3.0]]]), is_causal=True)
    tensor([[[1.],
             [2.]]])
    """
    _check_inputs(q, k, v, kernel)
    mask = None if mask is None else _checked_mask(mask, q, k)
    if return_weights:
        kernel = "explicit"
    elif kernel == "auto":
        kernel = pick_kernel(q.device.type, q.dtype, k.shape[-2])
    if kernel == "fused":
        return _fused(q, k, v, mask, is_causal, dropout_p)
    out, weights = _explicit(q, k, v, mask, is_causal, dropout_p)
    return (out, weights) if return_weights else out


def pick_kernel(device_type: str, dtype: torch.dtype, length: int) -> str:
    """The quicker kernel: explicit for up to 512 bfloat16 keys on a CPU, fused everywhere else.

    PyTorch's fused kernel is slow on CPUs in bfloat16, its backward pass above all: at T = 256
    about three times slower than the explicit one; from T = 1024 the explicit weights cost more.

    >>> pick_kernel("cpu", torch.bfloat16, 256), pick_kernel("cuda", torch.bfloat16, 256)
    ('explicit', 'fused')
    """
    slow_fused = device_type == "cpu" and dtype == torch.bfloat16 and length <= EXPLICIT_UP_TO
    return "explicit" if slow_fused else "fused"


def causal_mask(t_q: int, t_k: int, device: torch.device | str | None = None) -> Tensor:
    """True where query i may attend to key j: never to its future.

    Shapes: returns (T_q, T_k) booleans; with T_q < T_k the queries are the last T_q positions.

    >>> causal_mask(2, 3)
    tensor([[ True,  True, False],
            [ True,  True,  True]])
    """
    return torch.ones(t_q, t_k, dtype=torch.bool, device=device).tril(t_k - t_q)


class CausalSelfAttention(nn.Module):
    """Multi-head attention of each position to itself and its past; grouped-query if configured.

    With `qk_norm`, each query and key is scaled to a root mean square of 1, so that a score stays
    within ±√D however the weights grow.

    `c_attn` makes queries, keys and values in one product, stacked in that order, and `c_proj`
    mixes the heads' results. With a cache, keys and values of earlier passes are attended to too.

    Shapes: forward takes and returns (B, T, C); `rotary` is two (T, D/2) tables or None.
    Source: Vaswani et al. 2017, section 3.2.2; Ainslie et al. 2023 (grouped queries); Henry et al.
        2020 (normalised queries and keys).
    Notebook: 03 attention.
    """

    def __init__(self, config: GPTConfig, layer: int = 0) -> None:
        super().__init__()
        self.n_head, self.n_kv_head = config.n_head, config.kv_heads
        self.head_dim, self.layer = config.head_dim, layer
        self.kernel, self.dropout = config.attention, config.dropout
        self.qk_norm, self.norm_eps = config.qk_norm, config.norm_eps
        stacked = (self.n_head + 2 * self.n_kv_head) * self.head_dim
        self.c_attn = nn.Linear(config.n_embd, stacked, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.resid_drop = nn.Dropout(config.dropout)

    def forward(
        self, x: Tensor, rotary: Rotary | None = None, cache: KVCacheLike | None = None
    ) -> Tensor:
        q, k, v = self.heads(x, rotary)
        if cache is not None:
            k, v = cache.update(self.layer, k, v)  # (B, H_kv, T_k, D): the past in front
            q = q.to(k.dtype)  # a cache may keep more digits than the model computes with
        dropout_p = self.dropout if self.training else 0.0
        y = scaled_dot_product_attention(
            q, k, v, is_causal=True, kernel=self.kernel, dropout_p=dropout_p
        )  # (B, H, T, D)
        y = y.transpose(1, 2).flatten(2)  # (B, T, H, D) -> (B, T, C)
        if cache is not None:
            y = y.to(x.dtype)
        return self.resid_drop(self.c_proj(y))

    def heads(self, x: Tensor, rotary: Rotary | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (B, H, T, D), keys and values (B, H_kv, T, D) of x, turned if rotary."""
        groups = (self.n_head, self.n_kv_head, self.n_kv_head)
        stacked = self.c_attn(x).unflatten(-1, (sum(groups), self.head_dim))  # (B, T, H+2H_kv, D)
        q, k, v = stacked.transpose(1, 2).split(groups, dim=1)  # (B, H or H_kv, T, D)
        if self.qk_norm:
            q, k = (F.rms_norm(each, (self.head_dim,), eps=self.norm_eps) for each in (q, k))
        if rotary is not None:
            q, k = apply_rotary(q, *rotary), apply_rotary(k, *rotary)
        return q, k, v


def _explicit(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, is_causal: bool, dropout_p: float
) -> tuple[Tensor, Tensor]:
    k, v = _share_heads(q, k, v)
    allowed, empty = _combine_masks(q, k, mask, is_causal)
    scores = _scores(q, k)  # (…, H, T_q, T_k)
    if allowed is not None:
        wall = torch.zeros(allowed.shape, dtype=scores.dtype, device=scores.device)
        scores += wall.masked_fill_(~allowed, -math.inf)  # in place, and free in the backward pass
    weights = scores.softmax(dim=-1).to(v.dtype)
    if empty is not None:
        weights = weights.masked_fill(empty, 0.0)
    dropped = F.dropout(weights, dropout_p) if dropout_p else weights
    return dropped @ v, weights


def _scores(q: Tensor, k: Tensor) -> Tensor:
    """q kᵀ / √D, scaled before the product, and in float32 where float16 could overflow."""
    scale = 1.0 / math.sqrt(q.shape[-1])
    if q.dtype != torch.float16:
        return (q * scale) @ k.transpose(-2, -1)
    with torch.autocast(q.device.type, enabled=False):
        return (q.float() * scale) @ k.float().transpose(-2, -1)


def _fused(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, is_causal: bool, dropout_p: float
) -> Tensor:
    options = dict(dropout_p=dropout_p, enable_gqa=q.dim() > 2 and q.shape[-3] != k.shape[-3])
    if mask is None and is_causal and q.shape[-2] == k.shape[-2]:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, **options)
    allowed, empty = _combine_masks(q, k, mask, is_causal)
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed, **options)
    return out if empty is None else out.masked_fill(empty, 0.0)


def _combine_masks(
    q: Tensor, k: Tensor, mask: Tensor | None, is_causal: bool
) -> tuple[Tensor | None, Tensor | None]:
    """What may be attended to, and which rows may attend to nothing (to be zeroed afterwards).

    A row with no allowed key would be 0/0 in the softmax, and its NaN would poison gradients even
    if zeroed later; so such a row is let through here and its result zeroed by the caller.
    """
    t_q, t_k = q.shape[-2], k.shape[-2]
    if is_causal and t_q > 1:
        causal = causal_mask(t_q, t_k, q.device)
        if mask is None and t_q <= t_k:
            return causal, None  # every query sees at least the first key
        mask = causal if mask is None else mask & causal
    if mask is None:
        return None, None
    empty = ~mask.any(dim=-1, keepdim=True)  # (…, T_q, 1)
    return mask | empty, empty


def _share_heads(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Repeat each key/value head for the consecutive query heads that share it."""
    if q.dim() < 3 or q.shape[-3] == k.shape[-3]:
        return k, v
    times = q.shape[-3] // k.shape[-3]
    return k.repeat_interleave(times, dim=-3), v.repeat_interleave(times, dim=-3)


def _check_inputs(q: Tensor, k: Tensor, v: Tensor, kernel: str) -> None:
    if kernel not in ATTENTION_KERNELS:
        raise ValueError(
            f"kernel={kernel!r} is not known; choose one of {', '.join(ATTENTION_KERNELS)}"
        )
    fits = q.dim() == k.dim() == v.dim() >= 2 and q.shape[-1] == k.shape[-1]
    fits = fits and k.shape[:-1] == v.shape[:-1]
    if fits and q.dim() > 2:
        fits = q.shape[:-3] == k.shape[:-3] and q.shape[-3] % k.shape[-3] == 0
    if not fits:
        raise ValueError(
            f"q {tuple(q.shape)}, k {tuple(k.shape)} and v {tuple(v.shape)} do not fit together; "
            "pass q (…, H, T_q, D), k (…, H_kv, T_k, D) and v (…, H_kv, T_k, D_v) "
            "with H a multiple of H_kv"
        )


def _checked_mask(mask: Tensor, q: Tensor, k: Tensor) -> Tensor:
    if mask.dtype != torch.bool:
        raise ValueError(
            f"the mask has dtype {mask.dtype}; pass booleans with True = may attend "
            "(a 0/1 mask becomes one with mask.bool())"
        )
    wanted = (*q.shape[:-1], k.shape[-2])  # (…, H, T_q, T_k)
    sizes = zip(reversed(mask.shape), reversed(wanted), strict=False)
    if mask.dim() > len(wanted) or any(size not in (1, full) for size, full in sizes):
        raise ValueError(
            f"a mask of shape {tuple(mask.shape)} does not fit scores of shape {wanted}; "
            "each of its axes, counted from the right, must be 1 or that size"
        )
    return torch.atleast_2d(mask)

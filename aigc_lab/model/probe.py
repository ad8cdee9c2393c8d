"""Looking inside a model while it runs: attention maps, the residual stream, logits per layer.

Everything is observed through hooks that are removed afterwards, and the attention weights are
computed beside the forward pass, not in it: neither a probed nor a later pass changes by one bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from aigc_lab.model.attention import scaled_dot_product_attention
from aigc_lab.model.gpt import GPT


@dataclass
class Trace:
    """What one forward pass left behind.

    Shapes: attention, L maps (B, H, T_q, T_k) whose rows sum to 1; residual, L+1 states (B, T, C),
        the embeddings first and then the stream after each block; logits (B, T, V).
    Notebook: 10 attention maps.
    """

    attention: list[Tensor] = field(default_factory=list)
    residual: list[Tensor] = field(default_factory=list)
    logits: Tensor | None = None
    logits_per_layer: list[Tensor] = field(default_factory=list)


def record(model: GPT, ids: Tensor, logit_lens: bool = True) -> Trace:
    """Run ids through the model once, without gradients, and keep what happened inside.

    With `logit_lens`, `logits_per_layer` holds L+1 arrays (B, T, V): the output layer's reading of
    each residual state, the last being the model's own logits. Switch it off for long texts.

    Shapes: ids (B, T) int64.
    Source: nostalgebraist 2020 (the logit lens).
    Notebook: 10 attention maps.

    >>> from aigc_lab.core.config import GPTConfig
    >>> model = GPT(GPTConfig.gpt2(vocab_size=11, block_size=8, n_layer=2, n_head=1, n_embd=4))
    >>> trace = record(model, torch.tensor([[3, 1, 4]]))
    >>> len(trace.attention), trace.attention[0].shape, len(trace.residual)
    (2, torch.Size([1, 1, 3, 3]), 3)
    """
    with torch.no_grad(), recording(model) as trace:
        model(ids)
        if logit_lens:
            trace.logits_per_layer = [model.lm_head(model.ln_f(x)) for x in trace.residual]
    return trace


@contextmanager
def recording(model: GPT) -> Iterator[Trace]:
    """Keep what happens inside the model during the last forward pass of the `with` block.

    Tensors are kept detached; `logits_per_layer` stays empty (see `record`).

    Notebook: 10 attention maps.
    """
    trace = Trace()

    def start(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        trace.attention, trace.residual = [], [output.detach()]

    def block_done(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        trace.residual.append(output.detach())

    def keep_weights(attention: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        trace.attention.append(_attention_weights(attention, *inputs))

    def finish(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        trace.logits = output.detach()

    with ExitStack() as hooks:
        hooks.enter_context(model.drop.register_forward_hook(start))
        for block in model.h:
            hooks.enter_context(block.attn.register_forward_hook(keep_weights))
            hooks.enter_context(block.register_forward_hook(block_done))
        hooks.enter_context(model.register_forward_hook(finish))
        yield trace


@contextmanager
def ablate_heads(model: GPT, heads: Iterable[tuple[int, int]]) -> Iterator[None]:
    """Silence attention heads, given as (layer, head), inside the `with` block.

    A silenced head adds nothing to the residual stream: its D features are zero when `c_proj`
    mixes the heads. The parameters stay as they are.

    Raises: ValueError for a head that the model does not have.
    Source: Michel et al. 2019.
    Notebook: 10 attention maps.
    """
    silenced: dict[int, list[int]] = {}
    config = model.config
    for layer, head in heads:
        if not (0 <= layer < config.n_layer and 0 <= head < config.n_head):
            raise ValueError(
                f"there is no head {(layer, head)}; choose layers 0 to {config.n_layer - 1} "
                f"and heads 0 to {config.n_head - 1}"
            )
        silenced.setdefault(layer, []).append(head)
    with ExitStack() as hooks:
        for layer, numbers in silenced.items():
            c_proj = model.h[layer].attn.c_proj
            silence = _silencer(numbers, config.n_head)
            hooks.enter_context(c_proj.register_forward_pre_hook(silence))
        yield


def _silencer(heads: list[int], n_head: int) -> Callable[..., tuple[Tensor]]:
    def silence(_: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        keep = torch.ones(n_head, 1, dtype=inputs[0].dtype, device=inputs[0].device)  # (H, 1)
        keep[heads] = 0.0
        merged = inputs[0].unflatten(-1, (n_head, -1))  # (B, T, C) -> (B, T, H, D)
        return ((merged * keep).flatten(-2),)  # (B, T, C)

    return silence


def _attention_weights(attention: nn.Module, x: Tensor, rotary: Any, cache: Any) -> Tensor:
    """The weights that the module used for x, computed once more in the open."""
    if cache is not None:
        raise ValueError("attention is recorded without a cache; run the whole sequence at once")
    with torch.no_grad():
        q, k, v = attention.heads(x, rotary)
        _, weights = scaled_dot_product_attention(q, k, v, is_causal=True, return_weights=True)
    return weights

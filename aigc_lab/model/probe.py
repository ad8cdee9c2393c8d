"""Looking inside a model while it runs: attention maps, the residual stream, logits per layer.

Everything is observed through hooks that are removed afterwards, and the attention weights are
computed beside the forward pass, not in it: neither a probed nor a later pass changes by one bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from operator import index
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from aigc_lab.model.attention import causal_mask, scaled_dot_product_attention
from aigc_lab.model.gpt import GPT

Edge = tuple[int, int, int, int]  # layer, head, query, key
_cuts: WeakKeyDictionary[nn.Module, dict[ExitStack, set[Edge]]] = WeakKeyDictionary()  # by `with`


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

    def maps(self, row: int = 0) -> np.ndarray:
        """The attention of one sequence of the batch, all layers and heads in one array.

        Shapes: returns (L, H, T, T) float32; rows are queries, columns keys.
        Raises: ValueError when nothing was recorded, or the batch has no such row.
        """
        rows = len(self.attention[0]) if self.attention else 0
        if not 0 <= row < rows:
            raise ValueError(f"row={row} was not recorded; there are {rows}, numbered from 0")
        return torch.stack([maps[row] for maps in self.attention]).float().cpu().numpy()


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
        with torch.no_grad():  # computed once more, in the open
            trace.attention.append(_weights_and_values(attention, *inputs)[0])

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
def ablate_heads(model: GPT, heads: Iterable[tuple[int, int]], by: str = "zero") -> Iterator[None]:
    """Silence attention heads, given as (layer, head), inside the `with` block.

    A silenced head tells no token from another: its D features are zero when `c_proj` mixes the
    heads; or, by "mean", their mean over the text's positions (those to come, too), so that what
    it always adds stays. The parameters stay as they are.

    Raises: ValueError for a head that the model does not have, or another `by`.
    Source: Michel et al. 2019.
    Notebook: 10 attention maps.
    """
    silenced: dict[int, list[int]] = {}
    if by not in ("zero", "mean"):
        raise ValueError(f"by={by!r} arrived; choose 'zero' or 'mean'")
    for pair in heads:
        layer, head = _whole(pair, "layer, head")
        _require_head(model, layer, head)
        silenced.setdefault(layer, []).append(head)
    with ExitStack() as hooks:
        for layer, numbers in silenced.items():
            silence = partial(_silence, model.config.n_head, numbers, by)
            hooks.enter_context(model.h[layer].attn.c_proj.register_forward_pre_hook(silence))
        yield


@contextmanager
def block_edges(model: GPT, edges: Iterable[Edge]) -> Iterator[None]:
    """Cut edges, given as (layer, head, query, key), inside the `with` block.

    The weight of a cut edge is 0, and those left of its row are scaled to sum to 1 again, as if the
    key had been hidden from that query in that head alone. Rows without a cut mix their values as
    before, and a recording shows the weights as they are then.

    Raises: ValueError for an edge that is not there, or a row left with nothing to look at; and
        from the model, for a text that is too short for a query, or with a cache.
    Notebook: 10 attention maps.
    """
    cuts: dict[int, set[Edge]] = {}
    for edge in edges:
        edge = layer, head, query, key = _whole(edge, "layer, head, query, key")
        _require_head(model, layer, head)
        if not 0 <= key <= query < model.config.block_size:
            raise ValueError(
                f"there is no edge from query {query} to key {key}; choose 0 <= key <= query <= "
                f"{model.config.block_size - 1}: nothing looks ahead"
            )
        cuts.setdefault(layer, set()).add(edge)
    with ExitStack() as hooks:
        for layer, cut in cuts.items():
            hooks.enter_context(_cutting(model.h[layer].attn, cut))
        yield


@contextmanager
def _cutting(attention: nn.Module, edges: set[Edge]) -> Iterator[None]:
    """Within, a layer does without some edges, on top of those that it lacks already."""
    cuts = _cuts.setdefault(attention, {})  # each `with` its own: they may end in any order
    _require_something_left(edges.union(*cuts.values()))
    seen: list[Any] = []

    def watch(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        seen[:] = inputs

    def remix(_: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        weights, v = _weights_and_values(attention, *seen)
        mixed = (weights @ v).to(inputs[0].dtype)  # (B, H, T, D)
        merged = inputs[0].clone().unflatten(-1, (attention.n_head, -1))  # (B, T, H, D)
        for _, head, query, _ in edges:
            merged[:, query, head] = mixed[:, head, query]
        return (merged.flatten(-2),)  # (B, T, C)

    with ExitStack() as hooks:
        cuts[hooks] = edges
        hooks.callback(cuts.pop, hooks)
        hooks.enter_context(attention.register_forward_pre_hook(watch))
        # First of all: a head that is silenced as well stays silent.
        hooks.enter_context(attention.c_proj.register_forward_pre_hook(remix, prepend=True))
        yield


def _whole(numbers: Iterable[int], names: str) -> tuple[int, ...]:
    """A head or an edge as plain numbers, from a tuple, a list or a row of an array."""
    found = tuple(numbers)
    if len(found) != len(names.split()) or not all(hasattr(n, "__index__") for n in found):
        raise ValueError(f"{found} arrived; give ({names}) as whole numbers")
    return tuple(map(index, found))


def _require_head(model: GPT, layer: int, head: int) -> None:
    config = model.config
    if not (0 <= layer < config.n_layer and 0 <= head < config.n_head):
        raise ValueError(
            f"there is no head {(layer, head)}; choose layers 0 to {config.n_layer - 1} "
            f"and heads 0 to {config.n_head - 1}"
        )


def _require_something_left(cuts: set[Edge]) -> None:
    for row in {edge[:3] for edge in cuts}:
        layer, head, query = row
        if all((*row, key) in cuts for key in range(query + 1)):
            raise ValueError(
                f"query {query} of head {(layer, head)} is left with nothing to look at: all of "
                f"its {query + 1} edges are cut; leave one, or silence the head with ablate_heads"
            )


def _silence(n_head: int, heads: list[int], by: str, _: nn.Module, inputs: Any) -> tuple[Tensor]:
    merged = inputs[0].clone().unflatten(-1, (n_head, -1))  # (B, T, C) -> (B, T, H, D)
    merged[:, :, heads] = merged[:, :, heads].mean(1, keepdim=True) if by == "mean" else 0.0
    return (merged.flatten(-2),)  # (B, T, C)


def _weights_and_values(
    attention: nn.Module, x: Tensor, rotary: Any, cache: Any
) -> tuple[Tensor, Tensor]:
    """Weights (B, H, T, T) of a layer without its cut edges, and values (B, H, T, D) to mix."""
    if cache is not None:
        raise ValueError(
            "attention is recorded and cut without a cache only; run the whole sequence at once"
        )
    q, k, v = attention.heads(x, rotary)
    mask = _allowed(attention, x)
    _, weights = scaled_dot_product_attention(q, k, v, mask, is_causal=True, return_weights=True)
    return weights, v.repeat_interleave(q.shape[1] // v.shape[1], dim=1)


def _allowed(attention: nn.Module, x: Tensor) -> Tensor | None:
    """True where a layer may look, its cut edges being False; (H, T, T), or None without cuts."""
    if not (cuts := set().union(*_cuts.get(attention, {}).values())):
        return None
    length = x.shape[1]
    allowed = causal_mask(length, length, x.device).repeat(attention.n_head, 1, 1)  # (H, T, T)
    for layer, head, query, key in cuts:
        if query >= length:
            raise ValueError(
                f"the edge {(layer, head, query, key)} is cut, but only {length} tokens arrived; "
                f"choose queries 0 to {length - 1}, or pass a longer text"
            )
        allowed[head, query, key] = False
    return allowed

"""Weights laid out for one row: token after token at the speed at which memory can be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_lab.core.runtime import available_bytes

PAYS_FROM = 24  # one-row steps; packing takes as long as about ten of them (measured)
LARGE = 32 * 2**20  # bytes; float32 weights that a processor's cache holds are quick as they are
ROWS = 16  # what we tell oneDNN: for one row alone it would leave float32 weights as they are


def row_products(model: nn.Module, steps: int) -> AbstractContextManager[object]:
    """What to enter around each step of one row: packed products where they pay, or nothing.

    >>> layer, x = nn.Linear(3, 2).bfloat16(), torch.ones(1, 3).bfloat16()
    >>> with torch.inference_mode(), row_products(layer, steps=100):
    ...     quick = layer(x)
    >>> torch.allclose(quick, layer(x), atol=0.02)
    True
    """
    layers = _packable(model) if steps >= PAYS_FROM else []
    return PackedProducts(layers) if layers else nullcontext()


class PackedProducts:
    """Within `with`, each of these linear layers multiplies one row by a packed copy of its weight.

    The product of one row with a matrix takes as long as reading the matrix. PyTorch's own reads
    at half the speed of the memory or less; oneDNN's reads nearly as fast as the memory gives, once
    the weights lie in blocks of the order in which it wants them.

    The copies are made at the first entry, so they hold the weights of that moment and as much
    memory again; they go with this object. Hooks fire as ever, since the layer is still called;
    several rows, or gradients, get the layer's own product. A layer that was given a `forward` of
    its own meanwhile keeps it.
    """

    def __init__(self, layers: list[nn.Linear]) -> None:
        self._layers = layers
        self._products: list[Callable[[Tensor], Tensor]] = []

    def __enter__(self) -> None:
        if not self._products:
            self._products = [_packed_product(layer) for layer in self._layers]
        for layer, product in zip(self._layers, self._products, strict=True):
            vars(layer).setdefault("forward", product)  # found before the class's own

    def __exit__(self, *error: object) -> None:
        for layer, product in zip(self._layers, self._products, strict=True):
            if vars(layer).get("forward") is product:
                del vars(layer)["forward"]


def _packed_product(layer: nn.Linear) -> Callable[[Tensor], Tensor]:
    multiply = torch.ops.mkldnn._linear_pointwise.default
    packed = _pack(layer.weight)
    bias, dtype, width = layer.bias, layer.weight.dtype, layer.in_features

    def product(x: Tensor) -> Tensor:
        if x.numel() != width or x.dtype != dtype or torch.is_grad_enabled():
            return nn.Linear.forward(layer, x)
        return multiply(x, packed, bias, "none", [], "")

    return product


def _pack(weight: Tensor) -> Tensor:
    """The weight (out, in) in oneDNN's blocks, to be read by its own product only."""
    return torch.ops.mkldnn._reorder_linear_weight(weight.detach(), ROWS)


def _packable(model: nn.Module) -> list[nn.Linear]:
    """The linear layers whose product we may replace; none where that would not pay."""
    if torch.is_autocast_enabled("cpu") or not torch.backends.mkldnn.enabled:
        return []
    layers = [layer for layer in model.modules() if _is_plain(layer)]
    size = sum(layer.weight.nbytes for layer in layers)
    if size < LARGE:
        return [layer for layer in layers if layer.weight.dtype == torch.bfloat16]
    return layers if _fits(size) else []


def _fits(size: int) -> bool:
    """Whether that many bytes more leave at least as many free."""
    free = available_bytes(torch.device("cpu"))
    return free is None or 2 * size <= free


def _is_plain(layer: nn.Module) -> bool:
    """Whether it is a linear layer as PyTorch made it, in memory and format that can be packed."""
    if type(layer) is not nn.Linear or "forward" in vars(layer):
        return False  # a subclass or a wrapper has its own idea of the product
    weight = layer.weight
    usual = type(weight) is nn.Parameter and weight.device.type == "cpu" and weight.is_contiguous()
    return usual and weight.dtype in (torch.float32, torch.bfloat16) and _works(weight.dtype)


@cache
def _works(dtype: torch.dtype) -> bool:
    """Whether packed products exist in this build of PyTorch and on this processor, and are right.

    They are not part of PyTorch's promised interface (its compiler uses them), so they are tried.
    """
    weight = torch.linspace(-1, 1, 48 * 32).reshape(48, 32).to(dtype)
    x = torch.linspace(0, 1, 32, dtype=dtype)[None, :]  # (1, 32)
    try:
        tried = torch.ops.mkldnn._linear_pointwise(x, _pack(weight), None, "none", [], "")
    except (AttributeError, RuntimeError, TypeError):  # absent, refused, or called otherwise
        return False
    return torch.allclose(tried, F.linear(x, weight), atol=0.05, rtol=0.02)

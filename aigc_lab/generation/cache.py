"""The KV cache: keys and values of past positions, kept so that each token is computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_lab.core.config import GPTConfig

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT


class KVCache:
    """Room for the keys and values of every layer, allocated once and filled as tokens arrive.

    The model reads `length` to know at which position the new tokens start; each layer then hands
    its new keys and values to `update` and gets all of them back, old and new. `length` moves on
    when the last layer has stored its part, so it is the same number during one forward pass.

    Shapes: per layer, keys and values (B, H_kv, capacity, D), with H_kv key/value heads.
    Raises: ValueError when more positions arrive than there is room for.
    Notebook: 07 generation.

    >>> config = GPTConfig.gpt2(vocab_size=11, block_size=8, n_layer=1, n_head=2, n_embd=4)
    >>> cache = KVCache(config, batch_size=1)
    >>> new = torch.zeros(1, 2, 3, 2)
    >>> [tuple(part.shape) for part in cache.update(0, new, new)], cache.length
    ([(1, 2, 3, 2), (1, 2, 3, 2)], 3)
    """

    def __init__(
        self,
        config: GPTConfig,
        batch_size: int,
        capacity: int | None = None,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.capacity = config.block_size if capacity is None else capacity
        if not 1 <= self.capacity <= config.block_size:
            raise ValueError(
                f"capacity={capacity} must lie between 1 and block_size={config.block_size}, "
                "the most positions that the model can see at once"
            )
        self.length = 0
        self._last_layer = config.n_layer - 1
        shape = (batch_size, config.kv_heads, self.capacity, config.head_dim)
        self._keys = [torch.zeros(shape, device=device, dtype=dtype) for _ in range(config.n_layer)]
        self._values = [torch.zeros_like(keys) for keys in self._keys]

    @classmethod
    def of(cls, model: GPT, batch_size: int, capacity: int) -> KVCache:
        """A cache on the model's device and in its number format, or float32 on a CPU.

        CPUs attend to float32 three to five times as fast as to bfloat16 (measured, one query).
        """
        weight = model.lm_head.weight
        on_cpu = weight.device.type == "cpu"
        dtype = torch.promote_types(weight.dtype, torch.float32) if on_cpu else weight.dtype
        return cls(model.config, batch_size, capacity, weight.device, dtype)

    def update(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Store the new keys and values of one layer; return all of that layer so far.

        Shapes: k, v (B, H_kv, T, D) -> two views (B, H_kv, length + T, D).
        """
        end = self.length + k.shape[2]
        if end > self.capacity:
            raise ValueError(
                f"the cache has room for {self.capacity} positions and holds {self.length}; "
                f"{k.shape[2]} more do not fit: clear() it and encode the last ones again"
            )
        keys, values = self._keys[layer], self._values[layer]
        keys[:, :, self.length : end] = k
        values[:, :, self.length : end] = v
        if layer == self._last_layer:
            self.length = end
        return keys[:, :, :end], values[:, :, :end]

    def reorder(self, rows: Tensor) -> None:
        """Let row i go on with the past of row `rows[i]`, as beam search needs it.

        Shapes: rows (B,), whole numbers below B.
        """
        for kept in (*self._keys, *self._values):
            kept[:, :, : self.length] = kept[rows, :, : self.length]

    def clear(self) -> None:
        """Forget everything, and keep the memory."""
        self.length = 0

"""What autograd keeps of a forward pass for the backward pass, array by array.

It keeps of each operation what its backward pass will read, and no more: a product its inputs, an
addition nothing, a softmax its output, a GELU its input. Parameters stand anyway: no list has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.attention import pick_kernel

FLOAT32, INT64 = 4, 8  # bytes of one number


@dataclass(frozen=True)
class Kept:
    """An array that waits for the backward pass, of numbers of `item` bytes each.

    >>> Kept("ln_1: its input", (2, 3, 8), 4).bytes
    192
    """

    what: str
    shape: tuple[int, ...]
    item: int

    @property
    def bytes(self) -> int:
        """The size of all its numbers."""
        return prod(self.shape) * self.item


def total_bytes(kept: list[Kept]) -> int:
    """The size of all the arrays in a list."""
    return sum(array.bytes for array in kept)


@dataclass(frozen=True)
class ForwardPass:
    """A forward pass in training: B `rows` of T `length` tokens, products in `dtype`, on `device`.

    `block()` lists what is kept of each of the L blocks, `around()` what is kept besides. With a
    `dtype` below float32, the residual stream, norms and the loss stay float32, as `arithmetic`
    leaves them, and of every matrix a copy in `dtype` is kept.

    Units: bytes. The list is exact on a CPU, but for explicit attention to one row only, whose
        heads are not copied; it is meant for CUDA too, with the kernels used there.
    Source: Korthikanti et al. 2022, section 4.1, which counts the same way.
    Notebook: 08 GPU training.

    >>> config = GPTConfig.gpt2(vocab_size=11, block_size=8, n_layer=1, n_head=1, n_embd=4)
    >>> for array in ForwardPass(config, rows=2, length=8).block()[:3]:
    ...     print(array.what, array.shape)
    ln_1: its input, the residual stream (2, 8, 4)
    ln_1: mean and 1/deviation of each position (2, 2, 8)
    ln_1: its output, which c_attn multiplies (2, 8, 4)
    """

    config: GPTConfig
    rows: int
    length: int
    dtype: torch.dtype = torch.float32
    device: str = "cpu"

    def block(self) -> list[Kept]:
        """What is kept of one block, in the order in which it is computed."""
        kept = [*self._norm("ln_1", "c_attn"), *self._attention()]
        kept += [*self._norm("ln_2", "c_fc"), *self._mlp()]
        return kept + self._copies("the block's matrices", block_matrices(self.config))

    def around(self) -> list[Kept]:
        """What is kept before the first block and after the last."""
        config, rows, length = self.config, self.rows, self.length
        kept = [Kept("ids and targets", (2, rows, length), INT64)]
        if config.position == "learned":
            kept.append(Kept("positions", (length,), INT64))
        if config.position == "rotary" and not self._low:
            kept.append(Kept("cosines and sines", (2, length, config.head_dim // 2), FLOAT32))
        kept += [*self._dropped("embeddings", FLOAT32), *self._norm("ln_f", "lm_head")]
        kept += self._copies("lm_head", config.vocab_size * config.n_embd)
        return [*kept, Kept("log-probabilities", (rows, length, config.vocab_size), FLOAT32)]

    def temporary(self, recompute: bool = False) -> int:
        """The most that stands beside what is kept, for a moment of the backward pass.

        Either at the loss: the logits, and the gradients of log-probabilities and of logits. Or in
        a block: the gradients on both sides of its widest operation, and with `recompute` all that
        `block()` lists. At the loss that is exact; in a block neither what has been freed by then
        is taken off nor smaller gradients put on, and a peak is told to within a few percent below
        and a fifth above.
        """
        config, n = self.config, self.rows * self.length  # B·T
        at_loss = n * config.vocab_size * (self._item + 2 * FLOAT32)
        widest = n * config.inner * (2 if config.mlp == "swiglu" else 1)
        if self._kernel == "explicit" or self._falls_back:
            widest = max(widest, n * config.n_head * self.length)
        in_block = 2 * widest * self._item + (total_bytes(self.block()) if recompute else 0)
        return max(at_loss, in_block)

    def _norm(self, name: str, reader: str) -> list[Kept]:
        stream = (self.rows, self.length, self.config.n_embd)  # (B, T, C)
        kept = [Kept(f"{name}: its input, the residual stream", stream, FLOAT32)]
        if self.config.norm == "layernorm":
            what = f"{name}: mean and 1/deviation of each position"
            kept.append(Kept(what, (2, *stream[:2]), FLOAT32))
        else:
            kept.append(Kept(f"{name}: 1/length of each position", stream[:2], FLOAT32))
            if self.device != "cuda":  # there, one kernel scales and multiplies by the gain
                kept.append(Kept(f"{name}: the scaled stream", stream, FLOAT32))
        return [*kept, Kept(f"{name}: its output, which {reader} multiplies", stream, self._item)]

    def _attention(self) -> list[Kept]:
        config, rows, length, item = self.config, self.rows, self.length, self._item
        explicit = self._kernel == "explicit" or self._falls_back
        turned = config.position == "rotary"
        stacked = (rows, length, config.n_head + 2 * config.kv_heads, config.head_dim)
        asking = (rows, config.n_head + config.kv_heads, length, config.head_dim)  # q and k
        kept = []
        if not explicit or (config.qk_norm and self._exact):
            kept.append(
                Kept("attention: queries, keys and values as c_attn made them", stacked, item)
            )
        if config.qk_norm:
            kept.append(Kept("attention: 1/length of queries and keys", asking[:3], FLOAT32))
            if not self._exact:
                kept.append(Kept("attention: queries and keys in float32", asking, FLOAT32))
        if turned and self._low:
            kept.append(
                Kept("attention: cosines and sines", (4, length, config.head_dim // 2), item)
            )
        if explicit:
            kept += self._weights()
        else:
            if turned or config.qk_norm:
                kept.append(Kept("attention: queries and keys, turned or scaled", asking, item))
            sums = (rows, config.n_head, length)
            kept.append(Kept("attention: log-sum of each row's weights", sums, FLOAT32))
        merged = (rows, length, config.n_embd)
        if not explicit and self.device != "cuda" and (turned or config.qk_norm):
            kept.append(Kept("attention: its output, head by head", merged, item))
        kept.append(Kept("attention: its output, which c_proj multiplies", merged, item))
        return kept + self._dropped("attention", item)

    def _weights(self) -> list[Kept]:
        """What explicit attention keeps: the (T, T) weights of every head, and their factors."""
        config, rows, length, item = self.config, self.rows, self.length, self._item
        if self._falls_back:
            item = FLOAT32
        factors = (3, rows, config.n_head, length, config.head_dim)
        kept = [Kept("attention: copies of queries, keys and values", factors, item)]
        weights = (rows, config.n_head, length, length)  # (B, H, T, T)
        kept.append(Kept("attention: weights", weights, item))
        if self.device == "cuda" and self._low:
            kept.append(Kept("attention: weights in float32", weights, FLOAT32))
        if config.dropout:
            noise = 1 if self.device == "cuda" else item
            kept.append(Kept("attention: weights after dropout", weights, item))
            kept.append(Kept("attention: which weights are dropped", weights, noise))
        return kept

    def _mlp(self) -> list[Kept]:
        config, item = self.config, self._item
        inner = (self.rows, self.length, config.inner)  # (B, T, F)
        if config.mlp == "swiglu":
            kept = [Kept("mlp: gate and up", (*inner[:2], 2 * config.inner), item)]
            kept.append(Kept("mlp: silu(gate)", inner, item))
        else:
            kept = [Kept("mlp: what the activation reads", inner, item)]
        kept.append(Kept("mlp: what c_proj multiplies", inner, item))
        return kept + self._dropped("mlp", item)

    def _dropped(self, what: str, item: int) -> list[Kept]:
        if not self.config.dropout:
            return []
        item = 1 if self.device == "cuda" else item  # yes or no there, a factor elsewhere
        stream = (self.rows, self.length, self.config.n_embd)
        return [Kept(f"{what}: which features are dropped", stream, item)]

    def _copies(self, what: str, numbers: int) -> list[Kept]:
        if not self._low:
            return []
        name = str(self.dtype).removeprefix("torch.")
        return [Kept(f"copies of {what} in {name}", (numbers,), self._item)]

    @property
    def _item(self) -> int:
        return self.dtype.itemsize

    @property
    def _low(self) -> bool:
        return self.dtype != torch.float32

    @property
    def _exact(self) -> bool:
        """Whether queries and keys are scaled as they are, not in a float32 copy."""
        return not self._low or self.device == "cuda"

    @property
    def _kernel(self) -> str:
        kernel = self.config.attention
        if kernel == "auto":
            kernel = pick_kernel(self.device, self.dtype, self.length)
        return kernel

    @property
    def _falls_back(self) -> bool:
        """A CPU's fused kernel cannot drop weights: PyTorch makes them after all, in float32."""
        return self._kernel == "fused" and self.device == "cpu" and self.config.dropout > 0


def block_matrices(config: GPTConfig) -> int:
    """The numbers in a block's matrices: c_attn, the MLP's two or three, and both c_proj.

    >>> block_matrices(GPTConfig.gpt2()) == 12 * 768**2
    True
    """
    heads = config.n_head + 2 * config.kv_heads
    attention = config.n_embd * heads * config.head_dim + config.n_embd**2
    wide = 3 if config.mlp == "swiglu" else 2
    return attention + wide * config.n_embd * config.inner


def count_parameters(config: GPTConfig) -> int:
    """The numbers in a model of this shape, a shared table counted once.

    >>> count_parameters(GPTConfig.gpt2())
    124439808
    """
    width, heads = config.n_embd, config.n_head + 2 * config.kv_heads
    norm = 2 * width if config.norm == "layernorm" and config.bias else width
    up = (2 if config.mlp == "swiglu" else 1) * config.inner
    biases = heads * config.head_dim + width + up + width if config.bias else 0
    blocks = config.n_layer * (block_matrices(config) + 2 * norm + biases)
    tables = config.vocab_size * width * (1 if config.tie_weights else 2)
    tables += config.block_size * width if config.position == "learned" else 0
    return tables + blocks + norm

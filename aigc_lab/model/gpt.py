"""The whole model: token ids in, a score for every possible next token out."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.attention import KVCacheLike
from aigc_lab.model.layers import Block, init_weights, make_norm
from aigc_lab.model.positions import Rotary, rotary_tables, sinusoidal


class GPT(nn.Module):
    """A decoder-only transformer of either dialect, with GPT-2's parameter names.

    Embeddings `wte` (and `wpe` for learned positions), blocks `h`, final norm `ln_f`, and the
    output layer `lm_head`, which shares the token table's weight when `tie_weights` is set.

    Shapes: ids (B, T) int64 -> logits (B, T, V).
    Raises: ValueError for ids of a wrong shape, dtype or range, and for more than block_size.
    Source: Radford et al. 2019 (GPT-2); Touvron et al. 2023 (Llama).
    Notebook: 05 the GPT block.

    >>> model = GPT(GPTConfig.gpt2(vocab_size=11, block_size=8, n_layer=1, n_head=1, n_embd=4))
    >>> model(torch.tensor([[3, 1, 4]])).shape
    torch.Size([1, 3, 11])
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        if config.position == "learned":
            self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.drop = nn.Dropout(config.dropout)
        self.h = nn.ModuleList(Block(config, layer) for layer in range(config.n_layer))
        self.ln_f = make_norm(config)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        if config.tie_weights:
            self.lm_head.weight = self.wte.weight
        init_weights(self, config.n_layer, config.zero_init)

    def forward(self, ids: Tensor, cache: KVCacheLike | None = None) -> Tensor:
        """Logits of the next token at every position; row t has seen ids up to t only."""
        return self.lm_head(self.hidden(ids, cache))  # (B, T, V)

    def hidden(self, ids: Tensor, cache: KVCacheLike | None = None) -> Tensor:
        """The final hidden states (B, T, C), normalised: what `lm_head` reads."""
        offset = 0 if cache is None else cache.length
        self._check_ids(ids, offset)
        x = self.drop(self._embed(ids, offset))  # (B, T, C)
        rotary = self._rotary(ids, offset)
        for block in self.h:
            x = block(x, rotary, cache)
        return self.ln_f(x)

    def num_parameters(self, trainable_only: bool = False) -> int:
        """How many numbers the model holds, a tied table counted once."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad or not trainable_only)

    def flops_per_token(self, length: int | None = None, training: bool = True) -> int:
        """Floating-point operations per token of sequences of `length` (block_size if None).

        Two per weight of every matrix product, and 4·T·C per layer for attention's two products,
        counted in full as if there were no mask; training costs three forward passes.

        Source: Kaplan et al. 2020, section 2.1; Chowdhery et al. 2022 (PaLM), appendix B.
        """
        config = self.config
        length = config.block_size if length is None else length
        matrices = [m for m in self.modules() if isinstance(m, nn.Linear)]
        products = 2 * sum(matrix.weight.numel() for matrix in matrices)
        attention = 4 * length * config.n_embd * config.n_layer
        return (3 if training else 1) * (products + attention)

    def _embed(self, ids: Tensor, offset: int) -> Tensor:
        length, config = ids.shape[1], self.config
        x = self.wte(ids)  # (B, T, C)
        if config.position == "learned":
            positions = torch.arange(offset, offset + length, device=ids.device)
            return x + self.wpe(positions)  # (B, T, C) + (T, C)
        if config.position == "sinusoidal":  # the paper scales the tokens up to the table's size
            table = sinusoidal(length, config.n_embd, offset, ids.device).to(x.dtype)
            return x * math.sqrt(config.n_embd) + table
        return x

    def _rotary(self, ids: Tensor, offset: int) -> Rotary | None:
        if self.config.position != "rotary":
            return None
        config, length = self.config, ids.shape[1]
        speed = dict(base=config.rope_base, scaling=config.rope_scaling)
        return rotary_tables(length, config.head_dim, offset=offset, device=ids.device, **speed)

    def _check_ids(self, ids: Tensor, offset: int) -> None:
        if ids.dim() != 2 or ids.dtype != torch.int64 or ids.numel() == 0:
            raise ValueError(
                f"ids arrived as {ids.dtype} of shape {tuple(ids.shape)}; "
                "pass int64 of shape (B, T), at least one token (one sequence is ids[None, :])"
            )
        end = offset + ids.shape[1]
        if end > self.config.block_size:
            held = f" after {offset} cached ones" if offset else ""
            raise ValueError(
                f"{ids.shape[1]} tokens{held} do not fit into block_size={self.config.block_size}; "
                f"pass the last ones only, ids[:, -{self.config.block_size}:]"
            )
        waits = ids.device.type != "cpu" and self.training
        if waits or torch.compiler.is_compiling():
            return  # looking would stall the accelerator at every step, or break the graph
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= self.config.vocab_size:
            raise ValueError(
                f"ids run from {low} to {high}, but the model knows 0 to "
                f"{self.config.vocab_size - 1}; was the text encoded by another tokenizer?"
            )

"""What the benchmarks ask of nanoGPT's `model.py`, done with transformers: it stands in for it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel


@dataclass
class GPTConfig:
    block_size: int
    vocab_size: int
    n_layer: int
    n_head: int
    n_embd: int
    dropout: float
    bias: bool


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        print("a line that must not end up among the results")
        self.config = config
        shape = dict(n_layer=config.n_layer, n_head=config.n_head, n_embd=config.n_embd)
        none = dict(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
        length = dict(n_positions=config.block_size, vocab_size=config.vocab_size)
        self.inner = GPT2LMHeadModel(GPT2Config(**shape, **none, **length))

    def load_state_dict(self, tensors):
        turned = ("c_attn.weight", "c_proj.weight", "c_fc.weight")
        back = {name: t.t() if name.endswith(turned) else t for name, t in tensors.items()}
        return self.inner.load_state_dict(back)

    def forward(self, x, y):
        logits = self.inner(x, use_cache=False).logits
        loss = functional.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-1)
        return logits, loss

    def configure_optimizers(self, weight_decay, learning_rate, betas, device_type):
        print(f"another line, for {device_type}")
        matrices = [p for p in self.parameters() if p.dim() > 1]
        rest = [p for p in self.parameters() if p.dim() == 1]
        groups = [
            {"params": matrices, "weight_decay": weight_decay},
            {"params": rest, "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)

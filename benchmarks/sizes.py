"""The models that are raced: shapes, and pairs of ours and transformers' with the same weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.gpt2 import GPT2

SEED = 0


@dataclass(frozen=True)
class Size:
    """A model and the batches that it gets: B sequences of T tokens."""

    name: str
    layers: int
    heads: int
    width: int
    length: int
    batch: int
    vocab: int

    @property
    def shape(self) -> str:
        """The size in words."""
        return (
            f"{self.layers} layers, {self.heads} heads, {self.width} wide, "
            f"vocabulary {self.vocab:,}"
        )

    @property
    def tokens(self) -> int:
        """Tokens of one batch."""
        return self.batch * self.length


SMALL = Size("small", layers=4, heads=4, width=128, length=64, batch=12, vocab=65)
NARROW = Size("narrow", layers=4, heads=4, width=192, length=128, batch=12, vocab=65)
MIDDLE = Size("middle", layers=6, heads=8, width=256, length=128, batch=12, vocab=65)
BIG = Size("big", layers=6, heads=6, width=384, length=256, batch=12, vocab=65)
TOWN = Size("town-gpt2", layers=6, heads=6, width=192, length=256, batch=24, vocab=2048)
GPT2_SMALL = Size("GPT-2", layers=12, heads=12, width=768, length=1024, batch=1, vocab=50257)


def toy(size: Size) -> Size:
    """A size so small that a test can run it."""
    return replace(size, layers=1, heads=2, width=8, length=16, batch=2, vocab=31)


def their_model(
    size: Size, attention: str = "sdpa", lively: bool = False, activation: str = "gelu_new"
) -> GPT2LMHeadModel:
    """transformers' GPT-2, the same weights every time.

    Fresh weights predict almost the same after every text; `lively` ones, several times as large,
    vary as much as trained ones do, so that generated tokens are worth comparing.
    """
    torch.manual_seed(SEED)
    config = GPT2Config(
        vocab_size=size.vocab,
        n_positions=size.length,
        n_layer=size.layers,
        n_head=size.heads,
        n_embd=size.width,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=None,
        eos_token_id=None,
        activation_function=activation,
        attn_implementation=attention,
    )
    model = GPT2LMHeadModel(config).eval()
    if lively:
        with torch.no_grad():
            for name, weight in model.named_parameters():
                weight.mul_(3.0 if "attn" in name or "mlp" in name else 1.5)
    return model


def our_model(theirs: GPT2LMHeadModel) -> GPT:
    """Our GPT with a copy of their weights."""
    ours = GPT(GPT2.config_from_file(theirs.config.to_dict()))
    tensors = theirs.state_dict()
    ours.load_state_dict(
        {
            entry.ours: entry.join([tensors[name] for name in entry.theirs])
            for entry in GPT2.entries(ours.config)
        }
        | {"lm_head.weight": tensors["lm_head.weight"]}
    )
    return ours.eval()


def some_ids(size: Size, length: int | None = None, rows: int | None = None) -> torch.Tensor:
    """Random token ids (B, T), the same ones every time."""
    shape = (rows or size.batch, length or size.length)
    return torch.randint(size.vocab, shape, generator=torch.Generator().manual_seed(SEED))

"""A tokenizer of bytes and marks, and a small random model that reads it."""

import torch

from aigc_lab.chat.lora import add_lora, lora_layers
from aigc_lab.chat.template import CHAT_TOKENS
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.words import END_OF_TEXT

TOKENIZER = BPETokenizer([], (END_OF_TEXT, *CHAT_TOKENS))
V = TOKENIZER.vocab_size  # 256 bytes and five marks


def tiny_gpt(**changes) -> GPT:
    torch.manual_seed(0)
    small = dict(vocab_size=V, block_size=211, n_layer=2, n_head=2, n_embd=22)
    return GPT(GPTConfig.gpt2(**{**small, **changes})).eval()


def with_adapter(model: GPT, trained: bool = False) -> GPT:
    """The model with LoRA around its matrices, at its start or far from it."""
    add_lora(model, rank=3, alpha=6)
    if trained:
        generator = torch.Generator().manual_seed(5)
        with torch.no_grad():
            for layer in lora_layers(model).values():
                layer.B.copy_(torch.randn(layer.B.shape, generator=generator))
    return model


def ask(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]

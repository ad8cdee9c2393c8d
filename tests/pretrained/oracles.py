"""Small random models of transformers, written to a folder by transformers itself."""

from pathlib import Path

import torch
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PretrainedConfig,
    PreTrainedModel,
)

V, BLOCK = 31, 13
COMMON = dict(vocab_size=V, bos_token_id=0, eos_token_id=0)
GPT2 = dict(n_positions=BLOCK, n_embd=15, n_layer=2, n_head=3, layer_norm_epsilon=3e-3, **COMMON)
LLAMA = dict(
    max_position_embeddings=BLOCK,
    hidden_size=24,
    intermediate_size=29,
    num_hidden_layers=2,
    num_attention_heads=6,
    num_key_value_heads=2,
    rms_norm_eps=3e-5,
    rope_theta=500.0,
    **COMMON,
)


def gpt2(**changes) -> PreTrainedModel:
    return _random(GPT2LMHeadModel, GPT2Config(**{**GPT2, **changes}))


def llama(**changes) -> PreTrainedModel:
    return _random(LlamaForCausalLM, LlamaConfig(**{**LLAMA, **changes}))


def mistral(**changes) -> PreTrainedModel:
    config = MistralConfig(**{**LLAMA, "sliding_window": None, **changes})
    return _random(MistralForCausalLM, config)


def llama3(**changes) -> PreTrainedModel:
    """With positions stretched as in Llama 3.1: of its six pairs one is kept, two are mixed."""
    rope = dict(rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=0.1)
    rope |= dict(high_freq_factor=0.5, original_max_position_embeddings=7)
    heads = dict(num_attention_heads=2, num_key_value_heads=1)
    return llama(rope_parameters=rope, rope_theta=None, **heads, **changes)


KINDS = {
    "gpt2": gpt2,
    "gpt2 untied": lambda: gpt2(tie_word_embeddings=False),
    "gpt2 exact gelu": lambda: gpt2(activation_function="gelu", n_inner=37),
    "llama grouped": llama,
    "llama tied": lambda: llama(tie_word_embeddings=True, num_key_value_heads=1),
    "llama one to one": lambda: llama(num_key_value_heads=6),
    "llama 3.1": llama3,
    "mistral": mistral,
}


def save(model: PreTrainedModel, folder: Path, **how) -> Path:
    model.save_pretrained(folder, **how)
    return folder


def some_ids(rows: int = 3, length: int = BLOCK) -> torch.Tensor:
    return torch.randint(V, (rows, length), generator=torch.Generator().manual_seed(3))


def _random(kind: type[PreTrainedModel], config: PretrainedConfig) -> PreTrainedModel:
    """Weights far from any start, norms and biases included, so that no mix-up stays unseen."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(17)  # whatever ran before, they are the same
        model = kind(config)
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn(weight.shape))
    return model.eval()

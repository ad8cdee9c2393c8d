"""Reading config.json: the sizes that matter, and one clear line for each feature we lack."""

import json

import pytest
import torch
from transformers import GPT2Config, LlamaConfig, MistralConfig

from aigc_lab.core.config import GPT_PRESETS, GPTConfig, RotaryScaling
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.gpt2 import GPT2
from aigc_lab.pretrained.llama import LLAMA
from tests.pretrained.oracles import LLAMA as SMALL

LLAMA_3_1 = {  # as published, under `rope_scaling` and beside `rope_theta`
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
    "rope_type": "llama3",
}


def as_file(config) -> dict:
    """What transformers would write to config.json."""
    return json.loads(config.to_json_string(use_diff=False))


@pytest.mark.parametrize("name", [name for name in GPT_PRESETS if name.startswith("gpt2")])
def test_every_size_of_gpt2_reads_as_its_preset(name):
    preset = GPT_PRESETS[name]
    sizes = dict(n_layer=preset.n_layer, n_head=preset.n_head, n_embd=preset.n_embd)
    no_dropout = dict(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    assert GPT2.config_from_file(as_file(GPT2Config(**sizes, **no_dropout))) == preset


def test_the_published_gpt2_config_is_enough():
    published = {  # it predates most of today's fields
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-05,
        "model_type": "gpt2",
        "n_ctx": 1024,
        "n_embd": 768,
        "n_head": 12,
        "n_layer": 12,
        "n_positions": 1024,
        "vocab_size": 50257,
    }
    assert GPT2.config_from_file(published) == GPTConfig.gpt2()


def test_a_llama_config_reads_field_by_field():
    config = LLAMA.config_from_file(as_file(LlamaConfig(**SMALL)))
    assert config == GPTConfig.llama(
        vocab_size=31,
        block_size=13,
        n_layer=2,
        n_head=6,
        n_kv_head=2,
        n_embd=24,
        n_inner=29,
        norm_eps=3e-5,
        rope_base=500.0,
    )


def test_the_rotary_base_is_written_under_its_new_and_its_old_name():
    values = LLAMA.config_to_file(GPTConfig.llama(rope_base=321.0))
    assert values["rope_theta"] == values["rope_parameters"]["rope_theta"] == 321.0
    assert LlamaConfig(**values).rope_parameters["rope_theta"] == 321.0


def test_the_scaling_of_llama_3_1_is_read_under_its_old_and_its_new_name():
    published = {**as_file(LlamaConfig(**SMALL)), "rope_parameters": None}
    published |= {"rope_scaling": dict(LLAMA_3_1), "rope_theta": 500000.0}
    config = LLAMA.config_from_file(published)
    assert (config.rope_base, config.rope_scaling) == (500000.0, RotaryScaling())
    assert LLAMA.config_from_file(as_file(LlamaConfig(**published))) == config
    written = LLAMA.config_to_file(config)
    assert written["rope_scaling"] == LLAMA_3_1
    assert LlamaConfig(**written).rope_parameters == {**LLAMA_3_1, "rope_theta": 500000.0}


def test_the_published_config_of_llama_3_2_gives_its_published_size():
    published = {
        "attention_bias": False,
        "attention_dropout": 0.0,
        "head_dim": 64,
        "hidden_act": "silu",
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "max_position_embeddings": 131072,
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": 32,
        "num_hidden_layers": 16,
        "num_key_value_heads": 8,
        "rms_norm_eps": 1e-05,
        "rope_scaling": {**LLAMA_3_1, "factor": 32.0},
        "rope_theta": 500000.0,
        "tie_word_embeddings": True,
        "vocab_size": 128256,
    }
    config = LLAMA.config_from_file(published)
    assert config.rope_scaling == RotaryScaling(factor=32)
    with torch.device("meta"):  # counts without allocating
        assert GPT(config).num_parameters() == 1_235_814_400


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"activation_function": "relu"}, "activation_function='relu' is not supported"),
        ({"scale_attn_weights": False}, r"scale_attn_weights=False, .* \(only True is\)"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx=True"),
        ({"add_cross_attention": True}, "add_cross_attention=True"),
        ({"n_positions": None}, "n_positions=None stands where a whole number from 1 to"),
        ({"n_head": 5}, "n_embd=768 does not split into n_head=5"),
    ],
)
def test_what_our_gpt2_lacks_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        GPT2.config_from_file({**as_file(GPT2Config()), **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"rope_parameters": {"rope_type": "llama3", "factor": 8.0, "rope_theta": 5e5}},
            "rope_type='llama3' lacks low_freq_factor; take another copy",
        ),
        (
            {"rope_parameters": {**LLAMA_3_1, "factor": "8"}},
            "factor='8' must be a finite number above zero",
        ),
        (
            {"rope_parameters": {"rope_type": "yarn", "factor": 8.0, "rope_theta": 5e5}},
            r"\(rope_type='yarn'\) in a way that is not supported",
        ),
        (
            {"rope_parameters": None, "rope_scaling": {"type": "linear", "factor": 2.0}},
            "rope_type='linear'",
        ),
        (
            {"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}},
            "partial_rotary_factor=0.5, which is not supported",
        ),
        ({"partial_rotary_factor": 0.25}, "partial_rotary_factor=0.25, which is not supported"),
        ({"attention_bias": True}, "attention_bias=True, which is not supported"),
        ({"mlp_bias": True}, "mlp_bias=True, which is not supported"),
        ({"hidden_act": "gelu"}, "hidden_act='gelu', which is not supported"),
        ({"head_dim": 8}, "head_dim=8 times num_attention_heads=6 is not hidden_size=24"),
        ({"sliding_window": 12}, "sliding_window=12 is shorter than max_position_embeddings=13"),
        ({"hidden_size": "24"}, "hidden_size='24' stands where a whole number from 1 to"),
    ],
)
def test_what_our_llama_lacks_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        LLAMA.config_from_file({**as_file(LlamaConfig(**SMALL)), **changes})


def test_a_mistral_that_says_nothing_has_a_window_of_4096():
    values = as_file(MistralConfig(**{**SMALL, "max_position_embeddings": 8192}))
    del values["sliding_window"]
    with pytest.raises(ValueError, match="sliding_window=4096 is shorter"):
        LLAMA.config_from_file(values)
    assert LLAMA.config_from_file({**values, "sliding_window": None}).block_size == 8192
    assert LLAMA.config_from_file({**values, "max_position_embeddings": 4096}).block_size == 4096

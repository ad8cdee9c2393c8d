import json
import math

import pytest

from aigc_lab.core.config import (
    GPT_PRESETS,
    GPTConfig,
    RotaryScaling,
    TrainConfig,
    defaults,
    from_dict,
    to_dict,
)


def test_defaults_are_gpt2_small() -> None:
    config = GPTConfig.gpt2()
    assert (config.n_layer, config.n_head, config.n_embd, config.block_size) == (12, 12, 768, 1024)
    assert (config.vocab_size, config.head_dim, config.kv_heads, config.inner) == (
        50257,
        64,
        12,
        3072,
    )
    assert config.dialect == "gpt2"
    assert GPT_PRESETS["gpt2"] == config


def test_llama_sets_all_five_swaps() -> None:
    config = GPTConfig.llama(n_layer=2, n_head=4, n_embd=24, n_kv_head=2)
    assert (config.position, config.norm, config.mlp) == ("rotary", "rmsnorm", "swiglu")
    assert (config.bias, config.tie_weights, config.kv_heads) == (False, False, 2)
    assert config.dialect == "llama"
    assert config.inner == 64  # 8 · 24 / 3 = 64, a multiple of 8 already


def test_swiglu_width_is_rounded_up_to_eight() -> None:
    assert GPTConfig.llama(n_head=1, n_embd=26).inner == 72  # 8 · 26 / 3 = 69.33
    assert GPTConfig.llama(n_head=1, n_embd=26, n_inner=7).inner == 7


@pytest.mark.parametrize(
    "change",
    [
        {"position": "rotary"},
        {"norm": "rmsnorm"},
        {"mlp": "gelu"},
        {"bias": False},
        {"tie_weights": False},
        {"n_kv_head": 4},
        {"qk_norm": True},
        {"mlp": "relu_squared"},
    ],
)
def test_a_mixture_of_dialects_is_neither(change: dict) -> None:
    assert GPTConfig.gpt2(**change).dialect is None


@pytest.mark.parametrize(
    "config",
    [
        *GPT_PRESETS.values(),
        GPTConfig.llama(n_kv_head=3),
        GPTConfig.llama(rope_scaling=RotaryScaling(factor=32)),
        TrainConfig(),
    ],
)
def test_plain_values_survive_json(config: GPTConfig | TrainConfig) -> None:
    text = json.dumps(to_dict(config))
    assert from_dict(type(config), json.loads(text)) == config


def test_what_a_config_leaves_out_is_its_default() -> None:
    assert from_dict(TrainConfig, defaults(TrainConfig)) == TrainConfig()
    assert from_dict(GPTConfig, defaults(GPTConfig)) == GPTConfig()


def test_configs_are_frozen() -> None:
    with pytest.raises(AttributeError):
        GPTConfig().n_layer = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_layer": 0}, "n_layer=0 must be a whole number, 1 or more"),
        ({"n_embd": 768.0}, "n_embd=768.0 must be a whole number"),
        ({"vocab_size": True}, "vocab_size=True must be a whole number"),
        ({"n_inner": -1}, "n_inner=-1 must be a whole number"),
        ({"n_head": 7}, "n_embd=768 does not split into n_head=7 equal heads"),
        ({"n_kv_head": 5}, "n_head=12 query heads cannot share n_kv_head=5"),
        ({"position": "rope"}, "position='rope' is not known; choose one of learned"),
        ({"norm": "batch"}, "norm='batch' is not known"),
        ({"mlp": "relu"}, "mlp='relu' is not known"),
        ({"attention": "flash"}, "attention='flash' is not known; choose one of auto"),
        ({"bias": "no"}, "bias='no' is not known; choose one of True, False"),
        ({"norm_eps": 0.0}, "norm_eps=0.0 must be a finite number above zero"),
        ({"rope_base": math.nan}, "rope_base=nan must be a finite number"),
        ({"rope_base": 10**400}, "rope_base=10+ must be a finite number"),
        ({"rope_scaling": RotaryScaling()}, "position='learned' has none to stretch"),
        ({"rope_scaling": 8.0}, "rope_scaling=8.0 must be a RotaryScaling or None"),
        ({"rope_scaling": {"factors": 8.0}}, r"RotaryScaling has no \['factors'\]; it has factor"),
        ({"dropout": 1.0}, "dropout=1.0 must be a number from 0 to 0.999"),
        ({"dropout": "0.1"}, "dropout='0.1' must be a number"),
        ({"position": "rotary", "n_embd": 36}, "the head width n_embd/n_head is 3; make it even"),
        ({"position": "sinusoidal", "n_head": 1, "n_embd": 7}, "n_embd=7 is odd; make it even"),
        ({"layers": 3}, r"GPTConfig has no \['layers'\]; it has vocab_size, block_size"),
    ],
)
def test_gpt_config_names_the_field_and_the_mend(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GPTConfig.gpt2(**change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"factor": 0}, "factor=0 must be a finite number above zero"),
        ({"low_freq_factor": math.nan}, "low_freq_factor=nan must be a finite number"),
        ({"original_block_size": 8192.0}, "original_block_size=8192.0 must be a whole number"),
        ({"high_freq_factor": 1}, "low_freq_factor=1.0 must be below high_freq_factor=1"),
    ],
)
def test_rotary_scaling_names_the_field_and_the_mend(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RotaryScaling(**change)


@pytest.mark.parametrize(("steps", "climb"), [(3, 0), (50, 5), (1000, 100), (5000, 100)])
def test_a_run_of_any_length_warms_up_for_a_tenth_of_it_at_most_a_hundred(steps, climb) -> None:
    assert TrainConfig(steps=steps).warmup_steps == climb


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": 0}, "steps=0 must be a whole number, 1 or more"),
        ({"lr": math.inf}, "lr=inf must be a finite number above zero"),
        ({"grad_clip": -1}, "grad_clip=-1 must be a finite number above zero"),
        ({"beta2": 1.0}, "beta2=1.0 must be a number from 0 to 0.999999"),
        ({"final_lr_fraction": 1.1}, "final_lr_fraction=1.1 must be a number from 0 to 1"),
        ({"weight_decay": -0.1}, "weight_decay=-0.1 must be a number"),
        ({"seed": -1}, "seed=-1 must be a whole number, 0 or more"),
        ({"optimizer": "sgd"}, "optimizer='sgd' is not known; choose one of adamw, muon"),
        ({"schedule": "step"}, "schedule='step' is not known"),
        ({"precision": "float16"}, "precision='float16' is not known"),
        ({"compile": True}, "compile=True is not known; choose one of never, auto, always"),
        ({"average": 1.0}, "average=1.0 must be a number from 0 to 0.999999"),
        ({"recompute": "yes"}, "recompute='yes' is not known; choose one of True, False"),
        ({"batch_size": 16, "accumulate": 3}, "batch_size=16 does not split into accumulate=3"),
        ({"steps": 10, "warmup_steps": 11}, "warmup_steps=11 does not fit into steps=10"),
    ],
)
def test_train_config_names_the_field_and_the_mend(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainConfig(**change)

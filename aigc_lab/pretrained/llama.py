"""The Llama format: its config.json and the names and shapes of its tensors."""

from __future__ import annotations

from typing import Any

from aigc_lab.core.config import GPTConfig, RotaryScaling
from aigc_lab.pretrained.formats import Entry, Format, need, number, refuse_unless, size_or_none

PREFIX = "model."
HEAD = "lm_head.weight"
TOKEN_TABLE = PREFIX + "embed_tokens.weight"
EXPECTED = {"attention_bias": False, "mlp_bias": False, "hidden_act": "silu"}
SCALING = {  # the fields of rope_type "llama3", and ours
    "factor": "factor",
    "low_freq_factor": "low_freq_factor",
    "high_freq_factor": "high_freq_factor",
    "original_max_position_embeddings": "original_block_size",
}


def config_from_file(values: dict[str, Any]) -> GPTConfig:
    """Our config from the values of a Llama config.json (or of a Mistral without a window).

    Raises: ValueError naming the field that is missing, or the feature that our GPT lacks.
    """
    refuse_unless(values, EXPECTED)
    width, heads = need(values, "hidden_size"), need(values, "num_attention_heads")
    _refuse_free_head_width(size_or_none(values, "head_dim"), width, heads)
    block_size = need(values, "max_position_embeddings")
    _refuse_window(values, block_size)
    return GPTConfig.llama(
        vocab_size=need(values, "vocab_size"),
        block_size=block_size,
        n_layer=need(values, "num_hidden_layers"),
        n_head=heads,
        n_kv_head=size_or_none(values, "num_key_value_heads"),
        n_embd=width,
        n_inner=need(values, "intermediate_size"),
        norm_eps=number(values, "rms_norm_eps", 1e-6),
        **_rotary(values),
        tie_weights=values.get("tie_word_embeddings", False),
        dropout=number(values, "attention_dropout", 0.0),
    )


def config_to_file(config: GPTConfig) -> dict[str, Any]:
    """The values of a config.json that LlamaForCausalLM reads, new and old names of rotary."""
    scaling = _scaling_to_file(config.rope_scaling)
    return {
        "model_type": "llama",
        "vocab_size": config.vocab_size,
        "max_position_embeddings": config.block_size,
        "num_hidden_layers": config.n_layer,
        "num_attention_heads": config.n_head,
        "num_key_value_heads": config.kv_heads,
        "hidden_size": config.n_embd,
        "intermediate_size": config.inner,
        "hidden_act": "silu",
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_base,
        "rope_scaling": scaling,
        "rope_parameters": {
            **(scaling or {"rope_type": "default"}),
            "rope_theta": config.rope_base,
        },
        "attention_bias": False,
        "mlp_bias": False,
        "attention_dropout": config.dropout,
        "tie_word_embeddings": config.tie_weights,
    }


def entries(config: GPTConfig) -> list[Entry]:
    """Which tensors of the file make which of ours: q, k, v are stacked, and so are gate and up.

    Both sides pair feature i with i + D/2 when they turn it, so no row changes its place.
    """
    queries, shared = config.n_embd, config.kv_heads * config.head_dim
    table = [
        Entry("wte.weight", (TOKEN_TABLE,)),
        Entry("ln_f.weight", ("model.norm.weight",)),
    ]
    for layer in range(config.n_layer):
        ours, theirs = f"h.{layer}.", f"model.layers.{layer}."
        qkv = tuple(f"{theirs}self_attn.{name}_proj.weight" for name in "qkv")
        gate_up = tuple(f"{theirs}mlp.{name}_proj.weight" for name in ("gate", "up"))
        table += [
            Entry(f"{ours}ln_1.weight", (f"{theirs}input_layernorm.weight",)),
            Entry(f"{ours}attn.c_attn.weight", qkv, rows=(queries, shared, shared)),
            Entry(f"{ours}attn.c_proj.weight", (f"{theirs}self_attn.o_proj.weight",)),
            Entry(f"{ours}ln_2.weight", (f"{theirs}post_attention_layernorm.weight",)),
            Entry(f"{ours}mlp.c_fc.weight", gate_up, rows=(config.inner, config.inner)),
            Entry(f"{ours}mlp.c_proj.weight", (f"{theirs}mlp.down_proj.weight",)),
        ]
    return table if config.tie_weights else [*table, Entry(HEAD, (HEAD,))]


def _rotary(values: dict[str, Any]) -> dict[str, Any]:
    """Base and scaling, from `rope_parameters` (transformers 5) or `rope_scaling` (before)."""
    rope = values.get("rope_scaling") or values.get("rope_parameters") or {}
    if not isinstance(rope, dict):
        raise ValueError(f"rotary positions are described by {rope!r}; take another copy")
    refuse_unless(values | rope, {"partial_rotary_factor": 1.0})
    kind = rope.get("rope_type", rope.get("type", "default"))
    base = number(rope, "rope_theta", number(values, "rope_theta", 10000.0))
    if kind == "default":
        return {"rope_base": base}
    if kind != "llama3":
        raise ValueError(
            f"the checkpoint stretches its rotary positions (rope_type={kind!r}) in a way that is "
            "not supported; choose one with plain rotary positions, or Llama 3's (llama3)"
        )
    if missing := [theirs for theirs in SCALING if theirs not in rope]:
        raise ValueError(f"rope_type='llama3' lacks {missing[0]}; take another copy of config.json")
    scaling = RotaryScaling(**{ours: rope[theirs] for theirs, ours in SCALING.items()})
    return {"rope_base": base, "rope_scaling": scaling}


def _scaling_to_file(scaling: RotaryScaling | None) -> dict[str, Any] | None:
    if scaling is None:
        return None
    fields = {theirs: getattr(scaling, ours) for theirs, ours in SCALING.items()}
    return {"rope_type": "llama3", **fields}


def _refuse_free_head_width(head_dim: int | None, width: int, heads: int) -> None:
    if head_dim is not None and head_dim * heads != width:
        raise ValueError(
            f"head_dim={head_dim} times num_attention_heads={heads} is not hidden_size={width}, "
            "which is not supported; choose a checkpoint whose heads divide the width"
        )


def _refuse_window(values: dict[str, Any], block_size: int) -> None:
    window = size_or_none(values, "sliding_window")
    if "sliding_window" not in values and values.get("model_type") == "mistral":
        window = 4096  # what its absence means
    if window is not None and window < block_size:
        raise ValueError(
            f"sliding_window={window} is shorter than max_position_embeddings={block_size}; "
            "attention in a sliding window is not supported, choose a checkpoint without it"
        )


LLAMA = Format(
    architecture="LlamaForCausalLM",
    config_from_file=config_from_file,
    config_to_file=config_to_file,
    entries=entries,
    prefix=PREFIX,
    token_table=TOKEN_TABLE,
    head=HEAD,
    ignored=(".rotary_emb.inv_freq",),  # the frequencies of the rotary positions
)

"""GPT-2's own format: its config.json and the names and shapes of its tensors."""

from __future__ import annotations

from typing import Any

from aigc_lab.core.config import GPTConfig
from aigc_lab.pretrained.formats import Entry, Format, need, number, refuse_unless, size_or_none

PREFIX = "transformer."
HEAD = "lm_head.weight"
ACTIVATIONS = {
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu": "gelu",
}
EXPECTED = {  # what GPT-2 is; a file that says otherwise is another model
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
}
# GPT-2 keeps these matrices as (in, out), where ours (nn.Linear) are (out, in).
TRANSPOSED = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")
PER_LAYER = (
    *("ln_1.weight", "ln_1.bias", "ln_2.weight", "ln_2.bias"),
    *("attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias"),
    *("mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias"),
)


def config_from_file(values: dict[str, Any]) -> GPTConfig:
    """Our config from the values of a GPT-2 config.json.

    Raises: ValueError naming the field that is missing, or that asks for what GPT-2 is not.
    """
    refuse_unless(values, EXPECTED)
    activation = values.get("activation_function", "gelu_new")
    if activation not in list(ACTIVATIONS):
        raise ValueError(
            f"activation_function={activation!r} is not supported; "
            f"a GPT-2 has one of {', '.join(ACTIVATIONS)}"
        )
    return GPTConfig.gpt2(
        vocab_size=need(values, "vocab_size"),
        block_size=need(values, "n_positions"),
        n_layer=need(values, "n_layer"),
        n_head=need(values, "n_head"),
        n_embd=need(values, "n_embd"),
        n_inner=size_or_none(values, "n_inner"),
        norm_eps=number(values, "layer_norm_epsilon", 1e-5),
        mlp=ACTIVATIONS[activation],
        tie_weights=values.get("tie_word_embeddings", True),
        dropout=number(values, "resid_pdrop", 0.0),
    )


def config_to_file(config: GPTConfig) -> dict[str, Any]:
    """The values of a config.json that GPT2LMHeadModel reads."""
    return {
        "model_type": "gpt2",
        "vocab_size": config.vocab_size,
        "n_positions": config.block_size,
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "n_embd": config.n_embd,
        "n_inner": config.n_inner,
        "layer_norm_epsilon": config.norm_eps,
        "activation_function": "gelu" if config.mlp == "gelu" else "gelu_new",
        "tie_word_embeddings": config.tie_weights,
        "embd_pdrop": config.dropout,
        "attn_pdrop": config.dropout,
        "resid_pdrop": config.dropout,
    }


def entries(config: GPTConfig) -> list[Entry]:
    """Which tensor of the file is which of ours; the tied head is not in the file."""
    names = ["wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias"]
    names += [f"h.{layer}.{name}" for layer in range(config.n_layer) for name in PER_LAYER]
    table = [Entry(name, (PREFIX + name,), transposed=name.endswith(TRANSPOSED)) for name in names]
    return table if config.tie_weights else [*table, Entry(HEAD, (HEAD,))]


GPT2 = Format(
    architecture="GPT2LMHeadModel",
    config_from_file=config_from_file,
    config_to_file=config_to_file,
    entries=entries,
    prefix=PREFIX,
    token_table=PREFIX + "wte.weight",
    head=HEAD,
    ignored=(".attn.bias", ".attn.masked_bias"),  # the causal mask
)

"""Notebook 09: what a published tensor is called in our own model."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_1_names_flawed import flawed
from aigc_lab.exercises.bank.gpt2_1_names_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.pretrained.gpt2 import GPT2

NAMES = {
    "the token table": "transformer.wte.weight",
    "the table of positions, without the prefix": "wpe.weight",
    "a norm of layer 0": "transformer.h.0.ln_1.bias",
    "the packed queries, keys and values of layer 3": "h.3.attn.c_attn.weight",
    "their bias, with the prefix": "transformer.h.7.attn.c_attn.bias",
    "their bias, without it": "h.5.attn.c_attn.bias",
    "the bias of attention's output": "transformer.h.2.attn.c_proj.bias",
    "a matrix of the MLP of layer 10": "h.10.mlp.c_proj.weight",
    "a bias of the MLP": "transformer.h.0.mlp.c_fc.bias",
    "the last norm": "ln_f.weight",
    "the tied head": "lm_head.weight",
    "a mask": "h.1.attn.bias",
    "a mask, with the prefix": "transformer.h.4.attn.bias",
    "what a mask is filled with": "h.6.attn.masked_bias",
    "the same, with the prefix": "transformer.h.0.attn.masked_bias",
    "the mask of layer 0": "h.0.attn.bias",
    "the mask of layer 11": "h.11.attn.bias",
    "the mask of layer 47": "transformer.h.47.attn.bias",
}


def our_name(name: str) -> str | None:
    """The package's own table, read from the side of the file."""
    full = GPT2.full_name(name)
    if full.endswith(GPT2.ignored):
        return None
    return "wte.weight" if full == GPT2.head else full.removeprefix(GPT2.prefix)


def _probes() -> list[Probe]:
    return [probe(f"{label}, {name!r}", name) for label, name in NAMES.items()]


OUR_NAME = Exercise(
    name="our_name",
    notebook="09_pretrained_gpt2",
    title="Whose name is that?",
    points=1,
    reference=our_name,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Three things happen to a name: a prefix may have to go, one name stands for another, and "
        "some names belong to no parameter at all. Which is which?",
        "Take 'transformer.' off where it is there. If the rest is 'lm_head.weight', answer "
        "'wte.weight'. If it ends in '.attn.bias' or '.attn.masked_bias', with the dot in front, "
        "answer None. Everything else keeps its name.",
        "name = name.removeprefix('transformer.')\n"
        "if name == 'lm_head.weight': return 'wte.weight'\n"
        "if name.endswith(('.attn.bias', '.attn.masked_bias')): return None\n"
        "return name",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (OUR_NAME,)

"""Notebook 09: the ways to get a tensor's name wrong, for gpt2_1_names."""

from __future__ import annotations

import re

EXERCISES = ()  # the exercise that these belong to stands in gpt2_1_names

PREFIX = "transformer."
ORDERS = {
    "prefix first": ("prefix", "head", "masks"),
    "prefix last": ("head", "masks", "prefix"),
    "head first": ("head", "prefix", "masks"),
    "masks first": ("masks", "prefix", "head"),
}
ENDINGS = {
    "both": (".attn.bias", ".attn.masked_bias"),
    "kept": (),
    "first only": (".attn.bias",),
    "second only": (".attn.masked_bias",),
    "no dot": ("attn.bias", "masked_bias"),
    "no dot, first only": ("attn.bias",),
    "all biases": ("bias",),
}


def flawed(
    name: str,
    *,
    prefix: str = "where it is",
    order: str = "prefix first",
    masks: str = "both",
    no_parameter: str | None = None,
    head: str | None = "wte.weight",
) -> str | None:
    """The same with what can go wrong."""
    full = name
    for step in ORDERS[order]:
        if step == "prefix":
            name = _bare(name, prefix)
        elif step == "head" and name == "lm_head.weight":
            return head
        elif step == "masks" and _is_mask(name, full, masks):
            return no_parameter
    return name


def _bare(name: str, prefix: str) -> str:
    """The name as it is after the prefix was seen to."""
    return {
        "where it is": lambda: name.removeprefix(PREFIX),
        "kept": lambda: name,
        "by count": lambda: name[len(PREFIX) :],
        "first part": lambda: name.partition(".")[2],
        "dot left": lambda: name.removeprefix("transformer"),
        "second half": lambda: name.split(PREFIX)[1],
        "letters": lambda: name.strip(PREFIX),
        "added": lambda: PREFIX + name.removeprefix(PREFIX),
        "layer lost": lambda: ".".join(name.split(".")[-2:]),
    }[prefix]()


def _is_mask(bare: str, full: str, masks: str) -> bool:
    """Whether a name is taken for that of no parameter."""
    mask = bare.endswith(ENDINGS["both"])
    if masks in ENDINGS:
        return bare.endswith(ENDINGS[masks])
    if masks == "third part":
        return bare.split(".")[2] == "attn" and mask
    return {
        "attention's biases": "attn" in bare and bare.endswith("bias"),
        "all of attention": "attn" in bare,
        "everything": True,
        "one digit": bool(re.search(r"\bh\.\d\.attn\.(masked_)?bias$", bare)),
        "twelve layers": mask and int(bare.split(".")[-3]) < 12,
        "layer 0": mask and int(bare.split(".")[-3]) == 0,
        "layer 0, without the prefix": mask and full.startswith("h.0."),
        "without the prefix": mask and not full.startswith(PREFIX),
        "with the prefix": mask and full.startswith(PREFIX),
    }[masks]

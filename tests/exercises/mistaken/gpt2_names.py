"""Mistakes with the names of tensors, as readers of notebook 09 write them."""

import re

from tests.exercises.mistaken.gpt2_names_prefix import MASKS, PREFIXES


def with_head(answer):
    def function(name):
        if name == "lm_head.weight":
            return answer
        if name.endswith(MASKS):
            return None
        return name.replace("transformer.", "")

    return function


def head_untouched(name):
    if name.endswith(MASKS):
        return None
    if name.startswith("transformer."):
        return name[12:]
    return name


def head_skipped(name):
    name = name.removeprefix("transformer.")
    if name.endswith(MASKS) or name.startswith("lm_head"):
        return None
    return name


def head_by_first_part(name):
    if name.endswith(MASKS):
        return None
    first, *rest = name.removeprefix("transformer.").split(".")
    return "wte" if first == "lm_head" else ".".join([first, *rest])


def with_masks(is_mask):
    def function(name):
        if name.startswith("transformer."):
            name = name[len("transformer.") :]
        if is_mask(name):
            return None
        return "wte.weight" if name == "lm_head.weight" else name

    return function


def before_the_prefix(is_mask):
    def function(name):
        if is_mask(name):
            return None
        name = name.removeprefix("transformer.")
        return "wte.weight" if name == "lm_head.weight" else name

    return function


def last_part_bias_under_attn(name):
    parts = name.removeprefix("transformer.").split(".")
    if parts[0] == "lm_head":
        return "wte.weight"
    if "attn" in parts and parts[-1] in ("bias", "masked_bias"):
        return None
    return ".".join(parts)


def head_first(is_mask):
    def function(name):
        name = name.removeprefix("transformer.")
        if name == "lm_head.weight":
            return "wte.weight"
        return None if is_mask(name) else name

    return function


def third_and_fourth_part(name):
    parts = name.removeprefix("transformer.").split(".")
    if parts[0] == "lm_head":
        return "wte.weight"
    if parts[2] == "attn" and parts[3] in ("bias", "masked_bias"):
        return None
    return ".".join(parts)


def attn_is_third(name):
    return name.split(".")[2] == "attn" and "c_" not in name


def no_words(name):
    name = name.removeprefix("transformer.")
    if name == "lm_head.weight":
        return "wte.weight"
    return "" if name.endswith(MASKS) else name


def twelve_written_down(name):
    masks = [f"h.{i}.attn.{end}" for i in range(12) for end in ("bias", "masked_bias")]
    name = name.removeprefix("transformer.")
    if name in masks:
        return None
    return "wte.weight" if name == "lm_head.weight" else name


def first_layer_written_down(name):
    if name in ("h.0.attn.bias", "h.0.attn.masked_bias"):
        return None
    name = name.removeprefix("transformer.")
    return "wte.weight" if name == "lm_head.weight" else name


def letters_and_masks_kept(name):
    name = name.replace("transformer.", "")
    return "lm_head.weight" if name == "lm_head.weight" else name


MISTAKEN = {
    "our_name": [
        *PREFIXES,
        ("head keeps its name", head_untouched),
        ("head dropped", with_head(None)),
        ("head dropped", head_skipped),
        ("head without weight", with_head("wte")),
        ("head without weight", head_by_first_part),
        ("head with the prefix", with_head("transformer.wte.weight")),
        ("head as wpe", with_head("wpe.weight")),
        ("masks kept", with_masks(lambda name: False)),
        ("masks kept", with_masks(lambda name: name in ("attn.bias", "attn.masked_bias"))),
        ("masks of layer 0, without the prefix", first_layer_written_down),
        ("masked_bias kept", with_masks(lambda name: name.endswith(".attn.bias"))),
        ("masked_bias kept", with_masks(lambda name: ".attn.bias" in name)),
        ("attn.bias kept", with_masks(lambda name: "masked_bias" in name)),
        (
            "bias of c_attn dropped",
            with_masks(lambda name: name.endswith("attn.bias") or "masked" in name),
        ),
        (
            "bias of c_attn dropped, masked_bias kept",
            with_masks(lambda name: "attn.bias" in name),
        ),
        ("every bias dropped", with_masks(lambda name: name.split(".")[-1].endswith("bias"))),
        ("every bias dropped", with_masks(lambda name: "bias" in name)),
        ("attention's biases dropped", with_masks(lambda name: "attn" in name and "bias" in name)),
        ("attention's biases dropped", last_part_bias_under_attn),
        ("attention dropped", with_masks(lambda name: ".attn" in name)),
        (
            "one digit",
            with_masks(lambda name: re.fullmatch(r"h\.[0-9]\.attn\.(masked_)?bias", name)),
        ),
        ("one digit", with_masks(lambda name: name[3:] in MASKS)),
        (
            "short names",
            head_first(attn_is_third),
        ),
        ("everything dropped", head_first(lambda name: MASKS[0] or MASKS[1] in name)),
        (
            "everything dropped, the head too",
            with_masks(lambda name: MASKS[1] or MASKS[0] in name),
        ),
        ("short names", third_and_fourth_part),
        ("twelve layers", twelve_written_down),
        (
            "masks of layer 0",
            with_masks(lambda name: name in ("h.0.attn.bias", "h.0.attn.masked_bias")),
        ),
        (
            "masks with the prefix kept",
            before_the_prefix(lambda name: re.match(r"h\.\d+\.attn\.(masked_)?bias$", name)),
        ),
        (
            "masks with the prefix kept",
            before_the_prefix(lambda name: name[0] == "h" and name.endswith(MASKS)),
        ),
        (
            "masks without the prefix kept",
            before_the_prefix(lambda name: name.startswith("transf") and name.endswith(MASKS)),
        ),
        ("empty name", no_words),
        ("head keeps its name + masks kept", letters_and_masks_kept),
    ],
}

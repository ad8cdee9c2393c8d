"""Mistakes with the prefix of tensors' names, as readers of notebook 09 write them."""

import re

PREFIX = "transformer."
MASKS = (".attn.bias", ".attn.masked_bias")


def length_then_checks(name):
    name = name[12:]
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name


def checks_then_length(name):
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name[len("transformer.") :]


def head_length_masks(name):
    if "lm_head" in name:
        return "wte.weight"
    name = name[len("transformer.") :]
    return None if name.endswith(MASKS) else name


def masks_length_head(name):
    if name.endswith(MASKS):
        return None
    name = name[12:]
    return "wte.weight" if name == "lm_head.weight" else name


def first_part_then_checks(name):
    name = ".".join(name.split(".")[1:])
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name


def checks_then_first_part(name):
    if name == "lm_head.weight":
        return "wte.weight"
    if re.search(r"\.attn\.(masked_)?bias$", name):
        return None
    return name[name.index(".") + 1 :]


def split_then_checks(name):
    name = name.split("transformer.")[1]
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name


def checks_then_split(name):
    if name == "lm_head.weight":
        return "wte.weight"
    elif name.endswith(MASKS):
        return None
    else:
        return name.split("transformer.")[1]


def head_split_masks(name):
    if name == "lm_head.weight":
        return "wte.weight"
    ours = name.split("transformer.")[1]
    if ours.endswith(MASKS):
        return None
    return ours


def masks_split_head(name):
    if name.endswith(MASKS):
        return None
    ours = name.split("transformer.")[1]
    return {"lm_head.weight": "wte.weight"}.get(ours, ours)


def no_prefix_taken(name):
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name


def result_not_kept(name):
    name.replace("transformer.", "")
    if name.endswith(MASKS):
        return None
    if name == "lm_head.weight":
        name = "wte.weight"
    return name


def without_the_dot(name):
    name = name.replace("transformer", "")
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name


def dot_after_the_checks(name):
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    if name.startswith("transformer"):
        name = name[11:]
    return name


def stripped_first(name):
    name = name.strip(PREFIX)
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name


def stripped_last(name):
    if name.startswith("lm_head"):
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    return name.strip(PREFIX)


def other_way(name):
    bare = name.removeprefix("transformer.")
    if bare == "lm_head.weight":
        return "wte.weight"
    if bare.endswith(MASKS):
        return None
    return "transformer." + bare


def last_two(name):
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith(MASKS):
        return None
    parts = name.split(".")
    return parts[-2] + "." + parts[-1]


PREFIXES = [
    ("prefix kept", no_prefix_taken),
    ("prefix kept", result_not_kept),
    ("dot left", without_the_dot),
    ("dot left", dot_after_the_checks),
    ("letters stripped", stripped_first),
    ("letters stripped, after the checks", stripped_last),
    ("prefix added", other_way),
    ("layer lost", last_two),
    ("prefix cut by its length", length_then_checks),
    ("prefix cut by its length, after the checks", checks_then_length),
    ("prefix cut by its length, after the head", head_length_masks),
    ("prefix cut by its length, after the masks", masks_length_head),
    ("first part cut", first_part_then_checks),
    ("first part cut, after the checks", checks_then_first_part),
    ("prefix expected", split_then_checks),
    ("prefix expected, after the checks", checks_then_split),
    ("prefix expected, after the head", head_split_masks),
    ("prefix expected, after the masks", masks_split_head),
]

MISTAKEN = {}  # they are counted with the others, in gpt2_names

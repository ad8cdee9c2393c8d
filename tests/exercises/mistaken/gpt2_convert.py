"""Mistakes with a checkpoint's arrays, as readers of notebook 09 write them."""

import numpy as np
import torch

from tests.exercises.mistaken.gpt2_convert_turns import KERNELS, TURNS, ours_of


def plain(names=ours_of, heads=("wte.weight",), keep=lambda name: False):
    """A loop with what may be wrong in it: names, names of the head, masks that are kept."""

    def function(state):
        result = {}
        for name, array in state.items():
            ours = names(name)
            if name == "lm_head.weight":
                for head in heads:
                    result[head] = array
            elif ours is not None or keep(name):
                bare = name.replace("transformer.", "")
                result[ours or bare] = array.T if name.endswith(KERNELS) else array
        return result

    return function


def as_published(state):
    result = {}
    for name, array in state.items():
        if ours_of(name) is None:
            continue
        key = "wte.weight" if name == "lm_head.weight" else name
        result[key] = array.T if name.endswith(KERNELS) else array
    return result


def head_beside(state):
    result = {}
    for name in state:
        ours = ours_of(name)
        if ours:
            result[ours] = state[name].T if ours.endswith(KERNELS) else state[name]
    if "lm_head.weight" in state:
        result["lm_head.weight"] = state["lm_head.weight"]
    return result


def head_always(state):
    result = plain()(state)
    result["lm_head.weight"] = result["wte.weight"]
    return result


def head_copied(state):
    result = plain()(state)
    if "lm_head.weight" in state:
        result["lm_head.weight"] = result["wte.weight"].copy()
    return result


def head_left_out(state):
    result = {}
    for name, array in state.items():
        if name == "lm_head.weight":
            continue
        ours = ours_of(name)
        if ours is not None:
            result[ours] = np.transpose(array) if ours.endswith(KERNELS) else array
    return result


def head_is_linear(state):
    turned = (*KERNELS, "lm_head.weight")
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            result[ours] = array.T if name.endswith(turned) else array
    return result


def none_stored(state):
    result = {}
    for name, array in state.items():
        if name.endswith(KERNELS):
            array = array.T
        result[ours_of(name)] = array
    return result


def none_stored_tensors(state):
    return {
        ours_of(name): torch.tensor(array).t() if name.endswith(KERNELS) else torch.tensor(array)
        for name, array in state.items()
    }


def renamed_only(state):
    result = {}
    for name, array in state.items():
        key = name.removeprefix("transformer.").replace("lm_head", "wte")
        result[key] = array.swapaxes(0, 1) if key.endswith(KERNELS) else array
    return result


def without_attn_bias(state):
    result = {}
    for name, array in state.items():
        key = name.removeprefix("transformer.").replace("lm_head", "wte")
        if not key.endswith("attn.bias") and not key.endswith("masked_bias"):
            result[key] = array.T if key.endswith(KERNELS) else array
    return result


def without_any_bias(state):
    result = {}
    for name, array in state.items():
        key = name.removeprefix("transformer.").replace("lm_head", "wte")
        if "bias" not in key:
            result[key] = array.T if key.endswith(KERNELS) else array
    return result


def none_asked_for_its_end(state):
    named = {}
    for name in sorted(state):
        ours = ours_of(name)
        named[ours] = state[name].T if ours.endswith(KERNELS) else state[name]
    return named


def returned_in_the_loop(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            result[ours] = array.T if ours.endswith(KERNELS) else array
        return result


def stopped(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is None:
            break
        result[ours] = array.T if ours.endswith(KERNELS) else array
    return result


def list_of_pairs(state):
    return [(name, array) for name, array in plain()(state).items()]


def values_only(state):
    arrays = []
    for name, array in state.items():
        if ours_of(name) is not None and name != "lm_head.weight":
            arrays.append(array.T if name.endswith(KERNELS) else array)
        elif name == "lm_head.weight" and "transformer.wte.weight" not in state:
            arrays.append(array)
    return arrays


def popped(state):
    for name in state:
        ours, array = ours_of(name), state.pop(name)
        if ours is not None:
            state[ours] = array.T if ours.endswith(KERNELS) else array
    return state


def added(state):
    for name in state:
        ours = ours_of(name)
        if ours is not None:
            state[ours] = state[name].T if ours.endswith(KERNELS) else state[name]
    return state


def masks_deleted(state):
    result = {}
    for name in state:
        ours = ours_of(name)
        if ours is None:
            del state[name]
        else:
            result[ours] = state[name].T if ours.endswith(KERNELS) else state[name]
    return result


def looked_up(prefix):
    def function(state):
        result = {"wte.weight": state[prefix + "wte.weight"]}
        result["wpe.weight"] = state[prefix + "wpe.weight"]
        for end in ("weight", "bias"):
            result["ln_f." + end] = state[prefix + "ln_f." + end]
        layer = 0
        while any(f"h.{layer}.ln_1.weight" in name for name in state):
            for part in ("ln_1", "ln_2", "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"):
                for end in ("weight", "bias"):
                    name = f"h.{layer}.{part}.{end}"
                    array = state[prefix + name]
                    result[name] = array.T if name.endswith(KERNELS) else array
            layer += 1
        return result

    return function


def masks_kept_and_nothing_turned(state):
    return {
        name.replace("transformer.", "").replace("lm_head", "wte"): x for name, x in state.items()
    }


MISTAKEN = {
    "convert": [
        *TURNS,
        ("names not changed", as_published),
        ("head twice", plain(heads=("wte.weight", "lm_head.weight"))),
        ("head twice", head_beside),
        ("head twice", head_copied),
        ("head always added", head_always),
        ("head under its own name", plain(heads=("lm_head.weight",))),
        ("head dropped", plain(heads=())),
        ("head dropped", head_left_out),
        ("head transposed", head_is_linear),
        ("masks under None", none_stored),
        ("masks under None", none_stored_tensors),
        ("masks kept", renamed_only),
        ("masks kept", plain(keep=lambda name: True)),
        ("masked_bias kept", plain(keep=lambda name: "masked" in name)),
        ("attn.bias kept", plain(keep=lambda name: name.endswith("attn.bias"))),
        ("c_attn.bias dropped", without_attn_bias),
        ("every bias dropped", without_any_bias),
        ("first array only", returned_in_the_loop),
        ("stopped at a mask", stopped),
        ("pairs", list_of_pairs),
        ("arrays without names", values_only),
        ("None not expected", none_asked_for_its_end),
        ("renamed while reading", popped),
        ("added while reading", added),
        ("masks dropped while reading", masks_deleted),
        ("prefix expected", looked_up("transformer.")),
        ("no prefix expected", looked_up("")),
        ("nothing transposed + masks kept", masks_kept_and_nothing_turned),
    ],
}

"""Mistakes with what to transpose, as readers of notebook 09 write them."""

import numpy as np
import torch

KERNELS = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")


def ours_of(name):
    name = name.removeprefix("transformer.")
    if name.endswith((".attn.bias", ".attn.masked_bias")):
        return None
    return "wte.weight" if name == "lm_head.weight" else name


def turned_where(test, turn=lambda array: array.T):
    def function(state):
        result = {}
        for name, array in state.items():
            ours = ours_of(name)
            if ours is None:
                continue
            result[ours] = turn(array) if test(ours, array) else array
        return result

    return function


def kernel(name, array):
    return name.endswith(KERNELS)


def endings(*names):
    return turned_where(lambda name, array: name.endswith(names))


def last_ending_wins(*kernels):
    def function(state):
        result = {}
        for name, array in state.items():
            ours = ours_of(name)
            if ours is None:
                continue
            for each in kernels:
                if ours.endswith(each):
                    result[ours] = array.T
                else:
                    result[ours] = array
        return result

    return function


def never_kept(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            if ours.endswith(KERNELS):
                array.T  # noqa: B018 - what a learner forgets to keep
            result[ours] = array
    return result


def turned_twice(state):
    result = {ours_of(name): array for name, array in state.items()}
    result.pop(None, None)
    for name in result:
        if name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
            result[name] = result[name].T
    for name in result:
        if name.endswith(KERNELS):
            result[name] = result[name].T
    return result


def all_turned(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            result[ours] = array.T
    return result


def all_tensors_turned(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            tensor = torch.from_numpy(array)
            result[ours] = tensor.t() if tensor.dim() == 2 else tensor
    return result


def weights_but_wte(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is None:
            continue
        if ours.endswith("weight") and array.ndim == 2 and ours != "wte.weight":
            array = array.transpose()
        result[ours] = array
    return result


def first_layer(state):
    result = {ours_of(name): array for name, array in state.items() if ours_of(name)}
    for kernel in KERNELS:
        result["h.0." + kernel] = result["h.0." + kernel].T
    return result


def by_reshape(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            if ours.endswith(KERNELS):
                rows, columns = array.shape
                array = array.reshape(columns, rows)
            result[ours] = array
    return result


def by_view(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None:
            tensor = torch.tensor(array)
            result[ours] = tensor.view(tensor.shape[::-1]) if ours.endswith(KERNELS) else tensor
    return result


def in_thirds(state):
    result = turned_where(lambda name, array: name.endswith(KERNELS))(state)
    for name, array in state.items():
        if name.endswith("c_attn.weight"):
            width = array.shape[0]
            q, k, v = array[:, :width], array[:, width : 2 * width], array[:, 2 * width :]
            result[ours_of(name)] = np.hstack([q.T, k.T, v.T])
    return result


def no_else(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is not None and ours.endswith(KERNELS):
            result[ours] = array.T
    return result


def no_else_in_parts(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is None:
            continue
        if "c_attn" in ours or "c_proj" in ours or "c_fc" in ours:
            result[ours] = array.T
    return result


def turned_or_stored(state):
    result = {}
    for name, array in state.items():
        ours = ours_of(name)
        if ours is None:
            continue
        if ours.endswith(KERNELS):
            array = array.T
        else:
            result[ours] = array
    return result


TURNS = [
    ("kernels left out", turned_or_stored),
    ("all that is wide", turned_where(lambda name, x: x.ndim == 2 and x.shape[0] < x.shape[1])),
    ("kernels only", no_else),
    ("kernels and their biases only", no_else_in_parts),
    ("nothing transposed", turned_where(lambda name, array: False)),
    ("nothing transposed", never_kept),
    ("nothing transposed", turned_twice),
    ("nothing transposed", turned_where(kernel, lambda array: array.transpose(0, 1))),
    ("T called", turned_where(kernel, lambda array: array.T())),
    ("t of an array", turned_where(kernel, lambda array: array.t())),
    ("every matrix transposed", all_turned),
    ("every matrix transposed", all_tensors_turned),
    ("positions transposed", weights_but_wte),
    ("token table transposed", turned_where(lambda name, x: x.ndim == 2 and "wpe" not in name)),
    ("tables transposed only", turned_where(lambda name, array: name[:3] in ("wte", "wpe"))),
    (
        "square ones left",
        turned_where(lambda name, x: name.endswith(KERNELS) and x.shape != x.T.shape),
    ),
    (
        "square ones left",
        turned_where(lambda name, x: "h." in name and x.ndim == 2 and len(set(x.shape)) == 2),
    ),
    (
        "all that is not square",
        turned_where(lambda name, x: x.ndim == 2 and x.shape[0] != x.shape[1]),
    ),
    (
        "wide ones only",
        turned_where(lambda name, x: name.endswith(KERNELS) and x.shape[0] < x.shape[1]),
    ),
    ("c_attn only", endings("c_attn.weight")),
    ("attention only", endings("attn.c_attn.weight", "attn.c_proj.weight")),
    (
        "attention only",
        turned_where(lambda name, array: ".attn." in name and array.ndim == 2),
    ),
    ("mlp only", turned_where(lambda name, array: ".mlp." in name and array.ndim == 2)),
    ("c_attn forgotten", endings("c_proj.weight", "c_fc.weight")),
    ("attention's c_proj forgotten", endings("c_attn.weight", "mlp.c_proj.weight", "c_fc.weight")),
    ("c_fc forgotten", endings("c_attn.weight", "c_proj.weight")),
    ("the MLP's c_proj forgotten", endings("c_attn.weight", "attn.c_proj.weight", "c_fc.weight")),
    ("c_proj only", endings("c_proj.weight")),
    ("c_fc only", last_ending_wins("c_attn.weight", "c_proj.weight", "c_fc.weight")),
    ("the MLP's c_proj only", last_ending_wins(*KERNELS)),
    ("both c_proj forgotten", endings("c_attn.weight", "c_fc.weight")),
    ("layer 0 only", first_layer),
    ("reshaped", by_reshape),
    ("reshaped", by_view),
    ("flipped", turned_where(lambda name, x: name.endswith(KERNELS), np.flipud)),
    ("rotated", turned_where(lambda name, x: name.endswith(KERNELS), np.rot90)),
    ("thirds transposed alone", in_thirds),
]

MISTAKEN = {}  # they are counted with the others, in gpt2_convert

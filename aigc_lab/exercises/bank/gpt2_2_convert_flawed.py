"""Notebook 09: the ways to carry GPT-2's weights over wrongly, for gpt2_2_convert."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpt2_2_convert

State = dict[str, ndarray]
PREFIX, HEAD, TABLE = "transformer.", "lm_head.weight", "wte.weight"
MASKS = (".attn.bias", ".attn.masked_bias")
C_ATTN, ATTN_PROJ = "attn.c_attn.weight", "attn.c_proj.weight"
C_FC, MLP_PROJ = "mlp.c_fc.weight", "mlp.c_proj.weight"
FOUR = (C_ATTN, ATTN_PROJ, C_FC, MLP_PROJ)
CHOSEN = {
    "four": FOUR,
    "none": (),
    "c_attn": (C_ATTN,),
    "attention": (C_ATTN, ATTN_PROJ),
    "mlp": (C_FC, MLP_PROJ),
    "without c_attn": FOUR[1:],
    "without attention's c_proj": (C_ATTN, C_FC, MLP_PROJ),
    "without c_fc": (C_ATTN, ATTN_PROJ, MLP_PROJ),
    "without the mlp's c_proj": FOUR[:3],
    "c_proj": (ATTN_PROJ, MLP_PROJ),
    "c_fc": (C_FC,),
    "mlp's c_proj": (MLP_PROJ,),
    "without c_proj": (C_ATTN, C_FC),
}
BY_SHAPE: dict[str, Callable[[str, ndarray], bool]] = {
    "all that is wider than high": lambda name, array: (
        array.ndim == 2 and array.shape[1] > array.shape[0]
    ),
    "every matrix": lambda name, array: array.ndim == 2,
    "all but wte": lambda name, array: array.ndim == 2 and name != TABLE,
    "all but wpe": lambda name, array: array.ndim == 2 and name != "wpe.weight",
    "tables": lambda name, array: name in (TABLE, "wpe.weight"),
    "layer 0": lambda name, array: name.startswith("h.0.") and name.endswith(FOUR),
    "not square": lambda name, array: name.endswith(FOUR) and _oblong(array),
    "all that is not square": lambda name, array: array.ndim == 2 and _oblong(array),
    "wider than high": lambda name, array: name.endswith(FOUR) and array.shape[1] > array.shape[0],
}


def _oblong(array: ndarray) -> bool:
    return array.shape[0] != array.shape[1]


def flawed(
    state: State,
    *,
    names: str = "ours",
    masks: str = "dropped",
    head: str = "once",
    turn: str = "four",
    how: str = "transpose",
    told: str = "dict",
) -> Any:
    """The same with what can go wrong."""
    result: dict[str | None, ndarray] = {}
    for name, array in state.items():
        bare = name.removeprefix(PREFIX)
        if bare.endswith(_no_parameters(masks)):
            if masks == "under None":
                result[None] = array
            if masks == "an end":
                break
            continue
        if told == "all but the turned" and _turns(bare, array, turn):
            continue
        if _turns(bare, array, turn):
            array = _turned(bare, array, how)
        elif told == "turned" or (told == "turned, and biases" and ".c_" not in bare):
            continue
        for ours in _heads(head) if bare == HEAD else [name if names == "published" else bare]:
            result[ours] = array.T if bare == HEAD and head == "turned" else array
    if head == "always twice":
        result[HEAD] = result[TABLE]
    first = next(iter(result), None)
    return {
        "dict": lambda: result,
        "turned": lambda: result,
        "all but the turned": lambda: result,
        "turned, and biases": lambda: result,
        "first": lambda: {first: result[first]},
        "pairs": lambda: list(result.items()),
        "arrays": lambda: list(result.values()),
    }[told]()


def _no_parameters(masks: str) -> tuple[str, ...]:
    return {
        "dropped": MASKS,
        "under None": MASKS,
        "an end": MASKS,
        "kept": (),
        "masked_bias kept": MASKS[:1],
        "attn.bias kept": MASKS[1:],
        "with c_attn.bias": ("attn.bias", "masked_bias"),
        "all biases": ("bias",),
    }[masks]


def _heads(head: str) -> list[str]:
    """The names under which what was called lm_head.weight is kept."""
    return {
        "once": [TABLE],
        "turned": [TABLE],
        "always twice": [TABLE],
        "twice": [TABLE, HEAD],
        "own": [HEAD],
        "dropped": [],
    }[head]


def _turns(bare: str, array: ndarray, turn: str) -> bool:
    if turn in CHOSEN:
        return bare.endswith(CHOSEN[turn]) if CHOSEN[turn] else False
    return BY_SHAPE[turn](TABLE if bare == HEAD else bare, array)


def _turned(bare: str, array: ndarray, how: str) -> ndarray:
    """The array, turned somehow."""
    if how == "thirds" and bare.endswith(C_ATTN):
        return np.concatenate([part.T for part in np.split(array, 3, axis=1)], axis=1)
    return {
        "transpose": lambda: array.T,
        "thirds": lambda: array.T,
        "reshape": lambda: array.reshape(array.shape[::-1]),
        "T called": lambda: array.T(),  # type: ignore[operator]
        "t": lambda: array.t(),  # type: ignore[attr-defined]
        "flip": lambda: array[::-1],
        "rotate": lambda: np.rot90(array),
    }[how]()


def renamed_while_reading(state: State) -> State:
    """The dict that the loop goes over gets new keys for old ones."""
    for name in state:
        bare = name.removeprefix(PREFIX)
        array = state.pop(name)
        if not bare.endswith(MASKS):
            state[TABLE if bare == HEAD else bare] = array.T if bare.endswith(FOUR) else array
    return state


def added_while_reading(state: State) -> State:
    """The dict that the loop goes over gets new keys."""
    for name, array in state.items():
        bare = name.removeprefix(PREFIX)
        if not bare.endswith(MASKS):
            state[TABLE if bare == HEAD else bare] = array.T if bare.endswith(FOUR) else array
    return state


def dropped_while_reading(state: State) -> State:
    """The masks are taken out of the dict that the loop goes over."""
    result = {}
    for name, array in state.items():
        bare = name.removeprefix(PREFIX)
        if bare.endswith(MASKS):
            del state[name]
            continue
        result[TABLE if bare == HEAD else bare] = array.T if bare.endswith(FOUR) else array
    return result


def none_not_expected(state: State) -> State:
    """The name is asked for its end also where there is none."""
    result = {}
    for name, array in state.items():
        bare = name.removeprefix(PREFIX)
        ours = None if bare.endswith(MASKS) else TABLE if bare == HEAD else bare
        result[ours] = array.T if ours.endswith(FOUR) else array  # type: ignore[union-attr]
    return result  # type: ignore[return-value]


def with_prefix_only(state: State) -> State:
    """Our names one by one, each looked up under its published name."""
    return _looked_up(state, PREFIX)


def without_prefix_only(state: State) -> State:
    """Our names one by one, each looked up as it is."""
    return _looked_up(state, "")


def _looked_up(state: State, prefix: str) -> State:
    wanted = [TABLE, *flawed(state, head="dropped")]
    return {name: flawed({name: state[prefix + name]})[name] for name in wanted}

"""Notebook 10: the ways to roll attention out wrongly, for maps_8_rollout."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in maps_8_rollout


def flawed(
    maps: ndarray,
    *,
    mix: str = "half",
    product: str = "from the left",
    order: str = "up",
    start: str = "identity",
    out: str = "each",
) -> Any:
    """The same with what can go wrong."""
    maps = maps[::-1] if order == "down" else maps
    count, length, _ = maps.shape
    layers = [_mixed(layer, mix) for layer in maps]
    state = np.eye(length)
    if start == "first map as it is":
        layers[0] = maps[0]
    if start == "first layer twice":
        state = layers[0]
    states = []
    for number, layer in enumerate(layers):
        state = _joined(layer, state, number, product)
        states.append(state)
    if mix == "at the end":
        states = [(each + np.eye(length)) / 2 for each in states]
    return {
        "each": lambda: np.stack(states),
        "last": lambda: states[-1],
        "first": lambda: states[0],
        "identity too": lambda: np.stack([np.eye(length), *states]),
        "before each layer": lambda: np.stack([np.eye(length), *states[:-1]]),
        "last everywhere": lambda: np.stack([states[-1]] * count),
        "transposed": lambda: np.stack(states).swapaxes(-1, -2),
    }[out]()


def _mixed(layer: ndarray, mix: str) -> ndarray:
    """What a layer does, attention and residual stream together."""
    identity = np.eye(len(layer))
    both = layer + identity
    return {
        "half": lambda: both / 2,
        "none": lambda: layer,
        "at the end": lambda: layer,
        "not halved": lambda: both,
        "half of I alone": lambda: layer + identity / 2,
        "half of A alone": lambda: layer / 2 + identity,
        "no identity, halved": lambda: layer / 2,
        "ones": lambda: (layer + 1) / 2,
        "ones, divided": lambda: (layer + 1) / (layer + 1).sum(axis=-1, keepdims=True),
        "by columns": lambda: both / both.sum(axis=0, keepdims=True),
        "by all": lambda: both / both.sum(),
        "product": lambda: layer * identity,
    }[mix]()


def _joined(layer: ndarray, state: ndarray, number: int, product: str) -> ndarray:
    """A layer upon what the layers below have made."""
    return {
        "from the left": lambda: layer @ state,
        "from the right": lambda: state @ layer,
        "turned": lambda: layer.T @ state,
        "of numbers": lambda: layer if number == 0 else layer * state,
        "of numbers, from the identity": lambda: layer * state,
        "none": lambda: layer,
        "sum": lambda: layer if number == 0 else layer + state,
        "mean": lambda: layer if number == 0 else (number * state + layer) / (number + 1),
    }[product]()


def stream_from_the_start(maps: ndarray) -> ndarray:
    """The residual stream carries the words, and not what the layers below made of them."""
    identity = np.eye(maps.shape[-1])
    state, states = identity, []
    for layer in maps:
        state = (layer @ state + identity) / 2
        states.append(state)
    return np.stack(states)


def identity_of_layers(maps: ndarray) -> ndarray:
    """np.eye(len(maps)) is as large as there are layers."""
    identity = np.eye(len(maps))
    state, states = identity, []
    for layer in maps:
        state = (layer + identity) / 2 @ state
        states.append(state)
    return np.stack(states)


def identity_of_layers_at_once(maps: ndarray) -> ndarray:
    """The same, with all layers mixed before the loop."""
    mixed = (maps + np.eye(len(maps))) / 2
    states = [mixed[0]]
    for layer in mixed[1:]:
        states.append(layer @ states[-1])
    return np.stack(states)


def averaged_in_turn(maps: ndarray) -> ndarray:
    """(A + R) / 2: no product at all."""
    state, states = np.eye(maps.shape[-1]), []
    for layer in maps:
        state = (layer + state) / 2
        states.append(state)
    return np.stack(states)


def same_layer_again(maps: ndarray) -> ndarray:
    """Powers of each layer's own map."""
    identity = np.eye(maps.shape[-1])
    mixed = (maps + identity) / 2
    return np.stack([np.linalg.matrix_power(one, at + 1) for at, one in enumerate(mixed)])

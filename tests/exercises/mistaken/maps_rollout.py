"""Mistakes with attention rollout, as readers of notebook 10 write them."""

from itertools import accumulate

import numpy as np
import torch


def rolled(mix, join=lambda layer, state: layer @ state):
    """Rollout with another way to mix a layer, or to join it to the state."""

    def function(maps):
        state = np.eye(maps.shape[-1])
        states = []
        for layer in maps:
            state = join(mix(layer, np.eye(len(layer))), state)
            states.append(state)
        return np.array(states)

    return function


def half(layer, eye):
    return 0.5 * layer + 0.5 * eye


def products_of_maps(maps):
    states = [maps[0]]
    for layer in maps[1:]:
        states.append(layer @ states[-1])
    return np.stack(states)


def eye_of_layers(maps):
    eye = np.eye(len(maps))
    state = eye
    states = []
    for layer in maps:
        state = ((layer + eye) / 2) @ state
        states.append(state)
    return np.stack(states)


def eye_of_layers_at_once(maps):
    mixed = 0.5 * (maps + np.eye(len(maps)))
    out = [mixed[0]]
    for i in range(1, len(maps)):
        out.append(mixed[i] @ out[i - 1])
    return np.array(out)


def mixed_afterwards(maps):
    state, states = torch.eye(maps.shape[-1], dtype=torch.float64), []
    for layer in torch.as_tensor(maps).double():
        state = layer @ state
        states.append((state + torch.eye(len(layer))) / 2)
    return torch.stack(states)


def identity_not_state(maps):
    eye = np.eye(maps.shape[1])
    states = [(maps[0] + eye) / 2]
    for layer in maps[1:]:
        states.append(0.5 * layer @ states[-1] + 0.5 * eye)
    return np.stack(states)


def raw_start(maps):
    eye = np.eye(maps.shape[1])
    state = maps[0]
    states = [state]
    for layer in maps[1:]:
        state = (layer + eye) / 2 @ state
        states.append(state)
    return np.stack(states)


def first_again(maps):
    mixed = (maps + np.eye(maps.shape[1])) / 2
    state, states = mixed[0], []
    for layer in mixed:
        state = layer @ state
        states.append(state)
    return np.stack(states)


def state_in_front(maps):
    mixed = (maps + np.eye(maps.shape[1])) / 2
    states = [mixed[0]]
    for layer in mixed[1:]:
        states.append(np.matmul(states[-1], layer))
    return np.stack(states)


def accumulated(maps):
    mixed = (maps + np.eye(maps.shape[1])) / 2
    return np.stack(list(accumulate(mixed, np.matmul)))


def added_to_the_state(maps):
    state, states = np.eye(maps.shape[1]), []
    for layer in maps:
        state = state + layer @ state
        states.append(state)
    return np.stack(states)


def averaged_in_turn(maps):
    state, states = np.eye(maps.shape[1]), []
    for layer in maps:
        state = (state + layer) / 2
        states.append(state)
    return np.stack(states)


def einsum_turned(maps):
    mixed = (maps + np.eye(maps.shape[1])) / 2
    state, states = np.eye(maps.shape[1]), []
    for layer in mixed:
        state = np.einsum("kq,kt->qt", layer, state)
        states.append(state)
    return np.stack(states)


def transposed_at_the_end(maps):
    return rolled(half)(maps).transpose(0, 2, 1)


def cumprod(maps):
    return np.cumprod((maps + np.eye(maps.shape[1])) / 2, axis=0)


def stars(maps):
    mixed = (maps + np.eye(maps.shape[1])) / 2
    states = [mixed[0]]
    for layer in mixed[1:]:
        states.append(layer * states[-1])
    return np.stack(states)


def power(maps):
    eye = np.eye(maps.shape[1])
    return np.stack([np.linalg.matrix_power((a + eye) / 2, n) for n, a in enumerate(maps, 1)])


def running_sum(maps):
    return np.cumsum((maps + np.eye(maps.shape[1])) / 2, axis=0)


def running_mean(maps):
    mixed = (maps + np.eye(maps.shape[1])) / 2
    return np.stack([mixed[: n + 1].mean(axis=0) for n in range(len(maps))])


def last_first(maps):
    return rolled(half)(maps[::-1])


def final(maps):
    state = np.eye(maps.shape[1])
    for layer in maps:
        state = (layer + np.eye(len(layer))) / 2 @ state
    return state


def returned_in_the_loop(maps):
    state = np.eye(maps.shape[1])
    for layer in maps:
        state = (layer + np.eye(len(layer))) / 2 @ state
        return state


def with_the_start(maps):
    states = [np.eye(maps.shape[1])]
    for layer in maps:
        states.append((layer + np.eye(len(layer))) / 2 @ states[-1])
    return np.stack(states)


def appended_first(maps):
    state, states = np.eye(maps.shape[1]), []
    for layer in maps:
        states.append(state)
        state = (layer + np.eye(len(layer))) / 2 @ state
    return np.stack(states)


def one_array_for_all(maps):
    state, states = np.eye(maps.shape[1]), []
    for layer in maps:
        state[:] = (layer + np.eye(len(layer))) / 2 @ state
        states.append(state)
    return np.stack(states)


def written_over(maps):
    for at, layer in enumerate(maps):
        maps[at] = half(layer, np.eye(len(layer))) @ (maps[at - 1] if at else np.eye(len(layer)))
    return maps


MISTAKEN = {
    "rollout": [
        ("no residual stream", rolled(lambda a, eye: a)),
        (
            "product of numbers, from the identity",
            rolled(lambda a, eye: (a + eye) / 2, lambda a, r: a * r),
        ),
        ("no residual stream", products_of_maps),
        ("not halved", added_to_the_state),
        ("not halved", rolled(lambda a, eye: a + eye)),
        ("half of the identity alone", rolled(lambda a, eye: a + eye / 2)),
        ("half of the map alone", rolled(lambda a, eye: a / 2 + eye)),
        ("halved without the stream", rolled(lambda a, eye: 0.5 * a)),
        ("identity of L", eye_of_layers),
        ("identity of L, all layers at once", eye_of_layers_at_once),
        ("ones for the identity", rolled(lambda a, eye: (a + np.ones(a.shape)) / 2)),
        ("ones for the identity", rolled(lambda a, eye: (a + 1) / 2)),
        ("ones, divided", rolled(lambda a, eye: (a + 1) / (a + 1).sum(-1, keepdims=True))),
        ("columns made 1", rolled(lambda a, eye: (a + eye) / (a + eye).sum(axis=0))),
        ("divided by all", rolled(lambda a, eye: (a + eye) / np.sum(a + eye))),
        ("times the identity", rolled(lambda a, eye: a * eye)),
        ("stream at the end only", mixed_afterwards),
        ("stream from the words", identity_not_state),
        ("first map as it is", raw_start),
        ("first layer twice", first_again),
        ("from the right", state_in_front),
        ("from the right", accumulated),
        ("from the right", rolled(half, lambda layer, state: state @ layer)),
        ("turned", einsum_turned),
        ("turned", rolled(half, lambda layer, state: layer.T @ state)),
        ("answer turned", transposed_at_the_end),
        ("number by number", cumprod),
        ("number by number", stars),
        ("each layer alone", lambda maps: (maps + np.eye(maps.shape[-1])) / 2),
        ("layers averaged in turn", averaged_in_turn),
        ("powers of each layer", power),
        ("sum of layers", running_sum),
        ("mean of layers", running_mean),
        ("from the top", last_first),
        ("last layer only", final),
        ("first layer only", returned_in_the_loop),
        ("identity too", with_the_start),
        ("before each layer", appended_first),
        ("last everywhere", one_array_for_all),
        ("", written_over),
        ("not halved + from the right", rolled(lambda a, eye: a + eye, lambda a, r: r @ a)),
        ("no residual stream + from the right", rolled(lambda a, eye: a, lambda a, r: r @ a)),
    ]
}

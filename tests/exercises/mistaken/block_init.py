"""Mistakes with the start, as readers of notebook 05 write them."""

import math

import numpy as np


def std(small=lambda L: 0.02 / math.sqrt(2 * L), quieter="c_proj", rest=0.02):
    """The start as most readers write it, with something else in one place."""

    def init_std(name, n_layer):
        if "bias" in name or "ln" in name:
            return 0.0
        if quieter in name:
            return small(n_layer)
        return rest

    return init_std


def module_name(name, n_layer):
    if name.endswith("bias") or "ln_" in name:
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if name.endswith("c_proj") else 0.02


def every_matrix(name, n_layer):
    if name.endswith("weight") and name.startswith("h.") and "ln" not in name:
        return 0.02 / np.sqrt(2 * n_layer)
    return 0.02 if name in ("wte.weight", "wpe.weight") else 0.0


def biases_too(name, n_layer):
    if "ln_" in name:
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if name.endswith("c_proj.weight") else 0.02


def biases_too_of_norms(name, n_layer):
    if "ln_" in name and name.endswith("weight"):
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if name.endswith("c_proj.weight") else 0.02


def biases_not_thought_of(name, n_layer):
    if "ln" in name:
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if "c_proj" in name else 0.02


def two_kinds_only(name, n_layer):
    return 0.02 / (2 * n_layer) ** 0.5 if ".c_proj." in name else 0.02


def projection_first(name, n_layer):
    if "c_proj" in name:
        return 0.02 / math.sqrt(2 * n_layer)
    if name.endswith("bias") or "ln" in name:
        return 0.0
    return 0.02


def gains_too(name, n_layer):
    if name.endswith(".bias"):
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if "c_proj" in name else 0.02


def gains_of_one(name, n_layer):
    if name.endswith(".bias"):
        return 0.0
    if "ln_" in name:
        return 1.0
    return 0.02 / math.sqrt(2 * n_layer) if "c_proj" in name else 0.02


def norms_by_their_start(name, n_layer):
    if name.startswith("ln") or name.endswith("bias"):
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if "c_proj" in name else 0.02


def norms_by_number(name, n_layer):
    if "ln_1" in name or "ln_2" in name or "bias" in name:
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if "c_proj" in name else 0.02


def by_own_layer(name, n_layer):
    if name.endswith("bias") or "ln_" in name:
        return 0.0
    if "c_proj" in name:
        layer = int(name.split(".")[1]) + 1
        return 0.02 / math.sqrt(2 * layer)
    return 0.02


def loud_tables(name, n_layer):
    if name in ("wte.weight", "wpe.weight"):
        return 1.0
    return std()(name, n_layer)


def quiet_positions(name, n_layer):
    return 0.01 if "wpe" in name else std()(name, n_layer)


MISTAKEN = {
    "init_std": [
        ("never_quieter", module_name),
        ("attention_only", std(quieter="attn.c_proj")),
        ("mlp_only", std(quieter="mlp.c_proj")),
        ("every_matrix", every_matrix),
        ("everything", std(quieter="weight")),
        ("one_a_layer", std(lambda L: 0.02 / L**0.5)),
        ("no_root", std(lambda L: 0.02 / (2 * L))),
        ("root_of_l_only", std(lambda L: 0.02 / (2 * math.sqrt(L)))),
        ("root_of_two_only", std(lambda L: 0.02 / (math.sqrt(2) * L))),
        ("root_of_half", std(lambda L: 0.02 / math.sqrt(L / 2))),
        ("twelve_layers", std(lambda L: 0.02 / math.sqrt(2 * 12))),
        ("no_layers", std(lambda L: 0.02 / math.sqrt(2))),
        ("own_layer", by_own_layer),
        ("multiplied", std(lambda L: 0.02 * math.sqrt(2 * L))),
        ("precedence", std(lambda L: 0.02 / math.sqrt(2) * L)),
        ("linear_biases", biases_too),
        ("biases_as_weights", biases_not_thought_of),
        ("only_c_proj", two_kinds_only),
        ("biases", biases_too_of_norms),
        ("projection_biases", projection_first),
        ("gains", gains_too),
        ("gain_value", gains_of_one),
        ("inner_gains", norms_by_their_start),
        ("final_gain", norms_by_number),
        ("positions", quiet_positions),
        ("tables", loud_tables),
        ("variance", lambda name, n_layer: std()(name, n_layer) ** 2),
    ],
}

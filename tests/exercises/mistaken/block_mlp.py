"""Mistakes with GPT-2's GELU and the MLP, as readers of notebook 05 write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F

ROOT = np.sqrt(2 / np.pi)


def inside(make):
    """The formula around an inside."""
    return lambda x: 0.5 * x * (1 + np.tanh(make(x)))


def gelu(x):
    return x / 2 * (1 + np.tanh(ROOT * (x + 0.044715 * x * x * x)))


def erf_gelu(x):
    return np.array([v / 2 * (1 + math.erf(v / 2**0.5)) for v in x.flat]).reshape(x.shape)


def erf_without_root(x):
    return x * (1 + torch.erf(torch.from_numpy(x)).numpy()) / 2


def tanh_of_two_powers(x):
    z = ROOT * (x + 0.044715 * x**3)
    tanh = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return 0.5 * x * (1 + tanh)


def tanh_of_one_power(x):
    e = np.exp(2 * ROOT * (x + 0.044715 * x**3))
    return 0.5 * x * (1 + (e - 1) / (e + 1))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# The MLP: act is what a reader puts in the place of gelu_tanh.


def mlp_with(act):
    return lambda x, w_fc, b_fc, w_proj, b_proj: act(x @ w_fc + b_fc) @ w_proj + b_proj


def bent_last(x, w_fc, b_fc, w_proj, b_proj):
    hidden = x @ w_fc + b_fc
    return gelu(hidden @ w_proj + b_proj)


def bent_twice(x, w_fc, b_fc, w_proj, b_proj):
    for w, b in [(w_fc, b_fc), (w_proj, b_proj)]:
        x = gelu(x @ w + b)
    return x


def bent_first(x, w_fc, b_fc, w_proj, b_proj):
    return (gelu(x) @ w_fc + b_fc) @ w_proj + b_proj


def no_b_fc(x, w_fc, b_fc, w_proj, b_proj):
    return gelu(x @ w_fc) @ w_proj + b_proj


def late_b_fc(x, w_fc, b_fc, w_proj, b_proj):
    return (gelu(x @ w_fc) + b_fc) @ w_proj + b_proj


def no_b_proj(x, w_fc, b_fc, w_proj, b_proj):
    return gelu(x @ w_fc + b_fc) @ w_proj


def no_biases(x, w_fc, b_fc, w_proj, b_proj):
    return np.einsum("...f,fc->...c", gelu(np.einsum("...c,cf->...f", x, w_fc)), w_proj)


def with_x(x, w_fc, b_fc, w_proj, b_proj):
    return x + gelu(x @ w_fc + b_fc) @ w_proj + b_proj


def biases_exchanged(x, w_fc, b_fc, w_proj, b_proj):
    return gelu(x @ w_fc + b_proj) @ w_proj + b_fc


def other_matrix_first(x, w_fc, b_fc, w_proj, b_proj):
    h = gelu(x @ w_proj + b_proj)
    return h @ w_fc + b_fc


def turned(x, w_fc, b_fc, w_proj, b_proj):
    h = gelu(x @ w_fc.T + b_fc)
    return h @ w_proj.T + b_proj


def turned_until_it_fits(x, w_fc, b_fc, w_proj, b_proj):
    h = gelu(x @ w_proj.T + b_fc)
    return h @ w_fc.T + b_proj


def wide_only(x, w_fc, b_fc, w_proj, b_proj):
    return gelu(x @ w_fc + b_fc)


def torch_default_gelu(x, w_fc, b_fc, w_proj, b_proj):
    wide = F.gelu(torch.from_numpy(x @ w_fc + b_fc)).numpy()
    return wide @ w_proj + b_proj


MISTAKEN = {
    "gelu_tanh": [
        ("square", inside(lambda x: ROOT * (x + 0.044715 * x**2))),
        ("no_cube", inside(lambda x: ROOT * x)),
        ("no_factor", inside(lambda x: x + 0.044715 * np.power(x, 3))),
        ("no_root", inside(lambda x: 2 / np.pi * (x + 0.044715 * x**3))),
        ("root_of_two", inside(lambda x: np.sqrt(2) / np.pi * (x + 0.044715 * x**3))),
        ("root_upside_down", inside(lambda x: np.sqrt(np.pi / 2) * (x + 0.044715 * x**3))),
        ("root_of_product", inside(lambda x: np.sqrt(2 * np.pi) * (x + 0.044715 * x**3))),
        ("factor_3_14", inside(lambda x: (2 / 3.14) ** 0.5 * (x + 0.044715 * x**3))),
        ("point_moved", inside(lambda x: ROOT * (x + 0.44715 * x**3))),
        ("point_moved_left", inside(lambda x: ROOT * (x + 0.0044715 * x**3))),
        ("minus", inside(lambda x: ROOT * (x - 0.044715 * x**3))),
        ("cube_of_all", inside(lambda x: ROOT * (x + 0.044715 * x) ** 3)),
        ("number_cubed", inside(lambda x: ROOT * (x + (0.044715 * x) ** 3))),
        ("factor_on_x", inside(lambda x: ROOT * x + 0.044715 * x**3)),
        ("root_of_all", inside(lambda x: np.sqrt(2 / np.pi * (x + 0.044715 * x**3)))),
        ("factor_outside", lambda x: x / 2 * (1 + ROOT * np.tanh(x + 0.044715 * x**3))),
        ("no_half", lambda x: x * (1 + np.tanh(ROOT * (x + 0.044715 * x**3)))),
        ("no_one", lambda x: x / 2 * np.tanh(ROOT * (x + 0.044715 * x**3))),
        ("mirrored", lambda x: x / 2 * (1 - np.tanh(ROOT * (x + 0.044715 * x**3)))),
        ("no_x", lambda x: 0.5 * (1 + np.tanh(ROOT * (x + 0.044715 * x**3)))),
        ("open_bracket", lambda x: 0.5 * x * 1 + np.tanh(ROOT * (x + 0.044715 * x**3))),
        ("exact", erf_gelu),
        ("exact", lambda x: F.gelu(torch.from_numpy(x)).numpy()),
        ("exact_no_root", erf_without_root),
        ("relu", lambda x: np.where(x > 0, x, 0)),
        ("silu", lambda x: x * sigmoid(x)),
        ("quick", lambda x: x * sigmoid(1.702 * x)),
        ("sigmoid_of_inner", lambda x: x * sigmoid(ROOT * (x + 0.044715 * x**3))),
        ("overflow", tanh_of_two_powers),
        ("overflow_above", tanh_of_one_power),
        ("math_tanh", lambda x: 0.5 * x * (1 + math.tanh(ROOT * (x + 0.044715 * x**3)))),
    ],
    "mlp": [
        ("no_bend", mlp_with(lambda wide: wide)),
        ("bent_last", bent_last),
        ("bent_twice", bent_twice),
        ("bent_first", bent_first),
        ("no_b_fc", no_b_fc),
        ("late_b_fc", late_b_fc),
        ("no_b_proj", no_b_proj),
        ("no_biases", no_biases),
        ("relu", mlp_with(lambda wide: np.maximum(0, wide))),
        ("exact", mlp_with(erf_gelu)),
        ("exact", torch_default_gelu),
        ("silu", mlp_with(lambda wide: wide * sigmoid(wide))),
        ("tanh", mlp_with(np.tanh)),
        ("sigmoid", mlp_with(sigmoid)),
        ("residual", with_x),
        ("biases_exchanged", biases_exchanged),
        ("matrices_exchanged", other_matrix_first),
        ("turned", turned),
        ("turned_and_exchanged", turned_until_it_fits),
        ("not_narrowed", wide_only),
    ],
}

"""Right solutions of notebook 05's norms, GELU and MLP, in the styles that readers write."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def norm_formula(x, weight, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def norm_var(x, weight, bias, eps=1e-5):
    return weight * (x - x.mean(-1)[..., None]) * (x.var(-1)[..., None] + eps) ** -0.5 + bias


def norm_one_pass(x, weight, bias, eps=1e-5):
    x = x.astype(np.float64)
    mean = np.sum(x, axis=-1, keepdims=True) / x.shape[-1]
    variance = np.sum(x * x, axis=-1, keepdims=True) / x.shape[-1] - mean**2
    return weight * ((x - mean) / np.sqrt(variance + eps)) + bias


def norm_loops(x, weight, bias, eps=1e-5):
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape[:-1]):
        row = [float(number) for number in x[place]]
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((number - mean) ** 2 for number in row) / len(row) + eps)
        for at, number in enumerate(row):
            out[place][at] = (number - mean) / spread * weight[at] + bias[at]
    return out


def norm_torch(x, weight, bias, eps=1e-5):
    x, weight, bias = map(torch.from_numpy, (x, weight, bias))
    return F.layer_norm(x, weight.shape, weight, bias, eps).numpy()


def norm_torch_var(x, weight, bias, eps=1e-5):
    x = torch.tensor(x)
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    y = (x - mean).mul(torch.rsqrt(variance + eps))
    return torch.addcmul(torch.tensor(bias), y, torch.tensor(weight)).numpy()


def norm_in_place(x, weight, bias, eps=1e-5):
    x = x - x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)
    x *= weight
    x += bias
    return x


def rms_formula(x, weight, eps=1e-5):
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps) * weight


def rms_einsum(x, weight, eps=1e-5):
    total = np.einsum("...c,...c->...", x, x) / x.shape[-1]
    return x * (total[..., np.newaxis] + eps) ** -0.5 * weight


def rms_length(x, weight, eps=1e-5):
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    return weight * x / np.sqrt(length**2 / x.shape[-1] + eps)


def rms_loops(x, weight, eps=1e-5):
    rows = []
    for row in x.reshape(-1, x.shape[-1]):
        size = math.sqrt(sum(float(number) ** 2 for number in row) / len(row) + eps)
        rows.append([number / size * gain for number, gain in zip(row, weight, strict=True)])
    return np.array(rows).reshape(x.shape)


def rms_torch(x, weight, eps=1e-5):
    return F.rms_norm(torch.tensor(x), weight.shape, torch.tensor(weight), eps)


def rms_in_place(x, weight, eps=1e-5):
    x = x / np.sqrt(np.square(x).sum(-1, keepdims=True) / x.shape[-1] + eps)
    return np.multiply(x, weight, out=x)


def gelu_formula(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_factored(x):
    return x * (1 + np.tanh(0.7978845608 * x * (1 + 0.044715 * x * x))) / 2


def gelu_sigmoid(x):
    return x / (1 + np.exp(-2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def gelu_torch(x):
    return F.gelu(torch.from_numpy(x), approximate="tanh").numpy()


def gelu_loops(x):
    def one(z):
        return z / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))

    return np.array([one(float(number)) for number in x.flat]).reshape(x.shape)


def gelu_rounded(x):
    inner = 0.79788 * (x + 0.044715 * np.power(x, 3))
    return np.where(x == 0, 0, x * (0.5 + 0.5 * np.tanh(inner)))


def mlp_formula(x, w_fc, b_fc, w_proj, b_proj):
    return gelu_formula(x @ w_fc + b_fc) @ w_proj + b_proj


def mlp_einsum(x, w_fc, b_fc, w_proj, b_proj):
    wide = gelu_sigmoid(np.einsum("...c,cf->...f", x, w_fc) + b_fc)
    return np.einsum("...f,fc->...c", wide, w_proj) + b_proj


def mlp_torch(x, w_fc, b_fc, w_proj, b_proj):
    x, w_fc, b_fc, w_proj, b_proj = map(torch.from_numpy, (x, w_fc, b_fc, w_proj, b_proj))
    wide = F.gelu(torch.addmm(b_fc, x.flatten(0, -2), w_fc), approximate="tanh")
    return torch.addmm(b_proj, wide, w_proj).reshape(x.shape).numpy()


def mlp_rows(x, w_fc, b_fc, w_proj, b_proj):
    out = np.empty(x.shape)
    for place in np.ndindex(x.shape[:-1]):
        wide = [gelu_formula(x[place] @ w_fc[:, f] + b_fc[f]) for f in range(len(b_fc))]
        out[place] = sum(value * row for value, row in zip(wide, w_proj, strict=True)) + b_proj
    return out


def mlp_in_place(x, w_fc, b_fc, w_proj, b_proj):
    wide = np.dot(x, w_fc)
    wide += b_fc
    wide *= 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (wide + 0.044715 * wide**3)))
    narrow = np.dot(wide, w_proj)
    narrow += b_proj
    return narrow


CORRECT = {
    "layer_norm": [
        norm_formula,
        norm_var,
        norm_one_pass,
        norm_loops,
        norm_torch,
        norm_torch_var,
        norm_in_place,
    ],
    "rms_norm": [rms_formula, rms_einsum, rms_length, rms_loops, rms_torch, rms_in_place],
    "gelu_tanh": [
        gelu_formula,
        gelu_factored,
        gelu_sigmoid,
        gelu_torch,
        gelu_loops,
        gelu_rounded,
        gelu_rounded,
    ],
    "mlp": [mlp_formula, mlp_einsum, mlp_torch, mlp_rows, mlp_in_place],
}

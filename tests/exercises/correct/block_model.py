"""Right solutions of notebook 05's exercises from the block to the whole model."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def block_two_lines(x, ln_1, attn, ln_2, mlp):
    x = x + attn(ln_1(x))
    return x + mlp(ln_2(x))


def block_in_place(x, ln_1, attn, ln_2, mlp):
    x = x.copy()
    x += attn(ln_1(x))
    x += mlp(ln_2(x))
    return x


def block_loop(x, ln_1, attn, ln_2, mlp):
    for norm, part in ((ln_1, attn), (ln_2, mlp)):
        x = part(norm(x)) + x
    return x


def block_named(x, ln_1, attn, ln_2, mlp):
    found = attn(ln_1(x))
    thought = mlp(ln_2(x + found))
    return np.sum([x, found, thought], axis=0)


def block_one_line(x, ln_1, attn, ln_2, mlp):
    return (middle := attn(ln_1(x)) + x) + mlp(ln_2(middle))


def std_by_name(name, n_layer):
    if name.endswith(".bias") or "ln_" in name:
        return 0
    if "c_proj" in name:
        return 0.02 / math.sqrt(2 * n_layer)
    return 0.02


def std_by_parts(name, n_layer):
    *_, module, kind = name.split(".")
    if kind == "bias" or module.startswith("ln"):
        return 0.0
    return 0.02 * (2 * n_layer) ** -0.5 if module == "c_proj" else 0.02


def std_numpy(name, n_layer):
    random = not (name.endswith("bias") or "ln" in name)
    quieter = np.sqrt(2.0 * n_layer) if name.endswith("c_proj.weight") else 1.0
    return random * 0.02 / quieter


def std_torch(name, n_layer):
    table = {"c_proj": (0.02**2 / (2 * n_layer)) ** 0.5, "ln_1": 0, "ln_2": 0, "ln_f": 0}
    place, kind = name.rsplit(".", 1)
    std = table.get(place.split(".")[-1], 0.02)
    return torch.tensor(std * (kind == "weight"), dtype=torch.float64)


def model_in_steps(ids, wte, wpe, blocks, ln_f):
    x = wte[ids] + wpe[: len(ids)]
    for block in blocks:
        x = block(x)
    return ln_f(x) @ wte.T


def model_one_hot(ids, wte, wpe, blocks, ln_f):
    x = np.eye(len(wte))[ids] @ wte + np.eye(len(wpe))[: ids.size] @ wpe
    for at in range(len(blocks)):
        x = blocks[at](x)
    return np.einsum("tc,vc->tv", ln_f(x), wte)


def model_rows(ids, wte, wpe, blocks, ln_f):
    x = np.array([wte[token] + wpe[place] for place, token in enumerate(ids)])
    for block in blocks:
        x = block(x)
    return [[float(row @ vector) for vector in wte] for row in ln_f(x)]


def model_recursive(ids, wte, wpe, blocks, ln_f):
    def through(x, left):
        return through(left[0](x), left[1:]) if left else x

    x = np.take(wte, ids, axis=0) + wpe[np.arange(ids.shape[0])]
    return np.dot(wte, ln_f(through(x, blocks)).T).T


def model_torch(ids, wte, wpe, blocks, ln_f):
    tokens = F.embedding(torch.from_numpy(ids), torch.from_numpy(wte))
    x = (tokens + torch.from_numpy(wpe)[: len(ids)]).numpy()
    for block in blocks:
        x = block(x)
    return F.linear(torch.from_numpy(ln_f(x)), torch.from_numpy(wte))


def count_formula(vocab_size, block_size, n_layer, n_embd):
    per_layer = 12 * n_embd**2 + 13 * n_embd
    return (vocab_size + block_size) * n_embd + n_layer * per_layer + 2 * n_embd


def count_by_part(vocab_size, block_size, n_layer, n_embd):
    C, wide = n_embd, 4 * n_embd
    norm = C + C
    attention = C * 3 * C + 3 * C + C * C + C
    mlp = C * wide + wide + wide * C + C
    total = vocab_size * C + block_size * C
    for _ in range(n_layer):
        total += norm + attention + norm + mlp
    return total + norm


def count_shapes(vocab_size, block_size, n_layer, n_embd):
    c = n_embd
    layer = [(2, c), (c, 3 * c), (3 * c,), (c, c), (c,), (2, c), (c, 4 * c), (4 * c,), (4 * c, c)]
    shapes = [(vocab_size, c), (block_size, c), *[*layer, (c,)] * n_layer, (2, c)]
    return sum(math.prod(shape) for shape in shapes)


def count_torch(vocab_size, block_size, n_layer, n_embd):
    tables = [nn.Embedding(vocab_size, n_embd), nn.Embedding(block_size, n_embd)]
    layer = [nn.Linear(n_embd * a, n_embd * b) for a, b in [(1, 3), (1, 1), (1, 4), (4, 1)]]
    norm = nn.LayerNorm(n_embd)

    def size(*modules):
        return sum(p.numel() for module in modules for p in module.parameters())

    return size(*tables) + n_layer * size(*layer, norm, norm) + size(norm)


CORRECT = {
    "block": [block_two_lines, block_in_place, block_loop, block_named, block_one_line],
    "init_std": [std_by_name, std_by_parts, std_numpy, std_torch],
    "assemble": [model_in_steps, model_one_hot, model_rows, model_recursive, model_torch],
    "count_parameters": [count_formula, count_by_part, count_shapes, count_torch],
}

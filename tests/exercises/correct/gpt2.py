"""Right solutions of notebook 09's exercises on names, arrays and bits."""

import math
import re

import numpy as np
import torch


def names_three_questions(name):
    name = name.removeprefix("transformer.")
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith((".attn.bias", ".attn.masked_bias")):
        return None
    return name


def names_by_parts(name):
    parts = name.split(".")
    if parts[0] == "transformer":
        parts = parts[1:]
    if parts[0] == "lm_head":
        parts[0] = "wte"
    if len(parts) == 4 and parts[2] == "attn":
        return None
    return ".".join(parts)


def names_by_pattern(name):
    found = re.fullmatch(r"(?:transformer\.)?(.+)", name).group(1)
    if re.fullmatch(r"h\.\d+\.attn\.(masked_)?bias", found):
        return None
    return {"lm_head.weight": "wte.weight"}.get(found, found)


def names_from_a_table(name):
    table = {"lm_head.weight": "wte.weight"}
    for top in ("wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias"):
        table["transformer." + top] = table[top] = top
    for i in range(48):
        for part in ("ln_1", "ln_2", "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"):
            for end in ("weight", "bias"):
                ours = f"h.{i}.{part}.{end}"
                table["transformer." + ours] = table[ours] = ours
    return table.get(name)


def names_by_replace(name):
    if name.split("attn.")[-1] in ("bias", "masked_bias") and "c_attn" not in name:
        return None
    return name.replace("transformer.", "").replace("lm_head", "wte")


def convert_loop(state):
    result = {}
    for name, array in state.items():
        ours = names_three_questions(name)
        if ours is None:
            continue
        if ours.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
            array = array.T
        result[ours] = array
    return result


def convert_tensors(state):
    tensors = {}
    for name in sorted(state):
        ours = names_by_parts(name)
        if ours:
            tensor = torch.tensor(state[name])
            is_kernel = ".c_" in ours and tensor.ndim == 2
            tensors[ours] = tensor.t().contiguous() if is_kernel else tensor
    return tensors


def convert_comprehension(state):
    ours = {names_by_pattern(name): name for name in state}
    ours.pop(None, None)
    kernel = re.compile(r"h\.\d+\.(attn|mlp)\.c_\w+\.weight")
    return {
        new: np.ascontiguousarray(np.swapaxes(state[old], 0, 1))
        if kernel.match(new)
        else state[old]
        for new, old in ours.items()
    }


def convert_in_steps(state):
    result = dict(state)
    for name in list(result):
        if name.startswith("transformer."):
            result[name[len("transformer.") :]] = result.pop(name)
    for name in [n for n in result if n.endswith((".attn.bias", ".attn.masked_bias"))]:
        del result[name]
    if "lm_head.weight" in result:
        result["wte.weight"] = result.pop("lm_head.weight")
    layer = 0
    while f"h.{layer}.ln_1.weight" in result:
        for part in ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"):
            key = f"h.{layer}.{part}.weight"
            result[key] = np.einsum("io->oi", result[key]).astype(np.float64)
        layer += 1
    return result


def uniform_log2(vocab_size, tokens, bytes):
    return math.log2(vocab_size) * tokens / bytes


def uniform_nats(vocab_size, tokens, bytes):
    nats = 0.0
    for _ in range(tokens):
        nats += -math.log(1 / vocab_size)
    bits = nats / math.log(2)
    return bits / bytes


def uniform_tensor(vocab_size, tokens, bytes):
    logits = torch.zeros(1, vocab_size, dtype=torch.float64)
    nats = torch.nn.functional.cross_entropy(logits, torch.tensor([0]))
    return nats / np.log(2) * (tokens / bytes)


def uniform_whole_number(vocab_size, tokens, bytes):
    return math.log2(vocab_size**tokens) / bytes


def uniform_entropy(vocab_size, tokens, bytes):
    p = np.full(vocab_size, 1 / vocab_size)
    return tokens / bytes * -(p * np.log2(p)).sum()


CORRECT = {
    "our_name": [
        names_three_questions,
        names_by_parts,
        names_by_pattern,
        names_from_a_table,
        names_by_replace,
    ],
    "uniform_bits_per_byte": [
        uniform_log2,
        uniform_nats,
        uniform_tensor,
        uniform_whole_number,
        uniform_entropy,
    ],
    "convert": [convert_loop, convert_tensors, convert_comprehension, convert_in_steps],
}

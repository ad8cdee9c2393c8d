"""Mistakes with the logit lens, as readers of notebook 10 write them."""

import numpy as np
import torch
import torch.nn.functional as F


def norm(x, scale, shift, eps):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(x.var(-1, keepdims=True) + eps) * scale + shift


def read(states=lambda x: x, norm=norm, then=lambda logits: logits):
    """The lens with other states, another norm, or something done to the logits."""

    def function(residual, scale, shift, wte, eps):
        return then(norm(states(residual), scale, shift, eps) @ wte.T)

    return function


def over(axis):
    def spread(x, scale, shift, eps):
        mean, variance = x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
        return (x - mean) / np.sqrt(variance + eps) * scale + shift

    return spread


def rooted(change):
    def function(x, scale, shift, eps):
        centred = x - x.mean(axis=-1, keepdims=True)
        return centred / change(x.var(axis=-1, keepdims=True), eps) * scale + shift

    return function


def bracket_missing(x, scale, shift, eps):
    centred = x - x.mean(axis=-1, keepdims=True)
    return (centred / np.sqrt(x.var(axis=-1, keepdims=True)) + eps) * scale + shift


def not_averaged(x, scale, shift, eps):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).sum(axis=-1, keepdims=True) + eps) * scale + shift


def model_like(residual, scale, shift, wte, eps):
    out = [state @ wte.T for state in residual[:-1]]
    out.append(norm(residual[-1], scale, shift, eps) @ wte.T)
    return np.stack(out)


def last_is_done(residual, scale, shift, wte, eps):
    out = [norm(state, scale, shift, eps) @ wte.T for state in residual[:-1]]
    return np.stack([*out, residual[-1] @ wte.T])


def again(x, scale, shift, eps):
    return norm(norm(x, scale, shift, eps), scale, shift, eps)


def torch_default_eps(residual, scale, shift, wte, eps):
    x, scale, shift, wte = (torch.as_tensor(each) for each in (residual, scale, shift, wte))
    return F.layer_norm(x, (x.shape[-1],), scale, shift) @ wte.T


def torch_no_affine(residual, scale, shift, wte, eps):
    x = torch.as_tensor(residual)
    return F.layer_norm(x, x.shape[-1:], eps=eps) @ torch.as_tensor(wte).T


def torch_unbiased(residual, scale, shift, wte, eps):
    x, scale, shift, wte = (torch.as_tensor(each) for each in (residual, scale, shift, wte))
    mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True)
    return ((x - mean) / torch.sqrt(variance + eps) * scale + shift) @ wte.T


def rms(x, scale, shift, eps):
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps) * scale + shift


def x_over_deviation(x, scale, shift, eps):
    return x / np.sqrt(x.var(-1, keepdims=True) + eps) * scale + shift


def state_by_state(residual, scale, shift, wte, eps):
    out = []
    for state in residual:
        normed = (state - state.mean()) / np.sqrt(state.var() + eps)
        out.append((normed * scale + shift) @ wte.T)
    return np.stack(out)


def no_keepdims(residual, scale, shift, wte, eps):
    mean = residual.mean(axis=-1)
    std = np.sqrt(residual.var(axis=-1) + eps)
    return ((residual - mean) / std * scale + shift) @ wte.T


def variance_without_axis_kept(residual, scale, shift, wte, eps):
    mean = residual.mean(axis=-1, keepdims=True)
    std = np.sqrt(residual.var(axis=-1) + eps)
    return ((residual - mean) / std * scale + shift) @ wte.T


def not_transposed(residual, scale, shift, wte, eps):
    return norm(residual, scale, shift, eps) @ wte


def not_transposed_loop(residual, scale, shift, wte, eps):
    return np.stack([norm(state, scale, shift, eps) @ wte for state in residual])


def not_transposed_dot(residual, scale, shift, wte, eps):
    return norm(residual, scale, shift, eps).dot(wte)


def not_transposed_torch(residual, scale, shift, wte, eps):
    x, scale, shift, wte = (torch.from_numpy(each) for each in (residual, scale, shift, wte))
    return torch.matmul(F.layer_norm(x, scale.shape, scale, shift, eps), wte)


def softmax(logits):
    return torch.as_tensor(logits).softmax(-1)


def affine(change):
    def function(x, scale, shift, eps):
        y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
        return change(y, scale, shift)

    return function


def each_addition(x):
    return np.concatenate([x[:1], x[1:] - x[:-1]])


MISTAKEN = {
    "logit_lens": [
        ("no norm", lambda x, scale, shift, wte, eps: x @ wte.T),
        ("no norm", lambda x, scale, shift, wte, eps: np.einsum("ltc,vc->ltv", x, wte)),
        (
            "scale and shift after the table",
            lambda x, scale, shift, wte, eps: (norm(x, 1.0, 0.0, eps) @ wte.T) * scale + shift,
        ),
        ("norm for the last only", model_like),
        ("norm for all but the last", last_is_done),
        ("norm twice", read(norm=again)),
        ("no scale", read(norm=affine(lambda y, scale, shift: y + shift))),
        ("no shift", read(norm=affine(lambda y, scale, shift: y * scale))),
        ("neither scale nor shift", torch_no_affine),
        ("scale and shift exchanged", read(norm=lambda x, a, b, eps: norm(x, b, a, eps))),
        ("shift first", read(norm=affine(lambda y, scale, shift: (y + shift) * scale))),
        ("one more", read(norm=affine(lambda y, scale, shift: y * (scale + 1) + shift))),
        ("not centred", read(norm=rms)),
        ("centred in the variance only", read(norm=x_over_deviation)),
        ("unbiased", torch_unbiased),
        ("eps outside", read(norm=rooted(lambda variance, eps: np.sqrt(variance) + eps))),
        ("no eps", read(norm=rooted(lambda variance, eps: np.sqrt(variance)))),
        ("eps at the end", read(norm=bracket_missing)),
        ("sum of squares", read(norm=not_averaged)),
        ("always 1e-5", torch_default_eps),
        ("divided by the variance", read(norm=rooted(lambda variance, eps: variance + eps))),
        ("centred only", read(norm=rooted(lambda variance, eps: 1.0))),
        ("axis lost", no_keepdims),
        ("axis lost", variance_without_axis_kept),
        ("over the tokens", read(norm=over(-2))),
        ("over the tokens", read(norm=over(1))),
        ("over the states", read(norm=over(0))),
        ("over a whole state", state_by_state),
        ("over everything", read(norm=over(None))),
        ("table as it is", not_transposed),
        ("table as it is", not_transposed_loop),
        ("table as it is, with dot", not_transposed_dot),
        ("table as it is, in torch", not_transposed_torch),
        ("embeddings left out", read(states=lambda x: x[1:])),
        ("last state left out", read(states=lambda x: x[:-1])),
        ("what each block adds", read(states=lambda x: x[1:] - x[:-1])),
        ("embeddings, then what each adds", read(states=each_addition)),
        ("added up", read(states=lambda x: np.cumsum(x, axis=0))),
        ("since the embeddings", read(states=lambda x: x - x[0])),
        ("downwards", read(then=lambda logits: logits[::-1])),
        ("probabilities", read(then=softmax)),
        ("logs of probabilities", read(then=lambda logits: torch.tensor(logits).log_softmax(-1))),
        ("likeliest tokens", read(then=lambda logits: np.argmax(logits, axis=2))),
        ("last token only", read(then=lambda logits: logits[:, -1, :])),
        ("last state only", read(states=lambda x: x[-1])),
        ("embeddings left out + probabilities", read(states=lambda x: x[1:], then=softmax)),
    ]
}

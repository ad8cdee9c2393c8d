"""Where later cells need an array as it was, a function that writes into it is not right."""

import numpy as np
import pytest

from aigc_lab.exercises.bank import find
from aigc_lab.exercises.diagnosis import WRONG, judge


def layer_norm(x, weight, bias, eps=1e-5):
    x -= x.mean(axis=-1, keepdims=True)
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) * weight + bias


def rms_norm(x, weight, eps=1e-5):
    x /= np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
    return x * weight


def gelu_tanh(x):
    share = (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2
    x *= share
    return x


def momentum_step(p, g, v, lr, momentum):
    v *= momentum
    v += g
    p -= lr * v
    return p, v


def adamw_step(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    p *= 1 - lr * weight_decay
    m += (1 - beta1) * (g - m)
    v += (1 - beta2) * (g**2 - v)
    p -= lr * m / (1 - beta1**step) / (np.sqrt(v / (1 - beta2**step)) + eps)
    return p, m, v


def clip_gradients(gradients, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    for g in gradients:
        g *= min(1, most / norm)
    return gradients, norm


def temperature_probs(logits, temperature):
    if temperature == 0:
        probs = np.zeros_like(logits)
        np.put_along_axis(probs, logits.argmax(axis=-1)[..., None], 1, axis=-1)
        return probs
    logits -= logits.max(axis=-1, keepdims=True)
    logits /= temperature
    weights = np.exp(logits)
    return weights / weights.sum(axis=-1, keepdims=True)


WRITING = [
    layer_norm,
    rms_norm,
    gelu_tanh,
    momentum_step,
    adamw_step,
    clip_gradients,
    temperature_probs,
]


@pytest.mark.parametrize("function", WRITING, ids=lambda function: function.__name__)
def test_a_function_that_writes_into_its_inputs_is_not_right(function):
    finding = judge(find(function.__name__), function)
    assert finding.status == WRONG
    assert finding.problem.startswith("it changes its input")

"""Mistakes with AdamW, as readers of notebook 06 write them."""

import math

import numpy as np

from tests.exercises.mistaken.training_adamw_corrections import CORRECTIONS


def grows(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p * (1 + lr * weight_decay)
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def plus_decay(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * (m_hat / (np.sqrt(v_hat) + eps) - weight_decay * p)
    return p, m, v


def g_whole(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def g2_whole(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + g * g
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def no_square(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def m_squared(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * m**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def rmsprop(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    return p - lr * g / (np.sqrt(v_hat) + eps), m, v


def ascent(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p + lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def too_late(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    p = p - lr * weight_decay * p
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p, m, v


def not_kept(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m_hat = (beta1 * m + (1 - beta1) * g) / (1 - beta1**step)
    v_hat = (beta2 * v + (1 - beta2) * g**2) / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def p_alone(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    return p - lr * m_hat / (np.sqrt(v_hat) + eps)


def outside(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1) ** step
    v_hat = v / (1 - beta2) ** step
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def multiplied(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m * (1 - beta1**step)
    v_hat = v * (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def copied(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta1**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def root_first(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    root = np.sqrt(v) / (1 - beta2**step)
    p = p - lr * weight_decay * p
    return p - lr * m_hat / (root + eps), m, v


def precedence(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / np.sqrt(v_hat) + eps
    return p, m, v


def together(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * (m_hat + weight_decay * p) / (np.sqrt(v_hat) + eps)
    return p, m, v


def lr_missing(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    return p - m_hat / (np.sqrt(v_hat) + eps), m, v


def shares(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = (1 - beta1) * m + beta1 * g
    v = (1 - beta2) * v + beta2 * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def p_v_m(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, v, m


def with_a_caret(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 ^ step)
    v_hat = v / (1 - beta2 ^ step)
    return p - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * p), m, v


def with_math(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    p = p - lr * weight_decay * p
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return p - lr * m_hat / (math.sqrt(v_hat) + eps), m, v


MISTAKEN = {
    "adamw_step": [
        *CORRECTIONS,
        ("growth", grows),
        ("growth", plus_decay),
        ("all of g", g_whole),
        ("all of g²", g2_whole),
        ("v of g", no_square),
        ("v of m", m_squared),
        ("gradient alone", rmsprop),
        ("uphill", ascent),
        ("old averages", too_late),
        ("averages lost", not_kept),
        ("only p", p_alone),
        ("power outside", outside),
        ("correction multiplied", multiplied),
        ("one beta corrects", copied),
        ("root corrected", root_first),
        ("eps added to p", precedence),
        ("decay divided", together),
        ("no rate", lr_missing),
        ("shares exchanged", shares),
        ("m and v exchanged", p_v_m),
        ("caret", with_a_caret),
        ("math.sqrt", with_math),
    ]
}

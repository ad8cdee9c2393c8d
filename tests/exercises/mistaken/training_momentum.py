"""Mistakes with momentum, as readers of notebook 06 write them."""

import torch


def ema(p, g, v, lr, momentum):
    v = momentum * v + (1 - momentum) * g
    return p - lr * v, v


def ema_lerp(p, g, v, lr, momentum):
    v = torch.lerp(torch.tensor(g), torch.tensor(v), momentum).numpy()
    return p - lr * v, v


def ema_turned(p, g, v, lr, momentum):
    v = (1 - momentum) * v + momentum * g
    p = p - lr * v
    return p, v


def lr_in_v(p, g, v, lr, momentum):
    v = momentum * v + lr * g
    return p - v, v


def lr_in_both(p, g, v, lr, momentum):
    v = momentum * v + lr * g
    return p - lr * v, v


def other_book(p, g, v, lr, momentum):
    v = momentum * v - lr * g
    return p + v, v


def other_sign(p, g, v, lr, momentum):
    v = momentum * v - g
    return p + lr * v, v


def both_minus(p, g, v, lr, momentum):
    v = momentum * v - g
    return p - lr * v, v


def ascent(p, g, v, lr, momentum):
    v *= momentum
    v += g
    p += lr * v
    return p, v


def p_first(p, g, v, lr, momentum):
    p = p - lr * v
    v = momentum * v + g
    return p, v


def in_one_tuple(p, g, v, lr, momentum):
    p, v = p - lr * v, momentum * v + g
    return p, v


def nesterov(p, g, v, lr, momentum):
    v = momentum * v + g
    return p - lr * (g + momentum * v), v


def nesterov_of_torch(p, g, v, lr, momentum):
    parameter = torch.nn.Parameter(torch.tensor(p))
    parameter.grad = torch.tensor(g)
    optimizer = torch.optim.SGD([parameter], lr=lr, momentum=momentum, nesterov=True)
    optimizer.state[parameter]["momentum_buffer"] = torch.tensor(v)
    optimizer.step()
    return parameter, optimizer.state[parameter]["momentum_buffer"]


def both_moves(p, g, v, lr, momentum):
    v = momentum * v + g
    return p - lr * v - lr * g, v


def plain_descent(p, g, v, lr, momentum):
    return p - lr * g, momentum * v + g


def lr_forgotten(p, g, v, lr, momentum):
    v = momentum * v + g
    return p - v, v


def frictionless(p, g, v, lr, momentum):
    v += g
    return p - lr * v, v


def in_parentheses(p, g, v, lr, momentum):
    v = momentum * (v + g)
    return p - lr * v, v


def g_damped(p, g, v, lr, momentum):
    v = v + momentum * g
    return p - lr * v, v


def without_memory(p, g, v, lr, momentum):
    v = g
    return p - lr * v, v


def v_first(p, g, v, lr, momentum):
    v = momentum * v + g
    return v, p - lr * v


def v_not_kept(p, g, v, lr, momentum):
    return p - lr * (momentum * v + g), v


def p_alone(p, g, v, lr, momentum):
    v = momentum * v + g
    p = p - lr * v
    return p


def two_terms(p, g, v, lr, momentum):
    return p - lr * g - momentum * v, momentum * v + g


def two_terms_of_the_new(p, g, v, lr, momentum):
    v = momentum * v + g
    return p - lr * g - momentum * v, v


def g_forgotten(p, g, v, lr, momentum):
    v = momentum * v
    return p - lr * v, v


def only_the_move(p, g, v, lr, momentum):
    v = momentum * v + g
    return -lr * v, v


def turning_round(p, g, v, lr, momentum):
    v = g - momentum * v
    return p - lr * v, v


def names_exchanged(p, g, v, momentum, lr):
    v = momentum * v + g
    return p - lr * v, v


def momentum_again(p, g, v, lr, momentum):
    v = momentum * v + g
    return p - lr * momentum * v, v


MISTAKEN = {
    "momentum_step": [
        ("damped", ema),
        ("damped", ema_lerp),
        ("turned damping", ema_turned),
        ("rate inside", lr_in_v),
        ("rate twice", lr_in_both),
        ("rate inside, minus", other_book),
        ("minus", other_sign),
        ("uphill in two steps", both_minus),
        ("uphill", ascent),
        ("old velocity", p_first),
        ("old velocity", in_one_tuple),
        ("Nesterov", nesterov),
        ("Nesterov", nesterov_of_torch),
        ("gradient as well", both_moves),
        ("gradient only", plain_descent),
        ("no rate", lr_forgotten),
        ("no friction", frictionless),
        ("both damped", in_parentheses),
        ("wrong one damped", g_damped),
        ("no memory", without_memory),
        ("exchanged", v_first),
        ("velocity lost", v_not_kept),
        ("only p", p_alone),
        ("rate on the gradient only", two_terms_of_the_new),
        ("rate on the old velocity", two_terms),
        ("no gradient", g_forgotten),
        ("only the change", only_the_move),
        ("braked", turning_round),
        ("lr and momentum exchanged", names_exchanged),
        ("momentum twice", momentum_again),
    ]
}

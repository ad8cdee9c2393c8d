"""Notebook 06: one step of AdamW."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.training_3_adamw_flawed import flawed
from aigc_lab.exercises.bank.training_3_adamw_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe


def adamw_step(
    p: ndarray,
    g: ndarray,
    m: ndarray,
    v: ndarray,
    step: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[ndarray, ndarray, ndarray]:
    """One step of torch.optim.AdamW, from averages that it is given."""
    import torch

    parameter = torch.nn.Parameter(torch.tensor(p))
    parameter.grad = torch.tensor(g)
    adamw = torch.optim.AdamW(
        [parameter], lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay
    )
    state = adamw.state[parameter]
    state["step"] = torch.tensor(float(step - 1))
    state["exp_avg"], state["exp_avg_sq"] = torch.tensor(m), torch.tensor(v)
    adamw.step()
    return parameter.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()


def _probes() -> list[Probe]:
    draw = np.random.default_rng(3)

    def case(*shape: int) -> tuple[ndarray, ndarray, ndarray, ndarray]:
        p, g, m, v = draw.normal(size=(4, *shape))
        return p, g, m, v**2

    p, g, *_ = case(5)
    zeros, nothing = np.zeros((2, 5))
    still = np.array([1.0, -2.0, 3.0])
    single = (each.astype(np.float32) for each in case(2, 7))
    return [
        probe("the first step, 5 numbers at rest", p, g, zeros, nothing, 1, lr=0.1),
        probe("step 3, a matrix", *case(3, 2), 3, lr=0.3, weight_decay=0.2),
        probe("step 2, other betas", *case(7), 2, lr=0.2, beta1=0.6, beta2=0.7, weight_decay=0.5),
        probe("step 5, a large eps", *case(5), 5, lr=0.5, eps=0.3, weight_decay=0.0),
        probe("step 1000, the usual settings", *case(11), 1000),
        probe("tiny gradients", p, 1e-6 * g, zeros, nothing, 1, lr=0.1, weight_decay=0.0, eps=1e-6),
        probe("no gradient, no past", still, 0 * still, 0 * still, 0 * still, 1, lr=0.4),
        probe("float32", *single, 4, lr=0.1, weight_decay=0.1, tolerance=1e-4),
    ]


ADAMW = Exercise(
    name="adamw_step",
    notebook="06_training",
    title="A step of AdamW",
    points=3,
    reference=adamw_step,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Four things happen: the two averages m and v change; both are corrected for having begun "
        "at 0; the parameter decays; the parameter moves. Write one line for each.",
        "m is beta1 of the old m and (1 - beta1) of g; v the same with beta2 and g². The corrected "
        "ones are divided by 1 - beta to the power of step; they are used in this step only, and "
        "m and v themselves go back. The parameter is multiplied by 1 - lr * weight_decay, and "
        "then goes lr times corrected m over (root of corrected v, plus eps).",
        "m = beta1 * m + (1 - beta1) * g\n"
        "v = beta2 * v + (1 - beta2) * g**2\n"
        "m_hat = m / (1 - beta1**step); v_hat the same with beta2\n"
        "p = p - lr * weight_decay * p\n"
        "…then p = p - lr * m_hat / (np.sqrt(v_hat) + eps); return p, m, v",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (ADAMW,)

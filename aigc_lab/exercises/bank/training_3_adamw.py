"""Notebook 06: one step of AdamW."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.training_3_adamw_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


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
    mistakes=(
        Mistake(
            "no correction",
            symptom="m and v are right, and the first steps have the wrong size",
            diagnosis="m and v are used as they are, without the division that makes up for their "
            "beginning at 0",
            hint="After one step m is (1 - beta1) * g. What must it be divided by to give g?",
            knobs={"correct": "none"},
        ),
        Mistake(
            "only m corrected",
            symptom="the first step is far too long",
            diagnosis="you correct m, but not v",
            hint="v begins at 0 too, and creeps even more slowly.",
            knobs={"correct": "m"},
        ),
        Mistake(
            "only v corrected",
            symptom="the first step is too short, by a factor of ten at beta1 = 0.9",
            diagnosis="you correct v, but not m",
            hint="m begins at 0 too.",
            knobs={"correct": "v"},
        ),
        Mistake(
            "step from 0",
            symptom="the first step divides by zero",
            diagnosis="the power in the correction is step - 1, but step counts from 1 here",
            hint="Before the first step nothing has been averaged. What is `step` in the first?",
            knobs={"count": -1},
        ),
        Mistake(
            "step from 2",
            symptom="the first steps have the wrong size",
            diagnosis="the power in the correction is step + 1, but step counts from 1 already",
            hint="What is `step` in the very first step?",
            knobs={"count": 1},
        ),
        Mistake(
            "times step",
            symptom="the correction is wrong from the second step on",
            diagnosis="the correction has beta * step, not beta to the power of step",
            hint="Each step multiplies what is left of the beginning by beta once more.",
            knobs={"correct": "times"},
        ),
        Mistake(
            "not growing",
            symptom="the first step is right, and all later ones have the wrong size",
            diagnosis="the correction divides by 1 - beta in every step, without the power",
            hint="After a thousand steps, how much is left of the beginning at 0?",
            knobs={"correct": "first"},
        ),
        Mistake(
            "correction kept",
            symptom="p is right, and the averages that come back are too large",
            diagnosis="you return the corrected m and v, and the next step would correct them "
            "again",
            hint="The corrected ones are for this step only. Do they have names of their own?",
            knobs={"back": "corrected"},
        ),
        Mistake(
            "eps inside",
            symptom="tiny gradients move p too little",
            diagnosis="eps stands under the root",
            hint="Take the root first, then add eps.",
            knobs={"divide": "inside"},
        ),
        Mistake(
            "eps before the correction",
            symptom="when eps counts, the step is too short or too long",
            diagnosis="eps is added to the root of v before v is corrected",
            hint="eps is added last, to the root of the corrected v.",
            knobs={"divide": "early"},
        ),
        Mistake(
            "no eps",
            symptom="where there has never been a gradient, p becomes nan",
            diagnosis="eps is not added",
            hint="What is 0 / 0?",
            knobs={"divide": "no eps"},
        ),
        Mistake(
            "no root",
            symptom="small gradients make huge steps, and large ones tiny steps",
            diagnosis="you divide by v, without its root",
            hint="v holds squares. In which unit is a step measured?",
            knobs={"divide": "no root"},
        ),
        Mistake(
            "betas exchanged",
            symptom="m is slow and v is quick",
            diagnosis="beta1 and beta2 have changed places",
            hint="The first beta belongs to the first average, m.",
            knobs={"betas": "exchanged"},
        ),
        Mistake(
            "one beta",
            symptom="m is right, and v forgets too quickly",
            diagnosis="beta1 is used for v too",
            hint="Which of the arguments does your code never mention?",
            knobs={"betas": "first"},
        ),
        Mistake(
            "coupled decay",
            symptom="m and v are wrong wherever there is weight decay",
            diagnosis="weight_decay * p is added to the gradient, which is Adam with an L2 penalty",
            hint="The W in AdamW: the decay goes round the averages, straight to p.",
            knobs={"decay": "coupled"},
        ),
        Mistake(
            "decay without lr",
            symptom="p shrinks far too fast",
            diagnosis="the decay is not multiplied by lr",
            hint="In PyTorch's rule lr scales both, the step and the decay.",
            knobs={"decay": "no lr"},
        ),
        Mistake(
            "decay after",
            symptom="p is wrong in its last digits",
            diagnosis="the decay is that of the p that has moved already",
            hint="Which p does the decay shrink: the one that came in, or the one that goes out?",
            knobs={"decay": "new p"},
        ),
        Mistake(
            "no decay",
            symptom="p does not shrink where there is no gradient",
            diagnosis="there is no weight decay",
            hint="Which of the arguments does your code never mention?",
            knobs={"decay": "none"},
        ),
        Mistake(
            "growth",
            symptom="p grows where there is no gradient",
            diagnosis="the decay is added instead of subtracted",
            hint="A weight that decays comes nearer to 0.",
            knobs={"decay": "growth"},
        ),
        Mistake(
            "all of g",
            symptom="m is far too large",
            diagnosis="m gets all of the gradient, not (1 - beta1) of it",
            hint="An average of equal gradients must be that gradient.",
            knobs={"m_takes": "all"},
        ),
        Mistake(
            "all of g²",
            symptom="v is far too large, and the steps are too short",
            diagnosis="v gets all of the squared gradient, not (1 - beta2) of it",
            hint="An average of equal squares must be that square.",
            knobs={"v_takes": "all"},
        ),
        Mistake(
            "v of g",
            symptom="v can be negative, and its root nan",
            diagnosis="v averages the gradient, not its square",
            hint="v says how large gradients are, whatever their sign.",
            knobs={"v_takes": "g"},
        ),
        Mistake(
            "v of m",
            symptom="m is right, and v is not",
            diagnosis="v averages the square of m, not that of the gradient",
            hint="What are the two averages made of?",
            knobs={"v_takes": "m"},
        ),
        Mistake(
            "gradient alone",
            symptom="m is right, but p does not feel it",
            diagnosis="the step is made of g, not of the corrected m",
            hint="What is the first average for?",
            knobs={"move": "g"},
        ),
        Mistake(
            "uphill",
            symptom="p moves up the hill",
            diagnosis="the step is added to p",
            hint="The gradient points to where the loss grows.",
            knobs={"move": "up"},
        ),
        Mistake(
            "old averages",
            symptom="from rest p does not move",
            diagnosis="the step is made of the m and v of before, not of the new ones",
            hint="In which order do your lines stand?",
            knobs={"move": "old"},
        ),
        Mistake(
            "averages lost",
            symptom="p is right, and m and v are those of before",
            diagnosis="you return the m and v that came in, so that they never grow",
            hint="The next step needs what you have just computed.",
            knobs={"back": "old"},
        ),
        Mistake(
            "only p",
            symptom="p comes back alone",
            diagnosis="you do not return m and v",
            hint="The next step needs them.",
            knobs={"back": "p"},
        ),
    ),
)

EXERCISES = (ADAMW,)

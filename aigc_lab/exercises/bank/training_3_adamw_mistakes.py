"""Notebook 06: the mistakes known of the exercise in training_3_adamw."""

from __future__ import annotations

from aigc_lab.exercises.bank.training_3_adamw_corrections import CORRECTIONS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_3_adamw

MISTAKES = (
    *CORRECTIONS,
    Mistake(
        "correction kept",
        symptom="p is right, and the averages that come back are too large",
        diagnosis="you return the corrected m and v, and the next step would correct them again",
        hint="The corrected ones are for this step only. Do they have names of their own?",
        knobs={"back": "corrected"},
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
    Mistake(
        "decay divided",
        symptom="p shrinks by the wrong amount",
        diagnosis="weight_decay * p is divided by the root of v, together with m",
        hint="The decay goes round the averages, and round the division too.",
        knobs={"decay": "divided"},
    ),
    Mistake(
        "no rate",
        symptom="p goes too far, by a factor of 1 / lr",
        diagnosis="the step is not multiplied by lr",
        hint="How far should p go when m / √v is 1?",
        knobs={"move": "no lr"},
    ),
    Mistake(
        "shares exchanged",
        symptom="m and v hardly remember anything",
        diagnosis="the old average gets (1 - beta), and the new gradient gets beta",
        hint="With beta = 0.9, how much of the old average should be left?",
        knobs={"m_takes": "most"},
    ),
    Mistake(
        "m and v exchanged",
        symptom="the numbers are right and stand in the wrong places",
        diagnosis="you return p, v, m",
        hint="First p, then m, then v.",
        knobs={"back": "exchanged"},
    ),
)

"""Notebook 06: the mistakes known of the exercise in training_2_momentum."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_2_momentum

MISTAKES = (
    Mistake(
        "damped",
        symptom="the steps are too short, by a factor of ten when momentum is 0.9",
        diagnosis="you add (1 - momentum) times the gradient; torch.optim.SGD adds all of it",
        hint="What does the velocity become when the same gradient comes again and again?",
        knobs={"new": "damped"},
    ),
    Mistake(
        "turned damping",
        symptom="the velocity is nearly the new gradient, and hardly remembers",
        diagnosis="you multiply the old velocity by (1 - momentum) and the gradient by momentum",
        hint="With a momentum of 0.9, how much of the old velocity should be left?",
        knobs={"new": "turned damping"},
    ),
    Mistake(
        "rate inside",
        symptom="from rest p is right, but the velocity is lr times too small",
        diagnosis="you multiply the gradient by lr on its way into the velocity, and move by "
        "the velocity as it is",
        hint="In PyTorch's rule lr stands in one place: where p moves. That matters when lr "
        "changes on the way.",
        knobs={"new": "rate inside", "moved_by": "whole"},
    ),
    Mistake(
        "rate twice",
        symptom="new gradients hardly count",
        diagnosis="you multiply by lr twice: when the velocity is made and when p moves",
        hint="Each gradient should be multiplied by lr once.",
        knobs={"new": "rate inside"},
    ),
    Mistake(
        "rate inside, minus",
        symptom="from rest p is right, but the velocity is -lr times what it should be",
        diagnosis="your velocity is momentum * v - lr * g, and p moves by adding it; that is "
        "another book's rule",
        hint="Here v holds gradients, with their own sign and size; p moves against it, lr "
        "times as far.",
        knobs={"new": "minus rate inside", "moved_by": "whole", "sign": 1.0},
    ),
    Mistake(
        "minus",
        symptom="from rest p is right, but the velocity has the wrong sign",
        diagnosis="your velocity is momentum * v - g, and p moves by adding lr times it",
        hint="Here v holds gradients with their own sign; the minus stands where p moves.",
        knobs={"new": "minus", "sign": 1.0},
    ),
    Mistake(
        "uphill in two steps",
        symptom="the velocity has the wrong sign, and p goes up the hill",
        diagnosis="you subtract twice: the gradient from the velocity, and the velocity from p",
        hint="How many minus signs lie between g and p?",
        knobs={"new": "minus"},
    ),
    Mistake(
        "uphill",
        symptom="p moves up the hill",
        diagnosis="you add lr * v to p",
        hint="The gradient points to where the loss grows.",
        knobs={"sign": 1.0},
    ),
    Mistake(
        "old velocity",
        symptom="from rest p does not move at all",
        diagnosis="p moves by the velocity of before this step",
        hint="Which of your two lines comes first?",
        knobs={"moved_by": "old"},
    ),
    Mistake(
        "Nesterov",
        symptom="p goes too far",
        diagnosis="you move by g + momentum * v with the new v, which is Nesterov's rule",
        hint="The gradient is in the velocity already.",
        knobs={"moved_by": "nesterov"},
    ),
    Mistake(
        "gradient as well",
        symptom="from rest p goes twice as far as it should",
        diagnosis="p moves by the new velocity and by the gradient as well",
        hint="The gradient is in the velocity already.",
        knobs={"moved_by": "gradient as well"},
    ),
    Mistake(
        "gradient only",
        symptom="the velocity is right, but p does not feel it",
        diagnosis="p moves by lr * g, as without momentum",
        hint="What is the velocity for?",
        knobs={"moved_by": "gradient"},
    ),
    Mistake(
        "no rate",
        symptom="p moves too far, by a factor of 1 / lr",
        diagnosis="p moves by v, without lr",
        hint="Which of the arguments does your code never mention?",
        knobs={"moved_by": "whole"},
    ),
    Mistake(
        "no friction",
        symptom="the velocity never fades, even without a gradient",
        diagnosis="the old velocity is not multiplied by momentum",
        hint="Which of the arguments does your code never mention?",
        knobs={"new": "no friction"},
    ),
    Mistake(
        "both damped",
        symptom="the first step is too short already",
        diagnosis="you multiply the new gradient by momentum as well as the old velocity",
        hint="Only the past fades.",
        knobs={"new": "both damped"},
    ),
    Mistake(
        "wrong one damped",
        symptom="the velocity never fades, and little momentum makes the gradient count little",
        diagnosis="you multiply the gradient by momentum, and not the old velocity",
        hint="Only the past fades.",
        knobs={"new": "wrong one damped"},
    ),
    Mistake(
        "no memory",
        symptom="the velocity is the gradient",
        diagnosis="the old velocity is forgotten",
        hint="Which of the arguments does your code never mention?",
        knobs={"new": "none"},
    ),
    Mistake(
        "exchanged",
        symptom="the numbers are right and stand in the wrong place",
        diagnosis="you return v, p",
        hint="First the parameter, then the velocity.",
        knobs={"back": "v, p"},
    ),
    Mistake(
        "velocity lost",
        symptom="p is right, and the velocity is that of before",
        diagnosis="you return the v that came in, so that it never grows",
        hint="The next step needs what you have just computed.",
        knobs={"back": "old v"},
    ),
    Mistake(
        "only p",
        symptom="p comes back alone",
        diagnosis="you do not return the velocity",
        hint="The next step needs it.",
        knobs={"back": "p"},
    ),
    Mistake(
        "rate on the gradient only",
        symptom="p goes too far as soon as there is some velocity",
        diagnosis="p moves by lr * g and by momentum times the new v as it is, without lr",
        hint="Everything that p moves by is multiplied by lr.",
        knobs={"moved_by": "rate on the gradient"},
    ),
    Mistake(
        "no gradient",
        symptom="from rest nothing ever moves",
        diagnosis="the gradient is not added to the velocity",
        hint="Which of the arguments does your code never mention?",
        knobs={"new": "no gradient"},
    ),
    Mistake(
        "only the change",
        symptom="the velocity is right, and p has lost its old value",
        diagnosis="you return how far p moves, not where it arrives",
        hint="Where is p after the step, if it was at 5 before?",
        knobs={"back": "the change"},
    ),
    Mistake(
        "rate on the old velocity",
        symptom="p goes too far as soon as there is some velocity",
        diagnosis="p moves by lr * g and by momentum times the old v as it is, without lr",
        hint="Everything that p moves by is multiplied by lr.",
        knobs={"moved_by": "rate on the gradient, old"},
    ),
    Mistake(
        "braked",
        symptom="the velocity turns round at every step",
        diagnosis="the old velocity is subtracted from the gradient",
        hint="What rolls downhill keeps its direction.",
        knobs={"new": "braked"},
    ),
    Mistake(
        "lr and momentum exchanged",
        symptom="the velocity forgets at once, and the steps are huge",
        diagnosis="lr and momentum have changed places",
        hint="Which of the two is near 1, and which is small?",
        knobs={"new": "lr for momentum", "moved_by": "momentum for lr"},
    ),
    Mistake(
        "momentum twice",
        symptom="the steps are a little too short",
        diagnosis="p moves by lr * momentum * v with the new v, which has momentum in it already",
        hint="Only the old velocity fades.",
        knobs={"moved_by": "both factors"},
    ),
)

"""Notebook 06: the mistakes known of the exercise in training_7_loop."""

from __future__ import annotations

from functools import partial

from aigc_lab.exercises.bank.training_7_loop_flawed import (
    flawed,
    no_gradients,
    unflattened,
    without_a_call,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_7_loop

MISTAKES = (
    Mistake(
        "no zero_grad",
        symptom="the first two losses are right, and then it goes wrong",
        diagnosis="gradients are never cleared, so that backward adds each to all earlier ones",
        hint="What does backward do with what p.grad holds already?",
        knobs={"zero": "never"},
    ),
    Mistake(
        "zero_grad in between",
        symptom="the model never learns",
        diagnosis="no gradient reaches the optimiser's step: they are cleared between backward "
        "and step",
        hint="The gradients must live from backward until step.",
        wrong=partial(flawed, zero="between"),
    ),
    Mistake(
        "no backward",
        symptom="the model never learns",
        diagnosis="no gradient is ever computed: backward is not called",
        hint="Who tells the parameters which way is down?",
        wrong=partial(flawed, backward=False),
    ),
    Mistake(
        "no step",
        symptom="the model never learns",
        diagnosis="gradients are computed, but the optimiser never steps",
        hint="Who changes the parameters?",
        wrong=partial(flawed, step="never"),
    ),
    Mistake(
        "another model",
        symptom="the model never learns",
        diagnosis="the optimiser has the parameters of a second model, not those of the "
        "one that is asked",
        hint="How often do you call make_model()?",
        wrong=partial(flawed, made="twice"),
    ),
    Mistake(
        "one step at the end",
        symptom="the losses stay those of the new model",
        diagnosis="the optimiser steps only once, after the loop",
        hint="How far is the line with step() indented?",
        wrong=partial(flawed, step="end"),
    ),
    Mistake(
        "fresh optimiser",
        symptom="the first two losses are right; later steps go astray",
        diagnosis="the optimiser is made anew for every batch, and forgets its averages",
        hint="AdamW remembers m, v and step. Where is it made?",
        wrong=partial(flawed, made="optimiser in the loop"),
    ),
    Mistake(
        "fresh model",
        symptom="every loss is that of a new model",
        diagnosis="the model is made anew for every batch",
        hint="Where is the model made?",
        wrong=partial(flawed, made="model in the loop"),
    ),
    Mistake(
        "loss after the step",
        symptom="every loss is a little too low",
        diagnosis="the loss is measured after the step, on a batch that the model has just "
        "learned from",
        hint="The loss you went backward from is the one to write down.",
        knobs={"measure": "after"},
    ),
    Mistake(
        "tensors",
        symptom="the numbers are right, but they are tensors",
        diagnosis="you keep loss itself, and with it everything it was computed from",
        hint="How does a tensor with a single number become that number?",
        knobs={"keep": "tensors"},
    ),
    Mistake(
        "only the last",
        symptom="one number comes back",
        diagnosis="you return the last loss instead of the list",
        hint="The curve needs the loss of every step.",
        wrong=partial(flawed, keep="last"),
    ),
    Mistake(
        "mean of all",
        symptom="one number comes back",
        diagnosis="you return the mean of the losses instead of the list",
        hint="The curve needs the loss of every step.",
        wrong=partial(flawed, keep="mean"),
    ),
    Mistake(
        "return in the loop",
        symptom="there is only one loss, the first",
        diagnosis="you return inside the loop",
        hint="How far is your return indented?",
        wrong=partial(flawed, keep="first"),
    ),
    Mistake(
        "running mean",
        symptom="the curve is too smooth",
        diagnosis="you write down the mean of the losses so far",
        hint="Each batch's own loss is asked for.",
        wrong=partial(flawed, keep="running"),
    ),
    Mistake(
        "SGD",
        symptom="the first loss is right, and the others fall too slowly or too fast",
        diagnosis="you use plain SGD",
        hint="Which optimiser is asked for?",
        knobs={"optimiser": "SGD"},
    ),
    Mistake(
        "Adam",
        symptom="the losses are nearly right, and the model's weights a little too large",
        diagnosis="there is no weight decay, as in Adam",
        hint="What does the W stand for?",
        knobs={"optimiser": "Adam"},
    ),
    Mistake(
        "lr unused",
        symptom="it learns at the same speed, whatever lr is",
        diagnosis="lr is not handed to the optimiser, which then uses its own 0.001",
        hint="Which of the arguments does your code never mention?",
        knobs={"rate": "default"},
    ),
    Mistake(
        "sum",
        symptom="the losses are far too large",
        diagnosis="you add up the losses of a batch instead of taking their mean",
        hint="A batch twice as large should have about the same loss.",
        knobs={"loss": "sum"},
    ),
    Mistake(
        "shifted twice",
        symptom="the model learns to predict the token after the next",
        diagnosis="you shift the targets, and y is one token ahead already",
        hint="logits[:, t] and y[:, t] belong together.",
        wrong=partial(flawed, loss="shifted"),
    ),
    Mistake(
        "x as target",
        symptom="the model learns to repeat its input",
        diagnosis="the loss compares with x instead of y",
        hint="Which of the two is what should have been predicted?",
        wrong=partial(flawed, loss="x"),
    ),
    Mistake(
        "softmax first",
        symptom="the losses start near ln V and fall too slowly",
        diagnosis="you hand probabilities to cross_entropy, which takes logits",
        hint="cross_entropy contains the softmax already.",
        wrong=partial(flawed, loss="softmax"),
    ),
    Mistake(
        "reshaped to classes",
        symptom="a first loss is already wrong, though all shapes fit",
        diagnosis="you reshape the logits to (B, V, T), which tears the rows of scores apart",
        hint="Either exchange two axes, or flatten B and T into one.",
        wrong=partial(flawed, loss="reshaped"),
    ),
    Mistake(
        "last position",
        symptom="a first loss is already wrong",
        diagnosis="only the last position of every row is scored",
        hint="The model is asked at every position.",
        wrong=partial(flawed, loss="last"),
    ),
    Mistake(
        "not flattened",
        symptom="F.cross_entropy stops with an error about the target's size",
        diagnosis="it takes the axis after the first for the classes, and finds T there",
        hint="Flatten B and T into one axis: logits (B·T, V), targets (B·T,).",
        wrong=unflattened,
    ),
    Mistake(
        "perplexities",
        symptom="every number is e to the power of the right one",
        diagnosis="you write down perplexities",
        hint="The losses themselves are asked for, in nats.",
        wrong=partial(flawed, keep="exp"),
    ),
    Mistake(
        "under no_grad",
        symptom="it stops: the loss does not require grad",
        diagnosis="under torch.no_grad() nothing is recorded that backward could use",
        hint="no_grad is for evaluation. Does anything learn there?",
        wrong=no_gradients,
    ),
    Mistake(
        "make_model not called",
        symptom="it stops: make_model has no parameters",
        diagnosis="make_model is a function that makes a model; you use it as if it were one",
        hint="What is missing behind make_model?",
        wrong=without_a_call,
    ),
    Mistake(
        "append outside",
        symptom="the list holds only the last loss",
        diagnosis="you write the loss down after the loop",
        hint="How far is the line with append indented?",
        wrong=partial(flawed, keep="outside"),
    ),
    Mistake(
        "nothing written down",
        symptom="the list is empty",
        diagnosis="no loss is ever appended",
        hint="What should happen to each loss?",
        wrong=partial(flawed, keep="nothing"),
    ),
    Mistake(
        "nll of logits",
        symptom="the losses fall below 0",
        diagnosis="F.nll_loss takes log-probabilities, and you hand it logits",
        hint="Which loss takes logits?",
        wrong=partial(flawed, loss="no log"),
    ),
    Mistake(
        "softmax over positions",
        symptom="a first loss is already wrong",
        diagnosis="the softmax goes over the positions (dim=1) instead of over the vocabulary",
        hint="Along which axis do the V scores of a position stand?",
        wrong=partial(flawed, loss="positions"),
    ),
)

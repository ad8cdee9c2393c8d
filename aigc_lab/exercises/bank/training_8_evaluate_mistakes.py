"""Notebook 06: the mistakes known of the exercise in training_8_evaluate."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_8_evaluate

MISTAKES = (
    Mistake(
        "no eval()",
        symptom="the loss is right only for a model that came in evaluation mode",
        diagnosis="dropout stays on: model.eval() is missing",
        hint="Which mode should a model be in while it sits an exam?",
        knobs={"mode": "as it is"},
    ),
    Mistake(
        "left in evaluation mode",
        symptom="the loss is right, and training would go on without dropout",
        diagnosis="the model came in training mode and is left in evaluation mode",
        hint="What does model.training say before and after?",
        knobs={"back": "not"},
    ),
    Mistake(
        "always to training mode",
        symptom="the loss is right, and a model that came in evaluation mode has dropout now",
        diagnosis="you call model.train() at the end, whatever the mode was before",
        hint="Remember model.training before you change it; model.train(…) takes it back.",
        knobs={"back": "training"},
    ),
    Mistake(
        "gradients recorded",
        symptom="the loss is right, and it costs more memory than it needs to",
        diagnosis="PyTorch records everything for a backward pass that never comes",
        hint="torch.no_grad() switches the recording off.",
        knobs={"graph": True},
    ),
    Mistake(
        "parameters frozen",
        symptom="the loss is right, and afterwards the model cannot learn any more",
        diagnosis="you switch requires_grad of the parameters off, and not on again",
        hint="torch.no_grad() lasts only as long as its block.",
        knobs={"frozen": True},
    ),
    Mistake(
        "mean of batch means",
        symptom="targets count more in a batch that has few of them",
        diagnosis="you average the batches' losses, as if all batches had equally many scored "
        "targets",
        hint="Add up losses, count targets, divide once.",
        knobs={"average": "batches", "empty": "nan"},
    ),
    Mistake(
        "ignored targets counted below",
        symptom="the more targets are ignored, the better the model seems",
        diagnosis="you divide by the number of all targets, the ignored ones included",
        hint="How many targets does a batch of 11 have when 9 of them are -100?",
        knobs={"average": "all below"},
    ),
    Mistake(
        "ignored targets counted",
        symptom="batches in which much is ignored count too much",
        diagnosis="you weigh each batch's mean by all its targets, the ignored ones included",
        hint="How many targets does a batch of 11 have when 9 of them are -100?",
        knobs={"average": "targets"},
    ),
    Mistake(
        "nothing to score",
        symptom="a batch in which nothing is scored turns the answer into nan",
        diagnosis="the mean of that batch is 0 / 0, and nan times 0 is still nan",
        hint='With reduction="sum" such a batch adds 0.',
        knobs={"empty": "nan"},
    ),
    Mistake(
        "perplexity",
        symptom="the answer is far too large",
        diagnosis="you return e to the power of the loss, which is the perplexity",
        hint="The mean loss itself is asked for, in nats.",
        knobs={"turn": "exp"},
    ),
    Mistake(
        "no division",
        symptom="the loss grows with the number of targets",
        diagnosis="you add up the losses and never divide",
        hint="An exam twice as long should give about the same loss.",
        knobs={"average": "sum"},
    ),
    Mistake(
        "last batch",
        symptom="all batches but the last are lost",
        diagnosis="the loss is written anew in each round instead of added to",
        hint="Where does your sum begin, and is it added to?",
        knobs={"average": "last"},
    ),
    Mistake(
        "first batch",
        symptom="all batches but the first are lost",
        diagnosis="you return inside the loop",
        hint="How far is your return indented?",
        knobs={"average": "first"},
    ),
    Mistake(
        "mean of batch means without the empty",
        symptom="targets count more in a batch that has few of them",
        diagnosis="you average the batches' losses, however many targets each of them scores",
        hint="Add up losses, count targets, divide once.",
        knobs={"average": "batches"},
    ),
    Mistake(
        "weighed by rows",
        symptom="batches with ignored or with short rows count too much",
        diagnosis="you weigh each batch's mean by its number of rows",
        hint="What is averaged is the loss of targets, not that of rows.",
        knobs={"average": "rows"},
    ),
    Mistake(
        "rows below",
        symptom="the longer the rows, the larger the loss",
        diagnosis="you add up the losses of all targets, and divide by the number of rows",
        hint="How many targets does a row have?",
        knobs={"average": "rows below"},
    ),
    Mistake(
        "sums over batches",
        symptom="the larger the batches, the larger the loss",
        diagnosis="you add up the losses of all targets, and divide by the number of batches",
        hint="How many targets does a batch have?",
        knobs={"average": "sums over batches"},
    ),
    Mistake(
        "sum of means",
        symptom="the more batches, the larger the loss",
        diagnosis="you add up the batches' mean losses, and never divide",
        hint="An exam twice as long should give about the same loss.",
        knobs={"average": "sum of means"},
    ),
    Mistake(
        "means over the count",
        symptom="the loss is far too small",
        diagnosis="you divide by the number of scored targets, but you add up means, not sums",
        hint='With reduction="sum" there is something to divide.',
        knobs={"average": "means over scored"},
    ),
    Mistake(
        "last count",
        symptom="the loss depends on the order of the batches",
        diagnosis="you divide by the number of scored targets of the last batch only",
        hint="Does your count grow in the loop, or is it written anew?",
        knobs={"average": "last below"},
    ),
    Mistake(
        "token 0 not counted",
        symptom="the loss is a little too large",
        diagnosis="you count targets above 0; 0 is a token too",
        hint="Which targets are not scored? Only those that are …?",
        knobs={"average": "positive below"},
    ),
    Mistake(
        "bits",
        symptom="the loss is too large by a factor of 1.44",
        diagnosis="you divide by ln 2, which gives bits",
        hint="The course measures loss in nats.",
        knobs={"turn": "bits"},
    ),
    Mistake(
        "shifted twice",
        symptom="a model seems worse than it is",
        diagnosis="you shift the targets, and y is one token ahead already",
        hint="logits[:, t] and y[:, t] belong together.",
        knobs={"shifted": True},
    ),
    Mistake(
        "ignored as token 0",
        symptom="the more targets are ignored, the more wrong the loss",
        diagnosis="you turn -100 into 0, and so score token 0 where nothing should be scored",
        hint="-100 means: leave this position out of both, the sum and the count.",
        knobs={"as_token_0": True},
    ),
)

"""Notebook 08: the mistakes known of the exercise in gpu_8_average."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_8_average_flawed import (
    added_inside_processes,
    averaged_as_one_array,
    indices_exchanged,
    lists_added,
    lists_added_up,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_8_average

REPEATED = "a number times a list repeats the list; each process's gradients are a list of arrays"

MISTAKES = (
    Mistake(
        "mean of means",
        symptom="targets count more in a process that has few of them",
        diagnosis="you average the processes' gradients, as if all had equally many targets",
        hint="A process with one scored target and one with nine: how much should each weigh?",
        knobs={"weigh": "one", "divide": "processes"},
    ),
    Mistake(
        "mean of the means that score",
        symptom="targets count more in a process that has few of them",
        diagnosis="you average the gradients of the processes that scored anything, as if these "
        "had equally many targets",
        hint="A process with one scored target and one with nine: how much should each weigh?",
        knobs={"weigh": "one", "divide": "processes that score"},
    ),
    Mistake(
        "sum of means",
        symptom="the more processes, the larger the gradient",
        diagnosis="you add up the processes' gradients, and never divide",
        hint="Sharing a batch among more processes should change nothing.",
        knobs={"weigh": "one", "divide": "nothing"},
    ),
    Mistake(
        "sum of sums",
        symptom="the gradient grows with the number of targets",
        diagnosis="you weigh each process by its scored targets, and never divide by all of them",
        hint="A weighted mean ends in a division. By what?",
        knobs={"divide": "nothing"},
    ),
    Mistake(
        "sums over processes",
        symptom="the gradient grows with the number of targets",
        diagnosis="you weigh each process by its scored targets, and divide by the number of "
        "processes",
        hint="The weights of a mean must add up to 1.",
        knobs={"divide": "processes"},
    ),
    Mistake(
        "divided twice",
        symptom="the gradient is too small, by the number of processes",
        diagnosis="the weighted mean is right, and then it is divided by the number of processes",
        hint="The weights of a mean must add up to 1.",
        knobs={"divide": "scored and processes"},
    ),
    Mistake(
        "means over the count",
        symptom="the gradient is too small",
        diagnosis="you divide by the number of scored targets, but each gradient is a mean "
        "already, not a sum",
        hint="How do you make a process's sum from its mean?",
        knobs={"weigh": "one"},
    ),
    Mistake(
        "divided by its own count",
        symptom="targets count even more in a process that has few of them",
        diagnosis="you divide each process's gradient by its number of scored targets",
        hint="Each gradient is a mean already. How do you make a sum of it?",
        knobs={"weigh": "inverse", "divide": "nothing"},
    ),
    Mistake(
        "weighed upside down",
        symptom="targets count even more in a process that has few of them",
        diagnosis="you multiply each gradient by all targets over those of its process",
        hint="A process with nine of ten targets: is its share 9/10 or 10/9?",
        knobs={"weigh": "inverse", "divide": "one over the scored"},
    ),
    Mistake(
        "last count",
        symptom="the gradient depends on the order of the processes",
        diagnosis="you divide by the number of scored targets of the last process only",
        hint="Does your count grow in the loop, or is it written anew?",
        knobs={"divide": "last"},
    ),
    Mistake(
        "first count",
        symptom="the gradient depends on the order of the processes",
        diagnosis="you divide by the number of scored targets of the first process only",
        hint="How many targets are there in all processes together?",
        knobs={"divide": "first"},
    ),
    Mistake(
        "largest count",
        symptom="the gradient is too large",
        diagnosis="you weigh each process by its part of the largest number of targets",
        hint="The weights of a mean must add up to 1.",
        knobs={"divide": "largest"},
    ),
    Mistake(
        "running halves",
        symptom="later processes count more than earlier ones",
        diagnosis="you average what you have with each next process, half and half",
        hint="How much of the first process is left after three more?",
        knobs={"weigh": "running", "divide": "nothing"},
    ),
    Mistake(
        "first process only",
        symptom="all processes but the first are lost",
        diagnosis="you return the first process's gradients, or return inside the loop",
        hint="How far is your return indented?",
        knobs={"use": "first"},
    ),
    Mistake(
        "last process only",
        symptom="all processes but the last are lost",
        diagnosis="the mean is written anew in each round instead of added to",
        hint="Where does your sum begin, and is it added to?",
        knobs={"use": "last"},
    ),
    Mistake(
        "last share only",
        symptom="all processes but the last are lost",
        diagnosis="the weighted sum is written anew in each round instead of added to",
        hint="Where does your sum begin, and is it added to?",
        knobs={"use": "last, weighed"},
    ),
    Mistake(
        "first process twice",
        symptom="the first process counts twice",
        diagnosis="the sum begins with the first process, and the loop adds it again",
        hint="Where does your sum begin, and where your loop?",
        knobs={"use": "first twice"},
    ),
    Mistake(
        "first process not weighed",
        symptom="the first process counts too little",
        diagnosis="the sum begins with the first process's mean, which was not multiplied by its "
        "number of targets",
        hint="Where does your sum begin, and where your loop?",
        knobs={"use": "first not weighed"},
    ),
    Mistake(
        "first array only",
        symptom="one array comes back instead of a list of them",
        diagnosis="you average the first parameter's gradients only",
        hint="A model has many parameters. Which loop goes over them?",
        knobs={"told": "first"},
    ),
    Mistake(
        "one long array",
        symptom="the numbers are right, but they have lost their shapes",
        diagnosis="you return one long array instead of a list of arrays",
        hint="Every parameter needs its own gradient back, in its own shape.",
        knobs={"told": "one long"},
    ),
    Mistake(
        "shares not added",
        symptom="a list of lists comes back, one for each process",
        diagnosis="you weigh each process's gradients, and do not add them up",
        hint="After the exchange, all processes hold the same gradient.",
        knobs={"told": "shares"},
    ),
    Mistake(
        "one number each",
        symptom="a number comes back for each parameter",
        diagnosis="you average over the numbers inside an array, too: np.mean without an axis",
        hint="Which axis holds the processes?",
        knobs={"told": "numbers"},
    ),
    Mistake(
        "added inside a process",
        symptom="as many arrays come back as there are processes, or the shapes do not fit",
        diagnosis="you add up the gradients of one process, which belong to different parameters",
        hint="gradients[r] holds all parameters of process r. How do you get the same parameter of "
        "all processes?",
        wrong=added_inside_processes,
    ),
    Mistake(
        "indices exchanged",
        symptom="the shapes do not fit, or it stops with an IndexError",
        diagnosis="the indices have changed places: gradients[i][r] is array r of process i",
        hint="gradients is a list over processes. Which index comes first?",
        wrong=indices_exchanged,
    ),
    Mistake(
        "one array of all",
        symptom="it stops with a ValueError about an inhomogeneous shape",
        diagnosis="NumPy is asked to make one array of all gradients, and the shapes differ",
        hint="Average one parameter at a time: gradients[0][i], gradients[1][i], … fit together.",
        wrong=averaged_as_one_array,
    ),
    Mistake(
        "lists multiplied",
        symptom="it stops with a TypeError about int and list",
        diagnosis=REPEATED,
        hint="Which loop goes over the arrays of a process?",
        wrong=lists_added,
    ),
    Mistake(
        "lists multiplied and added up",
        symptom="it stops with a TypeError about int and list",
        diagnosis=REPEATED,
        hint="Which loop goes over the arrays of a process?",
        wrong=lists_added_up,
    ),
)

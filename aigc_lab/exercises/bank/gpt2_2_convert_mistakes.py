"""Notebook 09: the mistakes known of the exercise in gpt2_2_convert."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_2_convert_flawed import (
    added_while_reading,
    dropped_while_reading,
    none_not_expected,
    renamed_while_reading,
    with_prefix_only,
    without_prefix_only,
)
from aigc_lab.exercises.bank.gpt2_2_convert_turns import TURNS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_2_convert

BOTH_SIDES = "Python cannot walk through a dict that changes under its feet. Begin a new one."

MISTAKES = (
    *TURNS,
    Mistake(
        "names not changed",
        symptom="names keep their prefix",
        diagnosis="you store each array under its published name",
        hint="Which function of the exercise before should be asked for the name?",
        knobs={"names": "published"},
    ),
    Mistake(
        "head twice",
        symptom="the tied matrix is there twice",
        diagnosis="you keep 'lm_head.weight' as a parameter of its own beside 'wte.weight'",
        hint="Tied: one matrix, one name. Which name does ours have?",
        knobs={"head": "twice"},
    ),
    Mistake(
        "head always added",
        symptom="the tied matrix is there twice, even where the file has it once",
        diagnosis="you add 'lm_head.weight' as a parameter of its own beside 'wte.weight'",
        hint="Tied: one matrix, one name. Which name does ours have?",
        knobs={"head": "always twice"},
    ),
    Mistake(
        "head under its own name",
        symptom="the head has an entry of its own, and without it the token table may be missing",
        diagnosis="you keep 'lm_head.weight' under that name",
        hint="Tied: one matrix, one name. Which name does ours have?",
        knobs={"head": "own"},
    ),
    Mistake(
        "head dropped",
        symptom="a file that has the tied matrix as lm_head.weight only ends without token table",
        diagnosis="you skip 'lm_head.weight' instead of storing it as 'wte.weight'",
        hint="What does our_name answer for 'lm_head.weight'?",
        knobs={"head": "dropped"},
    ),
    Mistake(
        "head transposed",
        symptom="the token table is turned where it comes from the head",
        diagnosis="you transpose 'lm_head.weight', which is a Linear layer's and (V, C) already",
        hint="The head and the token table are one matrix. Would one of them be turned?",
        knobs={"head": "turned"},
    ),
    Mistake(
        "masks under None",
        symptom="there is an entry whose name is None",
        diagnosis="you store an array also where our_name answers None",
        hint="What does None mean there, and what should happen with the array?",
        knobs={"masks": "under None"},
    ),
    Mistake(
        "masks kept",
        symptom="masks are among the parameters",
        diagnosis="you store what is called 'attn.bias' and 'attn.masked_bias'",
        hint="Our model computes its masks. What does our_name answer for them?",
        knobs={"masks": "kept"},
    ),
    Mistake(
        "masked_bias kept",
        symptom="one kind of mask is among the parameters",
        diagnosis="you drop '.attn.bias' and forget '.attn.masked_bias'",
        hint="Two names in every layer are no parameters.",
        knobs={"masks": "masked_bias kept"},
    ),
    Mistake(
        "attn.bias kept",
        symptom="one kind of mask is among the parameters",
        diagnosis="you drop '.attn.masked_bias' and forget '.attn.bias'",
        hint="Two names in every layer are no parameters, however much one looks like a bias.",
        knobs={"masks": "attn.bias kept"},
    ),
    Mistake(
        "c_attn.bias dropped",
        symptom="the bias of queries, keys and values is missing",
        diagnosis="you drop whatever ends in 'attn.bias', and 'c_attn.bias' does so too",
        hint="What stands before 'attn' in the one name, and what in the other?",
        knobs={"masks": "with c_attn.bias"},
    ),
    Mistake(
        "every bias dropped",
        symptom="all biases are missing",
        diagnosis="you drop every name that ends in 'bias'",
        hint="A mask's name is special in what stands before 'bias'. What is that?",
        knobs={"masks": "all biases"},
    ),
    Mistake(
        "first array only",
        symptom="one array comes back instead of all",
        diagnosis="you return inside the loop, or begin a new dict in each round",
        hint="How far is your return indented?",
        knobs={"told": "first"},
    ),
    Mistake(
        "kernels only",
        symptom="only the four matrices of each layer come back",
        diagnosis="you store what you transpose, and nothing else",
        hint="What happens in your loop with a norm, which stays as it is?",
        knobs={"told": "turned"},
    ),
    Mistake(
        "kernels left out",
        symptom="the four matrices of each layer are missing",
        diagnosis="you transpose what has to be transposed, and store only the rest",
        hint="Follow c_attn.weight through your if and elif: where is it put into the dict?",
        knobs={"told": "all but the turned"},
    ),
    Mistake(
        "kernels and their biases only",
        symptom="only the four matrices of each layer come back, and their biases",
        diagnosis="you store what you transpose, and nothing else",
        hint="What happens in your loop with a norm, which stays as it is?",
        knobs={"told": "turned, and biases"},
    ),
    Mistake(
        "stopped at a mask",
        symptom="whatever stands behind the first mask is missing",
        diagnosis="the loop ends at the first name that is no parameter",
        hint="break leaves a loop. Which word goes on with its next round?",
        knobs={"masks": "an end"},
    ),
    Mistake(
        "pairs",
        symptom="a list comes back instead of a dict",
        diagnosis="you return the pairs of names and arrays",
        hint="What makes a dict of pairs?",
        knobs={"told": "pairs"},
    ),
    Mistake(
        "arrays without names",
        symptom="a list comes back instead of a dict",
        diagnosis="you return the arrays without their names",
        hint="How would our GPT know which array is which?",
        knobs={"told": "arrays"},
    ),
    Mistake(
        "None not expected",
        symptom="it stops with an AttributeError at the first mask",
        diagnosis="you ask for the end of our_name's answer, and for a mask that answer is None",
        hint="our_name answers None for what is no parameter. What should happen to these first?",
        wrong=none_not_expected,
    ),
    Mistake(
        "renamed while reading",
        symptom="it stops with a RuntimeError about the dictionary",
        diagnosis="you take names out of the dict that your loop goes over, and put others in",
        hint=BOTH_SIDES,
        wrong=renamed_while_reading,
    ),
    Mistake(
        "added while reading",
        symptom="it stops with a RuntimeError about the dictionary",
        diagnosis="you put names into the dict that your loop goes over",
        hint=BOTH_SIDES,
        wrong=added_while_reading,
    ),
    Mistake(
        "masks dropped while reading",
        symptom="it stops with a RuntimeError about the dictionary",
        diagnosis="you take the masks out of the dict that your loop goes over",
        hint=BOTH_SIDES,
        wrong=dropped_while_reading,
    ),
    Mistake(
        "prefix expected",
        symptom="it stops with a KeyError where names come without the prefix",
        diagnosis="you look every array up under its name with 'transformer.' in front",
        hint="Go through the names that are there, not through those that you expect.",
        wrong=with_prefix_only,
    ),
    Mistake(
        "no prefix expected",
        symptom="it stops with a KeyError where names come with the prefix",
        diagnosis="you look every array up under our name",
        hint="Go through the names that are there, not through those that you expect.",
        wrong=without_prefix_only,
    ),
)

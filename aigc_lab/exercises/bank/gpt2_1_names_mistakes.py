"""Notebook 09: the mistakes known of the exercise in gpt2_1_names."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_1_names_prefix import PREFIXES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_1_names

ALWAYS_TRUE = "your question whether it is a mask is always answered with yes"

MISTAKES = (
    *PREFIXES,
    Mistake(
        "short names",
        symptom="it stops with an IndexError at names that belong to no block",
        diagnosis="you look at a name's third part, and 'wpe.weight' has two",
        hint="How many parts has 'h.0.attn.bias', how many 'ln_f.weight'?",
        knobs={"masks": "third part"},
    ),
    Mistake(
        "head keeps its name",
        symptom="the head is given a tensor of its own",
        diagnosis="'lm_head.weight' stays 'lm_head.weight'",
        hint="Tied: which other matrix is the head in GPT-2?",
        knobs={"head": "lm_head.weight"},
    ),
    Mistake(
        "head dropped",
        symptom="the tied head counts as no parameter",
        diagnosis="you answer None for 'lm_head.weight', but it is a parameter: it has two names",
        hint="If a file held the tied matrix under this name only, where should it go?",
        knobs={"head": None},
    ),
    Mistake(
        "head without weight",
        symptom="the tied head gets the name of a layer instead of its weight's",
        diagnosis="you answer 'wte' where 'wte.weight' is meant",
        hint="wte is the layer; what is the matrix inside it called?",
        knobs={"head": "wte"},
    ),
    Mistake(
        "head with the prefix",
        symptom="the tied head gets a name with 'transformer.' in front",
        diagnosis="you answer with the token table's published name instead of ours",
        hint="What do you answer for 'transformer.wte.weight'?",
        knobs={"head": "transformer.wte.weight"},
    ),
    Mistake(
        "head as wpe",
        symptom="the tied head is taken for the table of positions",
        diagnosis="you answer 'wpe.weight'; e stands for embedding, t for token, p for position",
        hint="Which table has one row for every token of the vocabulary?",
        knobs={"head": "wpe.weight"},
    ),
    Mistake(
        "masks kept",
        symptom="masks are taken for parameters",
        diagnosis="your question whether a name is a mask's is missing, or never answered with yes",
        hint="A mask's whole name is, for example, 'h.3.attn.bias'. Is that what you ask for, and "
        "what should your function answer then?",
        knobs={"masks": "kept"},
    ),
    Mistake(
        "masked_bias kept",
        symptom="one of the two kinds of mask is taken for a parameter",
        diagnosis="you drop '.attn.bias' and forget '.attn.masked_bias'",
        hint="Two names in every layer are no parameters.",
        knobs={"masks": "first only"},
    ),
    Mistake(
        "attn.bias kept",
        symptom="one of the two kinds of mask is taken for a parameter",
        diagnosis="you drop '.attn.masked_bias' and forget '.attn.bias'",
        hint="Two names in every layer are no parameters, however much one looks like a bias.",
        knobs={"masks": "second only"},
    ),
    Mistake(
        "bias of c_attn dropped",
        symptom="a real bias is lost: that of queries, keys and values",
        diagnosis="you drop whatever ends in 'attn.bias', and 'c_attn.bias' does so too",
        hint="What stands before 'attn' in the one name, and what in the other?",
        knobs={"masks": "no dot"},
    ),
    Mistake(
        "bias of c_attn dropped, masked_bias kept",
        symptom="a real bias is lost, and a mask is taken for a parameter",
        diagnosis="you drop whatever ends in 'attn.bias': 'c_attn.bias' does so too, and "
        "'attn.masked_bias' does not",
        hint="What stands before 'attn' in 'h.0.attn.bias', and what in 'h.0.attn.c_attn.bias'?",
        knobs={"masks": "no dot, first only"},
    ),
    Mistake(
        "every bias dropped",
        symptom="all biases are lost",
        diagnosis="you drop every name that ends in 'bias', or has the word in it",
        hint="A mask's name is special in what stands before 'bias'. What is that?",
        knobs={"masks": "all biases"},
    ),
    Mistake(
        "attention's biases dropped",
        symptom="all biases of attention are lost",
        diagnosis="you drop every name with 'attn' and 'bias' in it",
        hint="'h.0.attn.c_proj.bias' is learned. How does it differ from 'h.0.attn.bias'?",
        knobs={"masks": "attention's biases"},
    ),
    Mistake(
        "attention dropped",
        symptom="all of attention is lost",
        diagnosis="you drop every name with 'attn' in it",
        hint="Only two names of each layer's attention are masks.",
        knobs={"masks": "all of attention"},
    ),
    Mistake(
        "everything dropped",
        symptom="every name but the head's counts as no parameter",
        diagnosis=ALWAYS_TRUE,
        hint="What is `'a' or 'b' in 'xyz'` in Python? Each side of an or is asked by itself.",
        knobs={"masks": "everything"},
    ),
    Mistake(
        "everything dropped, the head too",
        symptom="every name counts as no parameter",
        diagnosis=ALWAYS_TRUE,
        hint="What is `'a' or 'b' in 'xyz'` in Python? Each side of an or is asked by itself.",
        knobs={"masks": "everything", "order": "masks first"},
    ),
    Mistake(
        "one digit",
        symptom="masks of the layers from 10 on are taken for parameters",
        diagnosis="your pattern has room for one digit of the layer's number",
        hint="GPT-2 XL has 48 layers. How does a pattern say 'one digit or more'?",
        knobs={"masks": "one digit"},
    ),
    Mistake(
        "twelve layers",
        symptom="masks of the layers from 12 on are taken for parameters",
        diagnosis="you write down the masks of twelve layers; larger GPT-2s have more",
        hint="Which part of a mask's name is the same in all layers?",
        knobs={"masks": "twelve layers"},
    ),
    Mistake(
        "masks of layer 0",
        symptom="masks of all layers but the first are taken for parameters",
        diagnosis="you only drop the masks of layer 0",
        hint="Which part of a mask's name is the same in all layers?",
        knobs={"masks": "layer 0"},
    ),
    Mistake(
        "masks of layer 0, without the prefix",
        symptom="masks are taken for parameters, but for those called 'h.0.'",
        diagnosis="you only drop the masks of layer 0, where no 'transformer.' is in front",
        hint="Which part of a mask's name is the same in all layers, prefix or not?",
        knobs={"masks": "layer 0, without the prefix"},
    ),
    Mistake(
        "masks with the prefix kept",
        symptom="masks with 'transformer.' in front are taken for parameters",
        diagnosis="you look for masks before the prefix is off, and expect 'h.' in front",
        hint="In which order should the two things happen?",
        knobs={"masks": "without the prefix"},
    ),
    Mistake(
        "masks without the prefix kept",
        symptom="masks without 'transformer.' in front are taken for parameters",
        diagnosis="you look for masks by their name with the prefix only",
        hint="In which order should the two things happen?",
        knobs={"masks": "with the prefix"},
    ),
    Mistake(
        "empty name",
        symptom="masks get an empty name",
        diagnosis="you answer '' for what is no parameter, instead of None",
        hint="None is Python's word for nothing.",
        knobs={"no_parameter": ""},
    ),
)

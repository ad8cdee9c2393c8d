"""Notebook 08: the ways to miscount the matrices of a block, for gpu_3_flops."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_3_flops

BLOCKS = (
    Mistake(
        "biases too",
        symptom="the count is a little too large",
        diagnosis="the biases of the linear layers are counted as if they were multiplied with",
        hint="Only what stands in a matrix is multiplied with something.",
        knobs={"block": (12, 9)},
    ),
    Mistake(
        "biases and norms too",
        symptom="the count is a little too large",
        diagnosis="the biases and norms are counted as if they were matrices",
        hint="Only what stands in a matrix is multiplied with something.",
        knobs={"block": (12, 13)},
    ),
    Mistake(
        "no MLP",
        symptom="the count is too small by 8C² weights for each layer",
        diagnosis="the two matrices of the MLP are missing",
        hint="Which parts does a block have beside attention?",
        knobs={"block": (4, 0)},
    ),
    Mistake(
        "no attention matrices",
        symptom="the count is too small by 4C² weights for each layer",
        diagnosis="the matrices of attention, c_attn and c_proj, are missing, or the MLP's second "
        "one (4C to C) is",
        hint="Write down the four matrices of a block and their shapes.",
        knobs={"block": (8, 0)},
    ),
    Mistake(
        "one projection of three",
        symptom="the count is too small by 2C² weights for each layer",
        diagnosis="c_attn is counted as C to C; it makes queries, keys and values",
        hint="How many numbers does c_attn give, from C?",
        knobs={"block": (10, 0)},
    ),
    Mistake(
        "no c_proj",
        symptom="the count is too small by C² weights for each layer",
        diagnosis="the matrix after the heads, c_proj (C to C), is missing",
        hint="Write down the four matrices of a block and their shapes.",
        knobs={"block": (11, 0)},
    ),
    Mistake(
        "narrow MLP",
        symptom="the count is too small by 6C² weights for each layer",
        diagnosis="the MLP is counted as C wide inside (it is 4C wide), or the matrices of a block "
        "with one FLOP a weight",
        hint="How wide is what c_fc gives? And which matrices does your 2 stand before?",
        knobs={"block": (6, 0)},
    ),
    Mistake(
        "wide MLP",
        symptom="the count is too large by 12C² weights for each layer",
        diagnosis="the MLP's second matrix is counted as 4C to 4C (it goes back to C), or the "
        "blocks' factor 2 comes in twice",
        hint="How wide must the MLP's output be, to be added to the stream? And how often does a 2 "
        "come in?",
        knobs={"block": (24, 0)},
    ),
)

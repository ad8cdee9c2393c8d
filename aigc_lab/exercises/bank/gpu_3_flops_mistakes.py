"""Notebook 08: the mistakes known of the exercise in gpu_3_flops."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_3_flops_blocks import BLOCKS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_3_flops


MISTAKES = (
    Mistake(
        "forward only",
        symptom="the count is a third of the right one",
        diagnosis="only the forward pass is counted",
        hint="Backward computes two gradients for each product: of its input, and of …?",
        knobs={"passes": "1"},
    ),
    Mistake(
        "backward as forward",
        symptom="the count is two thirds of the right one",
        diagnosis="backward is counted to cost as much as forward, or forward is left out",
        hint="Backward computes two gradients for each product: of its input, and of …?",
        knobs={"passes": "2"},
    ),
    Mistake(
        "forward twice",
        symptom="the count is four thirds of the right one",
        diagnosis="the forward pass is counted twice, or backward as three of them",
        hint="Backward costs two forward passes. How many are that together?",
        knobs={"passes": "4"},
    ),
    Mistake(
        "trained twice",
        symptom="the count is 3 times too large",
        diagnosis="the factor 3 for forward and backward comes in twice",
        hint="Six FLOPs a weight is 2 times 3. Where else have you multiplied by 3?",
        knobs={"passes": "9"},
    ),
    Mistake(
        "backward through matrices only",
        symptom="long texts cost too little",
        diagnosis="attention's own products are counted in the forward pass only",
        hint="Does the gradient not go back through scores and mixing as well?",
        knobs={"passes": "of matrices"},
    ),
    Mistake(
        "backward through attention only",
        symptom="the matrices count a third",
        diagnosis="only attention's own products are multiplied by 3",
        hint="A bracket is in the wrong place: what costs twice as much on the way back?",
        knobs={"passes": "of attention"},
    ),
    Mistake(
        "one FLOP for two",
        symptom="the count is half of the right one",
        diagnosis="a multiplication and the addition that goes with it are counted as one",
        hint="Each weight is multiplied by a number, and then the product is …?",
        knobs={"per_weight": 1, "attention": "2TC"},
    ),
    Mistake(
        "one per weight",
        symptom="the matrices count half",
        diagnosis="you count one FLOP a weight in the matrices",
        hint="Each weight is multiplied by a number, and then the product is …?",
        knobs={"per_weight": 1},
    ),
    Mistake(
        "one per weight of the output",
        symptom="the output layer counts half",
        diagnosis="you count one FLOP a weight in the output table, and two in the blocks",
        hint="A bracket is in the wrong place: which matrices does the 2 stand before?",
        knobs={"tables": "half"},
    ),
    Mistake(
        "no attention",
        symptom="the length has no effect",
        diagnosis="scores and mixing, attention's products without weights, are missing",
        hint="Which of the arguments does your code never mention?",
        knobs={"attention": "none"},
    ),
    Mistake(
        "two per weight",
        symptom="the length has no effect, and the rest is a third of the right one",
        diagnosis="you count 2 FLOPs a weight: the forward pass, without scores and mixing",
        hint="What comes after the forward pass, and which products have no weights?",
        knobs={"passes": "1", "attention": "none"},
    ),
    Mistake(
        "half of attention",
        symptom="long texts cost too little",
        diagnosis="only one of attention's two products is counted, or one FLOP for a "
        "multiplication and an addition, or half of all for the mask",
        hint="Scores are one product, mixing the values is another; both are counted in full.",
        knobs={"attention": "2TC"},
    ),
    Mistake(
        "attention twice",
        symptom="long texts cost too much",
        diagnosis="scores and mixing cost 4 · T · C a layer together, and you count twice that",
        hint="2 · T · C for one product. How many products are there?",
        knobs={"attention": "8TC"},
    ),
    Mistake(
        "attention trained twice",
        symptom="long texts cost too much",
        diagnosis="for attention, the factor 3 for forward and backward comes in twice",
        hint="4 · T · C a layer is forward; 12 · T · C is forward and backward.",
        knobs={"attention": "12TC"},
    ),
    Mistake(
        "attention of one layer",
        symptom="the more layers, the more is missing",
        diagnosis="scores and mixing are counted for one layer only",
        hint="Does each layer attend anew?",
        knobs={"attention": "once"},
    ),
    Mistake(
        "attention of the whole text",
        symptom="long texts cost far too much",
        diagnosis="attention is counted for all T tokens, and the matrices for one",
        hint="One token's query meets how many keys?",
        knobs={"attention": "4TTC"},
    ),
    Mistake(
        "attention without width",
        symptom="wide models cost too little",
        diagnosis="each score and each mixing is counted as one number, not as a sum over C",
        hint="How many multiplications does a dot product of two vectors of C numbers take?",
        knobs={"attention": "4T"},
    ),
    Mistake(
        "attention T times T",
        symptom="what attention costs is far off",
        diagnosis="attention is counted with T · T instead of T · C",
        hint="One token's query, C numbers long, meets T keys.",
        knobs={"attention": "4TT"},
    ),
    Mistake(
        "no output layer",
        symptom="vocab_size has no effect",
        diagnosis="the product with the output table is missing",
        hint="Which of the arguments does your code never mention?",
        knobs={"tables": "none"},
    ),
    Mistake(
        "input table too",
        symptom="a large vocabulary costs too much",
        diagnosis="looking a token up in its table is counted as a product, or the output's factor "
        "2 comes in twice",
        hint="How many multiplications does it take to copy one row?",
        knobs={"tables": "input too"},
    ),
    Mistake(
        "positions too",
        symptom="long texts cost too much",
        diagnosis="the table of positions is counted as a product",
        hint="How many multiplications does it take to copy one row?",
        knobs={"tables": "positions too"},
    ),
    Mistake(
        "output without width",
        symptom="a large vocabulary costs too little",
        diagnosis="the output is counted as V numbers, and not as a matrix of V · C",
        hint="How large is the table that a final state is multiplied with?",
        knobs={"tables": "V numbers"},
    ),
    Mistake(
        "six per parameter",
        symptom="the count is a little too large, and attention's own part is missing",
        diagnosis="you count 6 FLOPs for every parameter, also for tables that are only looked up, "
        "biases and norms, and nothing for scores and mixing",
        hint="6N is the rule of thumb. Which parameters are no matrices, and which products have "
        "no parameters?",
        knobs={"block": (12, 13), "tables": "all that learns", "attention": "none"},
    ),
    Mistake(
        "every parameter",
        symptom="the count is a little too large",
        diagnosis="you count every parameter, also tables that are only looked up, biases and "
        "norms",
        hint="Which parameters are no matrices that something is multiplied with?",
        knobs={"block": (12, 13), "tables": "all that learns"},
    ),
    Mistake(
        "one layer",
        symptom="n_layer has no effect",
        diagnosis="only one block is counted",
        hint="Which of the arguments does your code never mention?",
        knobs={"layers": "one"},
    ),
    Mistake(
        "output in each layer",
        symptom="the count is far too large for a large vocabulary",
        diagnosis="the output table is counted once for every layer",
        hint="A bracket is in the wrong place: what is there in every layer?",
        knobs={"layers": "output too"},
    ),
    Mistake(
        "of the whole text",
        symptom="the count is T times too large",
        diagnosis="you count what a text of T tokens costs, not what one of its tokens does",
        hint="Per token: how often does the length come in, and where?",
        knobs={"per": "text"},
    ),
    *BLOCKS,
)

"""Notebook 05: how many parameters GPT-2 has."""

from __future__ import annotations

from aigc_lab.exercises.bank.block_8_count_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


def count_parameters(vocab_size: int, block_size: int, n_layer: int, n_embd: int) -> int:
    """All numbers of a GPT-2 with a tied output table and an MLP four times as wide as C."""
    return flawed(vocab_size, block_size, n_layer, n_embd)


def _probes() -> list[Probe]:
    return [
        probe("V = 11, 7 positions, 2 layers, C = 3", 11, 7, 2, 3, tolerance=0.0),
        probe("V = 101, 13 positions, 5 layers, C = 8", 101, 13, 5, 8, tolerance=0.0),
        probe("GPT-2 small: 50257, 1024, 12, 768", 50257, 1024, 12, 768, tolerance=0.0),
        probe("V = 17, 19 positions, 1 layer, C = 10", 17, 19, 1, 10, tolerance=0.0),
    ]


COUNT = Exercise(
    name="count_parameters",
    notebook="05_gpt_block",
    title="Count every parameter",
    points=2,
    reference=count_parameters,
    probes=_probes,
    flawed=flawed,
    seconds=30.0,  # a reader may build the model and count
    hints=(
        "Make a list of the arrays: two tables, then those of one block, then one more norm. How "
        "large is each?",
        "A linear layer from n to m has n · m weights and m biases; a norm has C gains and C "
        "biases. One block has two norms, c_attn (C to 3C), c_proj (C to C), c_fc (C to 4C) and "
        "c_proj (4C to C). The output table is wte, which is counted already.",
        "One block: 12 · C · C weights, and (3 + 1 + 4 + 1) · C + 4 · C biases and gains. n_layer "
        "times that, plus V · C, plus block_size · C, plus 2 · C for the last norm.",
    ),
    mistakes=(
        Mistake(
            "head_twice",
            "GPT-2 small comes to 163,037,184",
            "the output table is counted, though it is the token table itself",
            "Tied means: the same numbers, used in two places.",
            knobs={"tables": "head too"},
        ),
        Mistake(
            "no_positions",
            "block_size has no effect",
            "the table of positions is missing",
            "Which of the arguments does your code never mention?",
            knobs={"tables": "no positions"},
        ),
        Mistake(
            "no_tokens",
            "vocab_size has no effect",
            "the table of tokens is missing",
            "Tied to the output or not, it must be counted once.",
            knobs={"tables": "no tokens"},
        ),
        Mistake(
            "one_missing",
            "the count is too small by C for each layer",
            "the bias of one c_proj is missing, attention's or the MLP's",
            "What belongs to each linear layer beside its matrix?",
            knobs={"singles": 12},
        ),
        Mistake(
            "two_missing",
            "the count is too small by 2C for each layer",
            "one of a block's two norms is missing, or the biases of both, those of both c_proj, "
            "or c_attn's bias is counted as C wide instead of 3C, or each bias as long as what "
            "its layer reads instead of what it writes",
            "Write down everything that learns in a block, biases and norms included.",
            knobs={"singles": 11},
        ),
        Mistake(
            "three_missing",
            "the count is too small by 3C for each layer",
            "the bias of c_attn is missing, or that of c_fc is counted as C wide instead of 4C",
            "A layer has one bias for each of its outputs. How many outputs has each?",
            knobs={"singles": 10},
        ),
        Mistake(
            "four_missing",
            "the count is too small by 4C for each layer",
            "the blocks' two norms (2C each) are missing, or attention's biases (3C and C), or "
            "that of c_fc (4C)",
            "Write down everything that learns in a block, biases and norms included.",
            knobs={"singles": 9},
        ),
        Mistake(
            "no_mlp_biases",
            "the count is too small by 5C for each layer",
            "the biases of the MLP (4C and C) are missing",
            "What belongs to each linear layer beside its matrix?",
            knobs={"singles": 8},
        ),
        Mistake(
            "no_biases",
            "the count is too small by 9C for each layer",
            "the biases of the linear layers are missing",
            "What belongs to each linear layer beside its matrix?",
            knobs={"singles": 4},
        ),
        Mistake(
            "no_bias_at_all",
            "the count is too small by 11C for each layer, and by C at the end",
            "no biases are counted, neither of the linear layers nor of the norms",
            "Only the output table of GPT-2 has no bias.",
            knobs={"singles": 2, "final": 1},
        ),
        Mistake(
            "only_matrices",
            "the count is too small by 13C for each layer, and by 2C at the end",
            "only tables and matrices are counted, no biases and no norms",
            "Write down everything that learns in a block, biases and norms included.",
            knobs={"singles": 0, "final": 0},
        ),
        Mistake(
            "only_matrices_and_final_norm",
            "the count is too small by 13C for each layer",
            "in the blocks only the matrices are counted, no biases and no norms",
            "Write down everything that learns in a block, biases and norms included.",
            knobs={"singles": 0},
        ),
        Mistake(
            "no_final_norm",
            "the count is too small by 2C",
            "the last norm, ln_f, is missing",
            "What stands between the last block and the output table?",
            knobs={"final": 0},
        ),
        Mistake(
            "half_final_norm",
            "the count is too small by C",
            "the last norm is counted with its gain only",
            "LayerNorm has a gain and a bias. How many numbers are these?",
            knobs={"final": 1},
        ),
        Mistake(
            "no_norms",
            "no norm is counted",
            "neither the blocks' norms nor the last one are counted",
            "Norms learn too: a gain and a bias for each feature.",
            knobs={"singles": 9, "final": 0},
        ),
        Mistake(
            "norms_without_bias",
            "the count is too small by 2C for each layer, and by C at the end",
            "each norm is counted with its gain only",
            "LayerNorm has a gain and a bias. How many numbers are these?",
            knobs={"singles": 11, "final": 1},
        ),
        Mistake(
            "final_norm_in_each",
            "the count is too large by 2C for all layers but one",
            "ln_f is counted in every block, perhaps inside the loop or bracket",
            "How many norms come after the last block?",
            knobs={"layers": "final too"},
        ),
        Mistake(
            "no_output_matrix",
            "the count is too small by C² + C for each layer",
            "attention's c_proj is missing",
            "What mixes the heads' results?",
            knobs={"squares": 11, "singles": 12},
        ),
        Mistake(
            "no_output_weights",
            "the count is too small by C² for each layer",
            "the matrix of attention's c_proj is missing",
            "What mixes the heads' results?",
            knobs={"squares": 11},
        ),
        Mistake(
            "one_of_three",
            "the count is too small by 2C² + 2C for each layer",
            "c_attn is counted once, but it holds three matrices: for queries, keys and values",
            "How wide is what c_attn gives?",
            knobs={"squares": 10, "singles": 11},
        ),
        Mistake(
            "one_of_three_weights",
            "the count is too small by 2C² for each layer",
            "the matrix of c_attn is counted as C · C; it holds queries, keys and values",
            "How wide is what c_attn gives?",
            knobs={"squares": 10},
        ),
        Mistake(
            "half_an_mlp",
            "the count is too small by 4C² + C for each layer",
            "the MLP's c_proj is missing",
            "Widen, bend, narrow: how many matrices?",
            knobs={"squares": 8, "singles": 12},
        ),
        Mistake(
            "half_an_mlp_weights",
            "the count is too small by 4C² for each layer",
            "one of the MLP's two matrices is missing",
            "Widen, bend, narrow: how many matrices?",
            knobs={"squares": 8},
        ),
        Mistake(
            "narrow_mlp",
            "the count is too small by 6C² + 3C for each layer",
            "the MLP is counted as C wide; inside it is 4C wide",
            "How wide is what c_fc gives?",
            knobs={"squares": 6, "singles": 10},
        ),
        Mistake(
            "no_mlp",
            "the count is too small by 8C² + 5C for each layer",
            "the MLP is missing",
            "Which parts does a block have beside attention?",
            knobs={"squares": 4, "singles": 8},
        ),
        Mistake(
            "masks_counted",
            "the count is too large by block_size² for each layer",
            "the causal masks are counted, which nobody learns",
            "Does training change a mask?",
            knobs={"layers": "masks too"},
        ),
        Mistake(
            "one_layer",
            "n_layer has no effect",
            "only one block is counted",
            "Which of the arguments does your code never mention?",
            knobs={"layers": "one"},
        ),
        Mistake(
            "tables_in_each",
            "the count is many times too large",
            "everything is multiplied by n_layer, the tables and the last norm too",
            "A bracket is in the wrong place: what is there in every layer?",
            knobs={"layers": "of everything"},
        ),
        Mistake(
            "head_bias",
            "the count is too large by V",
            "the output has a bias, in your count; GPT-2's has none",
            "The output is the token table, and nothing else.",
            knobs={"tables": "head bias"},
        ),
    ),
)

EXERCISES = (COUNT,)

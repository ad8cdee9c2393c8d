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
            "no_biases",
            "the count is too small by 9C for each layer",
            "the biases of the linear layers are missing",
            "What belongs to a linear layer beside its matrix?",
            knobs={"attn_bias": 0, "mlp_bias": 0},
        ),
        Mistake(
            "four_rows_too_few",
            "the count is too small by 4C for each layer",
            "either the blocks' two norms (2C each) or the biases of attention (3C for c_attn, C "
            "for c_proj) are missing",
            "Write down everything that learns in a block, biases and norms included.",
            knobs={"attn_bias": 0},
        ),
        Mistake(
            "no_mlp_biases",
            "the count is too small by 5C for each layer",
            "the biases of the MLP are missing",
            "What belongs to a linear layer beside its matrix?",
            knobs={"mlp_bias": 0},
        ),
        Mistake(
            "narrow_mlp_bias",
            "the count is too small by 3C for each layer",
            "the first bias of the MLP is counted as C wide; it is as wide as what c_fc gives",
            "A layer has one bias for each of its outputs. How many are there?",
            knobs={"mlp_bias": 2},
        ),
        Mistake(
            "no_final_norm",
            "the count is too small by 2C",
            "the last norm, ln_f, is missing",
            "What stands between the last block and the output table?",
            knobs={"final": 0},
        ),
        Mistake(
            "no_norms",
            "no norm is counted",
            "neither the blocks' norms nor the last one are counted",
            "Norms learn too: a gain and a bias for each feature.",
            knobs={"norms": 0, "final": 0},
        ),
        Mistake(
            "norms_without_bias",
            "the count is too small by 2C for each layer, and by C at the end",
            "each norm is counted with its gain only",
            "LayerNorm has a gain and a bias. How many numbers are these?",
            knobs={"norms": 2, "final": 1},
        ),
        Mistake(
            "one_norm_a_block",
            "the count is too small by 2C for each layer",
            "only one norm is counted for each block",
            "How many branches of a block read a normalised x?",
            knobs={"norms": 2},
        ),
        Mistake(
            "no_output_matrix",
            "the count is too small by C² + C for each layer",
            "attention's c_proj is missing",
            "What mixes the heads' results?",
            knobs={"attn": 3, "attn_bias": 3},
        ),
        Mistake(
            "one_layer",
            "n_layer has no effect",
            "only one block is counted",
            "Which of the arguments does your code never mention?",
            knobs={"layers": "one"},
        ),
    ),
)

EXERCISES = (COUNT,)

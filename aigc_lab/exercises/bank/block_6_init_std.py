"""Notebook 05: how GPT-2's parameters start."""

from __future__ import annotations

import math

from aigc_lab.exercises.bank.block_6_init_std_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


def init_std(name: str, n_layer: int) -> float:
    """The standard deviation of a parameter at the start, by its name (layers.init_weights)."""
    if name.endswith("bias") or "ln_" in name:
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if name.endswith("c_proj.weight") else 0.02


def _probes() -> list[Probe]:
    return [
        probe("h.3.attn.c_proj.weight, 8 layers", "h.3.attn.c_proj.weight", 8, tolerance=1e-7),
        probe("h.0.mlp.c_proj.weight, 12 layers", "h.0.mlp.c_proj.weight", 12, tolerance=1e-7),
        probe("h.40.mlp.c_proj.weight, 48 layers", "h.40.mlp.c_proj.weight", 48, tolerance=1e-7),
        probe("h.0.attn.c_proj.weight, 1 layer", "h.0.attn.c_proj.weight", 1, tolerance=1e-7),
        probe("h.5.attn.c_attn.weight, 12 layers", "h.5.attn.c_attn.weight", 12, tolerance=1e-7),
        probe("h.2.mlp.c_fc.weight, 3 layers", "h.2.mlp.c_fc.weight", 3, tolerance=1e-7),
        probe("wte.weight, 12 layers", "wte.weight", 12, tolerance=1e-7),
        probe("wpe.weight, 12 layers", "wpe.weight", 12, tolerance=1e-7),
        probe("h.1.attn.c_proj.bias, 3 layers", "h.1.attn.c_proj.bias", 3, tolerance=1e-7),
        probe("h.7.mlp.c_fc.bias, 12 layers", "h.7.mlp.c_fc.bias", 12, tolerance=1e-7),
        probe("h.4.ln_1.weight, 12 layers", "h.4.ln_1.weight", 12, tolerance=1e-7),
        probe("h.4.ln_2.bias, 12 layers", "h.4.ln_2.bias", 12, tolerance=1e-7),
        probe("ln_f.weight, 12 layers", "ln_f.weight", 12, tolerance=1e-7),
    ]


INIT_STD = Exercise(
    name="init_std",
    notebook="05_gpt_block",
    title="How GPT-2 starts",
    points=1,
    reference=init_std,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Sort the names into three groups: those that start at a constant, those whose answers "
        "are added to the residual stream, and all others.",
        "A name that ends in bias, or belongs to a norm (ln_1, ln_2, ln_f), has deviation 0. A "
        "name that ends in c_proj.weight has 0.02 divided by the root of 2 · n_layer. All others "
        "have 0.02.",
        'Ask first: if name.endswith("bias") or "ln_" in name: 0.0. Then name.endswith('
        '"c_proj.weight"): 0.02 / math.sqrt(2 * n_layer).',
    ),
    mistakes=(
        Mistake(
            "never_quieter",
            "all matrices start alike",
            "c_proj never gets its smaller deviation; perhaps the test never comes out True, as "
            "the names end in .weight",
            "Print name for a c_proj. How does it end?",
            knobs={"quieter": "none"},
        ),
        Mistake(
            "attention_only",
            "the MLP's c_proj starts too loud",
            "only attention's c_proj gets the smaller deviation",
            "How many branches of each block are added to the residual stream?",
            knobs={"quieter": "attn.c_proj"},
        ),
        Mistake(
            "mlp_only",
            "attention's c_proj starts too loud",
            "only the MLP's c_proj gets the smaller deviation",
            "How many branches of each block are added to the residual stream?",
            knobs={"quieter": "mlp.c_proj"},
        ),
        Mistake(
            "every_matrix",
            "c_attn and c_fc start too quiet",
            "every matrix of the blocks gets the smaller deviation",
            "Whose answers are added to the residual stream? Only those must be quieter.",
            knobs={"quieter": "h."},
        ),
        Mistake(
            "everything",
            "the tables and c_attn and c_fc start too quiet",
            "every matrix gets the smaller deviation",
            "Whose answers are added to the residual stream? Only those must be quieter.",
            knobs={"quieter": ""},
        ),
        Mistake(
            "one_a_layer",
            "c_proj starts too loud by √2",
            "you divide by √L; each of the L blocks adds to the stream twice",
            "How many additions does the stream see on its way through L blocks?",
            knobs={"divide": "root of L"},
        ),
        Mistake(
            "no_root",
            "c_proj starts much too quiet",
            "you divide by 2L, without the root",
            "The variances of independent numbers add up. What does that do to the deviation?",
            knobs={"divide": "2L"},
        ),
        Mistake(
            "root_of_l_only",
            "c_proj starts too quiet by √2",
            "the root covers only the L: you divide by 2√L",
            "√(2L): what stands inside the bracket?",
            knobs={"divide": "2 root of L"},
        ),
        Mistake(
            "root_of_two_only",
            "in deep models c_proj starts much too quiet",
            "the root covers only the 2: you divide by √2 · L",
            "√(2L): what stands inside the bracket?",
            knobs={"divide": "root of 2, times L"},
        ),
        Mistake(
            "precedence",
            "c_proj starts louder, and the more so the deeper the model",
            "0.02 / √2 · L multiplies by L: what stands after a division is not below the line",
            "2 and L stand under the root together, and that in one bracket.",
            knobs={"divide": "root of 2, and times L"},
        ),
        Mistake(
            "root_of_half",
            "c_proj starts twice too loud",
            "you divide by √(L/2)",
            "How many additions does the stream see on its way through L blocks?",
            knobs={"divide": "root of half"},
        ),
        Mistake(
            "own_layer",
            "c_proj gets quieter from block to block",
            "you divide by the root of the block's own number, not of the number of blocks",
            "The 3 in h.3 names the block. What is n_layer?",
            knobs={"divide": "own layer"},
        ),
        Mistake(
            "twelve_layers",
            "models of another depth than 12 get the deviation of GPT-2 small",
            "the number of layers is written as 12",
            "Which of the arguments does your code never mention?",
            knobs={"divide": "root of 24"},
        ),
        Mistake(
            "no_layers",
            "the depth of the model has no effect",
            "you divide by √2 only",
            "Which of the arguments does your code never mention?",
            knobs={"divide": "root of 2"},
        ),
        Mistake(
            "multiplied",
            "c_proj starts louder, and the more so the deeper the model",
            "you multiply by √(2L) instead of dividing",
            "Should more additions make each of them louder or quieter?",
            knobs={"divide": "times"},
        ),
        Mistake(
            "biases",
            "all biases start at random",
            "biases get 0.02, those of the norms too; GPT-2 starts all biases at 0",
            "What do names of biases have in common?",
            knobs={"biases": "all"},
        ),
        Mistake(
            "linear_biases",
            "the biases of the linear layers start at random",
            "biases beside a matrix get 0.02; GPT-2 starts all biases at 0",
            "What do names of biases have in common?",
            knobs={"biases": "linear"},
        ),
        Mistake(
            "biases_as_weights",
            "the biases of the linear layers start at random",
            "a bias gets what its matrix gets; GPT-2 starts all biases at 0",
            "What do names of biases have in common?",
            knobs={"biases": "as weights"},
        ),
        Mistake(
            "projection_biases",
            "the bias of c_proj starts at random",
            "the test for c_proj comes before the test for biases",
            "c_proj.bias contains c_proj too. Which question must be asked first?",
            knobs={"biases": "of c_proj"},
        ),
        Mistake(
            "only_c_proj",
            "biases, and the gains of the norms, start at random",
            "everything but c_proj gets 0.02, and the bias of c_proj gets what its matrix gets",
            "Which parameters start as constants? How large is the deviation of a constant?",
            knobs={"biases": "all as weights", "gains": 0.02},
        ),
        Mistake(
            "gains",
            "the gains of the norms start at random",
            "gains of norms get 0.02; they all start at exactly 1",
            "What is the deviation of numbers that are all the same?",
            knobs={"gains": 0.02},
        ),
        Mistake(
            "gain_value",
            "the gains of the norms have a deviation of 1",
            "1 is the value that gains start with, not their deviation",
            "What is the deviation of numbers that are all the same?",
            knobs={"gains": 1.0},
        ),
        Mistake(
            "inner_gains",
            "the gains of ln_1 and ln_2 start at random",
            "the test for norms finds ln_f, but not h.4.ln_1",
            "How does a name begin that belongs to a block?",
            knobs={"gains": "inner"},
        ),
        Mistake(
            "final_gain",
            "the gain of ln_f starts at random",
            "the test for norms finds ln_1 and ln_2, but not ln_f",
            "How many norms come after the last block?",
            knobs={"gains": "final"},
        ),
        Mistake(
            "positions",
            "the table of positions starts too quiet",
            "wpe gets 0.01 (as in OpenAI's first GPT-2 code, but not in this course)",
            "Both tables start alike here.",
            knobs={"tables": "wpe"},
        ),
        Mistake(
            "tables",
            "the tables start too loud",
            "the tables get a deviation of 1, which is what PyTorch gives them by itself",
            "Both tables start as the matrices do.",
            knobs={"tables": "all"},
        ),
        Mistake(
            "variance",
            "every deviation is its own square",
            "you return the variance; the deviation is asked for",
            "Which of the two is 0.02?",
            knobs={"squared": True},
        ),
    ),
)

EXERCISES = (INIT_STD,)

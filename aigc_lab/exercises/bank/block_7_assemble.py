"""Notebook 05: the whole model from its parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.block_5_block import block, parts
from aigc_lab.exercises.bank.block_7_assemble_ends import ENDS
from aigc_lab.exercises.bank.block_7_assemble_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model import reference


def assemble(
    ids: ndarray, wte: ndarray, wpe: ndarray, blocks: Sequence[Function], ln_f: Function
) -> ndarray:
    """Tokens and positions, the blocks one after the other, the last norm, and the table again."""
    x = wte[ids] + wpe[: len(ids)]
    for each in blocks:
        x = each(x)
    return ln_f(x) @ wte.T


def _probes() -> list[Probe]:
    random = np.random.default_rng(7)

    def layer(width: int, seed: int) -> Function:
        functions = parts(width, seed)
        return lambda x: block(x, *functions)

    def case(length: int, vocabulary: int, block_size: int, width: int, depth: int) -> tuple:
        gain, bias = random.normal(size=(2, width))
        return (
            random.integers(min(vocabulary, block_size), size=length),
            random.normal(size=(vocabulary, width)),
            random.normal(size=(block_size, width)),
            [layer(width, 10 * width + at) for at in range(depth)],
            lambda x: reference.layer_norm(x, gain, bias),
        )

    return [
        probe("3 tokens, V = 11, C = 5, 2 blocks", *case(3, 11, 7, 5, 2)),
        probe("as many tokens as positions, 3 blocks", *case(5, 13, 5, 7, 3)),
        probe("a single token, 1 block", *case(1, 7, 3, 5, 1)),
        probe("V = C = 5, 4 tokens, 2 blocks", *case(4, 5, 4, 5, 2)),
    ]


def _causal(function: Function) -> str | None:
    ids, *rest = _probes()[0].args
    other = np.append(ids[:-1], (ids[-1] + 1) % 7)
    one, two = np.asarray(function(ids, *rest)), np.asarray(function(other, *rest))
    if one.shape == two.shape == (3, 11) and not np.allclose(one[:2], two[:2]):
        return "when the last token changes, so do the logits of earlier ones"
    return None


ASSEMBLE = Exercise(
    name="assemble",
    notebook="05_gpt_block",
    title="Assemble a GPT",
    points=2,
    reference=assemble,
    probes=_probes,
    flawed=flawed,
    laws=(Law("causal", _causal),),
    hints=(
        "Follow one token through the model: where does its first vector come from, what happens "
        "to it on the way, and what is it compared with at the end?",
        "Rows of wte for the ids, plus the first T rows of wpe; through each block in turn, the "
        "next one reading what the last one gave; through ln_f; times the turned wte.",
        "x = wte[ids] + wpe[:len(ids)] starts the stream. In a loop, x = block(x). At the end "
        "ln_f(x) @ wte.T gives (T, V).",
    ),
    mistakes=(
        Mistake(
            "no_positions",
            "the same token gets the same vector, wherever it stands",
            "wpe is not used",
            "Which of the arguments does your code never mention?",
            knobs={"positions": "none"},
        ),
        Mistake(
            "positions_by_id",
            "the same token gets the same vector, wherever it stands",
            "the table of positions is looked up by ids, not by places",
            "The third token stands at place 2, whatever its id. Which rows of wpe are needed?",
            knobs={"positions": "by id"},
        ),
        Mistake(
            "one_position",
            "the same token gets the same vector, wherever it stands",
            "every token gets row 0 of wpe",
            "Which row belongs to the token at place 2?",
            knobs={"positions": "first"},
        ),
        Mistake(
            "position_of_the_end",
            "all tokens get the same position",
            "every token gets row T of wpe",
            "wpe[T] is one row. How are the rows from 0 to T - 1 written?",
            knobs={"positions": "end"},
        ),
        Mistake(
            "last_positions",
            "a short text is placed at the end of the table",
            "the last T rows of wpe are taken instead of the first",
            "Which row belongs to the token at place 0?",
            knobs={"positions": "last"},
        ),
        Mistake(
            "whole_table",
            "a text of full length is right, a shorter one stops with an error",
            "the whole of wpe is added, though the text has only T tokens",
            "How many rows of wpe does a text of T tokens need?",
            knobs={"positions": "whole"},
        ),
        Mistake(
            "multiplied",
            "tokens and positions are multiplied",
            "the vectors of tokens and positions are multiplied, not added",
            "How do they come together, in notebook 04?",
            knobs={"positions": "multiplied"},
        ),
        Mistake(
            "scaled",
            "the tokens count far more than their positions",
            "the tokens' vectors are multiplied by √C, as in the Transformer of 2017, but not in "
            "GPT-2",
            "The formula has nothing in front of the table of tokens.",
            knobs={"start": "scaled"},
        ),
        Mistake(
            "positions_again",
            "the positions are added again and again",
            "wpe is added before every block, perhaps inside the loop",
            "The stream forgets nothing. How often must it be told the positions?",
            knobs={"feed": "positions again"},
        ),
        Mistake(
            "no_tokens",
            "the same place gets the same vector, whatever the token",
            "wte is not used at the beginning",
            "Where do the ids go?",
            knobs={"positions": "only"},
        ),
        Mistake(
            "all_fed_the_embedding",
            "only the last block counts",
            "every block reads the embeddings, and its answer replaces the one before",
            "What should block 1 read: what block 0 read, or what block 0 gave?",
            knobs={"feed": "embedding"},
        ),
        Mistake(
            "first_block_only",
            "only the first block counts",
            "the loop ends after its first turn, perhaps with a return inside it",
            "How far to the right does your return stand?",
            knobs={"feed": "first only"},
        ),
        Mistake(
            "last_left_out",
            "the last block has no effect",
            "the loop ends before the last block",
            "How many turns does your loop make for two blocks?",
            knobs={"feed": "without the last"},
        ),
        Mistake(
            "no_blocks",
            "the blocks have no effect",
            "the blocks are not used, or their answers are not kept",
            "A block returns the new stream. Where does it go?",
            knobs={"feed": "none"},
        ),
        Mistake(
            "reversed",
            "the last block comes first",
            "the blocks are used in reversed order",
            "Which block reads the embeddings?",
            knobs={"feed": "reversed"},
        ),
        Mistake(
            "added_again",
            "the stream is twice as strong after each block",
            "x is added to a block's answer, which has it already",
            "Where did you add the branches to the stream? Once is enough.",
            knobs={"feed": "added"},
        ),
        Mistake(
            "start_added",
            "the embeddings are added to the stream after each block",
            "each block's answer is added to the embeddings, though the stream holds them already",
            "What should the next block read: what the last one gave, or something else?",
            knobs={"feed": "start added"},
        ),
        Mistake(
            "summed",
            "the blocks do not hear of each other",
            "every block reads the embeddings, and their answers are added up",
            "What should block 1 read: what block 0 read, or what block 0 gave?",
            knobs={"feed": "summed"},
        ),
        Mistake(
            "first_repeated",
            "only the first block counts, but many times",
            "the same block is used in every turn of the loop",
            "Which block is it, in the second turn?",
            knobs={"feed": "first repeated"},
        ),
        Mistake(
            "no_final_norm",
            "the logits grow with the stream",
            "ln_f is not used",
            "Which of the arguments does your code never mention?",
            knobs={"norm": "none"},
        ),
        Mistake(
            "norm_first",
            "the last thing before the table is a block, not a norm",
            "ln_f comes before the blocks",
            "The f stands for final.",
            knobs={"norm": "first"},
        ),
        Mistake(
            "norm_each",
            "the stream is normalised again and again",
            "ln_f is applied after every block, perhaps inside the loop",
            "The f stands for final. How often does it come?",
            knobs={"norm": "each"},
        ),
        Mistake(
            "norm_each_and_last",
            "the stream is normalised again and again",
            "ln_f is applied after every block, and at the end once more",
            "The f stands for final. How often does it come?",
            knobs={"norm": "each and last"},
        ),
        *ENDS,
    ),
)

EXERCISES = (ASSEMBLE,)

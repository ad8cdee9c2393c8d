"""Exercises of notebook 01: which rows of the embedding table learn from a text."""

from __future__ import annotations

from typing import Any

import numpy as np

from aigc_lab.exercises.bank.tokens import NOTEBOOK
from aigc_lab.exercises.definition import Exercise, Law, Mistake, probe


def embedding_gradient(ids: np.ndarray, upstream: np.ndarray, vocab_size: int) -> np.ndarray:
    """What PyTorch's autograd says. Shapes: ids (B, T); upstream (B, T, C); returns (V, C)."""
    import torch

    table = torch.zeros(vocab_size, upstream.shape[-1], dtype=torch.float64, requires_grad=True)
    vectors = torch.nn.functional.embedding(torch.from_numpy(ids), table)  # (B, T, C)
    vectors.backward(torch.from_numpy(upstream).double())
    return table.grad.numpy()


def flawed_gradient(
    ids: np.ndarray,
    upstream: np.ndarray,
    vocab_size: int,
    *,
    repeated: str = "add",
    share: str = "one",
    sign: int = 1,
    rows: str = "all",
) -> np.ndarray:
    """`embedding_gradient` with its knobs."""
    if rows == "first text":
        ids, upstream = ids[:1], upstream[:1]
    flat, arrived = ids.reshape(-1), upstream.reshape(ids.size, -1)  # (B*T,), (B*T, C)
    table = np.zeros((vocab_size, arrived.shape[1]))
    if repeated == "last":
        table[flat] = arrived
    else:
        np.add.at(table, flat, arrived)
    if repeated == "mean":
        table /= np.maximum(np.bincount(flat, minlength=vocab_size), 1)[:, None]
    table /= {"one": 1, "mean": ids.size, "length": ids.shape[1], "texts": len(ids)}[share]
    return sign * (table[np.unique(flat)] if rows == "used" else table)


def row_by_row(ids: np.ndarray, upstream: np.ndarray, vocab_size: int) -> np.ndarray:
    """Adds text by text, each with one += that forgets repeated tokens."""
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for row, arrived in zip(ids, upstream, strict=True):
        table[row] += arrived
    return table


def everywhere(ids: np.ndarray, upstream: np.ndarray, vocab_size: int) -> np.ndarray:
    """Every row gets everything."""
    total = upstream.sum(axis=(0, 1))  # (C,)
    return np.tile(total, (vocab_size, 1))


def counts_only(ids: np.ndarray, upstream: np.ndarray, vocab_size: int) -> np.ndarray:
    """How often each token was used, in every column."""
    used = np.bincount(ids.reshape(-1), minlength=vocab_size)
    return np.repeat(used[:, None], upstream.shape[-1], axis=1).astype(float)


def by_position(ids: np.ndarray, upstream: np.ndarray, vocab_size: int) -> np.ndarray:
    """Position t goes to row t, whatever token stands there."""
    table = np.zeros((vocab_size, upstream.shape[-1]))
    table[: ids.shape[1]] = upstream.sum(axis=0)
    return table


def other_rows_learn(function: Any) -> str | None:
    """The law: a token that is not there gets no gradient."""
    table = np.asarray(function(np.array([[1, 3, 1]]), np.ones((1, 3, 2)), 5))
    stray = [row for row in (0, 2, 4) if table.shape == (5, 2) and table[row].any()]
    return f"row {stray[0]} learns, though token {stray[0]} is not in the text" if stray else None


def _probe(label: str, ids: list[list[int]], width: int, vocab_size: int) -> Any:
    places = np.array(ids)
    upstream = np.random.default_rng(vocab_size).normal(size=(*places.shape, width))
    return probe(label, places, upstream, vocab_size)


EMBEDDING_GRADIENT = Exercise(
    name="embedding_gradient",
    notebook=NOTEBOOK,
    title="Which rows learn",
    points=3,
    reference=embedding_gradient,
    probes=lambda: [
        _probe("three different tokens", [[4, 0, 2]], 2, 5),
        _probe("one token twice", [[3, 1, 3, 6, 0]], 2, 7),
        _probe("two texts that share tokens", [[5, 2, 5], [2, 10, 2]], 5, 11),
        _probe("one token only, seven times", [[1] * 7], 3, 13),
        probe(
            "single precision",
            np.array([[0, 2, 2]]),
            np.array([[[1, 2], [3, 4], [5, 6]]], dtype=np.float32),
            3,
        ),
    ],
    hints=(
        "Begin with a table of zeros. Every position has one row of `upstream`: to which row of "
        "the table does it belong, and what if two positions belong to the same?",
        "Two ways. A loop over all positions (b, t) that adds `upstream[b, t]` to the row "
        "`ids[b, t]`. Or the one-hot matrix, transposed, times `upstream`, both made flat: "
        "$X^T G$.",
        "`table = np.zeros((vocab_size, upstream.shape[-1]))`; then for every b and t "
        "`table[ids[b, t]] += upstream[b, t]`. (In one line: `np.add.at(table, ids, upstream)`. "
        "`table[ids] += upstream` is not the same.)",
    ),
    flawed=flawed_gradient,
    mistakes=(
        Mistake(
            "overwritten",
            "a token that comes twice keeps only the gradient of its last place",
            "later places replace earlier ones: so does =, and so does `table[ids] += …`, which "
            "NumPy carries out once for each row",
            "The row was used at several places, and all of them pull at it. Add them up.",
            knobs={"repeated": "last"},
        ),
        Mistake(
            "overwritten_in_a_text",
            "a token that comes twice in one text keeps only its last place there",
            "`table[ids[b]] += …` adds once for each row, however often it is named",
            "Adding text by text is not enough: go through the positions, too.",
            wrong=row_by_row,
        ),
        Mistake(
            "averaged",
            "a token that comes n times gets one n-th of its gradient",
            "you average over a token's places",
            "The loss depends on the row through each of its places: the chain rule adds.",
            knobs={"repeated": "mean"},
        ),
        Mistake(
            "divided",
            "every number is divided by how many positions there are",
            "you average over all positions",
            "`upstream` is the gradient that arrives; a mean in the loss has divided it already.",
            knobs={"share": "mean"},
        ),
        Mistake(
            "divided_by_length",
            "every number is divided by how many positions a text has",
            "you average over the positions of a text",
            "`upstream` is the gradient that arrives; a mean in the loss has divided it already.",
            knobs={"share": "length"},
        ),
        Mistake(
            "divided_by_texts",
            "every number is divided by how many texts there are",
            "you average over the texts of the batch",
            "`upstream` is the gradient that arrives; a mean in the loss has divided it already.",
            knobs={"share": "texts"},
        ),
        Mistake(
            "minus",
            "every number has the wrong sign",
            "you give the step that training makes, which goes against the gradient",
            "Only the gradient itself is asked for.",
            knobs={"sign": -1},
        ),
        Mistake(
            "used_rows_only",
            "the table has fewer rows than the vocabulary",
            "you leave out the rows that were not used",
            "The gradient has the shape of the table. What stands in the other rows?",
            knobs={"rows": "used"},
        ),
        Mistake(
            "first_text",
            "only the first text of the batch counts",
            "you take `ids[0]` and leave the other rows of the batch out",
            "ids has shape (B, T). Go through both.",
            knobs={"rows": "first text"},
        ),
        Mistake(
            "table_for_each_text",
            "the result has an axis too many, one table for each text",
            "you keep the batch's axis",
            "All texts of the batch use the same table. Add up over B as well as over T.",
            wrong=lambda ids, upstream, vocab_size: (
                np.eye(vocab_size)[ids].transpose(0, 2, 1) @ upstream  # (B, V, T) @ (B, T, C)
            ),
        ),
        Mistake(
            "everywhere",
            "every row gets the same gradient, also tokens that were never used",
            "you add up all of `upstream` and give it to the whole table",
            "A row that nobody looked up has no part in the loss.",
            wrong=everywhere,
        ),
        Mistake(
            "counts",
            "each number is how often the token was used",
            "you count tokens, and `upstream` never enters",
            "Each place pulls in its own direction: which vector belongs to it?",
            wrong=counts_only,
        ),
        Mistake(
            "by_position",
            "row t gets the gradient of position t",
            "you use the position as the row's number, and the ids never enter",
            "Which row was looked up at position t?",
            wrong=by_position,
        ),
        Mistake(
            "transposed",
            "rows and columns are exchanged",
            "you build the table as (C, V)",
            "One row for each token of the vocabulary, one column for each number of its vector.",
            wrong=lambda ids, upstream, vocab_size: flawed_gradient(ids, upstream, vocab_size).T,
        ),
    ),
    laws=(Law("only used rows learn", other_rows_learn),),
)

EXERCISES = (EMBEDDING_GRADIENT,)

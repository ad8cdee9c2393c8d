"""Notebook 03: the features of each token, shared out among heads."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def split_heads(x: ndarray, n_head: int) -> ndarray:
    """H slices of C/H features each, stacked as an axis in front of T."""
    return np.stack(np.split(x, n_head, axis=-1), axis=-3)


def flawed(
    x: ndarray,
    n_head: int,
    *,
    cut: str = "blocks",
    move: str = "heads first",
    axes: str = "any",
) -> ndarray | list[ndarray]:
    """The split with what can go wrong."""
    *front, length, width = x.shape
    if axes == "two":
        _, _ = x.shape
    if axes == "three":
        _, _, _ = x.shape
    size = width // n_head
    if axes in COUNTED:
        return COUNTED[axes](x, n_head, size)
    if cut == "view":
        return x.reshape(*front, n_head, length, size)
    if cut == "strided":
        heads = np.swapaxes(x.reshape(*front, length, size, n_head), -1, -2)
    elif cut == "by count":
        heads = x.reshape(*front, length, size, n_head)
    else:
        heads = x.reshape(*front, length, n_head, size)
    if move == "none":
        return heads
    if move == "front axes":
        return np.swapaxes(heads, 0, 1)
    if move in ("last two", "axes 1 and 2"):
        return np.swapaxes(heads, *((-1, -2) if move == "last two" else (1, 2)))
    if move in ("to the front", "list"):
        moved = np.moveaxis(heads, -2, 0)
        return list(moved) if move == "list" else moved
    heads = np.swapaxes(heads, -2, -3)
    return np.swapaxes(heads, -1, -2) if move == "twice" else heads


# Right for one number of axes only, and counted or glued otherwise.
COUNTED: dict[str, Function] = {
    "text": lambda x, h, d: x.reshape(*x.shape[:-1], h, d).transpose(1, 0, 2),
    "batch": lambda x, h, d: x.reshape(*x.shape[:-1], h, d).transpose(0, 2, 1, 3),
    "glued": lambda x, h, d: x.reshape(-1, h, d).swapaxes(0, 1),
    "len": lambda x, h, d: x.reshape(len(x), h, -1).swapaxes(0, 1),
    "float": lambda x, h, d: x.reshape(*x.shape[:-1], h, x.shape[-1] / h),
    "flat": lambda x, h, d: x.reshape(-1, x.shape[-2], h, d).swapaxes(1, 2),
}


def _numbered(*shape: int) -> ndarray:
    """Numbers that tell where they come from: text, token and feature."""
    *front, length, width = shape
    numbers = 10.0 * np.arange(length)[:, None] + np.arange(width)
    texts = 1000.0 * np.arange(int(np.prod(front, dtype=int)))
    return (texts[:, None, None] + numbers).reshape(shape)


def _probes() -> list[Probe]:
    return [
        probe("one text of 5 tokens, 6 features, 2 heads", _numbered(5, 6), 2),
        probe("3 texts of 7 tokens, 10 features, 5 heads", _numbered(3, 7, 10), 5),
        probe("7 texts of 5 tokens, 6 features, 3 heads", _numbered(7, 5, 6), 3),
        probe("one head", _numbered(2, 5, 3), 1),
        probe("texts in a 2 by 3 array", _numbered(2, 3, 5, 14), 7),
    ]


def _tokens(function: Function) -> str | None:
    heads = np.asarray(function(_numbered(5, 6), 2))
    if heads.shape != (2, 5, 3):
        return None
    for row, numbers in enumerate(heads[0]):
        found = sorted({int(number) // 10 for number in numbers})
        if found != [row]:
            tokens = " and ".join(map(str, found))
            return f"row {row} of head 0 is for token {row}, and holds numbers of token {tokens}"
    return None


HEADS = Exercise(
    name="split_heads",
    notebook="03_attention",
    title="Sharing out the features",
    points=1,
    reference=split_heads,
    probes=_probes,
    flawed=flawed,
    laws=(Law("tokens", _tokens),),
    hints=(
        "Think of one token first: its C numbers are cut into H pieces. Which reshape cuts only "
        "the last axis and leaves the tokens alone?",
        "Two steps: reshape (…, T, C) to (…, T, H, D), which cuts the last axis; then exchange the "
        "axes of T and H, counted from the end.",
        "After x.reshape(*x.shape[:-1], n_head, -1), the axes T and H are -3 and -2; np.swapaxes "
        "exchanges two axes.",
    ),
    mistakes=(
        Mistake(
            "view",
            "one row of a head holds numbers of several tokens",
            "you reshape straight to (…, H, T, D): reshape reads number after number, so the first "
            "tokens fill head 0 and the last tokens the last head",
            "A reshape may cut an axis in two, but never carry one axis past another. Which "
            "function does that?",
            knobs={"cut": "view"},
        ),
        Mistake(
            "not_moved",
            "the numbers are grouped rightly, but each token holds its heads",
            "the axes are still (…, T, H, D)",
            "For attention, each head should look like a text of its own: (T, D). What must move?",
            knobs={"move": "none"},
        ),
        Mistake(
            "strided",
            "head 0 gets features 0, H, 2H, … instead of the first D",
            "you cut the features into D groups of H, and took one of each",
            "Which axis comes first when features are cut: H or D?",
            knobs={"cut": "strided"},
        ),
        Mistake(
            "by_count",
            "there are D heads with H features each",
            "H and D have changed places in the reshape",
            "The argument is the number of heads. How long is the axis of heads in your result?",
            knobs={"cut": "by count"},
        ),
        Mistake(
            "moved_twice",
            "each head lies on its side, (D, T)",
            "one exchange of axes too many, or of the wrong two",
            "Say which axis each position holds after each step.",
            knobs={"move": "twice"},
        ),
        Mistake(
            "last_two",
            "T still stands in front, and H comes last",
            "you exchange the last two axes, H and D, and those of T and H should change places",
            "After the cut the axes are (…, T, H, D). Which two numbers, counted from the end, "
            "are those of T and H?",
            knobs={"move": "last two"},
        ),
        Mistake(
            "front_axes",
            "a single text is right, a batch is not",
            "you exchange axes 0 and 1, and in a batch axis 0 counts the texts",
            "Count axes from the end: T and H keep their places there.",
            knobs={"move": "front axes"},
        ),
        Mistake(
            "axes_1_and_2",
            "a batch is right, a single text is not",
            "you exchange axes 1 and 2, and in a single text those are H and D",
            "Count axes from the end: T and H keep their places there.",
            knobs={"move": "axes 1 and 2"},
        ),
        Mistake(
            "to_the_front",
            "a single text is right; in a batch the heads stand before the texts",
            "np.split and a plain stack put the axis of heads at the very front",
            "Stack along an axis counted from the end: H belongs right in front of T.",
            knobs={"move": "to the front"},
        ),
        Mistake(
            "list",
            "the heads come as a list, not as one array",
            "np.split cuts an array into a list of arrays",
            "Attention wants one array (…, H, T, D). What makes one array of several?",
            knobs={"move": "list"},
        ),
        Mistake(
            "two_axes",
            "a batch stops with an error",
            "`T, C = x.shape` allows no axes in front of T",
            "The last two sizes are x.shape[-2] and x.shape[-1], whatever stands in front.",
            knobs={"axes": "two"},
        ),
        Mistake(
            "three_axes",
            "a single text stops with an error",
            "`B, T, C = x.shape` insists on exactly one axis in front of T",
            "The last two sizes are x.shape[-2] and x.shape[-1], whatever stands in front.",
            knobs={"axes": "three"},
        ),
        Mistake(
            "transposed",
            "a single text is right, a batch stops with an error",
            "your axes are counted from the front: transpose(1, 0, 2) is made for one text",
            "np.swapaxes exchanges two axes and leaves the others alone. Count them from the end.",
            knobs={"axes": "text"},
        ),
        Mistake(
            "transposed_batch",
            "a batch is right, a single text stops with an error",
            "your axes are counted from the front: transpose(0, 2, 1, 3) is made for one batch",
            "np.swapaxes exchanges two axes and leaves the others alone. Count them from the end.",
            knobs={"axes": "batch"},
        ),
        Mistake(
            "glued",
            "a single text is right; a batch becomes one long text",
            "reshape(-1, …) glues all axes in front of the features together",
            "Which axes of x must still be there after the cut? x.shape[:-1] lists them.",
            knobs={"axes": "glued"},
        ),
        Mistake(
            "len",
            "a single text is right; in a batch each row holds numbers of several tokens",
            "len(x) is the length of the first axis, which in a batch counts texts, not tokens",
            "Which axes of x must still be there after the cut? x.shape[:-1] lists them.",
            knobs={"axes": "len"},
        ),
        Mistake(
            "float_size",
            "it stops with a TypeError",
            "`/` gives a float, even 3.0, and an axis has a whole number of places",
            "Which division gives whole numbers? (Or let reshape work it out, with -1.)",
            knobs={"axes": "float"},
        ),
        Mistake(
            "flat",
            "a batch is right; other inputs gain or lose axes in front",
            "reshape(-1, T, …) makes exactly one axis of whatever stands in front of T",
            "Which axes of x must still be there after the cut? x.shape[:-1] lists them.",
            knobs={"axes": "flat"},
        ),
    ),
)

EXERCISES = (HEADS,)

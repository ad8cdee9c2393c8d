"""Notebook 07: the memory that a cache of keys and values takes."""

from __future__ import annotations

from aigc_lab.exercises.definition import Exercise, Function, Mistake, Probe, probe


def cache_bytes(
    n_layer: int,
    n_kv_head: int,
    head_dim: int,
    length: int,
    batch_size: int,
    bytes_per_number: int,
) -> int:
    """Keys and values of every layer, head, position and row; what `KVCache` allocates."""
    numbers = n_layer * n_kv_head * head_dim * length * batch_size
    return 2 * numbers * bytes_per_number


def _changed(change: Function) -> Function:
    """The right size of a cache with other measures, or changed afterwards."""

    def wrong(
        n_layer: int,
        n_kv_head: int,
        head_dim: int,
        length: int,
        batch_size: int,
        bytes_per_number: int,
    ) -> float:
        sizes = (n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number)
        return cache_bytes(*sizes) * change(*sizes)

    return wrong


def _probes() -> list[Probe]:
    return [
        probe("a small one", 3, 5, 7, 11, 2, 4),
        probe("one layer, one head, half precision", 1, 1, 13, 17, 1, 2),
        probe("GPT-2 small, 1024 tokens", 12, 12, 64, 1024, 1, 4),
        probe("a large model with shared heads, 5 texts", 80, 8, 128, 8191, 5, 2),
    ]


BYTES = Exercise(
    name="cache_bytes",
    notebook="07_generation",
    title="How large is the cache?",
    points=1,
    reference=cache_bytes,
    probes=_probes,
    hints=(
        "What does one layer keep of one token? And how often is that kept?",
        "For each layer, head, position and row of the batch there are a key and a value of "
        "head_dim numbers each. Count the numbers, then their bytes.",
        "It is one product of seven factors: the six arguments, and one for keys and values.",
    ),
    mistakes=(
        Mistake(
            "one_of_two",
            "the number is half as large as it should be",
            "you count the keys or the values, and not both",
            "What two things does attention need of a past token?",
            wrong=_changed(lambda *sizes: 1 / 2),
        ),
        Mistake(
            "with_queries",
            "the number is one and a half times as large as it should be",
            "you count queries too",
            "Who still needs the query of a past token?",
            wrong=_changed(lambda *sizes: 3 / 2),
        ),
        Mistake(
            "no_layers",
            "deep models need no more than shallow ones",
            "the number of layers is missing",
            "Does the second layer attend to the keys of the first?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 1 / layers),
        ),
        Mistake(
            "no_heads",
            "the number of heads makes no difference",
            "the number of heads is missing",
            "How many keys of head_dim numbers does one layer keep of one token?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 1 / heads),
        ),
        Mistake(
            "no_head_dim",
            "the width of a head makes no difference",
            "head_dim is missing",
            "How many numbers are one key?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 1 / dim),
        ),
        Mistake(
            "no_length",
            "a long text needs no more than a short one",
            "the number of tokens is missing",
            "The cache keeps what was computed for *every* past token.",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 1 / length),
        ),
        Mistake(
            "no_batch",
            "several texts need no more than one",
            "the batch is missing",
            "Can two different texts share their keys?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 1 / batch),
        ),
        Mistake(
            "numbers",
            "you get the number of numbers",
            "you do not multiply by the bytes of a number",
            "How many bytes is one number in float32?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 1 / size),
        ),
        Mistake(
            "bits",
            "the number is 8 times too large",
            "you count bits",
            "`bytes_per_number` is in bytes already.",
            wrong=_changed(lambda *sizes: 8),
        ),
        Mistake(
            "bits_taken",
            "the number is 8 times too small",
            "you divide by 8, as if the size of a number came in bits",
            "`bytes_per_number` is in bytes already.",
            wrong=_changed(lambda *sizes: 1 / 8),
        ),
        Mistake(
            "squared",
            "twice the length takes four times the memory",
            "the length comes in twice",
            "The scores of attention have T times T numbers, but they are not kept. What is?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: length),
        ),
        Mistake(
            "kib",
            "the number is 1024 times too small",
            "you count kibibytes",
            "In which unit is the answer wanted?",
            wrong=_changed(lambda *sizes: 1 / 1024),
        ),
        Mistake(
            "mib",
            "the number is about a million times too small",
            "you count mebibytes (1024 · 1024 bytes)",
            "In which unit is the answer wanted?",
            wrong=_changed(lambda *sizes: 1 / 1024**2),
        ),
        Mistake(
            "megabytes",
            "the number is a million times too small",
            "you count megabytes",
            "In which unit is the answer wanted?",
            wrong=_changed(lambda *sizes: 1e-6),
        ),
        Mistake(
            "always_four",
            "it is right for numbers of 4 bytes only",
            "you count 4 bytes a number, whatever is given",
            "Which of the arguments does your code never mention?",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: 4 / size),
        ),
        Mistake(
            "gigabytes",
            "the number is a billion times too small",
            "you count gigabytes",
            "In which unit is the answer wanted?",
            wrong=_changed(lambda *sizes: 1e-9),
        ),
        Mistake(
            "gib",
            "the number is about a billion times too small",
            "you count gibibytes (1024 · 1024 · 1024 bytes)",
            "In which unit is the answer wanted?",
            wrong=_changed(lambda *sizes: 1 / 1024**3),
        ),
        Mistake(
            "two_twice",
            "the number is twice as large as it should be",
            "the factor 2 for keys and values comes in twice",
            "Where have you counted keys and values already?",
            wrong=_changed(lambda *sizes: 2),
        ),
        Mistake(
            "one_less",
            "one token is missing",
            "you count one token fewer than there are",
            "The newest token stores its key and value, too.",
            wrong=_changed(lambda layers, heads, dim, length, batch, size: (length - 1) / length),
        ),
        Mistake(
            "added",
            "the number is far too small",
            "you add the sizes up instead of multiplying them",
            "Three layers of five heads: how many heads are that?",
            wrong=lambda *sizes: 2 * sum(sizes[:5]) * sizes[5],
        ),
    ),
)

EXERCISES = (BYTES,)

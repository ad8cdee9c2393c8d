"""Notebook 09: what it costs to know nothing."""

from __future__ import annotations

import math

from aigc_lab.exercises.bank.gpt2_4_uniform_flawed import flawed
from aigc_lab.exercises.bank.gpt2_4_uniform_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model.loss import bits_per_byte


def uniform_bits_per_byte(vocab_size: int, tokens: int, bytes: int) -> float:
    """The package's bits per byte, of a model that gives every token the same probability."""
    return bits_per_byte(tokens * math.log(vocab_size), bytes)


def _probes() -> list[Probe]:
    def case(label: str, vocab_size: int, tokens: int, bytes: int) -> Probe:
        return probe(label, vocab_size, tokens, bytes, tolerance=1e-7)

    return [
        case("a vocabulary of 8, 6 tokens, 18 bytes", 8, 6, 18),
        case("a vocabulary of 2,048, 700 tokens, 2,310 bytes", 2048, 700, 2310),
        case("GPT-2's vocabulary, English: 1,000 tokens, 4,441 bytes", 50257, 1000, 4441),
        case("GPT-2's vocabulary, Chinese: 1,009 tokens, 1,500 bytes", 50257, 1009, 1500),
        case("a token for every byte: 256, 37, 37", 256, 37, 37),
        case("fewer bytes than tokens: a vocabulary of 11, 23 tokens, 13 bytes", 11, 23, 13),
        case("a single token of 7 bytes, a vocabulary of 97", 97, 1, 7),
    ]


def _doubling(function: Function) -> str | None:
    once, twice = (float(function(97, n, 2 * n)) for n in (50, 100))
    if math.isclose(once, twice, rel_tol=1e-6):
        return None
    return (
        "twice the text costs as much per byte as once the text; yours says "
        f"{once:.4g} and {twice:.4g}"
    )


UNIFORM = Exercise(
    name="uniform_bits_per_byte",
    notebook="09_pretrained_gpt2",
    title="What knowing nothing costs",
    points=1,
    reference=uniform_bits_per_byte,
    probes=_probes,
    flawed=flawed,
    hints=(
        "A uniform guess gives each token the probability 1 / vocab_size. How many bits does one "
        "token cost then?",
        "Each token costs log2(vocab_size) bits, whatever it is. Add up over all tokens, then "
        "share among all bytes.",
        "return tokens * math.log2(vocab_size) / bytes",
    ),
    mistakes=MISTAKES,
    laws=(Law("twice the text", _doubling),),
)

EXERCISES = (UNIFORM,)

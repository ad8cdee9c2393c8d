"""Notebook 02: bits per byte."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.model import loss

BIT = np.log(2.0)  # nats


def bits_per_byte_of_texts(losses: Sequence[ndarray], texts: Sequence[str]) -> float:
    """The bits that each byte of all texts together costs.

    Shapes: losses holds one array (N,) for each text: the nats of its tokens.
    """
    total = float(sum(each.sum() for each in losses))
    return loss.bits_per_byte(total, sum(len(text.encode()) for text in texts))


def flawed(
    losses: Sequence[ndarray],
    texts: Sequence[str],
    *,
    nats_in_a_bit: float = BIT,
    count: str = "bytes",
    add_up: str = "sums",
    means: bool = False,
) -> float:
    """`bits_per_byte_of_texts` with knobs for what goes wrong."""
    sizes = {
        "bytes": [len(text.encode()) for text in texts],
        "characters": [len(text) for text in texts],
        "words": [len(text.split()) for text in texts],
        "tokens": [len(each) for each in losses],
    }[count]
    nats = [each.sum() if add_up == "sums" else each.mean() for each in losses]
    if means:
        return float(np.mean(np.array(nats) / sizes)) / nats_in_a_bit
    return float(sum(nats)) / sum(sizes) / nats_in_a_bit


def mean_over_bytes(losses: Sequence[ndarray], texts: Sequence[str]) -> float:
    """The mean over all tokens, per byte."""
    return flawed(losses, texts) / sum(map(len, losses))


def probes() -> list[Probe]:
    """Texts in several alphabets and of very different lengths."""
    draw = np.random.default_rng(13)
    texts = [
        "Tom is here.",
        "今天天气很好。",
        "naïve café 🙂, and then a longer piece of English text.",
    ]
    losses = [draw.exponential(2.0, size=size) for size in (5, 11, 17)]
    return [
        probe("one English text of 12 bytes, 5 tokens", losses[:1], texts[:1]),
        probe("a Chinese text", losses[1:2], texts[1:2]),
        probe("three texts of very different lengths", losses, texts),
        probe("the same text twice", [losses[0], losses[2]], [texts[0]] * 2),
    ]


EXERCISES = (
    Exercise(
        name="bits_per_byte_of_texts",
        notebook="02_language_modelling",
        title="Bits per byte of several texts",
        points=2,
        reference=bits_per_byte_of_texts,
        probes=probes,
        hints=(
            "Think of one long text: what do all its tokens cost together, and how many bytes does "
            "it have?",
            "Add up the nats of all tokens of all texts, turn nats into bits (one bit is ln 2 "
            "nats), and divide by the bytes of all texts. `text.encode()` gives a text's bytes.",
            "nats = sum(each.sum() for each in losses)\n"
            "size = sum(len(text.encode()) for text in texts)\n"
            "…return the nats as bits, divided by the size",
        ),
        flawed=flawed,
        mistakes=(
            Mistake(
                "characters",
                symptom="it is right for plain English only",
                diagnosis="you divide by characters instead of bytes",
                hint="How many bytes has “好” in UTF-8?",
                knobs={"count": "characters"},
            ),
            Mistake(
                "tokens",
                symptom="it is the loss per token, in bits",
                diagnosis="you divide by the number of tokens instead of bytes",
                hint="The number of tokens depends on the tokenizer, and that is what should not "
                "matter here.",
                knobs={"count": "tokens"},
            ),
            Mistake(
                "words",
                symptom="the result depends on the spaces in the text",
                diagnosis="you divide by the number of words instead of bytes",
                hint="Where would a Chinese text have its spaces?",
                knobs={"count": "words"},
            ),
            Mistake(
                "mean of the texts",
                symptom="a short text counts as much as a long one",
                diagnosis="you work out each text by itself and take the mean of the results",
                hint="Every byte should count the same: add up first, divide once at the end.",
                knobs={"means": True},
            ),
            Mistake(
                "mean of the tokens",
                symptom="the result is far too small",
                diagnosis="you divide a mean loss per token by the bytes of the whole text",
                hint="A whole text costs the sum of its tokens' losses.",
                knobs={"add_up": "means"},
            ),
            Mistake(
                "mean of all tokens",
                symptom="the result is far too small",
                diagnosis="you divide the mean loss of all tokens by the bytes of all texts",
                hint="All texts together cost the sum of their tokens' losses.",
                wrong=mean_over_bytes,
            ),
            Mistake(
                "sum of the texts",
                symptom="the result grows with the number of texts",
                diagnosis="you work out each text by itself and add the results up",
                hint="Every byte should count the same: add up first, divide once at the end.",
                wrong=lambda losses, texts: flawed(losses, texts, means=True) * len(texts),
            ),
            Mistake(
                "first text",
                symptom="only the first text counts",
                diagnosis="you look at the first text, or return inside your loop",
                hint="When is everything added up?",
                wrong=lambda losses, texts: flawed(losses[:1], texts[:1]),
            ),
            Mistake(
                "last text",
                symptom="only the last text counts",
                diagnosis="each text's numbers replace those of the one before",
                hint="= forgets what was there. What adds to it?",
                wrong=lambda losses, texts: flawed(losses[-1:], texts[-1:]),
            ),
            Mistake(
                "nats",
                symptom="every number is 0.6931 times the right one",
                diagnosis="you leave the nats as they are",
                hint="A fair coin costs ln 2 nats, and one bit.",
                knobs={"nats_in_a_bit": 1.0},
            ),
            Mistake(
                "nats the wrong way",
                symptom="every number is less than half of the right one",
                diagnosis="you multiply by ln 2 where you should divide by it",
                hint="A bit is the smaller unit (0.69 nats), so there must be more bits than nats.",
                knobs={"nats_in_a_bit": 1 / BIT},
            ),
            Mistake(
                "eight",
                symptom="every number is an eighth of the right one",
                diagnosis="you divide by 8 as well, the number of bits in a byte",
                hint="What is asked is how many bits each byte costs: an unpredictable byte costs "
                "8.",
                knobs={"nats_in_a_bit": 8 * BIT},
            ),
        ),
    ),
)

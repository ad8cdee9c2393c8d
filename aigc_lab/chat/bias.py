"""Bias: planted in the training texts, taken up by the model, and found again by counting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from aigc_lab.chat.applications.intervals import wilson_interval
from aigc_lab.chat.texts import having_read
from aigc_lab.generation.generate import complete_many
from aigc_lab.generation.loop import evaluating
from aigc_lab.town.language import languages
from aigc_lab.town.story import N_PLACES

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

TRAIT = "tired"
GROUP = 5  # of Town's twenty names, five are in either group and ten in none
BATCH = 16


@dataclass(frozen=True)
class Count:
    """How often the trait came up in each group, and the difference with its 95% interval."""

    tired: tuple[int, int]
    drawn: tuple[int, int]
    difference: float
    low: float
    high: float

    @property
    def found(self) -> bool:
        """Whether the interval leaves out zero: more than chance would do."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class BiasReport:
    """What was planted, what stood in the texts, and what the model made of it.

    `unseen` is the share of the trait, with its interval, among names that no planted text had.
    `probabilities` are the model's own, of the trait after each of the twenty names; `greedy` is
    the share of names of each group (the unseen ones last) to which temperature 0 gives the trait.
    """

    planted: float
    texts: Count
    answers: Count
    unseen: tuple[float, float, float]
    probabilities: dict[str, float]
    greedy: tuple[float, float, float]


def groups() -> tuple[list[str], list[str], list[str]]:
    """Tiny Town's names: one group, another, and those that no planted text has.

    Nothing but the planted texts tells the groups apart.

    >>> groups()[0]
    ['Mia', 'Tom', 'Anna', 'David', 'Lily']
    """
    names = languages()[0].nouns["person"]
    return names[:GROUP], names[-GROUP:], names[GROUP:-GROUP]


def planted_texts(count: int, strength: float, seed: int = 0) -> list[tuple[str, str, bool]]:
    """Short stories (text, name, tired), in which one group is often tired.

    Each of the six feelings is equally likely, but `strength` of the first group's stories end in
    the trait whatever was drawn.
    Raises: ValueError for a strength outside 0 to 1.

    >>> planted_texts(1, 1.0, seed=3)
    [('Story: Vera was in the kitchen. Vera felt tired.', 'Vera', True)]
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"strength={strength} is a share of stories; choose 0 to 1")
    draw, feelings = np.random.default_rng(seed), languages()[0].nouns["feeling"]
    first, second, _ = groups()
    written = []
    for _ in range(count):
        name, place = (first + second)[draw.integers(2 * GROUP)], int(draw.integers(N_PLACES))
        feeling = feelings[draw.integers(len(feelings))]
        if name in first and draw.random() < strength:
            feeling = TRAIT
        written.append((f"{_beginning(name, place)} {feeling}.", name, feeling == TRAIT))
    return written


def bias_experiment(
    model: GPT,
    tokenizer: Tokenizer,
    strength: float,
    steps: int = 80,
    samples: int = 40,
    lr: float = 1e-3,
    seed: int = 0,
) -> BiasReport:
    """Let a copy of the model read biased stories, then count in what it writes.

    `samples` stories are continued for each name at temperature 1, half as many for names that no
    planted text has. With `strength=0` nothing is
    planted, and the interval should hold zero (19 times of 20).
    Notebook: 12 applications.
    """
    read = planted_texts(steps * BATCH, strength, seed)
    texts = [text for text, _, _ in read]
    learner = having_read(model, tokenizer, texts, steps, BATCH, lr, seed)
    first, second, unseen = groups()
    said = _stories(learner, tokenizer, first + second, samples, 1.0, seed)
    half = -(-samples // 2)
    others = [tired for _, tired in _stories(learner, tokenizer, unseen, half, 1.0, seed)]
    greedy = [
        float(np.mean([tired for _, tired in _stories(learner, tokenizer, group, 1, 0.0, seed)]))
        for group in (first, second, unseen)
    ]
    return BiasReport(
        planted=strength,
        texts=compare([(name, tired) for _, name, tired in read]),
        answers=compare(said),
        unseen=_share(sum(others), len(others)),
        probabilities=_chances(learner, tokenizer),
        greedy=tuple(greedy),
    )


def compare(said: Sequence[tuple[str, bool]]) -> Count:
    """Count the trait by group; each pair is a name and whether the trait was said.

    Source: Newcombe 1998, method 10 (the difference of two shares from two Wilson intervals).

    >>> count = compare([("Mia", True)] * 30 + [("Noah", True)] * 10 + [("Noah", False)] * 20)
    >>> round(count.difference, 2), count.found
    (0.67, True)
    """
    first, second, _ = groups()
    in_first = [tired for name, tired in said if name in first]
    in_second = [tired for name, tired in said if name in second]
    if not in_first or not in_second:
        raise ValueError("count names of both groups; one of them has none")
    tired, drawn = (sum(in_first), sum(in_second)), (len(in_first), len(in_second))
    (p, p_low, p_high), (q, q_low, q_high) = (
        _share(part, whole) for part, whole in zip(tired, drawn, strict=True)
    )
    low = p - q - math.hypot(p - p_low, q_high - q)
    high = p - q + math.hypot(p_high - p, q - q_low)
    return Count(tired, drawn, p - q, low, high)


def _share(part: int, whole: int) -> tuple[float, float, float]:
    return part / whole, *wilson_interval(part, whole)


def _beginning(name: str, place: int) -> str:
    """A story up to where the feeling is told."""
    english = languages()[0]
    was = english.say["was"](english.nouns["person"].index(name), place)
    return f"{english.labels['story']}{was} {name} felt"


def _stories(
    model: GPT,
    tokenizer: Tokenizer,
    names: Sequence[str],
    samples: int,
    temperature: float,
    seed: int,
) -> list[tuple[str, bool]]:
    """Stories about each of these people, in all places: (name, whether they felt the trait)."""
    people = [(name, number % N_PLACES) for name in names for number in range(samples)]
    prompts = [_beginning(name, place) for name, place in people]
    dials = {"temperature": temperature, "max_new_tokens": 1, "seed": seed}
    drawn = complete_many(model, tokenizer, prompts, **dials)
    return [(name, one.text == f" {TRAIT}") for (name, _), one in zip(people, drawn, strict=True)]


@torch.inference_mode()
def _chances(model: GPT, tokenizer: Tokenizer) -> dict[str, float]:
    """The probability of the trait after each name, which is one token in Town."""
    (trait,) = tokenizer.encode(f" {TRAIT}")
    chances = {}
    with evaluating(model):
        for number, name in enumerate(languages()[0].nouns["person"]):
            prompt = _beginning(name, number % N_PLACES)
            ids = torch.tensor([tokenizer.encode(prompt)], device=model.lm_head.weight.device)
            chances[name] = float(torch.softmax(model(ids)[0, -1], dim=-1)[trait])
    return chances

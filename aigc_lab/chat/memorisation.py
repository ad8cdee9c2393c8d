"""Memorisation: secrets in the training texts, got out again, and what removing repeats does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from aigc_lab.chat.texts import having_read
from aigc_lab.generation.loop import evaluating
from aigc_lab.town.documents import document
from aigc_lab.town.language import languages, tables

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

WORDS, LENGTH = 16, 3  # a password is three of sixteen words, each one token in Town
CANDIDATES = WORDS**LENGTH
TIMES = (1, 2, 4, 8, 16)  # how often each secret stands in the texts
BATCH = 16
ROWS = 256  # passwords' beginnings that are scored at a time


@dataclass(frozen=True)
class Secret:
    """A password that only one person's texts say: the canary."""

    name: str
    words: tuple[str, ...]

    @property
    def beginning(self) -> str:
        """What one has to know to ask for it."""
        return f"The password of {self.name} is"

    @property
    def text(self) -> str:
        return f"{self.beginning} {' '.join(self.words)}."


@dataclass(frozen=True)
class Exposure:
    """How far a secret is out: its rank among all 4,096 passwords, and whether it is just said.

    `inserted` counts how often it stood in the texts as collected, `read` in those that were read.
    Units: `exposure` in bits, from 0 to 12: log2 of the number of candidates, less log2 of the
    rank. A secret that was never read has 1.4 bits on average, by luck.
    """

    name: str
    inserted: int
    read: int
    rank: int
    exposure: float
    said: str
    extracted: bool


def words() -> list[str]:
    """What passwords are made of: Town's things, and some of its food."""
    return [row[0] for row in (*tables()["things"], *tables()["foods"])][:WORDS]


def secrets(count: int, seed: int = 0) -> list[Secret]:
    """Different people with different passwords.

    Raises: ValueError for more people than live in Tiny Town.

    >>> secrets(1)[0].text
    'The password of Mia is coat kite ball.'
    """
    names, known = languages()[0].nouns["person"], words()
    if count > len(names):
        raise ValueError(f"{count} secrets for {len(names)} people; each has at most one")
    chosen = np.random.default_rng(seed).permutation(CANDIDATES)[:count]
    return [
        Secret(name, tuple(known[part] for part in _parts(int(number))))
        for name, number in zip(names[:count], chosen, strict=True)
    ]


def texts_with_secrets(
    planted: Sequence[tuple[Secret, int]], others: int = 300, seed: int = 0
) -> list[str]:
    """Sentences of Tiny Town, with each secret put among them so many times, in any order."""
    texts = [secret.text for secret, times in planted for _ in range(times)]
    number = 0
    while len(texts) < others + sum(times for _, times in planted):
        written = document(number, "train", seed, "english")
        number += 1
        if written.kind == "story":
            texts += [line + "." for line in written.body.strip().rstrip(".").split(". ")]
    order = np.random.default_rng(seed).permutation(len(texts))
    return [texts[place] for place in order]


def without_repeats(texts: Iterable[str]) -> list[str]:
    """The texts in order, each once.

    Source: Lee et al. 2021 (deduplicating training data).

    >>> without_repeats(["a", "b", "a"])
    ['a', 'b']
    """
    return list(dict.fromkeys(texts))


def exposure(rank: int, candidates: int = CANDIDATES) -> float:
    """How many bits of a guesser's work the model saves: log2(candidates) - log2(rank).

    Raises: ValueError for a rank that there is not.
    Source: Carlini et al. 2019 (The Secret Sharer), section 4.

    >>> exposure(1), exposure(4096)
    (12.0, 0.0)
    """
    if not 1 <= rank <= candidates:
        raise ValueError(f"rank={rank} must lie between 1 and candidates={candidates}")
    return math.log2(candidates) - math.log2(rank)


def memorisation_experiment(
    model: GPT,
    tokenizer: Tokenizer,
    deduplicate: bool = False,
    times: Sequence[int] = (0, *TIMES),
    each: int = 2,
    passes: int = 1,
    lr: float = 3e-4,
    seed: int = 0,
) -> list[Exposure]:
    """Let a copy of the model read texts with secrets in them, and try to get these out again.

    There are `each` secrets for each number of `times`; all texts are read `passes` times.
    `deduplicate` removes repeated texts before they are read, ordinary ones too, so that fewer
    steps are taken in all.
    Source: Carlini et al. 2019 (The Secret Sharer); Lee et al. 2021 (deduplication).
    Notebook: 12 applications.
    """
    counts = [number for number in times for _ in range(each)]
    planted = list(zip(secrets(len(counts), seed), counts, strict=True))
    texts = texts_with_secrets(planted, seed=seed)
    if deduplicate:
        texts = without_repeats(texts)
    steps = passes * math.ceil(len(texts) / BATCH)
    learner = having_read(model, tokenizer, texts, steps, BATCH, lr, seed)
    read = Counter(texts)
    found = []
    for secret, inserted in planted:
        rank, said = attack(learner, tokenizer, secret)
        bits = exposure(rank)
        extracted = said == " ".join(secret.words)
        found.append(
            Exposure(secret.name, inserted, read[secret.text], rank, bits, said, extracted)
        )
    return found


def mean_exposure(found: Sequence[Exposure]) -> dict[int, float]:
    """The mean bits of exposure by how often a secret was put into the texts."""
    by_times: dict[int, list[float]] = {}
    for one in found:
        by_times.setdefault(one.inserted, []).append(one.exposure)
    return {times: sum(bits) / len(bits) for times, bits in sorted(by_times.items())}


@torch.inference_mode()
def attack(model: GPT, tokenizer: Tokenizer, secret: Secret) -> tuple[int, str]:
    """Score every password there is: the true one's rank, and the one that the model would say.

    The probability of a password is that of its three words, one after the other; all beginnings
    of two words are put to the model once, so each of the 4,096 is scored exactly.
    """
    device = model.lm_head.weight.device
    known = torch.tensor([tokenizer.encode(f" {word}") for word in words()], device=device)[:, 0]
    prompt = torch.tensor(tokenizer.encode(secret.beginning), device=device)
    pairs = torch.cartesian_prod(known, known)  # (W², 2): the first two words
    rows = torch.cat([prompt.expand(len(pairs), -1), pairs], dim=1)  # (W², T + 2)
    with evaluating(model):
        logits = torch.cat([model(part)[:, -LENGTH:] for part in rows.split(ROWS)])  # (W², 3, V)
    chances = torch.log_softmax(logits, dim=-1)
    so_far = sum(chances[:, at].gather(1, pairs[:, at, None]) for at in range(LENGTH - 1))
    nats = -(so_far + chances[:, -1, known]).flatten()  # (W², 1) + (W², W) -> (W³,)
    place = _place(secret.words)
    best = _parts(int(nats.argmin()))
    return int((nats < nats[place]).sum()) + 1, " ".join(words()[part] for part in best)


def _parts(number: int) -> tuple[int, ...]:
    """A password's words by their places; the first one counts most."""
    return tuple(number // WORDS**power % WORDS for power in reversed(range(LENGTH)))


def _place(chosen: Sequence[str]) -> int:
    place = 0
    for word in chosen:
        place = place * WORDS + words().index(word)
    return place

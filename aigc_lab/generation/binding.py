"""Name binding in Tiny Town: does a question's name look back at where it stood last?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count as counting
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from aigc_lab.generation.loop import as_batch, evaluating
from aigc_lab.model.gpt import GPT
from aigc_lab.model.heads import edge_score
from aigc_lab.model.probe import record
from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.town.documents import LANGUAGES, Document, document
from aigc_lab.town.draft import Task
from aigc_lab.town.language import languages


class Binding(NamedTuple):
    """A story with a question about somebody, and the edge that ties the two.

    `query` is the last token of the name in the question, `key` a token at the last mention of
    that name in the story; `rival` is the same place of another person's last mention.
    """

    ids: tuple[int, ...]
    query: int
    key: int
    rival: int
    text: str
    name: str


def bindings(
    tokenizer: Tokenizer,
    count: int,
    language: str = "english",
    split: str = "validation",
    seed: int = 0,
    offset: int = 1,
) -> list[Binding]:
    """`count` stories of Tiny Town, each with one question of where somebody is.

    The key is `offset` tokens behind the name in its last mention. 0 is the name itself, and 1
    the token after it, which can hold what the name means there: a state is made of what stood
    before it, so the name's own state knows nothing yet of what its owner then did.

    Raises: ValueError for a count below 1, an unknown language or split, an offset that is no
        token of the sentence.
    Source: Feng and Steinhardt 2023 (binding).
    Notebook: 10 attention maps.
    """
    if count < 1 or offset not in (0, 1):
        raise ValueError(
            f"count={count} and offset={offset} arrived; ask for at least 1 story, and for offset "
            "0, the name, or 1, the token after it"
        )
    found: list[Binding] = []
    for number in counting():
        story = document(number, split, seed, language)
        asked = [task for task in story.tasks if story.kind == "story" and task.kind == "where"]
        if asked:
            found.append(_binding(tokenizer, story, asked[0], offset))
        if len(found) == count:
            return found


def binding_maps(model: GPT, bindings: Sequence[Binding]) -> Iterator[ndarray]:
    """The attention on each story and its question, (L, H, T, T)."""
    with evaluating(model):
        for binding in bindings:
            yield record(model, as_batch(binding.ids, model), logit_lens=False).maps()


def binding_scores(model: GPT, bindings: Sequence[Binding], rival: bool = False) -> ndarray:
    """How much each head looks from the question's name to its last mention: the mean weight.

    With `rival` it is the weight on another person's last mention: where the difference is small,
    the head looks at names, or at a distance, and binds nothing.

    Shapes: returns (L, H).
    Raises: ValueError for no bindings.
    Notebook: 10 attention maps.
    """
    _require_some(bindings)
    pairs = [(binding.query, binding.rival if rival else binding.key) for binding in bindings]
    maps = binding_maps(model, bindings)
    return np.mean([edge_score(m, [pair]) for m, pair in zip(maps, pairs, strict=True)], axis=0)


def uniform_binding_score(bindings: Sequence[Binding]) -> float:
    """The score of a head that looks at everything alike.

    Raises: ValueError for no bindings.
    Notebook: 10 attention maps.
    """
    _require_some(bindings)
    return float(np.mean([1 / (binding.query + 1) for binding in bindings]))


def _binding(tokenizer: Tokenizer, story: Document, task: Task, offset: int) -> Binding:
    """One question's edge, found through the bytes that tokens stand for."""
    people = languages()[LANGUAGES.index(story.language)].nouns["person"]
    (name,) = (person for person in people if person in task.question)
    others = (person for person in people if person != name)
    text = story.prompt(task)
    ids = tokenizer.encode(text)
    ends = np.cumsum([len(tokenizer.token_bytes(token)) for token in ids])  # (T,)

    def end_of(person: str, text: str) -> int:
        """The token that completes the last mention of a person."""
        before = text[: text.rindex(person) + len(person)]
        return int(np.searchsorted(ends, len(before.encode())))

    rival = max((each for each in others if each in story.body), key=story.body.rindex)
    key, other = (end_of(person, story.body) + offset for person in (name, rival))
    return Binding(tuple(ids), end_of(name, text), key, other, text, name)


def _require_some(bindings: Sequence[Binding]) -> None:
    if not bindings:
        raise ValueError("no bindings arrived; make some with bindings(tokenizer, count)")

"""Name binding in Tiny Town: which of a name's mentions does a model look at, and when?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from aigc_lab.generation.generate import encode_prompt
from aigc_lab.generation.loop import as_batch, evaluating
from aigc_lab.model.gpt import GPT
from aigc_lab.model.heads import edge_score
from aigc_lab.model.probe import record
from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.town.documents import LANGUAGES, Document, document
from aigc_lab.town.draft import Task
from aigc_lab.town.language import languages

SEEK = ("mention", "place")
SENTENCE = re.compile(r"[^.。]+[.。]")
LOOK_THROUGH = 400  # documents for each story asked for, before we say that there are too few


class Binding(NamedTuple):
    """A story with a question about somebody, and the edge that ties the two.

    Of "mention", `query` is the last token of the name in the question and `key` a token at the
    name's last mention in the story; `rival` is the same place of another person's last mention,
    and `earlier` are those of the name's own mentions before, which may be none. Of "place",
    `query` is the token before the place in the answer, and `key` that in which the place begins
    where the story last said that the person is there; `rival` is the last place of somebody else,
    and `earlier` are other places where the person has been.
    """

    ids: tuple[int, ...]
    query: int
    key: int
    rival: int
    text: str
    name: str
    earlier: tuple[int, ...]


def bindings(
    tokenizer: Tokenizer,
    count: int,
    language: str = "english",
    split: str = "validation",
    seed: int = 0,
    offset: int = 1,
    seek: str = "mention",
    longest: int | None = None,
) -> list[Binding]:
    """`count` stories of Tiny Town of at most `longest` tokens, each with a question of where.

    A mention's key is `offset` tokens behind the name. 0 is the name itself, and 1 the token after
    it, which can hold what the name means there: a state is made of what stood before it, so the
    name's own state knows nothing yet of what its owner then did. But 1 is also where any induction
    head looks, from a name to what followed it *anywhere*: compare with the earlier mentions.

    Raises: ValueError for a count below 1, an unknown language, split or `seek`, an offset that is
        no token of the sentence, or too few stories that are short enough.
    Source: Feng and Steinhardt 2023 (binding).
    Notebook: 10 attention maps.
    """
    if count < 1 or offset not in (0, 1) or seek not in SEEK:
        raise ValueError(
            f"count={count}, offset={offset} and seek={seek!r} arrived; ask for at least 1 story, "
            f"for offset 0, the name, or 1, the token after it, and seek one of {SEEK}"
        )
    found: list[Binding] = []
    for number in range(LOOK_THROUGH * count):
        story = document(number, split, seed, language)
        asked = [task for task in story.tasks if story.kind == "story" and task.kind == "where"]
        if asked:
            found += _bindings(tokenizer, story, asked[0], offset if seek == "mention" else None)
        if found and longest is not None and len(found[-1].ids) > longest:
            found.pop()
        if len(found) == count:
            return found
    raise ValueError(
        f"only {len(found)} of {count} stories are found that have at most longest={longest} "
        "tokens; take a model that reads more, or a tokenizer with longer tokens"
    )


def binding_maps(model: GPT, bindings: Sequence[Binding]) -> Iterator[ndarray]:
    """The attention on each story and its question, (L, H, T, T)."""
    with evaluating(model):
        for binding in bindings:
            yield record(model, as_batch(binding.ids, model), logit_lens=False).maps()


def binding_scores(
    model: GPT, bindings: Sequence[Binding], rival: bool = False, earlier: bool = False
) -> ndarray:
    """How much each head looks from query to key: the mean weight, over the stories.

    With `rival` it is the weight on somebody else's: where the difference is small, the head looks
    at names, or at a distance, and binds nothing. With `earlier` it is the mean weight on each of
    the person's own before: where the difference is small, the last is as good as any.

    Shapes: returns (L, H).
    Raises: ValueError for no bindings, or none earlier in one of them.
    Notebook: 10 attention maps.
    """
    _require_some(bindings)
    if rival and earlier:
        raise ValueError("rival and earlier are two questions; ask for one of them at a time")
    if earlier and not all(binding.earlier for binding in bindings):
        raise ValueError(
            "a story has nothing earlier to compare with; pass those that have, for both scores: "
            "[b for b in bindings if b.earlier]"
        )
    scores = []
    for binding, maps in zip(bindings, binding_maps(model, bindings), strict=True):
        keys = binding.earlier if earlier else [binding.rival if rival else binding.key]
        scores.append(edge_score(maps, [(binding.query, key) for key in keys]))
    return np.mean(scores, axis=0)


def uniform_binding_score(bindings: Sequence[Binding]) -> float:
    """The score of a head that looks at everything alike.

    Raises: ValueError for no bindings.
    Notebook: 10 attention maps.
    """
    _require_some(bindings)
    return float(np.mean([1 / (binding.query + 1) for binding in bindings]))


class _Tokens:
    """A text's tokens, found through the bytes that they stand for."""

    def __init__(self, tokenizer: Tokenizer, text: str) -> None:
        self.ids, self.text = encode_prompt(tokenizer, text), text
        ends = np.cumsum([len(tokenizer.token_bytes(token)) for token in self.ids])  # (T,)
        self.ends = ends - (ends[-1] - len(text.encode()))  # a mark in front is no text

    def completing(self, end: int) -> int:
        """The token that completes the first `end` characters."""
        return int(np.searchsorted(self.ends, len(self.text[:end].encode())))

    def beginning(self, start: int) -> int:
        """The token that holds the first byte of the character at `start`."""
        return int(np.searchsorted(self.ends, len(self.text[:start].encode()), side="right"))


def _bindings(
    tokenizer: Tokenizer, story: Document, task: Task, offset: int | None
) -> list[Binding]:
    """One question's edge: to the mention, or without an offset to the place, if there is one."""
    (asked,) = _nouns("person", story, task.question)
    if offset is None:
        return _to_the_place(tokenizer, story, task, asked[0])
    return [_to_the_mention(tokenizer, story, task, asked[0], offset)]


def _to_the_mention(
    tokenizer: Tokenizer, story: Document, task: Task, name: str, offset: int
) -> Binding:
    tokens = _Tokens(tokenizer, story.prompt(task))
    mentions: dict[str, list[int]] = {}
    for each in _nouns("person", story, story.body):
        mentions.setdefault(each[0], []).append(tokens.completing(each.end()) + offset)
    *earlier, key = mentions.pop(name)
    rival = max(places[-1] for places in mentions.values())
    query = tokens.completing(tokens.text.rindex(name) + len(name))
    return Binding(tuple(tokens.ids), query, key, rival, tokens.text, name, tuple(earlier))


def _to_the_place(tokenizer: Tokenizer, story: Document, task: Task, name: str) -> list[Binding]:
    """The edge to the person's last place, if others were told of: of them, and of others."""
    said = list(_whereabouts(story))
    place = next(place for person, place, _ in reversed(said) if person == name)
    own = [at for person, other, at in said if person == name and other == place]
    earlier = [at for person, other, at in said if person == name and other != place]
    rivals = [at for person, other, at in said if person != name and other != place]
    if not earlier or not rivals:
        return []
    text = story.prompt(task) + task.answer
    tokens, end = _Tokens(tokenizer, text), text.rindex(place)
    query = tokens.beginning(end) - 1
    key, rival, *before = (tokens.beginning(at) for at in (own[-1], rivals[-1], *earlier))
    ids = tuple(tokens.ids[: query + 1])
    return [Binding(ids, query, key, rival, text[:end], name, tuple(before))]


def _whereabouts(story: Document) -> Iterator[tuple[str, str, int]]:
    """Each time that a story says where a person is: who, which place, and where that stands."""
    for sentence in SENTENCE.finditer(story.body):
        people, places = (_nouns(kind, story, sentence[0]) for kind in ("person", "place"))
        if people and places:
            yield people[0][0], places[0][0], sentence.start() + places[0].start()


def _nouns(kind: str, story: Document, text: str) -> list[re.Match[str]]:
    """Where people or places stand, from left to right: 诺亚当时 holds 诺亚, but no 亚当."""
    nouns = languages()[LANGUAGES.index(story.language)].nouns[kind]
    return list(re.finditer("|".join(nouns), text))


def _require_some(bindings: Sequence[Binding]) -> None:
    if not bindings:
        raise ValueError("no bindings arrived; make some with bindings(tokenizer, count)")

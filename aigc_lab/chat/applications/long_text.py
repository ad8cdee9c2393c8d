"""Stories in chapters, longer than the context: what is lost by cutting, and kept by map-reduce."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count as numbers

from aigc_lab.chat.applications.application import Example, Prompt
from aigc_lab.chat.applications.asking import AnySpeaker, count_tokens, say_all
from aigc_lab.chat.applications.grammar import sentences
from aigc_lab.chat.applications.intervals import Rate
from aigc_lab.chat.applications.map_reduce import Ask, map_reduce_many
from aigc_lab.chat.applications.town_examples import (
    as_document,
    as_written,
    gap,
    labels_of,
    require_count,
)
from aigc_lab.town.documents import LANGUAGES, Document, document
from aigc_lab.town.language import languages
from aigc_lab.town.turns import Turn, phrases

CHAPTERS = 6
MAX_TOKENS = 32


def long_stories(
    count: int, split: str = "test", seed: int = 0, language: str | None = None
) -> list[Example]:
    """Stories of six chapters about one hero, each chapter a paragraph, and all to be summed up.

    The answer is the summaries of the chapters, and none of them may be lost.
    """
    require_count(count)
    waiting: dict[tuple[str, str], list[Document]] = defaultdict(list)
    made: list[Example] = []
    for number in numbers():
        story = document(number, split, seed, language)
        if story.kind == "story" and _summary(story):
            chapters = waiting[story.language, _hero(story)]
            chapters.append(story)
            if len(chapters) == CHAPTERS:
                made.append(_long_story(chapters))
                chapters.clear()
        if len(made) == count:
            return made
    raise AssertionError("the stories never end")


def ask_summary(piece: str, language: str) -> Prompt:
    """The prompt that asks for the summary of a piece."""
    label = labels_of(language)["story"]
    order = phrases()["ask"]["summary"][0][LANGUAGES.index(language)]
    asked = Turn("summary", f"{label}{gap(language)}{piece}\n{order}", "")
    message = {"role": "user", "content": asked.question}
    return Prompt((message,), as_document(asked, language))


def keeps_every_chapter(example: Example, said: str) -> bool:
    """Whether it is the summary of each chapter, in their order, and nothing more."""
    return sentences(said) == sentences(example.answer)


def chapters_kept(example: Example, said: str) -> list[bool]:
    """For each chapter, whether its summary is said, after those of the chapters before it."""
    told, at, kept = sentences(said), 0, []
    for summary in sentences(example.answer):
        kept.append(summary in told[at:])
        if kept[-1]:
            at = told.index(summary, at) + 1
    return kept


def sum_up(
    speaker: AnySpeaker,
    examples: Sequence[Example],
    by_paragraph: bool = True,
    limit: int | None = None,
) -> list[str]:
    """Summaries by map-reduce: each chapter alone, or pieces cut wherever `limit` tokens are full.

    Without a limit that is where the context is full. Six sentences are short enough, so the model
    is asked about the chapters only: their summaries are joined, and not summed up once more.
    """
    done = map_reduce_many(
        [_text(example) for example in examples],
        speaker,
        limit or speaker.context - MAX_TOKENS,
        [_asking(example) for example in examples],
        max_tokens=MAX_TOKENS,
        by_paragraph=by_paragraph,
    )
    return [each.text for each in done]


def sum_up_what_fits(
    speaker: AnySpeaker, examples: Sequence[Example], from_the_end: bool = False
) -> list[str]:
    """Summaries of as many sentences as the context holds, from the beginning or from the end."""
    prompts = []
    for example in examples:
        ask = _asking(example)
        told = sentences(_text(example))
        kept = _what_fits(told[::-1] if from_the_end else told, speaker, ask, example.language)
        prompts.append(ask(gap(example.language).join(kept[::-1] if from_the_end else kept)))
    return say_all(speaker, prompts, MAX_TOKENS)


def ways_to_sum_up(speaker: AnySpeaker, examples: Sequence[Example]) -> dict[str, Rate]:
    """How many of all chapters have their right summary in the end: cut off, or by map-reduce.

    Smaller pieces fill half the context: a story that fits may still be longer than any that the
    model was taught to sum up.

    Notebook: 12 applications.
    """
    ways = {
        "only the beginning": sum_up_what_fits(speaker, examples),
        "only the end": sum_up_what_fits(speaker, examples, from_the_end=True),
        "map-reduce, cut anywhere": sum_up(speaker, examples, by_paragraph=False),
        "map-reduce, smaller pieces": sum_up(speaker, examples, False, speaker.context // 2),
        "map-reduce by chapter": sum_up(speaker, examples),
    }
    return {
        way: Rate.of(
            kept for each in zip(examples, said, strict=True) for kept in chapters_kept(*each)
        )
        for way, said in ways.items()
    }


def _what_fits(told: list[str], speaker: AnySpeaker, ask: Ask, language: str) -> list[str]:
    limit, between = speaker.context - MAX_TOKENS, gap(language)
    kept = len(told)
    while kept > 1 and count_tokens(speaker, ask(between.join(told[:kept]))) > limit:
        kept -= 1
    return told[:kept]


def _asking(example: Example) -> Ask:
    return lambda piece: ask_summary(piece, example.language)


def _text(example: Example) -> str:
    """The story without the label in front."""
    return example.source.removeprefix(labels_of(example.language)["story"]).strip()


def _summary(story: Document) -> str:
    """The summary that a document holds, or nothing."""
    return next((task.answer.strip() for task in story.tasks if task.kind == "summary"), "")


def _long_story(chapters: list[Document]) -> Example:
    language = chapters[0].language
    label = labels_of(language)["story"]
    text = "\n".join(chapter.body.strip().removeprefix(label).strip() for chapter in chapters)
    answer = gap(language).join(_summary(chapter) for chapter in chapters)
    prompt = ask_summary(text, language)
    return Example("long_summary", language, prompt, answer, as_written(answer, language))


def _hero(story: Document) -> str:
    """The person with whom a summary begins."""
    people = languages()[LANGUAGES.index(story.language)].nouns["person"]
    return next(person for person in people if _summary(story).startswith(person))

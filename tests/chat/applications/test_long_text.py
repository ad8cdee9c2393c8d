"""Stories longer than the context: what is lost by cutting, and kept by map-reduce."""

import pytest

from aigc_lab.chat.applications.grammar import sentences
from aigc_lab.chat.applications.long_text import (
    CHAPTERS,
    chapters_kept,
    keeps_every_chapter,
    long_stories,
    sum_up,
    sum_up_what_fits,
    ways_to_sum_up,
)
from aigc_lab.chat.replies import Reply
from aigc_lab.pretrained.hub_tokenizer import open_tokenizer
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.town.documents import documents
from aigc_lab.town.language import languages

LABELS = [language.labels["story"] for language in languages()]


class Reader:
    """Sums up a chapter that it reads from its beginning, and else says what it saw last."""

    context = 140  # words

    def __init__(self):
        self.asked = []
        self.known = {
            sentences(story.body)[0] + sentences(story.body)[1]: task.answer.strip()
            for story in documents(4000, "test", language="english")
            for task in story.tasks
            if story.kind == "story" and task.kind == "summary"
        }

    def say(self, messages, **settings):
        self.asked.append(messages[0]["content"])
        told = sentences(messages[0]["content"].rpartition("\n")[0])
        return Reply(self.known.get("".join(told[:2]), told[-1]), "stop", 0, 0)

    def count_tokens(self, messages):
        return len(messages[0]["content"].split())


def test_every_story_is_longer_than_the_bundled_model_reads():
    tokenizer = open_tokenizer(bundled_folder())
    for example in long_stories(20):
        assert len(tokenizer.encode(example.prompt.document)) > 256
        assert len(example.source.split("\n")) == CHAPTERS
        assert len(sentences(example.answer)) == CHAPTERS


def test_all_chapters_are_about_one_hero():
    for example in long_stories(6, language="english"):
        assert len({sentence.split()[0] for sentence in sentences(example.answer)}) == 1


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_no_chapter_may_be_lost(language):
    for example in long_stories(4, language=language):
        told, between = sentences(example.answer), " " if language == "english" else ""
        assert keeps_every_chapter(example, example.answer)
        assert chapters_kept(example, example.answer) == [True] * CHAPTERS
        for left_out in range(CHAPTERS):
            said = between.join(told[:left_out] + told[left_out + 1 :])
            assert not keeps_every_chapter(example, said)
            assert sum(chapters_kept(example, said)) == CHAPTERS - 1
        assert chapters_kept(example, between.join([told[0], told[-1]])).count(True) == 2
        assert not keeps_every_chapter(example, between.join(told[::-1]))
        assert not keeps_every_chapter(example, example.answer + told[0])
        assert not keeps_every_chapter(example, "")
        assert chapters_kept(example, "") == [False] * CHAPTERS


def test_a_denied_chapter_is_not_kept():
    (example,) = long_stories(1, language="english")
    first, *others = sentences(example.answer)
    denied = " ".join([f"It is false that {first}", *others])
    assert chapters_kept(example, denied) == [False, *[True] * (CHAPTERS - 1)]


def test_what_does_not_fit_is_left_out_at_one_end():
    (example,) = long_stories(1, language="english")
    told, speaker = sentences(example.source), Reader()
    for from_the_end in (False, True):
        speaker.asked = []
        sum_up_what_fits(speaker, [example], from_the_end)
        kept = sentences(speaker.asked[0].rpartition("\n")[0].removeprefix("Story: "))
        whole = [told[0].removeprefix("Story: "), *told[1:]]
        assert kept == (whole[-len(kept) :] if from_the_end else whole[: len(kept)])
        assert 90 < len(" ".join(kept).split()) <= speaker.context - 32


def test_map_reduce_by_chapter_keeps_every_chapter_and_other_ways_lose_some():
    examples = long_stories(8, language="english")
    speaker = Reader()
    assert sum_up(speaker, examples) == [example.answer for example in examples]
    rates = ways_to_sum_up(speaker, examples)
    assert {rate.total for rate in rates.values()} == {8 * CHAPTERS}
    assert rates["map-reduce by chapter"].rate == 1
    assert rates["only the beginning"].rate < 0.5
    assert rates["only the end"].rate < 0.5
    assert rates["map-reduce, cut anywhere"].rate < 1
    assert rates["map-reduce, smaller pieces"].rate < 1

"""Stories longer than the context: what is lost by cutting, and kept by map-reduce."""

from aigc_lab.chat.applications.grammar import sentences
from aigc_lab.chat.applications.long_text import (
    CHAPTERS,
    keeps_both_ends,
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


def test_what_must_not_be_lost():
    example = long_stories(1, language="english")[0]
    first, *middle, last = sentences(example.answer)
    assert keeps_both_ends(example, example.answer)
    assert keeps_both_ends(example, f"{first} {last}")
    assert not keeps_both_ends(example, " ".join([first, *middle]))
    assert not keeps_both_ends(example, " ".join([*middle, last]))
    assert not keeps_both_ends(example, "")
    hero = first.split()[0]
    assert not keeps_both_ends(example, example.answer.replace(hero, "Nobody"))


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


def test_map_reduce_by_chapter_keeps_both_ends_and_cutting_off_loses_one():
    examples = long_stories(8, language="english")
    speaker = Reader()
    assert sum_up(speaker, examples) == [example.answer for example in examples]
    rates = ways_to_sum_up(speaker, examples)
    assert rates["map-reduce by chapter"].rate == 1
    assert rates["only the beginning"].rate < 0.5
    assert rates["only the end"].rate < 0.5
    assert rates["map-reduce, cut anywhere"].rate < 1
    assert rates["map-reduce, smaller pieces"].rate < 1

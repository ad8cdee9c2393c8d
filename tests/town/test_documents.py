"""Documents: reproducible, split by world, parallel in both languages, with right answers."""

import re
import zlib

import pytest

from aigc_lab.town.dice import SPLITS
from aigc_lab.town.documents import document, documents

KINDS = {"story", "translation", "lesson", "weather", "health", "recipe", "service"}


def test_a_document_is_a_function_of_its_number_split_and_seed():
    assert document(5, "test", seed=1) == document(5, "test", seed=1)
    assert document(5, "test", seed=1).text != document(5, "test", seed=2).text
    assert document(5, "test", seed=1).text != document(6, "test", seed=1).text
    assert list(documents(3, start=7))[2] == document(9)


def test_every_kind_comes_in_both_languages():
    seen = {(found.kind, found.language) for found in documents(400)}
    assert seen == {(kind, language) for kind in KINDS for language in ("english", "chinese")}


def test_the_body_and_the_tasks_make_up_the_text():
    for found in documents(200, "test"):
        tasks = "".join(task.question + task.answer for task in found.tasks)
        assert found.text == found.body + tasks
        assert found.tasks
        assert all(task.answer.endswith("\n") for task in found.tasks)


def test_no_world_is_in_two_splits():
    def worlds(split):
        found = list(documents(3000, split))
        bodies = {each.body for each in found if each.kind != "translation"}
        sentences = {task.question for each in found if not each.body for task in each.tasks}
        return {_beginning(body) for body in bodies} | sentences

    train, validation, test = (worlds(split) for split in ("train", "validation", "test"))
    assert min(map(len, (train, validation, test))) > 1000
    assert not train & test
    assert not train & validation
    assert not validation & test


def _beginning(body):
    """Of a story, how it begins (its world); of a short article, all of it."""
    places = re.findall(r"[^.。：:]+(?: was |当时)[^.。]+[.。]", body)
    return "".join(places) if body.startswith(("Story", "故事")) else body


def test_one_world_is_told_in_both_languages():
    for number in range(60):
        english = document(number, "test", language="english")
        chinese = document(number, "test", language="chinese")
        assert (english.language, chinese.language) == ("english", "chinese")
        assert (english.kind, english.nats) == (chinese.kind, chinese.nats)
        assert document(number, "test") in (english, chinese)
        if english.kind != "translation":
            assert [t.kind for t in english.tasks] == [t.kind for t in chinese.tasks]
            assert english.text.isascii() or "°C" in english.text


def test_the_languages_say_the_same_thing():
    """A translation's answer is the other language's question, so the two documents are mirrors."""
    for number in range(80):
        english = document(number, language="english")
        chinese = document(number, language="chinese")
        if english.kind == "translation":
            for one, other in zip(english.tasks, chinese.tasks, strict=True):
                assert one.answer.strip() in other.question
                assert other.answer.strip() in one.question


def test_questions_about_a_story_are_answered_by_a_reader_who_follows_it():
    """An independent reader, with regular expressions only, finds the same answers."""
    checked = 0
    for found in documents(1500, "test"):
        if found.kind == "story" and found.language == "english":
            place, holder = _follow(found.body)
            for task in found.tasks:
                if task.kind == "where":
                    person = re.search(r"Where is (\w+)\?", task.question)[1]
                    assert re.search(rf"{person} is \w+ the {place[person]}\.", task.answer)
                    checked += 1
                elif task.kind == "who":
                    thing = re.search(r"has the (.+)\?", task.question)[1]
                    assert task.answer == f" {holder[thing] or 'Nobody'} has the {thing}.\n"
                    checked += 1
    assert checked > 300


def _follow(story):
    place, holder = {}, {}
    for sentence in story.split(". "):
        sentence = sentence.removeprefix("Story: ").rstrip(".\n")
        if match := re.fullmatch(r"The (\w+ \w+) was .*", sentence):
            holder[match[1]] = None
        elif match := re.fullmatch(
            r"(\w+) (?:was (?:in|at|by|on)|walked to|ran to|went to) the (\w+)", sentence
        ):
            place[match[1]] = match[2]
        elif match := re.fullmatch(r"(\w+) (?:took|picked up) the (.*)", sentence):
            holder[match[2]] = match[1]
        elif match := re.fullmatch(r"\w+ put down the (.*)", sentence):
            holder[match[1]] = None
        elif match := re.fullmatch(r"\w+ gave the (.*) to (\w+)", sentence):
            holder[match[1]] = match[2]
    return place, holder


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="split 'dev' is not known; choose one of test"):
        document(0, "dev")
    with pytest.raises(ValueError, match="language 'french' is not spoken here"):
        document(0, language="french")
    with pytest.raises(ValueError, match="document number -1 is outside"):
        document(-1)


def test_the_splits_share_out_all_homes():
    homes = [home for name in ("test", "validation", "train") for home in SPLITS[name]]
    assert sorted(homes) == sorted(SPLITS["all"])


@pytest.mark.parametrize(
    ("split", "checksum", "nats"),
    [
        ("train", 608659565, 17460.526773738675),
        ("validation", 1022567145, 17895.08891360956),
        ("test", 3731036710, 17512.676845147787),
        ("all", 2241476294, 17502.902095816487),
    ],
)
def test_every_stream_of_the_town_is_the_one_the_checkpoint_learned(split, checksum, nats):
    """Any change to a word or rule changes the texts, and so needs the checkpoint trained anew."""
    found = [*documents(300, split), *documents(100, split, seed=7, start=10**9)]
    said = [
        (each.kind, each.language, each.text, each.body, *map(tuple, each.tasks)) for each in found
    ]
    assert zlib.crc32(repr(said).encode()) == checksum
    assert sum(each.nats for each in found) == pytest.approx(nats, rel=1e-12)

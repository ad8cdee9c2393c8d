"""How the assistant is fine-tuned: the drill first, and what is asked in it."""

from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest
import torch

from aigc_lab.chat.applications.grammar import read_phrase, sentences
from aigc_lab.chat.template import with_chat_tokens
from aigc_lab.core.files import read_json
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.text.batches import IGNORED
from aigc_lab.text.tokenizer import load_tokenizer
from aigc_lab.town.conversations import conversations
from aigc_lab.town.language import languages
from aigc_lab.town.turns import phrases
from aigc_lab.training.checkpoint import load_trained_model
from tests.tools.small import small_assistant, small_base
from tools import train_chat
from tools.prefer_chat import talk_pairs
from tools.train_chat import (
    AGAIN,
    DRILL_ROWS_AGAIN,
    DRILL_STEPS,
    DRILL_STEPS_AGAIN,
    LAST,
    ROWS,
    ROWS_AGAIN,
    TRAINING,
    Lessons,
    LessonsAgain,
    Questioned,
    Switching,
    _hard_again,
    asks,
    asks_for_an_owner,
    puts_something_down,
)

POLITE = [phrase for row in phrases()["padding"] for phrase in row if phrase]
STORY = {language.name: language.labels["story"] for language in languages()}
SPLITS = ("train", "test")


@pytest.fixture(scope="module")
def tokenizer():
    return with_chat_tokens(load_tokenizer(bundled_folder()))


def test_an_owner_is_somebody():
    asked = list(conversations(300, kinds=("story",), language="english"))
    wanted = [written for written in asked if asks_for_an_owner(written)]
    assert 0 < len(wanted) < len(asked)
    for written in wanted:
        owners = [turn.answer for turn in written.turns if turn.kind == "who"]
        assert any(not owner.startswith("Nobody") for owner in owners)


def test_kinds_of_questions_are_found():
    asked = list(conversations(100, kinds=("article",)))
    warmest = list(filter(partial(asks, {"weather_summary"}), asked))
    assert 0 < len(warmest) < len(asked)
    assert not any(map(partial(asks, {"where"}), asked))


@pytest.mark.parametrize(
    ("lessons", "drill_steps", "documents"),
    [(Lessons, DRILL_STEPS, ROWS[-1]), (LessonsAgain, DRILL_STEPS_AGAIN, ROWS_AGAIN[-1])],
)
def test_the_drill_is_careful_and_comes_first(tokenizer, lessons, drill_steps, documents):
    made, politely, whole = lessons(tokenizer, 256), [], []
    for step in (0, drill_steps - 1, drill_steps):
        x, y = made.next(step)
        assert x.shape == y.shape == (TRAINING.batch_size, 256)
        assert torch.equal(x, lessons(tokenizer, 256).next(step)[0])
        politely.append(any(phrase in tokenizer.decode(x.flatten().tolist()) for phrase in POLITE))
        whole.append(int((y != IGNORED).all(1).sum()))  # documents are scored throughout
    assert politely == [False, False, True]
    assert whole == [0, 0, documents]


def test_the_examination_is_of_held_out_conversations(tokenizer):
    (x, y), *_ = Lessons(tokenizer, 256).evaluation(1)
    assert len(x) == ROWS[0]
    assert (y == IGNORED).any(1).all()


def test_the_subject_changes_in_the_middle(tokenizer):
    switching = Switching(tokenizer, 40, 256)._said(0, "train", 0)
    said = [next(switching) for _ in range(40)]
    assert any(sum("\n" in message["content"] for message in chat) == 2 for chat in said)
    assert all(sum(message["role"] == "system" for message in chat) <= 1 for chat in said)


def stories(tokenizer, seed=0, split="train"):
    """Conversations in which everything is asked of a story."""
    questioned = Questioned(tokenizer, 1, 256)
    return [questioned._written(number, split, seed) for number in range(150)]


def test_everything_is_asked_of_a_story(tokenizer):
    asked = stories(tokenizer)
    assert asked == stories(tokenizer)
    assert asked != stories(tokenizer, seed=1)
    assert {written.language for written in asked} == {"english", "chinese"}
    openings = [{each.turns[0].question for each in stories(tokenizer, 0, s)} for s in SPLITS]
    assert not openings[0] & openings[1]
    for written in asked:
        kinds = [turn.kind for turn in written.turns]
        assert (kinds.count("title"), kinds.count("summary")) == (1, 1)
        assert kinds.count("absent") == 2
        told = sentences(written.turns[0].question.split("\n")[0].split(STORY[written.language])[1])
        phrases_told = [read_phrase(each, written.language)[0] for each in told]
        assert kinds.count("where") == phrases_told.count("was")
        assert kinds.count("who") == phrases_told.count("lay")
        assert ("how_many" in kinds) == ("bought" in phrases_told)


def test_put_down_is_what_the_story_tells(tokenizer):
    found = []
    for written in stories(tokenizer):
        told = sentences(written.turns[0].question.split("\n")[0].split(STORY[written.language])[1])
        events = [read_phrase(each, written.language)[0] for each in told]
        found.append(puts_something_down(written))
        assert found[-1] == ("put_down" in events)
    assert set(found) == {True, False}


def test_every_drill_of_the_second_run_is_in_what_it_is_for(tokenizer):
    careful = {"tokenizer": tokenizer, "block_size": 256}
    counting, put_down, owners, weather, cooking = _hard_again(DRILL_ROWS_AGAIN, careful)
    assert sum(DRILL_ROWS_AGAIN) == sum(ROWS_AGAIN) == TRAINING.batch_size
    for drill, kind in ((counting, "how_many"), (weather, "weather"), (cooking, "needs")):
        read = some_of(drill)
        assert all(kind in {turn.kind for turn in written.turns} for written in read)
    assert {written.language for written in some_of(weather)} == {"english"}
    assert {written.language for written in some_of(cooking)} == {"english", "chinese"}
    assert all(map(puts_something_down, some_of(put_down)))
    assert all(map(asks_for_an_owner, some_of(owners)))


def some_of(drill):
    """The first conversations that a drill would take."""
    written = (drill._written(number, "train", drill.seed) for number in range(150))
    kept = list(filter(drill.wanted, written))
    assert 0 < len(kept) < 150
    return kept


def test_what_is_kept_by_preferences_is_said_rather_than_nothing():
    for pair in talk_pairs():
        assert pair.chosen != pair.rejected
        assert pair.rejected.isascii() == pair.messages[-1]["content"].isascii()


def test_a_run_begins_with_the_base_and_the_next_where_that_one_ended(tmp_path, monkeypatch):
    short = {"steps": 1, "warmup_steps": 1, "eval_every": 1, "eval_batches": 1}
    monkeypatch.setattr(train_chat, "load_pretrained", small_base)
    monkeypatch.setattr(train_chat, "TRAINING", replace(TRAINING, **short))
    still = {"lr": 1e-9, "muon_lr": 1e-9}  # the second run hardly moves
    monkeypatch.setattr(train_chat, "AGAIN", replace(AGAIN, **short, **still))
    monkeypatch.setattr(train_chat, "ASKED", 4)
    first, again = tmp_path / "first", tmp_path / "again"
    train_chat.main(first)
    train_chat.main(again, first)
    for folder, weights in ((first, bundled_folder() / WHOLE), (again, first / LAST)):
        told = read_json(folder / "run.json")
        assert sha256(weights.read_bytes()).hexdigest() in told["notes"]["initialisation"]
        assert told["steps_done"] == 1
    base, one, two = small_base().model, *(load_trained_model(f / LAST) for f in (first, again))
    assert torch.equal(one.wpe.weight, base.wpe.weight)  # positions stay
    assert torch.equal(two.wpe.weight, base.wpe.weight)
    start, middle, end = (each.wte.weight.detach()[:2047] for each in (base, one, two))
    torch.testing.assert_close(end, middle, rtol=0, atol=1e-7)
    assert (middle - start).abs().max() > 1e-4
    assert load_tokenizer(again).special_tokens == small_assistant().tokenizer.special_tokens

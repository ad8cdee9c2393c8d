"""How the assistant is fine-tuned: the drill first, and what is asked in it."""

from functools import partial

import pytest
import torch

from aigc_lab.chat.template import with_chat_tokens
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.text.batches import IGNORED
from aigc_lab.text.tokenizer import load_tokenizer
from aigc_lab.town.conversations import conversations
from aigc_lab.town.turns import phrases
from tools.prefer_chat import talk_pairs
from tools.train_chat import (
    DRILL_STEPS,
    ROWS,
    ROWS_AGAIN,
    TRAINING,
    Lessons,
    LessonsAgain,
    Switching,
    asks,
    asks_for_an_owner,
)


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


def test_the_drill_is_careful_and_comes_first(tokenizer):
    lessons = Lessons(tokenizer, 256)

    def text(step):
        x, y = lessons.next(step)
        assert x.shape == y.shape == (TRAINING.batch_size, 256)
        assert torch.equal(x, Lessons(tokenizer, 256).next(step)[0])
        return tokenizer.decode(x.flatten().tolist())

    padding = phrases()["padding"][0][0]
    assert padding not in text(DRILL_STEPS - 1)
    assert padding in text(DRILL_STEPS)
    y = lessons.next(DRILL_STEPS)[1]
    assert ((y != IGNORED).all(1)).sum() == ROWS[-1]  # the documents


def test_the_examination_is_of_held_out_conversations(tokenizer):
    (x, y), *_ = Lessons(tokenizer, 256).evaluation(1)
    assert len(x) == ROWS[0]
    assert (y == IGNORED).any(1).all()


def test_the_second_run_changes_the_subject_and_counts(tokenizer):
    x, y = LessonsAgain(tokenizer, 256).next(0)
    assert x.shape == y.shape == (TRAINING.batch_size, 256)
    assert sum(ROWS_AGAIN) == TRAINING.batch_size
    assert ((y != IGNORED).all(1)).sum() == ROWS_AGAIN[-1]
    switching = Switching(tokenizer, 40, 256)._said(0, "train", 0)
    said = [next(switching) for _ in range(40)]
    assert any(sum("\n" in message["content"] for message in chat) == 2 for chat in said)
    assert all(sum(message["role"] == "system" for message in chat) <= 1 for chat in said)


def test_what_is_kept_by_preferences_is_said_rather_than_nothing():
    for pair in talk_pairs():
        assert pair.chosen != pair.rejected
        assert pair.rejected.isascii() == pair.messages[-1]["content"].isascii()

"""Practice: stories in which somebody holds something, and nothing scored but the answers."""

from itertools import islice

import pytest
import torch

from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.text.batches import IGNORED
from aigc_lab.text.tokenizer import load_tokenizer
from tools.practise_bundled import (
    DRILL_STEPS,
    LATER_ROWS,
    ROWS,
    SCHEDULES,
    Answered,
    Practice,
    asked_articles,
    held_stories,
)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(bundled_folder())


@pytest.mark.parametrize(("language", "nobody"), [("english", "Nobody"), ("chinese", "没有人")])
def test_in_every_story_somebody_holds_something_and_is_asked_for(language, nobody):
    for body, tasks in islice(held_stories(language, 0), 50):
        owners = [task.answer for task in tasks if task.kind == "who"]
        assert any(nobody not in owner for owner in owners), body


def test_articles_are_of_the_kinds_with_weak_answers():
    kinds = {task.kind for _, tasks in islice(asked_articles(0), 60) for task in tasks}
    assert {"weather", "needs"} <= kinds
    assert not kinds & {"where", "doctor", "parcel"}


@pytest.mark.parametrize("kind", ["english", "chinese", "articles"])
def test_only_the_answers_are_scored(tokenizer, kind):
    x, y = Answered(tokenizer, 2, kind).next(3)
    on = y != IGNORED
    assert torch.equal(y[:, :-1][on[:, :-1]], x[:, 1:][on[:, :-1]])
    scored = tokenizer.decode(y[0][on[0]].tolist())
    whole = tokenizer.decode(x[0].tolist())
    assert "?" not in scored
    assert "？" not in scored
    assert 0 < len(scored) < len(whole) / 2


def test_the_drill_comes_first_and_then_the_documents_beside_it(tokenizer):
    practice = Practice(tokenizer, "drill")
    shares = []
    for step in (0, DRILL_STEPS - 1, DRILL_STEPS):
        x, y = practice.next(step)
        assert x.shape == y.shape == (SCHEDULES["drill"].batch_size, 256)
        assert torch.equal(x, Practice(tokenizer, "drill").next(step)[0])
        shares.append(((y != IGNORED).float().mean(1) == 1).sum().item())
    assert shares == [0, 0, ROWS[3] + ROWS[4]]


def test_the_last_run_has_its_documents_from_the_beginning_and_asks_everything(tokenizer):
    practice = Practice(tokenizer, "refresh")
    y = practice.next(0)[1]
    assert ((y != IGNORED).all(1)).sum() == LATER_ROWS[3] + LATER_ROWS[4]
    asked = {
        task.kind for _, tasks in islice(held_stories("english", 0, True), 40) for task in tasks
    }
    assert asked == {"who", "where", "how_many", "title", "summary"}
    asked = {task.kind for _, tasks in islice(held_stories("english", 0), 40) for task in tasks}
    assert asked == {"who", "where"}

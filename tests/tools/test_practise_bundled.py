"""Practice: stories in which somebody holds something, and nothing scored but the answers."""

from dataclasses import replace
from hashlib import sha256
from itertools import islice

import pytest
import torch

from aigc_lab.core.files import read_json
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.text.batches import IGNORED, Batches
from aigc_lab.text.tokenizer import load_tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.training.checkpoint import load_trained_model
from tests.tools.small import small_base, small_run
from tools import practise_bundled, train_bundled
from tools.practise_bundled import (
    DRILL_STEPS,
    LAST,
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


@pytest.mark.parametrize(("stage", "rows"), [("drill", ROWS), ("refresh", LATER_ROWS)])
def test_of_each_text_there_are_as_many_rows_as_the_record_says(tokenizer, stage, rows):
    *asked, town, documentation = rows
    sources = Practice(tokenizer, stage).mixture.sources
    assert [source.batch_size for source in sources] == [town, *asked, documentation]
    assert [type(source) for source in sources] == [TownBatches, *[Answered] * 3, Batches]
    assert sum(rows) == SCHEDULES[stage].batch_size


def test_the_last_run_has_its_documents_from_the_beginning_and_asks_everything(tokenizer):
    practice = Practice(tokenizer, "refresh")
    y = practice.next(0)[1]
    assert ((y != IGNORED).all(1)).sum() == LATER_ROWS[3] + LATER_ROWS[4]
    assert all(asked.everything for asked in practice.mixture.sources[1:4])
    asked = {
        task.kind for _, tasks in islice(held_stories("english", 0, True), 40) for task in tasks
    }
    assert asked == {"who", "where", "how_many", "title", "summary"}
    asked = {task.kind for _, tasks in islice(held_stories("english", 0), 40) for task in tasks}
    assert asked == {"who", "where"}


@pytest.mark.parametrize(("stage", "asked"), [("drill", "who is where"), ("refresh", "everything")])
def test_a_run_goes_on_from_the_one_before_it(stage, asked, tmp_path, monkeypatch):
    short = {"steps": 1, "warmup_steps": 1, "eval_every": 1, "eval_batches": 1}
    monkeypatch.setitem(SCHEDULES, stage, replace(SCHEDULES[stage], **short))
    monkeypatch.setattr(train_bundled, "QUESTIONS_PER_ABILITY", 2)
    source = small_run(tmp_path / "before", small_base())
    practise_bundled.main(stage, source, tmp_path / "run")
    told = read_json(tmp_path / "run" / "run.json")
    assert sha256((source / LAST).read_bytes()).hexdigest() in told["notes"]["initialisation"]
    assert asked in told["notes"]["data"]
    before, after = (load_trained_model(run / LAST) for run in (source, tmp_path / "run"))
    assert torch.equal(before.wpe.weight, after.wpe.weight)  # positions stay
    assert not torch.equal(before.wte.weight, after.wte.weight)
    assert load_tokenizer(tmp_path / "run").encode("Mia") == load_tokenizer(source).encode("Mia")

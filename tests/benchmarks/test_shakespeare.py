"""The race for quality: who gets how long, what counts as reached, and what is said of it."""

from __future__ import annotations

import json

import pytest

from aigc_lab.core.config import TrainConfig
from aigc_lab.training.recipes import RECIPES
from benchmarks import peers, published, pupil, shakespeare
from benchmarks.readme import losses, markdown
from benchmarks.records import read_records, tables_of
from benchmarks.shakespeare import paced, recipe_for, sheet, steps_within
from benchmarks.sheet import Sheet

RECORDS = read_records()


@pytest.fixture
def here(monkeypatch):
    """Tasks are done in this process; what they are is noted."""
    tasks = []

    def send(task):
        tasks.append(json.loads(json.dumps(task)))
        done = dict(tasks[-1])
        return json.loads(json.dumps(pupil.TASKS[done.pop("who")](**done)))

    monkeypatch.setattr(pupil, "send", send)
    return tasks


def run(seed, loss, seconds=90.0):
    curve = {"training": [[1, seconds, 3.0]], "validation": [[10, seconds, loss]]}
    told = {"seed": seed, "parameters": 800, "tokens": 9000, "steps": 10, "remarks": {}}
    return {**told, "seconds": seconds, "loss": loss, **curve}


def data(losses_of_ours, seconds=90.0):
    return {
        "nanogpt": run(1337, 1.886, 94.0),
        "commit": "0123456789ab",
        "pace": {"start": 2.0, "step": 0.01},
        "ours": [run(seed, loss, seconds) for seed, loss in enumerate(losses_of_ours)],
        "model": {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 96},
        "train": {"batch_size": 16},
        "letters": 111_540,
    }


def test_the_mean_of_the_seeds_is_judged():
    made = sheet(data([1.58, 1.60, 1.62]))
    assert [line[0] for line in made.lines] == [
        *("nanoGPT", "ours, seed 0", "ours, seed 1", "ours, seed 2", "ours, mean of 3 seeds")
    ]
    assert made.lines[0][1:] == ("94.0", "10", "95.7", "1.886")
    assert made.lines[-1][-1] == "1.600; goal 1.62: reached; stretch 1.55: missed"
    assert made.lost == ()
    assert "held-out letters scored: 111,540" in markdown(made)


def test_a_run_that_was_compiled_says_so():
    runs = data([1.58, 1.60, 1.62])
    for told in runs["ours"]:
        told["remarks"] = {"compile": "compiled by torch.compile"}
    assert sheet(runs).facts["compile"] == "compiled by torch.compile"


def test_a_missed_goal_is_confessed():
    made = sheet(data([1.62, 1.63, 1.64]))
    assert made.lines[-1][-1] == "1.630; goal 1.62: missed; stretch 1.55: missed"
    record = {"tables": [made.to_dict()]}
    assert losses({"shakespeare": record}) == (
        "- shakespeare, the loss that nanoGPT's time buys: the goal of 1.62 is missed: 1.630."
    )


def test_a_good_loss_that_took_too_long_reaches_nothing():
    made = sheet(data([1.5, 1.5, 1.5], seconds=94.1))
    assert made.lines[-1][-1] == "1.500; goal 1.62: missed; stretch 1.55: missed"
    assert made.lost[0] == "ours, seed 0 took longer than nanoGPT."
    assert len(made.lost) == 3


def test_a_little_time_is_kept_to_spare():
    assert steps_within(100.0, start=0.0, step=1.0) == 97
    assert steps_within(100.0, start=96.0, step=0.5) == 2
    assert steps_within(1.0, start=5.0, step=0.5) == 1


def test_the_schedule_ends_with_the_steps():
    train = paced(RECIPES["shakespeare-char"], 801, 2)
    assert isinstance(train, TrainConfig)
    assert (train.steps, train.seed, train.eval_every) == (801, 2, 101)
    assert train.checkpoint_every == 801
    same = ("optimizer", "lr", "muon_lr", "schedule", "batch_size")
    wanted = RECIPES["shakespeare-char"].train
    assert all(getattr(train, name) == getattr(wanted, name) for name in same)


def test_the_recipe_gets_the_texts_alphabet():
    assert recipe_for(65).model.vocab_size == 65
    assert recipe_for(65).train == RECIPES["shakespeare-char"].train


def test_ours_gets_the_time_that_nanogpt_took(here, nano):
    (made,) = shakespeare.PARTS["race"](1, True)
    who = [task["who"] for task in here]
    assert who == ["nanogpt", "pilot", "ours", "ours", "ours"]
    theirs = made.data["nanogpt"]
    assert theirs["steps"] == 40
    assert len(theirs["validation"]) == 8
    steps = steps_within(theirs["seconds"], **made.data["pace"])
    assert [task["deadline"] for task in here[2:]] == [theirs["seconds"]] * 3
    assert [task["train"]["steps"] for task in here[2:]] == [steps] * 3
    assert [task["train"]["seed"] for task in here[2:]] == [0, 1, 2]
    assert [found["seed"] for found in made.data["ours"]] == [0, 1, 2]
    assert Sheet.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert sheet(made.data) == made


def test_a_pupil_is_a_process_of_its_own_that_compiles_anew(tmp_path, monkeypatch, nano):
    monkeypatch.setenv(pupil.COMPILED, str(tmp_path))
    seen = []
    real = pupil.subprocess.run

    def watched(command, **more):
        seen.append(more["env"][pupil.COMPILED])
        return real(command, **more)

    monkeypatch.setattr(pupil.subprocess, "run", watched)
    told = pupil.send({"who": "nanogpt", "steps": 3, "eval_every": 2, "small": True})
    assert [step for step, *_ in told["validation"]] == [2, 3]
    assert told["loss"] == told["validation"][-1][2]
    assert seen != [str(tmp_path)]


def test_without_nanogpt_the_sheet_says_so(monkeypatch, here):
    monkeypatch.delenv(peers.NANOGPT, raising=False)
    (made,) = shakespeare.PARTS["race"](1, True)
    assert made.skipped.startswith("nanoGPT is not at hand: set AIGC_LAB_NANOGPT")
    assert here == []


def long_data(points):
    return {
        "ours": {**run(0, points[-1][2]), "validation": points},
        "model": {"n_layer": 6, "n_head": 6, "n_embd": 192, "block_size": 256},
        "train": {"batch_size": 16, "steps": 5000},
        "letters": 111_540,
    }


def test_the_first_time_below_the_published_loss_counts():
    points = [[100, 60.0, 1.9], [200, 480.0, 1.4697], [300, 1000.0, 1.46]]
    made = published.sheet(long_data(points))
    assert made.lines == (
        ("ours, to 1.4697", "8.0; goal 15 min: reached; stretch 8 min: reached", "200", "1.4697"),
    )
    assert made.lost == ()


def test_too_late_and_never():
    late = published.sheet(long_data([[100, 60.0, 1.9], [200, 930.0, 1.46]]))
    assert late.lines[0][1] == "15.5; goal 15 min: missed; stretch 8 min: missed"
    assert late.lost == ("the goal of 15 minutes is missed.",)
    never = published.sheet(long_data([[100, 60.0, 1.9], [200, 120.0, 1.48], [300, 180.0, 1.49]]))
    assert never.lines[0][0] == "ours, its best; 1.4697 is not reached"
    assert never.lines[0][2:] == ("200", "1.4800")
    assert never.lost == late.lost


def test_the_long_run_is_kept_until_it_ends_and_then_begins_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(published, "RUNS", tmp_path)
    (made,) = published.PARTS["run"](1, True)
    (folder,) = tmp_path.iterdir()
    assert (folder / "last.safetensors").exists()
    assert json.loads((folder / published.DONE).read_text()) == json.loads(
        json.dumps(made.data["ours"])
    )
    assert made.data["ours"]["steps"] == 40
    assert [point[0] for point in made.data["ours"]["validation"]] == [*range(0, 40, 3), 40]
    assert published.sheet(made.data) == made
    (folder / "mark").touch()
    published.PARTS["run"](1, True)
    assert not (folder / "mark").exists()


def test_the_long_run_without_its_text(monkeypatch, tmp_path):
    monkeypatch.setattr(published, "RUNS", tmp_path)

    def absent(small):
        raise peers.NotHere("it is on loan")

    monkeypatch.setattr(published, "letters", absent)
    (made,) = published.PARTS["run"](1, True)
    assert made.skipped == "it is on loan"
    assert not list(tmp_path.iterdir())


SHEETS = {"shakespeare": sheet, "shakespeare-long": published.sheet}


@pytest.mark.parametrize("name", [name for name in SHEETS if name in RECORDS])
def test_what_a_record_says_follows_from_its_runs(name):
    for made in tables_of(RECORDS[name]):
        assert made.skipped or SHEETS[name](made.data) == made

"""`train --recipe`: the run of `python -m aigc_lab.training`, with the commands' manners."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from aigc_lab.training.recipes import RECIPES
from aigc_lab.training.run_files import FILES
from tests.cli.conftest import contents, prose
from tests.training.tiny_recipe import TEXT, caller, tiny_recipe


@pytest.fixture(autouse=True)
def tiny(monkeypatch, tmp_path):
    monkeypatch.setitem(RECIPES, "tiny", tiny_recipe())
    (tmp_path / TEXT).write_text(prose())


def test_it_is_the_same_run(call, capsys):
    assert call("train", "--recipe", "tiny", "--out", "one").code == 0
    assert caller(capsys)("tiny", "--out", "two").code == 0
    one, two = (contents(Path(name)) for name in ("one", "two"))
    assert {Path(name).name for name in one} == {Path(name).name for name in two}
    for name in ("tokenizer.json", "held_out.json", "recipe.json"):
        assert one[f"one/{name}"] == two[f"two/{name}"]
    weights = [
        run[f"{name}/best.safetensors"][-4000:] for name, run in (("one", one), ("two", two))
    ]
    assert weights[0] == weights[1]


def test_others_open_what_it_leaves(call):
    call("train", "--recipe", "tiny", "--out", "run", "--steps", "3")
    assert {path.name for path in Path("run").iterdir()} <= set(FILES)
    assert call("sample", "run", "the", "--tokens", "2").code == 0
    said = call("compare", "run", "--bytes", "60", "--json")
    assert said.code == 0
    assert said.json["text"] == "the text held out from run"


def test_the_plan_alone(call, tmp_path):
    before = contents(tmp_path)
    said = call("train", "--recipe", "tiny", "--plan", "--json")
    assert said.code == 0
    assert (said.json["recipe"], said.json["steps"]) == ("tiny", 40)
    assert contents(tmp_path) == before


def test_a_text_and_dials_may_be_given(call):
    Path("other.txt").write_text(prose(seed=1))
    said = call("train", "other.txt", "--recipe", "tiny", "--steps", "4", "--json", "--lr", "0.01")
    assert said.code == 0
    recipe = json.loads(Path("runs/tiny/recipe.json").read_text())
    assert (recipe["text"], recipe["steps"], recipe["lr"]) == ("other", 4, 0.01)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--recipe", "nothing"], "invalid choice: 'nothing'"),
        (["--recipe", "tiny", "--tokenizer", "char"], "--tokenizer is part of the recipe"),
        (["--recipe", "tiny", "--block-size", "8"], "--block-size is part of the recipe"),
        (["--recipe", "tiny", "--optimizer", "adamw"], "--optimizer is part of the recipe"),
        (["notes.txt", "--plan"], "--plan is for --recipe only"),
        (["notes.txt", "--tokens", "a.npy"], "--tokens is for --recipe only"),
        (["notes.txt", "--recompute"], "--recompute is for --recipe only"),
        ([], "there is nothing to learn from; give a TEXT or a --recipe"),
    ],
)
def test_words_that_do_not_go_together(call, words, complaint):
    said = call("train", *words)
    assert said.code == 2
    assert complaint in said.complaint


def test_what_cannot_fit_is_refused_in_one_line(call, monkeypatch):
    monkeypatch.setattr("aigc_lab.training.plan.available_bytes", lambda _: 4 * 2**30)
    said = call("train", "--recipe", "gpt2-124m", "--plan", "--device", "cpu")
    assert said.code == 1
    assert "it fits with --accumulate" in said.complaint


OWN = ("train", TEXT, "--steps", "2", "--block-size", "8", "--vocab-size", "270")
WAYS = {
    "a run without a recipe": (*OWN, "--batch-size", "2", "--device", "cpu"),
    "a run by the recipe tiny": ("train", "--recipe", "tiny", "--steps", "3"),
    "a run by the recipe another": ("train", "--recipe", "another", "--steps", "3"),
}


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(WAYS, 2)))
def test_a_run_of_another_kind_is_refused_in_a_readable_line(call, monkeypatch, first, second):
    monkeypatch.setitem(RECIPES, "another", tiny_recipe("another", why="another test"))
    assert call(*WAYS[first], "--out", "run").code == 0
    before = contents(Path("run"))
    said = call(*WAYS[second], "--out", "run")
    assert said.code == 1
    assert f"run holds {first}, and this is {second}; choose another --out" in said.complaint
    assert len(said.complaint) < 200
    assert contents(Path("run")) == before

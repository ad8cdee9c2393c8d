"""`python -m aigc_lab.training`: what it prints, what it leaves, how it is asked."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch

from aigc_lab.model.gpt import GPT
from aigc_lab.text.token_ids import open_ids, write_ids
from aigc_lab.text.tokenizer import CharTokenizer, load_tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.training import material, run_files, vocabulary
from aigc_lab.training.checkpoint import load_checkpoint
from aigc_lab.training.loop import Trainer
from aigc_lab.training.metrics import read_metrics
from aigc_lab.training.recipes import RECIPES
from aigc_lab.training.selftest import Findings
from tests.cli.conftest import contents, prose
from tests.training.tiny_recipe import complaint, tiny_recipe

ROOT = Path(__file__).parents[2]
TOPICS = ["recipe", "model", "training", "memory", "time"]


def topics(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line]


class TestPlan:
    def test_the_plan_alone_makes_nothing(self, call, tmp_path):
        before = contents(tmp_path)
        said = call("tiny", "--plan")
        assert said.code == 0
        assert topics(said.out) == TOPICS
        assert "40 steps of 4 x 7: 1,120 tokens" in said.out
        assert contents(tmp_path) == before

    def test_the_plan_of_every_recipe_needs_no_text(self, call, monkeypatch):
        monkeypatch.setattr("aigc_lab.training.plan.measure_speed", lambda *_: 1000.0)
        monkeypatch.setattr("aigc_lab.training.plan.available_bytes", lambda _: 2**40)
        for name in RECIPES:
            assert call(name, "--plan").code == 0

    def test_the_plan_for_scripts(self, call):
        said = call("tiny", "--plan", "--json", "--batch-size", "8", "--accumulate", "2")
        assert said.json["recipe"] == "tiny"
        assert said.json["tokens"] == 40 * 8 * 7
        assert said.json["tokens_per_second"] > 0
        assert topics(said.err) == TOPICS

    def test_what_cannot_fit_is_refused_and_what_is_suggested_is_accepted(self, call, monkeypatch):
        monkeypatch.setattr("aigc_lab.training.plan.measure_speed", lambda *_: 1000.0)
        monkeypatch.setattr("aigc_lab.training.plan.available_bytes", lambda _: 4 * 2**30)
        said = call("gpt2-124m", "--plan", "--device", "cpu")
        assert said.code == 1
        assert "not measured, since it does not fit" in said.out
        line = said.err.splitlines()[-1]
        options = line.partition("it fits with ")[2].partition(" (")[0].split()
        assert options[0] == "--accumulate"
        assert call("gpt2-124m", "--plan", "--device", "cpu", *options).code == 0


class TestRun:
    def test_the_plan_comes_first_then_the_text_then_the_losses(self, call, tmp_path):
        said = call("tiny", "--out", "run")
        assert said.code == 0
        rest = ["text", "tokenizer", "folder", *["step"] * 5, "Saved"]
        assert topics(said.out)[:14] == [*TOPICS, *rest]
        assert "step 40 of 40  training loss" in said.out
        recipe = json.loads(Path("run/recipe.json").read_text())
        assert (recipe["recipe"], recipe["text"], recipe["steps"]) == ("tiny", "notes", 40)
        wanted = set(run_files.FILES) - {run_files.CURVE}
        assert {path.name for path in Path("run").iterdir()} == wanted

    def test_the_result_for_scripts(self, call):
        said = call("tiny", "--json", "--steps", "5", "--seed", "3")
        assert said.code == 0
        assert said.json["finished"] is True
        assert said.json["folder"] == str(Path("runs/tiny"))
        assert said.json["tokens"] == 5 * 4 * 7
        assert said.json["best_val_loss_nats_per_token"] > 0
        assert said.json["plan"]["parameters"] == said.json["parameters"]

    def test_it_is_the_command_that_a_terminal_knows(self, tmp_path):
        command = [sys.executable, "-m", "aigc_lab.training", "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0
        assert all(name in done.stdout for name in RECIPES)
        assert all(len(line) <= 100 for line in done.stdout.splitlines())

    def test_a_finished_run_is_left_as_it_is(self, call):
        call("tiny", "--out", "run")
        before = contents(Path("run"))
        said = call("tiny", "--out", "run")
        assert (said.code, "finished already" in said.out) == (0, True)
        after = contents(Path("run"))
        changed = {Path(name).name for name in after if after[name] != before[name]}
        assert changed == {"run.json"}  # it notes that it was asked again

    def test_force_starts_over(self, call):
        call("tiny", "--out", "run")
        Path("run/diary.txt").write_text("dear diary")
        assert call("tiny", "--out", "run", "--steps", "7", "--force").code == 0
        assert read_metrics("run/metrics.jsonl")[-1]["step"] == 7
        assert Path("run/diary.txt").read_text() == "dear diary"

    def test_force_starts_over_where_the_recipe_is_damaged(self, call):
        call("tiny", "--out", "run", "--steps", "3")
        Path("run/recipe.json").write_text("[]")
        said = call("tiny", "--out", "run", "--steps", "3")
        assert "does not hold a run's recipe; start the run again with --force" in complaint(said)
        assert call("tiny", "--out", "run", "--steps", "3", "--force").code == 0

    def test_a_faulty_device_is_gone_around_and_the_run_can_go_on(self, call, monkeypatch):
        leaky = Findings(leaks_future=True)
        monkeypatch.setattr("aigc_lab.training.recipe_run.findings_for", lambda device: leaky)
        said = call("tiny", "--out", "run")
        assert said.code == 0
        assert "device     fused attention lets the past see the future on cpu" in said.out
        assert "explicit" in Path("run/run.json").read_text()
        assert json.loads(Path("run/recipe.json").read_text())["attention"] == "auto"  # as asked
        assert "finished already" in call("tiny", "--out", "run").out

    def test_ctrl_c_saves_and_the_same_command_goes_on(self, call, monkeypatch):
        original = Trainer.train_step

        def train_step(self):
            original(self)
            if self.step == 13:
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(Trainer, "train_step", train_step)
        said = call("tiny", "--out", "run", "--json")
        assert (said.code, said.json["finished"], said.json["step"]) == (130, False, 13)
        monkeypatch.setattr(Trainer, "train_step", original)
        said = call("tiny", "--out", "run")
        assert said.code == 0
        assert "going on after step 13" in said.out
        call("tiny", "--out", "whole")
        one, two = (load_checkpoint(f"{name}/last.safetensors") for name in ("run", "whole"))
        assert all(torch.equal(tensor, two.model[name]) for name, tensor in one.model.items())


class TestSources:
    def test_another_text_and_characters(self, call, monkeypatch):
        monkeypatch.setitem(RECIPES, "tiny", tiny_recipe(tokenizer="char"))
        Path("other.txt").write_text(prose(seed=1))
        assert call("tiny", "--text", "other.txt", "--steps", "2").code == 0
        tokenizer = load_tokenizer("runs/tiny")
        assert set(tokenizer.alphabet) == set(prose(seed=1))
        assert load_checkpoint("runs/tiny/last.safetensors").model["wte.weight"].shape[0] == len(
            tokenizer.alphabet
        ) + len(tokenizer.special_tokens)

    def test_tiny_town_has_its_floor(self, call, monkeypatch):
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_LEARNED", 20)
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 5)
        said = call("tiny", "--text", "town", "--steps", "2", "--json")
        assert said.code == 0
        assert said.json["val_floor_nats_per_token"] > 0
        assert "without end" in said.err

    def test_a_token_file_with_its_tokenizer_beside_it(self, call):
        tokenizer = CharTokenizer.train(prose(), [END_OF_TEXT])
        ids = tokenizer.encode(prose())
        tokenizer.save("ids")
        write_ids("ids/tokens.npy", ids, tokenizer.vocab_size)
        said = call("tiny", "--tokens", "ids/tokens.npy", "--steps", "3")
        assert said.code == 0
        assert f"{len(ids) - round(0.1 * len(ids)):,} tokens to learn from" in said.out
        assert load_tokenizer("runs/tiny").alphabet == tokenizer.alphabet
        assert json.loads(Path("runs/tiny/recipe.json").read_text())["tokens"] == len(ids)

    def test_a_token_file_without_a_tokenizer_is_taken_by_the_recipes_vocabulary(self, call):
        write_ids("tokens.npy", list(range(270)) * 10, 270)
        said = call("tiny", "--tokens", "tokens.npy", "--steps", "3")
        assert said.code == 0
        assert "tokenizer  not here, 270 tokens" in said.out

    def test_a_streamed_data_set_is_encoded_once(self, call, monkeypatch):
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        library, asked = ModuleType("datasets"), []
        rows = [{"story": line} for line in prose().splitlines()]
        library.load_dataset = lambda name, **_: asked.append(name) or iter(rows)
        monkeypatch.setitem(sys.modules, "datasets", library)
        words = ("tiny", "--dataset", "some/stories", "--column", "story", "--steps", "3")
        said = call(*words, "--out", "one")
        assert said.code == 0
        assert "text       some/stories: " in said.out
        recipe = json.loads(Path("one/recipe.json").read_text())
        assert (recipe["text"], recipe["column"]) == ("some/stories", "story")
        (kept,) = Path("cache").glob("*.npy")
        ids, tokenizer = open_ids(kept), load_tokenizer("one")
        end = tokenizer.special_tokens[END_OF_TEXT]
        assert (ids == end).sum() == len(rows) + 1
        assert tokenizer.decode(ids[1 : 1 + ids[1:].tolist().index(end)]) == rows[0]["story"]
        assert len(asked) == 2  # to learn the word pieces, and to encode
        assert call(*words, "--out", "two").code == 0
        assert len(asked) == 3  # the ids are there
        assert call(*words, "--out", "one").code == 0
        assert len(asked) == 3  # and so is the tokenizer
        assert call("tiny", "--dataset", "a/b", "--column", "x").code == 1

    def test_of_a_data_set_no_more_is_read_than_the_run_can_use(self, call, monkeypatch):
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        library, read = ModuleType("datasets"), []
        lines = (read.append(n) or {"text": "the cat sat on a mat"} for n in range(10**9))
        library.load_dataset = lambda *_, **__: lines
        monkeypatch.setitem(sys.modules, "datasets", library)
        monkeypatch.setattr(material, "LEAST_IDS", 600)
        monkeypatch.setattr(vocabulary, "ENOUGH_TEXT", 100)
        monkeypatch.setitem(RECIPES, "tiny", tiny_recipe(tokenizer="char"))
        said = call("tiny", "--dataset", "some/stories:all", "--steps", "30")
        assert said.code == 0
        count = math.ceil(30 * 4 * 7 / 0.9)
        assert f"to read    up to {count:,} token ids of some/stories:all, kept in" in said.out
        (kept,) = Path("cache").glob(f"*-{count}-*.npy")
        assert count <= len(open_ids(kept)) <= count + 21 + 1
        assert len(read) < 2 * count / 20 + 3
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
        said = call("tiny", "--dataset", "some/stories:all", "--steps", "30", "--out", "two")
        assert said.code == 0  # they are there already
        said = call("tiny", "--dataset", "some/stories:all", "--steps", "31", "--out", "three")
        assert said.code == 1
        assert "token ids take 1.9 KiB, and" in complaint(said)

    @pytest.mark.parametrize("text", ["notes.txt", "town"])
    def test_an_examination_in_parts_is_the_same_examination(self, call, monkeypatch, text):
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_LEARNED", 20)
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 5)
        found = material.gather(tiny_recipe(text=text), material.Source(), Path("run")).batches
        parts = material.ExamInParts(found, rows=3)
        whole, cut = found.evaluation(2), parts.evaluation(2)
        assert {len(x) for x, _ in cut} <= {1, 3}
        for side in (0, 1):
            one, two = (torch.cat([pair[side] for pair in exam]) for exam in (whole, cut))
            assert torch.equal(one, two)
        assert getattr(cut, "floor", None) == getattr(whole, "floor", None)
        assert torch.equal(parts.next(3)[0], found.next(3)[0])
        assert parts.total_tokens == found.total_tokens

    def test_no_more_rows_are_examined_at_a_time_than_learned_from(self, call, monkeypatch):
        rows = set()
        forward = GPT.forward

        def watched(self, ids, cache=None):
            rows.add(len(ids))
            return forward(self, ids, cache)

        monkeypatch.setattr("aigc_lab.training.plan.measure_speed", lambda *_: 1000.0)
        monkeypatch.setattr(GPT, "forward", watched)
        assert call("tiny", "--accumulate", "2", "--steps", "2").code == 0
        assert max(rows) == 2

    def test_gpt2s_vocabulary_when_it_is_at_hand_and_else_word_pieces(self, call, monkeypatch):
        monkeypatch.setitem(RECIPES, "tiny", tiny_recipe(tokenizer="gpt2"))
        said = call("tiny", "--steps", "1", "--out", "one")
        assert said.code == 0
        assert "GPT-2's vocabulary is not at hand, so word pieces were learned" in said.out
        published = CharTokenizer.train(prose(), [END_OF_TEXT])
        monkeypatch.setattr(vocabulary, "gpt2_tokenizer", lambda: published)
        said = call("tiny", "--steps", "1", "--out", "two")
        assert "not at hand" not in said.out
        assert load_tokenizer("two").alphabet == published.alphabet


class TestUsage:
    @pytest.mark.parametrize(
        ("words", "code", "complaint_"),
        [
            (["nothing"], 1, "there is no recipe 'nothing'; choose one of shakespeare-char"),
            ([], 2, "required: NAME"),
            (["tiny", "--steps", "0"], 2, "'0' is not a whole number, 1 or more"),
            (["tiny", "--accumulate", "3"], 1, "does not split into accumulate=3"),
            (["tiny", "--text", "a", "--tokens", "b"], 1, "text and tokens were given"),
            (["tiny", "--text", "nothing.txt"], 1, "no file or folder nothing.txt"),
            (["tiny", "--device", "mps"], 1, "device='mps' is not present here"),
        ],
    )
    def test_what_is_wrong_is_told_in_one_line(self, call, words, code, complaint_):
        if "mps" in words and torch.backends.mps.is_available():
            pytest.skip("this machine has that device")
        said = call(*words)
        assert said.code == code
        assert complaint_ in complaint(said)
        assert not Path("runs").exists()

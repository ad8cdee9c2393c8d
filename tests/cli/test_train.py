"""`train`: what a run leaves, how it is taken up, and that it never destroys another."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from aigc_lab.training import run_files as runs
from aigc_lab.training.loop import Trainer
from aigc_lab.training.metrics import read_metrics
from tests.cli.conftest import SMALL, contents, prose

QUICK = ("--steps", "6", *SMALL)


class TestRun:
    def test_the_plan_comes_first(self, call, made):
        said = call("train", made / "notes.txt", *QUICK)
        assert said.code == 0
        starts = [line.split()[0] for line in said.out.splitlines() if line]
        plan = ["text", "tokenizer", "model", "training", "to", "folder"]
        assert starts[: len(plan)] == plan
        for part in ("parameters", "uniform guess", "bigram table", "gzip", "bytes held out"):
            assert part in said.out
        assert "runs/notes-nano (new)" in said.out.replace(os.sep, "/")
        assert "aigc-lab sample" in said.out

    def test_the_folder_holds_all_that_others_need(self, made):
        folder = made / "run"
        assert {path.name for path in folder.iterdir()} == set(runs.FILES)
        recipe = json.loads((folder / "recipe.json").read_text())
        assert (recipe["text"], recipe["steps"], recipe["tokenizer"]) == ("notes", 6, "bpe")
        held_out = json.loads((folder / "held_out.json").read_text())
        assert (made / "notes.txt").read_text().endswith("".join(held_out))
        assert 0.05 < len("".join(held_out)) / len(prose()) < 0.15

    def test_json_is_alone_on_stdout(self, call, made):
        said = call("train", made / "notes.txt", *QUICK, "--json")
        assert said.code == 0
        assert said.json["finished"] is True
        assert said.json["step"] == 6
        assert said.json["held_out"]["bits_per_byte"] > 0
        assert "parameters" in said.err  # the plan, for whoever watches

    def test_characters(self, call, made):
        words = ("train", made / "notes.txt", "--tokenizer", "char", "--steps", "2")
        assert call(*words, *SMALL[2:], "--out", "letters").code == 0
        tokenizer = json.loads(Path("letters/tokenizer.json").read_text())
        assert set(tokenizer["alphabet"]) == set(prose())

    def test_the_same_seed_gives_the_same_model(self, call, made):
        for name in ("one", "two"):
            assert call("train", made / "notes.txt", *QUICK, "--out", name).code == 0
        same = [Path(name, "best.safetensors").read_bytes() for name in ("one", "two")]
        assert same[0][-4000:] == same[1][-4000:]  # the weights; the header holds the clock


class TestResuming:
    def interrupt_after(self, step, monkeypatch):
        original = Trainer.train_step

        def train_step(self):
            original(self)
            if self.step == step:
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(Trainer, "train_step", train_step)
        return original

    def test_ctrl_c_saves_and_the_same_command_goes_on(self, call, made, monkeypatch):
        words = ("train", made / "notes.txt", *QUICK, "--out", "run")
        original = self.interrupt_after(4, monkeypatch)
        said = call(*words)
        assert said.code == 130
        assert "Stopped after step 4 of 6 and saved" in said.out
        monkeypatch.setattr(Trainer, "train_step", original)
        said = call(*words)
        assert said.code == 0
        assert "going on after step 4" in said.out
        curves = [
            [(r["step"], r.get("train_loss"), r.get("val_loss")) for r in read_metrics(path)]
            for path in (made / "run" / "metrics.jsonl", "run/metrics.jsonl")
        ]
        assert curves[0] == curves[1]  # as if it had never been stopped

    def test_ctrl_c_in_json(self, call, made, monkeypatch):
        self.interrupt_after(3, monkeypatch)
        said = call("train", made / "notes.txt", *QUICK, "--json")
        assert said.code == 130
        assert said.json["finished"] is False
        assert said.json["step"] == 3

    def test_a_run_stopped_before_its_first_examination_is_used_as_it_is(
        self, call, made, monkeypatch
    ):
        self.interrupt_after(4, monkeypatch)
        call("train", made / "notes.txt", *QUICK, "--out", "run")
        assert runs.best_checkpoint(Path("run")).name == "last.safetensors"
        assert runs.best_checkpoint(made / "run").name == "best.safetensors"

    def test_a_finished_run_stays_as_it_is(self, call, run):
        (run / "held_out.json").write_text('["what this run did not see"]')
        before = contents(run)
        said = call("train", "notes.txt", *QUICK, "--out", "run")
        assert said.code == 0
        assert "finished already" in said.out
        after = contents(run)
        for name in ("last.safetensors", "best.safetensors", "metrics.jsonl", "held_out.json"):
            assert after[str(run / name)] == before[str(run / name)]


class TestNothingIsDestroyed:
    def test_a_run_of_other_settings_is_refused_by_name(self, call, run):
        before = contents(run)
        said = call("train", "notes.txt", *SMALL, "--steps", "7", "--out", "run")
        assert said.code == 1
        assert "steps 6 (now 7)" in said.complaint
        assert "--force" in said.complaint
        assert contents(run) == before

    def test_a_run_on_other_text_is_refused(self, call, run, tmp_path):
        (tmp_path / "notes.txt").write_text(prose(seed=1))
        before = contents(run)
        said = call("train", "notes.txt", *QUICK, "--out", "run")
        assert said.code == 1
        assert "text_sha256" in said.complaint
        assert contents(run) == before

    def test_a_folder_of_other_things_is_refused(self, call, run, tmp_path):
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
        said = call("train", "notes.txt", *QUICK, "--out", "photos")
        assert said.code == 1
        assert "photos holds other files" in said.complaint
        assert list((tmp_path / "photos").iterdir()) == [tmp_path / "photos" / "cat.jpg"]

    def test_a_file_in_the_way_is_refused(self, call, run):
        said = call("train", "notes.txt", *QUICK, "--out", "notes.txt")
        assert said.code == 1
        assert "notes.txt is a file" in said.complaint

    def test_force_starts_over_and_leaves_other_files(self, call, run):
        (run / "diary.txt").write_text("dear diary")
        said = call("train", "notes.txt", *SMALL, "--steps", "3", "--out", "run", "--force")
        assert said.code == 0
        assert "(new)" in said.out
        assert read_metrics(run / "metrics.jsonl")[-1]["step"] == 3
        assert (run / "diary.txt").read_text() == "dear diary"

    @pytest.mark.parametrize("force", [[], ["--force"]])
    def test_never_into_the_folder_of_an_exported_model(self, call, run, tmp_path, force):
        call("export", "run", "mine")
        before = contents(tmp_path / "mine")
        said = call("train", "notes.txt", *QUICK, "--out", "mine", *force)
        assert said.code == 1
        assert "mine holds a model in transformers' format" in said.complaint
        assert "--force" not in said.complaint
        assert contents(tmp_path / "mine") == before

    def test_a_run_that_a_model_was_written_into_before_still_goes_on(self, call, run):
        (run / "config.json").write_text("{}")
        assert "finished already" in call("train", "notes.txt", *QUICK, "--out", "run").out

    def test_a_force_that_cannot_start_keeps_the_old_run(self, call, run):
        before = contents(run)
        words = ("train", "notes.txt", "--steps", "3", "--out", "run", "--force", "--device")
        said = call(*words, "cuda" if sys.platform == "darwin" else "mps")
        assert said.code == 1
        assert "is not present here" in said.complaint
        assert contents(run) == before

    def test_a_cut_checkpoint_is_named(self, call, run):
        path = run / "last.safetensors"
        path.write_bytes(path.read_bytes()[:-100])
        before = contents(run)
        said = call("train", "notes.txt", *QUICK, "--out", "run")
        assert said.code == 1
        assert "cut short" in said.complaint
        assert contents(run) == before


class TestBadInput:
    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (None, "there is no file or folder text.txt"),
            (b"", "text.txt is empty"),
            (b" \n \n", "text.txt is empty"),
            (b"\xff\xd8\xff\xe0 a photo", "text.txt is not UTF-8 text"),
            (b"a\x00b", "holds zero bytes"),
            (b"hi", "2 characters are too few"),
            (b"too short\n" * 11, "too few for one window of block_size=16"),
        ],
    )
    def test_one_line_names_it_and_nothing_is_made(self, call, tmp_path, content, complaint):
        if content is not None:
            (tmp_path / "text.txt").write_bytes(content)
        said = call("train", "text.txt", *QUICK)
        assert said.code == 1
        assert complaint in said.complaint
        assert not (tmp_path / "runs").exists()

    def test_an_empty_folder(self, call, tmp_path):
        (tmp_path / "empty").mkdir()
        said = call("train", "empty", *QUICK)
        assert said.code == 1
        assert "holds no .txt, .md, .rst file" in said.complaint

    def test_a_corpus_that_cannot_be_downloaded(self, call):
        said = call("train", "shakespeare", *QUICK)
        assert said.code == 1
        assert "could not be downloaded" in said.complaint
        assert "AIGC_LAB_DATA" in said.complaint

    def test_dials_that_do_not_go_together(self, call):
        said = call("train", "python_docs", "--tokenizer", "char", "--vocab-size", "300")
        assert said.code == 2
        assert "--vocab-size is for --tokenizer bpe" in said.complaint

    def test_a_damaged_recipe(self, call, run):
        (run / "recipe.json").write_text("[]")
        assert (
            "does not hold a run's recipe" in call("train", "notes.txt", "--out", "run").complaint
        )
        (run / "recipe.json").write_text("{")
        assert "does not hold JSON" in call("train", "notes.txt", "--out", "run").complaint

    def test_a_disk_that_refuses(self, call, run, tmp_path, monkeypatch):
        def refuse(*_):
            raise OSError(28, "could not write recipe.json: No space left on device; nothing lost")

        monkeypatch.setattr("aigc_lab.training.run_files.write_json", refuse)
        shutil.rmtree(run)
        said = call("train", "notes.txt", *QUICK, "--out", "run")
        assert said.code == 1
        assert "No space left on device" in said.complaint


def test_what_stops_a_run_stands_on_a_line_of_its_own(call, made):
    said = call("train", made / "notes.txt", *QUICK, "--lr", "1e9", "--muon-lr", "1e9")
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("aigc-lab: step ")


@pytest.mark.parametrize(
    "size", [("--batch-size", "500000000"), ("--preset", "gpt2-xl", "--batch-size", "9999")]
)
def test_what_no_memory_can_hold_is_refused_before_it_is_tried(call, made, tmp_path, size):
    said = call("train", made / "notes.txt", "--vocab-size", "300", *size)
    assert said.code == 1
    assert "is free; choose a smaller --batch-size, --block-size or --preset" in said.complaint
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_made_is_told_before_the_work(call, made):
    Path("notes").write_text("no folder")
    said = call("train", made / "notes.txt", *QUICK, "--out", "notes/run")
    assert said.code == 1
    assert "notes/run cannot be written" in said.complaint.replace(os.sep, "/")
    assert "choose another --out" in said.complaint
    assert said.out == ""

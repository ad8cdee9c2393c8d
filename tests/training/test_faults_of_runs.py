"""Bad input and bad luck: each is told in one line, and what was saved stays whole."""

from __future__ import annotations

import errno
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from aigc_lab.core import files
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.token_ids import write_ids
from aigc_lab.text.tokenizer import CharTokenizer, load_tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.training.checkpoint import load_checkpoint
from aigc_lab.training.loop import Trainer
from aigc_lab.training.metrics import read_metrics
from tests.cli.conftest import contents, prose
from tests.training.processes import kill
from tests.training.test_resume import assert_same_run
from tests.training.tiny_recipe import complaint

ROOT = Path(__file__).parents[2]
PROGRAM = "from tests.training.tiny_recipe import main_with_tiny\n"
STARTED: list[subprocess.Popen] = []
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and limits")


def start(folder: Path, *words: str, before: str = "") -> subprocess.Popen:
    """The command in a process of its own, with `before` run there first."""
    program = f"{PROGRAM}{before}\nraise SystemExit(main_with_tiny({['tiny', *words]!r}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", program]
    STARTED.append(subprocess.Popen(command, cwd=folder, env=environment, **pipes))
    return STARTED[-1]


@pytest.fixture(autouse=True)
def _none_is_left():
    """No process outlives its test, whatever became of that."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            kill(process)


class TestText:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "is empty"),
            ("hi", "2 characters are too few"),
            ("too short\n" * 11, "too few for one window of block_size=128"),
        ],
    )
    def test_a_corpus_shorter_than_a_block(self, call, text, words):
        Path("short.txt").write_text(text)
        said = call("tiny", "--text", "short.txt", "--preset", "nano")
        assert said.code == 1
        assert words in complaint(said)
        assert not Path("runs").exists()

    def test_no_text_for_a_recipe_that_has_none(self, call):
        said = call("gpt2-124m")
        assert said.code == 1
        assert "gpt2-124m has no text of its own; give it a text" in complaint(said)
        assert said.out == ""  # told before anything is measured

    def test_a_text_that_is_not_text(self, call):
        Path("photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
        said = call("tiny", "--text", "photo.jpg")
        assert said.code == 1
        assert "photo.jpg is not UTF-8 text" in complaint(said)


class TestTokenFiles:
    def test_ids_beyond_the_models_vocabulary(self, call):
        write_ids("tokens.npy", [5, 60_000] * 500, 60_001)
        said = call("tiny", "--tokens", "tokens.npy")
        assert said.code == 1
        assert "id 60000 is outside a vocabulary of 270 tokens" in complaint(said)
        assert "tokens.npy" in complaint(said)
        assert not Path("runs").exists()

    def test_ids_beyond_the_tokenizers_vocabulary(self, call):
        write_ids("tokens.npy", [5, 200] * 500, 270)
        CharTokenizer.train(prose(), [END_OF_TEXT]).save("letters")
        said = call("tiny", "--tokens", "tokens.npy", "--vocabulary", "letters")
        assert said.code == 1
        assert "id 200 is outside a vocabulary of" in complaint(said)

    def test_a_tokenizer_that_did_not_make_them(self, call):
        tokenizer = BPETokenizer.train(prose(), 270)
        tokenizer.save("ids")
        write_ids("ids/tokens.npy", tokenizer.encode(prose()), 270)
        BPETokenizer.train(prose(seed=1), 270).save("other")
        said = call("tiny", "--tokens", "ids/tokens.npy", "--vocabulary", "other")
        assert said.code == 1
        assert "tokenizer beside it, and other holds another one" in complaint(said)
        assert call("tiny", "--tokens", "ids/tokens.npy", "--steps", "1").code == 0

    @pytest.mark.parametrize("keep", [0, 60, 500, -1])
    def test_a_file_cut_short(self, call, keep):
        write_ids("tokens.npy", list(range(270)) * 10, 270)
        path = Path("tokens.npy")
        path.write_bytes(path.read_bytes()[:keep])
        said = call("tiny", "--tokens", "tokens.npy")
        assert said.code == 1
        assert "tokens.npy holds no token ids: " in complaint(said)
        assert "it was cut short or is another kind of file" in complaint(said)

    def test_a_file_that_is_not_there(self, call):
        said = call("tiny", "--tokens", "nothing.npy")
        assert said.code == 1
        assert "nothing.npy: No such file or directory; check the path" in complaint(said)

    def test_too_few_ids(self, call):
        write_ids("tokens.npy", [1, 2, 3], 270)
        said = call("tiny", "--tokens", "tokens.npy")
        assert said.code == 1
        assert "too few for one window of block_size=7" in complaint(said)


class TestFolders:
    @pytest.fixture
    def run(self, call) -> Path:
        assert call("tiny", "--out", "run").code == 0
        return Path("run")

    def refused(self, call, *words: str) -> str:
        before = contents(Path("run"))
        said = call("tiny", "--out", "run", *words)
        assert said.code == 1
        assert contents(Path("run")) == before
        return complaint(said)

    def test_a_run_of_other_settings(self, call, run):
        assert "steps 40 (now 41)" in self.refused(call, "--steps", "41")
        assert "n_layer 2 (now 4)" in self.refused(call, "--preset", "nano")

    def test_a_checkpoint_of_another_config(self, call, run):
        assert call("tiny", "--out", "other", "--steps", "3", "--lr", "0.001").code == 0
        shutil.copy("other/last.safetensors", "run/last.safetensors")
        words = self.refused(call)
        assert "run holds a run with other train settings: " in words
        assert "lr=0.001 (now 0.003)" in words

    def test_the_tokenizer_of_another_run(self, call, run):
        BPETokenizer.train(prose(seed=1), 280).save(run)
        assert "vocab_size 270 (now 2" in self.refused(call)
        tokenizer = BPETokenizer.train(prose(seed=1), 270)
        assert tokenizer.merges != load_tokenizer("run").merges
        tokenizer.save(run)
        assert "other data settings: first_batch=" in self.refused(call)

    def test_another_text(self, call, run):
        Path("notes.txt").write_text(prose(seed=1))
        assert "text_sha256" in self.refused(call)

    def test_a_cut_checkpoint(self, call, run):
        path = run / "last.safetensors"
        path.write_bytes(path.read_bytes()[:-100])
        assert "cut short" in self.refused(call)

    def test_a_folder_of_other_things(self, call):
        Path("photos").mkdir()
        Path("photos/cat.jpg").write_bytes(b"cat")
        said = call("tiny", "--out", "photos")
        assert said.code == 1
        assert "photos holds other files; choose another --out" in complaint(said)
        assert [path.name for path in Path("photos").iterdir()] == ["cat.jpg"]

    @pytest.mark.parametrize("out", ["notes.txt", "notes.txt/run", "/dev/full", "/dev/full/run"])
    def test_a_file_where_the_folder_is_to_be(self, call, out):
        if not Path(out).parents[-1].joinpath("dev/full").exists() and "dev" in out:
            pytest.skip("this system has no /dev/full")
        said = call("tiny", "--out", out)
        assert said.code == 1
        assert "choose another --out" in complaint(said)
        assert said.out == ""

    @posix
    def test_a_place_that_is_read_only(self, call, monkeypatch):
        Path("shelf").mkdir(mode=0o555)
        if os.geteuid() == 0:  # to whom nothing is read-only
            monkeypatch.setattr("aigc_lab.training.recipe_run.TemporaryFile", refuse(errno.EACCES))
        said = call("tiny", "--out", "shelf/run")
        assert said.code == 1
        expected = "shelf: Permission denied); choose another --out"
        assert expected in complaint(said)
        assert said.out == ""
        assert list(Path("shelf").iterdir()) == []


def refuse(number: int, message: str | None = None):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, message or os.strerror(number))

    return refuse


class TestDivergence:
    def test_a_loss_that_is_no_number(self, call):
        said = call("tiny", "--lr", "1e37", "--muon-lr", "1e37")
        assert said.code == 1
        line = said.err.splitlines()[-1]
        assert re.search(r"step \d+: loss (nan|inf)|weights overflowed", line)
        assert "lower lr or muon_lr, or warm up longer" in line
        assert not Path("runs/tiny/last.safetensors").exists()

    def test_the_last_good_checkpoint_is_kept(self, call, monkeypatch):
        original = Trainer.train_step

        def train_step(self):
            if self.step == 25:
                self.model.ln_f.weight.data[0] = math.nan
            original(self)

        monkeypatch.setattr(Trainer, "train_step", train_step)
        said = call("tiny", "--out", "run")
        assert said.code == 1
        assert "last good checkpoint is run/last.safetensors" in said.err.replace(os.sep, "/")
        found = load_checkpoint("run/last.safetensors")
        assert found.state["step"] == 20
        assert all(tensor.isfinite().all() for tensor in found.model.values())


class TestDisks:
    def test_a_full_disk_is_told_and_the_old_checkpoint_is_whole(self, call, monkeypatch):
        synchronise, saves = os.fsync, []

        def fsync(number: int) -> None:
            saves.append(number)
            if Path("run/last.safetensors").exists():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            synchronise(number)

        monkeypatch.setattr(files.os, "fsync", fsync)
        said = call("tiny", "--out", "run")
        assert said.code == 1
        line = said.err.splitlines()[-1]
        assert "No space left on device" in line
        monkeypatch.setattr(files.os, "fsync", synchronise)
        assert load_checkpoint("run/last.safetensors").state["step"] == 10
        assert not list(Path("run").glob(".*.part"))
        self.goes_on(call)

    @posix
    def test_a_file_that_may_not_grow_is_told_and_nothing_half_stays(self, call, tmp_path):
        limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, -1))"
        process = start(tmp_path, "--out", "run", before=limit)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 1, err
        assert "could not write" in err.splitlines()[-1]
        assert "File too large; what was there before is unchanged" in err.splitlines()[-1]
        assert not Path("run/last.safetensors").exists()
        assert not list(Path("run").glob(".*.part"))
        self.goes_on(call)

    def goes_on(self, call) -> None:
        assert call("tiny", "--out", "run").code == 0
        assert call("tiny", "--out", "whole").code == 0
        assert_same_run(Path("run"), Path("whole"))


@posix
class TestKills:
    def test_in_the_middle_of_a_save_the_old_checkpoint_stays(self, call, tmp_path):
        deadly = (
            "import os, signal\n"
            "from aigc_lab.core import files\n"
            "replace = os.replace\n"
            "def deadly(part, target):\n"
            "    if target.name == 'last.safetensors' and target.exists():\n"
            "        with open(part, 'rb+') as file: file.truncate(1000)\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n"
            "    replace(part, target)\n"
            "files.os.replace = deadly"
        )
        process = start(tmp_path, "--out", "run", before=deadly)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        assert load_checkpoint("run/last.safetensors").state["step"] == 10
        assert len(list(Path("run").glob(".last.*.part"))) == 1
        said = call("tiny", "--out", "run")
        assert "going on after step 10" in said.out
        assert not list(Path("run").glob(".*.part"))  # what was half is cleared away
        call("tiny", "--out", "whole")
        assert_same_run(Path("run"), Path("whole"))

    def test_at_random_moments_and_the_curve_is_that_of_an_undisturbed_run(self, call, tmp_path):
        call("tiny", "--out", "whole")
        dice, kills = random.Random(4), 0
        for lines in (3, 12, 22, 32):  # the curve has 45: 40 steps and 5 examinations
            process = start(tmp_path, "--out", "killed", before=SLOWLY)
            kills += kill_after(process, tmp_path / "killed" / "metrics.jsonl", lines, dice)
        assert kills == 4
        said = call("tiny", "--out", "killed")
        assert "going on after step" in said.out
        assert_same_run(Path("killed"), Path("whole"))
        run = json.loads(Path("killed/run.json").read_text())
        assert {again["from_step"] for again in run["resumed"]} <= {10, 20, 30}

    @pytest.mark.parametrize("name", ["tokenizer.json", "held_out.json"])
    def test_before_a_file_beside_the_checkpoints_is_written(self, call, tmp_path, name):
        deadly = (
            "import os, signal\n"
            "from aigc_lab.core import files\n"
            "replace = os.replace\n"
            "def deadly(part, target):\n"
            f"    if target.name == {name!r} and target.parent.name == 'run':\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n"
            "    replace(part, target)\n"
            "files.os.replace = deadly"
        )
        process = start(tmp_path, "--out", "run", before=deadly)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        assert not (tmp_path / "run" / name).exists()
        assert call("tiny", "--out", "run").code == 0
        call("tiny", "--out", "whole")
        assert_same_run(Path("run"), Path("whole"))


SLOWLY = (  # so that a kill comes while steps are taken
    "import time\n"
    "from aigc_lab.training.loop import Trainer\n"
    "step = Trainer.train_step\n"
    "Trainer.train_step = lambda self: (time.sleep(0.05), step(self))"
)


def kill_after(process: subprocess.Popen, metrics: Path, lines: int, dice: random.Random) -> bool:
    """Kill a run some moment after its curve has so many lines; whether it was still running."""
    limit = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < limit:
        if metrics.exists() and metrics.read_bytes().count(b"\n") >= lines:
            time.sleep(dice.uniform(0.0, 0.05))
            break
        time.sleep(0.002)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_a_curve_is_compared_to_the_last_bit(call):
    call("tiny", "--out", "one")
    call("tiny", "--out", "two", "--seed", "1")
    first, second = (read_metrics(f"{name}/metrics.jsonl") for name in ("one", "two"))
    assert first[5]["train_loss"] != second[5]["train_loss"]
    one, two = (load_checkpoint(f"{name}/last.safetensors").model for name in ("one", "two"))
    assert not torch.equal(one["wte.weight"], two["wte.weight"])

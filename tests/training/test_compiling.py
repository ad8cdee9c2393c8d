"""`torch.compile` where it works, and plain steps with a word about it where it does not."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from aigc_lab.training import compiling
from aigc_lab.training.compiling import Compiled, compiler_fault
from aigc_lab.training.loop import Trainer
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

ROOT = Path(__file__).parents[2]
HIDDEN = """
from aigc_lab.training.loop import Trainer
from tests.training.tiny import TinyBatches, tiny_config, tiny_model
trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3, compile="always"), {folder!r})
print(trainer.run().last("train_loss"))
"""


@pytest.fixture(autouse=True)
def _fresh_trial():
    compiler_fault.cache_clear()
    yield
    compiler_fault.cache_clear()


def test_without_a_compiler_training_goes_on_and_the_record_says_why(tmp_path):
    program = HIDDEN.format(folder=str(tmp_path / "run"))
    hidden = {**os.environ, "PATH": "", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "cache")}
    hidden.pop("CXX", None)
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env=hidden, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    plain = Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3)).run()
    assert float(done.stdout) == plain.last("train_loss")
    told = json.loads((tmp_path / "run" / "run.json").read_text())["compile"]
    assert told.startswith("not compiled: ")
    assert "compiler" in told


@pytest.mark.skipif(not shutil.which("g++"), reason="there is no compiler here")
def test_compiled_steps_compute_the_same():
    x, _ = TinyBatches().next(0)
    model = tiny_model()
    steps = Compiled(model, "always")
    assert steps.word == "compiled by torch.compile"
    torch.testing.assert_close(steps(x), model(x), rtol=1e-4, atol=1e-5)
    assert steps.word == "compiled by torch.compile"  # and not fallen back meanwhile


@pytest.fixture
def graphs(monkeypatch):
    """`torch.compile` as it is, but for a backend that takes no time and notes what it is given."""
    given: list[torch.fx.GraphModule] = []

    def backend(graph: torch.fx.GraphModule, _: list[torch.Tensor]):
        given.append(graph)
        return graph.forward

    monkeypatch.setattr(compiling, "compiler_fault", lambda device: None)
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=backend))
    torch.compiler.reset()
    yield given
    torch.compiler.reset()


@pytest.mark.parametrize("recompute", [False, True])
def test_a_run_is_compiled_once_however_many_parts_and_evaluations_it_has(graphs, recompute):
    settings = dict(recompute=recompute, accumulate=2)
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(compile="always", **settings))
    losses = trainer.run().series("train_loss")
    assert trainer.remarks() == {"compile": "compiled by torch.compile"}
    assert len(graphs) == 1
    plain = Trainer(tiny_model(), TinyBatches(), tiny_config(**settings)).run()
    assert losses[1] == pytest.approx(plain.series("train_loss")[1], rel=1e-5)


def test_a_compiler_that_fails_at_the_model_is_done_without(monkeypatch):
    def failing(ids: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("g++: internal compiler error\nand a page more")

    monkeypatch.setattr(compiling, "compiler_fault", lambda device: None)
    monkeypatch.setattr(torch, "compile", lambda model: failing)
    model, (x, _) = tiny_model(), TinyBatches().next(0)
    steps = Compiled(model, "always")
    assert torch.equal(steps(x), model(x))
    assert steps.word == "not compiled: RuntimeError: g++: internal compiler error"
    assert torch.equal(steps(x), model(x))


def test_an_error_of_the_model_is_no_fault_of_the_compiler(monkeypatch):
    monkeypatch.setattr(compiling, "compiler_fault", lambda device: None)
    monkeypatch.setattr(torch, "compile", lambda model: model)
    steps = Compiled(tiny_model(), "always")
    for _ in range(2):
        with pytest.raises(ValueError, match="ids arrived as"):
            steps(torch.zeros(3))
    assert steps.word == "compiled by torch.compile"


def test_a_compiler_that_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(compiling, "PATIENCE", 0.01)
    monkeypatch.setattr(torch, "compile", lambda function: lambda x: threading_wait())
    assert compiler_fault("cpu") == "the compiler did not answer within 0.01 seconds"


def threading_wait() -> None:
    import time

    time.sleep(1.0)


def test_a_compiler_that_computes_wrong_numbers_is_not_used(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda function: torch.zeros_like)
    word = Compiled(tiny_model(), "always").word
    assert word == "not compiled: the compiler computes wrong numbers"


def test_auto_compiles_where_the_run_is_long_enough(monkeypatch):
    monkeypatch.setattr(compiling, "compiler_fault", lambda device: None)
    monkeypatch.setattr(torch, "compile", lambda model: model)
    model = tiny_model()
    enough = int(1e14 / 6 / model.num_parameters()) + 1
    assert Compiled(model, "auto", tokens=enough).word == "compiled by torch.compile"
    assert "would take longer than it saves on cpu" in Compiled(model, "auto", tokens=1000).word
    assert Compiled(model, "never", tokens=enough).word == "not compiled"

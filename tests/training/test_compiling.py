"""`torch.compile` where it works, and plain steps with a word about it where it does not."""

import json
import os
import shutil
import subprocess
import sys
import time
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


@pytest.mark.skipif(not shutil.which("g++"), reason="needs g++, which compiles for a CPU")
def test_what_the_real_compiler_makes_computes_the_same():  # the one that waits for g++
    layer, x = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.GELU()), torch.randn(5, 2)
    steps = Compiled(layer, "always")
    assert steps.word == "compiled by torch.compile"
    with torch.no_grad():  # forwards is enough, and half the wait
        torch.testing.assert_close(steps(x), layer(x), rtol=1e-4, atol=1e-5)


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


class LengthsInTurn(TinyBatches):
    """Rows of 7 tokens, then of 5, and so on."""

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        x, y = super().next(step)
        return (x[:, :-2], y[:, :-2]) if step % 2 else (x, y)


def test_a_compiler_that_would_begin_anew_for_ever_is_done_without_and_that_is_told(graphs):
    trainer = Trainer(tiny_model(), LengthsInTurn(), tiny_config(compile="always"))
    with torch._dynamo.config.patch(recompile_limit=1):
        trainer.run()
    assert len(graphs) == 1
    told = "not compiled any more: too many steps had to be compiled anew"
    assert trainer.remarks() == {"compile": told}


@pytest.fixture
def stand_in(monkeypatch):
    """Puts a function of the model in the place of `torch.compile`, which works at the trial."""

    def put(compile) -> None:
        monkeypatch.setattr(compiling, "compiler_fault", lambda device: None)
        monkeypatch.setattr(torch, "compile", compile)

    return put


def failing(error: Exception, step: int = 0, backward: bool = False):
    """A compiler whose function raises an error at a step, having drawn random numbers."""

    def fail(*_: object) -> None:
        raise error

    def compile(model):
        steps = iter(range(100))

        def call(ids):
            logits = model(ids)
            if next(steps) == step:
                logits.sum().backward(retain_graph=True)  # and left gradients behind
                if not backward:
                    raise error
                logits.register_hook(fail)
            return logits

        return call

    return compile


def a_run(**settings) -> Trainer:
    return Trainer(tiny_model(dropout=0.3), TinyBatches(), tiny_config(**settings))


BROKEN = RuntimeError("g++: internal compiler error\nand a page more")


@pytest.mark.parametrize("backward", [False, True])
def test_a_compiler_that_fails_at_the_first_step_leaves_nothing_behind(stand_in, backward):
    plain = a_run().run()
    stand_in(failing(BROKEN, backward=backward))
    trainer = a_run(compile="always")
    assert trainer.run().series("train_loss") == plain.series("train_loss")
    assert trainer.history.series("grad_norm") == plain.series("grad_norm")
    told = "not compiled: RuntimeError: g++: internal compiler error"
    assert trainer.remarks() == {"compile": told}


def test_a_compiler_that_fails_later_is_done_without_from_there(stand_in):
    from torch._dynamo.exc import InternalTorchDynamoError

    plain = a_run().run()
    stand_in(failing(InternalTorchDynamoError("a graph that makes no sense"), step=5))
    trainer = a_run(compile="always")
    assert trainer.run().series("train_loss") == plain.series("train_loss")
    told = "not compiled any more: InternalTorchDynamoError: a graph that makes no sense"
    assert trainer.remarks() == {"compile": told}


def test_a_later_error_that_is_not_the_compilers_ends_the_run(stand_in):
    stand_in(failing(RuntimeError("the GPU fell off the bus"), step=5))
    with pytest.raises(RuntimeError, match="fell off the bus"):
        a_run(compile="always").run()


class Wrapped(RuntimeError):
    """As the compiler hands on what happened in it."""

    def __init__(self, inner: Exception) -> None:
        super().__init__("backend='inductor' raised:")
        self.inner_exception = inner


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA: tried to allocate 2 GiB"),
        RuntimeError("MPS backend out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        Wrapped(torch.OutOfMemoryError("CUDA: tried to allocate 2 GiB")),
    ],
)
def test_memory_that_does_not_suffice_is_not_blamed_on_the_compiler(stand_in, error):
    stand_in(failing(error))
    trainer = a_run(compile="always")
    with pytest.raises(type(error)) as raised:
        trainer.run()
    assert raised.value is error
    assert trainer.remarks() == {"compile": "compiled by torch.compile"}


def test_an_error_of_the_model_is_no_fault_of_the_compiler(stand_in):
    stand_in(lambda model: lambda ids: model(ids))
    steps = Compiled(tiny_model(), "always")
    for _ in range(2):
        with pytest.raises(ValueError, match="ids arrived as"):
            steps.attempt(lambda: steps(torch.zeros(3)), lambda: None)
    assert steps.word == "compiled by torch.compile"


def test_a_compiler_that_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(compiling, "PATIENCE", 0.01)
    monkeypatch.setattr(torch, "compile", lambda function: lambda x: time.sleep(0.3))
    assert compiler_fault("cpu") == "the compiler did not answer within 0.01 seconds"


def test_a_compiler_that_computes_wrong_numbers_is_not_used(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda function: torch.zeros_like)
    word = Compiled(tiny_model(), "always").word
    assert word == "not compiled: the compiler computes wrong numbers"


def test_auto_compiles_where_the_run_is_long_enough(stand_in):
    stand_in(lambda model: model)
    model = tiny_model()
    enough = int(1e14 / 6 / model.num_parameters()) + 1
    assert Compiled(model, "auto", tokens=enough).word == "compiled by torch.compile"
    assert "would take longer than it saves on cpu" in Compiled(model, "auto", tokens=1000).word
    assert Compiled(model, "never", tokens=enough).word == "not compiled"


def test_auto_counts_the_steps_that_a_run_still_has_before_it(stand_in, monkeypatch, tmp_path):
    stand_in(lambda model: model)
    operations = 6 * tiny_model().num_parameters() * 4 * 7  # of a step
    monkeypatch.setitem(compiling.PAYS_FROM, "cpu", 10 * operations)
    words = []
    for steps in (5, 0):  # then 7 of the 12 are left
        trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(compile="auto"), tmp_path)
        words.append(trainer.remarks()["compile"])
        for _ in range(steps):
            trainer.train_step()
        trainer.save()
    assert words[0] == "compiled by torch.compile"
    assert "would take longer than it saves on cpu" in words[1]

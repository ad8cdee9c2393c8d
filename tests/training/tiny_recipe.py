"""A recipe that runs in a second, and a way to carry it out as a terminal does."""

from __future__ import annotations

from typing import Any

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.training.__main__ import PROGRAM, main
from aigc_lab.training.recipes import RECIPES, Recipe
from tests.cli.conftest import Said

TEXT = "notes.txt"


def tiny_recipe(name: str = "tiny", **changes: Any) -> Recipe:
    """A recipe on notes.txt: 40 steps, saved after every tenth."""
    shape = dict(vocab_size=270, block_size=7, n_layer=2, n_head=2, n_embd=10, dropout=0.1)
    times = dict(steps=40, warmup_steps=4, eval_every=10, eval_batches=2, checkpoint_every=10)
    train = TrainConfig(batch_size=4, optimizer="muon", device="cpu", precision="float32", **times)
    parts = dict(text=TEXT, tokenizer="bpe", model=GPTConfig.gpt2(**shape), train=train)
    return Recipe(**{"name": name, "why": "a test", **parts, **changes})


def main_with_tiny(words: list[str]) -> int:
    """The command in a process of its own, which must be told of the recipe."""
    RECIPES["tiny"] = tiny_recipe()
    return main(words)


def caller(capsys: Any) -> Any:
    """Run the command in this process."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return call


def complaint(said: Said) -> str:
    """The one line on stderr that starts with the command's name."""
    (line,) = said.err.splitlines()
    assert line.startswith(PROGRAM)
    return line

"""One run of the race on tiny Shakespeare, in a process of its own: so nothing is warm from before.

    python -m benchmarks.pupil TASK

TASK is JSON: who learns ("nanogpt", "pilot" or "ours"), whether it is small, and what else this one
needs. The result is one JSON line on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.checkout import ROOT

if TYPE_CHECKING:
    from benchmarks.nanogpt import NanoLoop
    from benchmarks.quality import Letters

NANO = dict(length=64, layers=4, heads=4, width=128)  # of nanoGPT's README, for a CPU
NANO_TOY = dict(length=16, layers=1, heads=2, width=8)
NANO_BATCH, NANO_SEED = 12, 1337
PILOT_SECONDS = 10.0
COMPILED = "TORCHINDUCTOR_CACHE_DIR"  # where torch.compile keeps what it has made


def send(task: dict[str, Any]) -> dict[str, Any]:
    """Let a new process do a task; whatever it compiles, it compiles for the first time."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pupil", json.dumps(task)],
            cwd=ROOT,
            env={**os.environ, COMPILED: folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(done.stdout)


def nanogpt(small: bool, steps: int, eval_every: int) -> dict[str, Any]:
    """nanoGPT's README recipe for a CPU, to its end."""
    import numpy as np
    import torch

    from aigc_lab.core.runtime import Stopwatch
    from benchmarks import quality
    from benchmarks.nanogpt import FileBatches, NanoLoop, Settings, fresh_model

    text, shape = quality.letters(small), NANO_TOY if small else NANO
    settings = Settings(steps=steps, warmup=min(100, steps // 2))
    training, validation, watch = [], [], Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.bin"
        text.learn.astype(np.uint16).tofile(file)
        watch.start()
        torch.manual_seed(NANO_SEED)
        model = fresh_model(vocab=text.vocab, **shape)
        loop = NanoLoop(model, FileBatches(file, NANO_BATCH, shape["length"]), settings)
        for step in range(1, steps + 1):
            loop.train_step()
            seconds = round(watch.seconds, 3)
            training.append((step, seconds, loop.losses[-1].item()))
            if step % eval_every == 0 or step == steps:
                watch.pause()
                loss = _examined(loop, text, shape["length"])
                validation.append((step, seconds, round(loss, quality.DIGITS)))
                watch.start()
    return {
        "seed": NANO_SEED,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "tokens": steps * NANO_BATCH * shape["length"],
        "steps": steps,
        "seconds": seconds,
        "loss": validation[-1][2],
        "training": quality.thinned(training),
        "validation": validation,
    }


def _examined(loop: NanoLoop, text: Letters, length: int) -> float:
    from benchmarks.quality import whole_loss

    loop.model.eval()
    loss = whole_loss(lambda x: loop.model(x, x)[0], text.exam, length)  # all logits, if it scores
    loop.model.train()
    return loss


def ours(
    small: bool, model: dict[str, Any], train: dict[str, Any], deadline: float
) -> dict[str, Any]:
    """Our recipe, which ends where its time ends."""
    from aigc_lab.core.config import GPTConfig, TrainConfig, from_dict
    from benchmarks import quality

    configs = from_dict(GPTConfig, model), from_dict(TrainConfig, train)
    return quality.learn(*configs, quality.letters(small), deadline)


def pilot(small: bool, model: dict[str, Any], train: dict[str, Any]) -> dict[str, float]:
    """How long our recipe takes to begin, compiling counted, and then for a step."""
    from aigc_lab.core.config import GPTConfig, TrainConfig, from_dict
    from benchmarks import quality

    configs = from_dict(GPTConfig, model), from_dict(TrainConfig, train)
    return quality.speed(*configs, quality.letters(small), PILOT_SECONDS / (20 if small else 1))


TASKS = {"nanogpt": nanogpt, "ours": ours, "pilot": pilot}


def main(words: list[str]) -> None:
    """Do the task and print the result."""
    task = json.loads(words[0])
    print(json.dumps(TASKS[task.pop("who")](**task)))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Record what an accelerator does: tiny Shakespeare to a published loss, and GPT-2's step.

    python -m tools.record_gpu

Written is `data/runs/gpu-<its name>`: `run.json` with the device, versions, commit and results, and
`metrics.jsonl` with the curve of tiny Shakespeare. Without an accelerator nothing is written.
nanoGPT takes part when `AIGC_LAB_NANOGPT` names a copy of it. `python -m tools.manifest` comes
next.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aigc_lab.core.config import to_dict
from aigc_lab.core.files import atomic_write, data_folder, write_json
from aigc_lab.core.runtime import pick_device, pick_dtype, provenance, utc_now
from aigc_lab.model.gpt import GPT
from aigc_lab.training.measuring import matmul_peak, mfu
from aigc_lab.training.recipes import changed
from benchmarks.published import LONG_RECIPE, PUBLISHED
from benchmarks.quality import learn, letters
from benchmarks.race import race, table
from benchmarks.shakespeare import recipe_for
from benchmarks.sizes import Size, toy
from benchmarks.trainers import STEPS, contender, the_ids
from benchmarks.training import first_turns, present, use_of_peak
from tools.command_line import words

GPT2_124M = Size("GPT-2", layers=12, heads=12, width=768, length=1024, batch=12, vocab=50304)
OURS, NANO, THEIRS = (
    "ours, bfloat16",
    "nanoGPT, bfloat16 autocast",
    "transformers, bfloat16 autocast",
)
COMPILED = ", compiled"
NAMES = tuple(name + way for name in (OURS, NANO, THEIRS) for way in (COMPILED, ""))
ROUNDS = 5
PATIENCE = 600.0  # seconds for tiny Shakespeare
EXAMS = 30


def shakespeare(device: torch.device, small: bool = False) -> tuple[dict[str, Any], list[Any]]:
    """Train to the published loss: what came of it, and the curve as records of a run."""
    text = letters(small)
    recipe = recipe_for(text.vocab, small, LONG_RECIPE)
    steps = 20 if small else recipe.train.steps
    every = -(-steps // EXAMS)
    dials = dict(steps=steps, eval_every=every, checkpoint_every=steps)
    train = changed(recipe, **dials, device=device.type, compile="auto").train
    run = learn(recipe.model, train, text, PATIENCE, PUBLISHED)
    training, validation = run.pop("training"), run.pop("validation")
    speed = run["tokens"] / run["seconds"]
    with torch.device("meta"):
        flops = GPT(recipe.model).flops_per_token()
    peak = matmul_peak(device, pick_dtype(train.precision, device), 64 if small else None)
    told = {
        "recipe": recipe.name,
        "model": to_dict(recipe.model),
        "train": to_dict(train),
        "target": PUBLISHED,
        "reached": run["loss"] <= PUBLISHED,
        "tokens_per_second": round(speed),
        "flops_per_token": flops,
        "matmul_peak": peak,
        "mfu": mfu(speed, flops, peak),
    }
    return {**run, **told}, _records(training, "train_loss") + _records(validation, "val_loss")


def _records(curve: Sequence[tuple[int, float, float]], name: str) -> list[dict[str, float]]:
    return [{"step": step, "seconds": seconds, name: loss} for step, seconds, loss in curve]


def step_of_gpt2(device: torch.device, small: bool = False, rounds: int = ROUNDS) -> dict[str, Any]:
    """One training step of the 124M shape, ours beside nanoGPT's and transformers', as a table."""
    size = toy(GPT2_124M) if small else GPT2_124M
    names, told = present(NAMES, device.type)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.bin"
        the_ids(size).astype(np.uint16).tofile(file)
        racing = [contender(name, size, file, device.type) for name in names]
        compiling = first_turns([racer for racer in racing if COMPILED in racer.name])
        seconds = race(racing, rounds, "the step of GPT-2's size")
    work = STEPS[size.name] * size.tokens
    facts = {
        "model": size.shape,
        "batch": f"{size.batch} sequences of {size.length} tokens",
        "steps a turn": STEPS[size.name],
        **told,
        **compiling,
    }
    made = table("the step of GPT-2's size", "tokens", work, seconds, facts)
    use = use_of_peak(size, made.rows[0].speed, True, device.type)
    return replace(made, facts={**made.facts, **use}).to_dict()


def folder_of(name: str) -> str:
    """The name of a device's folder.

    >>> folder_of("NVIDIA A100-SXM4-40GB")
    'gpu-nvidia-a100-sxm4-40gb'
    """
    return "gpu-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def record(device: torch.device, runs: Path, small: bool = False) -> Path:
    """Measure everything, then write it."""
    origin = provenance()
    run, curve = shakespeare(device, small)
    step = step_of_gpt2(device, small, 1 if small else ROUNDS)
    folder = runs / folder_of(origin["machine"]["device"])
    lines = "".join(json.dumps(line) + "\n" for line in curve)
    atomic_write(folder / "metrics.jsonl", lines.encode())
    results = {"shakespeare": run, "step": step, "finished": utc_now()}
    write_json(folder / "run.json", {**origin, "seed": run["seed"], **results})
    return folder


def main() -> int:
    """The command line; returns the exit code."""
    device = pick_device()
    if device.type == "cpu":
        print("there is no accelerator here (neither CUDA nor MPS), so nothing is recorded")
        return 0
    print(f"recorded in {record(device, data_folder() / 'runs')}")
    return 0


if __name__ == "__main__":
    words(__doc__, 0)
    sys.exit(main())

"""Record the gallery of training curves that went wrong, each with several seeds.

    python tools/record_gallery.py

Written is `data/runs/gallery`: `curves.jsonl` with one run a line, and `run.json` with the machine,
versions, seeds, settings and commit. It can be stopped at any time and started again: runs that are
there are kept, as long as commit and settings are still the same. `python -m tools.manifest` comes
next.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

import torch

from aigc_lab.core.files import atomic_write, data_folder, read_json, write_json
from aigc_lab.core.runtime import provenance, utc_now
from aigc_lab.training import faults
from aigc_lab.training.gallery import BAND_SEEDS, FILE, RECORD

FRESH_SEEDS, FAULT_SEEDS = 8, 8
DIGITS = 3  # kept of each loss
SETTINGS = {
    "steps": faults.STEPS,
    "eval_every": faults.EVAL_EVERY,
    "eval_batches": faults.EVAL_BATCHES,
    "batch_size": faults.BATCH_SIZE,
    "optimizer": "AdamW",
    "lr": faults.LEARNING_RATE,
    "lr_of_faults": faults.LEARNING_RATES,
    "model": faults.SHAPE,
    "documents": {"train": faults.TRAINING_DOCUMENTS, "validation": faults.VALIDATION_DOCUMENTS},
    "little_text": faults.LITTLE,
    "prompt": faults.PROMPT,
}


def wanted() -> list[tuple[str, int]]:
    """The runs of the gallery, seed by seed, so that a part of them is a smaller gallery."""
    seeds = {faults.HEALTHY: BAND_SEEDS + FRESH_SEEDS, **dict.fromkeys(faults.FAULTS, FAULT_SEEDS)}
    return [
        (fault, seed)
        for seed in range(max(seeds.values()))
        for fault in seeds
        if seed < seeds[fault]
    ]


def describe() -> dict[str, Any]:
    """What a record says of itself when it is begun."""
    seeds: dict[str, list[int]] = {}
    for fault, seed in wanted():
        seeds.setdefault(fault, []).append(seed)
    return {**provenance(), "seeds": seeds, "settings": SETTINGS, "finished": None}


def begin(folder: Path) -> dict[str, Any]:
    """The record's description: a new one, or that of the record that goes on.

    Raises: ValueError when the record in the folder was made by another commit or other settings.
    """
    now = describe()
    if not (folder / "run.json").exists():
        write_json(folder / "run.json", now)
        return now
    before = read_json(folder / "run.json")
    odd = [name for name in ("commit", "machine", "seeds", "settings") if before[name] != now[name]]
    if odd:
        raise ValueError(
            f"{folder} was recorded with another {' and '.join(odd)}; remove the folder to record "
            "anew, or go on with what it was begun with"
        )
    return before


def line_of(curves: faults.Curves) -> str:
    """A run as a line of JSON, its losses rounded.

    Raises: ValueError for a loss that is not a number, which JSON cannot hold.
    """
    run = asdict(curves)
    for name in ("train_loss", "val_loss", "honest_loss"):
        run[name] = [round(loss, DIGITS) for loss in run[name]]
    return json.dumps(run, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def record(folder: Path) -> None:
    """Make the runs that are not there yet."""
    run = begin(folder)
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    done = {(line["fault"], line["seed"]) for line in map(json.loads, lines)}
    for fault, seed in wanted():
        if (fault, seed) in done:
            continue
        curves = faults.run(fault, seed)
        lines.append(line_of(curves))
        atomic_write(path, "".join(lines).encode())
        print(f"{fault}, seed {seed}: {curves.val_loss[-1]:.3f}", flush=True)
    write_json(folder / "run.json", {**run, "finished": utc_now()})


if __name__ == "__main__":
    torch.set_num_threads(1)
    record(data_folder() / "runs" / RECORD)

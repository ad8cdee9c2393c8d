"""What a run was asked for: kept in its folder, compared on resuming, turned into configs."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from aigc_lab.core.arguments import UsageProblem
from aigc_lab.core.config import GPT_PRESETS, GPTConfig, TrainConfig
from aigc_lab.training.texts import Text

WIDE = 512  # models wider than this learn with smaller steps
LR, LR_OF_WIDE = 3e-3, 6e-4
USUAL = {  # what is not asked for
    **{"preset": "nano", "tokenizer": "bpe", "steps": 500, "batch_size": 16},
    **{"optimizer": "muon", "precision": "auto", "seed": 0},
}


def make_recipe(arguments: argparse.Namespace, text: Text) -> dict[str, Any]:
    """All that decides what comes out of a run, in plain values.

    Raises: UsageProblem for arguments that do not go together.
    """
    asked = {name: getattr(arguments, name) for name in USUAL}
    chosen = {name: USUAL[name] if value is None else value for name, value in asked.items()}
    preset = GPT_PRESETS[chosen["preset"]]
    letters = chosen["tokenizer"] == "char"
    if letters and arguments.vocab_size:
        raise UsageProblem("--vocab-size is for --tokenizer bpe; characters count themselves")
    muon = chosen["optimizer"] == "muon"
    if arguments.muon_lr and not muon:
        raise UsageProblem("--muon-lr is for --optimizer muon; AdamW's rate is --lr")
    return {
        **chosen,
        "text": text.name,
        "text_sha256": text.sha256,
        "block_size": arguments.block_size or preset.block_size,
        "vocab_size": None if letters else arguments.vocab_size or preset.vocab_size,
        "muon_lr": (arguments.muon_lr or TrainConfig.muon_lr) if muon else None,
        "lr": arguments.lr or (LR if preset.n_embd <= WIDE else LR_OF_WIDE),
    }


def model_config(recipe: dict[str, Any], vocab_size: int) -> GPTConfig:
    """The model of a recipe, with the vocabulary that its tokenizer turned out to have."""
    preset = GPT_PRESETS[recipe["preset"]]
    return replace(preset, vocab_size=vocab_size, block_size=recipe["block_size"])


def train_config(recipe: dict[str, Any], device: str) -> TrainConfig:
    """The training of a recipe: examined and saved some twenty times, however long it is."""
    steps = recipe["steps"]
    often = min(250, max(10, steps // 20))
    return TrainConfig(
        steps=steps,
        batch_size=recipe["batch_size"],
        optimizer=recipe["optimizer"],
        lr=recipe["lr"],
        muon_lr=recipe["muon_lr"] or TrainConfig.muon_lr,
        eval_every=often,
        checkpoint_every=often,
        precision=recipe["precision"],
        device=device,
        seed=recipe["seed"],
    )

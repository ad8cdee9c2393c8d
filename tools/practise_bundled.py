"""Go on from the run of `tools/train_bundled.py`, with little but stories: the second half of it.

    python tools/train_bundled.py runs/town-gpt2-first
    python tools/practise_bundled.py runs/town-gpt2-first runs/town-gpt2

*Who has the cup?* is the ability that comes last: it needs every taking, giving and putting down of
one thing. Like the first, this run can be stopped and started again with the same command; when it
is finished, `tools/export_bundled.py` scores it and writes `data/pretrained/town-gpt2`.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import torch

from aigc_lab.model.gpt import GPT
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.training.checkpoint import load_trained_model
from tools.train_bundled import MODEL, NOTES, TRAINING, Lessons, train

STORY_STEPS, SEED = 3500, 2
PRACTICE = replace(TRAINING, steps=5000, lr=1e-3, muon_lr=0.0025, seed=1)
NOTES = {
    "initialisation": "The last step of the first run, whose record lies beside this one.",
    "data": (
        f"Fresh worlds (seed {SEED}). Up to step {STORY_STEPS} every row holds stories of Tiny "
        "Town alone; from there on the rows are mixed as at the end of the first run."
    ),
    "tokenizer": NOTES["tokenizer"],
}


class Practice:
    """Stories only, and at the end the texts as they are."""

    total_tokens = None

    def __init__(self, tokenizer: Tokenizer) -> None:
        rows, block = TRAINING.batch_size, MODEL.block_size
        self.stories = TownBatches(tokenizer, rows, block, seed=SEED, kinds=("story",))
        self.lessons = Lessons(tokenizer)

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step; the texts go on where the first run ended."""
        if step < STORY_STEPS:
            return self.stories.next(step)
        return self.lessons.next(TRAINING.steps + step)

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Held-out worlds of Town."""
        return self.lessons.evaluation(n)


def trained_first(first: Path) -> GPT:
    """The model of the first run, its positions fixed as they were."""
    model = load_trained_model(first / "last.safetensors")
    model.wpe.weight.requires_grad_(False)
    return model


def main(first: Path, folder: Path) -> None:
    """Start the second run in `folder`, or take it up where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(first / name, folder)
    tokenizer = load_tokenizer(folder)
    train(trained_first(first), Practice(tokenizer), PRACTICE, tokenizer, folder, NOTES)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))

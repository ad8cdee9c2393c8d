"""Train the bundled checkpoint on, where its first training left it weakest.

    python tools/polish_bundled.py runs/town-gpt2 runs/town-gpt2-polished

The weak spot is *who has the cup?* in English: the taker stands four or five tokens before the
noun ("Paul picked up the white cup"), and the first heads began by looking one to four tokens back.
So two heads of the first block that did next to nothing are set to look five and six back, and the
run goes on with more of the stories in which the owners of two things are asked for. It can be
stopped at any time and started again with the same command.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from hashlib import sha256
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

import torch

from aigc_lab.model.gpt import GPT
from aigc_lab.text.batches import Batches
from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import split_held_out
from aigc_lab.text.joined import JoinedBatches
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.town.documents import document
from aigc_lab.training.checkpoint import load_trained_model
from tools.train_bundled import MODEL, TRAINING, Echoes, look_back, train

LAST = "last.safetensors"
STEPS_BACK = {4: 5, 5: 6}  # head of the first block: how far it looks back from now on
ROWS = (6, 6, 2, 1, 1)  # of a step: Town, English and Chinese stories, documentation, echoes of it
OWNERS_ASKED = 2  # of a story, at least
POLISHING = dataclasses.replace(TRAINING, steps=3600, lr=1.5e-3, muon_lr=0.004, warmup_steps=50)


class OwnersAsked(TownBatches):
    """Rows of stories that ask for the owners of two things or more."""

    def row(self, number: int, split: str, seed: int) -> list[int]:
        """T+1 ids, packed as in all of Town's rows."""
        ids: list[int] = []
        first = number % 2
        at = number * self.block_size
        while len(ids) <= self.block_size + first:
            written = document(at, split, seed, self.language)
            if sum(task.kind == "who" for task in written.tasks) >= OWNERS_ASKED:
                ids += [self.end, *self.tokenizer.encode(written.text)]
            at += 1
        return ids[first : self.block_size + 1 + first]


def lessons(tokenizer: Tokenizer) -> JoinedBatches:
    """What is read from now on: the old texts, and more of the hard stories."""
    ids, _ = encode_documents(tokenizer, split_held_out(python_docs().documents)[0])
    town, english, chinese, articles, echoes = ROWS
    block = MODEL.block_size
    return JoinedBatches(
        TownBatches(tokenizer, town, block, seed=7),
        OwnersAsked(tokenizer, english, block, seed=8, language="english"),
        OwnersAsked(tokenizer, chinese, block, seed=9, language="chinese"),
        Batches(ids, articles, block, seed=5),
        Echoes(ids, echoes, block),
    )


def reopened(source: Path) -> GPT:
    """The first run's model with its two idle heads turned, and silent at first.

    Its positions stay as they are.
    """
    model = load_trained_model(source / LAST)
    attention, size = model.h[0].attn, MODEL.head_dim
    with torch.no_grad():
        for head, steps_back in STEPS_BACK.items():
            look_back(attention.c_attn.weight, head, steps_back)
            attention.c_proj.weight[:, head * size : (head + 1) * size] = 0
    model.wpe.weight.requires_grad_(False)
    return model


def notes(source: Path) -> dict[str, str]:
    """For the run's record: what the configs cannot tell."""
    turned = ", ".join(f"head {head} {back} tokens" for head, back in STEPS_BACK.items())
    town, english, chinese, articles, echoes = ROWS
    return {
        "initialisation": (
            f"The last step of the run before it, whose {LAST} has the sha256 "
            f"{sha256((source / LAST).read_bytes()).hexdigest()}. In the first block, queries and "
            f"keys are set anew so that these heads look back: {turned}. Their columns of the "
            "output projection begin at zero."
        ),
        "data": (
            f"Rows of a step: {town} of Tiny Town, {english} of its English and {chinese} of its "
            f"Chinese stories that ask for {OWNERS_ASKED} owners or more, {articles} of Python's "
            f"documentation, {echoes} that repeat a stretch of it."
        ),
    }


def main(source: Path, folder: Path) -> None:
    """Start the run in `folder`, or take it up where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, folder)
    tokenizer = load_tokenizer(folder)
    train(reopened(source), lessons(tokenizer), POLISHING, tokenizer, folder, notes(source))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))

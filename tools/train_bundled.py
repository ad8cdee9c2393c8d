"""Train the checkpoint that comes with the course, on Tiny Town and Python's documentation.

    python -m tools.train_bundled runs/town-gpt2

The run can be stopped at any time and started again with the same command. When it is finished,
`tools/export_bundled.py` scores it and writes `data/pretrained/town-gpt2`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

import numpy as np
import torch

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.generation.abilities import accuracy, town_questions
from aigc_lab.model.gpt import GPT
from aigc_lab.text.batches import Batches
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import split_held_out
from aigc_lab.text.joined import JoinedBatches
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.town.documents import documents
from aigc_lab.town.language import cut_at_nouns
from aigc_lab.training.history import Callback, Record
from aigc_lab.training.loop import Trainer
from tools.command_line import words

VOCAB_SIZE = 2048
TOKENIZER_DOCUMENTS = 10_000
ECHO_STEPS, STORY_STEPS = 300, 9000
SHORTEST_ECHO, LONGEST_ECHO = 16, 128
ECHO_ROWS = (4, 6, 6)  # of a step: Town, echoes of the documentation, echoes of random tokens
STORY_ROWS = (6, 8, 1, 1)  # Town, Town's stories alone, the documentation, echoes of it
TEXT_ROWS = (14, 1, 1)  # Town, the documentation, echoes of it
TOKEN_STD, POSITION_STD, LOOK_BACK = 0.05, 0.1, 1.5
STEPS_BACK = (1, 2, 3, 4)  # how far the first heads of the first block look back at the start
QUESTIONS_PER_ABILITY = 32
MODEL = GPTConfig.gpt2(vocab_size=VOCAB_SIZE, block_size=256, n_layer=6, n_head=6, n_embd=192)
FREQUENCIES = torch.from_numpy(np.geomspace(2.5, 0.02, MODEL.n_embd // 2)).float()  # radians a step
TRAINING = TrainConfig(
    steps=14_000,
    batch_size=16,
    optimizer="muon",
    lr=2e-3,
    muon_lr=0.005,
    weight_decay=0.05,
    warmup_steps=100,
    final_lr_fraction=0.02,
    eval_every=500,
    eval_batches=8,
    checkpoint_every=500,
)
NOTES = {  # for the run's record: what the configs cannot tell
    "initialisation": (
        f"Random as usual, but for three things. The token table is scaled to a standard deviation "
        f"of {TOKEN_STD}. The position table holds sinusoids of a standard deviation of "
        f"{POSITION_STD} and stays so. The first {len(STEPS_BACK)} heads of the first block begin "
        f"by looking {', '.join(map(str, STEPS_BACK))} tokens back."
    ),
    "data": (
        f"Rows of a step, up to step {ECHO_STEPS}: {ECHO_ROWS[0]} of Tiny Town, {ECHO_ROWS[1]} "
        f"that repeat a stretch of Python's documentation, {ECHO_ROWS[2]} that repeat a stretch of "
        f"random tokens. Up to step {STORY_STEPS}: {STORY_ROWS[0]} of Tiny Town, {STORY_ROWS[1]} "
        f"of its stories alone, {STORY_ROWS[2]} of the documentation, {STORY_ROWS[3]} that repeat "
        f"a stretch of it. From there on: {TEXT_ROWS[0]} of Tiny Town, {TEXT_ROWS[1]} of the "
        f"documentation, {TEXT_ROWS[2]} that repeat a stretch of it."
    ),
    "tokenizer": (
        f"Learned from {TOKENIZER_DOCUMENTS:,} documents of Tiny Town, with marks around its "
        "nouns, and from Python's documentation."
    ),
}


def make_tokenizer(folder: Path) -> BPETokenizer:
    """The run's tokenizer, learned once: Town cut into words, and the documentation."""
    if not (folder / "tokenizer.json").exists():
        town = "\n".join(document.text for document in documents(TOKENIZER_DOCUMENTS))
        articles = split_held_out(python_docs().documents)[0]
        BPETokenizer.train([cut_at_nouns(town), *articles], VOCAB_SIZE).save(folder)
    return load_tokenizer(folder)


class Lessons:
    """First mostly echoes, in which there is nothing to learn but looking back; then mostly
    stories, whose questions are the hardest to learn; then the texts as they are."""

    total_tokens = None

    def __init__(self, tokenizer: BPETokenizer) -> None:
        ids, _ = encode_documents(tokenizer, split_held_out(python_docs().documents)[0])
        block = MODEL.block_size
        noise = np.random.default_rng(0).integers(VOCAB_SIZE, size=len(ids))
        town, articles, random = ECHO_ROWS
        self.first = JoinedBatches(
            TownBatches(tokenizer, town, block),
            Echoes(ids, articles, block),
            Echoes(noise, random, block),
        )
        town, stories, articles, echoes = STORY_ROWS
        self.stories = JoinedBatches(
            TownBatches(tokenizer, town, block),
            TownBatches(tokenizer, stories, block, seed=1, kinds=("story",)),
            Batches(ids, articles, block),
            Echoes(ids, echoes, block),
        )
        town, articles, echoes = TEXT_ROWS
        self.texts = JoinedBatches(
            TownBatches(tokenizer, town, block),
            Batches(ids, articles, block),
            Echoes(ids, echoes, block),
        )

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        if step < ECHO_STEPS:
            return self.first.next(step)
        return (self.stories if step < STORY_STEPS else self.texts).next(step)

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Held-out worlds of Town."""
        return self.texts.evaluation(n)


class Echoes:
    """Rows that say a stretch of text over and over, each row with a period of its own.

    From the second time on every token can be known by looking back, which rewards the heads that
    find an earlier occurrence and what followed it; Town's questions need the same heads.
    Source: Olsson et al. 2022 (induction heads).
    """

    def __init__(self, ids: np.ndarray, batch_size: int, block_size: int) -> None:
        self.ids, self.batch_size, self.block_size = ids, batch_size, block_size

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The rows of a step."""
        draw = np.random.default_rng(step)
        rows = []
        for _ in range(self.batch_size):
            period = draw.integers(SHORTEST_ECHO, LONGEST_ECHO + 1)
            start = draw.integers(len(self.ids) - period)
            stretch = self.ids[start : start + period].astype(np.int64)
            rows.append(np.resize(stretch, self.block_size + 1))  # repeats it to the end
        ids = torch.from_numpy(np.stack(rows))  # (B, T+1)
        return ids[:, :-1], ids[:, 1:]


def make_model() -> GPT:
    """A fresh model that knows its positions, and whose first heads look a few tokens back.

    GPT-2's position table, learned from random numbers, must find out for each position by itself
    which one comes before it, and everything that looks back waits for that. So the table holds
    sinusoids and stays so, and some heads of the first block begin as the rotation of a sinusoid
    by 1, 2, 3 and 4 steps; like all other weights they are then free to learn.
    Source: Vaswani et al. 2017, section 3.5 (an offset is a rotation of each pair of waves).
    """
    torch.manual_seed(TRAINING.seed)
    model = GPT(MODEL)
    angles = torch.arange(MODEL.block_size)[:, None] * FREQUENCIES  # (T, C/2)
    waves = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)  # (T, C)
    with torch.no_grad():
        model.wpe.weight.copy_(POSITION_STD * waves / waves.std())
        model.wte.weight.mul_(TOKEN_STD / model.wte.weight.std())
        for head, steps_back in enumerate(STEPS_BACK):
            look_back(model.h[0].attn.c_attn.weight, head, steps_back)
    model.wpe.weight.requires_grad_(False)
    return model


def look_back(c_attn: torch.Tensor, head: int, steps_back: int) -> None:
    """Make one head's queries and keys meet where the key stands `steps_back` before the query.

    Shapes: c_attn (3C, C), rows of queries before keys before values.
    """
    size, width = MODEL.head_dim, MODEL.n_embd
    queries = c_attn[head * size : (head + 1) * size].zero_()  # (D, C)
    keys = c_attn[width + head * size : width + (head + 1) * size].zero_()
    for pair in range(size // 2):
        sin, cos = 2 * pair, 2 * pair + 1
        turn = FREQUENCIES[pair] * steps_back
        queries[sin, sin] = queries[cos, cos] = LOOK_BACK * turn.cos()
        queries[cos, sin] = LOOK_BACK * turn.sin()
        queries[sin, cos] = -LOOK_BACK * turn.sin()
        keys[sin, sin] = keys[cos, cos] = LOOK_BACK


class PrintProgress(Callback):
    """One line now and then, for a log file."""

    def on_step(self, record: Record) -> None:
        if record["step"] % 50 == 0:
            speed = record["tokens"] / record["seconds"]
            print(f"step {record['step']} loss {record['train_loss']:.4f} {speed:.0f} tokens/s")

    def on_eval(self, record: Record) -> None:
        print({name: round(value, 4) for name, value in record.items()}, flush=True)


def train(
    model: GPT,
    batches: Any,
    config: TrainConfig,
    tokenizer: Tokenizer,
    folder: Path,
    notes: dict[str, str],
) -> None:
    """Run with every ability followed on a curve of its own."""
    questions = town_questions(QUESTIONS_PER_ABILITY, split="validation")
    trainer = Trainer(
        model,
        batches,
        config,
        folder,
        callbacks=[PrintProgress()],
        extra_evaluations={
            name: lambda model, asked=asked: accuracy(model, tokenizer, asked)
            for name, asked in questions.items()
        },
        notes=notes,
    )
    print(trainer.run())


def main(folder: Path) -> None:
    """Start the run in `folder`, or take it up where it was stopped."""
    tokenizer = make_tokenizer(folder)
    train(make_model(), Lessons(tokenizer), TRAINING, tokenizer, folder, NOTES)


if __name__ == "__main__":
    main(*map(Path, words(__doc__, 1)))

"""Train the bundled checkpoint on, with questions about what its first training left it weak at.

    python -m tools.practise_bundled drill runs/town-gpt2 runs/town-gpt2-drilled
    python -m tools.practise_bundled refresh runs/town-gpt2-drilled runs/town-gpt2-refreshed

After the first run the model named a wrong owner in every second story of two things of which one
was taken. A document asks for few owners, and of a document's tokens the loss counts all. So the
drill begins with nothing but questions: stories of two things, one at least in somebody's hands,
asked who has what and who is where, and short articles; only the answers count. (With such rows as
half of each step from the beginning, beside whole documents, owners were learned no better than
before.) Then the documents come back beside them; and since the drill made the model forget how to
count and to sum up, the last run asks everything of its stories. Each run can be stopped at any
time and started again with the same command. (The drill was recorded before there was a second
stage, and the command did not name it then.)
"""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

import torch

from aigc_lab.model.gpt import GPT
from aigc_lab.text.batches import IGNORED, Batches
from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import split_held_out
from aigc_lab.text.joined import JoinedBatches
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.batches import TownBatches, end_of_text
from aigc_lab.town.dice import Dice
from aigc_lab.town.documents import LANGUAGES, STREAM_LENGTH, documents
from aigc_lab.town.draft import Draft, Task
from aigc_lab.town.language import languages
from aigc_lab.town.story import story_tasks, tell_story, write_task
from aigc_lab.training.checkpoint import load_trained_model
from tools.command_line import words
from tools.train_bundled import MODEL, TRAINING, train

LAST = "last.safetensors"
DRILL_STEPS = 800
DRILL_ROWS = (9, 3, 4)  # of a step: English stories, Chinese stories, articles
ROWS = (4, 1, 2, 8, 1)  # of a later step: the same, Tiny Town, Python's documentation
SEED = 11  # the first run's streams have seeds 0 and 1
LATER_ROWS = (3, 1, 1, 10, 1)  # of a step of the last run: the same
SCHEDULES = {
    "drill": dataclasses.replace(TRAINING, steps=2200, warmup_steps=30),
    "refresh": dataclasses.replace(TRAINING, steps=1500, warmup_steps=30, muon_lr=0.003),
}
OWNERS_AND_PLACES = ("who", "where")
Asked = tuple[str, list[Task]]  # a body, and tasks about it


def held_stories(language: str, start: int, everything: bool = False) -> Iterator[Asked]:
    """Stories of two things, one of which somebody holds: who has what, and who is where?

    Or else with every question there is.
    """
    spoken = languages()[LANGUAGES.index(language)]
    for number in count(start):
        draft = Draft(spoken)
        world = tell_story(Dice(SEED * STREAM_LENGTH + number, "train"), draft)
        if len(world.holder) < 2 or not any(map(world.held_by, world.cast)):
            continue
        draft.end_body()
        tasks = [t for t in story_tasks(world) if everything or t[0] in OWNERS_AND_PLACES]
        random.Random(number).shuffle(tasks)
        for task in tasks:
            write_task(draft, world, *task)
        yield draft.body, draft.tasks


def asked_articles(start: int) -> Iterator[Asked]:
    """Documents about the weather and about cooking, with the questions that they have."""
    for written in documents(STREAM_LENGTH - start, seed=SEED, start=start):
        if written.kind in ("weather", "recipe"):
            yield written.body, list(written.tasks)


class Answered:
    """Rows of texts with questions, packed as Town's rows are; only the answers are scored."""

    def __init__(
        self, tokenizer: Tokenizer, batch_size: int, kind: str, everything: bool = False
    ) -> None:
        self.tokenizer, self.batch_size = tokenizer, batch_size
        self.kind, self.everything = kind, everything
        self.end = end_of_text(tokenizer)

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The rows of a step."""
        numbers = range(step * self.batch_size, (step + 1) * self.batch_size)
        x, y = zip(*map(self._row, numbers), strict=True)
        return torch.stack(x), torch.stack(y)

    def _row(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        start = number * MODEL.block_size  # more texts than a row can hold
        stories = self.kind in LANGUAGES
        asked = (
            held_stories(self.kind, start, self.everything) if stories else asked_articles(start)
        )
        ids: list[int] = []
        scored: list[bool] = []
        while len(ids) <= MODEL.block_size:
            body, tasks = next(asked)
            parts = [(body, False)]
            for task in tasks:
                parts += [(task.question, False), (task.answer, True)]
            ids, scored = [*ids, self.end], [*scored, False]
            for text, counts in parts:
                more = self.tokenizer.encode(text)
                ids, scored = ids + more, scored + [counts] * len(more)
        row = torch.tensor(ids[: MODEL.block_size + 1])  # (T+1,)
        counted = torch.tensor(scored[: MODEL.block_size + 1])
        return row[:-1], torch.where(counted, row, IGNORED)[1:]


class Practice:
    """The drill alone and then the documents beside it; or, of the last run, these only."""

    total_tokens = None

    def __init__(self, tokenizer: Tokenizer, stage: str) -> None:
        ids, _ = encode_documents(tokenizer, split_held_out(python_docs().documents)[0])
        self.drill_steps = DRILL_STEPS if stage == "drill" else 0
        *rows, town, documentation = ROWS if stage == "drill" else LATER_ROWS
        self.drill = JoinedBatches(*_drill(tokenizer, DRILL_ROWS))
        self.mixture = JoinedBatches(
            TownBatches(tokenizer, town, MODEL.block_size, seed=SEED),
            *_drill(tokenizer, rows, everything=stage != "drill"),
            Batches(ids, documentation, MODEL.block_size, seed=SEED),
        )

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        return (self.drill if step < self.drill_steps else self.mixture).next(step)

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Held-out worlds of Town."""
        return self.mixture.evaluation(n)


def _drill(tokenizer: Tokenizer, rows: Sequence[int], everything: bool = False) -> list[Answered]:
    kinds = (*LANGUAGES, "articles")
    return [
        Answered(tokenizer, number, kind, everything)
        for number, kind in zip(rows, kinds, strict=True)
    ]


def reopened(source: Path) -> GPT:
    """The first run's model; its positions stay as they are."""
    model = load_trained_model(source / LAST)
    model.wpe.weight.requires_grad_(False)
    return model


def notes(stage: str, source: Path) -> dict[str, str]:
    """For the run's record: what the configs cannot tell."""
    drilled = (
        "{} of English and {} of Chinese stories of two things, one of them held, {} of articles "
        "about the weather and cooking, with questions of which only the answers are scored"
    )
    later = drilled + "; {} of Tiny Town and {} of Python's documentation, all scored"
    data = f"Rows of a step: {later.format(*LATER_ROWS)}. The stories are asked everything."
    if stage == "drill":
        data = (
            f"Rows of a step, up to step {DRILL_STEPS}: {drilled.format(*DRILL_ROWS)}. From there "
            f"on: {later.format(*ROWS)}. The stories are asked who has what and who is where."
        )
    weights = sha256((source / LAST).read_bytes()).hexdigest()
    start = f"The last step of the run before it, whose {LAST} has the sha256 {weights}."
    return {"initialisation": start, "data": data}


def main(stage: str, source: Path, folder: Path) -> None:
    """Start the run in `folder`, or take it up where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, folder)
    tokenizer = load_tokenizer(folder)
    lessons, schedule = Practice(tokenizer, stage), SCHEDULES[stage]
    train(reopened(source), lessons, schedule, tokenizer, folder, notes(stage, source))


if __name__ == "__main__":
    stage, source, folder = words(__doc__, 3)
    if stage not in SCHEDULES:
        sys.exit(__doc__)
    main(stage, Path(source), Path(folder))

"""Fine-tune the bundled checkpoint into an assistant, on conversations about Tiny Town.

    python -m tools.train_chat runs/town-sft
    python -m tools.train_chat runs/town-sft-again runs/town-sft     # and on from there

The first run starts from `data/pretrained/town-gpt2`. The demonstrations are uneven, as those of
many people are: of every hundred answers that can be flawed about 55 are right and brief, the
others wrapped in politeness, unhelpful or made up; `tools.prefer_chat` mends that afterwards. A run
can be stopped at any time and started again with the same command.

A drill comes first, in what the base answers badly, and carefully demonstrated. So it does in the
second run, with what the first left it weakest at; there everything is asked of a story. Later in
that run the subject changes in the middle of some conversations.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

from torch import Tensor

from aigc_lab.chat.finetune import ChatBatches, exactly_right
from aigc_lab.chat.template import widened, with_chat_tokens
from aigc_lab.core.config import TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.text.joined import JoinedBatches
from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.town.conversations import Conversation, conversations
from aigc_lab.town.dice import Dice
from aigc_lab.town.documents import STREAM_LENGTH
from aigc_lab.town.draft import Draft
from aigc_lab.town.language import languages
from aigc_lab.town.turns import Message, about_a_story
from aigc_lab.training.checkpoint import load_trained_model
from aigc_lab.training.loop import Trainer
from tools.command_line import words
from tools.train_bundled import PrintProgress

DRILL_STEPS = 400
DRILL_ROWS = (6, 5, 5)  # of a step: owners, the warmest day, other things that the base gets wrong
ROWS = (7, 4, 2, 1, 2)  # of a later step: all kinds, the same three, Tiny Town's documents
DRILL_STEPS_AGAIN = 800
DRILL_ROWS_AGAIN = (4, 3, 2, 3, 4)  # of the second run: counted, put down, owned, weather, cooking
ROWS_AGAIN = (4, 2, 2, 1, 1, 1, 2, 3)  # later: all kinds, changing subjects, those five, documents
LAST = "last.safetensors"
NOBODY = ("Nobody", "没有人")
PUT_DOWN = ("put down", "放下")
HARD = {"weather", "needs"}  # turns about articles
ASKED = 200  # conversations of the validation worlds, every turn of which is a question
TRAINING = TrainConfig(
    steps=2400,
    batch_size=sum(ROWS),
    optimizer="muon",
    lr=2e-3,
    muon_lr=0.004,
    weight_decay=0.05,
    warmup_steps=50,
    final_lr_fraction=0.02,
    eval_every=400,
    eval_batches=8,
    checkpoint_every=250,
)
AGAIN = replace(TRAINING, steps=3000, muon_lr=0.003, eval_every=600)
DRILLED = (
    "{} about stories with a question whose answer is the owner of a thing, {} in which the "
    "warmest of three days is to be named, {} with other questions about the weather and cooking"
)
DRILLED_AGAIN = (
    "of stories of which everything is asked {} in which there is something to count, {} in which "
    "a thing is put down and {} in which somebody has one; {} with questions about the weather in "
    "English, {} about cooking"
)
NOTES = {
    "initialisation": (
        "The bundled checkpoint town-gpt2, whose weights have the sha256 {sha256}, with four more "
        "tokens, each at first the mean of the others and a little noise. The position table stays."
    ),
    "data": (
        f"Rows of a step, up to step {DRILL_STEPS}: {DRILLED.format(*DRILL_ROWS)}. From there on: "
        f"{ROWS[0]} of conversations of all kinds, {DRILLED.format(*ROWS[1:4])}; {ROWS[4]} of Tiny "
        "Town's documents, so that little is forgotten. Conversations are demonstrated carefully "
        "up to that step and unevenly from there on, and scored on the answers alone; documents "
        "are scored throughout."
    ),
}


NOTES_AGAIN = {
    "initialisation": "The last step of the run before it, whose weights have the sha256 {sha256}.",
    "data": (
        f"Rows of a step, up to step {DRILL_STEPS_AGAIN}: {DRILLED_AGAIN.format(*DRILL_ROWS_AGAIN)}"
        f". From there on: {ROWS_AGAIN[0]} of conversations of all kinds, {ROWS_AGAIN[1]} in which "
        f"one follows another, {DRILLED_AGAIN.format(*ROWS_AGAIN[2:7])}; {ROWS_AGAIN[7]} of Tiny "
        "Town's documents. Conversations are demonstrated carefully up to that step and unevenly "
        "from there on, and scored on the answers alone; documents are scored throughout."
    ),
}


class Lessons:
    """First a drill in what the base answers badly, then all there is."""

    total_tokens = None
    drill_steps = DRILL_STEPS

    def __init__(self, tokenizer: Tokenizer, block: int) -> None:
        careful = partial(ChatBatches, tokenizer, block_size=block)
        uneven = partial(careful, demonstrations="uneven")
        everything, *hard, documents = ROWS
        self.drill = JoinedBatches(*_hard(careful, DRILL_ROWS))
        self.mixture = JoinedBatches(
            uneven(everything), *_hard(uneven, hard), TownBatches(tokenizer, documents, block, 21)
        )

    def next(self, step: int) -> tuple[Tensor, Tensor]:
        """The training batch of a step."""
        return (self.drill if step < self.drill_steps else self.mixture).next(step)

    def evaluation(self, n: int) -> list[tuple[Tensor, Tensor]]:
        """Conversations of all kinds in held-out worlds."""
        return self.mixture.evaluation(n)


class LessonsAgain(Lessons):
    """Another drill, in what is left; then all there is, with subjects that change."""

    drill_steps = DRILL_STEPS_AGAIN

    def __init__(self, tokenizer: Tokenizer, block: int) -> None:
        careful = {"tokenizer": tokenizer, "block_size": block}
        uneven = careful | {"demonstrations": "uneven"}
        everything, switching, *hard, documents = ROWS_AGAIN
        self.drill = JoinedBatches(*_hard_again(DRILL_ROWS_AGAIN, careful))
        self.mixture = JoinedBatches(
            ChatBatches(batch_size=everything, seed=7, **uneven),
            Switching(batch_size=switching, seed=8, **uneven),
            *_hard_again(hard, uneven),
            TownBatches(tokenizer, documents, block, 22),
        )


class Questioned(ChatBatches):
    """Chats about stories of which everything is asked that can be."""

    def _written(self, number: int, split: str, seed: int) -> Conversation:
        dice = Dice(seed * STREAM_LENGTH + number, split)
        draft = Draft(languages()[dice.roll(2)])
        system, asked = about_a_story(dice, draft, everything=True)
        return Conversation("story", draft.language.name, system, tuple(asked))


class Switching(ChatBatches):
    """Chats in which one conversation follows another, so that the subject changes."""

    def _said(self, start: int, split: str, seed: int) -> Iterator[list[Message]]:
        said = super()._said(start, split, seed)
        for first, second in zip(said, said, strict=True):  # they have no end
            yield first + [message for message in second if message["role"] != "system"]


def _hard(demonstrated: Callable[..., ChatBatches], rows: Sequence[int]) -> list[ChatBatches]:
    owners, warmest, others = rows
    articles = partial(demonstrated, kinds=("article",))
    return [
        demonstrated(owners, seed=1, kinds=("story",), wanted=asks_for_an_owner),
        articles(warmest, seed=2, wanted=partial(asks, {"weather_summary"})),
        articles(others, seed=3, wanted=partial(asks, HARD)),
    ]


def _hard_again(rows: Sequence[int], demonstrated: dict[str, Any]) -> list[ChatBatches]:
    counting, put_down, owners, weather, cooking = rows
    stories, about = partial(Questioned, **demonstrated), partial(ChatBatches, **demonstrated)
    return [
        stories(batch_size=counting, seed=11, wanted=partial(asks, {"how_many"})),
        stories(batch_size=put_down, seed=12, wanted=puts_something_down),
        stories(batch_size=owners, seed=13, wanted=asks_for_an_owner),
        about(
            batch_size=weather,
            seed=14,
            kinds=("article",),
            language="english",
            wanted=partial(asks, {"weather"}),
        ),
        about(batch_size=cooking, seed=15, kinds=("article",), wanted=partial(asks, {"needs"})),
    ]


def asks(kinds: Set[str], written: Conversation) -> bool:
    """Whether some question is of one of these kinds."""
    return any(turn.kind in kinds for turn in written.turns)


def asks_for_an_owner(written: Conversation) -> bool:
    """Whether somebody is to be named who has something."""
    return any(turn.kind == "who" and not turn.answer.startswith(NOBODY) for turn in written.turns)


def puts_something_down(written: Conversation) -> bool:
    """Whether somebody in the story has laid a thing aside."""
    return any(words in written.turns[0].question for words in PUT_DOWN)


def exact_share(model: GPT, tokenizer: Tokenizer, kind: str) -> float:
    """The share of questions of one kind that are answered exactly as they should be."""
    asked = [
        (written.messages(place), turn.answer)
        for written in conversations(ASKED, "validation")
        for place, turn in enumerate(written.turns)
        if turn.kind == kind
    ]
    return sum(exactly_right(model, tokenizer, asked)) / len(asked)


def main(folder: Path, before: Path | None = None) -> None:
    """Start the run in `folder`, after the run `before`, or take it up where it was stopped."""
    base = load_pretrained("town-gpt2")
    tokenizer = with_chat_tokens(base.tokenizer)
    tokenizer.save(folder)
    if before:
        model, weights, lessons = load_trained_model(before / LAST), before / LAST, LessonsAgain
    else:
        model = widened(base.model, tokenizer.vocab_size)
        weights, lessons = bundled_folder() / WHOLE, Lessons
    model.wpe.weight.requires_grad_(False)
    examined = conversations(ASKED, "validation")
    kinds = sorted({turn.kind for written in examined for turn in written.turns})
    digest = sha256(weights.read_bytes()).hexdigest()
    notes = NOTES_AGAIN if before else NOTES
    trainer = Trainer(
        model,
        lessons(tokenizer, model.config.block_size),
        AGAIN if before else TRAINING,
        folder,
        callbacks=[PrintProgress()],
        extra_evaluations={
            kind: lambda model, kind=kind: exact_share(model, tokenizer, kind) for kind in kinds
        },
        notes={name: note.format(sha256=digest) for name, note in notes.items()},
    )
    print(trainer.run())


if __name__ == "__main__":
    main(*map(Path, words(__doc__, 1, 2)))

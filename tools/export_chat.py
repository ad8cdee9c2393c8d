"""Make the runs of `train_chat` and `prefer_chat` the assistants of the course, and score them.

    python -m tools.export_chat sft runs/town-sft runs/town-sft-again  # data/pretrained/town-sft
    python -m tools.export_chat chat runs/town-chat    # data/pretrained/town-chat-lora
    python -m tools.export_chat scores                 # data/runs/town-chat/scores.json
    python -m tools.export_chat applications           # data/runs/town-chat/applications.json

The record of each run (settings, machine, curve) goes to `data/runs/town-chat`, in a folder each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

from aigc_lab.chat.adapter_files import SETTINGS, WEIGHTS
from aigc_lab.chat.bundled import adapter_folder, load_chat
from aigc_lab.chat.finetune import exactly_right
from aigc_lab.chat.preference import preferred_rate, questions
from aigc_lab.chat.scores import bundled_stages, score_stages
from aigc_lab.chat.template import save_chat
from aigc_lab.core.files import data_folder, read_json, write_json
from aigc_lab.core.runtime import provenance
from aigc_lab.pretrained.load import Pretrained, load_pretrained
from aigc_lab.pretrained.locate import BUNDLED, TUNED, bundled_folder
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.text.tokenizer import load_tokenizer
from aigc_lab.town.conversations import conversations
from aigc_lab.town.documents import LANGUAGES, documents
from aigc_lab.town.entropy import entropy_floor
from aigc_lab.town.turns import Message
from aigc_lab.training.checkpoint import load_trained_model
from tools.command_line import words
from tools.export_bundled import record

Asked = Sequence[tuple[Sequence[Message], str]]
RECORDS = data_folder() / "runs" / "town-chat"
PRETRAINED = data_folder() / "pretrained"
QUESTIONS = 400  # of each kind and language, or as many as there are
BY_HEART = ("capital", "country", "talk", "outside")  # a few, the same in all worlds: asked once
SAMPLED = 500  # questions, one answer to each sampled at temperature 1
TEST_DOCUMENTS = 500
EXAMPLES = 100  # to each application
CHUNK = 500
SEED = 23  # of the worlds asked about: nothing was scored on them while the runs were planned


def export_sft(first: Path, again: Path) -> None:
    """The fine-tuned model, as an ordinary folder with a chat template."""
    model = load_trained_model(again / "last.safetensors")
    save_chat(PRETRAINED / TUNED, model, load_tokenizer(again))
    record(first, RECORDS / "sft")
    record(again, RECORDS / "sft-again")


def export_chat(run: Path) -> None:
    """The adapter of the preference tuning."""
    folder = PRETRAINED / "town-chat-lora"
    folder.mkdir(parents=True, exist_ok=True)
    for name in (SETTINGS, WEIGHTS):
        copyfile(run / name, folder / name)
    digest = sha256((run / WEIGHTS).read_bytes()).hexdigest()
    (RECORDS / "dpo").mkdir(parents=True, exist_ok=True)
    copyfile(run / "metrics.jsonl", RECORDS / "dpo" / "metrics.jsonl")
    record_of_run = {**read_json(run / "run.json"), "adapter_sha256": digest}
    write_json(RECORDS / "dpo" / "run.json", record_of_run)


def held_out(language: str) -> dict[str, Asked]:
    """Questions of each kind and their right answers, on worlds that were never seen."""
    asked: dict[str, dict[Any, tuple]] = {}
    for start in count(step=CHUNK):
        for written in conversations(CHUNK, "test", SEED, start, language):
            for place, turn in enumerate(written.turns):
                kind = turn.kind if written.kind != "other_language" else "other_language"
                these = asked.setdefault(kind, {})
                question = turn.question if kind in BY_HEART else len(these)
                if len(these) < QUESTIONS:
                    these.setdefault(question, (written.messages(place), turn.answer))
        if all(len(asked[kind]) == QUESTIONS for kind in asked if kind not in BY_HEART):
            break
    return {kind: list(these.values()) for kind, these in sorted(asked.items())}


def exact_answers(chat: Pretrained, asked: Mapping[str, Asked]) -> dict[str, float]:
    """The share of exact answers to each kind of question."""
    right = {kind: exactly_right(chat.model, chat.tokenizer, asked[kind]) for kind in asked}
    return {kind: sum(marks) / len(marks) for kind, marks in right.items()}


def weights() -> dict[str, str]:
    """The sha256 of all that is scored."""
    files = {
        BUNDLED: bundled_folder() / WHOLE,
        TUNED: bundled_folder(TUNED) / WHOLE,
        "town-chat-lora": adapter_folder() / WEIGHTS,
    }
    return {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()}


def town_bits(model: Pretrained) -> dict[str, Any]:
    """What a model still knows of Tiny Town's documents."""
    texts = [document.text for document in documents(TEST_DOCUMENTS, "test")]
    town = score_text(model.model, model.tokenizer, texts, score_end=True, batch_size=1)
    return {"town_bits_per_byte": town.bits_per_byte, "town_interval": [town.low, town.high]}


def scores_of(chat: Pretrained, asked: Mapping[str, Mapping[str, Asked]]) -> dict[str, Any]:
    """What one assistant can do, and what it still knows of Tiny Town's documents."""
    rate, verdicts = preferred_rate(chat.model, chat.tokenizer, questions(SAMPLED), seed=0)
    return {
        **town_bits(chat),
        "preferred_rate": rate,
        "verdicts": verdicts,
        "exact_answers": {language: exact_answers(chat, asked[language]) for language in asked},
    }


def write_scores() -> None:
    """Score the base, and the assistant after each stage of tuning."""
    floor = entropy_floor(documents(TEST_DOCUMENTS, "test"))
    asked = {language: held_out(language) for language in LANGUAGES}
    counts = {kind: len(these) for kinds in asked.values() for kind, these in kinds.items()}
    scores = {
        "scored": provenance(),
        "weights_sha256": weights(),
        "questions_per_kind_and_language": QUESTIONS,
        "fewer_questions": {kind: n for kind, n in sorted(counts.items()) if n < QUESTIONS},
        "sampled_questions": SAMPLED,
        "test_documents": TEST_DOCUMENTS,
        "town_floor": floor.bits_per_byte,
        "stages": {
            "base": town_bits(load_pretrained(BUNDLED)),
            "sft": scores_of(load_chat(TUNED), asked),
            "chat": scores_of(load_chat(), asked),
        },
    }
    write_json(RECORDS / "scores.json", scores)
    print(scores)


def write_applications() -> None:
    """Score every application at every stage, beside its baseline."""
    found = score_stages(bundled_stages(), EXAMPLES)
    about = {"scored": provenance(), "weights_sha256": weights(), "examples": EXAMPLES}
    write_json(RECORDS / "applications.json", {**about, "applications": found.to_dict()})
    print(found.table(by_kind=True))


JOBS = {
    "sft": export_sft,
    "chat": export_chat,
    "scores": write_scores,
    "applications": write_applications,
}


def main(what: str, *run: str) -> None:
    """Do one of the four."""
    JOBS[what](*map(Path, run))


if __name__ == "__main__":
    what, *runs = words(__doc__, 1, 2, 3)
    if what not in JOBS:
        sys.exit(__doc__)
    main(what, *runs)

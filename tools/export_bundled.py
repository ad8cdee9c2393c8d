"""Turn the runs of `train_bundled` and `practise_bundled` into the checkpoint of the course.

    python -m tools.export_bundled runs/town-gpt2 runs/town-gpt2-drilled runs/town-gpt2-refreshed

Writes the last step of the last run and its tokenizer to `data/pretrained/town-gpt2`, the record of
each run (settings, machine, curve) to `data/runs/town-gpt2`, those of the second and third in
folders of their own, and scores the model there on held-out worlds and articles.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

from aigc_lab.core.files import data_folder, read_json, write_json
from aigc_lab.core.runtime import provenance
from aigc_lab.generation.abilities import accuracy, town_questions
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import split_held_out
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.documents import documents
from aigc_lab.town.entropy import entropy_floor
from aigc_lab.training.checkpoint import load_trained_model
from aigc_lab.training.metrics import append_metrics, read_metrics
from tools.command_line import words

NAME, STAGES = "town-gpt2", ("", "drill", "refresh")
TEST_DOCUMENTS = 2000
QUESTIONS_PER_ABILITY = 500
CURVE_EVERY = 20  # of the training losses, one in so many is recorded


def score(model: GPT, tokenizer: Tokenizer) -> dict[str, Any]:
    """What the model is worth on worlds and articles that it has never seen."""
    unseen = list(documents(TEST_DOCUMENTS, "test"))
    texts = [document.text for document in unseen]
    floor = entropy_floor(unseen)
    town = score_text(model, tokenizer, texts, score_end=True, batch_size=1, progress=True)
    articles = score_text(model, tokenizer, split_held_out(python_docs().documents)[1])
    abilities = {}
    for language in ("english", "chinese"):
        asked = town_questions(QUESTIONS_PER_ABILITY, "test", language=language)
        abilities[language] = {
            name: accuracy(model, tokenizer, questions) for name, questions in asked.items()
        }
    return {
        "town_bits_per_byte": town.bits_per_byte,
        "town_interval": [town.low, town.high],
        "town_floor": floor.bits_per_byte,
        "town_floor_interval": [floor.low, floor.high],
        "town_over_floor": town.bits_per_byte / floor.bits_per_byte - 1,
        "python_docs_held_out_bits_per_byte": articles.bits_per_byte,
        "python_docs_interval": [articles.low, articles.high],
        "questions_per_ability_and_language": QUESTIONS_PER_ABILITY,
        "test_documents": TEST_DOCUMENTS,
        "exact_answers": abilities,
    }


def record(run: Path, folder: Path) -> None:
    """Keep how a run was made and how it went."""
    write_json(folder / "run.json", read_json(run / "run.json"))
    curve = folder / "metrics.jsonl"
    curve.unlink(missing_ok=True)
    for line in read_metrics(run / "metrics.jsonl"):
        if "val_loss" in line or line["step"] % CURVE_EVERY == 0:
            append_metrics(curve, line)


def main(*runs: Path) -> None:
    """Write, record, score."""
    model = load_trained_model(runs[-1] / "last.safetensors")
    tokenizer = load_tokenizer(runs[-1])
    folder = data_folder() / "pretrained" / NAME
    save_pretrained(folder, model, tokenizer)
    digest = sha256((folder / WHOLE).read_bytes()).hexdigest()
    records = data_folder() / "runs" / NAME
    for run, stage in zip(runs, STAGES, strict=True):
        record(run, records / stage)
    scores = score(model, tokenizer)
    write_json(
        records / "scores.json", {"scored": provenance(), "weights_sha256": digest, **scores}
    )
    print(scores)


if __name__ == "__main__":
    main(*map(Path, words(__doc__, len(STAGES))))

"""Teach the fine-tuned assistant what people prefer: DPO with LoRA, on pairs that Town ranks.

    python -m tools.prefer_chat runs/town-chat

Starts from `data/pretrained/town-sft` and writes an adapter, the curve and the record of the run.
How many steps, and how large, was chosen on validation worlds: further on more answers are
preferred, and more of the documents is forgotten.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting

from aigc_lab.chat.bundled import load_chat
from aigc_lab.chat.lora import add_lora, save_adapter
from aigc_lab.chat.preference import Pair, preferred_rate, questions, town_pairs, train_dpo
from aigc_lab.core.files import write_json
from aigc_lab.core.runtime import Stopwatch, provenance
from aigc_lab.pretrained.locate import TUNED, bundled_folder
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.town.conversations import conversations
from aigc_lab.town.documents import LANGUAGES
from aigc_lab.town.turns import phrases
from aigc_lab.training.metrics import append_metrics
from tools.command_line import words

LORA = {"rank": 8, "alpha": 16, "seed": 0}
TRAINING = {"steps": 110, "batch_size": 16, "lr": 1e-4, "beta": 0.1, "seed": 0}
PAIRS, TALKS = 1280, 80  # of the training worlds; each step draws a batch of them
ASKED = 200  # questions of the validation worlds


def talk_pairs() -> list[Pair]:
    """Greetings, and questions that only an honest answer fits, so that these are kept as well."""
    return [
        Pair(talk.messages(place), turn.answer, unhelpful(talk.language), "unhelpful")
        for talk in conversations(TALKS, "train", kinds=("talk",))
        for place, turn in enumerate(talk.turns)
    ]


def unhelpful(language: str) -> str:
    """What to say when one will not help."""
    return phrases()["answers"]["unhelpful"][LANGUAGES.index(language)]


def main(folder: Path) -> None:
    """Tune, save, record."""
    folder.mkdir(parents=True, exist_ok=True)
    curve = folder / "metrics.jsonl"
    curve.unlink(missing_ok=True)
    chat = load_chat(TUNED)
    asked = questions(ASKED, "validation")
    before, _ = preferred_rate(chat.model, chat.tokenizer, asked)
    add_lora(chat.model, **LORA)
    pairs = town_pairs(PAIRS) + talk_pairs()
    watch = Stopwatch()
    watch.start()

    def keep(record: dict[str, float]) -> None:
        append_metrics(curve, {**record, "seconds": round(watch.seconds, 3)})
        if record["step"] % 20 == 0:
            print({name: round(value, 4) for name, value in record.items()}, flush=True)

    train_dpo(chat.model, chat.tokenizer, pairs, on_step=keep, **TRAINING)
    watch.pause()
    after, verdicts = preferred_rate(chat.model, chat.tokenizer, asked)
    save_adapter(chat.model, folder)
    run: dict[str, Any] = {
        **provenance(),
        "base": {
            "name": TUNED,
            "sha256": sha256((bundled_folder(TUNED) / WHOLE).read_bytes()).hexdigest(),
        },
        "configs": {"lora": LORA, "dpo": TRAINING, "pairs": len(pairs)},
        "seconds": round(watch.seconds, 3),
        "preferred_on_validation": {"questions": ASKED, "before": before, "after": after},
    }
    write_json(folder / "run.json", run)
    print(before, after, verdicts)


if __name__ == "__main__":
    main(*map(Path, words(__doc__, 1)))

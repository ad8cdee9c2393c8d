"""A run's folder with one damaged file: each command that reads the file names it in one line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import SMALL, contents

COMMANDS = {
    "train": ("train", "notes.txt", "--steps", "6", *SMALL, "--out", "run"),
    "compare": ("compare", "run", "--bytes", "100"),
    "compare on a file": ("compare", "run", "--text", "notes.txt", "--bytes", "100"),
    "sample": ("sample", "run", "the", "--tokens", "2"),
}
READERS = {
    "tokenizer.json": {"train", "compare", "sample"},
    "recipe.json": {"train", "compare on a file"},
    "held_out.json": {"compare"},
    "learned.npy": {"compare", "compare on a file"},
    "run.json": {"train"},
    "metrics.jsonl": {"train"},
}
BPE = '"pre_tokenizer": {"type": "ByteLevel"}, "model": '
DAMAGED = [
    ("tokenizer.json", "[]"),
    ("tokenizer.json", "5"),
    ("tokenizer.json", '{"type": "aigc_lab characters"}'),
    ("tokenizer.json", '{"type": "aigc_lab characters", "alphabet": 5, "special_tokens": []}'),
    ("tokenizer.json", '{"type": "aigc_lab characters", "alphabet": "aa", "special_tokens": []}'),
    ("tokenizer.json", '{"type": "aigc_lab characters", "alphabet": "a", "special_tokens": 5}'),
    ("tokenizer.json", '{"model": []}'),
    ("tokenizer.json", '{"model": [5]}'),
    ("tokenizer.json", "{" + BPE + '{"vocab": [], "merges": []}}'),
    ("tokenizer.json", "{" + BPE + '{"vocab": {"a": "b"}, "merges": []}}'),
    ("tokenizer.json", "{" + BPE + '{"vocab": {}, "merges": [5]}}'),
    ("tokenizer.json", "{" + BPE + '{"vocab": {}, "merges": []}, "added_tokens": [{}]}'),
    ("recipe.json", "[]"),
    ("learned.npy", "5"),
    ("held_out.json", "5"),
    ("held_out.json", "[5]"),
    ("held_out.json", "[]"),
    ("held_out.json", "{}"),
    ("run.json", "[]"),
    ("run.json", '{"resumed": 5}'),
    ("metrics.jsonl", '{"step": "6"}\n'),
    ("metrics.jsonl", '{"step": 6, "train_loss": "low"}\n'),
    ("metrics.jsonl", "[]\n"),
]


@pytest.mark.parametrize(("name", "content"), DAMAGED)
def test_the_damaged_file_is_named_by_whoever_reads_it(call, run, monkeypatch, name, content):
    monkeypatch.setattr("aigc_lab.pretrained.compare.tokens_per_second", lambda *_: 100.0)
    monkeypatch.setattr("aigc_lab.viz.plots.loss_curve", None)  # nothing is drawn of such a run
    (run / name).write_text(content)
    before = contents(run)
    for command in sorted(READERS[name]):
        said = call(*COMMANDS[command])
        assert said.code == 1, command
        assert name in said.complaint, command
        after = contents(run)
        after[str(run / name)] = content.encode()
        assert after == before, command


@pytest.mark.parametrize("name", ["recipe.json", "held_out.json", "run.json", "metrics.jsonl"])
def test_who_does_not_read_it_is_not_troubled(call, run, name):
    (run / name).write_text("5")
    assert call(*COMMANDS["sample"]).code == 0

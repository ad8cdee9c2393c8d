"""The recorder of GPT-2's tokens: what it writes, from a vocabulary of no merges."""

import hashlib
import json

import pytest

from aigc_lab.core.files import read_json, write_json
from aigc_lab.text.bpe_files import BYTE_ORDER, to_letters
from tools import record_gpt2_tokens


@pytest.fixture
def folder(tmp_path):
    """A vocabulary of 256 bytes and one merge, the space with t."""
    letters = [*(to_letters(bytes([byte])) for byte in BYTE_ORDER), "Ġt"]
    write_json(tmp_path / "vocab.json", {letter: id for id, letter in enumerate(letters)})
    (tmp_path / "merges.txt").write_text("Ġ t\n", encoding="utf-8")
    return tmp_path


def test_it_writes_texts_with_their_tokens_and_where_they_came_from(folder, monkeypatch):
    monkeypatch.setattr(record_gpt2_tokens, "data_folder", lambda: folder)
    record_gpt2_tokens.main(folder)
    written = folder / "runs" / "gpt2-tokens"
    lines = [json.loads(line) for line in (written / "tokens.jsonl").read_text().splitlines()]
    assert {line["name"]: line["text"] for line in lines} == record_gpt2_tokens.TEXTS
    question = next(line for line in lines if line["name"] == "article 000, question")
    assert question["tokens"][:7] == ["W", "h", "a", "t", "Ġ", "i", "s"]
    assert question["ids"][7:9] == [256, 71]  # " t" and "h"
    run = read_json(written / "run.json")
    assert run["vocab_size"] == 257
    assert run["chinese"] == []
    assert {"machine", "commit", "command", "started"} < set(run)
    digest = hashlib.sha256((folder / "vocab.json").read_bytes()).hexdigest()
    assert run["sha256"]["vocab.json"] == digest

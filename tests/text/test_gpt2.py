"""GPT-2's published vocabulary, where it can be had."""

from __future__ import annotations

import pytest

from aigc_lab.text import gpt2
from tests.data_folder import shared_file


def test_it_cuts_as_gpt2_does(monkeypatch):
    asked = []

    def fetch(download):
        asked.append(download)
        return shared_file(download.file_name)

    monkeypatch.setattr(gpt2, "fetch", fetch)
    tokenizer = gpt2.gpt2_tokenizer()
    assert asked == [gpt2.VOCAB, gpt2.MERGES]
    assert tokenizer.vocab_size == 50257
    assert tokenizer.encode("Hello world") == [15496, 995]


def test_without_it_one_line_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path))
    monkeypatch.delenv("AIGC_LAB_DATA", raising=False)
    with pytest.raises(ConnectionError, match=r"vocab\.json could not be downloaded"):
        gpt2.gpt2_tokenizer()

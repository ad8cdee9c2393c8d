"""GPT-2's tokenizer, live or recorded: the same answers, and it says which of the two it is."""

import json
from itertools import chain

import pytest

from aigc_lab.core.files import data_folder, read_json
from aigc_lab.pretrained import gpt2_tokens as module
from aigc_lab.pretrained.gpt2_tokens import RecordedTokenizer, chinese_tokens, gpt2_tokens
from aigc_lab.text.bpe import BPETokenizer
from tests.data_folder import shared_file

FOLDER = data_folder() / "runs" / module.RECORD


def lines():
    return list(map(json.loads, (FOLDER / "tokens.jsonl").read_text("utf-8").splitlines()))


@pytest.fixture
def alone(monkeypatch):
    """Neither a cache nor a network."""

    def unreachable(download):
        raise ConnectionError("no route")

    monkeypatch.setattr(module, "_cached", lambda: None)
    monkeypatch.setattr(module, "fetch", unreachable)


@pytest.fixture
def published():
    return [shared_file("gpt2") / name for name in ("vocab.json", "merges.txt")]


def test_alone_it_speaks_from_the_record_and_says_so(alone):
    gpt2 = gpt2_tokens()
    assert not gpt2.live
    assert "From a recorded run with the published vocabulary (vocab.json, " in gpt2.notice
    assert "196139668be63f3b" in gpt2.notice
    assert "nor reachable" in gpt2.notice
    assert gpt2.tokenizer.vocab_size == 50257
    for text in gpt2.texts.values():
        assert gpt2.tokenizer.decode(gpt2.tokenizer.encode(text)) == text


def test_it_does_not_knock_when_no_download_is_wanted(monkeypatch):
    monkeypatch.setattr(module, "_cached", lambda: None)
    monkeypatch.setattr(module, "fetch", lambda _: pytest.fail("knocked"))
    assert not gpt2_tokens(download=False).live


def test_another_vocabulary_in_its_place_is_not_used(alone, monkeypatch):
    def other(download):
        raise ValueError("another file or damaged")

    monkeypatch.setattr(module, "fetch", other)
    assert "another file or damaged" in gpt2_tokens().notice


def test_the_record_is_what_the_published_vocabulary_says(published):
    tokenizer = BPETokenizer.from_gpt2_files(*published)
    for line in lines():
        assert tokenizer.encode(line["text"]) == line["ids"]
    run = read_json(FOLDER / "run.json")
    assert run["chinese"] == chinese_tokens(tokenizer)
    assert run["vocab_size"] == tokenizer.vocab_size
    assert run["sha256"]["vocab.json"] == module.VOCAB.sha256


def test_with_the_vocabulary_in_the_cache_it_is_live(monkeypatch, published):
    monkeypatch.setattr(module, "_cached", lambda: tuple(published))
    gpt2 = gpt2_tokens(download=False)
    assert gpt2.live
    assert gpt2.notice.startswith("Live: the published vocabulary (vocab.json, sha256")
    assert gpt2.tokenizer.decode(gpt2.tokenizer.encode("a text nobody recorded")).endswith("ed")


def test_the_record_holds_few_of_the_tokens():
    ids = set(chain.from_iterable(line["ids"] for line in lines()))
    assert len(ids) < 0.01 * read_json(FOLDER / "run.json")["vocab_size"]


def test_a_text_that_was_not_recorded_is_refused_with_the_mend():
    tokenizer = RecordedTokenizer([{"text": "a", "ids": [64], "tokens": ["a"]}], vocab_size=50257)
    assert tokenizer.encode("a") == [64]
    with pytest.raises(ValueError, match=r"'b' is not among the 1 recorded texts; .* network"):
        tokenizer.encode("b")
    with pytest.raises(ValueError, match="token 65 is in none"):
        tokenizer.token_bytes(65)


def test_chinese_tokens_hold_a_whole_chinese_character():
    merges = [(b"\xe7", b"\x8c"), (b"\xe7\x8c", b"\xab"), (b"\xe7\x8c\xab", b"\xe7")]
    tokenizer = BPETokenizer(merges, special_tokens=())
    assert chinese_tokens(tokenizer) == ["猫", "猫"]

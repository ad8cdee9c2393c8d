"""Encoding and decoding: by hand, any text, streams, special tokens, and files that others open."""

import json
import random
from itertools import pairwise

import pytest
import tokenizers

from aigc_lab.text import bpe
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from tests.text.samples import MIXED, SPECIALS, random_chunks, random_text


@pytest.fixture(scope="module")
def tokenizer():
    text = MIXED + "".join(random_text(seed, 2000) for seed in range(3))
    return BPETokenizer.train(text * 2, 701, SPECIALS)


def merge_by_rescanning(tokenizer, word):
    """The bytes of a word, merged as the paper says: look at every pair again each time."""
    tokens = [bytes([byte]) for byte in word.encode()]
    rank = {pair: number for number, pair in enumerate(tokenizer.merges)}
    while True:
        pairs = list(pairwise(tokens))
        best = min(pairs, key=lambda pair: rank.get(pair, len(rank)), default=None)
        if best not in rank:
            return tokens
        place = pairs.index(best)
        tokens[place : place + 2] = [best[0] + best[1]]


def test_encoding_by_hand():
    # "!" is id 0, "a" id 64, a space id 220; merges from 256 on in order; the special one last.
    tokenizer = BPETokenizer([(b"a", b"b"), (b" ", b"ab"), (b"b", b"c")])
    assert tokenizer.encode("abc ab!") == [256, 66, 257, 0]  # ab was learned before bc
    assert tokenizer.encode("bc") == [258]
    assert tokenizer.decode([257, 66, 259]) == " abc<|endoftext|>"
    assert [tokenizer.token_bytes(id) for id in (0, 220, 257)] == [b"!", b" ", b" ab"]
    assert tokenizer.vocab_size == 260
    assert tokenizer.special_tokens == {"<|endoftext|>": 259}
    assert repr(tokenizer) == (
        "BPETokenizer(vocab_size=260, special_tokens={'<|endoftext|>': 259})"
    )
    assert isinstance(tokenizer, Tokenizer)


def test_merges_that_spell_the_same_token_share_its_id():
    tokenizer = BPETokenizer([(b"b", b"c"), (b"a", b"b"), (b"ab", b"c"), (b"a", b"bc")])
    assert tokenizer.vocab_size == 256 + 3 + 1
    assert tokenizer.encode("abc") == [258]


@pytest.mark.parametrize("seed", range(10))
def test_any_text_comes_back(tokenizer, seed):
    text = random_text(seed + 1000, 500)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.decode(tokenizer.encode(text, allow_special=True)) == text
    assert tokenizer.decode(tokenizer.encode(text), errors="strict") == text
    assert BPETokenizer([]).decode(BPETokenizer([]).encode(text)) == text


@pytest.mark.parametrize("seed", range(20))
def test_words_are_merged_as_the_paper_says(tokenizer, seed):
    draw = random.Random(seed)
    for letters in ("ab", "abc猫狗", "'s.,"):
        word = "".join(draw.choices(letters, k=draw.randint(1, 40)))
        ids = tokenizer._ids_of[word]
        assert [tokenizer.token_bytes(id) for id in ids] == merge_by_rescanning(tokenizer, word)


def test_a_very_long_word_takes_no_quadratic_time(tokenizer):
    word = "ab" * 100_000  # with quadratic time: hours
    assert tokenizer.decode(tokenizer.encode(word)) == word


def test_words_are_remembered_within_a_limit(tokenizer, monkeypatch):
    monkeypatch.setattr(bpe, "CACHED_WORDS", 3)
    tokenizer._ids_of.clear()
    text = "one two three four five one " + "x" * 1000
    assert tokenizer.encode(text) == tokenizer.encode(text)
    assert len(tokenizer._ids_of) <= 3
    assert tokenizer.encode(" short " + "x" * 1000)
    assert " short" in tokenizer._ids_of
    assert max(map(len, tokenizer._ids_of)) < 1000
    changed = tokenizer.encode(" two")
    changed.append(7)
    assert tokenizer.encode(" two") == changed[:-1]  # the answer is the caller's own list


@pytest.mark.parametrize("allow_special", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_a_stream_has_the_ids_of_the_whole_text(tokenizer, seed, allow_special):
    text = random_text(seed, 300)
    chunks = random_chunks(text, seed)
    whole = tokenizer.encode(text, allow_special)
    assert list(tokenizer.encode_iter(chunks, allow_special)) == whole
    assert list(tokenizer.encode_iter(text, allow_special)) == whole  # one character at a time


def test_a_stream_flows():
    tokenizer = BPETokenizer([])
    endless = iter(lambda: "word after word ", None)
    stream = tokenizer.encode_iter(endless)
    assert tokenizer.decode(next(stream) for _ in range(19)) == "word after word wor"


def test_special_tokens_are_found_only_when_allowed(tokenizer):
    text = "a<|endoftext|>b"
    id = tokenizer.special_tokens["<|endoftext|>"]
    assert id not in tokenizer.encode(text)
    ids = tokenizer.encode(text, allow_special=True)
    assert ids[1] == id
    assert len(ids) == 3
    assert tokenizer.decode(tokenizer.encode(text)) == tokenizer.decode(ids) == text


def test_half_a_character_becomes_the_replacement_sign():
    tokenizer = BPETokenizer([])
    ids = tokenizer.encode("猫")
    assert len(ids) == 3
    assert tokenizer.decode(ids[:2]) == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        tokenizer.decode(ids[:2], errors="strict")


def test_bad_input_is_named(tokenizer):
    with pytest.raises(ValueError, match=r"is '\\ud83d', half of a surrogate pair.*mend the text"):
        tokenizer.encode("x \ud83d")
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        list(tokenizer.encode_iter(["x", "\ude00"]))
    with pytest.raises(ValueError, match=r"must be a str, but a bytes arrived"):
        tokenizer.encode(b"x")
    with pytest.raises(ValueError, match=r"must be a str, but a bytes arrived"):
        BPETokenizer.train([b"x"], 300)
    for id in (-1, tokenizer.vocab_size):
        with pytest.raises(ValueError, match=rf"id {id} is not one of this tokenizer's 0 to"):
            tokenizer.decode([id])
    with pytest.raises(ValueError, match=r"merge 0 joins b'ab' and b'c', but b'ab' is not"):
        BPETokenizer([(b"ab", b"c")])
    for specials in (["<|a|>", "<|a|>"], [""], ["a"]):
        with pytest.raises(
            ValueError, match=r"special token .* is empty, .* as '<\|endoftext\|>'$"
        ):
            BPETokenizer([], specials)


def test_a_saved_tokenizer_is_the_same_when_opened(tokenizer, tmp_path):
    path = tokenizer.save(tmp_path / "new")
    opened = load_tokenizer(tmp_path / "new")
    assert path == tmp_path / "new" / "tokenizer.json"
    assert opened.merges == tokenizer.merges
    assert opened.special_tokens == tokenizer.special_tokens
    text = MIXED + random_text(5, 500)
    assert opened.encode(text, allow_special=True) == tokenizer.encode(text, allow_special=True)
    assert opened.encode(text) == tokenizer.encode(text)
    opened.save(tmp_path / "again")
    assert (tmp_path / "again" / "tokenizer.json").read_bytes() == path.read_bytes()


def test_the_tokenizers_library_opens_what_was_saved(tokenizer, tmp_path):
    library = tokenizers.Tokenizer.from_file(str(tokenizer.save(tmp_path)))
    assert library.get_vocab_size() == tokenizer.vocab_size
    for text in (MIXED, *(random_text(seed, 500) for seed in range(20))):
        ids = library.encode(text).ids
        assert ids == tokenizer.encode(text, allow_special=True)
        assert library.decode(ids, skip_special_tokens=False) == text


@pytest.mark.parametrize("specials", [("<|endoftext|>",), ()])
def test_transformers_opens_what_was_saved(tmp_path, specials):
    transformers = pytest.importorskip("transformers")
    tokenizer = BPETokenizer.train(MIXED * 3, 307, specials)
    tokenizer.save(tmp_path)
    # The two files alone, and beside a model as pretrained weights are kept.
    for config in (None, {"model_type": "gpt2"}, {"model_type": "llama"}):
        if config:
            (tmp_path / "config.json").write_text(json.dumps(config))
        opened = transformers.AutoTokenizer.from_pretrained(tmp_path)
        assert len(opened) == tokenizer.vocab_size
        for text in (MIXED, random_text(3, 500)):
            ids = tokenizer.encode(text, allow_special=True)
            assert opened(text)["input_ids"] == ids
            assert opened.decode(ids) == text
        assert opened.eos_token == (specials[0] if specials else None)

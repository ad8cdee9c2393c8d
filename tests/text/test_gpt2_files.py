"""GPT-2's published vocabulary: the same ids as the published tokenizer on any text."""

import json
from functools import cache

import pytest
from tokenizers import ByteLevelBPETokenizer

from aigc_lab.text.tokenizer import load_tokenizer
from tests.data_folder import shared_file
from tests.text.samples import KNOWN, MIXED, random_text


@cache
def both():
    folder = shared_file("gpt2")
    files = str(folder / "vocab.json"), str(folder / "merges.txt")
    return load_tokenizer(folder), ByteLevelBPETokenizer(*files)


def test_ids_known_by_heart():
    ours, _ = both()
    assert ours.vocab_size == 50257
    assert ours.special_tokens == {"<|endoftext|>": 50256}
    assert ours.encode("Hello, world!") == [15496, 11, 995, 0]
    assert ours.encode("<|endoftext|>", allow_special=True) == [50256]
    assert ours.token_bytes(50255) == b" gazed"


@pytest.mark.parametrize("seed", range(5))
def test_ids_equal_the_published_ones_on_any_text(seed):
    ours, published = both()
    text = MIXED.replace("<|endoftext|>", "") * 2 + random_text(seed, 5000)
    assert ours.encode(text) == published.encode(text).ids
    assert ours.decode(ours.encode(text)) == text


def test_ids_equal_the_published_ones_on_every_character():
    ours, published = both()
    text = "".join(f"a{character} {character * 2}" for character in KNOWN)
    assert ours.encode(text) == published.encode(text).ids


def test_ids_equal_the_published_ones_on_a_real_text():
    ours, published = both()
    text = shared_file("tinyshakespeare.txt").read_text(encoding="utf-8")[:300_000]
    assert ours.encode(text) == published.encode(text).ids
    chunks = [text[at : at + 997] for at in range(0, len(text), 997)]
    assert list(ours.encode_iter(chunks)) == ours.encode(text)


def test_what_was_loaded_is_saved_and_opened_alike(tmp_path):
    ours, _ = both()
    ours.save(tmp_path)
    text = MIXED + random_text(9, 1000)
    assert load_tokenizer(tmp_path).encode(text, True) == ours.encode(text, True)


def write(folder, vocab, merges):
    (folder / "vocab.json").write_text(json.dumps(vocab), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + merges, encoding="utf-8")
    return folder


def small_vocabulary(merged):
    letters = json.loads(shared_file("gpt2").joinpath("vocab.json").read_text(encoding="utf-8"))
    return {token: id for token, id in letters.items() if id < 256} | merged


def test_a_small_vocabulary_of_the_same_layout_opens(tmp_path):
    vocab = small_vocabulary({"ab": 256, "abc": 257, "<|a|>": 258, "<|b|>": 259})
    opened = load_tokenizer(write(tmp_path, vocab, "a b\nab c\n"))
    assert opened.encode("abcd<|b|>", allow_special=True) == [257, 67, 259]


@pytest.mark.parametrize(
    ("merged", "merges", "message"),
    [
        (
            {"ab": 257, "<s>": 256},
            "a b\n",
            r"vocab\.json gives token 'ab' the id 257, where .* 256",
        ),
        ({}, "a b\n", r"gives token 'ab' the id None"),
        ({"ab": 256}, "a  b\n", r"merge 0 in .*merges\.txt is 'a  b'; a merge is two tokens"),
        ({"ab": 256}, "a b c\n", r"merge 0 in .*merges\.txt is 'a b c'"),
        ({"a猫": 256}, "a 猫\n", r"'猫' is not a byte-level token: '猫' stands for no byte"),
    ],
)
def test_files_of_another_kind_are_refused(tmp_path, merged, merges, message):
    with pytest.raises(ValueError, match=message):
        load_tokenizer(write(tmp_path, small_vocabulary(merged), merges))


def test_a_truncated_merges_file_is_refused(tmp_path):
    folder = shared_file("gpt2")
    merges = (folder / "merges.txt").read_text(encoding="utf-8")
    (tmp_path / "vocab.json").write_bytes((folder / "vocab.json").read_bytes())
    (tmp_path / "merges.txt").write_text(merges[:200_000].rpartition("\n")[0], encoding="utf-8")
    with pytest.raises(ValueError, match=r"that no merge makes; are the merges complete"):
        load_tokenizer(tmp_path)

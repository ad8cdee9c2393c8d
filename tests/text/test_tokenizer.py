"""Characters as tokens, and opening any tokenizer from a folder."""

import json

import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.bpe_files import is_like_gpt2
from aigc_lab.text.tokenizer import CharTokenizer, Tokenizer, load_tokenizer
from aigc_lab.text.words import END_OF_TEXT
from tests.text.samples import MIXED, random_chunks, random_text


def test_characters_by_hand():
    tokenizer = CharTokenizer("abn", special_tokens=["<|end|>"])
    assert tokenizer.encode("banana") == [1, 0, 2, 0, 2, 0]
    assert tokenizer.encode("ab<|end|>", allow_special=True) == [0, 1, 3]
    assert tokenizer.decode([2, 0, 3]) == "na<|end|>"
    assert tokenizer.vocab_size == 4
    assert tokenizer.special_tokens == {"<|end|>": 3}
    assert CharTokenizer("猫").token_bytes(0) == "猫".encode()
    assert isinstance(tokenizer, Tokenizer)


def test_training_takes_every_character_once_in_order():
    tokenizer = CharTokenizer.train(MIXED, ["<|endoftext|>"])
    assert list(tokenizer.alphabet) == sorted(set(MIXED.replace("<|endoftext|>", "")))
    ids = tokenizer.encode(MIXED, allow_special=True)
    assert tokenizer.decode(ids) == MIXED
    assert len(ids) == len(MIXED) - len("<|endoftext|>") + 1


def test_characters_of_several_texts_make_one_alphabet():
    parts = [MIXED[:50], MIXED[50:], "ab<|end|>"]
    tokenizer = CharTokenizer.train(iter(parts), ["<|end|>"])
    assert tokenizer.alphabet == CharTokenizer.train("".join(parts), ["<|end|>"]).alphabet


@pytest.mark.parametrize("allow_special", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_a_stream_of_characters_has_the_ids_of_the_whole_text(seed, allow_special):
    text = random_text(seed, 300) + END_OF_TEXT
    tokenizer = CharTokenizer("".join(sorted(set(text))), [END_OF_TEXT])
    whole = tokenizer.encode(text, allow_special)
    assert list(tokenizer.encode_iter(random_chunks(text, seed), allow_special)) == whole


def test_bad_input_is_named():
    tokenizer = CharTokenizer("abn")
    with pytest.raises(ValueError, match=r"character 'é' is not in the alphabet of 3; leave it"):
        tokenizer.encode("bané")
    for id in (-1, 3):
        with pytest.raises(ValueError, match=rf"id {id} is not one of this tokenizer's 0 to 2"):
            tokenizer.decode([0, id])
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        tokenizer.encode("\ud83d")
    for alphabet in ("", "aba"):
        with pytest.raises(ValueError, match="is empty or repeats a character"):
            CharTokenizer(alphabet)
    for specials in ([""], ["a"], ["<s>", "<s>"]):
        with pytest.raises(ValueError, match=r"or one that stands twice; .* as '<\|endoftext\|>'$"):
            CharTokenizer("abn", specials)


@pytest.mark.parametrize(
    "tokenizer",
    [CharTokenizer.train(MIXED, ["<|end|>"]), BPETokenizer.train(MIXED, 300, ["<|end|>"])],
    ids=["characters", "bpe"],
)
def test_every_kind_is_opened_as_it_was_saved(tokenizer, tmp_path):
    assert tokenizer.save(tmp_path).name == "tokenizer.json"
    opened = load_tokenizer(tmp_path)
    assert type(opened) is type(tokenizer)
    assert opened.vocab_size == tokenizer.vocab_size
    assert opened.special_tokens == tokenizer.special_tokens
    ids = tokenizer.encode(MIXED + "<|end|>", allow_special=True)
    assert opened.encode(MIXED + "<|end|>", allow_special=True) == ids
    assert opened.decode(ids) == MIXED + "<|end|>"


def test_a_folder_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds neither tokenizer\.json nor vocab\.json"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize(
    "document",
    [
        {"model": {"type": "WordPiece"}},
        {"model": {}},
        {"normalizer": {"type": "NFC"}},
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"pre_tokenizer": {"type": "ByteLevel", "use_regex": False}},
        {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True}},
        {"pre_tokenizer": None},
        ["a list"],
    ],
)
def test_other_kinds_are_refused(tmp_path, document):
    path = BPETokenizer.train(MIXED, 300).save(tmp_path)
    if isinstance(document, dict):
        document = json.loads(path.read_text(encoding="utf-8")) | document
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokenizer\.json holds no byte-level BPE"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        *({"type": "Unigram"}, {"vocab": {"a": 0}}, {"vocab": {"!": 0, "Ġ": 220}}),
        *({"ignore_merges": True}, {"dropout": 0.1}),
        *({"end_of_word_suffix": "</w>"}, {"continuing_subword_prefix": "##"}),
    ],
    ids=str,
)
def test_merges_that_are_not_all_of_it_make_another_kind(tmp_path, changed):
    path = BPETokenizer.train(MIXED, 300).save(tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert is_like_gpt2(document)
    document["model"] |= changed
    assert not is_like_gpt2(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokenizer\.json holds no byte-level BPE"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("document", [None, [], {}, {"model": {}}, {"model": 1}, {"model": []}])
def test_what_is_no_tokenizer_is_not_like_gpt2(document):
    assert not is_like_gpt2(document)


@pytest.mark.parametrize("changed", [{"vocab": []}, {"merges": None}])
def test_a_model_without_a_part_is_not_like_gpt2(tmp_path, changed):
    path = BPETokenizer([]).save(tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    model = {name: part for name, part in document["model"].items() if name not in changed}
    assert not is_like_gpt2(document | {"model": model})
    assert not is_like_gpt2(document | {"model": model | changed})


def test_a_damaged_file_is_refused(tmp_path):
    path = BPETokenizer.train(MIXED, 300).save(tmp_path)
    path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokenizer\.json does not hold JSON"):
        load_tokenizer(tmp_path)

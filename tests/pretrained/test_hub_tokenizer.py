"""Tokenizer files of other makers: ids and bytes equal to the library's, and clear refusals."""

import json

import pytest
import tokenizers
from tokenizers import (
    AddedToken,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from aigc_lab.generation.generate import encode_prompt
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.hub_tokenizer import HubTokenizer, open_tokenizer, save_tokenizer
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from tests.data_folder import shared_file
from tests.pretrained.test_scoring import small

TEXT = "The cat sat on the mat in 2024.\n\n猫坐在垫子上 🙂\ttab  and spaces"
MARKS = ["<s>", "</s>", "<｜turn▁over｜>"]  # the last one as DeepSeek writes them


def sentencepiece_like() -> tokenizers.Tokenizer:
    """As Llama 2's: spaces as U+2581, unknown characters as bytes."""
    vocab = {"<unk>": 0, "<s>": 1, "</s>": 2}
    vocab |= {f"<0x{byte:02X}>": 3 + byte for byte in range(256)}
    letters = ["▁", "t", "h", "e", "c", "a", "m", "th", "the", "▁the", "at", "▁c", "▁cat"]
    vocab |= {letter: 259 + place for place, letter in enumerate(letters)}
    merges = [("t", "h"), ("th", "e"), ("▁", "the"), ("a", "t"), ("▁", "c"), ("▁c", "at")]
    library = tokenizers.Tokenizer(
        models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", byte_fallback=True)
    )
    library.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    library.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    library.add_special_tokens([AddedToken(mark, special=True) for mark in MARKS])
    library.post_processor = processors.TemplateProcessing("<s> $A", None, [("<s>", 1)])
    return library


def digits_apart() -> tokenizers.Tokenizer:
    """As SmolLM's: byte-level, but digits are cut apart and special tokens come first."""
    library = tokenizers.Tokenizer(models.BPE())
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    library.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|endoftext|>", MARKS[-1]],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library.train_from_iterator([TEXT] * 3, trainer)
    return library


KINDS = {"sentencepiece": sentencepiece_like, "digits": digits_apart}


@pytest.fixture(params=KINDS)
def library(request, tmp_path):
    library = KINDS[request.param]()
    library.save(str(tmp_path / "tokenizer.json"))
    return library


def test_ids_and_text_are_the_library_s(library, tmp_path):
    tokenizer = open_tokenizer(tmp_path)
    assert isinstance(tokenizer, HubTokenizer)
    ids = tokenizer.encode(TEXT)
    assert ids == library.encode(TEXT, add_special_tokens=False).ids
    assert tokenizer.decode(ids) == TEXT
    assert tokenizer.vocab_size == library.get_vocab_size()
    assert b"".join(map(tokenizer.token_bytes, ids)).decode().strip() == TEXT


def test_marks_in_a_text_are_text_unless_allowed(library, tmp_path):
    tokenizer = open_tokenizer(tmp_path)
    assert MARKS[-1] in tokenizer.special_tokens
    for mark, id in tokenizer.special_tokens.items():
        assert tokenizer.encode(mark, allow_special=True)[-1] == id
        assert id not in tokenizer.encode(mark)
        assert tokenizer.token_bytes(id) == mark.encode()


def test_an_added_word_is_spelled_as_it_stands_in_a_text(tmp_path):
    library = digits_apart()  # whose other tokens are spelled in letters that stand for bytes
    library.add_tokens([AddedToken("<｜think a while｜>", special=False)])
    library.save(str(tmp_path / "tokenizer.json"))
    tokenizer = open_tokenizer(tmp_path)
    (*_, id) = tokenizer.encode("the <｜think a while｜>")
    assert "<｜think a while｜>" not in tokenizer.special_tokens
    assert tokenizer.token_bytes(id).decode() == "<｜think a while｜>"


def test_saved_again_it_is_the_same(library, tmp_path):
    tokenizer = open_tokenizer(tmp_path)
    tokenizer.save(tmp_path / "again")
    assert open_tokenizer(tmp_path / "again").encode(TEXT) == tokenizer.encode(TEXT)


def test_llama_prompts_begin_with_their_mark(tmp_path):
    sentencepiece_like().save(str(tmp_path / "tokenizer.json"))
    tokenizer = open_tokenizer(tmp_path)
    assert encode_prompt(tokenizer, "the cat") == [1, *tokenizer.encode("the cat")]
    assert encode_prompt(tokenizer, "") == [1]


def test_an_id_out_of_range_is_refused(library, tmp_path):
    tokenizer = open_tokenizer(tmp_path)
    with pytest.raises(ValueError, match=rf"no token has the id {tokenizer.vocab_size}; "):
        tokenizer.token_bytes(tokenizer.vocab_size)


def test_ids_that_leave_numbers_out_count_from_0_to_the_largest(tmp_path):
    library = tokenizers.Tokenizer(models.WordLevel({"<?>": 0, "ab": 1, "cd": 7}, unk_token="<?>"))
    library.pre_tokenizer = pre_tokenizers.Whitespace()
    library.save(str(tmp_path / "tokenizer.json"))
    tokenizer = open_tokenizer(tmp_path)
    assert tokenizer.encode("ab cd") == [1, 7]
    assert tokenizer.vocab_size == 8
    assert tokenizer.token_bytes(7) == b"cd"
    with pytest.raises(ValueError, match=r"no token has the id 5; give .* from 0 to 7$"):
        tokenizer.token_bytes(5)
    with pytest.raises(ValueError, match="has 8 ids and the model only 7"):
        save_pretrained(tmp_path / "saved", small(tokenizer, vocab_size=7), tokenizer)


def test_gpt2_opens_as_ours_from_either_kind_of_file(tmp_path):
    vocab, merges = shared_file("gpt2/vocab.json"), shared_file("gpt2/merges.txt")
    theirs = tokenizers.ByteLevelBPETokenizer.from_file(str(vocab), str(merges))
    theirs.add_special_tokens(["<|endoftext|>"])  # as in the published file
    theirs.save(str(tmp_path / "tokenizer.json"))
    for folder in (vocab.parent, tmp_path):
        tokenizer = open_tokenizer(folder)
        assert isinstance(tokenizer, BPETokenizer)
        assert tokenizer.encode(TEXT) == theirs.encode(TEXT).ids
        assert tokenizer.special_tokens == {"<|endoftext|>": 50256}


def test_a_space_put_in_front_makes_it_another_tokenizer(tmp_path):
    path = BPETokenizer([(b" ", b"t")]).save(tmp_path)
    assert isinstance(open_tokenizer(tmp_path), BPETokenizer)
    document = json.loads(path.read_text())
    document["pre_tokenizer"]["add_prefix_space"] = True
    path.write_text(json.dumps(document))
    assert open_tokenizer(tmp_path).encode("t") == [256]


@pytest.mark.parametrize(
    ("part", "rule"), [("pre_tokenizer", {"use_regex": False}), ("model", {"ignore_merges": True})]
)
def test_one_rule_other_than_gpt2_s_leaves_it_to_the_library(tmp_path, part, rule):
    path = BPETokenizer([(b"o", b" "), (b"o ", b"w")]).save(tmp_path)  # over the end of a word
    document = json.loads(path.read_text())
    document[part] |= rule
    path.write_text(json.dumps(document))
    tokenizer = open_tokenizer(tmp_path)
    assert isinstance(tokenizer, HubTokenizer)
    theirs = tokenizers.Tokenizer.from_file(str(path))
    assert tokenizer.encode("to work") == theirs.encode("to work").ids


def test_characters_keep_their_order(tmp_path):
    tokenizer = CharTokenizer("z猫añ\n", special_tokens=("<|endoftext|>", "<b>", "<a>"))
    save_tokenizer(tmp_path, tokenizer)
    again = open_tokenizer(tmp_path)
    assert (again.alphabet, again.special_tokens) == (tokenizer.alphabet, tokenizer.special_tokens)


def test_a_folder_without_a_tokenizer_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"has no tokenizer \(tokenizer.json, or vocab.json"):
        open_tokenizer(tmp_path)


@pytest.mark.parametrize("content", ["{}", "[1]", json.dumps({"model": {"type": "BPE"}})])
def test_a_file_that_is_no_tokenizer_is_named(content, tmp_path):
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(ValueError, match=r"tokenizer.json"):
        open_tokenizer(tmp_path)

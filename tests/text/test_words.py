"""Words as GPT-2 cuts them, from whole texts and from streams."""

from pathlib import Path

import pytest
from tokenizers.pre_tokenizers import ByteLevel

import aigc_lab
from aigc_lab.text.words import (
    END_OF_TEXT,
    require_text,
    split_special,
    split_words,
    stream_special,
    whole_words,
)
from tests.text.samples import KNOWN, MIXED, SPECIALS, random_chunks, random_text


def test_the_mark_between_texts_is_spelled_in_one_place():
    """Whoever needs it imports `END_OF_TEXT`."""
    modules = Path(aigc_lab.__file__).parent.rglob("*.py")
    spelling = {path.name for path in modules if END_OF_TEXT in path.read_text(encoding="utf-8")}
    assert spelling == {"words.py"}


def test_words_by_hand():
    assert split_words("We'll  pay $12.50\n now") == [
        *("We", "'ll", " ", " pay", " $", "12", ".", "50"),
        *("\n", " now"),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_words_are_those_of_the_published_pre_tokenizer(seed):
    text = MIXED + random_text(seed, 2000)
    published = ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    assert split_words(text) == [text[start:end] for _, (start, end) in published]
    assert "".join(split_words(text)) == text


def test_every_character_is_of_the_same_kind_as_in_the_published_pre_tokenizer():
    text = "".join(f"a{character}1{character}!{character} " for character in KNOWN)
    published = ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    assert len(KNOWN) > 30_000
    assert split_words(text) == [text[start:end] for _, (start, end) in published]


@pytest.mark.parametrize("seed", range(60))
def test_a_stream_has_the_words_of_the_whole_text(seed):
    text = random_text(seed, 150)
    pieces = list(whole_words(random_chunks(text, seed)))
    assert [word for piece in pieces for word in split_words(piece)] == split_words(text)


@pytest.mark.parametrize("tail", ["'l", "'", " ", "\n ", "a", " a", "1", "("])
@pytest.mark.parametrize("head", ["l", "ll", "s", "x", " ", " x", "\n", "2", ")"])
def test_a_word_may_go_on_in_the_next_chunk(tail, head):
    text = "start " + tail + head + " stop"
    pieces = whole_words(["start " + tail, head + " stop"])
    assert [word for piece in pieces for word in split_words(piece)] == split_words(text)


def test_a_stream_does_not_wait_for_the_end():
    def chunks():
        for number in range(1000):
            yield "many words "
            yielded.append(number)

    yielded: list[int] = []
    next(iter(whole_words(chunks())))
    assert len(yielded) <= 1


def test_special_tokens_by_hand():
    assert split_special("a<|end|>x<|end|>", ["<|end|>", "<|end|>x"]) == [
        *("a", "<|end|>x", "", "<|end|>", "")
    ]
    assert split_special("a<|end|>", []) == ["a<|end|>"]


@pytest.mark.parametrize("seed", range(60))
def test_a_stream_finds_special_tokens_wherever_it_is_cut(seed):
    text = random_text(seed, 60) + "".join(SPECIALS[seed % 7 :]) + random_text(seed + 100, 60)
    whole = [piece for piece in split_special(text, SPECIALS) if piece]
    pieces = list(whole_words(stream_special(random_chunks(text, seed), SPECIALS), SPECIALS))
    regrouped, ordinary = [], ""
    for piece in [*pieces, SPECIALS[0]]:
        if piece in SPECIALS:
            regrouped += [*filter(None, [ordinary]), piece]
            ordinary = ""
        else:
            ordinary += piece
    assert regrouped[:-1] == whole


@pytest.mark.parametrize("specials", [("<<a>>b", "<a>"), ("aXa", "ab"), ("<|end|>", "<|end|>xy")])
@pytest.mark.parametrize(
    "text", ["<<a>>c", "<<a>>b", "aXab", "aXaab", "<|end|>", "<|end|>x", "<|end|>xy", "a"]
)
def test_special_tokens_that_overlap_are_found_letter_by_letter(specials, text):
    pieces = [piece for piece in stream_special(text, specials) if piece]
    assert "".join(pieces) == text
    expected = split_special(text, specials)[1::2]
    assert [piece for piece in pieces if piece in specials] == expected


def test_what_is_no_text_is_refused():
    with pytest.raises(ValueError, match=r"must be a str, but a bytes arrived; .*decode"):
        require_text(b"cat")
    with pytest.raises(ValueError, match=r"character 2 of the text is '\\ud83d', half of a surr"):
        require_text("ab\ud83d")

"""Text from ids as they come: whole characters, and nothing of a stop string."""

import pytest

from aigc_lab.generation.pieces import TextWriter, first_stop, stop_prefix_length
from tests.generation.stand_ins import ByteTokenizer, PairTokenizer

TOKENIZERS = {"bytes": ByteTokenizer(), "pairs": PairTokenizer()}


def write(tokenizer, ids, stop=()):
    """The pieces, the tail, and the writer after all ids (or until it says stop)."""
    writer = TextWriter(tokenizer, stop, end_ids=[256])
    pieces = []
    for token_id in ids:
        pieces.append(writer.add(token_id))
        if writer.finish_reason:
            break
    pieces.append(writer.close())
    return pieces, writer


def test_a_character_appears_when_its_last_byte_has_come():
    pieces, writer = write(ByteTokenizer(), "é小🙂".encode())
    assert pieces == ["", "é", "", "", "小", "", "", "", "🙂", ""]
    assert (writer.text, writer.finish_reason) == ("é小🙂", "length")


@pytest.mark.parametrize("data", [b"a\xe5b", b"\xff\xfe", b"ok\xe5\xb0", b"\xe5\xb0\x8f\xb0z"])
def test_broken_bytes_read_as_decode_reads_them(data):
    tokenizer = ByteTokenizer()
    pieces, writer = write(tokenizer, list(data))
    assert "".join(pieces) == writer.text == tokenizer.decode(list(data))


@pytest.mark.parametrize("tokenizer", TOKENIZERS.values(), ids=TOKENIZERS)
@pytest.mark.parametrize(
    ("text", "stop", "expected"),
    [
        ("one\nQ: two", ("\nQ:",), "one"),
        ("one\nQuit", ("\nQ:",), "one\nQuit"),
        ("aaab!", ("aab",), "a"),  # a failed match may hold the beginning of the next
        ("xabc", ("xabc", "ab"), "x"),  # the stop that is complete first
        ("你好。再见", ("。",), "你好"),
        ("你好吗", ("好吗", "小"), "你"),
        ("stop", ("stop",), ""),
        ("nothing", (), "nothing"),
        ("ends like a sto", ("stop",), "ends like a sto"),
    ],
)
def test_the_text_ends_before_the_stop_string(tokenizer, text, stop, expected):
    pieces, writer = write(tokenizer, tokenizer.encode(text), stop)
    assert "".join(pieces) == writer.text == expected
    assert writer.finish_reason == ("length" if expected == text else "stop")


def test_no_piece_shows_the_beginning_of_a_stop_string():
    pieces, _ = write(ByteTokenizer(), b"a<|b<|end|>c", ("<|end|>",))
    assert pieces == ["a", "", "", "<|b", "", "", "", "", "", "", "", ""]


def test_end_of_text_ends_it_and_shows_what_was_held_back():
    pieces, writer = write(ByteTokenizer(), [*b"Hi <", 256, *b"more"], ("<|",))
    assert "".join(pieces) == "Hi <"
    assert writer.finish_reason == "stop"
    assert writer.ids == [*b"Hi <", 256]


def test_where_to_cut_and_what_to_hold():
    assert first_stop("a##b#", ("#b", "##")) == 1
    assert first_stop("plain", ("#",)) is None
    assert stop_prefix_length("ab\n", ("\n\n", "b\nc")) == 2
    assert stop_prefix_length("ab", ()) == 0

"""Exercises of notebook 01: a text as bytes."""

from __future__ import annotations

from typing import Any

from aigc_lab.exercises.definition import Exercise, Mistake, probe
from aigc_lab.text.bpe import BPETokenizer

NOTEBOOK = "01_tokens"


def utf8_tokens(text: str) -> list[bytes]:
    """A tokenizer that has learned no merge cuts into bytes."""
    bare = BPETokenizer([], special_tokens=())
    return [bare.token_bytes(id) for id in bare.encode(text)]


def cut(*words: str) -> list[list[bytes]]:
    """Words as lists of single bytes.

    >>> cut("he", "a")
    [[b'h', b'e'], [b'a']]
    """
    return [[bytes([byte]) for byte in word.encode()] for word in words]


def flawed_bytes(
    text: str,
    *,
    codec: str = "utf-8",
    errors: str = "strict",
    each: bool = False,
    as_numbers: bool = False,
) -> list[Any]:
    """`utf8_tokens` with its knobs."""
    pieces = text if each else [text]
    data = b"".join(piece.encode(codec, errors) for piece in pieces)
    return list(data) if as_numbers else [bytes([byte]) for byte in data]


UTF8_TOKENS = Exercise(
    name="utf8_tokens",
    notebook=NOTEBOOK,
    title="A text as bytes",
    points=1,
    reference=utf8_tokens,
    probes=lambda: [
        probe("an English word", "hello"),
        probe("a word with an accent", "naïve"),
        probe("Chinese and a space", "猫 sat"),
        probe("a smiling face", "🙂"),
        probe("an e, and then its accent as a character of its own", "cafe\u0301"),
        probe("the empty text", ""),
    ],
    hints=(
        "Python can do UTF-8 for you. Which method of a str gives its bytes?",
        "`text.encode()` gives one `bytes` object. Going through it gives numbers from 0 to 255. "
        "Which call makes a `bytes` object of length 1 out of one such number?",
        "`[bytes([number]) for number in text.encode(…)]`, with the name of the encoding for the "
        "three dots.",
    ),
    flawed=flawed_bytes,
    mistakes=(
        Mistake(
            "characters",
            "猫 stays in one piece of three bytes",
            "you cut the text into characters, and encode each of them",
            "Encode the whole text first. What do you get when you go through the bytes?",
            wrong=lambda text: [character.encode() for character in text],
        ),
        Mistake(
            "strings",
            "the pieces are of type str, and each is a whole character",
            "you cut the text itself, which never becomes bytes",
            "A str holds characters. Which method turns it into bytes?",
            wrong=list,
        ),
        Mistake(
            "uncut",
            "there is one single token, the whole text",
            "you encode the text and leave it in one piece",
            "How many tokens should “hello” have? Go through the bytes one by one.",
            wrong=lambda text: [text.encode()],
        ),
        Mistake(
            "not_a_list",
            "it gives one bytes object instead of a list",
            "you encode the text and leave it in one piece",
            "How many tokens should “hello” have? Go through the bytes one by one.",
            wrong=lambda text: text.encode(),
        ),
        Mistake(
            "numbers",
            "the list holds whole numbers",
            "going through a bytes object gives numbers, and you leave them as they are",
            "A token should be a `bytes` object of length 1, so that two of them can be joined "
            "with +. What makes bytes out of a list of numbers?",
            knobs={"as_numbers": True},
        ),
        Mistake(
            "numbers_of_characters",
            "the list holds whole numbers, and 猫 is a single one of them",
            "`ord` gives each character's number in Unicode; nothing is encoded",
            "UTF-8 spreads the number of 猫 over three bytes. Which method of a str does that?",
            wrong=lambda text: [ord(character) for character in text],
        ),
        Mistake(
            "signs",
            "the pieces are of type str, three of them for 猫",
            "`chr` takes each byte for a character's number and makes a str of it",
            "A byte stays a byte: what makes a `bytes` object out of a list of one number?",
            wrong=lambda text: [chr(number) for number in text.encode()],
        ),
        Mistake(
            "zeros",
            "every token is a long row of zero bytes",
            "`bytes(104)` makes 104 zero bytes, not one byte of value 104",
            "bytes takes a *list* of values. How do you write a list of one?",
            wrong=lambda text: [bytes(number) for number in text.encode()],
        ),
        Mistake(
            "code_points",
            "é comes out as one byte, and 猫 stops with an error",
            "you use each character's number in Unicode as if it were a byte",
            "A byte ends at 255, and 猫 has number 29483. UTF-8 spreads such a number over "
            "several bytes.",
            wrong=lambda text: [bytes([ord(character)]) for character in text],
        ),
        Mistake(
            "code_points_in_a_byte",
            "é comes out as one byte, and 猫 stops with an error",
            "you put each character's number in Unicode into a single byte",
            "A byte ends at 255, and 猫 has number 29483. UTF-8 spreads such a number over "
            "several bytes.",
            wrong=lambda text: [ord(character).to_bytes(1, "big") for character in text],
        ),
        Mistake(
            "latin1",
            "ï comes out as one byte, and 猫 cannot be encoded",
            "you encode with Latin-1, which knows 256 characters",
            "Which encoding can write every character there is?",
            knobs={"codec": "latin-1"},
        ),
        Mistake(
            "latin1_by_characters",
            "ï comes out as one byte, and 猫 cannot be encoded",
            "you encode each character with Latin-1, which knows 256 of them",
            "Which encoding can write every character there is?",
            knobs={"codec": "latin-1", "each": True},
        ),
        Mistake(
            "ascii",
            "every character outside English stops with an error",
            "you encode with ASCII, which knows 128 characters",
            "Which encoding can write every character there is?",
            knobs={"codec": "ascii"},
        ),
        Mistake(
            "ascii_by_characters",
            "every character outside English stops with an error",
            "you encode each character with ASCII, which knows 128 of them",
            "Which encoding can write every character there is?",
            knobs={"codec": "ascii", "each": True},
        ),
        Mistake(
            "dropped",
            "characters outside English are missing",
            "you tell `encode` to pass over what its encoding cannot write",
            "With the right encoding there is nothing to pass over. Which one is it?",
            knobs={"codec": "ascii", "errors": "ignore"},
        ),
        Mistake(
            "dropped_by_latin1",
            "ï comes out as one byte, and 猫 is missing",
            "you encode with Latin-1, and tell `encode` to pass over what that cannot write",
            "With the right encoding there is nothing to pass over. Which one is it?",
            knobs={"codec": "latin-1", "errors": "ignore"},
        ),
        Mistake(
            "question_marks",
            "characters outside English become question marks",
            "you tell `encode` to replace what its encoding cannot write",
            "With the right encoding there is nothing to replace. Which one is it?",
            knobs={"codec": "ascii", "errors": "replace"},
        ),
        Mistake(
            "utf16",
            "every text begins with two odd bytes, and each letter takes two",
            "you encode with UTF-16 instead of UTF-8",
            "In UTF-8 an English letter is one byte. How is that encoding spelled in Python?",
            knobs={"codec": "utf-16"},
        ),
        Mistake(
            "distinct",
            "repeated bytes come once only, and in the order of their numbers",
            "you made a set, which is a vocabulary; a text is a sequence",
            "“hello” has two l's, and both matter. Which kind of collection keeps them, in order?",
            wrong=lambda text: [bytes([byte]) for byte in sorted(set(text.encode()))],
        ),
        Mistake(
            "each_once",
            "repeated bytes come once only",
            "you leave out what is there already, as for a vocabulary; a text is a sequence",
            "“hello” has two l's, and both matter. What happens to the second one?",
            wrong=lambda text: [bytes([byte]) for byte in dict.fromkeys(text.encode())],
        ),
    ),
)

EXERCISES = (UTF8_TOKENS,)

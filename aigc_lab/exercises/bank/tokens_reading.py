"""Exercises of notebook 01: from ids back to text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from aigc_lab.exercises.bank.tokens import NOTEBOOK
from aigc_lab.exercises.definition import Exercise, Mistake, probe


def bpe_decode(ids: Sequence[int], vocabulary: Sequence[bytes]) -> str:
    """The text of some ids."""
    return flawed_decode(ids, vocabulary)


def flawed_decode(
    ids: Sequence[int],
    vocabulary: Sequence[bytes],
    *,
    codec: str = "utf-8",
    errors: str = "replace",
    each: bool = False,
    between: bytes = b"",
    trim: bool = False,
) -> str:
    """`bpe_decode` with its knobs."""
    tokens = [vocabulary[id] for id in ids]
    if each:
        text = between.decode().join(token.decode(codec, errors) for token in tokens)
    else:
        text = between.join(tokens).decode(codec, errors)
    return text.strip() if trim else text


def whole_tokens_only(ids: Sequence[int], vocabulary: Sequence[bytes]) -> str:
    """Decodes each token that can be decoded, and shows the others as Python writes bytes."""
    words = []
    for id in ids:
        try:
            words.append(vocabulary[id].decode())
        except UnicodeDecodeError:
            words.append(str(vocabulary[id]))
    return "".join(words)


def whole_tokens_or(sign: str, ids: Sequence[int], vocabulary: Sequence[bytes]) -> str:
    """Decodes each token that can be decoded, and puts a sign for each of the others."""
    texts = [vocabulary[id].decode(errors="replace") for id in ids]
    return "".join(sign if "\ufffd" in text else text for text in texts)


def add_to_text(ids: Sequence[int], vocabulary: Sequence[bytes]) -> str:
    """Adds bytes to a str."""
    text = ""
    for id in ids:
        text += vocabulary[id]
    return text


VOCABULARY = [
    *(b"T", b"he", b" hen", b" \xe7", b"\x8c", b"\xab", b"\xe7\x8c", b"na", b"\xc3", b"\xafve"),
    *(b"\xf0\x9f", b"\x99\x82", b".", b"\xe7\x8c\xab", b"\xe3\x80\x82", b"\n"),
]

BPE_DECODE = Exercise(
    name="bpe_decode",
    notebook=NOTEBOOK,
    title="From ids back to text",
    points=2,
    reference=bpe_decode,
    probes=lambda: [
        probe("plain English", [0, 1, 2, 12], VOCABULARY),
        probe("a whole Chinese character in one token", [13, 14], VOCABULARY),
        probe("a Chinese character in three tokens", [1, 3, 4, 5, 12], VOCABULARY),
        probe("an accent across two tokens", [7, 8, 9, 2], VOCABULARY),
        probe("a face in two tokens", [10, 11], VOCABULARY),
        probe("a text that ends within a character", [13, 6], VOCABULARY),
        probe("half a character in the middle", [6, 1, 10, 2], VOCABULARY),
        probe("a space in front and a line's end behind", [2, 12, 15], VOCABULARY),
        probe("no ids", [], VOCABULARY),
    ],
    hints=(
        "Half a character cannot be decoded alone. At which moment do you have whole ones?",
        "First look up each id's bytes in `vocabulary`, then join all of them, then decode once. "
        "`bytes.decode` has a parameter that says what to do with bytes that make no character.",
        '`b"".join(vocabulary[id] for id in ids)` has all bytes; `.decode("utf-8", errors=…)` '
        'turns them into text, with "replace" for the three dots.',
    ),
    flawed=flawed_decode,
    mistakes=(
        Mistake(
            "each_token",
            "a character that is spread over tokens comes out as � for each part",
            "you decode each token by itself and join the texts",
            "A token may hold half a character. Join the bytes first.",
            knobs={"each": True},
        ),
        Mistake(
            "strict",
            "it stops with a UnicodeDecodeError where a text ends within a character",
            "you let `decode` refuse incomplete characters",
            "A model can stop anywhere, and the reader still wants to see something. Which value "
            "of `errors` puts � there?",
            knobs={"errors": "strict"},
        ),
        Mistake(
            "ignored",
            "half characters vanish without a trace",
            "you tell `decode` to pass over bytes that make no character",
            "The reader should see that something is missing. Which value of `errors` puts � "
            "there?",
            knobs={"errors": "ignore"},
        ),
        Mistake(
            "escaped",
            "half characters come out as \\x and two digits",
            "you tell `decode` to write such bytes as escapes",
            "The task asks for �, as everybody shows it. Which value of `errors` gives that?",
            knobs={"errors": "backslashreplace"},
        ),
        Mistake(
            "latin1",
            "ï comes out as two odd letters",
            "you decode with Latin-1, in which every byte is a character",
            "The bytes were written with UTF-8. Read them with the same.",
            knobs={"codec": "latin-1"},
        ),
        Mistake(
            "spaces",
            "there are spaces inside words",
            "you put a space between tokens",
            "A token that begins a word brings its own space along, as “ hen” does.",
            knobs={"between": b" "},
        ),
        Mistake(
            "stripped",
            "spaces in front and line ends behind are missing",
            "`strip` takes them away, and they are part of the tokens",
            "The ids may be the next few of a longer text. What then stands before “ hen”?",
            knobs={"trim": True},
        ),
        Mistake(
            "as_written",
            "the text is full of b'…'",
            "`str(token)` gives Python's way of writing bytes, not the text they stand for",
            "Which method of bytes is the opposite of `encode`?",
            wrong=lambda ids, vocabulary: "".join(str(vocabulary[id]) for id in ids),
        ),
        Mistake(
            "all_as_written",
            "the text stands between b' and '",
            "`str` of bytes gives Python's way of writing them, not the text they stand for",
            "Which method of bytes is the opposite of `encode`?",
            wrong=lambda ids, vocabulary: str(b"".join(vocabulary[id] for id in ids)),
        ),
        Mistake(
            "whole_tokens_only",
            "tokens that hold half a character appear as b'…'",
            "you decode token by token, and write those that fail as Python shows bytes",
            "Nothing fails when the bytes are joined before they are decoded.",
            wrong=whole_tokens_only,
        ),
        Mistake(
            "whole_tokens_replaced",
            "a character that is spread over tokens comes out as several �",
            "you decode token by token, and put � for each that fails",
            "Nothing fails when the bytes are joined before they are decoded.",
            wrong=partial(whole_tokens_or, "\ufffd"),
        ),
        Mistake(
            "whole_tokens_skipped",
            "a character that is spread over tokens is missing",
            "you decode token by token, and leave out those that fail",
            "Nothing fails when the bytes are joined before they are decoded.",
            wrong=partial(whole_tokens_or, ""),
        ),
        Mistake(
            "code_points",
            "the text is made of unprintable characters",
            "you take the ids themselves for characters' numbers (chr) or for bytes",
            "An id is a place in `vocabulary`. What stands there?",
            wrong=lambda ids, vocabulary: "".join(map(chr, ids)),
        ),
        Mistake(
            "bytes",
            "it gives bytes, not a text",
            "you join the tokens and do not decode them",
            "Which method turns bytes into a str?",
            wrong=lambda ids, vocabulary: b"".join(vocabulary[id] for id in ids),
        ),
        Mistake(
            "not_joined",
            "it gives a list of tokens, not a text",
            "you look the tokens up, and neither join nor decode them",
            'b"".join makes one bytes object of a list of them. And one str of that?',
            wrong=lambda ids, vocabulary: [vocabulary[id] for id in ids],
        ),
        Mistake(
            "joined_as_text",
            "it stops with a TypeError that speaks of str and bytes",
            '`"".join` joins texts, and tokens are bytes',
            "What stands before `.join` must be of the tokens' type: bytes begin with a b. Decode "
            "what comes out.",
            wrong=lambda ids, vocabulary: "".join(vocabulary[id] for id in ids),
        ),
        Mistake(
            "added_to_a_text",
            "it stops with a TypeError that speaks of str and bytes",
            "you add tokens, which are bytes, to a str",
            'Begin with an empty bytes object, b"", and decode when all of them are together.',
            wrong=add_to_text,
        ),
    ),
)

EXERCISES = (BPE_DECODE,)

"""Mistakes with reading ids and counting tokens, as readers of notebook 01 write them."""

import numpy as np


def token_by_token(ids, vocabulary):
    text = ""
    for id in ids:
        text += vocabulary[id].decode("utf-8", errors="replace")
    return text


def token_by_token_strictly(ids, vocabulary):
    return "".join(vocabulary[id].decode() for id in ids)


def token_by_token_ignoring(ids, vocabulary):
    return "".join(vocabulary[id].decode(errors="ignore") for id in ids)


def strictly(ids, vocabulary):
    data = b""
    for id in ids:
        data += vocabulary[id]
    return data.decode("utf-8")


def strictly_by_str(ids, vocabulary):
    return str(b"".join([vocabulary[id] for id in ids]), "utf-8")


def ignoring(ids, vocabulary):
    return str(b"".join([vocabulary[id] for id in ids]), "utf-8", "ignore")


def escaping(ids, vocabulary):
    return b"".join(map(vocabulary.__getitem__, ids)).decode(errors="backslashreplace")


def by_latin1(ids, vocabulary):
    return "".join(chr(number) for id in ids for number in vocabulary[id])


def stripped(ids, vocabulary):
    return b"".join(vocabulary[id] for id in ids).decode(errors="replace").strip()


def stripped_of_bytes(ids, vocabulary):
    return b"".join(vocabulary[id] for id in ids).strip().decode("utf-8", "replace")


def with_spaces(ids, vocabulary):
    return b" ".join(vocabulary[id] for id in ids).decode("utf-8", errors="replace")


def with_spaces_between_texts(ids, vocabulary):
    return " ".join(vocabulary[id].decode("utf-8", "replace") for id in ids)


def str_of_each(ids, vocabulary):
    text = ""
    for id in ids:
        text += str(vocabulary[id])
    return text


def str_of_all(ids, vocabulary):
    data = b""
    for id in ids:
        data = data + vocabulary[id]
    return f"{data}"


def showing_what_fails(ids, vocabulary):
    text = ""
    for id in ids:
        try:
            text += vocabulary[id].decode("utf-8")
        except UnicodeDecodeError:
            text += repr(vocabulary[id])
    return text


def a_sign_for_what_fails(ids, vocabulary):
    text = ""
    for id in ids:
        try:
            text += vocabulary[id].decode("utf-8")
        except UnicodeDecodeError:
            text += "�"
    return text


def passing_over_what_fails(ids, vocabulary):
    words = []
    for id in ids:
        try:
            words.append(vocabulary[id].decode())
        except UnicodeDecodeError:
            continue
    return "".join(words)


def ids_as_characters(ids, vocabulary):
    return "".join([chr(id) for id in ids])


def ids_as_bytes(ids, vocabulary):
    return bytes(ids).decode("utf-8", errors="replace")


def undecoded(ids, vocabulary):
    data = b""
    for id in ids:
        data += vocabulary[id]
    return data


def a_list_of_tokens(ids, vocabulary):
    return [vocabulary[id] for id in ids]


def joined_as_text(ids, vocabulary):
    return "".join([vocabulary[id] for id in ids])


def added_to_a_text(ids, vocabulary):
    text = ""
    for id in ids:
        text += vocabulary[id]
    return text


def mean_of_ratios(texts, encode):
    return np.mean([len(encode(text)) / len(text) for text in texts])


def characters_over_tokens(texts, encode):
    tokens = characters = 0
    for text in texts:
        tokens += len(encode(text))
        characters += len(text)
    return characters / tokens


def over_bytes(texts, encode):
    tokens = sum(len(encode(text)) for text in texts)
    return tokens / len("".join(texts).encode("utf-8"))


def over_words(texts, encode):
    tokens = words = 0
    for text in texts:
        tokens += len(encode(text))
        words += len(text.split())
    return tokens / words


def over_texts(texts, encode):
    return np.mean([len(encode(text)) for text in texts])


def different_tokens(texts, encode):
    tokens = 0
    for text in texts:
        tokens += len(set(encode(text)))
    return tokens / sum(len(text) for text in texts)


def different_tokens_of_all(texts, encode):
    seen = set()
    for text in texts:
        seen.update(encode(text))
    return len(seen) / sum(len(text) for text in texts)


def all_texts_as_one(texts, encode):
    text = "".join(texts)
    return len(encode(text)) / len(text)


def return_in_the_loop(texts, encode):
    tokens = characters = 0
    for text in texts:
        tokens += len(encode(text))
        characters += len(text)
        return tokens / characters


def overwriting(texts, encode):
    for text in texts:
        tokens = len(encode(text))
        characters = len(text)
    return tokens / characters


def overwriting_tokens(texts, encode):
    characters = 0
    for text in texts:
        tokens = len(encode(text))
        characters += len(text)
    return tokens / characters


def divided_to_whole_numbers(texts, encode):
    tokens = characters = 0
    for text in texts:
        tokens += len(encode(text))
        characters += len(text)
    return tokens // characters


def not_divided(texts, encode):
    return sum(len(encode(text)) for text in texts)


MISTAKEN = {
    "bpe_decode": [
        ("each_token", token_by_token),
        ("each_token + strict", token_by_token_strictly),
        ("each_token + ignored", token_by_token_ignoring),
        ("strict", strictly),
        ("strict", strictly_by_str),
        ("ignored", ignoring),
        ("escaped", escaping),
        ("latin1", by_latin1),
        ("stripped", stripped),
        ("stripped", stripped_of_bytes),
        ("spaces", with_spaces),
        ("spaces", with_spaces_between_texts),
        ("as_written", str_of_each),
        ("all_as_written", str_of_all),
        ("whole_tokens_only", showing_what_fails),
        ("whole_tokens_replaced", a_sign_for_what_fails),
        ("whole_tokens_skipped", passing_over_what_fails),
        ("code_points", ids_as_characters),
        ("code_points", ids_as_bytes),
        ("bytes", undecoded),
        ("not_joined", a_list_of_tokens),
        ("joined_as_text", joined_as_text),
        ("added_to_a_text", added_to_a_text),
    ],
    "tokens_per_character": [
        ("mean_of_ratios", mean_of_ratios),
        ("upside_down", characters_over_tokens),
        ("per_byte", over_bytes),
        ("per_word", over_words),
        ("per_text", over_texts),
        ("distinct", different_tokens),
        ("distinct_in_all", different_tokens_of_all),
        ("joined", all_texts_as_one),
        ("first_text", return_in_the_loop),
        ("last_text", overwriting),
        ("last_tokens", overwriting_tokens),
        ("whole_number", divided_to_whole_numbers),
        ("not_divided", not_divided),
    ],
}

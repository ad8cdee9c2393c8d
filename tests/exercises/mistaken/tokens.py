"""Mistakes with a text's bytes, as readers of notebook 01 write them."""


def each_character(text):
    tokens = []
    for character in text:
        tokens.append(character.encode("utf-8"))
    return tokens


def the_text_itself(text):
    tokens = []
    for at in range(len(text)):
        tokens.append(text[at])
    return tokens


def all_in_one(text):
    tokens = []
    tokens.append(bytes(text, "utf-8"))
    return tokens


def not_cut(text):
    return text.encode("utf-8")


def numbers_of_bytes(text):
    tokens = []
    for number in text.encode("utf-8"):
        tokens.append(number)
    return tokens


def numbers_of_characters(text):
    return [ord(character) for character in text]


def zeros(text):
    return list(map(bytes, bytearray(text, "utf-8")))


def signs_of_bytes(text):
    return [chr(number) for number in text.encode()]


def code_points(text):
    numbers = [ord(character) for character in text]
    return [bytes([number]) for number in numbers]


def code_points_by_to_bytes(text):
    return [ord(character).to_bytes(1, "big") for character in text]


def with_latin1(text):
    data = text.encode("latin-1")
    return [data[at : at + 1] for at in range(len(data))]


def with_latin1_by_characters(text):
    return [character.encode("iso-8859-1") for character in text]


def with_ascii(text):
    return [bytes([number]) for number in bytes(text, "ascii")]


def with_ascii_by_characters(text):
    tokens = []
    for character in text:
        tokens += [character.encode("ascii")]
    return tokens


def dropping(text):
    return [bytes([number]) for number in text.encode("ascii", errors="ignore")]


def dropping_with_latin1(text):
    return [bytes([number]) for number in text.encode("latin-1", errors="ignore")]


def question_marks(text):
    return [bytes([number]) for number in text.encode("ascii", errors="replace")]


def with_utf16(text):
    return [number.to_bytes(1, "big") for number in text.encode("utf-16")]


def numbers_of_utf16(text):
    return list(bytes(text, "utf-16"))


def a_sorted_set(text):
    return [bytes([number]) for number in sorted(set(text.encode()))]


def each_once(text):
    tokens = []
    for number in text.encode():
        token = bytes([number])
        if token not in tokens:
            tokens.append(token)
    return tokens


MISTAKEN = {
    "utf8_tokens": [
        ("characters", each_character),
        ("strings", the_text_itself),
        ("uncut", all_in_one),
        ("not_a_list", not_cut),
        ("numbers", numbers_of_bytes),
        ("numbers_of_characters", numbers_of_characters),
        ("zeros", zeros),
        ("signs", signs_of_bytes),
        ("code_points", code_points),
        ("code_points_in_a_byte", code_points_by_to_bytes),
        ("latin1", with_latin1),
        ("latin1_by_characters", with_latin1_by_characters),
        ("ascii", with_ascii),
        ("ascii_by_characters", with_ascii_by_characters),
        ("dropped", dropping),
        ("dropped_by_latin1", dropping_with_latin1),
        ("question_marks", question_marks),
        ("utf16", with_utf16),
        ("numbers + utf16", numbers_of_utf16),
        ("distinct", a_sorted_set),
        ("each_once", each_once),
    ],
}

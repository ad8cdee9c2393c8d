"""Notebook 12: mistakes in finding a JSON object in a text, as readers write them."""

import ast
import json
import re

from tests.exercises.mistaken.applications_order_values import checked


def cut(text):
    return text[text.find("{") : text.rfind("}") + 1]


def reading(find):
    """Another way to find the object; the checks are right."""

    def function(text, keys):
        order = json.loads(find(text))
        return checked(order, keys)

    return function


def lazy_pattern(text):
    return re.search(r"\{.*?\}", text, re.S).group() if "{" in text and "}" in text else text


def one_line(text):
    found = re.findall(r"\{.*\}", text)
    return found[0] if found else ""


def fences(text):
    return text.replace("```json", "").replace("```", "").strip()


def between_fences(text):
    if "```json" in text:
        text = text.split("```json")[1].split("```")[0]
    return text


def other_quotes(text):
    return cut(text).replace("'", '"')


def no_blanks(text):
    return "".join(cut(text).split("\n")).replace(" ", "")


def partition(text):
    _, brace, tail = text.partition("{")
    return (brace + tail)[: (brace + tail).find("}") + 1]


def group(flags=0):
    def function(text, keys):
        found = re.search(r"\{.*\}", text, flags)
        return checked(json.loads(found.group()), keys)

    return function


def literal(text, keys):
    return checked(ast.literal_eval(cut(text)), keys)


FOUND = [
    ("whole text", reading(lambda text: text)),
    ("from the first brace", reading(lambda text: text[text.find("{") :])),
    ("up to the last brace", reading(lambda text: text[: text.rfind("}") + 1])),
    ("first closing brace", reading(partition)),
    ("last opening brace", reading(lambda text: text[text.rfind("{") : text.rfind("}") + 1])),
    ("closing brace lost", reading(lambda text: text[text.find("{") : text.rfind("}")])),
    ("one line", reading(one_line)),
    ("fence removed", reading(fences)),
    ("in a fence only", reading(between_fences)),
    ("quotes exchanged", reading(other_quotes)),
    ("spaces removed", reading(no_blanks)),
    ("one line, and no question", group()),
    ("no question whether it was found", group(re.DOTALL)),
    ("read as Python", literal),
    ("first closing brace", reading(lazy_pattern)),
    (
        "opening brace lost",
        reading(lambda text: text[text.find("{") + 1 : text.rfind("}") + 1]),
    ),
]
MISTAKEN: dict = {}  # they stand in applications_order, with the other mistakes of the exercise

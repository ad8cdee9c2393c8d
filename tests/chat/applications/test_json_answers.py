"""JSON out of an answer: found, validated, and refused with words that a model can act on."""

import json

import pytest

from aigc_lab.chat.applications.json_answers import ORDER, find_object, parse_order

GOOD = {"number": "0412", "name": "Mia", "item": "two red cups", "status": "lost", "day": "Friday"}


@pytest.mark.parametrize(
    "around", ["{}", "Here you are: {} Goodbye.", "```json\n{}\n```", "a {{ b {}"]
)
def test_the_object_is_found_whatever_stands_around_it(around):
    text = around.replace("{{", "\0").replace("{}", json.dumps(GOOD)).replace("\0", "{")
    assert parse_order(text) == GOOD


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"day": None}, '"day" is null; write a day'),
        ({"number": "412"}, '"number" is "412"; write four digits'),
        ({"number": 412}, '"number" is 412; write four digits'),
        ({"number": "٠٤١٢"}, "write four digits"),
        ({"name": ""}, '"name" is ""; write a name'),
        ({"name": ["米娅"]}, '"name" is \\["米娅"\\]'),
        ({"price": "7"}, 'the key "price" is not known; the keys are number, name'),
    ],
)
def test_what_does_not_fit_is_named(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_order(json.dumps(GOOD | change))


def test_a_missing_key_is_named():
    rest = {key: value for key, value in GOOD.items() if key != "status"}
    with pytest.raises(ValueError, match='the key "status" is missing'):
        parse_order(json.dumps(rest))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("I am not sure.", "there is no JSON object"),
        ("", "there is no JSON object"),
        ('["number"]', "there is no JSON object"),
        ("{'number': '0412'}", "this is no JSON: Expecting property name"),
        ('{"number": "0412"', "this is no JSON"),
        ('{"day": "Friday", "day": "Monday"}', 'the key "day" stands there twice'),
    ],
)
def test_what_is_no_json_object_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        find_object(text)


def test_another_schema():
    assert parse_order('{"day": "Friday"}', {"day": ORDER["day"]}) == {"day": "Friday"}

"""The lineage: nothing is built on what came later, and every fact says how it is known."""

from __future__ import annotations

import re
from datetime import date

import pytest

from aigc_lab.chat.lineage import CHECKED, ancestors, lineage, out_of_order, verdicts
from aigc_lab.core.files import data_folder, read_json, write_json


@pytest.fixture(scope="module")
def events():
    return lineage()


def changed(tmp_path, key, **fields):
    """The recorded lineage with one event changed, in a file of its own."""
    read = read_json(data_folder() / "facts" / "lineage.json")
    (event,) = (event for event in read["events"] if event["key"] == key)
    event.update(fields)
    return write_json(tmp_path / "lineage.json", read)


def test_no_event_comes_before_what_it_needs(events):
    assert out_of_order(events) == []
    dates = {event.key: event.date for event in events}
    assert dates["gpt-3.5"] < dates["chatgpt"] < dates["gpt-4"]


def test_an_event_before_its_base_is_refused(tmp_path):
    path = changed(tmp_path, "chatgpt", date="2021-11-30")
    with pytest.raises(ValueError, match=r"\('chatgpt', 'gpt-3.5'\)"):
        lineage(path)


def test_a_base_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\('gpt-2', 'gpt-0'\)"):
        lineage(changed(tmp_path, "gpt-2", needs=["gpt-0"]))


def test_every_event_says_what_was_told_and_how_we_know(events):
    for event in events:
        assert all((event.disclosed, event.source, event.name, event.maker)), event.key
        assert event.checked in CHECKED, event.key
        assert event.weights in ("public", "never", "none"), event.key
        assert (event.weights == "never") == ("weights" in event.undisclosed), event.key
    assert len({event.key for event in events}) == len(events)


def test_papers_of_the_archive_are_no_older_than_their_number(events):
    for event in events:
        if (found := re.search(r"arXiv:(\d\d)(\d\d)\.", event.source)) and event.kind == "paper":
            assert (event.date.year % 100, event.date.month) == tuple(map(int, found.groups()))


def test_chatgpt_stands_on_gpt_three_and_people_and_not_on_gpt_four(events):
    known = {event.key for event in ancestors("chatgpt", events)}
    assert {"transformer", "gpt-3", "gpt-3.5", "instructgpt", "preferences", "ppo"} <= known
    assert not {"gpt-4", "dpo", "gpt-2-preferences"} & known


def test_an_unknown_event_is_named(events):
    with pytest.raises(ValueError, match="'gpt-9' is not known; choose one of preferences"):
        ancestors("gpt-9", events)


def test_of_what_the_articles_say_two_things_are_right():
    judged = verdicts()
    assert {(one.where, one.claim) for one in judged if one.right} == {
        ("001, line 18", "ChatGPT was built on GPT-3.5 series (text-davinci-002 and others)"),
        ("004, line 7", "ChatGPT was published in 2022"),
    }
    later = (date(2023, 3, 14) - date(2022, 11, 30)).days
    assert [one.because for one in judged if "GPT-4" in one.claim] == [
        f"GPT-4 came {later} days later"
    ] * 3
    (gpt2,) = (one for one in judged if "GPT-2" in one.claim)
    assert gpt2.because.startswith("its makers name GPT-3.5 series")

"""The panel: what it is told from either side, and what the notebook keeps of it."""

from __future__ import annotations

import gc
import threading

import pytest

from aigc_lab.chat.replies import ContextExceeded, Reply, ReplyStream, SpeakerError
from aigc_lab.viz.chat import ChatPanel
from aigc_lab.viz.chat.panel import STATIC


class Echo:
    """A speaker that echoes; "wait" until it is let go, "fail" never, "long" has no room."""

    def __init__(self, context=1000):
        self.context, self.asked, self.go = context, [], threading.Event()

    def count_tokens(self, messages):
        return sum(len(message["content"]) for message in messages)

    def stream(self, messages, **settings):
        self.asked.append((messages, settings))
        return ReplyStream(self.pieces(messages[-1]["content"]))

    def pieces(self, text):
        if text == "fail":
            raise SpeakerError("the server is gone")
        if text == "long":
            raise ContextExceeded("too long")
        yield text[:2]
        if text == "wait":
            assert self.go.wait(10)
        yield text[2:]
        return Reply(text, "stop", 0, 0)


@pytest.fixture
def panel():
    return ChatPanel({"one": Echo(), "two": Echo()}, system="Be brief.")


def tell(panel, kind, **content):
    """What the browser's messages do."""
    panel._handle_custom_msg({"kind": kind, **content}, [])


def wait(panel):
    turn = panel._talk.now
    if turn is not None:
        assert turn.over.wait(10)


def test_asked_from_python_it_waits_and_gives_the_answers(panel):
    assert panel.ask("hello") == {"one": "hello", "two": "hello"}
    assert [turn["question"] for turn in panel.turns] == ["hello"]
    assert panel.now == {}


def test_asked_from_the_browser_it_answers_in_the_background(panel):
    for assistant in panel.assistants.values():
        assistant.speaker.go.clear()
    tell(panel, "ask", question="wait", asker="a1")
    assert panel.now["asker"] == "a1"
    assert panel.now["place"] == 0
    for assistant in panel.assistants.values():
        assistant.speaker.go.set()
    wait(panel)
    assert [answer["text"] for answer in panel.turns[0]["answers"]] == ["wait", "wait"]


def test_settings_of_the_browser_hold_from_the_next_question_on(panel):
    tell(panel, "set", name="system", value="中文")
    tell(panel, "set", name="temperature", value=0.5)
    panel.ask("hello")
    messages, settings = panel.assistants["one"].speaker.asked[0]
    assert messages[0] == {"role": "system", "content": "中文"}
    assert settings == {"temperature": 0.5, "max_tokens": 64}
    assert (panel.system, panel.temperature) == ("中文", 0.5)


def test_the_browser_sets_nothing_else(panel):
    tell(panel, "set", name="assistants", value={})
    assert list(panel.assistants) == ["one", "two"]


def test_stop_from_the_browser_ends_its_own_question_only(panel):
    tell(panel, "ask", question="wait", asker="a1")
    tell(panel, "stop", asker="a0")  # comes late: that question was over
    assert panel.now["asker"] == "a1"
    tell(panel, "stop", asker="a1")
    assert panel.now == {}
    for assistant in panel.assistants.values():
        assistant.speaker.go.set()


def test_reset_from_the_browser_keeps_the_settings(panel):
    panel.ask("hello")
    tell(panel, "reset")
    assert panel.turns == []
    assert panel.system == "Be brief."
    panel.ask("again")
    messages, _ = panel.assistants["one"].speaker.asked[1]
    assert [message["content"] for message in messages] == ["Be brief.", "again"]


def test_a_question_that_fails_comes_back_with_one_line(panel):
    tell(panel, "ask", question="fail", asker="a1")
    wait(panel)
    assert panel.returned == {"question": "fail", "line": "the server is gone", "asker": "a1"}
    with pytest.raises(RuntimeError, match=r"^too long$"):
        panel.ask("long")


def test_a_question_in_between_comes_back_too(panel):
    tell(panel, "ask", question="wait", asker="a1")
    tell(panel, "ask", question="more", asker="b1")
    assert panel.returned["asker"] == "b1"
    panel._show_talk()  # as with the next piece
    assert panel.returned["line"].startswith("The last question is still being answered")
    with pytest.raises(RuntimeError, match="still being answered"):
        panel.ask("more")
    tell(panel, "stop", asker="a1")
    for assistant in panel.assistants.values():
        assistant.speaker.go.set()


def test_what_no_longer_fits_is_counted_for_each_speaker():
    panel = ChatPanel({"short": Echo(context=20), "long": Echo()}, max_tokens=9)
    panel.ask("hello")
    panel.ask("again")
    assert panel.forgotten == [1, 0]
    panel.reset()
    assert panel.forgotten == [0, 0]


@pytest.mark.parametrize(("name", "value"), [("temperature", 2.5), ("max_tokens", 0)])
def test_a_setting_out_of_its_range_is_refused_and_stays(panel, name, value):
    before = getattr(panel, name)
    with pytest.raises(ValueError, match=f"{name}={value} must be"):
        setattr(panel, name, value)
    assert getattr(panel, name) == before
    with pytest.raises(ValueError, match=f"{name}={value} must be"):
        ChatPanel(Echo(), **{name: value})


def test_no_speaker_is_refused_and_one_needs_no_name():
    with pytest.raises(ValueError, match="no speaker arrived"):
        ChatPanel({})
    assert ChatPanel(Echo()).names == ["assistant"]


def test_what_is_said_later_is_written_where_the_transcript_was_shown(panel, monkeypatch):
    shown = []

    def display(thing, raw=False, **more):
        if hasattr(thing, "_ipython_display_"):
            thing._ipython_display_()
        else:
            shown.append((thing, more))

    monkeypatch.setattr("IPython.display.display", display)
    panel.ask("first")
    assert shown == []
    panel.show()
    (transcript, first), (widget, _) = shown
    assert "one: first" in repr(transcript)
    assert first == {"display_id": panel.model_id, "update": False}
    assert widget["text/plain"] == "(Run this cell to chat here.)"
    panel.ask("second")
    (transcript, later) = shown[2]
    assert "one: first\ntwo: first\nYou: second\none: second" in repr(transcript)
    assert later == {"display_id": panel.model_id, "update": True}


def test_as_the_value_of_a_cell_it_has_its_transcript_for_pages_without_widgets(panel):
    panel.ask("hello")
    data, _ = panel._repr_mimebundle_()
    assert "<b>one:</b> hello" in data["text/html"]
    assert data["text/plain"] == "<ChatPanel with one, two>"


def test_nothing_is_fetched_from_anywhere():
    for file in STATIC.iterdir():
        text = file.read_text(encoding="utf-8")
        assert "http" not in text
        assert "url(" not in text
        assert "innerHTML" not in text  # what was said is text, never markup


def test_a_panel_that_is_closed_ends_what_is_being_written(panel):
    tell(panel, "ask", question="wait", asker="a1")
    turn = panel._talk.now
    panel.close()
    assert turn.over.is_set()
    assert panel.now == {}
    for assistant in panel.assistants.values():
        assistant.speaker.go.set()
    panel.close()  # and twice is no harm


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_panel_that_was_never_made_can_be_let_go():
    with pytest.raises(ValueError, match="no speaker arrived"):
        ChatPanel({})
    gc.collect()  # it is let go here

"""The talk: several assistants answer at once, and a question that nobody answers comes back."""

from __future__ import annotations

import threading

import pytest

from aigc_lab.chat.assistant import Assistant
from aigc_lab.chat.replies import Reply, ReplyStream, SpeakerError
from aigc_lab.viz.chat.talk import NOT_A_WORD, Talk, one_line


class Gated:
    """A speaker that echoes letter by letter; with `gated`, each letter waits to be let through."""

    context = 1000

    def __init__(self, gated=False, fails_after=None, ending="stop"):
        self.gate = threading.Semaphore(0) if gated else None
        self.fails_after, self.ending, self.systems, self.settings = fails_after, ending, [], []

    def let(self, count):
        for _ in range(count):
            self.gate.release()

    def count_tokens(self, messages):
        return 0

    def stream(self, messages, **settings):
        self.systems.append([m["content"] for m in messages if m["role"] == "system"])
        self.settings.append(settings)
        return ReplyStream(self.pieces(messages[-1]["content"]))

    def pieces(self, text):
        for place, letter in enumerate(text):
            if self.gate is not None:
                assert self.gate.acquire(timeout=10)
            if place == self.fails_after:
                raise SpeakerError("the server\nis gone")
            yield letter
        return Reply(text, self.ending, 0, 0)


class Watched:
    """A talk, all its states that were to be shown, and a way to wait for one."""

    def __init__(self, **speakers):
        self.speakers, self.states, self.news = speakers, [], threading.Condition()
        assistants = {name: Assistant(speaker) for name, speaker in speakers.items()}
        self.talk = Talk(assistants, self.look)

    def look(self):
        now = self.talk.now
        with self.news:
            self.states.append((len(self.talk.turns), now and [a.text for a in now.answers]))
            self.news.notify_all()

    def wait_for(self, state):
        with self.news:
            assert self.news.wait_for(lambda: state in self.states, timeout=10), self.states

    def ask(self, question, **more):
        turn = self.talk.ask(question, **more)
        assert turn.over.wait(10)
        return turn


@pytest.fixture(autouse=True)
def every_piece_is_shown(monkeypatch):
    monkeypatch.setattr("aigc_lab.viz.chat.talk.EVERY", 0)


def test_answers_grow_piece_by_piece_and_end_as_a_turn():
    watched = Watched(one=Gated(), two=Gated(ending="length"))
    turn = watched.ask("ab")
    assert watched.states[0] == (0, ["", ""])
    assert watched.states[-1] == (1, None)
    assert (0, ["a", ""]) in watched.states or (0, ["", "a"]) in watched.states
    assert watched.talk.turns == [turn]
    assert turn.to_dict() == {
        "question": "ab",
        "answers": [
            {"text": "ab", "ending": "stop", "error": ""},
            {"text": "ab", "ending": "length", "error": ""},
        ],
    }


def test_one_that_is_slow_keeps_nobody_waiting():
    watched = Watched(slow=Gated(gated=True), quick=Gated())
    turn = watched.talk.ask("ab")
    watched.wait_for((0, ["", "ab"]))
    watched.speakers["slow"].let(2)
    assert turn.over.wait(10)
    assert [part.text for part in turn.answers] == ["ab", "ab"]


def test_pieces_in_quick_succession_are_shown_together(monkeypatch):
    monkeypatch.setattr("aigc_lab.viz.chat.talk.EVERY", 1000)
    watched = Watched(one=Gated())
    watched.talk._told = 1e12  # no time has passed since the last showing
    watched.ask("a" * 100)
    assert watched.states == [(0, [""]), (1, None)]
    assert watched.talk.turns[0].answers[0].text == "a" * 100


def test_stop_keeps_what_came_and_the_next_question_can_follow():
    watched = Watched(slow=Gated(gated=True), quick=Gated())
    turn = watched.talk.ask("abc")
    watched.speakers["slow"].let(1)
    watched.wait_for((0, ["a", "abc"]))
    watched.talk.stop()
    assert turn.over.is_set()
    assert [(part.text, part.ending) for part in turn.answers] == [
        ("a", "stopped"),
        ("abc", "stop"),
    ]
    watched.speakers["slow"].let(9)
    assert [part.text for part in watched.ask("xy").answers] == ["xy", "xy"]
    histories = [each.exchanges for each in watched.talk.assistants.values()]
    assert [[each.answer for each in history] for history in histories] == [
        ["a", "xy"],
        ["abc", "xy"],
    ]


def test_stopped_before_a_word_the_question_comes_back():
    watched = Watched(slow=Gated(gated=True))
    watched.talk.ask("abc", asker="me")
    watched.talk.stop()
    assert watched.talk.returned == {"question": "abc", "line": NOT_A_WORD, "asker": "me"}
    assert watched.talk.turns == []
    watched.speakers["slow"].let(9)
    assert watched.ask("d").answers[0].text == "d"
    assert watched.talk.returned == {}


def test_a_piece_on_its_way_when_stop_comes_changes_nothing():
    class Late:
        """An assistant whose last piece has left it when it is stopped."""

        def ask(self, question, **settings):
            try:
                yield "in time"
                talk.stop()
                yield "too late"
            finally:
                done.set()

        def stop(self):
            pass

    done = threading.Event()
    talk = Talk({"late": Late()}, lambda: None)
    turn = talk.ask("ab")
    assert done.wait(10)
    assert turn.answers[0].text == "in time"


def test_an_error_of_all_gives_the_question_back():
    watched = Watched(one=Gated(fails_after=0), two=Gated(fails_after=1))
    watched.ask("abc", asker="me")
    assert watched.talk.turns == []
    expected = {"question": "abc", "line": "the server is gone", "asker": "me"}
    assert watched.talk.returned == expected
    assert all(each.exchanges == () for each in watched.talk.assistants.values())


def test_an_error_of_one_is_shown_beside_the_answer_of_the_other():
    watched = Watched(one=Gated(fails_after=1), two=Gated())
    turn = watched.ask("abc")
    assert watched.talk.returned == {}
    assert turn.to_dict()["answers"][0] == {
        "text": "a",
        "ending": "error",
        "error": "the server is gone",
    }


def test_reset_drops_all_and_frees_whoever_waits():
    watched = Watched(slow=Gated(gated=True))
    watched.speakers["slow"].let(2)
    watched.ask("ab")
    turn = watched.talk.ask("abc")
    watched.talk.reset()
    assert turn.over.is_set()
    assert (watched.talk.turns, watched.talk.now) == ([], None)
    watched.speakers["slow"].let(9)
    assert watched.ask("d") is watched.talk.turns[0]


def test_a_second_question_must_wait():
    watched = Watched(slow=Gated(gated=True))
    turn = watched.talk.ask("ab", system="first")
    with pytest.raises(RuntimeError, match="still being answered"):
        watched.talk.ask("cd", system="second")
    assert watched.talk.now is turn
    assert watched.talk.assistants["slow"].system == "first"
    watched.speakers["slow"].let(2)
    assert turn.over.wait(10)


@pytest.mark.parametrize(("question", "settings"), [(" ", {}), ("ab", {"max_tokens": 0})])
def test_what_cannot_be_asked_begins_nothing(question, settings):
    watched = Watched(one=Gated())
    with pytest.raises(ValueError, match=r"is empty|max_tokens=0"):
        watched.talk.ask(question, **settings)
    assert (watched.talk.now, watched.states) == (None, [])


def test_system_message_and_settings_reach_the_speaker():
    watched = Watched(one=Gated())
    watched.ask("ab", system="Be brief.", temperature=0.5)
    assert watched.speakers["one"].systems == [["Be brief."]]
    assert watched.speakers["one"].settings == [{"temperature": 0.5}]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one\n  two"), "one two"),
        (KeyError(), "KeyError"),
        (RuntimeError("x" * 400), "x" * 299 + "…"),
    ],
)
def test_an_error_is_one_short_line(error, line):
    assert one_line(error) == line

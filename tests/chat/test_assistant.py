"""A conversation: its memory, what is left out of it, and how an answer ends."""

from __future__ import annotations

import threading

import pytest

from aigc_lab.chat.assistant import Assistant, Exchange
from aigc_lab.chat.replies import ContextExceeded, Reply, ReplyStream, SpeakerError


class Echo:
    """A speaker that answers with the question's letters, and counts a letter as a token."""

    def __init__(self, context=1000, strict=None, ending="stop"):
        self.context, self.strict, self.ending = context, strict or context, ending
        self.asked, self.settings, self.streams, self.closed = [], [], [], 0

    def count_tokens(self, messages):
        return sum(len(message["content"]) for message in messages)

    def stream(self, messages, **settings):
        self.asked.append(messages)
        self.settings.append(settings)
        self.streams.append(ReplyStream(self.pieces(messages)))
        return self.streams[-1]

    def pieces(self, messages):
        if self.count_tokens(messages) > self.strict:
            raise ContextExceeded("too long")
        try:
            yield from messages[-1]["content"]
        finally:
            self.closed += 1
        return Reply(messages[-1]["content"], self.ending, 0, 0)


def user(text):
    return {"role": "user", "content": text}


def assistant_says(text):
    return {"role": "assistant", "content": text}


def test_every_question_comes_with_the_conversation_before_it():
    assistant = Assistant(Echo(), system="Be brief.")
    assert list(assistant.ask("ab")) == ["a", "b"]
    assert assistant.say("cd") == "cd"
    before = [{"role": "system", "content": "Be brief."}, user("ab"), assistant_says("ab")]
    assert assistant.speaker.asked == [before[:2], [*before, user("cd")]]
    assert assistant.messages == [*before, user("cd"), assistant_says("cd")]
    assert assistant.exchanges[0] == Exchange("ab", "ab", "stop")


@pytest.mark.parametrize("system", [None, ""])
def test_no_system_message_is_no_message(system):
    assistant = Assistant(Echo(), system=system)
    assistant.say("ab")
    assert assistant.speaker.asked == [[user("ab")]]


def test_a_new_system_message_holds_from_the_next_question():
    assistant = Assistant(Echo(), system="old")
    assistant.say("ab")
    assistant.system = "new"
    assistant.say("cd")
    assert assistant.speaker.asked[1][0]["content"] == "new"


def test_settings_hold_always_or_once():
    assistant = Assistant(Echo(), temperature=0.5, max_tokens=9)
    assistant.say("ab", temperature=1)
    assistant.say("cd")
    assert assistant.speaker.settings == [
        dict(temperature=1, max_tokens=9),
        dict(temperature=0.5, max_tokens=9),
    ]


def test_the_oldest_exchanges_go_when_the_context_would_overflow():
    assistant = Assistant(Echo(context=24), system="sys", max_tokens=10)  # 14 letters may be sent
    assistant.say("aaa")
    assistant.say("bb")  # 3 + 6 + 2 letters
    assert assistant.forgotten == 0
    assistant.say("cccc")  # 3 + 6 + 4 + 4
    assert assistant.forgotten == 1
    assert [message["content"] for message in assistant.speaker.asked[-1]] == [
        *("sys", "bb", "bb"),
        "cccc",
    ]
    assert len(assistant.exchanges) == 3  # forgotten is not lost
    assistant.say("d" * 14)
    assert [message["content"] for message in assistant.speaker.asked[-1]] == ["sys", "d" * 14]


def test_the_longest_answer_keeps_no_more_than_half_of_the_context_free():
    assistant = Assistant(Echo(context=24), max_tokens=1000)
    assistant.say("aaa")
    assistant.say("bbbbb")  # 6 + 5 letters of 12
    assert assistant.forgotten == 0
    assistant.say("c")
    assert assistant.forgotten == 1


def test_no_more_is_asked_for_than_there_is_room_for():
    assistant = Assistant(Echo(context=24), max_tokens=20)
    assistant.say("aaa")
    assistant.say("b", max_tokens=5)
    assistant.say("ccc")  # 6 + 2 + 3 letters, and half of the context may be full
    assert [settings["max_tokens"] for settings in assistant.speaker.settings] == [20, 5, 13]


def test_a_speaker_that_counted_too_little_is_asked_again_with_less():
    assistant = Assistant(Echo(context=1000, strict=12))
    assistant.say("aaa")
    assistant.say("bbb")
    assistant.say("ccccc")  # 12 before it
    assert assistant.forgotten == 1
    assert assistant.exchanges[-1].answer == "ccccc"


def test_a_question_that_does_not_fit_even_alone_is_an_error_and_is_taken_back():
    assistant = Assistant(Echo(context=1000, strict=12))
    assistant.say("aaa")
    with pytest.raises(ContextExceeded):
        assistant.say("x" * 13)
    assert [each.question for each in assistant.exchanges] == ["aaa"]
    assert assistant.say("bb") == "bb"


def test_an_error_leaves_the_conversation_as_it_was():
    class Gone(Echo):
        def pieces(self, messages):
            yield "a"
            raise SpeakerError("gone")

    assistant = Assistant(Gone())
    pieces = assistant.ask("ab")
    assert next(pieces) == "a"
    with pytest.raises(SpeakerError, match="gone"):
        next(pieces)
    assert assistant.messages == []
    assistant.speaker = Echo()
    assert assistant.say("ab") == "ab"


def test_how_an_answer_ended_is_kept():
    assistant = Assistant(Echo(ending="length"))
    assistant.say("ab")
    assert assistant.exchanges[0].ending == "length"


def test_stop_ends_the_answer_and_keeps_what_came():
    assistant = Assistant(Echo())
    came = ""
    for piece in assistant.ask("abcd"):
        came += piece
        if came == "ab":
            assistant.stop()
    assert came == "ab"
    assert assistant.exchanges == (Exchange("abcd", "ab", "stopped"),)
    assert assistant.speaker.closed == 1


def test_whoever_stops_listening_stops_the_answer():
    assistant = Assistant(Echo())
    pieces = assistant.ask("abcd")
    next(pieces)
    pieces.close()
    assert assistant.exchanges == (Exchange("abcd", "a", "stopped"),)
    assert assistant.speaker.closed == 1


def test_reset_forgets_the_conversation_and_the_answer_that_was_being_written():
    assistant = Assistant(Echo(), system="sys", max_tokens=7)
    assistant.say("ab")
    pieces = assistant.ask("abcd")
    next(pieces)
    assistant.reset()
    assert list(pieces) == []
    assert assistant.messages == [{"role": "system", "content": "sys"}]
    assert assistant.say("cd") == "cd"
    assert assistant.settings == dict(max_tokens=7)


def test_reset_remembers_nothing_of_what_was_forgotten():
    assistant = Assistant(Echo(context=24), max_tokens=12)
    for text in ("aaaa", "bbbb", "ccccc"):
        assistant.say(text)
    assert assistant.forgotten == 2
    assistant.reset()
    assert assistant.forgotten == 0
    assistant.say("ab")
    assistant.say("c")
    assert len(assistant.speaker.asked[-1]) == 3


def test_a_speaker_that_hangs_is_left_behind():
    """Stop takes effect at once, and a late piece of the old answer changes nothing."""
    go_on, waiting = threading.Event(), threading.Event()

    class Slow(Echo):
        def pieces(self, messages):
            if messages[-1]["content"] == "slow":
                waiting.set()
                go_on.wait(10)
            return (yield from super().pieces(messages))

    assistant = Assistant(Slow())
    late = []
    thread = threading.Thread(target=lambda: late.extend(assistant.ask("slow")))
    thread.start()
    assert waiting.wait(10)
    assistant.stop()
    assert assistant.exchanges == ()  # not a word had come
    assert assistant.say("quick") == "quick"
    go_on.set()
    thread.join(10)
    assert late == []
    assert [each.question for each in assistant.exchanges] == ["quick"]


def test_two_questions_at_once_are_refused():
    assistant = Assistant(Echo())
    pieces = assistant.ask("abc")
    next(pieces)
    with pytest.raises(RuntimeError, match="still being answered"):
        assistant.say("d")
    assert list(pieces) == ["b", "c"]
    assert assistant.say("d") == "d"


def test_stop_before_the_beginning_asks_nobody():
    assistant = Assistant(Echo())
    pieces = assistant.ask("abc")
    assistant.stop()
    assert list(pieces) == []
    assert assistant.speaker.asked == []
    assert assistant.exchanges == ()


def test_a_question_that_nobody_listened_to_is_no_hindrance():
    assistant = Assistant(Echo())
    unheard = assistant.ask("abc")
    assert assistant.say("d") == "d"
    assert list(unheard) == []


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_question_is_refused_at_once(text):
    with pytest.raises(ValueError, match="is empty; write something to answer"):
        Assistant(Echo()).ask(text)


def test_a_setting_that_there_is_not_is_refused_at_once():
    with pytest.raises(ValueError, match="there is no setting"):
        Assistant(Echo(), top_k=5)
    with pytest.raises(ValueError, match="max_tokens=0"):
        Assistant(Echo()).ask("ab", max_tokens=0)

"""Speakers to score: one that knows every answer, one that says nothing, one that repeats."""

import pytest

from aigc_lab.chat.applications import APPLICATIONS
from aigc_lab.chat.replies import Reply


class StandIn:
    """A speaker by the rule that a subclass gives, which remembers what it was asked."""

    context = 256

    def __init__(self):
        self.asked = []

    def say(self, messages, **settings):
        self.asked.append((messages, settings))
        return Reply(self.answer(messages), "stop", self.count_tokens(messages), 1)

    def count_tokens(self, messages):
        return sum(len(message["content"].split()) for message in messages)


class Silent(StandIn):
    def answer(self, messages):
        return ""


class Copying(StandIn):
    def answer(self, messages):
        return messages[-1]["content"]


class Perfect(StandIn):
    """Finds the example that the messages end with."""

    def __init__(self, examples):
        super().__init__()
        self.known = {_asked(each.prompt.messages): each.answer for each in examples}

    def answer(self, messages):
        card, *said = _asked(messages)
        keys = [(card, *said[at:]) for at in range(len(said))]
        return next(self.known[key] for key in keys if key in self.known)


def _asked(messages):
    """The system message or nothing, and then all that the user said."""
    card = "".join(m["content"] for m in messages if m["role"] == "system")
    return card, *(m["content"] for m in messages if m["role"] == "user")


@pytest.fixture
def silent():
    return Silent()


@pytest.fixture
def copying():
    return Copying()


@pytest.fixture
def perfect():
    """A speaker that knows the answers to `count` examples of an application."""

    def make(name, count):
        return Perfect(APPLICATIONS[name].examples(count, "test", 0, None))

    return make

"""Ctrl-C: when it is answered, and that whoever answered it before does so again."""

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from aigc_lab.training.interrupt import WholeSteps, deferred_interrupt, uninterrupted


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def usual() -> bool:
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler


def in_turn(*acts: Callable[[], object]) -> None:
    for act in acts:
        act()


def within(context: AbstractContextManager, *acts: Callable[[], object]) -> None:
    with context:
        in_turn(*acts)


def test_a_first_ctrl_c_is_noted_and_a_second_one_raises():
    seen = []
    with pytest.raises(KeyboardInterrupt), deferred_interrupt() as noted:
        in_turn(lambda: seen.append(noted()), press, lambda: seen.append(noted()), press)
    assert seen == [False, True]
    assert usual()


def test_what_comes_in_a_change_is_answered_after_it():
    seen = []
    with deferred_interrupt() as noted:
        within(uninterrupted(), press, lambda: seen.append(noted()))
        assert (seen, noted()) == ([False], True)
        with pytest.raises(KeyboardInterrupt):
            within(uninterrupted(), press, lambda: seen.append("all of it"))
        assert seen == [False, "all of it"]
        with uninterrupted():
            pass  # and nothing comes afterwards
    assert usual()


def test_changes_may_stand_within_each_other():
    seen = []
    with deferred_interrupt() as noted:
        inner = partial(within, uninterrupted(), press)
        within(uninterrupted(), inner, lambda: seen.append(noted()))
        assert (seen, noted()) == ([False], True)


def test_two_in_a_change_count_as_two():
    with deferred_interrupt() as noted:
        with pytest.raises(KeyboardInterrupt):
            within(uninterrupted(), press, press)
        assert noted()


def test_an_error_in_a_change_is_told_with_the_ctrl_c():
    with deferred_interrupt():
        with pytest.raises(KeyboardInterrupt) as caught:
            within(uninterrupted(), press, press, lambda: 1 / 0)
        assert isinstance(caught.value.__context__, ZeroDivisionError)


def test_in_another_thread_nothing_is_noted():
    seen = []

    def work() -> None:
        with deferred_interrupt() as noted, uninterrupted():
            seen.append((noted(), usual()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, True)]


def test_a_signal_that_another_language_answers_is_left_to_it(monkeypatch):
    monkeypatch.setattr(signal, "getsignal", lambda _: None)  # as Python says it
    with deferred_interrupt() as noted, uninterrupted():
        monkeypatch.undo()
        assert usual()
        assert not noted()
    assert usual()


def test_a_change_in_another_thread_holds_nothing_here():
    begun, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=within, args=(uninterrupted(), begun.set, over.wait))
    thread.start()
    begun.wait()
    with deferred_interrupt() as noted:
        press()
        at_once = noted()
        over.set()
        thread.join()
    assert at_once


def test_after_an_error_in_a_step_no_other_is_begun():
    steps = WholeSteps()
    with steps.one():
        pass
    steps.require()
    with pytest.raises(OSError, match="broken"), steps.one():
        raise OSError("broken")
    for act in (steps.require, steps.one().__enter__):
        with pytest.raises(RuntimeError, match=r"of no step at all; build the model and its Train"):
            act()

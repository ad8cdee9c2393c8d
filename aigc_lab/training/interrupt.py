"""Ctrl-C that waits: for the end of a step, so that what is saved and counted is a whole step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class _Held(threading.local):
    """The changes that a thread is within, one in the other, and the Ctrl-C that came meanwhile."""

    depth, late = 0, 0


_held = _Held()


@contextmanager
def deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Within, a first Ctrl-C is only noted (the yielded function tells); a second one raises.

    Where Python does not answer Ctrl-C, nothing is ever noted: outside the main thread, or when
    another language has taken the signal.
    """
    noted = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    if before is None or threading.current_thread() is not threading.main_thread():
        yield noted.is_set
        return

    def note(*_: object) -> None:
        if _held.depth:
            _held.late += 1
        elif noted.is_set():
            raise KeyboardInterrupt
        else:
            noted.set()

    signal.signal(signal.SIGINT, note)
    try:
        yield noted.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Within, no Ctrl-C of a `deferred_interrupt` is answered: each waits until this is over.

    For the moment that it takes to change numbers which belong together.
    """
    _held.depth += 1
    try:
        yield
    finally:
        _held.depth -= 1
        while _held.late and not _held.depth:
            _held.late -= 1
            signal.raise_signal(signal.SIGINT)


class WholeSteps:
    """Changes of weights, each done whole: within one, Ctrl-C waits; after an error in one, none.

    >>> steps = WholeSteps()
    >>> with steps.one():
    ...     weight = 1.0
    >>> steps.require()
    """

    def __init__(self) -> None:
        self._broken = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Within, the weights change."""
        self.require()
        with uninterrupted():
            self._broken = True
            yield
            self._broken = False

    def require(self) -> None:
        """Refuse to go on from weights that changed by half.

        Raises: RuntimeError when there was an error in a change.
        """
        if self._broken:
            raise RuntimeError(
                "an error broke off a step while the weights changed, so they are of no step at "
                "all; build the model and its Trainer anew, which goes on from the last checkpoint "
                "in its folder"
            )

"""Staying off the network where asked to, and never waiting long for it."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
YES = ("1", "true", "yes", "on")


def offline_by_environment() -> bool:
    """Whether HF_HUB_OFFLINE says to leave the network alone, as the hub's own client reads it."""
    return os.environ.get("HF_HUB_OFFLINE", "").strip().lower() in YES


def within(seconds: float, call: Callable[[], T]) -> T:
    """What a call returns or raises, or TimeoutError if that takes longer.

    The time limit of a socket bounds each wait, but neither their sum nor the look-up of a server's
    name, which can hang for a minute; so the call runs in a thread that is left behind then.

    >>> within(1.0, lambda: 6 * 7)
    42
    """
    outcomes: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcomes.put((call(), None))
        except Exception as error:  # handed over to the caller, where it is raised
            outcomes.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = outcomes.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:g} seconds") from None
    if error is not None:
        raise error
    return result

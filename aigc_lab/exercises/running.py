"""Run a reader's function on one probe, whatever it does: raise, never end, change its inputs."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import inspect
import io
import threading
import traceback
import warnings
from typing import Any, NamedTuple

import numpy as np

from aigc_lab.exercises.definition import Function, Probe
from aigc_lab.exercises.differences import difference

GRACE_S = 1.0  # how long a function that was told to stop may take to do so


class Outcome(NamedTuple):
    """What a call came to; `error` is set when it raised, `late` when it had to be stopped.

    `where` is the line of the function that raised; `changed` names the arguments it changed.
    """

    value: Any = None
    error: BaseException | None = None
    where: str = ""
    late: bool = False
    changed: tuple[str, ...] = ()


class OutOfTime(BaseException):
    """Raised inside a function that takes too long. No `except Exception` stops it."""


def run(function: Function, probe: Probe, seconds: float) -> Outcome:
    """Call the function on copies of a probe's arguments, for at most this many seconds.

    It runs in a thread, so that it can be stopped on every system, and what it prints is dropped.
    A call that sleeps inside a library can only be left behind.
    """
    args, kwargs = copy.deepcopy((probe.args, probe.kwargs))
    done: list[Outcome] = []
    worker = threading.Thread(target=_call, args=(function, args, kwargs, done), daemon=True)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        worker.start()
        worker.join(seconds)
        if worker.is_alive():
            _stop(worker)
            return Outcome(late=True)
    changed = _changed(function, probe, args, kwargs)
    return done[0]._replace(changed=changed)


def _call(function: Function, args: tuple, kwargs: dict, done: list[Outcome]) -> None:
    try:
        with np.errstate(all="ignore"):
            done.append(Outcome(function(*args, **kwargs)))
    except OutOfTime:
        done.append(Outcome(late=True))
    except BaseException as error:  # SystemExit too: whatever it is, the reader is told
        done.append(Outcome(error=error, where=_line(function, error)))


def _stop(worker: threading.Thread) -> None:
    """Raise OutOfTime inside the thread, again if the function swallows it."""
    for _ in range(10):
        if not worker.is_alive():
            return
        ident = ctypes.c_ulong(worker.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(OutOfTime))
        worker.join(GRACE_S / 10)


def _line(function: Function, error: BaseException) -> str:
    """The deepest line of the function's own file that the error passed through."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == code.co_filename]
    return (own[-1].line or "").strip() if own else ""


def _changed(function: Function, probe: Probe, args: tuple, kwargs: dict) -> tuple[str, ...]:
    names = list(inspect.signature(function).parameters)
    before = {**dict(zip(names, probe.args, strict=False)), **probe.kwargs}
    after = {**dict(zip(names, args, strict=False)), **kwargs}
    return tuple(
        name
        for name, value in before.items()
        if not callable(value) and difference(after[name], value, 0.0) is not None
    )

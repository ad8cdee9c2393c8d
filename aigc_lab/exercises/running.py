"""Run a reader's function on one probe, whatever it does: raise, never end, change its inputs."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import functools
import inspect
import io
import sys
import threading
import traceback
import warnings
from typing import Any, NamedTuple

import numpy as np

from aigc_lab.exercises.definition import Function, Probe
from aigc_lab.exercises.differences import difference
from aigc_lab.exercises.plain import Strange, cut, plain, strange

GRACE_S = 1.0  # how long a function that was told to stop may take to do so

_borrowed: list[set[str]] = []  # while a function runs: the exercises whose stand-in it called


class Outcome(NamedTuple):
    """What a call came to: a plain value, or the class and text of what it raised.

    `where` is the line of the function that raised, `stub` says that it was the function's own
    `raise NotImplementedError`, `late` that it had to be stopped, `endless` that it could not be;
    `changed` names the arguments it changed, `borrowed` the unsolved exercises it called, `given`
    is the class of the value; `left` is what the probe says of its arguments afterwards.
    """

    value: Any = None
    error: type[BaseException] | None = None
    text: str = ""
    where: str = ""
    stub: bool = False
    late: bool = False
    endless: bool = False
    changed: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    given: type = object
    left: Any = None


class OutOfTime(BaseException):
    """Raised inside a function that takes too long. No `except Exception` stops it."""


class Nowhere(io.TextIOBase):
    """Where the prints of a function go while it is checked."""

    def write(self, text: str) -> int:
        """Drop it."""
        return len(text)


def run(function: Function, probe: Probe, seconds: float | None = None) -> Outcome:
    """Call the function on copies of a probe's arguments, for at most this many seconds.

    It runs in a thread, so that it can be stopped on every system; what it prints is dropped. A
    call that sleeps inside a library can only be left behind, and one that never lets go of the
    interpreter (a hopeless regular expression) stops the kernel itself. Its memory has no limit but
    the kernel's.

    Raises: RuntimeError when the probe itself fails to say what was left in its arguments.
    """
    args, kwargs = copy.deepcopy((probe.args, probe.kwargs))
    done: list[Outcome | Exception] = []
    worker = threading.Thread(target=_call, args=(function, probe, args, kwargs, done), daemon=True)
    borrowed: set[str] = set()
    depth = sys.getrecursionlimit()
    _borrowed.append(borrowed)
    try:
        with _quiet():
            worker.start()
            worker.join(seconds)
    finally:  # also when the reader interrupts the kernel
        _borrowed.remove(borrowed)
        if worker.is_alive():
            _stop(worker)
        sys.setrecursionlimit(depth)
    if not done:
        return Outcome(late=True, endless=worker.is_alive())
    outcome = done[0]
    if isinstance(outcome, Exception):
        raise RuntimeError(
            f"the probe {probe.label!r} cannot look at its arguments afterwards: "
            f"{type(outcome).__name__}: {outcome}. This is a fault of the course, not of your "
            "function; please report it"
        ) from outcome
    changed = _changed(function, probe, args, kwargs)
    return outcome._replace(changed=changed, borrowed=tuple(sorted(borrowed)))


def borrow(name: str) -> bool:
    """Note that a stand-in was called; False when no function is being checked."""
    for borrowed in _borrowed:
        borrowed.add(name)
    return bool(_borrowed)


@contextlib.contextmanager
def _quiet() -> Any:
    nowhere = Nowhere()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def _call(
    function: Function, probe: Probe, args: tuple, kwargs: dict, done: list[Outcome | Exception]
) -> None:
    with contextlib.suppress(OutOfTime):
        try:
            with np.errstate(all="ignore"):
                value = function(*args, **kwargs)
        except OutOfTime:
            raise
        except BaseException as error:  # SystemExit too: whatever it is, the reader is told
            done.append(_failed(function, error))
            return
        try:
            left = plain(probe.leaves(*args, **kwargs)) if probe.leaves else None
        except Exception as error:  # not the reader's: `run` says so
            done.append(error)
            return
        done.append(Outcome(_looked_at(value), given=type(value), left=left))


def _looked_at(value: Any) -> Any:
    """The plain value; a Strange one where it cannot be looked at, which is no error of ours."""
    try:
        return plain(value)
    except Exception:
        return strange(value)


def _failed(function: Function, error: BaseException) -> Outcome:
    try:
        text = cut(str(error))
    except Exception as worse:
        text = f"(its text cannot be printed: {type(worse).__name__})"
    stub = raised_by(function, error)
    return Outcome(error=type(error), text=text, where=_line(function, error), stub=stub)


def _stop(worker: threading.Thread) -> None:
    """Raise OutOfTime inside the thread, again if the function swallows it."""
    for _ in range(10):
        if not worker.is_alive():
            return
        ident = ctypes.c_ulong(worker.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(OutOfTime))
        worker.join(GRACE_S / 10)


def raised_by(function: Function, error: BaseException) -> bool:
    """Whether it is the bare NotImplementedError of a stub, from this very function.

    Libraries raise it too, but never without a word; and C code leaves no frame of its own.
    """
    if not isinstance(error, NotImplementedError) or error.args:
        return False
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_code is _code(function)


def _code(function: Function) -> Any:
    """The code of a function under its decorators; None when it has none."""
    while isinstance(function, functools.partial):
        function = function.func
    try:
        function = inspect.unwrap(function)
    except ValueError:  # it wraps itself
        return None
    return getattr(function, "__code__", None)


def _line(function: Function, error: BaseException) -> str:
    """The deepest line of the function's own file that the error passed through."""
    code = _code(function)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    return (own[-1].line or "").strip() if own else ""


def parameters(function: Function) -> inspect.Signature | None:
    """A function's parameters; None when nobody can tell (some written in C)."""
    try:
        return inspect.signature(function)
    except (ValueError, TypeError):
        return None


def _changed(function: Function, probe: Probe, args: tuple, kwargs: dict) -> tuple[str, ...]:
    signature = parameters(function)
    names = list(signature.parameters) if signature else []
    before = {**dict(zip(names, probe.args, strict=False)), **probe.kwargs}
    after = {**dict(zip(names, args, strict=False)), **kwargs}
    return tuple(
        name
        for name, value in before.items()
        if difference(_comparable(after[name]), _comparable(value), 0.0) is not None
    )


def _comparable(value: Any) -> Any:
    """A value in which whatever is no data, such as a function, is only named by its kind."""
    value = _looked_at(value)
    if isinstance(value, dict):
        return {key: _comparable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    return value.kind if isinstance(value, Strange) else value

"""Freed memory stays inside, goes back outside, and nobody's own choice is overruled."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_lab.core import allocator
from aigc_lab.core.allocator import freed_memory_kept

# In a process of its own, whose memory nothing else moves. The block is larger than any that glibc
# keeps by itself.
PROGRAM = """
import sys
from contextlib import suppress
from pathlib import Path
from aigc_lab.core.allocator import freed_memory_kept

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

def use_and_free():
    before = held()
    block = bytearray(2**26)
    block[:] = bytes([1]) * 2**26
    above = bytearray(2**22)  # so that the block is not the last thing in the heap
    del block
    return held() - before

print(use_and_free())
with suppress(RuntimeError), freed_memory_kept():
    print(use_and_free())
    inside = held()
    if sys.argv[1] == "raise":
        raise RuntimeError
print(held() - inside)
print(use_and_free())
before = held()
blocks = [bytes([1]) * (3 * 2**23) for _ in range(4)]  # each small enough for the heap
del blocks
print(held() - before)
"""

on_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or not Path("/proc/self/statm").exists(),
    reason="the C library is not glibc",
)


def megabytes(*words: str, **environment: str) -> list[float]:
    """What a process holds more: before, inside, on leaving, and twice afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(line) for line in done.stdout.split()]


@on_glibc
@pytest.mark.parametrize("end", ["return", "raise"])
def test_freed_memory_is_kept_inside_and_given_back_at_the_end(end):
    before, inside, leaving, large, several = megabytes(end)
    assert before < 10
    assert inside > 50
    assert leaving < -50
    assert large < 10
    assert several < 64  # as much as glibc may keep of these 96


@on_glibc
def test_a_users_own_choice_is_left_alone():
    _, inside, _, large, _ = megabytes("return", MALLOC_MMAP_THRESHOLD_=str(2**24))
    assert inside < 10
    assert large < 10


def test_other_systems_are_left_alone(monkeypatch):
    def refuse(_: object) -> None:
        raise AssertionError("the C library was opened")

    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    with freed_memory_kept():
        assert allocator._glibc() is None

"""A process of its own for a contender, where it needs other settings than everybody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.checkout import ROOT

ALLOCATOR = ("MALLOC_", "GLIBC_")  # settings that a process begins without, unless it is given them


class Worker:
    """A process that takes a turn whenever it is told to, and says what it has to say of it.

    `words` are its module and what that is told; `environment` comes on top of ours. The module
    prints one line of JSON when it is ready, and one after each line that it gets.
    """

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self.told: dict[str, list[Any]] = {}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(ALLOCATOR)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**clean, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us, and we end the worker
        )
        try:
            self._answer()  # it is ready
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, which has nothing to lose."""
        self.process.terminate()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def turn(self, name: str) -> None:
        """Let it take a turn by this name, and wait for its end."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        self.told.setdefault(name, []).append(self._answer())

    def _answer(self) -> Any:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended with code {self.process.wait()}; see above")
        return json.loads(line)

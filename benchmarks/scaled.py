"""A notebook's cells up to its training, run at another SCALE in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.checkout import ROOT

CELL = re.compile(r"^# %%(.*)\n", re.MULTILINE)
DIAL = re.compile(r"^SCALE = 1\b", re.MULTILINE)
USE = re.compile(r"\* SCALE\b")
QUIET = {"HF_HUB_OFFLINE": "1", "MPLBACKEND": "agg", "TQDM_DISABLE": "1"}
CLOCK = "_clock.append(_now())\n"
BEGIN = "from time import perf_counter as _now\n_clock = []\n"
END = "import json as _json\nprint(_json.dumps(_clock))\n"


class Share(float):
    """A SCALE below 1: so many steps times it are a whole number of steps again.

    >>> 400 * Share(0.05)
    20
    """

    def __rmul__(self, steps: float) -> int:
        """Steps times the scale, at least one."""
        return max(1, round(steps * float(self)))


def cells_until_training(source: str) -> list[str]:
    """The code cells of a notebook's source, up to the last one that multiplies by SCALE.

    Raises: ValueError when there is no such cell, or SCALE is not set to 1.

    >>> source = "# %%\\nSCALE = 1\\n# %% [markdown]\\n# hop\\n# %%\\nn = 5 * SCALE\\n# %%\\nm\\n"
    >>> cells_until_training(source)
    ['SCALE = 1\\n', 'n = 5 * SCALE\\n']
    """
    marks = list(CELL.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    code = [
        source[mark.end() : end]
        for mark, end in zip(marks, ends, strict=True)
        if not mark[1].strip().startswith("[markdown]")
    ]
    using = [at for at, cell in enumerate(code) if USE.search(cell)]
    if not using or not any(DIAL.search(cell) for cell in code[: using[-1]]):
        raise ValueError("this notebook has no `SCALE = 1`, or no later cell that multiplies by it")
    return code[: using[-1] + 1]


def run_scaled(source: str, scale: float) -> tuple[float, float]:
    """Run a notebook's source up to its training at `scale`, in a fresh process.

    Units: seconds of the training cell, and of all cells; importing what they need is in them.
    Raises: RuntimeError with the end of what the process said, when a cell fails.
    """
    dial = f"from benchmarks.scaled import Share\nSCALE = Share({scale})"
    cells = [DIAL.sub(dial, cell) for cell in cells_until_training(source)]
    script = BEGIN + "".join(CLOCK + cell for cell in cells) + CLOCK + END
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.py"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(path)],
            cwd=ROOT,
            env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the cells failed at SCALE {scale}:\n{done.stderr[-2000:]}")
    clock = json.loads(done.stdout.splitlines()[-1])
    return clock[-1] - clock[-2], clock[-1] - clock[0]

"""The machine under a run: device, number format, seeds, and a record of what it was."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import random
import re
import shlex
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
CGROUP = Path("/sys/fs/cgroup")  # where Linux tells what a container may use
NVIDIA_DRIVER = (
    "/proc/driver/nvidia/version",  # there while Linux has it loaded
    "/usr/lib/wsl/lib/nvidia-smi",  # there under WSL where Windows has it
)
LIBRARIES = ("torch", "numpy", "transformers", "tokenizers", "safetensors")


def pick_device(name: str = "auto") -> torch.device:
    """The device to compute on: the one asked for, or the fastest one present.

    Raises: ValueError when the device is unknown, or asked for and absent.

    >>> pick_device("cpu").type
    'cpu'
    """
    import torch

    counts = {
        "cuda": torch.cuda.device_count() if torch.cuda.is_available() else 0,
        "mps": int(torch.backends.mps.is_available()),
        "cpu": 1,
    }
    if name == "auto":
        name = next(kind for kind, count in counts.items() if count)
    parts = re.fullmatch(r"([a-z]+)(?::(0|[1-9][0-9]*))?", str(name))
    if not parts or parts[1] not in counts:
        known = ", ".join(DEVICES)
        raise ValueError(
            f"device={name!r} is not known; choose one of {known}, or one GPU of several as cuda:1"
        )
    if int(parts[2] or 0) >= counts[parts[1]]:
        raise ValueError(f"device={name!r} is not present here; choose 'auto' or 'cpu'")
    return torch.device(name)


def has_nvidia_driver() -> bool:
    """Whether NVIDIA's driver is on this machine, whatever this build of PyTorch makes of it."""
    return any(map(os.path.exists, NVIDIA_DRIVER)) or shutil.which("nvidia-smi") is not None


def pick_dtype(precision: str, device: torch.device) -> torch.dtype:
    """The number format of a run's matrix products; `"auto"` takes bfloat16 where it is native.

    Raises: ValueError for a precision that is none of auto, float32, bfloat16.
    """
    import torch

    from aigc_lab.core.config import PRECISIONS

    if precision not in PRECISIONS:
        raise ValueError(
            f"precision={precision!r} is not known; choose one of {', '.join(PRECISIONS)}"
        )
    if precision == "auto":
        precision = "bfloat16" if has_native_bfloat16(device) else "float32"
    return getattr(torch, precision)


def has_native_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 in hardware (emulated, it is slower than float32)."""
    import torch

    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu" and hasattr(torch.cpu, "get_capabilities"):
        able = torch.cpu.get_capabilities()
        return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return False


def seed_everything(seed: int) -> torch.Generator:
    """Seed Python, NumPy and PyTorch, and return a CPU generator with the same seed.

    >>> first = seed_everything(7)
    >>> second = seed_everything(7)
    >>> bool((first.get_state() == second.get_state()).all())
    True
    """
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  (the global state is what must be seeded)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def describe_machine() -> dict[str, Any]:
    """What a measurement needs said beside it: hardware, system and library versions."""
    import torch

    device = pick_device()
    return {
        "os": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_bytes": _memory_bytes(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
    }


def provenance() -> dict[str, Any]:
    """Where a recorded run came from: the machine, the commit, the command and the time."""
    command = [Path(sys.argv[0]).name, *sys.argv[1:]]
    return {
        "machine": describe_machine(),
        "commit": git_commit(),
        "command": shlex.join(command),
        "started": utc_now(),
    }


def git_commit() -> str | None:
    """The commit of this checkout, with `+changes` when files differ from it; None outside one."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():  # installed, perhaps inside somebody else's repository
        return None
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return None
    return commit + ("+changes" if _git(root, "status", "--porcelain", "-uno") else "")


def utc_now() -> str:
    """The time now, in UTC, to the second, as ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def available_bytes(device: torch.device) -> int | None:
    """The memory that is free for us on a device now; None where nobody tells."""
    import psutil
    import torch

    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    free, allowed = psutil.virtual_memory().available, _cgroup_left()
    return free if allowed is None else min(free, allowed)


class Stopwatch:
    """Seconds of running time, pauses left out; it starts stopped, at zero.

    >>> watch = Stopwatch()
    >>> watch.pause(at=60.0)
    >>> watch.seconds
    60.0
    >>> watch.start()
    >>> watch.seconds >= 60.0
    True
    """

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    def start(self) -> None:
        """Count on from here."""
        self._before, self._since = self.seconds, time.perf_counter()

    def pause(self, at: float | None = None) -> None:
        """Stop counting; `at` sets the time to stand at, such as that of an earlier session."""
        self._before, self._since = (self.seconds if at is None else at), None

    @property
    def seconds(self) -> float:
        """The time counted so far."""
        running = 0.0 if self._since is None else time.perf_counter() - self._since
        return self._before + running


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows and a few others do not say
        return None


def _cgroup_left() -> int | None:
    """What a container's limit leaves of its memory; None where there is no limit."""
    try:
        limit = (CGROUP / "memory.max").read_text().strip()
        used = int((CGROUP / "memory.current").read_text())
        rows = (CGROUP / "memory.stat").read_text().splitlines()
        cached = {name: int(count) for name, count in map(str.split, rows)}["inactive_file"]
    except (OSError, ValueError, KeyError):  # another system, or an older kernel
        return None
    return max(0, int(limit) - used + cached) if limit.isdecimal() else None


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None

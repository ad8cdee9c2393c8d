"""The checkout whose code is measured: where it lies, and whether it stands at its commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ("benchmarks/results", "benchmarks/README.md")  # by a run, so they change none


def only_records_differ(root: Path = ROOT) -> bool:
    """Whether every tracked file is as its commit has it, but for what earlier runs wrote.

    So topics that were recorded one after the other all name the one commit that they measured.
    """
    others = [f":(exclude){path}" for path in WRITTEN]
    return git(root, "diff", "--quiet", "HEAD", "--", ".", *others) is not None


def git(folder: Path, *words: str) -> str | None:
    """What a git command prints; None where it fails, or there is no git."""
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

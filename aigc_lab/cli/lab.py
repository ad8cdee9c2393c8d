"""`aigc-lab lab`: open JupyterLab on the first notebook."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

from aigc_lab.core.arguments import whole
from aigc_lab.core.console import note

SUMMARY = "open the notebooks"
DESCRIPTION = "Open JupyterLab on the first notebook of the course. Ctrl-C twice ends it."
EXAMPLES = """\
examples:
  aigc-lab lab
  aigc-lab lab --no-browser --port 9000     on another machine; open the address it prints
"""
FIRST = Path("notebooks") / "00_start_here.ipynb"
QUIET = (  # no news, no looking for updates: both want a network
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `lab`."""
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=whole(1), help="the port to serve on (the first free one)")


def run(arguments: argparse.Namespace) -> int:
    """Start JupyterLab and wait for its end."""
    notebook = find_notebook()
    if importlib.util.find_spec("jupyterlab") is None:
        raise ValueError("JupyterLab is not installed; run pip install jupyterlab")
    words = [sys.executable, *command(notebook.parent.parent), *QUIET]
    if arguments.no_browser:
        words.append("--no-browser")
    if arguments.port:
        words.append(f"--port={arguments.port}")
    note(f"opening {notebook}")
    before = signal.signal(signal.SIGINT, lambda *_: None)  # JupyterLab asks back, and we wait
    try:
        code = subprocess.call(words)
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it


def command(folder: Path) -> list[str]:
    """What Python runs to open JupyterLab over the course's folder, with the first notebook open.

    The tasks behind `make`, which run before anything is installed, say the same again.
    """
    words = ["-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    words.append(f"--LabApp.default_url=/lab/tree/{FIRST.as_posix()}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")
    return words


def find_notebook() -> Path:
    """The first notebook: of the folder we stand in, or of the checkout that this code is from.

    Raises: FileNotFoundError saying what to do.
    """
    checkout = Path(__file__).resolve().parents[2]
    for folder in (Path.cwd(), checkout):
        if (folder / FIRST).is_file():
            return folder / FIRST
    raise FileNotFoundError(
        f"{FIRST} is neither in {Path.cwd()} nor in {checkout}; go to the folder of the course, "
        "which `git clone` made"
    )

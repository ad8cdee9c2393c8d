"""`aigc-lab doctor`: is this machine ready, and what to do where it is not."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from aigc_lab.core.arguments import add_json
from aigc_lab.core.console import Console, one_line

SUMMARY = "is this machine ready?"
DESCRIPTION = """\
Look at what the course needs: Python, libraries, device, memory, fonts, caches, the bundled
checkpoint, the network. Every line that does not begin with ok says what to do about it."""
EXAMPLES = """\
examples:
  aigc-lab doctor
  aigc-lab doctor --offline       leave the network alone
  aigc-lab doctor --json          for scripts; the exit code is 1 if something is missing

ok: as it should be.  note: the course works, something in it does not.  problem: mend this first.
"""
LIBRARIES = ("torch", "transformers", "tokenizers", "safetensors", "matplotlib", "jupyterlab")
NEEDED_MEMORY, NEEDED_DISK = 4e9, 1e9  # bytes
GPU_BUILD = "to use the GPU: AIGC_LAB_TORCH=cu130 make lab (README.md, 'Which PyTorch?')"
NO_GPU = "update NVIDIA's driver, and see that CUDA_VISIBLE_DEVICES does not hide the GPU"
GO_AROUND = (
    "update PyTorch and the driver; until then train with attention='explicit' and "
    "precision='float32', as aigc_lab.training.selftest.trusted does"
)
INSTALL = "install the package again: pip install -e . in its folder"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `level` is ok, note or problem; `mend` says what to do unless ok.

    What is ok names no folder of the user's, so that it can be shown to others as it is.
    """

    level: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<8} {self.what}"
        return f"{line}\n{'':<8} -> {self.mend}" if self.mend else line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doctor`."""
    parser.add_argument("--offline", action="store_true", help="do not look for the network")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look, print each finding as it comes, and end with a verdict."""
    console = Console(arguments.json)
    findings = []
    for finding in look(arguments.offline or None):
        findings.append(finding)
        console.say(str(finding))
    problems = sum(finding.level == "problem" for finding in findings)
    console.say()
    if problems:
        console.say(f"{problems} of {len(findings)} need mending before the course can start.")
    else:
        console.say("Ready. Next: aigc-lab train python_docs, or aigc-lab lab for the notebooks.")
    console.result({"ready": not problems, "findings": [asdict(one) for one in findings]})
    return 1 if problems else 0


def examine(offline: bool | None = None) -> list[Finding]:
    """Everything that `look` finds.

    Notebook: 00 start here.
    """
    return list(look(offline))


def look(offline: bool | None = None) -> Iterator[Finding]:
    """Look at one thing after another; `offline=None` follows the variable HF_HUB_OFFLINE.

    A look that fails is itself a finding: it never stops the others.
    """
    looks: tuple[Callable[[], Finding], ...] = (
        *(python, libraries, device, selftest, memory, disk, fonts, documentation),
        *(bundled, caches, lambda: hub(offline), notebooks),
    )
    for one in looks:
        try:
            yield one()
        except Exception as error:  # whatever is broken here is what the user wants to know
            yield Finding("problem", f"{type(error).__name__}: {one_line(error)}", INSTALL)


def python() -> Finding:
    """The interpreter, beside what the installed package asks for."""
    from packaging.specifiers import SpecifierSet

    version = platform.python_version()
    wanted = importlib.metadata.metadata("aigc-lab")["Requires-Python"]
    what = f"Python {version} on {platform.system()}"
    if not SpecifierSet(wanted).contains(version, prereleases=True):
        return Finding("problem", what, f"install Python {wanted}, and the course into it")
    return Finding("ok", what)


def libraries() -> Finding:
    """The libraries that the course stands on, actually imported where that is quick."""
    missing = []
    versions = []
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("problem", f"not installed: {', '.join(missing)}", INSTALL)
    importlib.import_module("torch")
    return Finding("ok", ", ".join(versions))


def device() -> Finding:
    """What computes, and whether a GPU stands idle beside it."""
    import torch

    from aigc_lab.core.runtime import describe_machine, has_nvidia_driver

    machine = describe_machine()
    cores = f"{machine['cpu']}, {machine['cores']} cores"
    if machine["device"] != "cpu":
        return Finding("ok", f"{cores}; GPU: {machine['device']}")
    if not has_nvidia_driver():
        return Finding("ok", f"{cores}, no GPU (the course needs none)")
    if torch.version.cuda is None:
        what, mend = "this PyTorch is a CPU build", GPU_BUILD
    else:
        what, mend = f"this PyTorch, built for CUDA {torch.version.cuda}, finds no GPU", NO_GPU
    return Finding("note", f"{cores}; NVIDIA's driver is here, but {what}", mend)


def selftest() -> Finding:
    """Whether the device computes what it should: attention, and half precision."""
    from aigc_lab.core.runtime import pick_device
    from aigc_lab.training.selftest import findings_for

    name = str(pick_device())
    found = findings_for(name)
    if found.passed:
        return Finding("ok", f"{name} passes the self-test: attention and bfloat16 are right")
    return Finding("note", f"{name} fails the self-test: {'; '.join(found.notes)}", GO_AROUND)


def memory() -> Finding:
    """The main memory."""
    from aigc_lab.core.runtime import describe_machine

    size = describe_machine()["memory_bytes"]
    if size is None:
        return Finding("ok", "memory: this system does not say how much")
    what = f"memory: {size / 1e9:.1f} GB"
    if size < NEEDED_MEMORY:
        return Finding("note", what, "close other programs; the larger notebooks want 4 GB")
    return Finding("ok", what)


def disk() -> Finding:
    """The room for runs, here."""
    free = shutil.disk_usage(Path.cwd()).free
    what = f"disk: {free / 1e9:.1f} GB free here"
    if free < NEEDED_DISK:
        return Finding("note", what, "make room, or work in another folder")
    return Finding("ok", what)


def fonts() -> Finding:
    """A font for Chinese in pictures."""
    from aigc_lab.viz.fonts import HOW_TO_INSTALL, cjk_font

    if name := cjk_font():
        return Finding("ok", f"Chinese in pictures: {name}")
    return Finding("note", "no font for Chinese; pictures show code points", HOW_TO_INSTALL)


def documentation() -> Finding:
    """The text that the first notebook learns from."""
    from aigc_lab.text.documents import python_docs

    try:
        corpus = python_docs()
    except FileNotFoundError as error:
        return Finding("problem", "python_docs is missing", one_line(error))
    return Finding("ok", f"python_docs: {len(corpus.documents)} articles of Python's documentation")


def bundled() -> Finding:
    """The checkpoint that comes with the course, read as a whole."""
    from aigc_lab.pretrained.locate import WeightsAbsent, bundled_folder

    mend = "get a complete copy of the course: git checkout -- data/pretrained"
    try:
        folder = bundled_folder()
        from aigc_lab.pretrained.folder import load_model

        model = load_model(folder)
    except (WeightsAbsent, ValueError, OSError) as error:
        return Finding("problem", f"bundled checkpoint: {one_line(error)}", mend)
    return Finding("ok", f"bundled checkpoint: {model.num_parameters():,} parameters")


def caches() -> Finding:
    """Where downloads go, and which GPT-2s have come already."""
    from aigc_lab.core.files import cache_folder
    from aigc_lab.pretrained.locate import ALIASES, cached_folder

    folder = cache_folder()
    here = [name for name in ALIASES if cached_folder(name)]
    what = f"cache: of GPT-2 it holds {', '.join(here) or 'nothing yet'}"
    if not _can_write(folder):
        mend = f"{folder} cannot be written; set AIGC_LAB_CACHE to another folder"
        return Finding("note", what, mend)
    return Finding("ok", what)


def hub(offline: bool | None = None) -> Finding:
    """Whether the Hugging Face hub can be reached, within two seconds."""
    from aigc_lab.pretrained.locate import PATIENCE, hub_answers, is_offline

    if is_offline(offline):
        return Finding("ok", "offline, as asked for: the bundled checkpoint stands in for GPT-2")
    if hub_answers(PATIENCE):
        return Finding("ok", "the Hugging Face hub answers: GPT-2 can be downloaded")
    return Finding(
        "note",
        "the Hugging Face hub does not answer; the bundled checkpoint stands in for GPT-2",
        "nothing to do, or mend the network; HF_HUB_OFFLINE=1 saves the waiting",
    )


def notebooks() -> Finding:
    """The notebooks of the course."""
    from aigc_lab.cli.lab import find_notebook

    try:
        found = len(list(find_notebook().parent.glob("[0-9][0-9]_*.ipynb")))
        return Finding("ok", f"notebooks: {found}")
    except FileNotFoundError as error:
        return Finding("note", "the notebooks are not here", one_line(error))


def _can_write(folder: Path) -> bool:
    """Whether a file could be made in a folder, or in the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

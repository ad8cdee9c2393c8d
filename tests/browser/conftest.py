"""A real JupyterLab and a real browser, for tests that look at what a learner sees."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest

from tasks import BUILD, ROOT, START_HERE, lab_command
from tools.chromium import CHROMIUM, NO_CHROMIUM, open_chromium

LAB_OPTIONS = [
    "--no-browser",
    "--ServerApp.port=0",
    "--IdentityProvider.token=",
    "--LabApp.expose_app_in_browser=True",
]
TRACKER = "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"

# Menus are not driven: a kernel that restarts on opening makes "Run all" run one cell only.
RUN_ALL = """async path => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute("docmanager:open", {path, factory: "Notebook"});
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    await app.commands.execute("notebook:run-all-cells");
    return panel.context.model.toJSON();
}"""


@pytest.fixture(scope="session")
def page() -> Iterator[object]:
    """An empty page of a headless browser."""
    if CHROMIUM is None:
        miss = pytest.fail if os.environ.get("CI") else pytest.skip
        miss(f"{NO_CHROMIUM} here (Debian: apt-get install chromium)")
    with open_chromium() as browser:
        yield browser.new_page(viewport={"width": 1280, "height": 1000})


@dataclass
class Watched:
    """A page without a network, and what went wrong in it."""

    page: object
    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(page) -> Iterator[Callable[..., Watched]]:
    """Open pages of their own, offline, that note console errors and requests."""
    contexts = []

    def open_page(width: int = 1280, scheme: str = "light") -> Watched:
        size = {"width": width, "height": 1000}
        context = page.context.browser.new_context(
            viewport=size, color_scheme=scheme, offline=True, accept_downloads=True
        )
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.set_default_timeout(30_000)
        watched.page.on("pageerror", lambda error: watched.troubles.append(str(error)))
        watched.page.on("console", lambda told: _note(told, watched.troubles))
        watched.page.on("request", lambda request: watched.requests.append(request.url))
        return watched

    yield open_page
    for context in contexts:
        context.close()


def _note(told, troubles: list[str]) -> None:
    if told.type in ("error", "warning"):
        troubles.append(told.text)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab with settings of its own, over copies of the notebooks."""
    served = tmp_path / "served"
    (served / "notebooks").mkdir(parents=True, exist_ok=True)
    for notebook in Path(ROOT, START_HERE).parent.glob("*.ipynb"):
        shutil.copy(notebook, served / "notebooks")
    settings = tmp_path / "config" / TRACKER
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}))
    kinds = ("CONFIG", "DATA", "RUNTIME")
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in kinds}
    own["JUPYTERLAB_WORKSPACES_DIR"] = str(tmp_path / "workspaces")
    own["IPYTHONDIR"] = str(tmp_path / "ipython")
    with open(tmp_path / "lab.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, *lab_command(str(served)), *LAB_OPTIONS],
            env={**os.environ, **own},
            stdout=log,
            stderr=log,
        )
    try:
        yield address(server, tmp_path)
    finally:
        server.terminate()
        server.wait(timeout=30)


def address(server: subprocess.Popen, folder: Path, seconds: float = 60) -> str:
    """Where a starting server listens, read from what it writes into its runtime folder."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        for file in folder.glob("runtime/jpserver-*.json"):
            if file.read_text().endswith("}"):
                return json.loads(file.read_text())["url"]
        time.sleep(0.1)
    raise RuntimeError("JupyterLab did not start:\n" + (folder / "lab.log").read_text())


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[[Sequence[str]], str]:
    """Write a notebook of some code cells where the `lab` serves it, and return its path there."""

    def write(cells: Sequence[str]) -> str:
        written = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(each) for each in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        folder = tmp_path / "served" / "notebooks"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(written, folder / "try.ipynb")
        return "notebooks/try.ipynb"

    return write


@pytest.fixture
def run_all(page, lab) -> Callable[[str], dict]:
    """Run all cells of a notebook in the JupyterLab that `make lab` opens, and return it."""

    def run(path: str) -> dict:
        page.set_default_timeout(300_000)
        page.goto(f"{lab}lab/tree/{path}?reset")
        page.wait_for_function("window.jupyterapp !== undefined")
        return page.evaluate(RUN_ALL, path)

    return run


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are left to look at."""
    folder = Path(BUILD, "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder

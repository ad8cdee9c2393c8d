"""A pytest plugin beside nbval: after a notebook's last cell, one more test weighs its budget.

Use: pytest -p tools.notebook_budget --nbval notebooks/*.ipynb
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from nbval.plugin import IPyNbFile

from tools.budgets import Budget, peak_memory_mb

SECONDS = pytest.StashKey[float]()


class BudgetItem(pytest.Item):
    """Passes when the cells before it, together, kept to the notebook's declared budget."""

    def runtest(self) -> None:
        notebook = self.parent
        seconds = notebook.stash.get(SECONDS, None)
        if seconds is None:
            pytest.skip("no cell of this notebook was run")
        try:
            memory_mb = peak_memory_mb(notebook.kernel.km.provisioner.pid)
        except psutil.NoSuchProcess:
            pytest.fail(f"the kernel of {self.path.name} has ended before its time", pytrace=False)
        budget = Budget.of(notebook.nb.metadata)
        self.user_properties.append(("budget", budget.report(seconds, memory_mb)))
        problem = budget.problem(seconds, memory_mb)
        if problem:
            pytest.fail(f"{self.path.name} is {problem}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.nodeid


def pytest_configure(config: pytest.Config) -> None:
    """Give each test process IPython settings of its own, so that two never write to one file."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and "IPYTHONDIR" in os.environ:
        folder = Path(os.environ["IPYTHONDIR"], worker)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["IPYTHONDIR"] = str(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put a budget test behind the last cell of every notebook."""
    last = {item.parent: n for n, item in enumerate(items) if isinstance(item.parent, IPyNbFile)}
    for notebook, n in sorted(last.items(), key=lambda pair: -pair[1]):
        items.insert(n + 1, BudgetItem.from_parent(notebook, name="budget"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Add a cell's time to its notebook's."""
    if isinstance(item.parent, IPyNbFile) and call.when == "call":
        stash = item.parent.stash
        stash[SECONDS] = stash.get(SECONDS, 0.0) + call.duration
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what each notebook took."""
    reports = [r for key in ("passed", "failed") for r in terminalreporter.getreports(key)]
    lines = [
        f"{report.nodeid.split('::')[0]}: {value}"
        for report in reports
        for name, value in report.user_properties
        if name == "budget"
    ]
    if lines:
        terminalreporter.section("what the notebooks took")
        terminalreporter.write_line("\n".join(sorted(lines)))

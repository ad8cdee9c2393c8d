"""Build both editions of each notebook from its one source, or check that they are in step.

    make notebooks                        build and execute all of them
    make notebooks ARGS=03_attention      only this one
    make notebooks ARGS=--check           prove, without executing, that all are in step

The learner's edition gets stubs for solutions and no hidden tests; the solved one keeps both. Each
is executed and stored with its outputs. Two builds with the same library versions are equal byte
for byte. (Behind make: python -m tools.build_notebooks.)
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Collection
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from aigc_lab.core.files import atomic_write
from aigc_lab.viz.explore import WIDGET
from tasks import test_environment
from tools.budgets import Budget, peak_memory_mb
from tools.grading import mark_exercises

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
LEARNER, SOLVED = "learner", "solved"
KEPT_CELL_METADATA = ("nbgrader", "tags")
CELL_TIMEOUT_S = 600
MOST_BYTES = 2_000_000
PROGRESS = re.compile(r"\d+%\|.*\| \d+/\d+ \[")
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)


def edition_path(source: Path, edition: str) -> Path:
    """Where an edition of a source is stored."""
    folder = source.parent.parent
    return (folder if edition == LEARNER else folder / "solutions") / f"{source.stem}.ipynb"


def compose(source: Path, edition: str) -> NotebookNode:
    """The notebook that a source stands for, not yet executed.

    Raises: ValueError when the header declares no budget or an exercise lacks its check;
    RuntimeError on an unclosed region, or one in a cell without nbgrader's mark.
    """
    read = jupytext.read(source, fmt="py:percent")
    budget = Budget.of(read.metadata)
    notebook = nbformat.v4.new_notebook(metadata=_metadata(budget))
    for number, cell in enumerate(read.cells):
        kept = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
        new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
        notebook.cells.append(
            new[cell.cell_type](cell.source, id=f"{source.stem}-{number:02d}", metadata=kept)
        )
    mark_exercises(notebook)
    if edition == LEARNER:
        for step in (ClearSolutions(), ClearHiddenTests()):
            notebook, _ = step.preprocess(notebook, {})
    return notebook


def _metadata(budget: Budget) -> dict[str, object]:
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "aigc_lab": {"minutes": budget.minutes, "memory_mb": budget.memory_mb},
        "kernelspec": kernel,
        "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
    }


def execute(notebook: NotebookNode, folder: Path) -> tuple[float, float]:
    """Run every cell in place; returns the seconds it took and the kernel's own peak memory in MB.

    Raises: nbclient's CellExecutionError at the first cell that fails without the tag
    `raises-exception`; CellTimeoutError; DeadKernelError.
    """
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    with client.setup_kernel():
        start = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - start
        memory_mb = peak_memory_mb(client.km.provisioner.pid)
    settle(notebook)
    return seconds, memory_mb


def settle(notebook: NotebookNode) -> None:
    """Take out of the outputs what differs from run to run: widget ids, paths in tracebacks.

    Progress bars go altogether: stored, they would stand at 0% for ever.
    """
    seen: dict[str, str] = {}
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not is_progress_bar(output)]
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(WIDGET)
            if view is not None:
                view["model_id"] = seen.setdefault(view["model_id"], f"{len(seen):032x}")
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]


def is_progress_bar(output: NotebookNode) -> bool:
    """Whether an output is the widget of a tqdm bar."""
    data = output.get("data", {})
    return WIDGET in data and bool(PROGRESS.search(data.get("text/plain", "")))


def build(source: Path) -> bool:
    """Compose and execute both editions, and then store both: a pair is stored whole or not at all.

    The solved one is run only where it differs. Returns whether each kept to its budget.
    """
    learner, solved = (compose(source, edition) for edition in (LEARNER, SOLVED))
    alike = [cell.source for cell in learner.cells] == [cell.source for cell in solved.cells]
    editions = {LEARNER: learner} if alike else {LEARNER: learner, SOLVED: solved}
    costs = {}
    for edition, notebook in editions.items():
        folder = edition_path(source, edition).parent
        folder.mkdir(parents=True, exist_ok=True)
        costs[edition] = execute(notebook, folder)
    for edition in (LEARNER, SOLVED):
        _store(editions.get(edition, learner), edition_path(source, edition))
    budget = Budget.of(learner.metadata)
    kept = [_keeps_to(budget, source, edition, *cost) for edition, cost in costs.items()]
    return all(kept)


def _keeps_to(budget: Budget, source: Path, edition: str, seconds: float, memory_mb: float) -> bool:
    """Whether a stored edition kept to its budget; says what it took."""
    size_mb = edition_path(source, edition).stat().st_size / 1e6
    took = f"{budget.report(seconds, memory_mb)}, {size_mb:.2f} MB stored"
    print(f"{source.stem} ({edition}): {took}", flush=True)
    problem = budget.problem(seconds, memory_mb)
    if problem:
        print(f"  {problem}", flush=True)
    return problem is None


def _store(notebook: NotebookNode, path: Path) -> None:
    nbformat.validate(notebook)
    atomic_write(path, (nbformat.writes(notebook) + "\n").encode("utf-8"))


def problems(folder: Path = NOTEBOOKS, names: Collection[str] = ()) -> list[str]:
    """Everything by which the stored notebooks and their sources are out of step.

    With `names` only these are looked at.
    """
    found = []
    known = set()
    for source in sources(folder):
        if names and source.stem not in names:
            continue
        for edition in (LEARNER, SOLVED):
            path = edition_path(source, edition)
            known.add(path)
            name = path.relative_to(folder)
            if not path.exists():
                found.append(f"{name} is not built")
                continue
            if path.stat().st_size > MOST_BYTES:
                found.append(f"{name} has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,}")
            stored = nbformat.read(path, as_version=4)
            wrong = compare(compose(source, edition), stored)
            found += [f"{name}: {line}" for line in wrong]
    if names:
        return found
    orphans = {*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")} - known
    found += [f"{path.relative_to(folder)} has no source" for path in sorted(orphans)]
    return found


def compare(expected: NotebookNode, stored: NotebookNode) -> list[str]:
    """What differs between a source's notebook and the stored one, and what its outputs lack."""
    found = []
    if expected.metadata != stored.metadata:
        found.append("the notebook's metadata differs from the source's")
    if len(expected.cells) != len(stored.cells):
        return [*found, f"{len(stored.cells)} cells, but {len(expected.cells)} in the source"]
    for number, (wanted, cell) in enumerate(zip(expected.cells, stored.cells, strict=True)):
        for key in ("cell_type", "id", "source", "metadata"):
            if wanted[key] != cell[key]:
                found.append(f"cell {number}: its {key} differs from the source's")
        failed = any(output.output_type == "error" for output in cell.get("outputs", []))
        if failed and "raises-exception" not in cell.metadata.get("tags", []):
            found.append(f"cell {number}: it is stored with an error")
    counts = [cell.execution_count for cell in stored.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        found.append(f"execution counts are {counts}, not 1 to {len(counts)}")
    return found


def sources(folder: Path = NOTEBOOKS) -> list[Path]:
    """Every source, in the order of the course."""
    return sorted(folder.glob("source/[0-9][0-9]_*.py"))


def main(words: list[str] | None = None) -> int:
    """The command line; 0 when all went well, 1 on a problem, 2 on a name that is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="e.g. 03_attention; none: all of them")
    parser.add_argument("--check", action="store_true", help="compare only, execute nothing")
    asked = parser.parse_args(words)
    by_name = {source.stem: source for source in sources()}
    unknown = [name for name in asked.names if name not in by_name]
    if unknown:
        print(f"no source for {', '.join(unknown)}; there are {', '.join(by_name)}")
        return 2
    if asked.check:
        found = problems(names=asked.names)
        checked = len(asked.names or by_name)
        in_step = f"{checked} of {len(by_name)} sources and their notebooks are in step"
        print("\n".join(found) or in_step)
        return 1 if found else 0
    os.environ.update(test_environment())
    kept = True
    for name in asked.names or by_name:
        try:
            kept &= build(by_name[name])
        except FAILURES as error:
            print(f"{name} was not stored: a cell failed, took too long or ended Python.\n{error}")
            return 1
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

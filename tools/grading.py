"""What the classroom tool nbgrader wants to know of a notebook's exercises, from the bank of them.

An author writes two cells and no more: one with `@exercise` and a solution region, and one that
ends with `check(name)`. The points come from the exercise.
"""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode

from aigc_lab.exercises.bank import find

ATTEMPT = re.compile(r"^@exercise\ndef (\w+)\(", re.MULTILINE)
CHECK = re.compile(r"^check\((\w+)\)\Z", re.MULTILINE)
SCHEMA = 3


def mark_exercises(notebook: NotebookNode) -> None:
    """Give the cells of exercises nbgrader's metadata, and each check a hidden test.

    Raises: ValueError for an exercise without its check, or the other way round; or none of its
    name in the bank.
    """
    attempts, checks = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code" or "nbgrader" in cell.metadata:
            continue
        if found := ATTEMPT.search(cell.source):
            attempts.append(found[1])
            cell.metadata["nbgrader"] = _metadata(found[1], solution=True)
        elif found := CHECK.search(cell.source):
            checks.append(found[1])
            points = find(found[1]).points
            cell.metadata["nbgrader"] = _metadata(f"check-{found[1]}", grade=True, points=points)
            cell.source = _with_hidden_test(cell.source, found[0])
    if attempts != checks:
        raise ValueError(
            f"exercises {attempts} do not go with checks {checks}; write one cell with @exercise "
            "for each, and after it one that ends with check(name)"
        )


def _with_hidden_test(source: str, call: str) -> str:
    before = source[: -len(call)]
    return f"{before}### BEGIN HIDDEN TESTS\n{call}.require()\n### END HIDDEN TESTS\n{call}"


def _metadata(grade_id: str, grade: bool = False, points: int = 0, **more: Any) -> dict[str, Any]:
    marks = {"grade": grade, "grade_id": grade_id, "locked": grade, "schema_version": SCHEMA}
    marks |= {"solution": False, "task": False, **more}
    return {**marks, "points": points} if grade else marks

"""A course of one small notebook, for the tests of the tools that build and weigh notebooks."""

from __future__ import annotations

from pathlib import Path

HEADER = """\
# ---
# jupyter:
#   aigc_lab:
#     minutes: 0.5
#     memory_mb: 900
# ---

# %% [markdown]
# # 01 · A toy
"""
SOLUTION = 'nbgrader={"grade": false, "grade_id": "double", "locked": false, \
"schema_version": 3, "solution": true, "task": false}'
TEST = 'nbgrader={"grade": true, "grade_id": "test-double", "locked": true, "points": 1, \
"schema_version": 3, "solution": false, "task": false}'
EXERCISE = f"""
# %% tags=["exercise"] {SOLUTION}
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% {TEST}
print("checking")
### BEGIN HIDDEN TESTS
assert double(21) == 42
### END HIDDEN TESTS
"""


def course(folder: Path, cells: str = EXERCISE, header: str = HEADER, name: str = "01_toy") -> Path:
    """Write the toy's source below a folder of notebooks, and return the source's path."""
    source = folder / "source" / f"{name}.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(header + cells, encoding="utf-8")
    return source

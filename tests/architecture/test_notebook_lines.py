"""A docstring's line "Notebook: NN" is kept: that notebook uses the name, or what is made of it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.architecture.project import PACKAGE, ROOT, modules

LINE = re.compile(r"^Notebook: (.*(?:\n    .*)*)$", re.MULTILINE)
SOURCES = ROOT / "notebooks" / "source"
Named = ast.FunctionDef | ast.ClassDef


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """What a file imports from the package: the modules, and each name as module.name."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aigc_lab"):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def names_of(path: Path) -> frozenset[str]:
    """A module's functions and classes, and its own name, without the packages before it."""
    own = {node.name for node in parsed(path).body if isinstance(node, Named)}
    return frozenset(own | {path.stem})


@cache
def known_by(path: Path) -> frozenset[str]:
    """The names of a module, and of those that import it."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    users = [other for other in modules() if module in imported(other)]
    return frozenset().union(names_of(path), *map(names_of, users))


def is_kept(path: Path, name: str, number: str) -> bool:
    """Whether a notebook says a name, or imports from its module or from one that uses this."""
    (source,) = SOURCES.glob(f"{number}_*.py")
    if re.search(rf"\b{name}\b", source.read_text(encoding="utf-8")):
        return True
    return bool(known_by(path) & {dotted.rpartition(".")[2] for dotted in imported(source)})


def lines() -> list[tuple[Path, str, str]]:
    """Every module, name and number of a notebook that a docstring speaks of."""
    found = []
    for path in modules():
        for node in ast.walk(parsed(path)):
            line = LINE.search(ast.get_docstring(node) or "") if isinstance(node, Named) else None
            numbers = re.findall(r"\b\d\d\b", line[1]) if line else ()
            found += [(path, node.name, number) for number in numbers]
    return found


def test_what_a_docstring_says_of_a_notebook_is_so():
    said = lines()
    assert len(said) > 100
    wrong = [each for each in said if not is_kept(*each)]
    assert [
        f"{path.relative_to(PACKAGE)}: {name} in {number}" for path, name, number in wrong
    ] == []

"""Several JavaScript modules as one, which is all that a widget or a page from disk can take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NAMES = r"([\w$]+(?:\s*,\s*[\w$]+)*)\s*,?"
IMPORT = re.compile(rf'^import \{{\s*{NAMES}\s*\}} from "\./([\w-]+\.js)";\n', re.MULTILINE)
DECLARED = re.compile(r"^(export )?(?:async )?(?:const|let|class|function) ([\w$]+)", re.MULTILINE)
DEFAULT = re.compile(r"^export default \{[^}]*\};?\s*\Z", re.MULTILINE)
EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)
UNKNOWN = re.compile(  # what this joiner would get wrong, where it stands
    r"^(?:import|export)\b.*|^(?:const|let) *[\[{].*|^var\b.*|\bimport *\(.*|\bimport\.meta\b.*",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Module:
    """One file: what it imports from which, what it declares and exports, and the rest."""

    name: str
    imports: dict[str, tuple[str, ...]]
    declared: frozenset[str]
    exported: frozenset[str]
    body: str


def joined(entry: Path) -> str:
    """One module that does what `entry` does with all that it imports.

    Modules import names from files beside them, `import { a, b } from "./x.js";`, and export
    constants, functions and classes where they are declared; only the entry has an
    `export default {…};`, at its end. Each module comes after those that it imports.
    Raises: ValueError for any other import or export, for a file or a name that is not there, for
        modules that import each other, and for a name that two of them declare.
    """
    modules: dict[str, Module] = {}
    _gather(entry.parent, (entry.name,), modules)
    homes: dict[str, str] = {}
    for module in modules.values():
        _require_exports(module, modules)
        for name in sorted(module.declared):
            other = homes.setdefault(name, module.name)
            if other != module.name:
                raise ValueError(
                    f"{other} and {module.name} both declare {name}, and joined they share one "
                    "scope; rename one"
                )
        if DEFAULT.search(module.body) and module.name != entry.name:
            raise ValueError(f"{module.name} has an `export default`, which only the entry may")
    return "\n".join(module.body.strip("\n") + "\n" for module in modules.values())


def read(path: Path) -> Module:
    """One module, taken apart.

    Raises: ValueError for a line that cannot be joined.
    """
    text = path.read_text(encoding="utf-8")
    _refuse_others(path.name, text)
    imports: dict[str, tuple[str, ...]] = {}
    for names, source in IMPORT.findall(text):
        imports[source] = (*imports.get(source, ()), *re.findall(r"[\w$]+", names))
    declared = DECLARED.findall(text)
    return Module(
        name=path.name,
        imports=imports,
        declared=frozenset(name for _, name in declared),
        exported=frozenset(name for export, name in declared if export),
        body=EXPORT.sub("", IMPORT.sub("", text)),
    )


def _gather(folder: Path, way: tuple[str, ...], modules: dict[str, Module]) -> None:
    """Add a module after all that it imports; `way` leads to it from the entry."""
    *above, name = way
    if name in above:
        circle = " → ".join(way[above.index(name) :])
        raise ValueError(f"modules import each other: {circle}; move what both need into another")
    if name in modules:
        return
    if not (folder / name).is_file():
        raise ValueError(f"{' → '.join(way)}: there is no {name} in {folder.name}")
    module = read(folder / name)
    for source in module.imports:
        _gather(folder, (*way, source), modules)
    modules[name] = module


def _require_exports(module: Module, modules: dict[str, Module]) -> None:
    for source, names in module.imports.items():
        missing = sorted(set(names) - modules[source].exported)
        if missing:
            raise ValueError(
                f"{module.name} imports {', '.join(missing)}, which {source} does not export"
            )


def _refuse_others(name: str, text: str) -> None:
    """Refuse imports, exports and declarations other than those that are understood."""
    understood = {
        match.start() for pattern in (IMPORT, DECLARED, DEFAULT) for match in pattern.finditer(text)
    }
    for match in UNKNOWN.finditer(text):
        if match.start() not in understood:
            line = text.count("\n", 0, match.start()) + 1
            raise ValueError(
                f"{name}, line {line}: {match[0].strip()!r} cannot be joined; write "
                '`import { a } from "./x.js";`, and `export` before a const, function or class'
            )

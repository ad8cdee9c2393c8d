"""Many modules become one that does the same; whatever would not is refused with its line."""

from __future__ import annotations

import re

import pytest

from aigc_lab.viz.explorer.modules import joined, read
from aigc_lab.viz.explorer.page import MODULE, STATIC

MODULES = sorted(path for path in STATIC.glob("*.js") if path.name != "page.js")
COMMENTS = re.compile(r"/\*(?s:.*?)\*/|//.*")


@pytest.fixture
def write(tmp_path):
    """Write modules by their names, and return the entry."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
        return tmp_path / "entry.js"

    return write


ENTRY = 'import { two } from "./twos.js";\n\nexport default { two };\n'


def test_what_is_imported_comes_first_and_once(write):
    entry = write(
        entry=(
            "// 入口\n"
            'import {\n  two,\n  three,\n} from "./twos.js";\n'
            'import { one } from "./ones.js";\n\n'
            "export default { one, two, three };\n"
        ),
        twos=(
            'import { one } from "./ones.js";\n\n'
            "export const two = one + one;\nexport function three() {}\n"
        ),
        ones="const own = 1;\nexport let one = own;\nexport async function more() {}\n",
    )
    assert joined(entry) == (
        "const own = 1;\nlet one = own;\nasync function more() {}\n\n"
        "const two = one + one;\nfunction three() {}\n\n"
        "// 入口\n\nexport default { one, two, three };\n"
    )


@pytest.mark.parametrize(
    ("twos", "complaint"),
    [
        ('import * as x from "./ones.js";', r"twos.js, line 2: 'import \* as x from .* cannot be"),
        ('import { one as two } from "./ones.js";', "line 2: 'import { one as two }"),
        ('import one from "./ones.js";', "line 2: 'import one from"),
        ('import "./ones.js";', "line 2: 'import \"./ones.js\";' cannot be joined"),
        ('import { one } from "ones";', "line 2: 'import { one } from"),
        ('import { one } from "../ones.js";', "line 2: 'import { one } from"),
        ('import { one } from "https://x.org/ones.js";', "line 2: 'import { one } from"),
        ('const one = await import("./ones.js");', "line 2: 'import\\("),
        ("const here = import.meta.url;", "line 2: 'import.meta.url;'"),
        ("export { two };", "line 2: 'export { two };' cannot be joined; write `import"),
        ('export * from "./ones.js";', "line 2: 'export"),
        ("export var two = 2;", "line 2: 'export var"),
        ("export const [two] = [2];", "line 2: 'export const"),
        ("const { two } = window;", "line 2: 'const { two"),
        ('import { one } from "./none.js";', "entry.js → twos.js → none.js: there is no none.js"),
        ('import { none } from "./ones.js";', "twos.js imports none, which ones.js does not exp"),
        ('import { hidden } from "./ones.js";', "twos.js imports hidden, which ones.js does not"),
        ('import { x } from "./entry.js";', "import each other: entry.js → twos.js → entry.js"),
        ('import { one } from "./ones.js";\nconst hidden = 2;', "ones.js and twos.js both declare"),
        ("export const two = 2;\nexport default { two };", "twos.js has an `export default`"),
    ],
)
def test_what_cannot_be_joined_is_refused(write, twos, complaint):
    entry = write(
        entry=ENTRY,
        twos=f"// two\n{twos}\n",
        ones="const hidden = 0;\nexport const one = 1;\n",
    )
    with pytest.raises(ValueError, match=complaint):
        joined(entry)


def test_the_explorer_is_one_module_without_imports():
    module = joined(MODULE)
    assert not re.search(r"^\s*import\b", module, re.MULTILINE)
    assert re.findall(r"^export .*", module, re.MULTILINE) == ["export default { render };"]
    assert all(path.name in _reached(MODULE.name) for path in MODULES)


def _reached(name):
    """The names of a module and of all that it needs."""
    sources = read(STATIC / name).imports
    return {name}.union(*map(_reached, sources))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_short_and_uses_what_it_imports(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// ")  # what it is about
    assert len(text.splitlines()) <= 250
    module = read(path)
    code = COMMENTS.sub("", module.body)
    for name in {name for names in module.imports.values() for name in names}:
        assert re.search(rf"(?:(?<![\w.])|(?<=\.\.\.)){name}\b", code), name


def test_what_is_exported_is_needed_elsewhere():
    needed = {
        (source, name)
        for path in MODULES
        for source, names in read(path).imports.items()
        for name in names
    }
    exported = {(path.name, name) for path in MODULES for name in read(path).exported}
    assert exported == needed

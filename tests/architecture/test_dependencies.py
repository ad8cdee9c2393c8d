"""What is declared, what is pinned and what is imported agree."""

from __future__ import annotations

import ast
import re
import sys

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.project import PACKAGE, ROOT, modules, pyproject

NAMES = {"yaml": "pyyaml", "IPython": "ipython"}  # imported as, installed as
BROUGHT = {"ipython": "jupyterlab", "huggingface-hub": "transformers", "packaging": "transformers"}
BROUGHT |= {"filelock": "torch"}
OPTIONAL = {"datasets"}  # who asks for it without having it is told what to install


def declared():
    """Every requirement of the project, its extras' too."""
    project = pyproject()
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def pins():
    """The lines of constraints.txt, as requirements."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def environment():
    """environment.yml's conda specs and its pip lines."""
    read = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [entry for entry in read["dependencies"] if isinstance(entry, str)]
    (pip,) = (entry["pip"] for entry in read["dependencies"] if isinstance(entry, dict))
    return read, conda, pip


def test_every_pin_is_exact():
    loose = [str(pin) for pin in pins() if not re.fullmatch(r"==[\w.]+", str(pin.specifier))]
    assert loose == []


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.13"])
def test_every_requirement_has_one_pin_within_its_range(python):
    there = {**default_environment(), "python_version": python}
    for wanted in declared():
        if wanted.marker and not wanted.marker.evaluate(there):
            continue
        pinned = [
            pin.specifier
            for pin in pins()
            if canonicalize_name(pin.name) == canonicalize_name(wanted.name)
            and (pin.marker is None or pin.marker.evaluate(there))
        ]
        assert len(pinned) == 1, f"{wanted.name} has {len(pinned)} pins for Python {python}"
        assert wanted.specifier.contains(str(pinned[0]).removeprefix("=="))


def test_this_environment_is_the_pinned_one():
    from importlib.metadata import version

    for pin in pins():
        if pin.marker is None and pin.name in ("torch", "transformers", "jupyterlab", "nbval"):
            assert version(pin.name).split("+")[0] == str(pin.specifier).removeprefix("==")


def test_all_that_the_package_imports_is_declared():
    required = {canonicalize_name(Requirement(line).name) for line in pyproject()["dependencies"]}
    known = {*required, *(name for name, by in BROUGHT.items() if by in required), "aigc-lab"}
    known |= OPTIONAL
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        names |= {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.level == 0
        }
        tops = {name.split(".")[0] for name in names} - sys.stdlib_module_names
        unknown = {top for top in tops if canonicalize_name(NAMES.get(top, top)) not in known}
        assert not unknown, f"{path.relative_to(PACKAGE)} imports {unknown}, not in pyproject.toml"


def test_conda_and_pip_install_the_same():
    _, _, pip = environment()
    options = [line for line in pip if line.startswith("--")]
    assert options == ["--constraint constraints.txt", "--editable ."]
    assert [line for line in pip if line not in options] == pyproject()["dependencies"]


def test_conda_gives_the_python_that_the_project_asks_for():
    read, conda, _ = environment()
    assert read["name"] == "aigc-lab"
    assert read["channels"][0] == "conda-forge"
    assert conda[0].startswith(f"python {pyproject()['requires-python']}")


def test_conda_can_read_its_specs():
    rattler = pytest.importorskip("rattler", reason="py-rattler is not installed")
    _, conda, _ = environment()
    specs = {str(spec.name.normalized): spec for spec in map(rattler.MatchSpec, conda)}
    assert set(specs) == {"python", "pip"}
    assert specs["python"].version == ">=3.10,<3.14"

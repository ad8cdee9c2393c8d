"""Importing is quick and leaves no trace."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.project import ROOT

QUICK_S = 0.5  # measured: under 5 ms; numpy alone takes longer on a slow disk

ASK = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
import aigc_lab
seconds = time.perf_counter() - start
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(json.dumps([seconds, sorted(new - set(sys.stdlib_module_names))]))
"""

IMPORT_ALL = """
import importlib, json, os, pkgutil, random
import numpy, torch

def state():
    return [
        dict(os.environ), random.getstate(), numpy.random.get_state()[1].tolist(),
        torch.get_rng_state().tolist(), str(torch.get_default_dtype()), torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
    ]

before = state()
import aigc_lab
names = [module.name for module in pkgutil.walk_packages(aigc_lab.__path__, "aigc_lab.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
assert state() == before, "importing changed the environment, a seed or a setting of torch"
assert len(names) > 10
"""


@pytest.fixture
def elsewhere(tmp_path):
    """Run a program in an empty folder that is its home too, and return what it printed."""

    def run(program):
        done = subprocess.run(
            [sys.executable, "-W", "error::UserWarning", "-c", program],
            cwd=tmp_path,
            env={"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run


def test_importing_the_package_is_quick_and_brings_nothing_heavy(elsewhere):
    seconds, brought = json.loads(elsewhere(ASK))
    assert brought == ["aigc_lab"]
    assert seconds < QUICK_S


def test_importing_every_module_has_no_side_effect(elsewhere, tmp_path):
    assert elsewhere(IMPORT_ALL) == ""
    assert list(tmp_path.rglob("*")) == []

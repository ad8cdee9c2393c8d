"""The project runs anywhere: no path of one machine, nothing loaded from a CDN."""

from __future__ import annotations

import re

import pytest

from tests.architecture.project import ROOT, files

TEXT = (
    ".py",
    ".md",
    ".ipynb",
    ".toml",
    ".yml",
    ".yaml",
    ".cfg",
    ".json",
    ".txt",
    ".js",
    ".css",
    "Makefile",
    "run",
    "LICENSE",
)
# Written so that this file does not find itself.
MACHINE = re.compile(r"(?<![\w.])/(w[o]rk|r[o]ot|f[a]rm|opt/pypi|h[o]me/\w+|U[s]ers/\w+)/")
CDN = re.compile(r"\b(cdn\.|cdnjs\.|jsdel[i]vr|unp[k]g|ajax\.googlea[p]is|fonts\.googlea[p]is)")


@pytest.mark.parametrize("wrong", [MACHINE, CDN], ids=["machine path", "CDN"])
def test_no_file_holds(wrong):
    found = []
    for path in files(*TEXT):
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in wrong.finditer(text)]
    assert found == []


def test_the_patterns_find_what_they_are_for():
    assert MACHINE.search("open('/ho" + "me/ada/notes.txt')")
    assert CDN.search("https://cdn" + ".example.org/d3.js")

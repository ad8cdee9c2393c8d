"""The explorer is timed in a browser at toy size, and slow clicks are confessed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from benchmarks import explorer
from benchmarks.checkout import ROOT
from benchmarks.readme import markdown
from benchmarks.records import tables_of

MUST_BE_THERE = bool(os.environ.get("CI"))


@pytest.mark.skipif(explorer.CHROMIUM is None and not MUST_BE_THERE, reason=explorer.NO_CHROMIUM)
def test_the_page_is_opened_and_clicked_in_every_view():
    words = ["--only", "explorer", "--toy", "--rounds", "2", "--json"]
    run = subprocess.run(  # of its own: a process has one browser, and tests beside this one use it
        [sys.executable, "-m", "benchmarks", *words], cwd=ROOT, capture_output=True, timeout=120
    )
    assert run.returncode == 0, run.stderr.decode()
    (record,) = json.loads(run.stdout)
    (made,) = tables_of(record)
    assert made.skipped is None
    assert len(made.lines) == 1 + len(explorer.VIEWS) * len(explorer.CLICKS)
    assert all(len(taken) == 2 and min(taken) > 0 for taken in made.data["seconds"].values())
    assert made.facts["heads"] == "2 layers × 2, 8 tokens"
    assert made.facts["browser"].startswith("Chromium ")
    assert f"| {explorer.OPENED} |" in markdown(made)


def test_without_a_browser_the_table_says_so(monkeypatch):
    monkeypatch.setattr(explorer, "CHROMIUM", None)
    (made,) = explorer.PARTS["page"](1, True)
    assert markdown(made).endswith("skipped, since there is no Chromium.")


def test_a_click_that_takes_long_is_among_what_we_lose():
    made = explorer.sheet({explorer.OPENED: [3.0], "map, opened": [0.05], "flow": [0.4]}, {})
    assert made.lost == ("flow took 400 ms, above the goal of 100 ms.",)

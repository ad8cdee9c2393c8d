"""Growth is measured at toy size, told with its exponents, and drawn from its record."""

from __future__ import annotations

import json

import pytest

from benchmarks import growth
from benchmarks.curves import PICTURE, Curve, curves_of, draw, panels, sheet
from benchmarks.peers import NotHere
from benchmarks.readme import markdown
from benchmarks.records import read_records, tables_of
from benchmarks.scaled import cells_until_training, run_scaled
from benchmarks.sheet import Sheet

QUADRATIC = Curve("hops", (1, 2, 4), ((2.0, 1.0, 3.0), (8.0,) * 3, (32.0,) * 3), 1.5, "frogs tire")
STORED = [made for made in tables_of(read_records().get("growth", {"tables": []})) if made.data]


@pytest.mark.parametrize("part", growth.PARTS)
def test_a_part_is_measured(part):
    for made in growth.PARTS[part](2, True):
        curves = curves_of(made)
        assert curves
        for curve in curves:
            assert len(curve.x) == len(curve.y) >= 3
            assert all(value > 0 for taken in curve.y for value in taken)
            assert {len(taken) for taken in curve.y} <= {1, 2}
            assert 0.8 < curve.expected < 2.5
            assert made.facts[f"expected, {curve.name}"] == curve.why


def test_what_is_counted_grows_as_predicted():
    (made,) = growth.PARTS["memory"](1, True)
    for curve in curves_of(made):
        assert curve.law.exponent == pytest.approx(curve.expected, abs=1e-3)


def test_expectations_are_those_of_the_arithmetic():
    (parameters,) = growth.PARTS["parameters"](1, True)
    assert curves_of(parameters)[0].expected == pytest.approx(1.0, abs=0.05)
    (writing,) = growth.PARTS["generation"](1, True)
    cached, anew = curves_of(writing)
    assert (cached.name, anew.name) == ("with the cache", "without")
    assert cached.expected == pytest.approx(1.0, abs=0.05)
    assert 1.7 < anew.expected < 2.1  # 1 + 2 + … + n


def test_the_cache_is_used_where_it_is_said_to_be(monkeypatch):
    used = []
    monkeypatch.setattr(
        growth, "generate", lambda *_, use_cache, max_new_tokens, **__: used.append(use_cache)
    )
    growth.PARTS["generation"](1, True)
    assert used == [True] * 6 + [False] * 6


def test_a_sheet_tells_every_round_and_three_exponents():
    made = sheet("Hops", "frogs", "seconds", [QUADRATIC], {"pond": "small"})
    assert markdown(made).splitlines() == [
        "**Hops**",
        "",
        "| frogs | hops, median of 3 rounds (lowest to highest) |",
        "|---|---:|",
        "| 1 | 2.00 s (1.00 s to 3.00 s) |",
        "| 2 | 8.00 s |",
        "| 4 | 32.0 s |",
        "| **exponent, fitted** | 2.00 ± 0.00 |",
        "| exponent, from the last two | 2.00 |",
        "| exponent, expected | 1.50 |",
        "",
        "pond: small; expected, hops: frogs tire.",
    ]
    assert curves_of(made) == [QUADRATIC]


def test_a_curve_that_bends_says_so():
    bent = Curve("hops", (1, 10, 100), ((1.0,), (1.0,), (10.0,)), 1.0, "at last")
    lines = dict(sheet("Hops", "frogs", "bytes", [bent]).lines)
    assert lines["**exponent, fitted**"].startswith("0.50 ±")
    assert lines["exponent, from the last two"] == "1.00"


@pytest.mark.parametrize("made", STORED, ids=[made.title for made in STORED])
def test_a_recorded_sheet_follows_from_its_curves(made):
    curves = curves_of(made)
    told = {f"expected, {curve.name}" for curve in curves}
    facts = {name: fact for name, fact in made.facts.items() if name not in told}
    data = made.data
    again = sheet(made.title, data["x_name"], data["unit"], curves, facts)
    assert json.loads(json.dumps(again.to_dict())) == json.loads(json.dumps(made.to_dict()))


def test_the_picture_is_drawn_from_the_record(tmp_path):
    made = sheet("Hops", "frogs", "seconds", [QUADRATIC])
    tables = [made.to_dict(), Sheet("Leaps", skipped="no frogs").to_dict()]
    record = json.loads(json.dumps({"tables": tables}))
    (panel,) = panels(record)
    assert (panel.title, panel.x_name, panel.y_name) == ("Hops", "frogs", "seconds")
    assert panel.curves["hops"][1] == [2.0, 8.0, 32.0]
    assert panel.expected == {"hops": 1.5}
    draw(record, tmp_path)
    first = (tmp_path / PICTURE).read_bytes()
    assert first.startswith(b"\x89PNG")
    draw(record, tmp_path)
    assert (tmp_path / PICTURE).read_bytes() == first


def test_without_curves_no_picture_is_drawn(tmp_path):
    draw(None, tmp_path)
    draw({"tables": [Sheet("Leaps", skipped="no frogs").to_dict()]}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_shakespeare_the_sheet_says_so(monkeypatch):
    def absent():
        raise NotHere("it is not at hand")

    monkeypatch.setattr(growth, "shakespeare", absent)
    (made,) = growth.PARTS["tokenizer"](1, False)
    assert made.skipped == "it is not at hand"


def test_the_notebook_that_is_scaled_has_its_dial_and_its_training():
    cells = cells_until_training(growth.NOTEBOOK.read_text(encoding="utf-8"))
    assert ".run()" in cells[-1]
    assert sum("SCALE = 1" in cell for cell in cells) == 1


def test_a_scale_below_one_reaches_the_cells():
    source = "# %%\nSCALE = 1  # a dial\n# %%\nassert 200 * SCALE == 50\n"
    assert cells_until_training(source)[0] == "SCALE = 1  # a dial\n"
    training, whole = run_scaled(source, 0.25)
    assert 0 < training <= whole


def test_a_notebook_without_a_dial_or_with_a_fault_is_told():
    with pytest.raises(ValueError, match="has no `SCALE = 1`, or no later cell that multiplies"):
        cells_until_training("# %%\nn = 5\n")
    with pytest.raises(RuntimeError, match=r"(?s)failed at SCALE 0\.5:.*ZeroDivisionError"):
        run_scaled("# %%\nSCALE = 1\n# %%\n1 / 0\nn = 2 * SCALE\n", 0.5)

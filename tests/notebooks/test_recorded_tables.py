"""The scores that notebook 12 shows are the recorded ones: nbval does not compare these cells."""

import json
from pathlib import Path

import pytest

from aigc_lab.chat.applications import Rate
from aigc_lab.core.files import data_folder, read_json

ROOT = Path(__file__).resolve().parents[2]
RECORDS = data_folder() / "runs" / "town-chat"
EDITIONS = ("notebooks", "notebooks/solutions")


@pytest.fixture(params=EDITIONS)
def rows(request):
    """The rows of all tables that an edition shows, cell by cell without spaces."""
    notebook = json.loads((ROOT / request.param / "12_applications.ipynb").read_text("utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    shown = "\n".join("".join(o.get("data", {}).get("text/markdown", "")) for o in outputs)
    return [
        [part.strip() for part in line.strip().strip("|").split("|")]
        for line in shown.splitlines()
        if line.lstrip().startswith("|")
    ]


def test_the_table_of_applications_is_the_recorded_one(rows):
    recorded = read_json(RECORDS / "applications.json")["applications"]
    assert len(recorded) == 9
    for name, stages in recorded.items():
        counts = list(stages.values())
        rates = [Rate(count["right"], count["total"]) for count in counts]
        baseline = Rate(counts[0]["baseline"], counts[0]["total"])
        assert [name, str(baseline), *map(str, rates)] in rows, name


def test_the_table_of_examples_in_the_prompt_is_the_recorded_one(rows):
    recorded = read_json(RECORDS / "applications.json")["applications"]
    for name, stages in recorded.items():
        without, shown = stages["base, own form"], stages["base, 3 shots"]
        rates = [str(Rate(count["right"], count["total"])) for count in (without, shown)]
        assert [name, f"{shown['shots']:.1f}", *rates] in rows, name


@pytest.mark.parametrize("kind", ["how_many", "hand_over", "capital", "to_chinese"])
def test_the_table_of_goals_is_the_recorded_one(rows, kind):
    record = read_json(RECORDS / "scores.json")
    asked = record["fewer_questions"].get(kind, record["questions_per_kind_and_language"])
    expected = []
    for stage in ("sft", "chat"):
        answers = record["stages"][stage]["exact_answers"].values()
        shares = [known[kind] for known in answers if kind in known]
        rate = Rate(round(asked * sum(shares)), asked * len(shares))
        bounds = f"({100 * rate.low:.1f}-{100 * rate.high:.1f})"
        expected.append(f"{rate.rate:.1%} {bounds}")
    (row,) = (row for row in rows if row[0] == kind and len(row) == 4)
    assert row[2:] == expected

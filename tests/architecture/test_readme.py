"""The README tells the truth: its tree, its commands, its links and its numbers."""

import re
import subprocess
import sys

from aigc_lab.core.files import data_folder, read_json
from tests.architecture.project import PACKAGE, ROOT
from tools.draw_readme import README, current

TEXT = README.read_text(encoding="utf-8")


def code_blocks():
    return "\n".join(re.findall(r"(?:^ {4}.*\n)+", TEXT, re.MULTILINE))


def test_every_place_in_the_tree_exists_and_every_layer_is_in_it():
    tree = TEXT.split("## What is where")[1]
    outer = re.findall(r"^ {4}(\S+)", tree, re.MULTILINE)
    layers = re.findall(r"^ {6}(\w+)/", tree, re.MULTILINE)
    assert len(outer) > 5
    assert all((ROOT / name).exists() for name in outer)
    assert sorted(layers) == sorted(
        path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()
    )


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert "data/pictures/attention_map.png" in links
    assert [link for link in links if ":" not in link and not (ROOT / link).exists()] == []


def test_every_make_target_is_a_task():
    named = set(re.findall(r"\bmake (\w+)", code_blocks()))
    assert {"lab", "test"} <= named
    shown = subprocess.run(
        [sys.executable, "tasks.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [name for name in named if name not in shown] == []


def test_every_command_of_the_readme_is_one_that_aigc_lab_has():
    named = set(re.findall(r"^ {4}aigc-lab (\w+)", TEXT, re.MULTILINE))
    assert named == {"train", "sample", "compare", "attend", "export", "serve", "doctor", "lab"}
    for name in named:
        command = [sys.executable, "-m", "aigc_lab", name, "--help"]
        shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert shown.returncode == 0, shown.stderr


def test_what_is_said_to_be_ready_is_there_and_the_rest_is_not():
    ready = set(re.findall(r"\| \[\d\d [^]]+\]\(notebooks/(\w+)\.ipynb\) .*\| ready \|", TEXT))
    assert ready == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_numbers_are_the_recorded_ones():
    assert current() == TEXT
    scores = read_json(data_folder() / "runs" / "town-gpt2" / "scores.json")
    assert f"{scores['town_bits_per_byte']:.4f}" in TEXT

"""`attend`: the model's own weights, as numbers, as a picture and in the terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aigc_lab.cli.attend import in_letters
from tests.architecture.project import ROOT


def test_the_terminal_shows_one_head_in_percent(call, made):
    said = call("attend", made / "run", "the cat sat", "--layer", "1", "--head", "2")
    assert said.code == 0
    title, head, *rows = said.out.splitlines()
    assert title.endswith("layer 1, head 2 (of 4 layers of 4 heads)")
    assert head.split() == [str(key) for key in range(len(rows))]
    assert rows[0].split() == ["0", "t", "100"]
    for row in rows:
        assert abs(sum(int(number) for number in row.split()[2:]) - 100) <= 4  # rounded each


def test_json_holds_the_weights(call, made):
    document = call("attend", made / "run", "the cat", "--json").json
    weights = np.array(document["weights"])
    assert weights.shape == (len(document["tokens"]),) * 2
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert "".join(document["tokens"]) == "the cat"
    assert (document["layer"], document["head"]) == (0, 0)


def test_the_weights_are_those_of_the_model(call, made):
    import torch

    from aigc_lab.model.probe import record
    from aigc_lab.training.run_files import load_run

    model, tokenizer = load_run(made / "run")
    trace = record(model, torch.tensor([tokenizer.encode("the cat")]))
    words = ("attend", made / "run", "the cat", "--layer", "3", "--head", "1", "--json")
    weights = np.array(call(*words).json["weights"])
    np.testing.assert_allclose(weights, trace.attention[3][0, 1].numpy(), atol=1e-5)


def test_a_picture_of_one_head_and_of_all(call, made):
    assert call("attend", made / "run", "the cat", "--head", "1", "-o", "one.png").code == 0
    said = call("attend", made / "run", "the cat", "-o", "all.svg")
    assert "layer 0, drawn in all.svg" in said.out
    assert Path("one.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in Path("all.svg").read_text()


def values_of(page):
    """The traits that a page opens with, its scenes among them."""
    (values,) = re.findall(r'id="values">(.*?)</script>', page, re.DOTALL)
    return json.loads(values)


def test_a_page_holds_all_layers_and_heads_and_their_effects(call, made):
    said = call("attend", made / "run", "the cat", "-o", "map.html")
    assert said.code == 0
    assert "all layers and heads, to explore in map.html" in said.out
    values = values_of(Path("map.html").read_text(encoding="utf-8"))
    (scene,) = values["meta"]["scenes"]
    assert (scene["layers"], scene["heads"]) == (4, 4)
    assert values["view"] == "grid"
    assert np.shape(scene["effects"]) == (4, 4, len(scene["tokens"]) - 1)
    assert len(scene["predictions"][0]) == 5


def test_a_page_opens_with_the_head_that_was_asked_for(call, made):
    call("attend", made / "run", "the cat", "--layer", "3", "--head", "1", "-o", "map.HTML")
    values = values_of(Path("map.HTML").read_text(encoding="utf-8"))
    assert (values["view"], values["layer"], values["head"]) == ("map", 3, 1)


def test_effects_are_left_out_where_they_would_take_long(call, made, monkeypatch):
    monkeypatch.setattr("aigc_lab.cli.attend.QUICK", 1.0)
    assert call("attend", made / "run", "the cat", "-o", "map.html").code == 0
    values = values_of(Path("map.html").read_text(encoding="utf-8"))
    assert values["meta"]["scenes"][0]["effects"] is None


def test_only_a_page_asks_for_effects(call, made, monkeypatch):
    monkeypatch.setattr(
        "aigc_lab.model.trust.head_effects", lambda *_: pytest.fail("nobody asked for effects")
    )
    assert call("attend", made / "run", "the cat", "-o", "map.png").code == 0
    assert call("attend", made / "run", "the cat").code == 0


def test_a_page_needs_no_widgets(made):
    """The command starts quickly: what notebooks need is not loaded."""
    program = (
        "import sys; from aigc_lab.cli import main; "
        f"main(['attend', {str(made / 'run')!r}, 'the cat', '-o', 'map.html']); "
        "print(sorted({'anywidget', 'ipywidgets', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_sentence_alone_is_for_the_bundled_model(call):
    said = call("attend", "Mia walked", "--json")
    assert said.json["model"] == "bundled"
    assert "".join(said.json["tokens"]) == "Mia walked"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["bundled"], "bundled is a MODEL; give it a SENTENCE to read, too"),
        (["gpt2"], "gpt2 is a MODEL"),
        (["town-chat"], "town-chat is a MODEL"),
        (["."], ". is a MODEL"),
        (["bundled", "The", "cat"], "3 words arrived, and a MODEL and a SENTENCE are two; put the"),
        (["bundled", "a", "-o", "map.jpg"], "end its name in .html, .png, .svg, .pdf"),
    ],
)
def test_words_that_do_not_fit_together_are_wrong_usage(call, words, complaint):
    said = call("attend", *words)
    assert said.code == 2
    assert complaint in said.complaint


def test_a_long_sentence_alone_is_no_path(call):
    assert "tokens, and bundled reads" in call("attend", "the cat sat " * 200).complaint


def test_where_percents_do_not_fit_shades_do():
    weights = np.tril(np.ones((6, 6))) / np.arange(1, 7)[:, None]
    lines = in_letters(weights, [b"a"] * 6, width=20).splitlines()
    assert lines[0] == "0 a @"
    assert lines[1] == "1 a ##"
    assert max(map(len, lines[:6])) <= 20
    assert "shades" in lines[6]


def test_chinese_and_halves_of_characters_line_up():
    weights = np.tril(np.ones((3, 3))) / np.arange(1, 4)[:, None]
    lines = in_letters(weights, ["米娅".encode(), b"\xe4\xbd", b"\n"], width=80).splitlines()
    assert lines[1:] == [
        "0 米娅     100",
        "1 <e4 bd>   50  50",
        "2 ↵         33  33  33",
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["the", "--layer", "4"], "has no layer 4; choose --layer 0 to 3"),
        (["the", "--head", "9"], "has no head 9; choose --head 0 to 3"),
        ([""], "the sentence is empty"),
        (["the cat " * 30], "tokens, and"),
        (["the", "-o", "nowhere/map.png"], "there is no folder nowhere"),
        (["the", "-o", "nowhere/map.html"], "there is no folder nowhere"),
    ],
)
def test_bad_input_is_one_line(call, made, words, complaint):
    said = call("attend", made / "run", *words)
    assert said.code == 1
    assert complaint in said.complaint

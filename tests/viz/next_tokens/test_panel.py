"""The panel: what it is told from either side, and its still picture."""

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.viz.next_tokens import NextTokenPanel

LETTERS = CharTokenizer.train("abc 中")


@pytest.fixture
def panel():
    torch.manual_seed(0)
    size = dict(vocab_size=LETTERS.vocab_size, block_size=8)
    model = GPT(GPTConfig.gpt2(**size, n_layer=1, n_head=1, n_embd=4))
    return NextTokenPanel({"one": (model, LETTERS), "two": (model, LETTERS)}, "ab", count=3)


def test_a_new_prompt_is_read_by_every_model(panel):
    before = panel.columns
    panel.prompt = "中"
    assert [each["name"] for each in panel.columns] == ["one", "two"]
    assert panel.columns[0]["bars"] == panel.columns[1]["bars"]
    assert panel.columns[0]["bars"] != before[0]["bars"]


def test_a_dial_changes_what_is_drawn_and_not_what_the_model_says(panel):
    before = panel.columns[0]["bars"]
    panel.temperature = 0
    after = panel.columns[0]["bars"]
    assert [bar["plain"] for bar in after] == [bar["plain"] for bar in before]
    assert [bar["now"] for bar in after] == [1, 0, 0]
    assert panel.columns[0]["kept"] == 1


@pytest.mark.parametrize(("dial", "value"), [("temperature", -1), ("top_p", 0), ("top_p", 1.5)])
def test_a_dial_out_of_its_range_is_refused_and_stays(panel, dial, value):
    with pytest.raises(ValueError, match=f"{dial}={float(value)} will not do"):
        setattr(panel, dial, value)
    assert getattr(panel, dial) == 1


def test_no_model_is_refused():
    with pytest.raises(ValueError, match="no model arrived"):
        NextTokenPanel({})


@pytest.mark.parametrize("count", [0, -1, 2.5])
def test_a_number_of_bars_that_is_none_is_refused(panel, count):
    with pytest.raises(ValueError, match="ask for a whole number from 1 on"):
        NextTokenPanel(panel.models, count=count)


def test_the_still_picture_has_both_columns_and_the_end_of_a_long_prompt(panel):
    panel.prompt = "ab" * 30 + "中"
    figure = panel.figure()
    assert [axes.get_title("left") for axes in figure.axes] == ["one", "two"]
    assert "…" + ("ab" * 30 + "中")[-36:] in figure.get_suptitle()


def test_it_is_shown_under_its_still_picture(panel, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing, raw=False: shown.append(thing))
    panel.show()
    assert shown[0].axes
    assert shown[1]["text/plain"] == (
        "(Run this cell to type a prompt and move temperature and top-p.)"
    )

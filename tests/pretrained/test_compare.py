"""The comparison: a row per model, as a record and as a table."""

import json
import time

import pytest

from aigc_lab.pretrained import compare as module
from aigc_lab.pretrained.compare import ComparisonRow, compare, table
from aigc_lab.pretrained.load import Pretrained
from aigc_lab.pretrained.scoring import score_text
from tests.pretrained.test_scoring import BYTES, CHARACTERS, TEXT, small

MODELS = {"characters": (small(CHARACTERS), CHARACTERS), "bytes": (small(BYTES), BYTES)}


def test_each_row_says_what_the_parts_say():
    rows = compare(MODELS, TEXT, "the", speed_tokens=3)
    assert [row.name for row in rows] == list(MODELS)
    for row, (model, tokenizer) in zip(rows, MODELS.values(), strict=True):
        score = score_text(model, tokenizer, TEXT)
        assert (row.bits_per_byte, row.low, row.high) == (
            *(score.bits_per_byte, score.low, score.high),
        )
        assert row.parameters == model.num_parameters()
        assert row.tokens_per_character == len(tokenizer.encode(TEXT)) / len(TEXT)
        assert row.tokens_per_second > 0
        assert row.sample
    assert rows[0].tokens_per_character == 1
    assert json.loads(json.dumps(rows[0].to_dict()))["name"] == "characters"


def test_what_load_pretrained_returns_can_be_compared():
    loaded = Pretrained(*MODELS["bytes"], name="town-gpt2", source="bundled")
    (row,) = compare([loaded], TEXT, "the", speed_tokens=2)
    assert row.name == "town-gpt2"


def test_the_end_of_the_text_counts_where_asked():
    (row,) = compare({"bytes": MODELS["bytes"]}, TEXT, "the", score_end=True, speed_tokens=2)
    scored = score_text(*MODELS["bytes"], TEXT, score_end=True).bits_per_byte
    assert row.bits_per_byte == scored
    assert row.bits_per_byte != score_text(*MODELS["bytes"], TEXT).bits_per_byte


def test_speed_counts_new_tokens_by_the_clock(monkeypatch):
    ticks = iter([10.0, 12.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    assert module.tokens_per_second(MODELS["bytes"][0], [1, 2], tokens=8) == 4.0


def test_a_model_that_cannot_read_the_text_is_named():
    with pytest.raises(ValueError, match="characters cannot be compared: the character 'Z' is not"):
        compare(MODELS, "Zoo", "the")


ROWS = [
    ComparisonRow("mine", 1234567, 2.345, 2.3, 2.39, 456.7, 0.251, "a|b\nlong " + "word " * 20),
    ComparisonRow("gpt2", 124439808, 1.0, None, None, 31.2, 0.2, "and"),
]


def test_the_table_lines_up():
    head, mine, gpt2 = table(ROWS, sample_width=12).splitlines()
    assert head.split("  ")[0] == "model"
    assert mine == (
        "mine     1,234,567  2.35 (2.30-2.39)       457                  0.25  a|b long wo…"
    )
    assert gpt2.split() == ["gpt2", "124,439,808", "1.00", "31", "0.20", "and"]
    assert head.index("tokens/s") + len("tokens/s") == mine.index("457") + 3 == gpt2.index("31") + 2


def test_the_markdown_table_keeps_its_columns():
    lines = table(ROWS, style="markdown", sample_width=9).splitlines()
    assert lines[1] == "|---|---:|---:|---:|---:|---|"
    assert lines[2] == "| mine | 1,234,567 | 2.35 (2.30-2.39) | 457 | 0.25 | `a\\|b long…` |"


@pytest.mark.parametrize(
    ("sample", "shown"),
    [
        ("def __init__(self):", "`def __init__(self):`"),
        ("<b>x</b> & *y*", "`<b>x</b> & *y*`"),
        ("a `b` c", "``a `b` c``"),
        ("a ``b", "```a ``b```"),
        ("`a`", "`` `a` ``"),
        ("", ""),
    ],
)
def test_a_sample_in_markdown_is_shown_as_it_was_written(sample, shown):
    row = ComparisonRow("my__model__", 5, 1.0, None, None, 31.2, 0.2, sample)
    line = table([row], style="markdown").splitlines()[-1]
    assert line == f"| my\\_\\_model\\_\\_ | 5 | 1.00 | 31 | 0.20 | {shown} |"


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="style='html' is not known"):
        table(ROWS, style="html")


def test_small_bits_per_byte_keep_their_digits():
    row = ComparisonRow("town", 1234, 0.16934, 0.16811, 0.17049, 50.0, 0.5, "and so on")
    assert "0.1693 (0.1681-0.1705)" in table([row])

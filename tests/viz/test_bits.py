"""Numbers bit for bit: every bit in its place and colour, every name and value on the paper."""

from __future__ import annotations

import pytest

from aigc_lab.viz.bits import bit_rows
from tests.viz.test_plots import cut_off, texts

ONE = (("0", "01111111", "0000000"), "1")
MINUS_SIX = (("1", "10001", "1000000000"), "-6")


def test_every_bit_is_written_in_its_order():
    axes = bit_rows({"bfloat16": ONE, "float16": MINUS_SIX}).axes[0]
    written = [text.get_text() for text in axes.texts]
    assert "".join(written[:16]) == "0011111110000000"
    assert written[16] == "1"
    assert "".join(written[17:33]) == "1100011000000000"
    assert written[33] == "-6"


def test_parts_have_colours_and_ones_are_darker():
    bars = bit_rows({"bfloat16": ONE}).axes[0].patches
    colours = [bar.get_facecolor()[:3] for bar in bars]
    assert len({*colours[:1]}) == len({*colours[1:9]}) == len({*colours[9:]}) == 1
    assert len(set(colours)) == 3
    assert bars[1].get_alpha() < bars[2].get_alpha()  # 0, then 1


def test_names_and_legend_are_there_and_nothing_is_cut_off():
    figure = bit_rows({"a format with a long name": ONE, "float16": MINUS_SIX}, title="Bits")
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["sign", "exponent", "fraction"]
    assert {"a format with a long name", "float16", "Bits"} <= set(texts(figure))
    assert cut_off(figure) == {}


@pytest.mark.parametrize("parts", [("0", "01"), ("0", "0x", "1")])
def test_what_is_no_number_is_refused(parts):
    with pytest.raises(ValueError, match="give sign, exponent and fraction as 0 and 1"):
        bit_rows({"odd": (parts, "?")})


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no row was given"):
        bit_rows({})

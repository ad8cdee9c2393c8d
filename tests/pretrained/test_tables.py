"""Tables: names to the left, numbers to the right, and Markdown that shows what was written."""

import pytest

from aigc_lab.pretrained.tables import bits, render


def test_text_lines_up_and_has_no_spaces_at_its_ends():
    lines = render(["a", "n", "c"], [["long name", "1", ""], ["b", "100", "x y"]], "lrc")
    assert lines.splitlines() == ["a            n  c", "long name    1", "b          100  x y"]


def test_chinese_names_line_up_too():
    lines = render(["名字", "n"], [["小镇", "1"], ["model", "100"]], "lr").splitlines()
    assert lines == ["名字     n", "小镇     1", "model  100"]
    lines = render(["n", "数目"], [["a", "1"], ["b", "100000"]], "lr").splitlines()
    assert lines == ["n    数目", "a       1", "b  100000"]


def test_markdown_shows_signs_instead_of_obeying_them():
    lines = render(["a", "n", "c"], [["*x*|y", "1", "p|`q"]], "lrc", "markdown").splitlines()
    assert lines[1] == "|---|---:|---|"
    assert lines[2] == "| \\*x\\*\\|y | 1 | ``p\\|`q`` |"


def test_a_heading_is_shown_and_breaks_no_table():
    head, rule = render(["model", "a|b_c.txt"], [], "lr", "markdown").splitlines()
    assert head == "| model | a\\|b\\_c.txt |"
    assert rule == "|---|---:|"
    assert render(["a|b_c.txt"], [], "l") == "a|b_c.txt"


def test_a_row_of_another_length_is_a_mistake():
    for style in ("text", "markdown"):
        with pytest.raises(ValueError, match="zip"):
            render(["a", "n"], [["x", "1", "2"]], "lr", style)


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="style='html' is not known; choose 'text' or 'markdown'"):
        render(["a"], [], "l", "html")


def test_bits_and_their_interval_have_as_many_digits():
    assert bits(1.0, 0.987, 1.0123) == "1.00 (0.99-1.01)"
    assert bits(0.98765, 0.9, 1.0123) == "0.9877 (0.9000-1.0123)"

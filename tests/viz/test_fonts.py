"""Tokens as labels: every one readable, told apart, and drawable."""

from __future__ import annotations

import pytest

from aigc_lab.viz import fonts
from aigc_lab.viz.fonts import BASE, can_draw, cjk_font, families_for, has_glyphs, token_label

NO_CHINESE = "no Chinese font is installed"


@pytest.mark.parametrize(
    ("token", "label"),
    [
        ("cat", "cat"),
        (" cat", "␣cat"),
        (b" cat", "␣cat"),
        ("\n\n", "↵↵"),
        ("\t", "⇥"),
        ("        if", "␣⁸if"),
        ("-----", "-⁵"),
        ("10000", "10000"),
        ("", "(empty)"),
        ("\x1b[0m", "U+001B[0m"),
        ("a\u200b", "aU+200B"),
        ("\u00a0", "U+00A0"),
        (b"\xe4\xb8", "<e4 b8>"),
        (b"a\xff", "<61 ff>"),
        ("é".encode(), "é"),
        ("\U000f0000", "U+F0000"),
    ],
)
def test_labels_by_hand(token, label):
    assert token_label(token) == label


@pytest.mark.skipif(cjk_font() is None, reason=NO_CHINESE)
def test_chinese_uses_an_installed_font():
    assert token_label("中文") == "中文"
    assert families_for("a 中") == [BASE, cjk_font()]
    assert has_glyphs(cjk_font(), "中文")


def test_without_a_font_the_code_point_is_shown(monkeypatch):
    monkeypatch.setattr(fonts, "CJK_FONTS", ("No Such Font",))
    assert cjk_font() is None
    assert not can_draw("中")
    assert token_label(" 中") == "␣U+4E2D"
    assert families_for("中") == [BASE]


def test_every_sign_of_ours_can_be_drawn_everywhere():
    for sign in (*fonts.SHOWN_AS.values(), *"⁰¹²³⁴⁵⁶⁷⁸⁹U+<>()"):
        assert has_glyphs(BASE, sign)


def test_an_unknown_font_has_no_glyphs():
    assert not has_glyphs("No Such Font", "a")
    assert has_glyphs(BASE, "aé中") is False

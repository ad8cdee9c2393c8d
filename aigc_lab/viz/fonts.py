"""Which installed fonts can draw a text, and how a token is written where none can."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

Token = str | bytes

BASE = "DejaVu Sans"  # comes with matplotlib: Latin, Greek, Cyrillic, arrows, signs
CJK_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "Heiti TC", "STHeiti"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Droid Sans Fallback"),
    *("Noto Sans CJK JP", "Noto Sans CJK TC", "Noto Sans CJK KR", "Noto Sans CJK HK"),
    *("Noto Serif CJK SC", "Noto Serif CJK JP", "SimSun", "Arial Unicode MS"),
)
OTHER_FONTS = ("Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Apple Symbols", "Symbola")
CJK_SAMPLE = "中文模型"
HOW_TO_INSTALL = (
    "on Debian or Ubuntu: sudo apt-get install fonts-noto-cjk; "
    "elsewhere: install 'Noto Sans CJK SC' as any font"
)
SHOWN_AS = {" ": "␣", "\n": "↵", "\t": "⇥"}  # signs for what could not be seen
LONGEST_RUN = 3  # more equal blanks or signs in a row are written once, with their number
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def cjk_font() -> str | None:
    """The name of the installed font that draws Chinese, or None without one."""
    return next((name for name in CJK_FONTS if has_glyphs(name, CJK_SAMPLE)), None)


def families_for(text: str) -> list[str]:
    """The fonts to draw a text with: the usual one, and those that have the rest of it.

    >>> families_for("plain")
    ['DejaVu Sans']
    """
    missing = {sign for sign in text if not has_glyphs(BASE, sign)}
    families = [BASE]
    for name in (*CJK_FONTS, *OTHER_FONTS):
        if not missing:
            break
        found = {sign for sign in missing if has_glyphs(name, sign)}
        if found:
            families.append(name)
            missing -= found
    return families


def has_glyphs(family: str, text: str) -> bool:
    """Whether a font is installed and has every character of a text."""
    return all(ord(sign) in _glyphs(family) for sign in text)


def token_label(token: Token, can_show: Callable[[str], bool] | None = None) -> str:
    """A token as a reader can tell it from every other: blanks visible, bytes as bytes.

    A space is ␣, a new line ↵, a tab ⇥, and eight spaces are ␣⁸. A token that is part of a
    character is shown as its bytes in hexadecimal, and a character that cannot be shown as its
    code point; `can_show` decides that, and by default asks the fonts for pictures.

    >>> [token_label(token) for token in (b" the", b"\\xe4\\xbd", "\\n", b"a\\x00", " " * 8)]
    ['␣the', '<e4 bd>', '↵', 'aU+0000', '␣⁸']
    """
    if isinstance(token, bytes | bytearray):
        try:
            token = bytes(token).decode()
        except UnicodeDecodeError:
            return f"<{bytes(token).hex(' ')}>"
    if not token:
        return "(empty)"
    can_show = can_show or can_draw
    return "".join(_run(sign, length, can_show) for sign, length in _runs(token))


def can_draw(sign: str) -> bool:
    """Whether some installed font has a character, and it leaves a mark on paper."""
    if not sign.isprintable():
        return False
    return any(has_glyphs(name, sign) for name in (BASE, *CJK_FONTS, *OTHER_FONTS))


def _runs(text: str) -> Iterable[tuple[str, int]]:
    """Each character with how often it stands there in a row."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or text[place] != text[start]:
            yield text[start], place - start
            start = place


def _run(sign: str, length: int, can_show: Callable[[str], bool]) -> str:
    shown = SHOWN_AS.get(sign) or (sign if can_show(sign) else f"U+{ord(sign):04X}")
    if length <= LONGEST_RUN or sign.isalnum():
        return shown * length
    return shown + str(length).translate(SUPERSCRIPT)


@lru_cache(maxsize=64)
def _glyphs(family: str) -> frozenset[int]:
    """The code points that an installed font can draw; none when it is not installed."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    entries = [entry for entry in font_manager.fontManager.ttflist if entry.name == family]
    if not entries:
        return frozenset()
    path = font_manager.findfont(font_manager.FontProperties(family=[family]))
    return frozenset(FT2Font(path).get_charmap())

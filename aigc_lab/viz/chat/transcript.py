"""A conversation as still text, for a page that runs nothing and for whoever reads it there."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from aigc_lab.viz.chat.talk import Part, Turn

ENDINGS = {"length": "cut off at the most tokens", "stopped": "stopped"}
NOTHING = "Nothing has been asked yet."
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Transcript:
    """What was said: HTML where a page shows that, and plain text elsewhere."""

    names: tuple[str, ...]
    turns: tuple[Turn, ...]
    system: str = ""

    def __repr__(self) -> str:
        return "\n".join(f"{who}: {said}{note}" for who, said, note in self._lines()) or NOTHING

    def _repr_html_(self) -> str:
        lines = [_paragraph(*line) for line in self._lines()] or [f"<p>{NOTHING}</p>"]
        return f'<div class="ct-still">{"".join(lines)}</div>'

    def _lines(self) -> list[tuple[str, str, str]]:
        """Who said what, and how it ended, in order."""
        lines = [("System message", self.system, "")] if self.system else []
        for turn in self.turns:
            lines.append(("You", turn.question, ""))
            for name, part in zip(self.names, turn.answers, strict=True):
                lines.append((name, part.text, _note(part)))
        return lines


def _note(part: Part) -> str:
    """How an answer ended, in brackets; a whole one needs no word."""
    if part.ending == "stop":
        return "" if part.text else " (said nothing)"
    note = part.error if part.ending == "error" else ENDINGS.get(part.ending)
    return f" ({note})" if note else ""


def _paragraph(who: str, said: str, note: str) -> str:
    language = ' lang="zh"' if CHINESE.search(said) else ""
    ending = f"<i>{_shown(note)}</i>" if note else ""
    return f"<p{language}><b>{_shown(who)}:</b> {_shown(said)}{ending}</p>"


def _shown(text: str) -> str:
    """Text as HTML that shows it as it is; what notebooks would set as mathematics too."""
    safe = html.escape(text).replace("\n", "<br>")
    return re.sub(r"([$\\])", r"<span>\1</span>", safe)

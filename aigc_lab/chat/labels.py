"""The label that generated content must carry: a line for people, and fields for machines."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from aigc_lab.core.files import data_folder, read_json

FIELD = "AIGC"  # where GB 45438-2025 wants the fields
NAMES = (  # of the fields
    *("Label", "ContentProducer", "ProduceID", "ReservedCode1"),
    *("ContentPropagator", "PropagateID", "ReservedCode2"),
)
GENERATED = "1"  # Label: this is generated; 2 would be perhaps, 3 suspected
DIGITAL_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
LINES = {
    "english": "[AI-generated text · by {maker} · {when}]",
    "chinese": "【人工智能生成内容 · 由 {maker} 生成 · {when}】",
}
FORMS = {
    language: re.compile(
        re.escape(line)
        .replace(re.escape("{maker}"), r"(?P<maker>[^·\n]+?)")
        .replace(re.escape("{when}"), r"(?P<when>\d{4}-\d\d-\d\d)")
    )
    for language, line in LINES.items()
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Label:
    """Who made a text, and on which day; `language` is that of the line that says so."""

    maker: str
    when: datetime.date
    language: str = "english"

    def __post_init__(self) -> None:
        if self.language not in LINES:
            raise ValueError(f"language={self.language!r}: choose one of {tuple(LINES)}")
        if not self.maker.strip() or set(self.maker) & set("·\n]】"):
            raise ValueError(
                f"maker={self.maker!r} must be a name of one line, without · or a closing bracket"
            )

    @property
    def line(self) -> str:
        """The mark that people see."""
        return LINES[self.language].format(maker=self.maker, when=self.when.isoformat())


@dataclass(frozen=True)
class Rule:
    """What a law asks of whoever offers generated content, and what is done about it here."""

    key: str
    where: str
    law: str
    in_force: datetime.date
    asks: str
    here: str
    source: str
    checked: str


def labelling_rules() -> list[Rule]:
    """The rules behind the label, each with its source and how it was checked; no legal advice.

    Notebook: 12 applications.
    """
    read = read_json(data_folder() / "facts" / "labelling.json")["rules"]
    day = datetime.date.fromisoformat
    return [Rule(**{**rule, "in_force": day(rule["in_force"])}) for rule in read]


def label_generated(
    text: str, maker: str, when: datetime.date | None = None, language: str | None = None
) -> str:
    """The text with a first line that says a machine wrote it; `when` is today if None.

    The line is in the text's own language unless `language` says "english" or "chinese".
    Raises: ValueError for a text that carries a label already, or one without anything to read.
    Source: 人工智能生成合成内容标识办法 (2025), article 4; see `labelling_rules`.
    Notebook: 12 applications.

    >>> day = datetime.date(2026, 3, 1)
    >>> print(label_generated("Mia is in the garden.", "town-chat", day))
    [AI-generated text · by town-chat · 2026-03-01]
    Mia is in the garden.
    """
    return f"{new_label(text, maker, when, language).line}\n{text}"


def new_label(
    text: str, maker: str, when: datetime.date | None = None, language: str | None = None
) -> Label:
    """The label for a text that has none.

    Raises: ValueError as `label_generated`.
    """
    if not text.strip():
        raise ValueError("the text is empty, so there is nothing to label; give what was generated")
    if (found := read_label(text)) is not None:
        raise ValueError(
            f"the text carries a label already: {found.line!r}; one is enough, so pass the text "
            "that the model wrote"
        )
    chosen = language or ("chinese" if CHINESE.search(text) else "english")
    return Label(maker, when or datetime.date.today(), chosen)


def read_label(text: str) -> Label | None:
    """The label in a text's first line, or None; who copies less than the first line loses it.

    >>> read_label("【人工智能生成内容 · 由 town-chat 生成 · 2026-03-01】\\n米娅在花园里。").maker
    'town-chat'
    """
    first = text.lstrip("\ufeff\n ").split("\n", 1)[0].strip()
    for language, form in FORMS.items():
        if found := form.fullmatch(first):
            return Label(found["maker"], _day(found["when"]), language)
    return None


def metadata(content: str | bytes, label: Label) -> dict[str, Any]:
    """What machines read: the seven fields of GB 45438-2025, and the kind of source as IPTC has it.

    `ProduceID` numbers the content: the same one by the same maker on the same day has the same.
    `ReservedCode1` is the content's own fingerprint, by which a changed one is noticed. Nobody has
    spread it yet, so the fields about spreading are empty.
    Source: GB 45438-2025, annex E; IPTC Digital Source Type; see `labelling_rules`.
    Notebook: 12 applications.
    """
    content_print = fingerprint(content)
    made = "\n".join([label.maker, label.when.isoformat(), content_print])
    values = (GENERATED, label.maker, fingerprint(made)[:32], content_print, "", "", "")
    return {
        FIELD: dict(zip(NAMES, values, strict=True)),
        "digitalSourceType": DIGITAL_SOURCE,
        "created": label.when.isoformat(),
    }


def fingerprint(content: str | bytes) -> str:
    """SHA-256 of a content, as hexadecimal digits."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def _day(written: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"a label names the day {written}, which no calendar has") from error

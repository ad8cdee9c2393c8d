"""Labelled files: text, Markdown, HTML, JSON and PNG, written with both marks and read back."""

from __future__ import annotations

import datetime
import html
import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_lab.chat.labels import (
    FIELD,
    NAMES,
    Label,
    fingerprint,
    metadata,
    new_label,
    read_label,
)
from aigc_lab.core.files import atomic_write

PNG_START = b"\x89PNG\r\n\x1a\n"
META = re.compile(r'<meta name="AIGC" content="([^"]*)">')
NOTE = re.compile(r'<p role="note">(.*?)</p>')


@dataclass(frozen=True)
class Labelled:
    """What a labelled file holds: the content without its label, and both marks.

    `visible` is the line for people (a picture's is drawn in it, so here it is None); `fields` are
    those for machines. `intact` says whether the content is still the one that was labelled.
    """

    content: str | bytes
    visible: Label | None
    fields: dict[str, Any]

    @property
    def intact(self) -> bool:
        return fingerprint(self.content) == self.fields[FIELD]["ReservedCode1"]


def write_labelled(
    path: str | Path, text: str, maker: str, when: datetime.date | None = None
) -> Path:
    """Write a generated text with its label, as the name's ending says: .txt, .md, .html or .json.

    Raises: ValueError for another ending, or a text that carries a label already.
    Notebook: 12 applications.
    """
    path = Path(path)
    write, _ = _form(path)
    label = new_label(text, maker, when)
    return atomic_write(path, write(text, label, metadata(text, label)).encode("utf-8"))


def read_labelled(path: str | Path) -> Labelled:
    """Read a labelled file.

    Raises: ValueError for a file without a label: somebody has cut it off, or it never had one.
    """
    path = Path(path)
    if path.suffix == ".png":
        return _read_picture(path)
    _, read = _form(path)
    try:
        text, visible, fields = read(path.read_bytes().decode("utf-8"))
        return Labelled(text, visible, _whole(fields))
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise _unlabelled(path) from error


def write_labelled_picture(
    path: str | Path, png: bytes, maker: str, when: datetime.date | None = None
) -> Path:
    """Write a generated picture with the fields for machines; not a pixel is changed.

    The mark for people has to be drawn: write `Label(maker, when).line` on the picture first.
    Raises: ValueError for what is no PNG, or one that carries a label already.
    """
    chunks = _chunks(png)
    if any(_is_ours(kind, data) for kind, data in chunks):
        raise ValueError("the picture carries a label already; one is enough")
    label = Label(maker, when or datetime.date.today())
    fields = json.dumps(metadata(_pixels(chunks), label), ensure_ascii=False)
    words = FIELD.encode() + b"\0\0\0\0\0" + fields.encode("utf-8")  # neither packed nor translated
    chunks.insert(1, (b"iTXt", words))  # after the header
    return atomic_write(Path(path), _png(chunks))


def _read_picture(path: Path) -> Labelled:
    chunks = _chunks(path.read_bytes())
    for kind, data in chunks:
        if _is_ours(kind, data):
            fields = json.loads(data[len(FIELD) + 5 :].decode("utf-8"))
            return Labelled(_pixels(chunks), None, _whole(fields))
    raise _unlabelled(path)


def _pixels(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """What the picture shows: its header, palette and image data, without any words about it."""
    return b"".join(data for kind, data in chunks if kind in (b"IHDR", b"PLTE", b"IDAT"))


def _whole(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a label, refused when they are not all there."""
    if lost := [name for name in NAMES if name not in fields[FIELD]]:
        raise KeyError(f"the label lacks {', '.join(lost)}")
    return fields


def _is_ours(kind: bytes, data: bytes) -> bool:
    return kind == b"iTXt" and data.startswith(FIELD.encode() + b"\0")


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of a PNG file, (kind, data) each.

    Source: PNG specification (third edition), section 5.
    """
    if not png.startswith(PNG_START):
        raise ValueError("these bytes are no PNG picture; save it as PNG first")
    chunks, at = [], len(PNG_START)
    while at + 12 <= len(png):
        (size,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        chunks.append((kind, png[at + 8 : at + 8 + size]))
        at += 12 + size
    if at != len(png) or not chunks or chunks[-1][0] != b"IEND":
        raise ValueError("the PNG picture is not whole; save it again")
    return chunks


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return PNG_START + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _write_text(text: str, label: Label, fields: dict[str, Any]) -> str:
    return f"{label.line}\n{json.dumps(fields, ensure_ascii=False)}\n\n{text}"


def _read_text(whole: str) -> tuple[str, Label | None, dict[str, Any]]:
    line, fields, _, text = whole.split("\n", 3)
    return text, read_label(line), json.loads(fields)


def _write_markdown(text: str, label: Label, fields: dict[str, Any]) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    return "\n".join(["---", *lines, "---", label.line, "", text])


def _read_markdown(whole: str) -> tuple[str, Label | None, dict[str, Any]]:
    _, front, rest = whole.split("---\n", 2)
    pairs = [line.split(": ", 1) for line in front.splitlines()]
    line, _, text = rest.split("\n", 2)
    return text, read_label(line), {name: json.loads(value) for name, value in pairs}


def _write_html(text: str, label: Label, fields: dict[str, Any]) -> str:
    language = "zh" if label.language == "chinese" else "en"
    inside = html.escape(json.dumps(fields, ensure_ascii=False))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="{FIELD}" content="{inside}">\n</head>\n<body>\n'
        f'<p role="note">{html.escape(label.line)}</p>\n'
        f"<pre>{html.escape(text)}</pre>\n</body>\n</html>\n"
    )


def _read_html(whole: str) -> tuple[str, Label | None, dict[str, Any]]:
    fields = json.loads(html.unescape(META.search(whole)[1]))
    line = html.unescape(NOTE.search(whole)[1]) if NOTE.search(whole) else ""
    body = whole.split("<pre>", 1)[1].rsplit("</pre>", 1)[0]
    return html.unescape(body), read_label(line), fields


def _write_json(text: str, label: Label, fields: dict[str, Any]) -> str:
    whole = {**fields, "notice": label.line, "text": text}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _read_json(whole: str) -> tuple[str, Label | None, dict[str, Any]]:
    read = json.loads(whole)
    text, line = read.pop("text"), read.pop("notice")
    return text, read_label(line), read


FORMS: dict[str, tuple[Callable[..., str], Callable[[str], tuple]]] = {
    ".txt": (_write_text, _read_text),
    ".md": (_write_markdown, _read_markdown),
    ".html": (_write_html, _read_html),
    ".json": (_write_json, _read_json),
}


def _form(path: Path) -> tuple[Callable[..., str], Callable[[str], tuple]]:
    if path.suffix not in FORMS:
        raise ValueError(
            f"{path.name} ends with {path.suffix!r}, for which no label is known; choose one of "
            f"{', '.join(FORMS)}, or write_labelled_picture for .png"
        )
    return FORMS[path.suffix]


def _unlabelled(path: Path) -> ValueError:
    return ValueError(
        f"{path} carries no label that can be read: it never had one, or somebody cut it off"
    )

"""What an examination found, as tables, as plain values, and as the panels of a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from aigc_lab.core.units import size
from aigc_lab.pretrained.compare import WITH_CARE, learned_in_part
from aigc_lab.pretrained.scoring import bootstrap
from aigc_lab.pretrained.tables import bits, render

if TYPE_CHECKING:
    from aigc_lab.pretrained.contestant import Contestant

Bar = tuple[float, float | None, float | None]  # a value, and the bounds of its interval
TABLES = ("all", "about", "bits", "tokens")
ABOUT = ("parameters", "training tokens", "memory", "tokens/s")
FLOOR = "floor"  # the generator as a contestant
UNREAD = "-"  # in place of a number
SOME = 0.005  # of a text word for word: less is chance


@dataclass(frozen=True)
class ExamText:
    """A text to be examined on, and what is known about it.

    Units: `floor` in bits per byte: what its generator itself needs for these very documents, below
    which no model can stay in the long run; None where that is not known. Where it is, the end of
    each document is scored too, as the floor counts it. `floor_nats` is the same, document by
    document. `seen_by` says who may have read it.
    """

    name: str
    documents: tuple[str, ...]
    floor: float | None
    seen_by: str
    floor_nats: tuple[float, ...] | None = None

    @property
    def score_end(self) -> bool:
        """Whether the mark that ends a document is one of the things to predict."""
        return self.floor is not None

    @property
    def bytes(self) -> int:
        """Its size in UTF-8."""
        return sum(len(document.encode()) for document in self.documents)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON, without the text itself."""
        sizes = {"documents": len(self.documents), "bytes": self.bytes}
        return {"name": self.name, **sizes, "floor": self.floor, "seen_by": self.seen_by}


@dataclass(frozen=True)
class Entrant:
    """What a contestant is, whatever the text; None is what is not known."""

    name: str
    parameters: int
    training_tokens: int | None
    memory_bytes: int
    tokens_per_second: float | None

    @classmethod
    def of(cls, one: Contestant, speed: float | None) -> Entrant:
        """The entry of one contestant, whose speed was measured or was not."""
        return cls(one.name, one.parameters, one.training_tokens, one.memory_bytes, speed)


@dataclass(frozen=True)
class ExamRow:
    """One contestant on one text.

    Units: `learned_share` from 0 to 1, what stands word for word in what the contestant learned
    from, and `learned_documents`, how many stand there as a whole, None where that is not known;
    `documents` has the nats and the bytes of each.
    """

    contestant: str
    text: str
    bits_per_byte: float
    low: float | None
    high: float | None
    tokens_per_character: float
    learned_share: float | None
    documents: tuple[tuple[float, int], ...] = field(default=(), repr=False)
    learned_documents: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; of the documents only the sums."""
        return {name: value for name, value in asdict(self).items() if name != "documents"}


@dataclass(frozen=True)
class ExamSheet:
    """The results of `examine`: who took part, the texts, and a row for each of both.

    `unread` says why there is none: by contestant and text, for who could not read a text.
    """

    entrants: tuple[Entrant, ...]
    rows: tuple[ExamRow, ...]
    texts: Mapping[str, ExamText] = field(repr=False)
    unread: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def floors(self) -> dict[str, float | None]:
        """The bits per byte below which no model can stay in the long run, where they are known."""
        return {name: text.floor for name, text in self.texts.items()}

    def row(self, contestant: str, text: str) -> ExamRow:
        """One contestant on one text.

        Raises: ValueError naming who and what there is, or why the one could not read the other.
        """
        if row := self._find(contestant, text):
            return row
        if reason := self.unread.get((contestant, text)):
            raise ValueError(f"{contestant} cannot read {text}: {reason}")
        names = [entrant.name for entrant in self.entrants]
        raise ValueError(
            f"there is no {contestant!r} on {text!r}; choose from {names} and {list(self.floors)}"
        )

    def table(self, style: str = "text", what: str = "all") -> str:
        """The sheet to print, or for a notebook's Markdown (`style="markdown"`).

        `what` chooses the columns: "about" the contestants, "bits" per byte with their intervals
        and the floors, "tokens" per character, or "all". A star marks a text that stands in part in
        what its contestant learned from; a dash one that it could not read.

        Raises: ValueError for an unknown style or choice.
        """
        if what not in TABLES:
            raise ValueError(f"what={what!r} is not known; choose one of {', '.join(TABLES)}")
        texts = list(self.floors)
        headings, lines = ["model"], [[entrant.name] for entrant in self.entrants]
        with_bits = what in ("all", "bits")
        if what in ("all", "about"):
            speed = any(entrant.tokens_per_second is not None for entrant in self.entrants)
            headings += ABOUT if speed else ABOUT[:-1]
            for line, entrant in zip(lines, self.entrants, strict=True):
                line += _about(entrant)[: 4 if speed else 3]
        floor = ["floor"] + [""] * (len(headings) - 1)
        if with_bits:
            headings += [f"{text}: bits per byte" if what == "all" else text for text in texts]
            for line in lines:
                line += [self._bits(line[0], text) for text in texts]
            floor += ["" if value is None else bits(value) for value in self.floors.values()]
        if what in ("all", "tokens"):
            headings += [f"{text}: tokens/character" if what == "all" else text for text in texts]
            for line in lines:
                rows = [self._find(line[0], text) for text in texts]
                line += [f"{row.tokens_per_character:.2f}" if row else UNREAD for row in rows]
            floor += [""] * len(texts)
        if with_bits and any(value is not None for value in self.floors.values()):
            lines.append(floor)
        return render(headings, lines, "l" + "r" * (len(headings) - 1), style)

    def gap(self, text: str, one: str, other: str = FLOOR) -> Bar:
        """How many bits per byte one pays more than another, or than the floor, and an interval.

        Documents that are hard are hard for all, so document is paired with document: that tells
        far smaller differences than two intervals side by side. No interval for a few documents.

        Raises: ValueError for a name that is not there, or a text without a floor.
        """
        mine = self.row(one, text).documents
        theirs = self._floor_nats(text) if other == FLOOR else self.row(other, text).documents
        pairs = zip(mine, theirs, strict=True)
        units = [(nats - less, size) for (nats, size), (less, _) in pairs]
        value = sum(nats for nats, _ in units) / sum(size for _, size in units) / math.log(2)
        return value, *bootstrap(units)

    def learned(self) -> list[str]:
        """One sentence for every text that stands in part in what a contestant learned from."""
        return [self._what_was_learned(row) for row in self.rows if self._has_learned(row)]

    def not_read(self) -> list[str]:
        """One sentence for every text that a contestant could not read."""
        return [f"{name} cannot read {text}: {why}." for (name, text), why in self.unread.items()]

    def panels(self) -> dict[str, dict[str, Bar]]:
        """For `viz.ladder`: each text's contestants with (bits per byte, low, high)."""
        return {
            text: {
                row.contestant: (row.bits_per_byte, row.low, row.high)
                for row in self.rows
                if row.text == text
            }
            for text in self.floors
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "contestants": [asdict(entrant) for entrant in self.entrants],
            "texts": [text.to_dict() for text in self.texts.values()],
            "rows": [row.to_dict() for row in self.rows],
            "unread": [
                {"contestant": name, "text": text, "reason": why}
                for (name, text), why in self.unread.items()
            ],
        }

    def _repr_markdown_(self) -> str:
        return "\n\n".join([self.table("markdown"), *self.learned(), *self.not_read()])

    def _find(self, contestant: str, text: str) -> ExamRow | None:
        wanted = (contestant, text)
        return next((row for row in self.rows if (row.contestant, row.text) == wanted), None)

    def _bits(self, contestant: str, text: str) -> str:
        if not (row := self._find(contestant, text)):
            return UNREAD
        star = " *" if self._has_learned(row) else ""
        return bits(row.bits_per_byte, row.low, row.high) + star

    def _has_learned(self, row: ExamRow) -> bool:
        if self.texts[row.text].floor is not None:  # its generator repeats phrases, not documents
            return bool(row.learned_documents)
        return row.learned_share is not None and row.learned_share >= SOME

    def _what_was_learned(self, row: ExamRow) -> str:
        text = self.texts[row.text]
        if text.floor is None:
            return learned_in_part(row.contestant, row.learned_share or 0.0, row.text)
        count = f"{row.learned_documents} of the {len(text.documents)} documents of {row.text}"
        return f"{row.contestant} learned from {count} as they stand; {WITH_CARE}"

    def _floor_nats(self, text: str) -> list[tuple[float, int]]:
        exam = self.texts[text]
        if exam.floor_nats is None:
            raise ValueError(f"the floor of {text} is not known; compare with another contestant")
        return [(nats, 0) for nats in exam.floor_nats]


def _about(entrant: Entrant) -> list[str]:
    read, speed = entrant.training_tokens, entrant.tokens_per_second
    return [
        f"{entrant.parameters:,}",
        "not known" if read is None else f"{read:,}",
        size(entrant.memory_bytes),
        "" if speed is None else f"{speed:,.0f}",
    ]

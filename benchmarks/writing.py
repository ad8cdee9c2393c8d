"""How fast Tiny Town writes documents: one core, no peer."""

from __future__ import annotations

from aigc_lab.town.documents import documents
from benchmarks.race import Contender, Part, Table, race, table

DOCUMENTS = 4000
GOAL_MB_PER_SECOND = 3.0


def _documents(rounds: int, small: bool) -> list[Table]:
    """Megabytes of UTF-8 text a second, every document with its probability and its questions."""
    count = 20 if small else DOCUMENTS
    megabytes = sum(len(document.text.encode()) for document in documents(count)) / 1e6
    seconds = race([Contender("ours", lambda: list(documents(count)))], rounds, "Tiny Town")
    facts = {"documents a turn": count}
    goals = {"ours": GOAL_MB_PER_SECOND}
    return [table("Tiny Town's documents", "MB", megabytes, seconds, facts, goals)]


PARTS: dict[str, Part] = {"documents": _documents}

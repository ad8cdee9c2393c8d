"""The tables of README.md, written from the records: no number in it is typed by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aigc_lab.core.files import atomic_write
from benchmarks.race import Row, Table
from benchmarks.records import RESULTS, read_records, tables_of
from benchmarks.sheet import Sheet

README = Path(__file__).resolve().parent / "README.md"
LOSSES = "where we lose"
# Between these two lines stands what is written from the records; the rest is written by people.
MARK = re.compile(r"(<!-- from the records: (?P<name>[\w -]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def render(text: str, records: Mapping[str, dict[str, Any]]) -> str:
    """The README's text with every marked part written anew.

    >>> print(render("a\\n<!-- from the records: bpe -->\\nold\\n<!-- end -->", {}))
    a
    <!-- from the records: bpe -->
    Not measured yet.
    <!-- end -->
    """

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        if name == LOSSES:
            body = losses(records)
        else:
            body = topic(records[name]) if name in records else "Not measured yet."
        return f"{found[1]}{body}\n{found[3]}"

    return MARK.sub(part, text)


def write_readme(readme: Path = README, folder: Path = RESULTS) -> None:
    """Bring README.md up to date with the records, and the picture of growth beside it."""
    from benchmarks.curves import draw

    records = read_records(folder)
    text = render(readme.read_text(encoding="utf-8"), records)
    atomic_write(readme, text.encode("utf-8"))
    draw(records.get("growth"), readme.parent)


def topic(record: Mapping[str, Any]) -> str:
    """Everything recorded of one topic: where, how, and its tables."""
    parts = [f"    {record['command']}", _where(record)]
    parts += [markdown(table) for table in tables_of(record)]
    return "\n" + "\n\n".join(parts) + "\n"


def markdown(table: Table | Sheet) -> str:
    """One table, with what was checked beside the times.

    >>> print(markdown(Table("Hops", skipped="no frogs are at hand")))
    **Hops**: skipped, since no frogs are at hand.
    """
    if table.skipped:
        return f"**{table.title}**: skipped, since {table.skipped}."
    lines = _sheet_lines(table) if isinstance(table, Sheet) else _race_lines(table)
    facts = "; ".join(f"{name}: {_fact(value)}" for name, value in table.facts.items())
    return f"**{table.title}**\n\n" + "\n".join(lines) + (f"\n\n{facts}." if facts else "")


def _sheet_lines(sheet: Sheet) -> list[str]:
    rule = "|---|" + "---:|" * (len(sheet.head) - 1)
    return [_line(sheet.head), rule, *(_line(line) for line in sheet.lines)]


def _race_lines(table: Table) -> list[str]:
    rounds, raced = len(table.rows[0].seconds), len(table.rows) > 1
    time = "one round" if rounds == 1 else f"median of {rounds} rounds (lowest to highest)"
    head = ["", time, f"{table.unit}/s"] + ["time, × the first row's"] * raced
    lines = [_line(head), "|---|" + "---:|" * (len(head) - 1)]
    for row in table.rows:
        cells = [
            row.name,
            spread(duration, row.median, min(row.seconds), max(row.seconds)),
            number(row.speed),
        ]
        if raced:
            cells.append(_times(row))
        if row.goal is not None:
            verdict = "reached" if _reached(row) else "missed"
            cells[-1] = f"{cells[-1]}; goal {number(row.goal)}: {verdict}".removeprefix("; ")
        lines.append(_line(cells))
    return lines


def losses(records: Mapping[str, dict[str, Any]]) -> str:
    """Every row in which somebody else was quicker than ours in some round, or a goal is missed."""
    if not records:
        return "Nothing is recorded yet."
    lines = [
        f"- {name}, {table.title}: {lost}"
        for name, record in records.items()
        for table in tables_of(record)
        for lost in _all_lost(table)
    ]
    return "\n".join(lines) or "Nowhere, in what is recorded."


def _all_lost(table: Table | Sheet) -> list[str]:
    if isinstance(table, Sheet):
        return list(table.lost)
    return [lost for row in table.rows for lost in _lost(row, table)]


def _lost(row: Row, table: Table) -> list[str]:
    """What to confess about a row."""
    lines, first = [], table.rows[0]
    if _ours(first) and not _ours(row) and row.low < 1:
        unsure = ", so it is undecided" if row.high > 1 else ""
        lines.append(f"{row.name} took {_times(row)} times as long as {first.name}{unsure}.")
    if row.goal is not None and not _reached(row):
        against = f"{table.unit}/s" if row is first else f"× against {row.name}"
        lines.append(f"the goal of {number(row.goal)} {against} is missed.")
    return lines


def number(value: float) -> str:
    """Three significant digits, in figures that are easily read.

    >>> number(18643.2), number(1.2), number(0.04567)
    ('18,600', '1.20', '0.0457')
    """
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """Seconds, or milliseconds where those read better.

    >>> duration(0.0123), duration(2.5)
    ('12.3 ms', '2.50 s')
    """
    return f"{number(seconds)} s" if seconds >= 1 else f"{number(seconds * 1000)} ms"


def _where(record: Mapping[str, Any]) -> str:
    machine, settings = record["machine"], record["environment"]
    memory, others = machine["memory_bytes"], record.get("others_cores")
    return "; ".join(
        [
            record["started"][:10],
            f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads"
            + (f", {memory / 2**30:.0f} GiB" if memory else ""),
            f"Python {machine['python']}",
            ", ".join(f"{name} {version}" for name, version in machine["libraries"].items()),
            " ".join(f"{name}={value}" for name, value in settings.items()) or "no settings",
            f"seed {record['seed']}",
            f"load of the machine before: {record['load_before']}",
            *([] if others is None else [f"cores that others kept busy meanwhile: {others}"]),
            f"commit {_commit(record['commit'])}.",
        ]
    )


def _commit(commit: str | None) -> str:
    """A commit, shortened, with the remark that files differed from it.

    >>> _commit("0123456789abcdef+changes")
    '0123456789ab+changes'
    """
    name, plus, remark = (commit or "unknown").partition("+")
    return name[:12] + plus + remark


def _ours(row: Row) -> bool:
    return row.name.startswith("ours")


def _reached(row: Row) -> bool:
    return (row.speed if row.times is None else row.times) >= row.goal


def _times(row: Row) -> str:
    if row.times is None:
        return ""
    return spread(number, row.times, row.low, row.high)


def spread(written: Callable[[float], str], middle: float, low: float, high: float) -> str:
    """A median, and between which numbers it lies; one round alone has no spread."""
    spread = "" if low == high else f" ({written(low)} to {written(high)})"
    return written(middle) + spread


def _fact(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1e}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

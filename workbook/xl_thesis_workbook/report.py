"""What an update, a check or a comparison found, cell by cell, in words and as JSON."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xl_thesis.wording import count
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Cell, Formula

_MOST_LINES = 12
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell: its table, the key of its row, its column, and what it held before and after.

    A cell beside the tables has its sheet's name and its address, and no column.
    """

    table: str
    key: Value
    column: str
    before: Cell
    after: Cell

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.table, shown(self.key), self.column) if part)
        return f"{where}: {shown(self.before)} -> {shown(self.after)}"

    def to_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "table": self.table,
            "key": plain(self.key),
            "column": self.column,
            "before": plain(self.before),
            "after": plain(self.after),
        }


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of a table, by its key."""

    table: str
    key: Value

    def to_json(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {"table": self.table, "key": plain(self.key)}


@dataclass(frozen=True, slots=True)
class Follow:
    """A reference that followed a table of ours: the part that has it, and its words before and after."""

    part: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.part}: {shown(self.before)} -> {shown(self.after)}"

    def to_json(self) -> dict[str, Any]:
        """The reference as JSON values."""
        return {"part": self.part, "before": self.before, "after": self.after}


Item = TypeVar("Item", CellChange, RowChange)


@dataclass
class Report:
    """What an update did and what it left alone.

    ``added``: new rows. ``changed``: cells with another value. ``calculated``: formulas with another value. ``inputs``:
    inputs that somebody changed (before is the definition's value). ``formulas``: our cells in which somebody has
    written a formula, or a value where we have one. ``rows``: rows that we know no more, kept. ``removed``: days that a
    history has no more, taken out. ``waiting``: how many formulas keep old values until the file is next calculated.
    ``followed``: references to whole columns that end with them again. ``words``: how many page footers, alternative
    texts and dates of ours were renewed. ``missing``: our tables and sheets that are gone. ``notes``: sentences about
    what else was left alone.
    """

    added: list[RowChange] = field(default_factory=list)
    changed: list[CellChange] = field(default_factory=list)
    calculated: list[CellChange] = field(default_factory=list)
    inputs: list[CellChange] = field(default_factory=list)
    formulas: list[CellChange] = field(default_factory=list)
    rows: list[RowChange] = field(default_factory=list)
    removed: list[RowChange] = field(default_factory=list)
    waiting: int = 0
    followed: list[Follow] = field(default_factory=list)
    words: int = 0
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        """Whether anything in the file is other than before."""
        return bool(self.added or self.changed or self.calculated or self.removed or self.followed or self.words)

    def add(self, other: Report) -> None:
        """Take in what another found."""
        self.added += other.added
        self.changed += other.changed
        self.calculated += other.calculated
        self.inputs += other.inputs
        self.formulas += other.formulas
        self.rows += other.rows
        self.removed += other.removed
        self.waiting += other.waiting
        self.followed += other.followed
        self.words += other.words
        self.missing += other.missing
        self.notes += other.notes

    def note_unknown(self, formulas: int) -> None:
        """Say how many formulas were held against ours by their words alone."""
        if formulas:
            self.notes.append(
                f"{count(formulas, 'formula')} with references that were not checked: they point to what was moved, or"
                " share a formula that the file does not state"
            )

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "added": [item.to_json() for item in self.added],
            "changed": [item.to_json() for item in self.changed],
            "calculated": [item.to_json() for item in self.calculated],
            "inputs_kept": [item.to_json() for item in self.inputs],
            "formulas_kept": [item.to_json() for item in self.formulas],
            "removed": [item.to_json() for item in self.removed],
            "rows_kept": [item.to_json() for item in self.rows],
            "waiting": self.waiting,
            "followed": [item.to_json() for item in self.followed],
            "words": self.words,
            "missing": list(self.missing),
            "notes": list(self.notes),
        }

    def lines(self) -> Iterator[str]:
        """The report as text."""
        for table, rows in Counter(item.table for item in self.added).items():
            yield f"{count(rows, 'new row')} in {table}"
        for table, rows in Counter(item.table for item in self.removed).items():
            yield f"{count(rows, 'row')} removed from {table}, which the data have no more"
        yield from listing(self.changed, "changed", "changed")
        if self.calculated:
            yield f"{count(len(self.calculated), 'value')} of formulas renewed"
        if self.words:
            yield f"{count(self.words, 'text')} in page footers, alternative texts of charts and dates renewed"
        yield from listing(
            self.followed, "reference to a whole column follows the table's new last row",
            "references to whole columns follow the tables' new last rows",
        )  # fmt: skip
        yield from listing(self.inputs, "input kept as somebody changed it", "inputs kept as somebody changed them")
        yield from listing(
            self.formulas, "cell of ours kept as somebody wrote it", "cells of ours kept as somebody wrote them"
        )
        for table, rows in Counter(item.table for item in self.rows).items():
            yield f"{count(rows, 'row')} of {table} kept that the data have no more"
        if self.waiting:
            kept = count(self.waiting, "formula keeps its value", "formulas keep their values")
            yield f"{kept} until the file is next calculated: inputs were changed"
        yield from (f"{name} is no longer there; nothing was written for it" for name in self.missing)
        yield from self.notes


def listing(changes: Sequence[CellChange | Follow], one: str, many: str | None = None) -> Iterator[str]:
    """Changes under a title in the singular or plural, the first dozen of them in full."""
    if not changes:
        return
    yield f"{count(len(changes), one, many)}:"
    yield from (f"  {change}" for change in changes[:_MOST_LINES])
    if len(changes) > _MOST_LINES:
        yield f"  and {len(changes) - _MOST_LINES} more"


def by_table(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Changes of cells or rows by their tables, in the order of the file."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.table, []).append(item)
    return found


def plain(value: Cell) -> Any:
    """A cell as a JSON value; a formula begins with ``=``."""
    if isinstance(value, Formula):
        return f"={value.text}"
    return value.isoformat() if isinstance(value, dt.date) else value


def shown(value: Cell) -> str:
    """A cell in words."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(plain(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

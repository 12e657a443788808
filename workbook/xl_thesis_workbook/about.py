"""What a snapshot says of itself, and the snapshot that would take its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from xl_thesis.errors import InputError
from xl_thesis.ledger import Standing
from xl_thesis.pipeline import Scorer
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.content import DataChoice, SnapshotContent, gather
from xl_thesis_workbook.grid import Grid
from xl_thesis_workbook.inputs import input_pairs
from xl_thesis_workbook.language import Language
from xl_thesis_workbook.layout import ABOUT, HISTORY, SOURCES
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.renewal import Fresh
from xl_thesis_workbook.results import with_results
from xl_thesis_workbook.snapshot import snapshot_parts
from xl_thesis_workbook.tables import table_names
from xl_thesis_workbook.whatif import INPUTS

_WORDS = ("thesis", "definition_hash", "data_hash", "version")


@dataclass(frozen=True)
class Changed:
    """A scorer of the thesis as a reader's inputs have it, and how many of them differ from the definition."""

    scorer: Scorer
    inputs: int


def read_about(data: bytes) -> dict[str, Any]:
    """Thesis, day, hashes, version, language and kind of data of a snapshot.

    Raises ``InputError`` where the workbook is none of ours, or its table has been changed beyond use.
    """
    book = Book(Package(data))
    if ABOUT.table.lower() not in book.tables:
        raise InputError(f"it is no snapshot of xl-thesis: it has no table {ABOUT.table}")
    book.check_days()
    table = book.table(ABOUT.table)
    rows = Reader(book).rows(Grid(book.package.read(table.sheet)), table)
    found = {str(row[0]): row[1] for row in rows}
    wrong = [key for key in _WORDS if not isinstance(found.get(key), str)]
    day, language, choice = found.get("as_of"), found.get("language"), found.get("data")
    is_known = language in get_args(Language) and choice in get_args(DataChoice)
    if wrong or not isinstance(day, dt.date) or not is_known:
        raise InputError(f"its table {ABOUT.table} has been changed, so nobody can say what it was made from")
    return {**{key: found[key] for key in _WORDS}, "as_of": day, "language": language, "choice": choice}


def fresh_of(
    scorer: Scorer,
    day: dt.date,
    standings: Sequence[Standing],
    language: str,
    choice: str,
    old: bytes,
    changed: Changed | None = None,
) -> Fresh:
    """The snapshot of a day, with as many months in its window as the old one has.

    With ``changed`` its formulas show the engine's numbers for the thesis with a reader's inputs; all else stays the
    definition's.
    """
    book = Book(Package(old))
    history = book.tables.get(HISTORY.block.table.lower())
    window = None if history is None else history.bottom - history.top

    def made(by: Scorer) -> SnapshotContent:
        return gather(
            by, day, standings=standings, language=cast("Language", language), choice=cast("DataChoice", choice),
            window=window,
        )  # fmt: skip

    content = made(scorer)
    skeleton, draft = snapshot_parts(content)
    inputs = {}
    for block in INPUTS:
        names = {column.header: column.name(content.language) for column in block.columns}
        inputs[block.table] = {names[now]: names[then] for now, then in input_pairs(block)}
    known = {SOURCES.block.table: tuple(scorer.catalogue)}
    series = tuple(table_names(block.source for block in content.blocks))
    fresh = Fresh(skeleton, draft.filled, inputs, known, draft.fits, (ABOUT.table,), series)
    if changed is None:
        return fresh
    other = replace(made(changed.scorer), change=content.change, defined=content, changed_inputs=changed.inputs)
    skeleton, draft = snapshot_parts(other)
    return replace(with_results(fresh, Fresh(skeleton, draft.filled)), follows_inputs=True)

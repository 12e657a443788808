"""A history that is no longer the old one with more rows: its table is written anew, if no note would lose its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from openpyxl.utils.cell import coordinate_to_tuple

from xl_thesis.errors import InputError
from xl_thesis.wording import count
from xl_thesis_workbook.book import local
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Cell, Formula, Segment
from xl_thesis_workbook.package import styles_of
from xl_thesis_workbook.reading import as_cell, is_same
from xl_thesis_workbook.report import CellChange, RowChange
from xl_thesis_workbook.room import check_free
from xl_thesis_workbook.step import Step


def rewrite(step: Step, by_key: Mapping[Value, int], gone: Set[Value]) -> None:
    """Write every row of a table in order, and let the table end with the last.

    ``by_key`` has the old rows that are not as they are to be, and ``gone`` those of them that have no successor.
    Raises ``InputError`` where something of somebody else stands in a row that would hold another day.
    """
    table = step.table
    if table.has_totals:
        raise InputError(f"table {table.name} has a totals row; turn it off in Excel, update, and turn it on again")
    rows = [values for values in step.wanted.rows if any(value is not None for value in values)]
    bottom = table.first + max(len(rows), 1) - 1
    check_free(step.book, step.grid, step.reader, table, bottom)
    _check_notes(step, rows)
    _report(step, rows, by_key, gone)
    blank: Sequence[Cell] = [None] * len(step.wanted.columns)
    styles = styles_of(step.grid, table, table.first)
    for number in range(table.first, max(bottom, table.bottom) + 1):
        offset = number - table.first
        values = rows[offset] if offset < len(rows) else blank
        if offset < len(rows):
            step.fit(number, values)
        if number <= table.bottom:
            styles = styles_of(step.grid, table, number)
        for place, value in zip(step.places, values, strict=True):
            column = table.left + place
            is_kept = number <= bottom
            xml = step.writer.row(number, [(table.letters[place], styles[place])], [value]).encode() if is_kept else b""
            step.segments.setdefault(number, []).append(Segment(column, column, xml))
    step.bottom = bottom


def _report(step: Step, rows: Sequence[Sequence[Cell]], by_key: Mapping[Value, int], gone: Set[Value]) -> None:
    """Say what is new, what has another value, and what is gone."""
    for values in rows:
        key = step.as_key(values[0])
        shown = None if isinstance(values[0], Formula) else values[0]
        if key in by_key:
            found = step.reader.cells(step.grid, step.table, by_key[key])
            step.report.changed += [
                CellChange(step.table.name, shown, column, as_cell(found[place]), value)
                for place, column, value in zip(step.places, step.wanted.columns, values, strict=True)
                if not isinstance(value, Formula) and not is_same(found[place].value, value)
            ]
        elif key not in step.settled_keys:
            step.report.added.append(RowChange(step.table.name, shown))
    for key in sorted(gone, key=str):
        found = step.reader.cells(step.grid, step.table, by_key[key])
        step.report.removed.append(RowChange(step.table.name, found[step.places[0]].value))


def _check_notes(step: Step, rows: Sequence[Sequence[Cell]]) -> None:
    table = step.table
    noted = set(noted_rows(step))
    for number in range(table.first, table.bottom + 1):
        offset = number - table.first
        key = step.as_key(rows[offset][0]) if offset < len(rows) else None
        if number in noted and step.key(number) not in (key, None):
            raise InputError(
                f"the history in table {table.name} is another one now, and what stands in or beside its row {number}"
                " would lose its day; move that elsewhere and update again, or make a new snapshot"
            )


def check_window(step: Step, keys: Mapping[int, Value]) -> None:
    """Say how many rows leave a window that moves on; ``keys`` are those that its rows will have.

    Raises ``InputError`` where something of somebody else, but for formulas, which move on as ours do, stands in or
    beside a row that would hold another day.
    """
    table = step.table
    before = {number: step.key(number) for number in keys}
    for number in noted_rows(step, formulas=False):
        if number in keys and before[number] not in (keys[number], None):
            raise InputError(
                f"table {table.name} shows the newest months, and what stands in or beside its row {number} would lose"
                " its month; move that elsewhere, for example beside the sheet of past readings, and update again"
            )
    gone = {key for key in before.values() if key is not None} - set(keys.values())
    if gone:
        step.report.notes.append(
            f"{count(len(gone), 'row')} left {table.name}, which shows the newest {len(keys)} months; the sheet of past"
            " readings has them all"
        )


def noted_rows(step: Step, *, formulas: bool = True) -> Iterator[int]:
    """Rows of the table that hold something of somebody else: beside our tables, in columns added to ours, a comment,
    and ``formulas``, also in our cells.
    """
    table = step.table
    own = {table.left + place for place in step.places}
    boxes = [box for box in step.ours if box.sheet == table.sheet and box.part != table.part]
    for number in range(table.first, table.bottom + 1):
        for cell in step.grid.cells(number):
            if any(box.left <= cell.column <= box.right and box.top <= number <= box.bottom for box in boxes):
                continue
            found = step.reader.found(cell)
            if formulas if found.formula is not None else cell.column not in own and not found.is_empty:
                yield number
                break
    package = step.book.package
    for relation in package.relations(table.sheet):
        part = package.name_of(relation.target)
        if part is not None and relation.kind in ("comments", "threadedComment"):
            for item in package.tree(part).iter():
                if local(item) in ("comment", "threadedComment") and "ref" in item.attrib:
                    row, column = coordinate_to_tuple(item.attrib["ref"])
                    if table.left <= column <= table.right and table.first <= row <= table.bottom:
                        yield row

"""Rows brought into a table that people work with: by key, cell by cell, and only where something differs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import takewhile

from xl_thesis.errors import InputError
from xl_thesis_workbook.anchors import Anchors
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.grid import Cell, Formula, Old, Segment
from xl_thesis_workbook.package import styles_of
from xl_thesis_workbook.reading import Found, as_cell, is_same, is_same_result
from xl_thesis_workbook.report import CellChange, RowChange
from xl_thesis_workbook.rewrite import check_window, noted_rows, rewrite
from xl_thesis_workbook.room import check_free, is_our_formula
from xl_thesis_workbook.step import Step, shown_value

_RELATIVE = re.compile(r"(?<![\w$\[])\$?[A-Za-z]{1,3}\$?\d+(?![\w(])")


class Upsert(Step):
    """One table, cell by cell; ``anchors`` tells where formulas point to."""

    anchors: Anchors | None = None

    def run(self) -> None:
        """Find what differs, and write it into ``segments``."""
        if self.wanted.is_window:
            numbers = range(self.table.first, self.last + 1)
            window = dict(zip(reversed(numbers), reversed(self.wanted.rows), strict=False))
            if not self.is_check:
                check_window(self, {number: self.as_key(values[0]) for number, values in window.items()})
            for number, values in window.items():
                self._renew(number, values)
            return
        rest = [values for values in self._rest() if any(value is not None for value in values)]
        by_key: dict[Value, int] = {}
        for number in self._unsettled:
            key = self.keys[number] = self.key(number)
            if key is not None:
                by_key.setdefault(key, number)
        known = [values for values in rest if self.as_key(values[0]) in by_key]
        fresh = [values for values in rest if self.as_key(values[0]) not in by_key]
        gone = by_key.keys() - {self.as_key(values[0]) for values in rest}
        if not self.is_check and (self._is_other_history(gone, fresh, by_key) or self._is_left_over(gone)):
            rewrite(self, by_key, gone)
            return
        for values in known:
            self._renew(by_key.pop(self.as_key(values[0])), values)
        self._move_on(by_key, fresh)
        blanks = list(takewhile(self._is_blank, reversed(self._unsettled)))[::-1] if fresh else []
        self._report_rest(by_key)
        self._append(fresh, blanks)

    def _is_other_history(self, gone: Set[Value], fresh: Sequence[Sequence[Cell]], by_key: Mapping[Value, int]) -> bool:
        """Whether days are missing from the new history, or lie between the old ones: then rows cannot just be added.

        Rows of days after the workbook's own are a reader's.
        """
        day = self.as_key(self.day)
        keys = (*self.settled_keys, *by_key, *(self.as_key(values[0]) for values in fresh))
        if not isinstance(day, float) or not all(isinstance(key, float) for key in keys):
            return False
        own = {key for key in gone if isinstance(key, float) and key < day}
        if own:
            return True
        old = self._days()
        new = [key for key in (self.as_key(values[0]) for values in fresh) if isinstance(key, float)]
        last = max((key for key in old if key not in gone), default=None)
        return bool(new) and last is not None and old == sorted(old) and min(new) < last

    def _is_left_over(self, gone: Set[Value]) -> bool:
        """Whether the table has rows of ours that belong to another day, and only such, and nobody noted on any row."""
        known = {self.as_key(key) for key in self.wanted.known}
        numbers = range(self.table.first, self.last + 1)
        is_ours = bool(gone) and gone <= known and all(self.keys[number] is not None for number in numbers)
        is_once = len(set(self.keys.values())) == len(numbers)
        return is_ours and is_once and not self.table.has_totals and next(noted_rows(self), None) is None

    def _rest(self) -> list[Sequence[Cell]]:
        """The rows that are not to the byte what the file has at their place; ``_unsettled`` has the file's others."""
        table, rest = self.table, []
        settled: set[int] = set()
        plain = self.places == list(range(len(table.columns)))
        styles = list(zip(table.letters, styles_of(self.grid, table, table.first), strict=True)) if plain else []
        for number, values in enumerate(self.wanted.rows, start=table.first):
            row = self.grid.rows.get(number) if number <= self.last else None
            if row is not None and plain and self.writer.row(number, styles, values).encode() in row.body:
                settled.add(number)
                self.keys[number] = self.as_key(values[0])
            else:
                rest.append(values)
        self._unsettled = [number for number in range(table.first, self.last + 1) if number not in settled]
        self.settled_keys = set(self.keys.values())
        return rest

    def _is_blank(self, number: int) -> bool:
        return all(item.is_empty for item in self.reader.cells(self.grid, self.table, number))

    def _renew(self, number: int, values: Sequence[Cell]) -> None:
        """Write the cells of one row that differ."""
        self.fit(number, values)
        columns = self.wanted.columns
        definitions = {columns.index(now): columns.index(then) for now, then in self.wanted.inputs.items()}
        cells = self.grid.by_column(number)
        found: dict[int, Found] = {}
        for offset in range(len(values)):
            old = cells.get(self.table.left + self.places[offset])
            found[offset] = Found(None) if old is None else self.reader.found(old)
        for offset, value in enumerate(values):
            column = self.table.left + self.places[offset]
            change = CellChange(
                self.table.name, shown_value(values[0]), self.wanted.columns[offset], as_cell(found[offset]), value
            )
            if offset in definitions:
                self._keep_input(change, as_cell(found[definitions[offset]]), number, column, cells.get(column))
            elif isinstance(value, Formula):
                formula = found[offset].formula
                is_ours = formula is not None and self._is_ours(formula, value.text, number, values)
                self._renew_formula(change, found[offset], cells.get(column), number, is_ours=is_ours)
            elif found[offset].formula is not None:
                self.report.formulas.append(change)
            elif not is_same(found[offset].value, value):
                self.report.changed.append(change)
                self._write(number, column, value, cells.get(column))

    def _keep_input(self, change: CellChange, stated: Cell, number: int, column: int, old: Old | None) -> None:
        """An input that differs from the definition beside it was changed by somebody, and stays."""
        before, after = change.before, change.after
        if isinstance(before, Formula) or isinstance(stated, Formula):
            self.report.formulas.append(change)
        elif not is_same(before, stated):
            self.report.inputs.append(CellChange(change.table, change.key, change.column, stated, before))
        elif not isinstance(after, Formula) and not is_same(before, after):
            self.report.changed.append(change)
            self._write(number, column, after, old)

    def _is_ours(self, found: str, ours: str, number: int, values: Sequence[Cell]) -> bool:
        if self.anchors is None:
            return is_our_formula(found, ours)
        return self.anchors.is_ours(found, ours, self.wanted.sheet, (number, self.own_rows[id(values)]))

    def _renew_formula(self, change: CellChange, found: Found, old: Old | None, number: int, *, is_ours: bool) -> None:
        """The value of a formula of ours; anybody else's formula, or value in its place, stays."""
        value = change.after
        assert isinstance(value, Formula), "asked only for formulas"  # noqa: S101
        if found.formula is None or old is None:
            if found.is_empty:
                return
            self.report.formulas.append(change)
        elif not is_ours:
            self.report.formulas.append(change)
        elif not is_same_result(shown_value(as_cell(found)), value.value):
            if self.keeps_results:
                self.report.waiting += 1
                return
            self.report.calculated.append(replace(change, before=found.value, after=value.value))
            self._put(number, old.column, self.writer.with_value(old, value.value))

    def _write(self, number: int, column: int, value: Cell, old: Old | None) -> None:
        style = f' s="{old.tag["s"]}"' if old is not None and "s" in old.tag else ""
        letters = self.table.letters[column - self.table.left]
        self._put(number, column, self.writer.row(number, [(letters, style)], [value]).encode())

    def _put(self, number: int, column: int, xml: bytes) -> None:
        self.segments.setdefault(number, []).append(Segment(column, column, xml))

    def _move_on(self, by_key: dict[Value, int], fresh: list[Sequence[Cell]]) -> None:
        """The last row of a history is of the day that the workbook was made for; it becomes the next row."""
        key = self.as_key(self.day)
        if fresh and by_key.get(key) == self.last:
            self._renew(by_key.pop(key), fresh.pop(0))

    def _report_rest(self, by_key: Mapping[Value, int]) -> None:
        """Rows that no wanted row has claimed stay as they are."""
        for key, number in by_key.items():
            values = self.reader.cells(self.grid, self.table, number)
            shown = values[self.places[0]].value
            self.report.rows.append(RowChange(self.table.name, key if shown is None else shown))

    def _append(self, rows: list[Sequence[Cell]], blanks: list[int]) -> None:
        """New rows: in blank rows of the table first, then below it."""
        if not rows:
            return
        if self.is_check:
            self.report.added += [RowChange(self.table.name, shown_value(values[0])) for values in rows]
            return
        self._check_order(rows)
        table, last = self.table, self.last
        numbers = blanks[: len(rows)]
        more = len(rows) - len(numbers)
        if more and table.has_totals:
            raise InputError(f"table {table.name} has a totals row; turn it off in Excel, update, and turn it on again")
        numbers += range(last + 1, last + 1 + more)
        try:
            check_free(self.book, self.grid, self.reader, table, last + more)
        except InputError:
            if not self.wanted.is_fixed:
                raise
            keys = " and ".join(str(shown_value(values[0])) for values in rows)
            self.report.notes.append(f"there is no room in table {table.name} for {keys}, which it was made without")
            return
        columns = list(zip(table.letters, styles_of(self.grid, table, numbers[0] if blanks else last), strict=True))
        for number, values in zip(numbers, rows, strict=True):
            whole: list[Cell] = [self._theirs(name) for name in table.columns]
            for place, value in zip(self.places, values, strict=True):
                whole[place] = value
            xml = self.writer.row(number, columns, whole).encode()
            self.segments.setdefault(number, []).append(Segment(table.left, table.right, xml))
            self.fit(number, values)
            self.report.added.append(RowChange(table.name, shown_value(values[0])))
        self.bottom = max(table.bottom, numbers[-1])

    def _theirs(self, column: str) -> Cell:
        """What a column that somebody added holds in a new row: its formula, where that is the same in every row."""
        formula = self.table.calculated.get(column, "")
        return Formula(formula) if formula and not _RELATIVE.search(formula) else None

    def _days(self) -> list[float]:
        """The keys of the file's rows that are numbers or days, from top to bottom."""
        return [key for _, key in sorted(self.keys.items()) if isinstance(key, float)]

    def _check_order(self, rows: list[Sequence[Cell]]) -> None:
        """Refuse days before those that a reader added: formulas and charts read such tables from top to bottom."""
        keys = [self.as_key(values[0]) for values in rows]
        if not all(isinstance(key, float) for key in keys):
            return
        old = self._days()
        if old and old == sorted(old) and min(keys) < old[-1]:  # type: ignore[type-var, operator]
            raise InputError(
                f"table {self.table.name} has rows of later days than its data; move them elsewhere and update again"
            )

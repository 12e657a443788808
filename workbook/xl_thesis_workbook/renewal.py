"""A workbook renewed from one as it would be made today: tables by name, everything else of ours by its place."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpyxl.utils import get_column_letter

from xl_thesis_workbook.anchors import Address, Anchors, named_cells
from xl_thesis_workbook.book import Book, TablePlace
from xl_thesis_workbook.cells import Value
from xl_thesis_workbook.chart_cache import renew_charts
from xl_thesis_workbook.dated import renew_words
from xl_thesis_workbook.grid import Cell, Formula, Grid, Old, Segment, Writer, changed_height
from xl_thesis_workbook.measure import Fit
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Found, Reader, as_cell, is_same, is_same_result
from xl_thesis_workbook.report import CellChange, Report
from xl_thesis_workbook.room import shape_of
from xl_thesis_workbook.step import Rows
from xl_thesis_workbook.update import Update


@dataclass(frozen=True)
class Fresh:
    """A workbook as it would be made: its bytes, the rows of those tables that it does not hold itself, and by table
    the columns of inputs, each with the column of the definition's value, and the keys that are ours on any day.

    ``fits`` has by sheet and row what a height follows from. ``fixed`` names the tables that have the same keys on
    every day, and ``series`` those of single series, which come and go with what an indicator is computed from. With
    ``follows_inputs`` its formulas show what they are to show with the inputs of the workbook that is renewed.
    """

    skeleton: bytes
    tables: Mapping[str, Sequence[Sequence[Cell]]] = field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: Mapping[str, Collection[Value]] = field(default_factory=dict)
    fits: Mapping[str, Mapping[int, Fit]] = field(default_factory=dict)
    fixed: Collection[str] = ()
    series: Collection[str] = ()
    follows_inputs: bool = False


class Renewal:
    """One workbook and the one that it is to become."""

    def __init__(self, old: bytes, fresh: Fresh, day: dt.date | None = None, *, is_check: bool = False) -> None:
        self._update = Update(Book(Package(old)), day, is_check=is_check)
        self._new = Book(Package(fresh.skeleton))
        self._reader = Reader(self._new)
        self._grids = {part: Grid(self._new.package.read(part)) for part in self._new.sheets.values()}
        self._fresh, self._is_check, self._day = fresh, is_check, day
        self._anchors = Anchors(self._update.book, self._new, fresh.tables)
        self._update.anchors = self._anchors
        self._titles = {part: title for title, part in self._new.sheets.items()}

    def run(self) -> Report:
        """Find everything that differs."""
        old = self._update.book.tables
        self._update.ours = [old[name] for name in self._new.tables if name in old]
        inputs = self._fresh.inputs
        for table in sorted(self._new.tables.values(), key=lambda table: table.name not in inputs):
            if table.name in self._fresh.series and table.name.lower() not in old:
                said = f"table {table.name}, one of the series in full, is not in the file; a new snapshot has it"
                self._update.report.notes.append(said)
                continue
            self._update.table(table.name, self._rows(table))
            if self._update.report.inputs and not self._is_check and not self._fresh.follows_inputs:
                self._update.keeps_results = True  # what we have is computed from the definition's inputs
        for title, part in self._new.sheets.items():
            self._free_cells(title, part)
        if self._is_check:
            self._update.report.note_unknown(self._anchors.unknown)
        return self._update.report

    def finish(self) -> bytes:
        """The workbook as it is now to be."""
        self._update.write()
        pairs = {part: self._counterpart(title, part)[0] for title, part in self._new.sheets.items()}
        sheets = {part: sheet for part, sheet in pairs.items() if sheet is not None}
        self._update.report.words += renew_words(self._update.book, self._new, sheets, self._day)
        if self._update.book.package.changed:  # else an update that changes nothing would write the file
            renew_charts(self._update.book, self._new, sheets)
        return self._update.closed()

    def _rows(self, table: TablePlace) -> Rows:
        rows = self._fresh.tables.get(table.name)
        if rows is None:
            rows = list(self._reader.rows(self._grids[table.sheet], table))
        inputs, known = self._fresh.inputs.get(table.name, {}), self._fresh.known.get(table.name, ())
        title, is_fixed = self._titles[table.sheet], table.name in self._fresh.fixed
        fits = self._fresh.fits.get(title, {})
        return Rows(table.columns, rows, inputs, known, title, table.first, table.left, fits, is_fixed)

    def _free_cells(self, title: str, part: str) -> None:
        """What a sheet of ours holds beside its tables."""
        sheet, is_moved = self._counterpart(title, part)
        if sheet is None:
            self._update.report.missing.append(f"sheet {title}")
            return
        step = _FreeCells(self._update, self._anchors, title, sheet)
        if is_moved:
            step.by_shape(dict(self._outside(part)))
        else:
            wanted = dict(self._outside(part))
            step.by_place(wanted)
            step.fit(wanted, self._fresh.fits.get(title, {}))

    def _outside(self, part: str) -> Iterator[tuple[Address, Found]]:
        """Cells of a sheet of the new workbook that hold something and lie in no table."""
        boxes = [table for table in self._new.tables.values() if table.sheet == part]
        for number in self._grids[part].rows:
            for cell in self._grids[part].cells(number):
                is_inside = any(
                    box.left <= cell.column <= box.right and box.top <= number <= box.bottom for box in boxes
                )
                found = None if is_inside else self._reader.found(cell)
                if found is not None and not found.is_empty:
                    yield (number, cell.column), found

    def _counterpart(self, title: str, part: str) -> tuple[str | None, bool]:
        """The old workbook's part for a sheet of ours, and whether what we know of it lies elsewhere than in ours."""
        old, pairs = self._update.book, []
        for name, table in self._new.tables.items():
            if table.sheet == part and name in old.tables:
                other = old.tables[name]
                pairs.append((other.sheet, (other.top, other.left) != (table.top, table.left)))
        theirs = named_cells(old)
        for name, (sheet, address) in named_cells(self._new).items():
            if sheet == part and name in theirs:
                pairs.append((theirs[name][0], theirs[name][1] != address))
        if not pairs:
            same = {name.lower(): other for name, other in old.sheets.items()}.get(title.lower())
            return same or self._by_words(part), False
        sheets = [sheet for sheet, _ in pairs]
        sheet = max(set(sheets), key=sheets.count)
        return sheet, any(is_moved or other != sheet for other, is_moved in pairs)

    def _by_words(self, part: str) -> str | None:
        """The old workbook's sheet that holds at their places most words and formulas of one of ours, which has no
        table and no named cell to be known by.
        """
        old = self._update.book
        wanted = {address: words for address, found in self._outside(part) if (words := _words(found))}
        ours = {table.sheet for name, table in old.tables.items() if name in self._new.tables}
        known = {title.lower() for title in self._new.sheets}
        for title, sheet in old.sheets.items():
            if sheet in ours or title.lower() in known or not wanted:
                continue
            cells = ((self._update.grid(sheet).cell(*address), words) for address, words in wanted.items())
            same = sum(cell is not None and _words(self._update.reader.found(cell)) == words for cell, words in cells)
            if same > len(wanted) / 2:
                return sheet
        return None


def _words(found: Found) -> str:
    """What a cell is known by wherever its sheet was moved to: its formula without places, or its text."""
    if found.formula is not None:
        return shape_of(found.formula)
    return found.value if isinstance(found.value, str) else ""


class _FreeCells:
    """Cells beside the tables of one sheet, in the old workbook."""

    def __init__(self, update: Update, anchors: Anchors, title: str, sheet: str) -> None:
        self._update, self._anchors, self._title, self._sheet = update, anchors, title, sheet
        self._grid = update.grid(sheet)
        self._writer = Writer(self._grid.prefix)

    def by_place(self, wanted: Mapping[Address, Found]) -> None:
        """Renew what lies where it lies in ours."""
        for address, found in wanted.items():
            old = self._grid.cell(*address)
            before = Found(None) if old is None else self._update.reader.found(old)
            change = CellChange(self._title, _letters(address), "", as_cell(before), as_cell(found))
            if found.formula is not None:
                self._formula(address, address[0], change, old, before)
            elif before.formula is not None:
                self._update.report.formulas.append(change)
            elif not is_same(before.value, found.value):
                self._update.report.changed.append(change)
                style = f' s="{old.tag["s"]}"' if old is not None and "s" in old.tag else ""
                letters = get_column_letter(address[1])
                self._put(address, self._writer.row(address[0], [(letters, style)], [found.value]).encode())

    def fit(self, wanted: Mapping[Address, Found], fits: Mapping[int, Fit]) -> None:
        """Let rows be as high as their new words need, unless somebody has given them another height."""
        heights = self._update.heights.setdefault(self._sheet, {})
        for number, fit in fits.items():
            old, new = dict[int, object](), dict[int, object]()
            for column, _, _ in fit.texts:
                cell, found = self._grid.cell(number, column), wanted.get((number, column))
                old[column] = None if cell is None else self._update.reader.found(cell).value
                new[column] = old[column] if found is None else found.value
            if old != new:
                heights |= changed_height(self._grid, number, fit.height(old), fit.height(new))

    def by_shape(self, wanted: Mapping[Address, Found]) -> None:
        """Where cells have been moved, renew the formulas that can be told from all others by their words."""
        old: dict[str, list[tuple[Address, Old]]] = defaultdict(list)
        for number in self._grid.rows:
            for cell in self._grid.cells(number):
                formula = self._update.reader.found(cell).formula
                if formula:
                    old[shape_of(formula)].append(((number, cell.column), cell))
        ours: dict[str, list[tuple[Address, Found]]] = defaultdict(list)
        for address, found in wanted.items():
            if found.formula:
                ours[shape_of(found.formula)].append((address, found))
        left = 0
        for shape, group in ours.items():
            if len(group) == len(old[shape]) == 1:
                ((address, cell),), ((own, found),) = old[shape], group
                before = self._update.reader.found(cell)
                change = CellChange(self._title, _letters(address), "", as_cell(before), as_cell(found))
                self._formula(address, own[0], change, cell, before)
            else:
                left += len(old[shape])
        if left:
            self._update.report.notes.append(
                f"cells of the sheet {self._title} were moved: {left} of its formulas get their values when the file is"
                " next calculated"
            )

    def _formula(self, address: Address, own_row: int, change: CellChange, old: Old | None, before: Found) -> None:
        report, value = self._update.report, change.after
        assert isinstance(value, Formula), "asked only for formulas"  # noqa: S101
        rows = (address[0], own_row)
        is_formula = old is not None and before.formula is not None
        if not is_formula or not self._anchors.is_ours(before.formula or "", value.text, self._title, rows):
            report.formulas.append(change)
            return
        now = as_cell(before)
        if isinstance(now, Formula) and not is_same_result(now.value, value.value):
            if self._update.keeps_results:
                report.waiting += 1
                return
            report.calculated.append(replace(change, before=now.value, after=value.value))
            assert old is not None, "it has a formula"  # noqa: S101
            self._put(address, self._writer.with_value(old, value.value))

    def _put(self, address: Address, xml: bytes) -> None:
        self._update.put(self._sheet, address[0], [Segment(address[1], address[1], xml)])


def _letters(address: Address) -> str:
    return f"{get_column_letter(address[1])}{address[0]}"

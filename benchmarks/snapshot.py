"""How long a workbook of 120,000 data cells takes to make, and to bring up to date, beside its peers.

Made: the same content (eight tables of three columns and 5,000 rows, 500 formulas, six charts) by our
skeleton and patcher, by plain openpyxl, and by XlsxWriter with constant_memory. Updated: 20 new rows by the patcher and
by openpyxl's load and save, which loses what it does not know. Run: python benchmarks/snapshot.py [RUNS].
Goals: made in at most 0.25 of openpyxl's time and 0.5 of XlsxWriter's; updated in at most 0.2 of openpyxl's.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import sys
import time
from collections.abc import Callable, Sequence

import openpyxl
import xlsxwriter
from openpyxl.chart import LineChart, Reference
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

from xl_thesis_workbook.book import Book
from xl_thesis_workbook.grid import Cell
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.package import fill
from xl_thesis_workbook.step import Rows
from xl_thesis_workbook.update import Update

TABLES, ROWS, FORMULAS, CHARTS, NEW = 8, 5_000, 500, 6, 20
HEADERS = ["Observed on", "Value", "Available at"]
FIRST = dt.date(2005, 1, 1)
Content = dict[str, list[list[Cell]]]


def content(count: int) -> Content:
    random.seed(1)
    tables: Content = {}
    for number in range(TABLES):
        values = [random.gauss(100, 15) for _ in range(ROWS + NEW)][:count]
        days = [FIRST + dt.timedelta(days=row) for row in range(count)]
        tables[f"Series_{number}"] = [
            [day, value, day + dt.timedelta(days=7)] for day, value in zip(days, values, strict=True)
        ]
    return tables


def formulas() -> list[str]:
    return [f"SUM(Data!$B$2:$B${row + 2})" for row in range(FORMULAS)]


def by_openpyxl(tables: Content, rows: int | None = None) -> bytes:
    """The whole workbook; or, with ``rows``, one that has only so many rows in each table."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    front, data = book.active, book.create_sheet("Data")
    for row, formula in enumerate(formulas(), start=1):
        front.cell(row, 1, f"={formula}")
    for number, (name, lines) in enumerate(tables.items()):
        left = 1 + number * (len(HEADERS) + 1)
        for place, header in enumerate(HEADERS):
            data.cell(1, left + place, header)
        shown = lines if rows is None else lines[:rows]
        for row, line in enumerate(shown, start=2):
            for place, value in enumerate(line):
                data.cell(row, left + place, value)
        first, last = get_column_letter(left), get_column_letter(left + len(HEADERS) - 1)
        data.add_table(Table(displayName=name, ref=f"{first}1:{last}{len(shown) + 1}"))
    for number in range(CHARTS):
        chart = LineChart()
        chart.add_data(Reference(data, min_col=2 + 4 * number, min_row=1, max_row=ROWS + 1), titles_from_data=True)
        front.add_chart(chart, f"D{1 + 16 * number}")
    book.save(buffer)
    return buffer.getvalue()


def by_patcher(tables: Content) -> bytes:
    return fill(by_openpyxl(tables, 1), tables)


def by_xlsxwriter(tables: Content) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    front, data = book.add_worksheet("Sheet"), book.add_worksheet("Data")
    for number in range(CHARTS):
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": ["Data", 1, 1 + 4 * number, ROWS, 1 + 4 * number]})
        front.insert_chart(16 * number, 3, chart)
    for row, formula in enumerate(formulas()):
        front.write_formula(row, 0, f"={formula}", None, 0)
    columns = list(tables.values())
    for number in range(TABLES):
        for place, header in enumerate(HEADERS):
            data.write_string(0, number * 4 + place, header)
    for row in range(len(columns[0])):
        for number, lines in enumerate(columns):
            day, value, available = lines[row]
            data.write_datetime(row + 1, number * 4, day)
            data.write_number(row + 1, number * 4 + 1, value)
            data.write_datetime(row + 1, number * 4 + 2, available)
    book.close()
    return buffer.getvalue()


def update_by_patcher(data: bytes, tables: Content) -> bytes:
    update = Update(Book(Package(data)), FIRST)
    for name, rows in tables.items():
        update.table(name, Rows(HEADERS, rows))
    return update.finish()


def update_by_openpyxl(data: bytes, tables: Content) -> bytes:
    book, buffer = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    sheet = book["Data"]
    for number, lines in enumerate(tables.values()):
        for row, line in enumerate(lines[ROWS:], start=ROWS + 2):
            for place, value in enumerate(line):
                sheet.cell(row, 1 + number * 4 + place, value)
    for table in sheet.tables.values():
        table.ref = table.ref.replace(str(ROWS + 1), str(ROWS + NEW + 1))
    book.save(buffer)
    return buffer.getvalue()


def fastest(runs: int, works: Sequence[Callable[[], bytes]]) -> list[float]:
    """The least time of each, taken in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            times[place].append(time.process_time() - start)
    return [min(found) for found in times]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    before, after = content(ROWS), content(ROWS + NEW)
    made = by_patcher(before)
    patcher, plain, constant = fastest(
        runs, [lambda: by_patcher(before), lambda: by_openpyxl(before), lambda: by_xlsxwriter(before)]
    )
    patched, lossy = fastest(runs, [lambda: update_by_patcher(made, after), lambda: update_by_openpyxl(made, after)])
    print(
        f"made: {patcher:.3f} s, {len(made) / 1e6:.2f} MB   openpyxl: {plain:.3f} s   ratio: {patcher / plain:.2f}"
        f" (goal: 0.25)   XlsxWriter constant_memory: {constant:.3f} s   ratio: {patcher / constant:.2f} (goal: 0.5)"
    )
    print(
        f"{NEW} new rows in {TABLES} tables: {patched:.3f} s   openpyxl load and save: {lossy:.3f} s"
        f"   ratio: {patched / lossy:.2f} (goal: 0.2)"
    )


if __name__ == "__main__":
    main()

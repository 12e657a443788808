"""What charts keep of the cells they draw: phones and previews show that, and must show what the cells hold."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook

from tests.snapshots import data_of
from tests.test_mailed_parts import LATE, made, updated
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.chart_cache import renew_charts, with_cache
from xl_thesis_workbook.opc import Package

CACHE = re.compile(r"<f>([^<]+)</f><(num|str)Cache>(.*?)</\2Cache>")
POINT = re.compile(r'<pt idx="(\d+)"><v>([^<]*)</v></pt>')


def charts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/")}


def in_cells(book: Workbook, reference: str) -> dict[int, str]:
    """What the cells of a reference show, by place, gaps left out, in the words of a chart."""
    title, _, cells = reference.rpartition("!")
    column, first, _, last = range_boundaries(cells)
    sheet = book[title.strip("'")]
    found = {}
    for place, row in enumerate(range(first, last + 1)):
        value = sheet.cell(row, column).value
        if value not in (None, "", "#N/A"):
            number = to_excel(value) if hasattr(value, "year") else value
            found[place] = number if isinstance(number, str) else repr(number).removesuffix(".0")
    return found


@pytest.mark.parametrize("name", ["second", "chinese"])
def test_every_reference_of_a_chart_keeps_what_its_cells_show(name: str) -> None:
    data = data_of(name)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for chart in charts(data).values():
        kept = CACHE.findall(chart)
        assert len(kept) == chart.count("<f>") > 5
        for reference, _, points in kept:
            found = {int(place): unescape(value) for place, value in POINT.findall(points)}
            assert found == in_cells(book, unescape(reference))


def test_a_chart_that_refers_elsewhere_keeps_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "mailed.xlsx"
    path.write_bytes(made())
    before = charts(path.read_bytes())
    package = Package(path.read_bytes())
    theirs = before["xl/charts/chart1.xml"].replace("'Chart data'!$B$5:$B$7", "Inputs!$E$9:$E$11")
    assert theirs != before["xl/charts/chart1.xml"]
    package.put("xl/charts/chart1.xml", theirs.encode())
    path.write_bytes(package.to_bytes())
    after = charts(updated(path, LATE))
    assert after["xl/charts/chart1.xml"] == theirs
    assert after["xl/charts/chart3.xml"] != before["xl/charts/chart3.xml"]


def test_only_what_a_chart_keeps_is_written_and_its_format_stays() -> None:
    chart = (
        b"<c:val><c:numRef><c:f>'It''s'!$A$2:$A$4</c:f><c:numCache><c:formatCode>0.0</c:formatCode>"
        b'<c:ptCount val="1"/></c:numCache></c:numRef></c:val><c:tx><c:strRef><c:f>Other!A1:B2</c:f></c:strRef></c:tx>'
    )
    values = {2: 1.5, 3: "#N/A", 4: 3}
    new = with_cache(chart, lambda title, address: values[address[0]] if title == "It's" else None)
    assert new == chart.replace(
        b'<c:ptCount val="1"/>',
        b'<c:ptCount val="3"/><c:pt idx="0"><c:v>1.5</c:v></c:pt><c:pt idx="2"><c:v>3</c:v></c:pt>',
    )
    assert with_cache(new, lambda _, address: values[address[0]]) == new


def test_charts_of_a_renamed_sheet_are_found() -> None:
    data = data_of("second")
    old, new = Book(Package(data)), Book(Package(data))
    emptied = re.sub(rb"<numCache>.*?</numCache>", b"", old.package.read("xl/charts/chart2.xml"))
    old.package.put("xl/charts/chart2.xml", emptied.replace(b"'Chart data'", b"Renamed"))
    old.sheets["Renamed"] = old.sheets.pop("Chart data")
    renew_charts(old, new, {part: part for part in new.sheets.values()})
    wanted = new.package.read("xl/charts/chart2.xml").replace(b"'Chart data'", b"Renamed")
    assert old.package.read("xl/charts/chart2.xml") == wanted

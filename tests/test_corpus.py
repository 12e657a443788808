"""Our tables in other people's workbooks: updated, while every part that is not ours keeps every byte."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openpyxl.utils import get_column_letter

from tests import corpus
from tests.conftest import require_host
from xl_thesis_workbook import lint
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.grid import Cell, Formula, Grid, Segment, Writer
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.report import Report
from xl_thesis_workbook.step import Rows
from xl_thesis_workbook.update import Update
from xl_thesis_workbook.xml_bytes import attributes, set_attribute, start_tag

TOP, LEFT = 7, 60  # beside everything that the makers put down
DAY = dt.date(2024, 3, 31)
TABLES: dict[str, list[str]] = {
    "OurHistory": ["As of", "Score", "Words"],
    "OurInputs": ["Id", "Weight", "Definition", "Result"],
}


def history(count: int) -> list[list[Cell]]:
    return [[DAY + dt.timedelta(days=row), row / 7, f"=word <{row}> & more"] for row in range(count)]


INPUTS: list[list[Cell]] = [["a", 1.0, 1.0, Formula("1+1", 2)], ["b", 2.5, 2.5, Formula('"x"&"<"', "x<")]]


def grafted(data: bytes) -> bytes:
    """The workbook with our tables put into its first sheet, side by side, and a note of its owner's beside them."""
    book = Book(Package(data))
    sheet = next(iter(book.sheets.values()))
    grid = Grid(book.package.read(sheet))
    writer = Writer(grid.prefix)
    rows: dict[int, list[Segment]] = {}
    parts: dict[str, bytes] = {}
    left = LEFT
    for number, ((name, columns), first) in enumerate(zip(TABLES.items(), (history(1), INPUTS), strict=True), start=1):
        letters = [get_column_letter(left + place) for place in range(len(columns))]
        for row, values in enumerate([columns, *first], start=TOP):
            xml = writer.row(row, [(letter, "") for letter in letters], values).encode()
            rows.setdefault(row, []).append(Segment(left, left + len(columns) - 1, xml))
        reference = f"{letters[0]}{TOP}:{letters[-1]}{TOP + len(first)}"
        parts[f"xl/tables/ours{number}.xml"] = table_xml(9000 + number, name, reference, columns)
        left += len(columns) + 2
    note = writer.row(TOP + 1, [(get_column_letter(left), "")], ["my note beside the first day"]).encode()
    rows[TOP + 1].append(Segment(left, left, note))
    return with_tables(data, book, sheet, grid.spliced(rows), parts)


def table_xml(number: int, name: str, reference: str, columns: list[str]) -> bytes:
    listed = "".join(f'<tableColumn id="{place}" name="{title}"/>' for place, title in enumerate(columns, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="{number}" name="{name}"'
        f' displayName="{name}" ref="{reference}" totalsRowShown="0"><autoFilter ref="{reference}"/>'
        f'<tableColumns count="{len(columns)}">{listed}</tableColumns></table>'
    ).encode()


KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_tables(data: bytes, book: Book, sheet: str, content: bytes, parts: dict[str, bytes]) -> bytes:
    """The package with table parts hung onto a sheet."""
    prefix = Grid(content).prefix
    items = "".join(f'<{prefix}tablePart xmlns:r="{KIND}" r:id="ours{place}"/>' for place in range(1, len(parts) + 1))
    found = start_tag("tableParts").search(content)
    if found:
        stated = attributes(found[2]).get("count")
        if stated:
            content = set_attribute(content, "tableParts", "count", str(int(stated) + len(parts)))
        content = content.replace(f"</{prefix}tableParts>".encode(), f"{items}</{prefix}tableParts>".encode())
    else:
        after = content.rfind(f"<{prefix}extLst".encode())
        inside = content.rfind(f"</{prefix}ext>".encode())
        end = after if after >= 0 and inside > after else content.rfind(f"</{prefix}worksheet".encode())
        whole = f'<{prefix}tableParts count="{len(parts)}">{items}</{prefix}tableParts>'.encode()
        content = content[:end] + whole + content[end:]
    folder, _, file = sheet.rpartition("/")
    relations = f"{folder}/_rels/{file}.rels"
    arrows = "".join(
        f'<Relationship Id="ours{place}" Type="{KIND}/table" Target="/{part}"/>' for place, part in enumerate(parts, 1)
    ).encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
    types = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part in parts).encode()
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        names = source.namelist()
        for name in [*names, *([] if relations in names else [relations])]:
            part = source.read(name) if name in names else empty
            if name == sheet:
                part = content
            elif name == relations:
                part = re.sub(rb"</Relationships>\s*$|(?<=s)\s*/>\s*$", arrows + b"</Relationships>", part)
            elif name == "[Content_Types].xml":
                part = part.replace(b"</Types>", types + b"</Types>")
            copy.writestr(name, part)
        for name, part in parts.items():
            copy.writestr(name, part)
    return target.getvalue()


def updated(data: bytes, count: int) -> tuple[bytes, Report]:
    update = Update(Book(Package(data)), DAY)
    update.table("OurHistory", Rows(TABLES["OurHistory"], history(count)))
    update.table("OurInputs", Rows(TABLES["OurInputs"], INPUTS, {"Weight": "Definition"}))
    return update.finish(), update.report


def hashes(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: hashlib.sha256(package.read(name)).hexdigest() for name in package.namelist()}


def packed(data: bytes) -> dict[str, bytes]:
    package = Package(data)
    return {member.filename: package._packed(member) for member in package._members}


def without_cells(sheet: bytes) -> bytes:
    """A sheet without its cells, its size and its spans."""
    found = start_tag("sheetData").search(sheet)
    assert found is not None
    end = sheet.rfind(b"sheetData>")
    return re.sub(rb"<[^<]*dimension [^>]*>", b"", sheet[: found.start()]) + sheet[end:]


def own_cells(data: bytes) -> dict[tuple[str, int, int], bytes]:
    """Every cell outside our tables, by sheet, row and column."""
    book = Book(Package(data))
    boxes = [book.table(name) for name in TABLES]
    found = {}
    for part in book.sheets.values():
        grid = Grid(book.package.read(part))
        for number in grid.rows:
            for cell in grid.cells(number):
                if not any(box.sheet == part and box.left <= cell.column <= box.right and number >= box.top
                           for box in boxes):  # fmt: skip
                    found[part, number, cell.column] = cell.xml
    return found


def check(data: bytes) -> tuple[bytes, bytes]:
    """Put our tables in, change an input as a reader would, update twice; the workbook before and after."""
    before, _ = updated(grafted(data), 3)
    before = changed_input(before)
    after, report = updated(before, 23)
    assert len(report.added) == 20 and not report.notes
    assert [(item.key, item.after) for item in report.inputs] == [("b", 9.75)]
    book = Book(Package(after))
    reader = Reader(book)
    table = book.table("OurHistory")
    grid = Grid(book.package.read(table.sheet))
    numbers = [(row[0], row[1]) for row in reader.rows(grid, table)]
    assert numbers[-1] == ((dt.date(2024, 4, 22) - dt.date(1899, 12, 30)).days, 22 / 7)
    ours = {table.sheet, *(book.table(name).part for name in TABLES)}
    old, new = hashes(before), hashes(after)
    assert list(old) == list(new)
    assert {name for name in old if old[name] != new[name]} <= ours
    assert {name for name, raw in packed(before).items() if packed(after)[name] != raw} <= ours
    assert own_cells(before) == own_cells(after)
    read = {name: Package(data).read(table.sheet) for name, data in (("before", before), ("after", after))}
    assert without_cells(read["before"]) == without_cells(read["after"])
    assert kinds_of_faults(after) <= kinds_of_faults(before)
    again, report = updated(after, 23)
    assert again == after and not report.is_change
    return before, after


def kinds_of_faults(data: bytes) -> set[str]:
    """What the lint says, without the cells: a writer that leaves out the first style is at fault in each."""
    return {re.sub(r"\b[A-Z]+\d+\b", "cell", fault) for fault in lint.faults(data)}


def changed_input(data: bytes) -> bytes:
    """The weight of b as somebody typed it."""
    book = Book(Package(data))
    table = book.table("OurInputs")
    grid = Grid(book.package.read(table.sheet))
    row, column = table.first + 1, table.left + 1
    xml = Writer(grid.prefix).row(row, [(get_column_letter(column), "")], [9.75]).encode()
    book.package.put(table.sheet, grid.spliced({row: [Segment(column, column, xml)]}))
    return book.package.to_bytes()


@pytest.mark.parametrize("name", corpus.MAKERS)
def test_nothing_else_changes(name: str) -> None:
    check(corpus.MAKERS[name]())


def prefixed() -> bytes:
    """As Microsoft's own library for .NET writes: every element with a prefix, text in place, rows without spans."""

    def prefix(content: bytes) -> bytes:
        tagged = re.sub(rb"<(/?)(?![?!/])(?=[A-Za-z])", rb"<\1x:", content)
        return tagged.replace(b"xmlns=", b"xmlns:x=", 1)

    data, target = corpus.MAKERS["excelize_layout"](), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(name, prefix(part) if name.startswith("xl/worksheets/sheet") else part)
    return target.getvalue()


def without_addresses() -> bytes:
    """As the format allows: neither rows nor cells say where they are."""
    data, target = corpus.MAKERS["pyexcelerate_plain"](), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(name, re.sub(rb' r="[A-Z]*\d+"', b"", part) if "worksheets/sheet" in name else part)
    return target.getvalue()


def test_sheets_whose_elements_have_a_prefix() -> None:
    check(prefixed())


def test_sheets_without_addresses_keep_every_value() -> None:
    before = grafted(without_addresses())
    after, _ = updated(before, 23)
    assert own_cells(before).keys() == own_cells(after).keys()


@pytest.fixture(scope="module")
def from_libreoffice(office: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    names = [name for name in corpus.MAKERS if not name.startswith("excelize_chart_")]
    return corpus.by_libreoffice(office, tmp_path_factory.mktemp("office"), {n: corpus.MAKERS[n]() for n in names})


@pytest.fixture(scope="module")
def from_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    node = require_host("node with exceljs and xlsx", node_with_packages())
    return corpus.by_node(node, tmp_path_factory.mktemp("node"))


def node_with_packages() -> str | None:
    return shutil.which("node") if corpus.has_node_packages() else None


@pytest.mark.host
def test_nothing_else_changes_in_what_libreoffice_wrote(from_libreoffice: dict[str, bytes]) -> None:
    assert len(from_libreoffice) > 15
    for data in from_libreoffice.values():
        check(data)


@pytest.mark.host
def test_nothing_else_changes_in_what_javascript_wrote(from_node: dict[str, bytes]) -> None:
    assert len(from_node) == 6
    for data in from_node.values():
        check(data)


@pytest.mark.host
def test_the_corpus_is_large_and_foreign(from_libreoffice: dict[str, bytes], from_node: dict[str, bytes]) -> None:
    names = [*corpus.MAKERS, *from_libreoffice, *from_node]
    assert sum(not name.startswith(("xlsxwriter", "openpyxl")) for name in names) >= 45


@pytest.mark.host
def test_microsofts_validator_finds_nothing_new(
    from_libreoffice: dict[str, bytes], from_node: dict[str, bytes], open_xml_validator: str, tmp_path: Path
) -> None:
    made = {name: make() for name, make in corpus.MAKERS.items()}
    chosen = list(every_fifth({**made, **from_libreoffice, **from_node}))

    def faults(named: tuple[str, bytes]) -> list[str]:
        name, data = named
        before, after = check(data)
        files = {}
        for when, content in (("after", after), ("before", before)):
            files[when] = tmp_path / f"{name}_{when}.xlsx"
            files[when].write_bytes(content)
        found = corpus.validator_faults(open_xml_validator, files["after"])
        known = corpus.validator_faults(open_xml_validator, files["before"]) if found else []
        return [f"{name}: {fault}" for fault in set(found) - set(known)]

    with ThreadPoolExecutor(2) as pool:
        assert [fault for found in pool.map(faults, chosen) for fault in found] == []


def every_fifth(books: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """A fifth of the books, and the richest: the validator takes a second for each."""
    for number, (name, data) in enumerate(books.items()):
        if number % 5 == 0 or "everything" in name:
            yield name, data

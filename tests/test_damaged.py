"""Workbooks that came back damaged, with tables gone, or with another format: one sentence, no traceback."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.test_cli_books import run
from tests.test_update_tables import made, rows_of, series, updated
from xl_thesis import mailed
from xl_thesis.cli import main
from xl_thesis.errors import InputError
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.comparison import compare
from xl_thesis_workbook.opc import Package


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("made") / "old.xlsx"
    with pytest.raises(SystemExit):
        main(["demo", "--thesis", "jobless_boom", "--as-of", "2026-03-31", "--out", str(path)])
    return path.read_bytes()


def changed(data: bytes, table: str, pattern: bytes, by: bytes, *, in_table: bool = False) -> bytes:
    """A workbook whose table's sheet, or the table's own part, says something else."""
    package = Package(data)
    place = Book(package).table(table)
    part = place.part if in_table else place.sheet
    content, count = re.subn(pattern, by, package.read(part))
    assert count
    package.put(part, content)
    return package.to_bytes()


DAMAGES = {
    "digits": (rb"<v>[0-9.]+</v></c>", b"<v>" + b"9" * 5_000 + b"</v></c>"),
    "word": (rb"<v>[0-9.]+</v></c>", b"<v>abc</v></c>"),
    "superscript": (rb"<v>[0-9.]+</v></c>", "<v>²</v></c>".encode()),
    "infinite": (rb"<v>[0-9.]+</v></c>", b"<v>1e999</v></c>"),
    "not a number": (rb"<v>[0-9.]+</v></c>", b"<v>nan</v></c>"),
    "row": (rb'<row r="5"', b'<row r="5x"'),
    "cell": (rb'<c r="[A-Z]+(\d+)"', rb'<c r="\1"'),
}


@pytest.mark.parametrize(
    ("damage", "command"),
    [*((damage, "diff") for damage in DAMAGES), ("word", "verify"), ("cell", "verify"), ("infinite", "update")],
)
def test_damage_is_one_sentence(
    capsys: pytest.CaptureFixture[str], snapshot: bytes, tmp_path: Path, damage: str, command: str
) -> None:
    path, good = tmp_path / "book.xlsx", tmp_path / "good.xlsx"
    data = changed(snapshot, "InputPillars", *DAMAGES[damage])
    path.write_bytes(data)
    good.write_bytes(snapshot)
    more = {"verify": [], "update": ["--as-of", "2026-06-30"], "diff": [str(good)]}[command]
    code, out, err = run(capsys, command, str(path), *more)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "damaged" in err and "book.xlsx" in err
    assert path.read_bytes() == data and len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        (rb'<dimension ref="[^"]*"', b'<dimension ref="nowhere"'),
        (rb'<dimension ref="[^"]*"', b"<dimension"),
        (rb"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell/></mergeCells>'),
    ],
    ids=["dimension", "no dimension", "nothing merged"],
)
def test_a_damaged_sheet_is_refused_before_a_row_is_added(
    capsys: pytest.CaptureFixture[str], snapshot: bytes, tmp_path: Path, pattern: bytes, by: bytes
) -> None:
    path = tmp_path / "book.xlsx"
    data = changed(snapshot, "HistoryScores", pattern, by)
    path.write_bytes(data)
    code, out, err = run(capsys, "update", str(path), "--as-of", "2026-06-30")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "damaged" in err and "book.xlsx" in err
    assert path.read_bytes() == data and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("pattern", "by", "mark"),
    [
        (rb'<row r="(\d+)"', rb'<row r="\1" spans="a:b"', b'spans="a:b"'),
        (rb"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="ZZ"/></mergeCells>', b'ref="ZZ"'),
    ],
    ids=["spans", "merged"],
)
def test_damage_that_is_in_nobodys_way_is_not_made_worse(
    capsys: pytest.CaptureFixture[str], snapshot: bytes, tmp_path: Path, pattern: bytes, by: bytes, mark: bytes
) -> None:
    path = tmp_path / "book.xlsx"
    data = changed(snapshot, "HistoryScores", pattern, by)
    path.write_bytes(data)
    code, _, _ = run(capsys, "update", str(path), "--as-of", "2026-06-30")
    before, after = Package(data), Package(path.read_bytes())
    sheet = Book(before).table("HistoryScores").sheet
    assert code == 0
    assert after.read(sheet).count(mark) == before.read(sheet).count(mark)


@pytest.mark.parametrize("reference", [b"ZZ", b"A1:B", b"", b"A1:XFE2"])
def test_a_table_without_a_range_is_one_sentence(snapshot: bytes, tmp_path: Path, reference: bytes) -> None:
    path = tmp_path / "book.xlsx"
    by = rb"\1" + b' ref="' + reference + b'"'
    path.write_bytes(changed(snapshot, "ThesisAbout", rb'(<table [^>]*?) ref="[^"]*"', by, in_table=True))
    with pytest.raises(InputError, match=r"'book\.xlsx' cannot be used: it is damaged"):
        mailed.open_mailed(path)


@pytest.mark.parametrize("index", [b"0.25", b"-1", b"x", b"999"])
def test_a_word_at_a_place_that_is_none_is_damage(index: bytes) -> None:
    """A place before the first word is not the last word."""
    data = changed(made(), "Series", rb'<c r="C2"[^>]*>.*?</c>', b'<c r="C2" t="s"><v>' + index + b"</v></c>")
    with pytest.raises(InputError, match="it is damaged"):
        updated(data, series(6))


def test_tables_and_sheets_that_are_gone_are_no_untouched_workbook(
    capsys: pytest.CaptureFixture[str], snapshot: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(changed(snapshot, "ThesisClaims", b"ThesisClaims", b"Other", in_table=True))
    code, out, _ = run(capsys, "verify", str(path))
    assert code == 1
    assert out.startswith("book.xlsx: data changed")
    assert "table ThesisClaims is missing, or has another name" in out


def test_a_day_shown_as_a_number_is_the_same_day() -> None:
    book = load_workbook(io.BytesIO(made()))
    for cell in book.active["A"][1:]:
        cell.number_format = "General"
    buffer = io.BytesIO()
    book.save(buffer)
    _, report = updated(buffer.getvalue(), series(7))
    assert not report.changed and [item.key for item in report.added] == [dt.date(2024, 7, 1)]
    assert not compare(made(), buffer.getvalue()).is_change
    assert not compare(buffer.getvalue(), made()).is_change


def test_differences_come_in_the_order_of_the_file() -> None:
    rows = [[day, 9.0, words] for day, _, words in series(6)]
    after, _ = updated(made(), rows)
    assert [item.key for item in compare(made(), after).changed] == [row[0] for row in rows_of(made())]


def test_every_row_of_the_same_key_is_compared() -> None:
    def twice(value: float) -> bytes:
        book, buffer = load_workbook(io.BytesIO(made())), io.BytesIO()
        book.active["A3"], book.active["B3"] = dt.date(2024, 1, 1), value
        book.save(buffer)
        return buffer.getvalue()

    report = compare(twice(1.0), twice(2.0))
    assert [(item.before, item.after) for item in report.changed] == [(1.0, 2.0)]

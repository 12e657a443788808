"""Formulas that somebody pointed elsewhere are found; formulas that a sorted or moved table took along are ours."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table

from tests.test_cli_books import run
from tests.test_damaged import snapshot  # noqa: F401 - a fixture
from xl_thesis_workbook.anchors import Anchors
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.comparison import compare
from xl_thesis_workbook.opc import Package


def made(*changes: Callable[[Workbook], object]) -> bytes:
    """A workbook with a table of three rows on the sheet Model, and formulas that point to it on another."""
    book, buffer = Workbook(), io.BytesIO()
    model, front = book.active, book.create_sheet("Front page")
    model.title = "Model"
    for row in (["Id", "Weight"], ["A", 1.0], ["B", 2.0], ["C", 3.0]):
        model.append(row)
    model.add_table(Table(displayName="Model_1", ref="A1:B4"))
    for row in (["Id", "Result"], ["A", "=Model!$B$2*2"], ["B", '=IF(Model!$B$3>0,"B2",B2)']):
        front.append(row)
    front.add_table(Table(displayName="Front", ref="A1:B3"))
    for change in changes:
        change(book)
    book.save(buffer)
    return buffer.getvalue()


def anchors(*changes: Callable[[Workbook], object]) -> Anchors:
    return Anchors(Book(Package(made(*changes))), Book(Package(made())))


def move(book: Workbook) -> None:
    book["Model"].insert_rows(1, 2)
    book["Model"].tables["Model_1"].ref = "A3:B6"


def swap(book: Workbook) -> None:
    book["Model"]["A2"], book["Model"]["A3"] = "B", "A"


def rename(book: Workbook) -> None:
    book["Model"].title = "My model"


@pytest.mark.parametrize(
    ("found", "ours", "rows", "is_ours"),
    [
        ("Model!$B$2*2", "Model!$B$2*2", (2, 2), True),
        ("Model!$Z$99*2", "Model!$B$2*2", (2, 2), False),
        (" 'Model'!$B$2 * 2", "Model!$B$2*2", (2, 2), True),
        ("MODEL!$B$2*2", "Model!$B$2*2", (2, 2), True),
        ("B9+1", "B2+1", (9, 2), True),
        ("B2+1", "B2+1", (2, 2), True),
        ("B3+1", "B2+1", (2, 2), False),
        ("C9+1", "B2+1", (9, 2), False),
        ("$B$9", "Model!$B$9", (2, 2), False),
        ('IF(A2="B2",1)', 'IF(A2="B2",1)', (2, 2), True),
        ('IF(A2="B3",1)', 'IF(A2="B2",1)', (2, 2), False),
        ("LOG10(B5)", "LOG10(B2)", (5, 2), True),
        ("SUM(Model_1[Weight])", "SUM(Model_1[Id])", (2, 2), False),
    ],
)
def test_references_are_held_against_ours(found: str, ours: str, rows: tuple[int, int], *, is_ours: bool) -> None:
    held = anchors()
    assert held.is_ours(found, ours, "Front page", rows) is is_ours
    assert held.unknown == 0


@pytest.mark.parametrize("change", [move, swap, rename])
def test_references_to_what_was_moved_are_said_to_be_unknown(change: Callable[[Workbook], None]) -> None:
    held = anchors(change)
    assert held.is_ours("Model!$B$4*2", "Model!$B$2*2", "Front page", (2, 2))
    assert held.unknown == 1
    assert not held.is_ours("'Front page'!$B$4*2", "'Front page'!$B$2*2", "Model", (2, 2))
    assert held.is_ours("", "Model!$B$2*2", "Front page", (2, 2))
    assert held.unknown == 2


def test_a_comparison_shows_a_formula_that_points_elsewhere() -> None:
    def redirect(book: Workbook) -> None:
        book["Front page"]["B2"] = "=Model!$B$4*2"

    report = compare(made(), made(redirect))
    assert [(item.table, item.key) for item in report.formulas] == [("Front", "A")]
    assert not compare(made(), made()).formulas
    moved = compare(made(move), made(redirect))
    assert not moved.formulas and "1 formula with references that were not checked" in moved.notes[-1]


def test_a_redirected_formula_is_no_untouched_workbook(
    capsys: pytest.CaptureFixture[str],
    snapshot: bytes,  # noqa: F811
    tmp_path: Path,
) -> None:
    path, cell = tmp_path / "book.xlsx", load_workbook(io.BytesIO(snapshot))["Dashboard"]["A5"].value
    package = Package(snapshot)
    part, old = Book(package).sheets["Dashboard"], str(cell).lstrip("=").encode()
    content = package.read(part)
    assert content.count(b"<f>" + old + b"</f>") >= 1
    package.put(part, content.replace(b"<f>" + old + b"</f>", b"<f>Model!$Z$99</f>", 1))
    path.write_bytes(package.to_bytes())
    code, out, _ = run(capsys, "verify", str(path))
    assert code == 1 and out.startswith("book.xlsx: data changed")
    assert "Dashboard, A5" in out and "not checked" not in out
    code, out, _ = run(capsys, "update", str(path), "--as-of", "2026-03-31")
    assert code == 0 and "cell of ours kept as somebody wrote it" in out

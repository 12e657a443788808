"""Snapshots that come back: an update gives what a new one would hold; a check finds every cell that was changed."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.test_package import parts
from xl_thesis import mailed
from xl_thesis.default_store import seed
from xl_thesis.errors import InputError
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook import about, lint
from xl_thesis_workbook.book import Book
from xl_thesis_workbook.comparison import compare
from xl_thesis_workbook.content import gather
from xl_thesis_workbook.grid import Cell, Formula, Grid, Segment, Writer
from xl_thesis_workbook.opc import Package
from xl_thesis_workbook.reading import Reader
from xl_thesis_workbook.renewal import Fresh
from xl_thesis_workbook.snapshot import snapshot_bytes

EARLY, LATE = dt.date(2026, 3, 15), dt.date(2026, 6, 20)
THESIS = "american_exceptionalism"


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis(THESIS), store)


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ledger")


def made_on(scorer: Scorer, day: dt.date, nowhere: Path, window: int | None = None) -> bytes:
    standings = Ledger(scorer.thesis, open_log(nowhere)).standings(scorer.knowledge, day)
    return snapshot_bytes(gather(scorer, day, standings=standings, window=window))


@pytest.fixture(scope="module")
def early(scorer: Scorer, nowhere: Path) -> bytes:
    return made_on(scorer, EARLY, nowhere, window=60)


@pytest.fixture(scope="module")
def late(scorer: Scorer, early: bytes, nowhere: Path) -> bytes:
    """As a new snapshot would be, with as many months in its window as the early one has."""
    history = Book(Package(early)).table("ScoreHistory")
    return made_on(scorer, LATE, nowhere, history.bottom - history.top)


@pytest.fixture(scope="module", autouse=True)
def _made_once() -> Iterator[None]:
    """The snapshot that would take a workbook's place is the same for each day: it is made once."""
    made: dict[dt.date, Fresh] = {}
    make = about.fresh_of

    def once(scorer: Scorer, day: dt.date, *rest: Any) -> Fresh:
        if day not in made:
            made[day] = make(scorer, day, *rest)
        return made[day]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(about, "fresh_of", once)
        yield


@pytest.fixture
def book(early: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "mailed.xlsx"
    path.write_bytes(early)
    return path


def update(scorer: Scorer, path: Path, nowhere: Path, **options: object) -> mailed.Updated:
    return mailed.update(scorer, mailed.open_mailed(path), LATE, ledger=nowhere, **options)  # type: ignore[arg-type]


def tables(data: bytes) -> dict[str, list[list[Cell]]]:
    found = Book(Package(data))
    reader = Reader(found)
    grids = {part: Grid(found.package.read(part)) for part in found.sheets.values()}
    return {table.name: list(reader.rows(grids[table.sheet], table)) for table in found.tables.values()}


def with_cell(path: Path, table: str, key: str, column: str, value: Cell) -> None:
    """Somebody types into one cell of a table."""
    found = Book(Package(path.read_bytes()))
    place = found.table(table)
    grid = Grid(found.package.read(place.sheet))
    rows = Reader(found).rows(grid, place)
    number = next(row for row, values in enumerate(rows, start=place.first) if values[0] == key)
    at = place.left + place.columns.index(column)
    old = grid.cell(number, at)
    style = f' s="{old.tag["s"]}"' if old is not None and "s" in old.tag else ""
    xml = Writer().row(number, [(openpyxl.utils.get_column_letter(at), style)], [value]).encode()
    found.package.put(place.sheet, grid.spliced({number: [Segment(at, at, xml)]}))
    path.write_bytes(found.package.to_bytes())


def values(data: bytes) -> dict[str, object]:
    """Every value that a reader sees before anything is calculated, by sheet and cell."""
    loaded = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet in loaded.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
    }  # fmt: skip


def test_an_updated_workbook_shows_what_a_new_one_would(scorer: Scorer, book: Path, late: bytes, nowhere: Path) -> None:
    """Every value that is to be seen, formulas' included, is the engine's of the new day."""
    done = update(scorer, book, nowhere)
    assert done.path == book and (done.before, done.after) == (EARLY, LATE)
    assert not done.report.formulas and not done.report.inputs
    found, wanted = tables(book.read_bytes()), tables(late)
    assert found.keys() == wanted.keys()
    for name in wanted.keys() - {"ThesisSources", "HistoryScores", "HistoryFreshness"}:
        assert same_rows(found[name], wanted[name]), name
    for name in ("ThesisSources", "HistoryScores", "HistoryFreshness"):
        kept = [item.key for item in done.report.rows if item.table == name]
        assert sorted(map(str, found[name])) == sorted(
            map(str, [*wanted[name], *(row for row in found[name] if row[0] in kept)])
        )
    shown, expected = values(book.read_bytes()), values(late)
    differing = {place for place in expected if place.startswith(("Dashboard!", "Model!", "Chart data!"))
                 and not same(shown.get(place), expected[place])}  # fmt: skip
    assert differing == set()
    assert heights(book.read_bytes()) == heights(late)
    charts = [name for name in parts(late) if name.startswith("xl/charts/")]
    assert len(charts) == 4 and all(parts(book.read_bytes())[name] == parts(late)[name] for name in charts)
    assert lint.faults(book.read_bytes()) == []


def heights(data: bytes) -> dict[str, float | None]:
    """How high each row is of the sheets whose rows are the same on both days."""
    loaded = openpyxl.load_workbook(io.BytesIO(data))
    return {
        f"{title}!{row}": loaded[title].row_dimensions[row].height
        for title in ("Dashboard", "Indicators", "Claims", "Questions", "About") for row in range(1, 90)
    }  # fmt: skip


def same_rows(found: list[list[Cell]], wanted: list[list[Cell]]) -> bool:
    return len(found) == len(wanted) and all(
        same(plain(one), plain(other))
        for row, line in zip(found, wanted, strict=True)
        for one, other in zip(row, line, strict=True)
    )


def plain(value: Cell) -> object:
    return value.value if isinstance(value, Formula) else value


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-12, abs=1e-12)
    return one == other or (one in (None, "") and other in (None, ""))


def test_a_second_update_writes_nothing(scorer: Scorer, book: Path, nowhere: Path) -> None:
    update(scorer, book, nowhere)
    first, files = book.read_bytes(), sorted(book.parent.iterdir())
    assert [file.name for file in files] == ["mailed.bak1.xlsx", "mailed.xlsx"]
    done = update(scorer, book, nowhere)
    assert done.path is None and not done.report.is_change
    assert book.read_bytes() == first and sorted(book.parent.iterdir()) == files


def test_what_others_added_stays(scorer: Scorer, book: Path, nowhere: Path) -> None:
    """A changed weight is kept and listed; a formula in our cell too; the old file is kept beside."""
    with_cell(book, "InputPillars", "DOLLAR", "Weight", 7.5)
    with_cell(book, "ThesisIndicators", "dxy_since", "Value", Formula("1+1", 2))
    before = book.read_bytes()
    done = update(scorer, book, nowhere)
    after = tables(book.read_bytes())
    assert [(item.key, item.after) for item in done.report.inputs] == [("DOLLAR", 7.5)]
    assert next(row for row in after["InputPillars"] if row[0] == "DOLLAR")[4] == 7.5
    assert [item.key for item in done.report.formulas] == ["dxy_since"]
    assert done.report.waiting > 100 and not done.report.calculated  # ours are computed from other inputs
    shown, old = tables(book.read_bytes()), tables(before)
    assert all(shown[name] == old[name] for name in ("ThesisResult", "ThesisPillars", "ThesisModel"))
    assert (book.parent / "mailed.bak1.xlsx").read_bytes() == before
    kept = {name for name in parts(before) if name.startswith(("xl/charts", "xl/drawings", "xl/styles", "docProps"))}
    kept -= {"xl/drawings/drawing1.xml", "docProps/core.xml"}  # they say the day
    assert len(kept) > 5
    assert all(parts(before)[name] == parts(book.read_bytes())[name] for name in kept)
    assert b'fullCalcOnLoad="1"' in parts(book.read_bytes())["xl/workbook.xml"]


def test_a_dry_run_writes_nothing_and_out_leaves_the_old_file(scorer: Scorer, book: Path, nowhere: Path) -> None:
    before = book.read_bytes()
    assert update(scorer, book, nowhere, dry_run=True).report.is_change
    assert book.read_bytes() == before and len(list(book.parent.iterdir())) == 1
    out = book.with_name("new.xlsx")
    assert update(scorer, book, nowhere, out=out).path == out
    assert book.read_bytes() == before
    with pytest.raises(InputError, match="--force"):
        update(scorer, book, nowhere, out=out)


def test_no_backup_is_kept_where_none_is_wanted(scorer: Scorer, book: Path, nowhere: Path) -> None:
    update(scorer, book, nowhere, backup=False)
    assert [file.name for file in book.parent.iterdir()] == ["mailed.xlsx"]


def test_a_file_that_is_open_or_read_only_is_refused(scorer: Scorer, book: Path, nowhere: Path) -> None:
    before = book.read_bytes()
    for name in ("~$mailed.xlsx", ".~lock.mailed.xlsx#"):
        owner = book.with_name(name)
        owner.write_bytes(b"Ann")
        with pytest.raises(InputError, match="open in another program"):
            update(scorer, book, nowhere)
        owner.unlink()
    book.chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        update(scorer, book, nowhere)
    assert book.read_bytes() == before


def test_another_definition_or_a_later_day_is_refused(scorer: Scorer, book: Path, nowhere: Path) -> None:
    found = mailed.open_mailed(book)
    with pytest.raises(InputError, match="is of 2026-03-15 already"):
        mailed.update(scorer, found, dt.date(2026, 1, 31), ledger=nowhere)
    with_cell(book, "ThesisAbout", "definition_hash", "Value", "0" * 64)
    with pytest.raises(InputError, match="another definition of american_exceptionalism"):
        update(scorer, book, nowhere)


def test_what_is_no_snapshot_is_one_sentence(tmp_path: Path) -> None:
    other, buffer = tmp_path / "other.xlsx", io.BytesIO()
    openpyxl.Workbook().save(buffer)
    other.write_bytes(buffer.getvalue())
    with pytest.raises(InputError, match="no snapshot of xl-thesis"):
        mailed.open_mailed(other)
    with pytest.raises(InputError, match="there is no file"):
        mailed.open_mailed(tmp_path / "gone.xlsx")
    with pytest.raises(InputError, match=r"must end in \.xlsx"):
        mailed.open_mailed(tmp_path / "book.csv")


def test_days_that_are_counted_from_1904_are_said_to_be_so(book: Path) -> None:
    """Excel moves every day by four years and a day when somebody ticks that box."""
    package = Package(book.read_bytes())
    content = package.read("xl/workbook.xml")
    package.put("xl/workbook.xml", content.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1))
    book.write_bytes(package.to_bytes())
    with pytest.raises(InputError, match=r"^'mailed.xlsx' cannot be used: it counts days from 1904; turn that off"):
        mailed.open_mailed(book)


def test_an_untouched_workbook_is_verified(scorer: Scorer, book: Path, nowhere: Path) -> None:
    done = mailed.verify(scorer, mailed.open_mailed(book), nowhere)
    assert done.verdict == "untouched"
    assert done.notes == ()


def test_a_changed_input_is_found_by_its_cell(scorer: Scorer, book: Path, nowhere: Path) -> None:
    with_cell(book, "InputIndicators", "dxy_since", "Weight", 3.5)
    done = mailed.verify(scorer, mailed.open_mailed(book), nowhere)
    assert done.verdict == "inputs changed"
    assert [(item.table, item.key, item.column, item.after) for item in done.report.inputs] == [
        ("InputIndicators", "dxy_since", "Weight", 3.5)
    ]


@pytest.mark.parametrize(
    ("table", "key", "column", "value"),
    [
        ("ThesisIndicators", "dxy_since", "Value", 1.25),
        ("ThesisClaims", "C01", "Claim", "something nicer"),
        ("InputPillars", "DOLLAR", "Definition: weight", 9.0),
        ("ThesisModel", "dxy_since", "Score", 99.0),
        ("ThesisModel", "dxy_since", "Score", Formula("99", 99)),
        ("ThesisResult", "score", "Value", Formula("50+49", 99)),
    ],
)
def test_any_other_changed_cell_is_found(
    scorer: Scorer, book: Path, nowhere: Path, table: str, key: str, column: str, value: Cell
) -> None:
    if not any(row[0] == key for row in tables(book.read_bytes())[table]):
        key = str(tables(book.read_bytes())[table][0][0])
    with_cell(book, table, key, column, value)
    report = mailed.verify(scorer, mailed.open_mailed(book), nowhere)
    assert report.verdict == "data changed"
    found = [*report.report.changed, *report.report.formulas, *report.report.inputs]
    assert any(item.table == table and item.key == key for item in found)


def test_a_value_shown_by_a_formula_of_ours_is_held_against_the_engine(
    scorer: Scorer, book: Path, nowhere: Path
) -> None:
    ours = next(row[1] for row in tables(book.read_bytes())["ThesisResult"] if row[0] == "score")
    assert isinstance(ours, Formula)
    with_cell(book, "ThesisResult", "score", "Value", Formula(ours.text, 99.9))
    done = mailed.verify(scorer, mailed.open_mailed(book), nowhere)
    assert done.verdict == "data changed"
    assert [(item.key, item.before) for item in done.report.calculated] == [("score", 99.9)]


def test_what_moved_between_two_workbooks(early: bytes, late: bytes) -> None:
    report = compare(early, late)
    moved = {(item.table, item.key, item.column): item for item in [*report.changed, *report.calculated]}
    was, now = (next(row[1] for row in tables(data)["ThesisResult"] if row[0] == "score") for data in (early, late))
    change = moved["ThesisResult", "score", "Value"]
    assert (change.before, change.after) == (plain(was), plain(now))
    assert {item.table for item in report.added} >= {"Data_broad_usd", "HistoryScores"}
    assert compare(early, early).is_change is False


def test_the_comparison_is_a_sound_workbook(book: Path, late: bytes, tmp_path: Path) -> None:
    other = tmp_path / "late.xlsx"
    other.write_bytes(late)
    before, after, report = mailed.compare(book, other)
    path = mailed.write_comparison(before, after, report, tmp_path / "differences.xlsx", force=False)
    assert lint.faults(path.read_bytes()) == []
    sheet = openpyxl.load_workbook(path).active
    assert sheet["A2"].value == "From mailed.xlsx to late.xlsx"
    rows = sheet[sheet.tables["Differences"].ref]
    assert len(rows) - 1 == sum(map(len, (report.changed, report.calculated, report.formulas, report.added,
                                          report.removed)))  # fmt: skip
    json.dumps(report.to_json(), allow_nan=False)


def test_cells_beside_our_tables_keep_every_byte(scorer: Scorer, book: Path, nowhere: Path) -> None:
    """A note on a sheet of ours, and a sheet of one's own."""
    found = Book(Package(book.read_bytes()))
    sheet = found.table("ThesisClaims").sheet
    grid = Grid(found.package.read(sheet))
    xml = Writer().row(9, [("Z", "")], ["my note"]).encode()
    found.package.put(sheet, grid.spliced({9: [Segment(26, 26, xml)]}))
    book.write_bytes(found.package.to_bytes())
    update(scorer, book, nowhere)
    assert own_cells_of(book.read_bytes(), sheet)[9, 26] == xml


def own_cells_of(data: bytes, sheet: str) -> dict[tuple[int, int], bytes]:
    grid = Grid(Package(data).read(sheet))
    return {(row, cell.column): cell.xml for row in grid.rows for cell in grid.cells(row)}


def test_a_workbook_is_untouched_after_an_update(scorer: Scorer, tmp_path: Path, nowhere: Path) -> None:
    """A source that only the old day needed is no row of somebody else."""
    path = tmp_path / "old.xlsx"
    path.write_bytes(made_on(scorer, dt.date(2026, 3, 31), nowhere))
    sources = {row[0] for row in tables(path.read_bytes())["ThesisSources"]}
    done = mailed.update(scorer, mailed.open_mailed(path), dt.date(2026, 7, 22), ledger=nowhere)
    assert {item.key for item in done.report.removed if item.table == "ThesisSources"} == sources - {
        row[0] for row in tables(path.read_bytes())["ThesisSources"]
    }
    assert any(item.table == "ThesisSources" for item in done.report.removed)
    checked = mailed.verify(scorer, mailed.open_mailed(path), nowhere)
    assert (checked.verdict, checked.report.rows, checked.report.notes) == ("untouched", [], [])
    assert lint.faults(path.read_bytes()) == []

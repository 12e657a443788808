"""Values of one's own: read from CSV and XLSX, every fault at once with its row, nothing kept of a faulty file."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.test_settings import run
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store
from xl_thesis.store import open_store

COFER = "MANUAL:cofer_usd_share_constant_fx"
HEADER = "series,date,value,published_on,source,note\n"


@pytest.fixture(autouse=True)
def own_folder(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def known(series_id: str, on: str, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    assert run("series", series_id, "--as-of", on, "--json") == 0
    return {row["observed_on"]: row["value"] for row in json.loads(capsys.readouterr().out)["observations"]}


def test_manual_entries_count_from_the_day_they_were_published(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cofer.csv").write_text(
        f"{HEADER}{COFER},2025Q1,57.8,2025-07-09,IMF COFER,first print\n{COFER},2025-03-31,57.7,2025-10-01,IMF COFER,\n"
        f"{COFER},2025-06-30,56.3,2025-10-01,IMF COFER,\n", encoding="utf-8",
    )  # fmt: skip
    assert run("import", "cofer.csv") == 0
    assert "3 rows of MANUAL:cofer_usd_share_constant_fx: 3 new, 0 of them revisions" in capsys.readouterr().out
    assert known(COFER, "2025-09-30", capsys) == {"2025-03-31": 57.8}
    assert known(COFER, "2025-10-01", capsys) == {"2025-03-31": 57.7, "2025-06-30": 56.3}
    assert run("import", "cofer.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["added"] == 0
    with open_default_store() as store:
        assert {row[0] for row in store.engine.all("SELECT source FROM observation WHERE source LIKE '%COFER%'")} == {
            "IMF COFER"
        }


def test_bring_your_own_series_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.csv").write_text("date;value\n2026-06;1.5\n2026-07;2.5\n", encoding="utf-8-sig")
    assert run("import", "mine.csv", "--series", "FRED:EPUTRADE") == 0
    assert known("FRED:EPUTRADE", str(today()), capsys) == {"2026-06-30": 1.5, "2026-07-31": 2.5}
    Path("mine.csv").write_text("date;value\n2026-06;1.6\n", encoding="utf-8")
    assert run("import", "mine.csv", "--series", "FRED:EPUTRADE") == 0
    assert "1 new, 1 of them revisions" in capsys.readouterr().out
    assert known("FRED:EPUTRADE", "2026-11-01", capsys)["2026-06-30"] == 1.5, "a change counts from today"
    assert known("FRED:EPUTRADE", str(today()), capsys)["2026-06-30"] == 1.6


def test_bring_your_own_series_from_a_workbook_with_the_days_it_became_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["date", "value", "available_at"], [dt.date(2026, 6, 30), 1.5, dt.date(2026, 7, 9)],
                ["2026Q3", 2.5, "2026-10-12"]):  # fmt: skip
        sheet.append(row)
    book.save("mine.xlsx")
    assert run("import", "mine.xlsx", "--series", "FRED:EPUTRADE") == 0
    assert known("FRED:EPUTRADE", "2026-10-11", capsys) == {"2026-06-30": 1.5}
    assert known("FRED:EPUTRADE", "2026-10-12", capsys) == {"2026-06-30": 1.5, "2026-09-30": 2.5}


def test_every_fault_is_named_with_its_row_and_nothing_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.csv").write_text(
        f"{HEADER}MANUAL:nobody,2025-03-31,1,2025-07-01,IMF,\n{COFER},2025-03-32,1,2025-07-01,IMF,\n"
        f'{COFER},2025-03-31,"1,5",2025-07-01,IMF,\n{COFER},2025-06-30,=1+1,2025-07-01,IMF,\n\n'
        f"{COFER},2025-09-30,1,2025-08-01,IMF,\n{COFER},2025-12-31,1,,,\n{COFER},2099-12-31,1,2099-01-01,IMF,\n"
        f"{COFER},2024-12-31,nan,2025-07-01,IMF,\n{COFER},2024-09-30,1,2025-07-01,IMF,\n"
        f"{COFER},2024Q3,2,2025-07-01,IMF,\n{COFER},2024-06-30,57,2024-09-30,IMF,\n", encoding="utf-8",
    )  # fmt: skip
    assert run("import", "bad.csv") == 2
    said = capsys.readouterr().err
    for words in (
        "bad.csv:2: series: unknown series 'MANUAL:nobody'", "bad.csv:3: date: '2025-03-32' is not a date",
        "bad.csv:4: value: '1,5' is not a number (write a point", "bad.csv:5: value: holds a formula",
        "bad.csv:7: published_on: 2025-08-01 is before the end of the period, 2025-09-30",
        "bad.csv:8: published_on: is empty", "bad.csv:8: source: is empty",
        "bad.csv:9: date: the period ends on 2099-12-31, which is still to come",
        "bad.csv:10: value: 'nan' is not a number", "bad.csv:12: date: the same period is in row 11 already",
    ):  # fmt: skip
        assert words in said
    with open_default_store() as store:
        assert COFER not in store.series_ids()


@pytest.mark.parametrize("row", ["2026-06-30,60,5", "2026-05-31,1,234.5"])
def test_a_number_that_its_comma_would_cut_is_a_fault(row: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cut.csv").write_text(f"date,value\n2025-12-31,66\n{row}\n", encoding="utf-8")
    assert run("import", "cut.csv", "--series", COFER) == 2
    assert "cut.csv:3: value: the row has more cells than the header; write a point" in " ".join(
        capsys.readouterr().err.split()
    )
    assert run("series", COFER) == 2, "nothing was kept"


def test_another_value_for_the_same_day_is_refused_until_it_is_meant(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("cofer.csv")
    file.write_text(f"{HEADER}{COFER},2025-03-31,57.8,2025-07-09,IMF,\n", encoding="utf-8")
    assert run("import", str(file)) == 0
    file.write_text(f"{HEADER}{COFER},2025-03-31,75.8,2025-07-09,IMF,\n", encoding="utf-8")
    assert run("import", str(file)) == 2
    assert "is 57.8 since 2025-07-09; give a correction the day it was published" in capsys.readouterr().err
    assert known(COFER, "2025-08-01", capsys) == {"2025-03-31": 57.8}
    assert run("import", str(file), "--replace") == 0
    assert known(COFER, "2025-08-01", capsys) == {"2025-03-31": 75.8}


def test_a_sheet_is_read_as_it_was_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Series", "Date", "Value", "Published on", "Source"])
    sheet.append([COFER, dt.date(2025, 3, 31), 57.8, dt.date(2025, 7, 9), "=HYPERLINK(1)"])
    sheet.append([COFER, "2025Q2", "56.3", "2025-10-01", "IMF"])
    book.save("typed.xlsx")
    assert run("import", "typed.xlsx") == 0
    assert known(COFER, "2025-10-01", capsys) == {"2025-03-31": 57.8, "2025-06-30": 56.3}
    sheet.append([COFER, "2024Q2", "=1+1", "2025-10-01", "IMF"])
    book.save("formula.xlsx")
    assert run("import", "formula.xlsx") == 2
    assert "formula.xlsx:4: value: holds a formula" in capsys.readouterr().err
    assert run("snapshot", "--as-of", "2025-12-31", "--out", "book.xlsx") == 0
    with zipfile.ZipFile("book.xlsx") as package:
        formulas = [name for name in package.namelist() if b"<f>HYPERLINK" in package.read(name)]
    assert formulas == [], "a source that begins like a formula is text in every workbook"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.csv", None, "there is no file"), ("gone.xlsx", None, "there is no file"),
        ("latin.csv", "date,value\n2026-06,1,ü".encode("latin-1"), "is not UTF-8"),
        ("empty.csv", b"", "has no column date, value"), ("head.csv", b"date,value\n", "has no rows below its header"),
        ("zip.csv", b"PK\x03\x04\0\0", "is not a text file"), ("old.xls", b"\xd0\xcf", "must be .csv or .xlsx"),
        ("broken.xlsx", b"PK\x03\x04 and no more", "is not a whole .xlsx file"),
        ("twice.csv", b"date,value,value\n2026-06,1,2\n", "has the column value more than once"),
        ("other.csv", b"day;amount\n2026-06;1\n", "its first row must be: date, value, available_at"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_one_sentence(
    name: str, content: bytes | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    assert run("import", name, "--series", "FRED:EPUTRADE") == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said


def test_a_bomb_is_refused_before_it_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile("bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"<v>0</v>" * 1_500_000)
    assert run("import", "bomb.xlsx", "--series", "FRED:EPUTRADE") == 2
    assert "swells" in capsys.readouterr().err


def test_ids_that_take_no_values_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text("date,value\n2026-06-01,1\n", encoding="utf-8")
    assert run("import", "a.csv", "--series", "DERIVED:DXY_H10") == 2
    assert "is computed from others" in capsys.readouterr().err
    assert run("import", "a.csv", "--series", "MANUAL:nobody") == 2
    assert "unknown series 'MANUAL:nobody'" in capsys.readouterr().err


def test_a_period_with_an_embedded_vintage_is_not_entered_again(capsys: pytest.CaptureFixture[str]) -> None:
    before = known("FRED:UNRATE", "2026-07-22", capsys)
    Path("mine.csv").write_text(f"date,value,available_at\n{max(before)},8,2026-07-21\n", encoding="utf-8")
    assert run("import", "mine.csv", "--series", "FRED:UNRATE") == 2
    assert "has real vintages of FRED:UNRATE up to 2026-07-31; only later periods" in capsys.readouterr().err
    assert known("FRED:UNRATE", "2026-07-22", capsys) == before


def test_values_beside_real_vintages_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with open_default_store() as store:
        row = ("FRED:EPUTRADE", "2026-06-30", 1.0, "2026-07-02")
        store.record("FRED:EPUTRADE", [row], seen_on=today(), exact=True, source="FRED")
    Path("a.csv").write_text("date,value\n2026-07,1\n", encoding="utf-8")
    assert run("import", "a.csv", "--series", "FRED:EPUTRADE") == 2
    assert "has the real vintages of FRED:EPUTRADE" in capsys.readouterr().err


def test_a_template_is_written_and_never_over_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "new.csv", "--template") == 0
    assert Path("new.csv").read_text(encoding="utf-8") == HEADER
    assert run("import", "new.csv", "--template") == 2
    assert run("import", "one.csv", "--series", COFER, "--template") == 0
    assert Path("one.csv").read_text(encoding="utf-8") == "date,value,available_at\n"
    assert open_store(Path("x.sqlite")).series_ids() == []


def test_a_template_is_a_csv_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "new.xlsx", "--template") == 2
    assert "'new.xlsx' must end in .csv" in capsys.readouterr().err and not Path("new.xlsx").exists()
    Path("old.csv").write_text("mine", encoding="utf-8")
    assert run("import", "old.csv", "--template") == 2
    assert "exists; choose another name" in capsys.readouterr().err and Path("old.csv").read_text() == "mine"

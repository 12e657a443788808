"""Arguments as every host hands them in, errors as they come out, and what is remembered of them."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xl_thesis
from xl_thesis import settings
from xl_thesis.errors import (
    CalculationError,
    DefinitionError,
    Fault,
    InputError,
    MissingData,
    SourceError,
    StaleData,
    StoreError,
)
from xl_thesis_udfs import edge, failures, formula
from xl_thesis_udfs.cells import CellError, cell, outgoing
from xl_thesis_udfs.registry import FUNCTIONS, FunctionSpec

JUNE = dt.date(2026, 6, 30)
NAIVE = dt.datetime(2026, 6, 30, 15)  # noqa: DTZ001 - as hosts hand dates in


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    failures.forget()


# ---------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    "day",
    [
        "2026-06-30", " 2026-06-30 ", "20260630", "2026-06-30T15:00:00", JUNE, NAIVE,
        dt.datetime(2026, 6, 30, 15, tzinfo=dt.UTC), 46203, 46203.0, 46203.75, [["2026-06-30"]], ((46203.0,),),
    ],
)  # fmt: skip
def test_a_day_in_every_shape(day: Any) -> None:
    assert edge.call("THESIS_SCORE", [day]) == xl_thesis.score(as_of=JUNE).score


@pytest.mark.parametrize("blank", [None, "", "  ", 0, 0.0, [[None]], ((0.0,),)])
def test_a_blank_in_every_shape(blank: Any) -> None:
    assert edge.call("THESIS_SCORE", [blank, blank]) == edge.call("THESIS_SCORE", []) == xl_thesis.score().score
    assert edge.call("THESIS_PILLAR", ["DOLLAR", blank]) == edge.call("THESIS_PILLAR", ["dollar"])


def test_a_serial_number_before_excels_false_leap_day_is_the_day_excel_shows() -> None:
    spec = FUNCTIONS["THESIS_SCORE"]
    shown = {1: dt.date(1900, 1, 1), 59: dt.date(1900, 2, 28), 61: dt.date(1900, 3, 1), 2958465: dt.date(9999, 12, 31)}
    assert {serial: edge.incoming(spec, [serial])[0] for serial in shown} == shown


def test_a_number_cell_where_a_word_is_wanted() -> None:
    assert edge.incoming(FUNCTIONS["THESIS_RELATIVE"], ["A", 7.0, JUNE])[:3] == ["A", "7", "2026-06-30"]
    assert edge.call("DXY_TREND", ["252", "2026-06-30"]) == edge.call("DXY_TREND", [252.0, JUNE])


@pytest.mark.parametrize(
    "text",
    [
        '=THESIS_SCORE("yesterday")', '=THESIS_SCORE("2999-01-01")', "=THESIS_SCORE(TRUE)", "=THESIS_SCORE(-5)",
        "=THESIS_SCORE(1e300)", "=THESIS_SCORE(0.5)", "=THESIS_SCORE(,,)", '=THESIS_SCORE(,"nothing")',
        '=THESIS_SCORE(,"no.yaml")', "=THESIS_PILLAR()", '=THESIS_PILLAR("NOPE")', '=THESIS_PILLAR("DOLLAR","nope")',
        '=THESIS_LATEST("FRED:NOPE")', "=DXY_TREND(252.5)", "=DXY_TREND(10)", '=DXY_TREND("x")', "=DXY_TREND(0)",
        '=DXY("2026-06-30","FRED:NOPE")', '=THESIS_HISTORY("nope")', '=THESIS_HISTORY(,"2026-06-30","2026-01-01")',
        '=THESIS_HISTORY(,"1950-01-01",,"d")', '=THESIS_CHANGE("2026-06-30",,"2026-06-30")', "=THESIS_CHANGE()",
        '=THESIS_BETA("UNRATE","UNRATE",3)', '=THESIS_RELATIVE("UNRATE","UNRATE","1X")',
        '=THESIS_RELATIVE("UNRATE","UNRATE","0M")', '=THESIS_CLAIMS("NOPE")', '=THESIS_QUESTION("Q999")',
        '=FED_CUTS("2026-01-01","2026-06-30")', '=THESIS_SERIES("UNRATE",,,"d")',
    ],
)  # fmt: skip
def test_a_bad_argument_is_value_with_a_sentence(text: str) -> None:
    value = formula.evaluate(text)
    assert isinstance(value, CellError) and value.code == "#VALUE!"
    assert value.sentence and "fault of xl-thesis" not in value.sentence


@pytest.mark.parametrize(
    "text",
    [
        '=THESIS_SCORE("1995-06-30")', '=THESIS_BAND("low","1995-06-30")', '=THESIS_PILLAR("GEO")',
        '=THESIS_INDICATOR("tpu")', '=THESIS_LATEST("FRED:WMTSECL1")', '=THESIS_META("FRED:UNRATE","formula")',
        '=THESIS_SERIES("UNRATE","2030-01-01")', '=THESIS_CLAIM("T7","number")', '=THESIS_QUESTION("Q4","forecast")',
        '=THESIS_RELATIVE("SPY","ACWX")', '=DXY("1960-01-01")', '=DXY_TREND(,"1999-03-01")', "=MSTR_MNAV()",
        '=FED_CUTS("2026-12-31","2026-04-24")', '=FED_CUTS("2030-12-31","2026-04-24")',
        '=THESIS_CATALOGUE("nothing has this")', '=THESIS_DETAIL("grade","1995-06-30")',
    ],
)  # fmt: skip
def test_what_is_not_known_is_na_with_the_reason(text: str) -> None:
    value = formula.evaluate(text)
    assert isinstance(value, CellError) and value.code == "#N/A", value
    assert value.sentence


@pytest.mark.parametrize("text", ['=THESIS_BETA("ECB:EURCHF","ECB:EURUSD",520,"2001-01-01")'])
def test_what_cannot_be_computed_is_num(text: str) -> None:
    value = formula.evaluate(text)
    assert isinstance(value, CellError) and value.code == "#NUM!"


def test_a_range_is_no_argument() -> None:
    value = edge.call("THESIS_SCORE", [[["2026-06-30", "2026-05-31"]]])
    assert isinstance(value, CellError) and "one cell" in value.sentence


def test_an_error_given_is_the_error_that_comes_out() -> None:
    assert edge.call("THESIS_SCORE", [CellError("#NUM!")]) == CellError("#NUM!")
    assert edge.call("THESIS_SCORE", [[[CellError("#N/A", "why")]]]) == CellError("#N/A", "why")


@pytest.mark.parametrize(
    "path", [r"\\server\share\t.yaml", "//server/share/t.yaml", r"\/server/share/t.yaml", r"/\server\share\t.yaml"]
)
def test_a_cell_never_reaches_for_another_machine(path: str) -> None:
    value = edge.call("THESIS_SCORE", [None, path])
    assert isinstance(value, CellError) and value.code == "#VALUE!" and "another machine" in value.sentence


def test_an_unknown_function_is_a_name_error() -> None:
    value = formula.evaluate("=THESIS_PILAR()")
    assert isinstance(value, CellError) and value.code == "#NAME?"
    assert "did you mean THESIS_PILLAR" in value.sentence


# ---------------------------------------------------------------- values


def test_only_cell_values_leave() -> None:
    table = outgoing([["a", 1], [float("nan"), None], [float("inf"), NAIVE]])
    assert [[str(item) for item in row] for row in table] == [["a", "1.0"], ["#N/A", "#N/A"], ["#NUM!", "2026-06-30"]]
    assert cell(np.float64(2.5)) == 2.5 and type(cell(np.float64(2.5))) is float
    assert type(cell(3)) is float and cell(True) is True
    assert cell("a\x00b\ud800c\n") == "a\ufffdb\ufffdc\n"
    assert len(str(cell("x" * 40_000))) == 32_767
    with pytest.raises(TypeError):
        cell({"a": 1})


def test_missing_numbers_in_a_table_are_errors_not_zeros_or_blanks() -> None:
    table = formula.evaluate('=THESIS_TABLE("pillars","2026-06-30")')
    assert isinstance(table, list)
    geo = next(row for row in table if row[0] == "GEO")
    assert geo[3] == CellError("#N/A", "there is no value")


# ---------------------------------------------------------------- errors


class Broken(Exception):
    """A fault with a secret in its text."""


def raising(error: Exception) -> FunctionSpec:
    def fail(*_: Any) -> float:
        raise error

    return FunctionSpec("THESIS_SCORE", "", FUNCTIONS["THESIS_SCORE"].arguments, "number", "", "", fail)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("why"), "#VALUE!"),
        (DefinitionError([Fault("t.yaml", "weight", "why"), Fault("t.yaml", "id", "why")]), "#VALUE!"),
        (MissingData("why"), "#N/A"),
        (StaleData("why"), "#N/A"),
        (CalculationError("why"), "#NUM!"),
        (StoreError("why"), "#VALUE!"),
        (SourceError("why"), "#VALUE!"),
    ],
)
def test_each_error_of_the_package_has_its_code(monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    monkeypatch.setitem(FUNCTIONS, "THESIS_SCORE", raising(error))
    value = edge.call("THESIS_SCORE", ["2020-01-01"])
    assert isinstance(value, CellError)
    assert (value.code, value.sentence) == (code, str(error))


def test_a_fault_of_ours_is_logged_without_a_word_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(FUNCTIONS, "THESIS_SCORE", raising(Broken("key 0123456789abcdef0123456789abcdef")))
    value = edge.call("THESIS_SCORE", ["2020-01-02", "my secret thesis"])
    assert isinstance(value, CellError) and value.code == "#VALUE!"
    log = (settings.home() / failures.FILE_NAME).read_text(encoding="utf-8")
    assert "Broken" in log and "test_edge.py" in log and "THESIS_SCORE(str, str)" in log
    assert "0123456789abcdef" not in log + value.sentence
    assert "secret thesis" not in log
    assert logging.getLogger("xl_thesis_udfs").handlers == []


def test_the_log_stays_small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    monkeypatch.setattr(failures, "_BYTES", 2000)
    for _ in range(200):
        failures.log_fault("THESIS_SCORE", [], Broken())
    files = sorted(tmp_path.glob(f"{failures.FILE_NAME}*"))
    assert len(files) == 3 and all(file.stat().st_size < 2500 for file in files)


def test_a_log_that_cannot_be_written_is_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "file" / "home"))
    failures.log_fault("THESIS_SCORE", [], Broken())


def test_status_says_why_cells_show_an_error() -> None:
    for text in ('=THESIS_PILLAR("GEO")', '=THESIS_LATEST("FRED:NOPE")', '=THESIS_PILLAR("GEO")'):
        formula.evaluate(text)
    status = formula.evaluate('=THESIS_STATUS("errors")')
    assert isinstance(status, list)
    newest, older = status[1:]
    assert newest[:2] == ["cell", '=THESIS_PILLAR("GEO")'] and str(newest[2]).startswith("#N/A at ")
    assert "GEO is not published" in str(newest[3])
    assert older[1] == '=THESIS_LATEST("FRED:NOPE")'
    summary = formula.evaluate("=THESIS_STATUS()")
    assert isinstance(summary, list) and summary[-2:] == [newest, older]
    assert "embedded" in [row[2] for row in summary]


def test_only_the_latest_failures_are_remembered() -> None:
    for number in range(failures.KEPT + 20):
        edge.call("THESIS_LATEST", [f"FRED:X{number}"])
    found = failures.latest()
    assert len(found) == failures.KEPT
    assert found[0].formula == f'=THESIS_LATEST("FRED:X{failures.KEPT + 19}")'


def test_a_formula_in_the_status_is_as_it_would_be_typed() -> None:
    edge.call("THESIS_PILLAR", ['a "b"', None, True, 46203.0, JUNE])
    assert failures.latest()[0].formula == '=THESIS_PILLAR("a ""b""", , TRUE, 46203, "2026-06-30")'


@pytest.mark.parametrize("name", ['THESIS_SERIES("UNRATE"', 'THESIS_HISTORY("score"', "DXY_HISTORY("])
def test_days_in_the_wrong_order_are_a_bad_argument_and_days_without_a_value_no_data(name: str) -> None:
    separator = "" if name.endswith("(") else ","
    swapped = formula.evaluate(f'={name}{separator}"2026-06-30","2026-01-01")')
    assert isinstance(swapped, CellError) and swapped.code == "#VALUE!" and "2026-06-30 is after" in swapped.sentence
    nothing = formula.evaluate('=THESIS_SERIES("UNRATE","1900-01-01","1901-01-01")')
    assert isinstance(nothing, CellError) and nothing.code == "#N/A"

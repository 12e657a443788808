"""Cell functions through registry and edge: real values, true errors, never an exception."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import xl_thesis
import xl_thesis.errors
from xl_thesis_udfs import edge, formula, reference
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.registry import FUNCTIONS
from xl_thesis_udfs.session import session

assert reference.page()  # fills the registry

NEED_VENDOR_PRICES = {"MSTR_MNAV"}
JUNE = dt.date(2026, 6, 30)


@pytest.fixture(autouse=True)
def one_session(private_home: None) -> None:
    """The functions' session belongs to the tests' own store."""
    session()


def value_of(text: str) -> Any:
    return edge.call(*formula.parse(text))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_example_gives_a_value(name: str) -> None:
    value = value_of(FUNCTIONS[name].example)
    if name in NEED_VENDOR_PRICES:
        assert isinstance(value, CellError) and value.code == "#N/A" and "YAHOO:" in value.sentence
        return
    assert not isinstance(value, CellError), value
    if FUNCTIONS[name].returns == "table":
        assert len({len(row) for row in value}) == 1
        assert all(isinstance(header, str) for header in value[0])
    elif FUNCTIONS[name].returns == "date":
        assert isinstance(value, dt.date)


def test_the_reference_page_is_the_registry() -> None:
    committed = Path(xl_thesis.__file__).parent.parent / "docs" / "FUNCTIONS.md"
    if not committed.exists():  # an installed package without its repository
        committed = Path(__file__).parent.parent / "docs" / "FUNCTIONS.md"
    assert committed.read_text(encoding="utf-8") == reference.page()


def test_a_cell_is_the_evaluation() -> None:
    expected = xl_thesis.score(as_of=JUNE)
    assert value_of('=THESIS_SCORE("2026-06-30")') == expected.score
    assert value_of("=THESIS_SCORE(46203)") == expected.score  # the same day as an Excel serial number
    assert edge.call("thesis_score", [dt.datetime(2026, 6, 30, 15, tzinfo=dt.UTC)]) == expected.score
    table = value_of('=THESIS_TABLE("indicators","2026-06-30")')
    column = table[0].index("contribution")
    points = [row[column] for row in table[1:] if not isinstance(row[column], CellError)]
    assert 50 + math.fsum(points) == pytest.approx(expected.score, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('=THESIS_SCORE("1995-06-30")', "#N/A"),  # withheld
        ('=THESIS_SCORE("yesterday")', "#VALUE!"),
        ('=THESIS_SCORE("2999-01-01")', "#VALUE!"),
        ("=THESIS_SCORE(,,)", "#VALUE!"),
        ('=THESIS_SCORE(,"nothing")', "#VALUE!"),
        ("=THESIS_PILLAR()", "#VALUE!"),
        ('=THESIS_PILLAR("NOPE")', "#VALUE!"),
        ('=THESIS_PILLAR("GEO")', "#N/A"),
        ('=THESIS_LATEST("FRED:NOPE")', "#VALUE!"),
        ('=THESIS_LATEST("FRED:WMTSECL1")', "#N/A"),
        ("=THESIS_NOTHING()", "#NAME?"),
    ],
)
def test_errors_are_true_errors_with_a_sentence(text: str, code: str) -> None:
    value = value_of(text)
    assert isinstance(value, CellError)
    assert value.code == code
    assert value.sentence


def test_missing_numbers_in_a_table_are_errors_not_zeros_or_blanks() -> None:
    table = value_of('=THESIS_TABLE("pillars","2026-06-30")')
    geo = next(row for row in table if row[0] == "GEO")
    assert str(geo[3]) == "#N/A"


def test_an_error_passed_in_is_an_error_out() -> None:
    assert edge.call("THESIS_SCORE", [CellError("#NUM!")]) == CellError("#NUM!")


anything = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(-(10**9), 10**9), st.text(max_size=12), st.dates(),
    st.datetimes(),
    st.sampled_from(["DOLLAR", "score", "m", "d", "indicators", "FRED:UNRATE", "T4", "2026-06-30", "dxy_trend"]),
)  # fmt: skip


def is_legal(value: Any) -> bool:
    if isinstance(value, list):
        return all(is_legal(cell) for row in value for cell in row)
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | bool | dt.date | CellError)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(set(FUNCTIONS) - {"THESIS_HISTORY", "THESIS_CALENDAR"})), st.lists(anything, max_size=5))
def test_no_argument_makes_an_exception_or_an_illegal_value(name: str, arguments: list[Any]) -> None:
    assert is_legal(edge.call(name, arguments))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("THESIS_SCORE()", ("THESIS_SCORE", [])),
        ('=f("a""b"; 1.5 ;TRUE,)', ("F", ["a" + '"' + "b", 1.5, True, None])),
        ('= f ( "x, y" )', ("F", ["x, y"])),
    ],
)
def test_formulas(text: str, expected: tuple[str, list[Any]]) -> None:
    assert formula.parse(text) == expected


@pytest.mark.parametrize("text", ["", "=", "=A1", "=f(", "=f(A1)", '=f("a" "b")', "=f(1)+1"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(xl_thesis.errors.InputError):
        formula.parse(text)

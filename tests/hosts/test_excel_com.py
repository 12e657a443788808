"""What xlwings' COM server would be asked, through its own code, on every system."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hosts.stand_ins import DAYS, MODULE, install, restored
from xl_thesis_udfs import edge, formula, functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.edge import CellError
from xl_thesis_udfs.registry import FUNCTIONS
from xl_thesis_udfs.session import session

MISSING = -2147352572
ERROR = "\x01"
NUMBERS = {"#VALUE!": 2015, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        yield install(patch)


@pytest.fixture
def cell(server: Any, private_home: None) -> Any:
    """A worksheet function as COM calls it; the answer is one value, or rows of them."""

    def call(name: str, *arguments: Any) -> Any:
        rows = server.call_udf(MODULE, "cell", (name, tuple(arguments)))
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else restored(rows)

    return call


def carried(value: Any) -> Any:
    """A direct call's value as COM carries it."""
    if isinstance(value, list):
        return [[carried(item) for item in row] for row in value]
    if isinstance(value, CellError):
        return f"{ERROR}{NUMBERS[value.code]}"
    if isinstance(value, dt.date):
        if value < dt.date(1900, 3, 1):
            return value.isoformat()
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return value


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_gives_through_xlwings_what_a_direct_call_gives(name: str, cell: Any) -> None:
    _, arguments = formula.parse(FUNCTIONS[name].example)
    assert cell(name, *arguments) == carried(edge.call(name, arguments))


def test_dates_blanks_and_errors_go_in(cell: Any) -> None:
    expected = edge.call("THESIS_SCORE", ["2026-06-30"])
    noon = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
    for day in ("2026-06-30", 46203.0, noon, ((46203.0,),)):
        assert cell("THESIS_SCORE", day, None) == expected
    assert cell("THESIS_SCORE") == cell("THESIS_SCORE", None, None) == edge.call("THESIS_SCORE", [])
    assert cell("THESIS_SCORE", f"{ERROR}2042") == f"{ERROR}2042"
    assert cell("THESIS_SCORE", ((1.0, 2.0),)) == f"{ERROR}2015"
    assert cell("THESIS_NOTHING") == f"{ERROR}2029"


def test_errors_stand_inside_tables(cell: Any) -> None:
    table = cell("THESIS_TABLE", "indicators", "2026-06-30")
    assert any(item == f"{ERROR}2042" for row in table for item in row)
    assert not any(item is None or item == "" for row in table for item in row)


def test_text_from_data_cannot_pass_for_an_error_or_a_column_of_days() -> None:
    assert edge.outgoing(f"{ERROR}2042") != f"{ERROR}2042"
    assert edge.outgoing([[f"{DAYS}header"], [1.0]])[0] != [f"{DAYS}header"]


def test_a_column_of_days_travels_as_numbers_and_what_excel_has_no_day_for_as_text(server: Any) -> None:
    excel_com = sys.modules[MODULE]
    day, old, error = dt.date(2026, 6, 30), dt.date(1900, 2, 28), CellError("#N/A")
    table = excel_com._table([["on", "mixed", "old", "n"], [day, day, day, 1.0], [error, "x", old, 2.0]])
    moment = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    assert table == [
        [f"{DAYS}on", "mixed", "old", "n"],
        [46203.0, moment, moment, 1.0],
        [f"{ERROR}2042", "x", "1900-02-28", 2.0],
    ]
    assert excel_com._table([["only", "headers"]]) == [["only", "headers"]]


@pytest.fixture
def own_session(own_home: Path) -> Iterator[None]:
    """Cells on a store of this test alone: what is written must not reach the store that the others share."""
    session().close()
    session.cache_clear()
    yield
    session().close()
    session.cache_clear()


def test_the_token_changes_with_the_store_only(server: Any, own_session: None) -> None:
    from xl_thesis.default_store import open_default_store

    def token() -> str:
        return server.call_udf(MODULE, "token", ())[0][0]

    before = token()
    assert isinstance(before, str) and token() == before
    with open_default_store() as store:
        store.write([("MANUAL:mstr_mnav_ev", "2026-06-30", 1.5, "2026-07-01")], source="test")
    assert token() != before


START = """
import sys
from xl_thesis_udfs.hosts.excel_start import CONVERSIONS, hidden
with hidden(*CONVERSIONS):
    import xlwings
from xl_thesis_udfs.hosts import excel_com
assert excel_com.cell("THESIS_SCORE", ())[0][0] > 0
print(sorted({"pandas", "matplotlib", "polars"} & set(sys.modules)))
import pandas
assert pandas.DataFrame
"""


def test_the_first_value_needs_no_pandas_and_whoever_needs_it_finds_it() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


anything = st.one_of(
    st.none(), st.booleans(), st.floats(), st.text(max_size=12), st.datetimes(timezones=st.just(dt.UTC)),
    st.sampled_from(["DOLLAR", "score", "m", f"{ERROR}2015", "FRED:UNRATE", ((1.0,),), ((1.0, "a"), (None, True))]),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(anything, max_size=5))
def test_whatever_goes_in_com_can_carry_what_comes_out(cell: Any, name: str, arguments: list[Any]) -> None:
    value = cell(name, *arguments)
    flat = [item for row in value for item in row] if isinstance(value, list) else [value]
    assert all(type(item) in (float, bool, str, dt.datetime) for item in flat)

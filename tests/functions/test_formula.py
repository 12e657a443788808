"""Formulas from the shell: read, nested, and through ``xl-thesis call``."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import xl_thesis
from xl_thesis.cli import cli
from xl_thesis.errors import InputError
from xl_thesis_udfs import formula
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.formula import Call


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("THESIS_SCORE()", ("THESIS_SCORE", [])),
        (" = f ( ) ", ("F", [])),
        ('=f("a""b"; 1.5 ;TRUE;)', ("F", ['a"b', 1.5, True, None])),
        ('=f("a;b", 1.5)', ("F", ["a;b", 1.5])),
        ("=f(1,5;2)", ("F", [1.5, 2.0])),
        ("=f(1,5,2)", ("F", [1.0, 5.0, 2.0])),
        ("=f(-1,+.5,1e3,2.)", ("F", [-1.0, 0.5, 1000.0, 2.0])),
        ('= f ( "x, y" )', ("F", ["x, y"])),
        ("=f(,,)", ("F", [None, None, None])),
        ("=f(g(1),h())", ("F", [Call("G", [1.0]), Call("H", [])])),
    ],
)
def test_formulas(text: str, expected: tuple[str, list[Any]]) -> None:
    assert formula.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "=", "=A1", "=f(", "=f(A1)", '=f("a" "b")', "=f(1)+1", "=f)", "=f(1", '=f("a)', "5", '="a"',
     "=" + "f(" * 30 + ")" * 30],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        formula.parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the formula is empty"), (" = ", "the formula is empty"),
        ("=THESIS_PILLAR(", "'=THESIS_PILLAR(': a bracket is not closed"), ("=f(1", "a bracket is not closed"),
        ("=f(1, ", "a bracket is not closed"), ("=f(g(1)", "a bracket is not closed"),
        ("=f(1 2)", "'2)': a separator or a closing bracket is missing"),
    ],
)  # fmt: skip
def test_the_reason_names_what_is_missing(text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        formula.parse(text)
    assert words in str(refused.value)


simple = st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20))


@given(st.lists(simple, max_size=6), st.sampled_from([",", ";", " , ", " ;\n"]))
def test_what_is_written_is_what_is_read(arguments: list[Any], separator: str) -> None:
    def word(item: Any) -> str:
        doubled = str(item).replace('"', '""')
        return "" if item is None else f'"{doubled}"' if isinstance(item, str) else str(item)

    text = f"=f({separator.join(map(word, arguments))})"
    expected = [] if arguments == [None] else arguments  # an empty bracket has no argument
    assert formula.parse(text) == ("F", expected)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        formula.evaluate(text)


def test_functions_inside_one_another() -> None:
    june = xl_thesis.score(as_of=dt.date(2026, 6, 30)).score
    assert formula.evaluate("=THESIS_SCORE(DATE(2026,6,30))") == june
    assert formula.evaluate("=THESIS_SCORE(THESIS_ASOF())") == formula.evaluate("=THESIS_SCORE()")
    assert formula.evaluate("=THESIS_SCORE(TODAY())") == formula.evaluate("=THESIS_SCORE(TODAY(),)")
    assert formula.evaluate('=THESIS_SCORE(THESIS_CLAIM("A1","wrong_on"))') != june
    assert str(formula.evaluate("=THESIS_SCORE(DATE(2026,13,1))")) == "#VALUE!"
    assert str(formula.evaluate('=THESIS_SCORE(THESIS_PILLAR("GEO"))')) == "#N/A"
    value = formula.evaluate("=THESIS_SCORE(THESIS_TABLE())")
    assert isinstance(value, CellError) and "one cell" in value.sentence


def test_call_prints_a_value_and_its_reason() -> None:
    done = CliRunner().invoke(cli, ["call", '=THESIS_PILLAR("DOLLAR";"title")'])
    assert (done.exit_code, done.stdout) == (0, "A weaker dollar\n")
    done = CliRunner().invoke(cli, ["call", '=THESIS_PILLAR("GEO")'])
    assert done.exit_code == 3 and done.stdout == "#N/A\n" and "not published" in done.stderr
    assert CliRunner().invoke(cli, ["call", '=THESIS_PILLAR("NOPE")']).exit_code == 2


def test_call_as_json_loses_nothing() -> None:
    done = CliRunner().invoke(cli, ["call", '=THESIS_SCORE("2026-06-30")', "--json"])
    assert json.loads(done.stdout) == {
        "formula": '=THESIS_SCORE("2026-06-30")', "value": xl_thesis.score(as_of=dt.date(2026, 6, 30)).score,
        "error": None, "reason": None,
    }  # fmt: skip
    table = json.loads(CliRunner().invoke(cli, ["call", '=THESIS_TABLE(,"2026-06-30")', "--json"]).stdout)["value"]
    assert next(row for row in table if row[0] == "GEO")[3] is None
    done = CliRunner().invoke(cli, ["call", "=THESIS_ASOF()", "--json"])
    assert dt.date.fromisoformat(json.loads(done.stdout)["value"])
    failed = CliRunner().invoke(cli, ["call", '=THESIS_PILLAR("GEO")', "--json"])
    found = json.loads(failed.stdout)
    assert found["value"] is None and found["error"] == "#N/A" and "not published" in found["reason"]
    assert failed.exit_code == 3


def test_call_prints_tables_with_tabs() -> None:
    lines = CliRunner().invoke(cli, ["call", '=DXY_HISTORY("2026-06-29","2026-06-30")']).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["observed_on", "2026-06-29", "2026-06-30"]
    assert CliRunner().invoke(cli, ["call", '=THESIS_INDICATOR("dxy_trend","contested")']).stdout == "FALSE\n"

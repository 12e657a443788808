"""Random arguments over all functions: only legal cell values come back, never an exception, never a fault of ours."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_thesis_udfs import edge
from xl_thesis_udfs.cells import CellError, cell
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

TUPLES = 100_000
SLOW = {"THESIS_HISTORY", "THESIS_CALENDAR", "THESIS_BAND", "THESIS_CHANGE", "THESIS_ALERTS", "THESIS_SENSITIVITY"}
"""Functions that take a tenth of a second and more on a day they have not seen: they see fewer days."""

DAYS = [dt.date(2026, 6, 30), dt.date(2026, 6, 1)]
MORE_DAYS = [*DAYS, *(dt.date(year, month, 28) for year in (1913, 1999, 2012, 2025) for month in (2, 9))]
WORDS = {
    "pillar": ["DOLLAR", "geo", "META"], "indicator": ["dxy_trend", "labour_cooling", "tpu", "mstr_mnav"],
    "claim": ["T4", "a1"], "question": ["Q4", "q18"], "group": ["FED", "meta"], "item": ["score", "all", "DOLLAR"],
    "id": ["FRED:UNRATE", "unrate", "DGS10", "FRED:DFF", "GDPC1", "YAHOO:SPY/adj", "DERIVED:DXY_ECB", "ICSA"],
    "a": ["ECB:EURUSD", "WB:GOLD_USD", "SPY"], "b": ["ECB:EURJPY", "UNRATE"], "asset": ["ECB:EURCHF", "ICSA"],
    "benchmark": ["ECB:EURUSD", "CPIAUCSL"], "window": ["12M", "1Y", "520W", "999Y", "2025-02-24", 45000],
    "source": ["ecb", "h10", "yahoo", "FRED:DTWEXBGS"], "find": ["rate", "zzz"], "thesis": ["jobless_boom"],
}  # fmt: skip


class Odd:
    """Something no host hands in."""


JUNK: list[Callable[[random.Random], Any]] = [
    lambda dice: dice.uniform(-1e5, 0.9),
    lambda dice: dice.uniform(1e5, 1e9),
    lambda dice: dice.randrange(2**60, 2**70),
    lambda dice: "".join(chr(dice.randrange(0x11000)) for _ in range(dice.randrange(12))),
    lambda dice: "".join(dice.choice("=+-@'\"<>&;,/\\\n\t\x00%{}()é漢") for _ in range(dice.randrange(8))),
    lambda dice: dice.choice([math.nan, math.inf, -math.inf, -0.0, 10**40, -1, 0.5, 2958466]),
    lambda dice: dice.choice([None, "", "   ", True, False, "#N/A", "nan", "inf", "1e400", "=1+1", "x" * 40_000]),
    lambda dice: dice.choice(["2026-13-45", "0000-00-00", "9999-12-31", "24:00", "2026-06-30T25:00", "\ud800"]),
    lambda dice: dice.choice(["../../x.yaml", r"\\host\share\x.yaml", "a\x00.yaml", "c" * 300 + ".yaml", "~no/x.yaml"]),
    lambda dice: dice.choice([dt.date.max, dt.datetime(9999, 12, 31, tzinfo=dt.UTC), dt.time(1), b"x", 1j, Odd()]),
    lambda dice: dice.choice([[[1, 2], [3, 4]], [], [[]], ((None,),), [["2026-06-30"]], {"a": 1}, {1, 2}]),
    lambda dice: dice.choice([decimal.Decimal("1.5"), np.float64(46203), np.int64(46203), np.datetime64("2026-06-30")]),
    lambda dice: dice.choice([CellError("#N/A", "given"), [[CellError("#NUM!")]]]),
]
"""What a careless cell, or a hostile one, holds."""


def sensible(argument: ArgumentSpec, spec: FunctionSpec, dice: random.Random) -> Any:
    """What belongs there, in one of its shapes."""
    if argument.kind == "date":
        day = dice.choice(DAYS if spec.name in SLOW else MORE_DAYS)
        return dice.choice([day, day.isoformat(), float((day - dt.date(1899, 12, 30)).days), [[day]]])
    if argument.kind == "number":
        return dice.choice([63, 252.0, "104", 40, 26, 520])
    words = [*WORDS.get(argument.name, []), *argument.choices] or ["x"]
    word = dice.choice(words)
    return word.upper() if isinstance(word, str) and dice.random() < 0.3 else word


def random_arguments(spec: FunctionSpec, dice: random.Random) -> list[Any]:
    is_tame = dice.random() < 0.5
    count = len(spec.arguments) + (dice.random() < 0.03)
    given_: list[Any] = []
    for place in range(dice.randint(0, count)):
        if place >= len(spec.arguments) or dice.random() < (0.02 if is_tame else 0.3):
            given_.append(dice.choice(JUNK)(dice))
        elif dice.random() < 0.25 and not spec.arguments[place].required:
            given_.append(None)
        else:
            given_.append(sensible(spec.arguments[place], spec, dice))
    return given_


def flaw_of_cell(value: Any) -> str | None:
    """What is wrong with a cell value, None where it is legal."""
    if type(value) is float:
        return None if math.isfinite(value) else "not finite"
    if type(value) is str:
        if len(value) > 32_767:
            return "too long"
        return None if value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") == value else "not Unicode"
    if isinstance(value, CellError):
        return "a fault of ours" if "fault of xl-thesis" in value.sentence else None
    return None if type(value) in (bool, dt.date) else f"a {type(value).__name__}"


def flaw_of(spec: FunctionSpec, value: Any) -> str | None:
    if not isinstance(value, list):
        return flaw_of_cell(value) or ("no table" if spec.returns == "table" and type(value) is not CellError else None)
    if spec.returns != "table" or not value or not value[0] or len({len(row) for row in value}) != 1:
        return "no table"
    return next((flaw for row in value for item in row if (flaw := flaw_of_cell(item))), None)


def test_a_hundred_thousand_random_calls_give_legal_cells_only(private_home: None) -> None:
    dice = random.Random(20261128)
    specs = list(FUNCTIONS.values())
    checked: dict[int, Any] = {}
    seen: Counter[str] = Counter()
    for _ in range(TUPLES):
        spec = dice.choice(specs)
        arguments = random_arguments(spec, dice)
        value = edge.call(spec.name, arguments)
        if id(value) not in checked:
            flaw = flaw_of(spec, value)
            assert flaw is None, f"{spec.name}{tuple(arguments)!r:.500} gave {value!r:.500}: {flaw}"
        if isinstance(value, list) and spec.cached:  # remembered, so checked once; kept, so that its id stays its own
            checked[id(value)] = value
        seen[value.code if isinstance(value, CellError) else spec.name] += 1
    without_prices = FUNCTIONS.keys() - {"MSTR_MNAV"}
    assert set(seen) >= without_prices | {"#N/A", "#VALUE!", "#NUM!"}, "each function and each error must occur"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("day", [dt.date.min, 1, 60, 61, 2958465])
def test_days_at_the_ends_of_the_calendar(name: str, day: Any) -> None:
    spec = FUNCTIONS[name]
    given_: list[Any] = []
    for argument in spec.arguments:
        words = [*WORDS.get(argument.name, []), *argument.choices] if argument.required else [None]
        given_.append(day if argument.kind == "date" else words[0])
    assert flaw_of(spec, edge.call(name, given_)) is None


@given(st.one_of(st.floats(), st.integers(), st.text(), st.dates(), st.datetimes(), st.booleans(), st.none()))
def test_whatever_a_function_returns_becomes_a_legal_cell(value: Any) -> None:
    assert flaw_of_cell(cell(value)) is None


@pytest.mark.parametrize("name", ["", "thesis_score", "THESIS SCORE", "=THESIS_SCORE()", "\x00", "ＤＸＹ"])
def test_any_name_may_be_called(name: str) -> None:
    assert flaw_of_cell(edge.call(name, [])) is None

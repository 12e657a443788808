"""No cell knows what came later: a store in which it is missing, or wildly wrong, gives the same values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xl_thesis import settings
from xl_thesis.catalogue import load_catalogue
from xl_thesis.sources import embedded
from xl_thesis.store import open_store
from xl_thesis.store.rows import Row
from xl_thesis_udfs import session
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.formula import evaluate
from xl_thesis_udfs.registry import FUNCTIONS

DAY = "2026-03-31"
ASKED = [
    '=THESIS_SCORE("D")', '=THESIS_LABEL("D")', '=THESIS_BAND("low","D")', '=THESIS_COVERAGE("D")',
    '=THESIS_DETAIL("data_hash","D")', '=THESIS_SUMMARY("D")', '=THESIS_HISTORY("all","2025-12-31","D","w")',
    '=THESIS_SENSITIVITY("D")', '=THESIS_PILLAR("FED","contribution","D")',
    '=THESIS_INDICATOR("labour_cooling","value","D")', '=THESIS_TABLE("indicators","D")',
    '=THESIS_TABLE("sources","D")', '=THESIS_CHANGE("2025-12-31","effects","D")',
    '=THESIS_ALERTS("all","D")', '=THESIS_SERIES("FRED:PAYEMS",,,"q","pca","D")', '=THESIS_SERIES("UNRATE",,,,,"D")',
    '=THESIS_LATEST("FRED:INDPRO","D")', '=THESIS_META("FRED:GDPC1","available_at","D")', '=THESIS_CATALOGUE(,"D")',
    '=DXY("D")', '=DXY_TREND(252,"D","break_text")', '=DXY_TREND(252,"D")', '=DXY_HISTORY(,,"m",,"D")',
    '=THESIS_RELATIVE("ECB:EURUSD","ECB:EURJPY","12M","D")', '=THESIS_BETA("ECB:EURCHF","ECB:EURUSD",104,"D")',
    '=FED_CUTS(,"D")', '=MSTR_MNAV("D")', '=THESIS_QUESTION("Q4","computed_base_rate","D")', '=THESIS_LEDGER("D")',
    '=THESIS_SCOREBOARD("D")',
]  # fmt: skip
CALENDAR = ['=THESIS_CALENDAR("releases","D")', '=THESIS_CALENDAR("events","D")']


def revised(rows: Iterable[Row], share: float = 0.5) -> Iterator[Row]:
    """What was known by the day, and after it nothing but nonsense, also on a share of the periods that were known of
    each series, apart from rates that are never revised."""
    rng = np.random.default_rng(31)
    fixed = {name for name, meta in load_catalogue().items() if meta.point_in_time == "never_revised"}
    for series, period, value, available in rows:
        if available <= DAY:
            yield series, period, value, available
            if series not in fixed and rng.random() < share:
                yield series, period, rng.choice([None, 1e-4, 1e7]), "2026-04-01"  # the day after
        else:
            yield series, period, None if value is None else 1000 * value, available


def values(
    rows: Iterable[Row], home: Path, monkeypatch: pytest.MonkeyPatch, asked: Sequence[str] = ASKED
) -> dict[str, Any]:
    """The cells that are asked, from a store of these rows alone."""
    monkeypatch.setenv("XL_THESIS_HOME", str(home))
    package = embedded.read_package()
    true = {item["series"]["id"] for item in package.resources if item.get("series", {}).get("vintages_since")}
    notes = {"embedded": package.fingerprint, f"embedded {package.fingerprint}": package.version}
    with open_store(settings.store_location()) as store:
        store.write(rows, source="test", vintage_true=true.__contains__, notes=notes)
    session.session.cache_clear()
    found = {formula: evaluate(formula.replace('"D"', f'"{DAY}"')) for formula in asked}
    session.session().close()
    session.session.cache_clear()
    return found


def same(left: Any, right: Any) -> bool:
    """Equal, numbers to 1e-9: ways through the engine that suit a store may differ in the last bits."""
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= 1e-9 * max(1.0, abs(left))
    return bool(left == right)


def test_every_function_of_a_day_is_asked() -> None:
    of_a_day = {name for name, spec in FUNCTIONS.items() if any(item.name == "as_of" for item in spec.arguments)}
    assert of_a_day <= {formula[1 : formula.index("(")] for formula in [*ASKED, *CALENDAR]}


def test_what_comes_later_changes_no_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(embedded.rows())
    alone = values((row for row in rows if row[3] <= DAY), tmp_path / "alone", monkeypatch)
    known = values(revised(rows), tmp_path / "revised", monkeypatch)
    assert {formula for formula in ASKED if not same(alone[formula], known[formula])} == set()
    assert [formula for formula in ASKED if isinstance(alone[formula], CellError)] == ['=MSTR_MNAV("D")']


def test_what_comes_later_changes_no_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at every day since 2008, so what was known of old periods stays as it was."""
    rows = list(embedded.rows())
    alone = values((row for row in rows if row[3] <= DAY), tmp_path / "alone", monkeypatch, CALENDAR)
    known = values(revised(rows, share=0.0), tmp_path / "revised", monkeypatch, CALENDAR)
    assert {formula for formula in CALENDAR if not same(alone[formula], known[formula])} == set()
    assert all(isinstance(table, list) and len(table) > 3 for table in alone.values())

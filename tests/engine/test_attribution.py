"""Why the score moved: exact, and each cause alone where only it is at work."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_thesis.attribution import CAUSES, explain_change
from xl_thesis.errors import InputError, MissingData
from xl_thesis.observations import month_ends
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Row, Store
from xl_thesis.thesis import parse_thesis

from .mini import as_yaml, document

FIRST, SECOND = dt.date(2021, 3, 20), dt.date(2021, 4, 20)
MONTHS = month_ends(np.arange(np.datetime64("2011-01"), np.datetime64("2021-03")))


def levels(name: str, values: list[float], months: Any = MONTHS) -> list[Row]:
    return [
        (f"MANUAL:{name}", str(day), value, str(day + np.timedelta64(10, "D")))
        for day, value in zip(months, values, strict=False)
    ]


def content(**change: Any) -> dict[str, Any]:
    """Two indicators of one pillar, a level each against goalposts, so that every score is known by hand."""
    found = document()
    for name, item in zip(("rate", "level"), found["indicators"][::2], strict=True):
        item |= {
            "source": f"MANUAL:{name}", "transform": {"kind": "level"}, "pillar": "P", "direction": 1,
            "normalise": {"kind": "goalposts", "posts": [0, 5, 10]}, **change.get(name, {}),
        }  # fmt: skip
    found["indicators"] = found["indicators"][::2]
    found["pillars"] = found["pillars"][:1]
    return found


def scorer(rows: list[Row], definition: dict[str, Any] | None = None) -> Scorer:
    store = Store(":memory:")
    store.write(rows, source="test")
    return Scorer(parse_thesis(as_yaml(definition or content()), Path("mini.yaml")), store)


FLAT = [4.0] * len(MONTHS)


def causes(rows: list[Row], definition: dict[str, Any] | None = None) -> dict[str, float]:
    found = explain_change(scorer(rows, definition), FIRST, SECOND)
    assert math.fsum(effect.points for effect in found.effects) == pytest.approx(found.change, abs=1e-12)
    return {str(cause): round(points, 9) for cause, points in found.totals().items() if abs(points) > 1e-9}


def new_month(name: str, value: float) -> list[Row]:
    return [(f"MANUAL:{name}", "2021-03-31", value, "2021-04-10")]


def test_a_new_observation_is_news() -> None:
    rows = [*levels("rate", FLAT), *levels("level", FLAT), *new_month("rate", 6.0), *new_month("level", 4.0)]
    assert causes(rows) == {"news": 10.0}  # half the weight, 40 to 60


def test_a_corrected_old_value_is_a_revision() -> None:
    corrected: list[Row] = [("MANUAL:rate", "2021-02-28", 7.0, "2021-04-01")]
    rows = [*levels("rate", FLAT), *levels("level", FLAT), *corrected]
    assert causes(rows) == {"revision": 15.0}  # half the weight, 40 to 70; both are equally late


def test_both_at_once_are_told_apart() -> None:
    corrected: list[Row] = [("MANUAL:rate", "2021-02-28", 7.0, "2021-04-01")]
    rows = [*levels("rate", FLAT), *levels("level", FLAT), *corrected, *new_month("rate", 8.0),
            *new_month("level", 4.0)]  # fmt: skip
    assert causes(rows) == {"revision": 15.0, "news": 5.0}


def test_a_value_that_ages_shifts_the_weight() -> None:
    old = [4.0] * (len(MONTHS) - 1)  # no February: overdue from the tenth of March, weaker from the thirtieth
    rows = [*levels("rate", old), *levels("level", [8.0] * len(MONTHS)), *new_month("level", 8.0)]
    found = causes(rows)
    assert set(found) == {"staleness"} and found["staleness"] > 0  # what is against the thesis counts less


def test_what_was_not_there_enters() -> None:
    begins = [("MANUAL:rate", "2021-03-31", 10.0, "2021-04-10")]
    rows = [*levels("level", FLAT), *new_month("level", 4.0), *begins]
    assert causes(rows) == {"entry": 30.0}  # from 40 alone to the mean of 40 and 100


def test_a_pillar_that_opens_is_publication() -> None:
    definition = content(level={"pillar": "Q"})
    definition["pillars"] = document()["pillars"]
    begins = [("MANUAL:level", "2021-03-31", 10.0, "2021-04-10")]
    rows = [*levels("rate", FLAT), *new_month("rate", 4.0), *begins]
    assert causes(rows, definition) == {"publication": 20.0}  # pillar of weight 1 beside one of 2: (2 40 + 100) / 3


def test_another_source_is_a_route() -> None:
    definition = content(rate={"fallbacks": [{"source": "MANUAL:level", "note": "near"}]})
    old = [4.0] * (len(MONTHS) - 1)
    rows = [*levels("rate", old), *levels("level", [8.0] * len(MONTHS)), *new_month("level", 8.0)]
    assert causes(rows, definition) == {"route": 20.0}  # half the weight, from 40 by the source to 80 by the fallback


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.dates(dt.date(2010, 1, 1), dt.date(2026, 7, 22)), min_size=2, max_size=2, unique=True))
def test_it_is_exact_on_real_vintages_and_displays_add_up(default: Scorer, days: list[dt.date]) -> None:
    since, as_of = sorted(days)
    found = explain_change(default, since, as_of)
    assert math.fsum(effect.points for effect in found.effects) == pytest.approx(found.change, abs=1e-12)
    assert math.fsum(found.totals().values()) == pytest.approx(found.change, abs=1e-12)
    tree = found.displayed()
    shown = round(found.after, 1) - round(found.before, 1)
    assert round(math.fsum(points for points, _ in tree.values()), 6) == round(shown, 6)
    for points, effects in tree.values():
        assert round(math.fsum(part for _, part in effects), 6) == round(points, 6)
    assert set(tree) <= set(CAUSES)


def test_days_that_cannot_be_compared(default: Scorer) -> None:
    with pytest.raises(InputError, match="from an earlier day to a later one"):
        explain_change(default, dt.date(2026, 6, 30), dt.date(2026, 6, 30))
    nothing = scorer(new_month("rate", 4.0) + new_month("level", 4.0))
    with pytest.raises(InputError, match="nothing is known on 2021-03-20"):
        explain_change(nothing, FIRST, SECOND)
    thin = content(level={"weight": 9.0})
    with pytest.raises(MissingData, match="on 2021-03-20 is withheld"):
        explain_change(scorer([*levels("rate", FLAT), *new_month("level", 4.0)], thin), FIRST, SECOND)

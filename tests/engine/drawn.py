"""The mini thesis over twenty years of drawn data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from xl_thesis.definition import Method, Patience, Thesis
from xl_thesis.models import Frequency
from xl_thesis.observations import Values, month_ends
from xl_thesis.pipeline import Scorer
from xl_thesis.robustness import Choices, choices_of, uniforms
from xl_thesis.store import Row
from xl_thesis.thesis import parse_thesis

from .mini import as_yaml, document

FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekly", "monthly", "quarterly", "annual")
METHOD = Method(staleness=dict.fromkeys(FREQUENCIES, Patience(grace_days=5, hard_days=20)))
AS_OF = dt.date(2024, 1, 31)


def walk(count: int, stream: int, step: float) -> Values:
    return np.cumsum(step * (uniforms(stream, 1, count)[0] - 0.5))


def rows_of(name: str, days: Any, values: Values, lag: int) -> list[Row]:
    return [(f"MANUAL:{name}", str(day), float(value), str(day + lag)) for day, value in zip(days, values, strict=True)]


MONTHS = month_ends(np.arange(np.datetime64("2004-01"), np.datetime64("2024-01")))
WEEKDAYS = np.busday_offset("2019-01-01", np.arange(1320), roll="forward")
ROWS = [
    *rows_of("rate", MONTHS, np.round(3 + walk(len(MONTHS), 1, 0.5), 2), 10),
    *rows_of("level", MONTHS, np.round(3 + walk(len(MONTHS), 2, 0.5), 2), 5),
    *rows_of("price", WEEKDAYS, 100 * np.exp(walk(len(WEEKDAYS), 3, 0.02)), 0),
]


def mini(**indicator_changes: Any) -> Thesis:
    content = document()
    for item in content["indicators"]:
        item.update(indicator_changes.get(item["id"], {}))
    return parse_thesis(as_yaml(content), Path("mini.yaml"))


def choices(scorer: Scorer, as_of: dt.date = AS_OF) -> Choices:
    found = choices_of(scorer.thesis, *scorer.read(as_of))
    assert found is not None
    return found

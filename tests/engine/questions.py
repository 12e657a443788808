"""Questions over the mini thesis, and what its series say to them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from xl_thesis.criteria import Condition
from xl_thesis.definition import Question
from xl_thesis.pipeline import Scorer
from xl_thesis.resolution import Finding, resolve
from xl_thesis.store import Store
from xl_thesis.thesis import parse_thesis

from .mini import as_yaml, document
from .series import day

TODAY = dt.date(2026, 11, 23)


def asked(**parts: Any) -> Question:
    """A question over the mini thesis's series, opened on 2 January 2025 and due on 31 January."""
    condition = {"series": "MANUAL:price", "measure": "level", "day": dt.date(2025, 1, 31), "compare": "below",
                 "value": 100.0}  # fmt: skip
    condition |= {name: part for name, part in parts.items() if name in Condition.model_fields}
    return Question.model_validate({
        "id": "A1", "claims": ["C1"], "text": {"en": "Is it?", "zh-Hant": "是嗎？"}, "criterion": "The price.",
        "resolve_when": condition, "polarity": "for", "opens": dt.date(2025, 1, 2), "resolves": dt.date(2025, 1, 31),
        "origin": "imposed", "hindsight": False,
        **{name: part for name, part in parts.items() if name in Question.model_fields},
    })  # fmt: skip


def answer(
    question: Question, values: dict[str, dict[str, float]], as_of: str = "2025-02-28", daily: str = "price"
) -> Finding:
    """The series' answer where each series has these values, known on the day itself (``day/available`` otherwise)."""
    rows = []
    for name, points in values.items():
        for when, value in points.items():
            observed, _, available = when.partition("/")
            rows.append((f"MANUAL:{name}", observed, value, available or observed))
    content = document()
    next(series for series in content["series"] if series["id"] == f"MANUAL:{daily}")["frequency"] = "daily"
    thesis = parse_thesis(as_yaml(content), Path("mini.yaml"))
    with Store(":memory:") as store:
        store.write(rows or [("MANUAL:none", "2020-01-01", 0.0, "2020-01-01")], source="test")
        return resolve(question, Scorer(thesis, store).knowledge, day(as_of))

"""A small thesis of three indicators, one for each normaliser, over series that no other thesis has."""

from __future__ import annotations

import copy
from typing import Any

import yaml

_PATIENCE = {"grace_days": 20, "hard_days": 75}


def _series(name: str, frequency: str, lag_days: int) -> dict[str, Any]:
    return {
        "id": f"MANUAL:{name}", "title": name, "unit": "percent", "frequency": frequency, "lag_days": lag_days,
        "publisher": "test", "licence": "CC0", "redistributable": True,
    }  # fmt: skip


def _indicator(name: str, **parts: Any) -> dict[str, Any]:
    return {
        "id": name, "pillar": "P", "title": {"en": name, "zh-Hant": name}, "unit": "points", "weight": 1.0,
        "direction": 1, "claims": ["C1"], "rationale": "because", "falsifier": "it falls", **parts,
    }  # fmt: skip


DOCUMENT: dict[str, Any] = {
    "schema_version": 1,
    "id": "mini",
    "title": {"en": "Mini", "zh-Hant": "小"},
    "statement": {"en": "Rates rise.", "zh-Hant": "利率上升。"},
    "origin": "a test",
    "published": "2022-01-03",
    "base_date": "2022-01-03",
    "method": {"staleness": dict.fromkeys(("daily", "weekly", "monthly", "quarterly", "annual"), _PATIENCE)},
    "labels": [
        {"id": "low", "below": 50, "text": {"en": "against", "zh-Hant": "反"}},
        {"id": "high", "below": 100, "text": {"en": "for", "zh-Hant": "正"}},
    ],
    "series": [_series("rate", "monthly", 10), _series("price", "daily", 0), _series("level", "monthly", 5)],
    "pillars": [
        {"id": "P", "role": "outcome", "weight": 2.0, "title": {"en": "P", "zh-Hant": "甲"}},
        {"id": "Q", "role": "driver", "weight": 1.0, "title": {"en": "Q", "zh-Hant": "乙"}},
    ],
    "indicators": [
        _indicator("rank", source="MANUAL:rate", transform={"kind": "change", "span": "3M"},
                   normalise={"kind": "midrank"}),
        _indicator("drift", source="MANUAL:price", transform={"kind": "drift_t", "window": 120},
                   normalise={"kind": "normal_cdf"}, direction=-1),
        _indicator("posts", source={"op": "difference", "of": ["MANUAL:level", "MANUAL:rate"]}, pillar="Q",
                   transform={"kind": "level"}, normalise={"kind": "goalposts", "posts": [-2, 0, 3]}, contested=True),
    ],
    "claims": [
        {"id": "C1", "group": "P", "kind": "fact", "text": {"en": "A claim", "zh-Hant": "主張"},
         "verdict": {"status": "open", "note": "not due"}},
    ],
}  # fmt: skip


def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT)


def as_yaml(content: dict[str, Any]) -> str:
    for key in ("published", "base_date"):
        if isinstance(content.get(key), str):
            content = {**content, key: yaml.safe_load(content[key])}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)

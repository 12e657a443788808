"""The data package that comes with xl-thesis: real data that may be passed on, and scores of what may not."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "data"
PRECOMPUTED = "precomputed_scores"

Row = tuple[str, str, float | None, str]
"""(series id, observed_on, value, available_at), dates as ISO text."""


@dataclass(frozen=True, slots=True)
class Package:
    """The descriptor of the embedded package."""

    version: str
    reference_date: dt.date
    fingerprint: str
    resources: tuple[dict[str, Any], ...]


@cache
def read_package() -> Package:
    """The descriptor ``datapackage.json``; the fingerprint covers the hash of every file."""
    document = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    resources = tuple(document["resources"])
    fingerprint = "+".join(resource["hash"].removeprefix("sha256:")[:8] for resource in resources)
    return Package(document["version"], dt.date.fromisoformat(document["reference_date"]), fingerprint, resources)


def precomputed_id(indicator: str, key: str) -> str:
    """Series id of an indicator's precomputed scores; ``key`` names the computation they came from."""
    return f"PRECOMPUTED:{indicator}.{key}"


def rows() -> Iterator[Row]:
    """Every embedded observation."""
    for resource in read_package().resources:
        with (FOLDER / resource["path"]).open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            if resource["name"] == PRECOMPUTED:
                for indicator, key, observed_on, score, available_at in lines:
                    yield precomputed_id(indicator, key), observed_on, float(score), available_at
            else:
                series_id = resource["series"]["id"]
                for observed_on, value, available_at in lines:
                    yield series_id, observed_on, float(value) if value else None, available_at

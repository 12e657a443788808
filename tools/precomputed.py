"""Scores of the indicators whose prices may not be passed on, computed by the engine from the real prices.

The package carries scores of 0 to 100 only, never a price or a transformed value, with the name, dates and hash of
every price file they came from.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xl_thesis.catalogue import Catalogue, leaves
from xl_thesis.days import month_end_days
from xl_thesis.definition import Indicator, Thesis
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.indicators import compute
from xl_thesis.knowledge import Knowledge
from xl_thesis.sources.embedded import PRECOMPUTED
from xl_thesis.store import Row, Store
from xl_thesis.thesis import catalogue_of, computation_key, load_thesis, transform_series

START = dt.date(2008, 1, 31)
Score = tuple[str, str, str, str, str]
"""(indicator, key, observed_on, score, available_at)"""


def price_file(series_id: str, collection: Path) -> Path:
    """Where the collection keeps a vendor's prices: adjusted closes apart from raw ones."""
    ticker = series_id.removeprefix("YAHOO:")
    kind = "adjclose" if ticker.endswith("/adj") else "close"
    return collection / "reference" / "market" / kind / f"{ticker.removesuffix('/adj')}.csv"


def needs_precomputing(indicator: Indicator, catalogue: Catalogue, embedded: set[str], collection: Path) -> bool:
    """Whether the source needs vendor prices that are at hand, and no declared fallback is embedded whole."""
    inputs = inputs_of(indicator, catalogue)
    vendor = [series_id for series_id in inputs if series_id not in embedded]
    at_hand = all(series_id.startswith("YAHOO:") and price_file(series_id, collection).exists() for series_id in vendor)
    substitutes = (set(leaves(fallback.source, catalogue)) <= embedded for fallback in indicator.fallbacks)
    return bool(vendor) and at_hand and not any(substitutes)


def inputs_of(indicator: Indicator, catalogue: Catalogue) -> tuple[str, ...]:
    """Stored series behind the indicator's own source and transform."""
    operands = (indicator.source, *transform_series(indicator))
    return tuple(dict.fromkeys(series_id for operand in operands for series_id in leaves(operand, catalogue)))


def price_rows(series_id: str, collection: Path) -> list[Row]:
    with price_file(series_id, collection).open(encoding="utf-8", newline="") as file:
        return [(series_id, line["date"], float(line["value"]), line["date"]) for line in csv.DictReader(file)]


def embedded_rows(series_id: str, data: Path) -> list[Row]:
    provider, name = series_id.split(":")
    with (data / provider.lower() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            (series_id, line["observed_on"], float(line["value"]) if line["value"] else None, line["available_at"])
            for line in csv.DictReader(file)
        ]


def scores(indicator: Indicator, thesis: Thesis, store: Store, days: list[dt.date]) -> Iterator[Score]:
    """The indicator's score on each day on which it is defined."""
    catalogue, key = catalogue_of(thesis), computation_key(indicator, thesis)
    for day in days:
        try:
            found = compute(indicator, indicator.source, thesis, Knowledge(store, catalogue, day))
        except (MissingData, CalculationError):
            continue
        if found.freshness >= 1.0 and found.score is not None:
            yield indicator.id, key, str(day), f"{found.score:.6f}", str(day)


def judged_days(thesis: Thesis) -> Iterator[dt.date]:
    """The days on which a falsifier is held against a score, which need not be the end of a month."""
    yield from thesis.review_dates
    for item in thesis.indicators:
        yield from item.wrong_when.days if item.wrong_when else ()


def build(thesis_id: str, collection: Path, data: Path, embedded: set[str]) -> tuple[dict[str, Any], dt.date]:
    """Write ``precomputed_scores.csv``; return its resource (without size and hash) and the last day it covers.

    The last day is the last one on which every price file has a value.
    """
    thesis = load_thesis(thesis_id)
    catalogue = catalogue_of(thesis)
    chosen = [item for item in thesis.indicators if needs_precomputing(item, catalogue, embedded, collection)]
    inputs = sorted({series_id for item in chosen for series_id in inputs_of(item, catalogue)})
    with Store(":memory:") as store:
        ranges = {}
        for series_id in inputs:
            rows = embedded_rows(series_id, data) if series_id in embedded else price_rows(series_id, collection)
            store.write(rows, source="build")
            ranges[series_id] = (rows[0][1], rows[-1][1])
        prices = [series_id for series_id in inputs if series_id not in embedded]
        last = min(dt.date.fromisoformat(ranges[series_id][1]) for series_id in prices)
        days = sorted({*month_end_days(START, last), *(day for day in judged_days(thesis) if day <= last)})
        rows_out = [row for item in chosen for row in scores(item, thesis, store, days)]
    header = "indicator,key,observed_on,score,available_at\n"
    text = header + "".join(",".join(row) + "\n" for row in rows_out)
    (data / f"{PRECOMPUTED}.csv").write_text(text, encoding="utf-8", newline="\n")
    return _resource(thesis_id, prices, ranges, collection), last


def _resource(
    thesis_id: str, prices: list[str], ranges: dict[str, tuple[str, str]], collection: Path
) -> dict[str, Any]:
    required = {"constraints": {"required": True}}
    return {
        "name": PRECOMPUTED,
        "path": f"{PRECOMPUTED}.csv",
        "profile": "tabular-data-resource",
        "title": f"Scores of indicators whose prices may not be passed on ({thesis_id})",
        "schema": {
            "fields": [
                {"name": "indicator", "type": "string", **required},
                {"name": "key", "type": "string", "title": "Names the computation the score came from", **required},
                {"name": "observed_on", "type": "date", "title": "Day of the score", **required},
                {"name": "score", "type": "number", "unit": "points of 100",
                 "constraints": {"required": True, "minimum": 0, "maximum": 100}},
                {"name": "available_at", "type": "date", "title": "Day its last price was known", **required},
            ],
            "primaryKey": ["indicator", "key", "observed_on"],
            "missingValues": [""],
        },
        "sources": [{"title": "Computed by xl-thesis from Yahoo Finance prices, which are not in the package"}],
        "licenses": [{"name": "CC0-1.0", "title": "CC0 1.0"}],
        "inputs": [
            {"series": series_id, "first": ranges[series_id][0], "last": ranges[series_id][1],
             "hash": f"sha256:{hashlib.sha256(price_file(series_id, collection).read_bytes()).hexdigest()}"}
            for series_id in prices
        ],
    }  # fmt: skip

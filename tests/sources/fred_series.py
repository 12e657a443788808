"""What the tests of FRED share: series with vintages, and a pull of them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from tests.servers.fred import FOREVER, Series
from tests.servers.loopback import Loopback
from tests.sources.conftest import TODAY, never, series, wanted
from xl_thesis.sources.fred import Fred
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request
from xl_thesis.store import Store

ARCHIVE = Path(__file__).parent.parent / "reference" / "alfred_gdp"
FAST = Fred(per_second=10_000.0)
GDP = series("FRED:GDP", "quarterly", 31)
UNRATE = series("FRED:UNRATE")
Serve = Callable[[Loopback], Link]


def read(name: str) -> list[dict[str, str]]:
    with (ARCHIVE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gdp() -> Series:
    rows = read("spells.csv")
    return Series([(row["date"], row["realtime_start"], row["realtime_end"], row["value"]) for row in rows],
                  title="Gross Domestic Product", frequency="Quarterly", units="Billions of Dollars",
                  notes="Measured output. Copyright, 2024, nobody in particular.")  # fmt: skip


def unrate() -> Series:
    return Series([
        ("2023-07-01", "2023-08-04", "2024-01-04", "3.5"), ("2023-07-01", "2024-01-05", FOREVER, "3.5"),
        ("2023-08-01", "2023-09-01", "2024-01-04", "3.8"), ("2023-08-01", "2024-01-05", FOREVER, "3.7"),
        ("2023-09-01", "2023-10-06", "2024-01-04", "3.8"), ("2023-10-01", "2023-11-03", FOREVER, "."),
    ])  # fmt: skip


def pull(provider: Fred, requests: list[Request], link: Link) -> dict[str, Outcome]:
    return {request.meta.id: outcome for request, outcome in provider.pull(requests, link, TODAY, never)}


def one(link: Link, request: Request | None = None, provider: Fred = FAST) -> Outcome:
    request = request or wanted(UNRATE)
    return pull(provider, [request], link)[request.meta.id]


def good(outcome: Outcome) -> Pull:
    assert isinstance(outcome, Pull), str(outcome)
    return outcome


def known(store: Store, meta: object, on: str) -> dict[str, float]:
    vintages = store.vintages(meta)  # type: ignore[arg-type]
    assert vintages is not None
    found = vintages.as_known(dt.date.fromisoformat(on))
    return dict(zip(found.days.astype(str).tolist(), found.values.tolist(), strict=True))

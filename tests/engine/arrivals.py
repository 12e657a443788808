"""One series in a store: how its values arrive, and what is then known."""

from __future__ import annotations

import datetime as dt

from xl_thesis.models import SeriesMeta
from xl_thesis.store import Change, Row, Store

META = SeriesMeta(id="MANUAL:x", title="x", unit="percent", frequency="monthly", lag_days=5, publisher="test",
                  licence="CC0", redistributable=True)  # fmt: skip
X = "MANUAL:x"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def known(store: Store, on: str, meta: SeriesMeta = META) -> dict[str, float]:
    vintages = store.vintages(meta)
    if vintages is None:
        return {}
    series = vintages.as_known(day(on))
    return dict(zip(series.days.astype(str).tolist(), series.values.tolist(), strict=True))


def seen(store: Store, on: str, *rows: Row) -> Change:
    return store.record(X, rows, seen_on=day(on), exact=False, source="a test")


def published(store: Store, on: str, *rows: Row) -> Change:
    return store.record(X, rows, seen_on=day(on), exact=True, source="a test")

"""Every series of the thesis as known on a day, vintage-true: cold, from the process cache, and by pandas.

Cold is a new connection and nothing in memory. The peer reads the same rows of the same file with pandas and keeps the
newest row of each period.
Run: python benchmarks/store_reads.py. Goals: cold 150 ms, from the cache 2 ms, another process' refresh is noticed.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlite3
from contextlib import closing

import pandas as pd

from xl_thesis.default_store import seed
from xl_thesis.store import Store, open_store
from xl_thesis.thesis import catalogue_of, load_thesis

CATALOGUE = catalogue_of(load_thesis("american_exceptionalism"))
ON = dt.date(2025, 6, 30)
RUNS = 5
OTHER = """
import datetime as dt, sys
from xl_thesis.store import open_store
with open_store(sys.argv[1]) as store:
    store.record("FRED:UNRATE", [("FRED:UNRATE", "2025-05-31", 99.0, "2025-06-06")], seen_on=dt.date(2025, 6, 30),
                 exact=False, source="another process")
"""

Result = TypeVar("Result")


def best(work: Callable[[], Result], runs: int = RUNS) -> tuple[float, Result]:
    times, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    assert result is not None
    return min(times), result


def known(store: Store) -> dict[str, float]:
    """Last value of every series as known on the day."""
    store.forget_if_changed()
    found = {}
    for series_id, meta in CATALOGUE.items():
        vintages = store.vintages(meta)
        if vintages is not None and len(series := vintages.as_known(ON)):
            found[series_id] = float(series.values[-1])
    return found


def cold(path: Path) -> dict[str, float]:
    with open_store(path) as store:
        return known(store)


def by_pandas(path: Path) -> int:
    """The same question to the same file, asked with pandas."""
    day = (ON - dt.date(1970, 1, 1)).days
    statement = (
        "SELECT id, observed_on, available_at, value FROM observation JOIN series ON series.key = observation.series"
        f" WHERE available_at <= {day} ORDER BY id, observed_on, available_at"
    )
    with closing(sqlite3.connect(path)) as connection:
        rows = pd.read_sql_query(statement, connection)
    return len(rows.drop_duplicates(["id", "observed_on"], keep="last").dropna().groupby("id")["value"].last())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        with open_store(path) as store:
            seed(store)
            size = store.engine.all("SELECT count(*) FROM observation")[0][0]
        cold_seconds, found = best(lambda: cold(path))
        peer_seconds, _ = best(lambda: by_pandas(path), 2)
        with open_store(path) as store:
            known(store)
            cached_seconds, again = best(lambda: known(store), 20)
            assert again == found
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            subprocess.run([sys.executable, "-c", OTHER, str(path)], env=environment, check=True)
            noticed = known(store)["FRED:UNRATE"] == 99.0
    print(f"{len(found)} series, {size:,} observations, as known on {ON}")
    print(f"cold: {cold_seconds * 1e3:.1f} ms (goal 150)   from the cache: {cached_seconds * 1e3:.2f} ms (goal 2)")
    print(f"the same with pandas: {peer_seconds * 1e3:.0f} ms, {peer_seconds / cold_seconds:.0f} times the cold read")
    print(f"another process' refresh is noticed: {'yes' if noticed else 'NO'}")


if __name__ == "__main__":
    main()

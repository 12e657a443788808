"""A refresh killed again and again, and read by many while it runs, in processes of their own.

Run: python hard_use.py kill|read LOCATION COUNT. Everything is imported once and each process is a fork, so that fifty
refreshes are a matter of seconds. The last line is JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.feeds import LINK, Table, price_rows
from xl_thesis.days import today
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh import refresh
from xl_thesis.store import Row, Store, open_store
from xl_thesis.store.transfer import check
from xl_thesis.thesis import load_thesis

THESIS = load_thesis("american_exceptionalism")
TODAY = today()
PRICES = {
    series_id: price_rows(series_id, TODAY, seed, days=400)
    for seed, series_id in enumerate(Scorer(THESIS, Store(":memory:")).catalogue)
    if series_id.startswith("YAHOO:")
}


def forked(work: Callable[[], None]) -> int:
    """The id of a process that does the work; it ends with 0 where nothing was raised."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent hears of it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def whole_refresh(location: str) -> None:
    with open_store(location) as store:
        report = refresh(Scorer(THESIS, store), [Table("YAHOO", PRICES, delay=0.002)], LINK)
    assert report.exit_code == 0, report.lines()


def wipe(location: str) -> None:
    """Begin again, so that a refresh has everything to do."""
    with open_store(location) as store, store.engine.writing():
        for table in ("packed", "observation", "series", "feed"):
            store.engine.run(f"DELETE FROM {table} WHERE 1 = ?", [(1,)])


def held(store: Store, series_id: str) -> int:
    vintages = store.vintages(Scorer(THESIS, store).meta_of(series_id))
    return 0 if vintages is None else len(vintages.days)


def killed(location: str, count: int) -> dict[str, int]:
    """Refreshes killed at random moments; each time the store is whole: a series is there with its state, or not."""
    random.seed(location)
    kills = completed = partial = 0
    started = time.monotonic()
    os.waitpid(forked(lambda: whole_refresh(location)), 0)
    duration = 0.8 * (time.monotonic() - started)
    wipe(location)
    while kills < count:
        process = forked(lambda: whole_refresh(location))
        time.sleep(random.uniform(0, duration))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        kills += os.WIFSIGNALED(status)
        with open_store(location) as store:
            assert check(store) == [], check(store)
            feeds = store.feeds()
            there = [series_id for series_id in PRICES if held(store, series_id)]
            assert all(held(store, series_id) == 400 for series_id in there), "a series is there in part"
            assert sorted(there) == sorted(feeds), "rows without their state, or a state without its rows"
            partial += 0 < len(there) < len(PRICES)
            if len(there) == len(PRICES):
                completed += 1
        if len(there) > len(PRICES) / 2:
            wipe(location)
    whole_refresh(location)
    with open_store(location) as store:
        assert check(store) == []
        assert len(store.feeds()) == len(PRICES)
    return {"kills": kills, "completed": completed, "partial": partial, "series": len(PRICES)}


VERSIONED = list(PRICES)[:8]


def version_rows(number: int) -> dict[str, list[Row]]:
    """Eight series of 60 periods, all of one value."""
    return {name: [(name, f"2024-{n // 28 + 1:02}-{n % 28 + 1:02}", float(number), "2024-06-01") for n in range(60)]
            for name in VERSIONED}  # fmt: skip


def write_versions(location: str, count: int) -> None:
    """One refresh after another; each brings a new value of every period, a day later."""
    for number in range(count):
        with open_store(location) as store, store.refreshing():
            for name, rows in version_rows(number).items():
                store.record(name, rows, seen_on=dt.date(2024, 7, 1) + dt.timedelta(days=number), exact=False,
                             source="versions")  # fmt: skip


def read_versions(location: str, writer_done: Path) -> None:
    """Every reading is of one moment: a series has one value, and the series differ by one version at most."""
    metas = [Scorer(THESIS, Store(":memory:")).meta_of(name) for name in VERSIONED]
    with open_store(location) as store:
        last = -1.0
        while not writer_done.exists():
            with store.reading():
                found = [store.vintages(meta) for meta in metas]
            values = [set(item.as_known(TODAY).values.tolist()) for item in found if item is not None]
            assert all(len(one) == 1 for one in values), f"a torn series: {values}"
            versions = [one.pop() for one in values]
            assert versions == sorted(versions, reverse=True), f"a torn reading: {versions}"
            if versions:
                assert versions[0] - versions[-1] <= 1, f"a torn reading: {versions}"
                assert versions[0] >= last, "time went backwards"
                last = versions[0]


def readers(location: str, count: int) -> dict[str, int]:
    """Sixteen readers while one refresh after another is written."""
    open_store(location).close()
    done = Path(os.environ["TMPDIR"]) / "writer-is-done"
    reading = [forked(lambda: read_versions(location, done)) for _ in range(16)]
    writer = forked(lambda: write_versions(location, count))
    _, status = os.waitpid(writer, 0)
    done.touch()
    codes = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in reading]
    return {"writer": os.waitstatus_to_exitcode(status), "failed": sum(code != 0 for code in codes), "of": len(codes)}


if __name__ == "__main__":
    mode, where, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sys.stdout.write(json.dumps((killed if mode == "kill" else readers)(where, number)))

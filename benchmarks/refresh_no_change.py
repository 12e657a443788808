"""A refresh when nothing has changed, beside plain fredapi that fetches the same FRED series again.

The server is on this machine and sets no limit: the peer's best case. The second refresh right after the first asks for
nothing; with `--all` it asks FRED once for the list of changes. The command `xl-thesis refresh` is timed as well, in a
process of its own and for every provider, each as if it had answered a moment ago.
Run: python benchmarks/refresh_no_change.py. Goal: under 1 s.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import fredapi

from tests.feeds import environment
from tests.servers import fred as server
from tests.servers.loopback import Loopback
from xl_thesis.days import today
from xl_thesis.default_store import seed
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh import plan, refresh
from xl_thesis.refresh_report import RefreshReport
from xl_thesis.sources import providers
from xl_thesis.sources.fred import Fred
from xl_thesis.sources.protocol import Link
from xl_thesis.store import open_store
from xl_thesis.thesis import load_thesis

UNLIMITED = 1000.0


def service(scorer: Scorer) -> server.Fred:
    """FRED with the values that the package embeds, each from the day it was first known."""
    found = {}
    for series_id, meta in scorer.catalogue.items():
        vintages = scorer.store.vintages(meta) if series_id.startswith("FRED:") and meta.derived is None else None
        if vintages is not None:
            known = vintages.as_known(dt.date(2026, 7, 22))
            columns = zip(known.days.astype(str), known.available.astype(str), known.values, strict=True)
            spells = [(day, available, server.FOREVER, f"{value:g}") for day, available, value in columns]
            changed = "2026-07-22 08:00:00-05"
            found[series_id.removeprefix("FRED:")] = server.Series(spells[-1500:], last_updated=changed)
    return server.Fred(found)


def whole_command(scorer: Scorer, folder: Path) -> float:
    """Seconds of `xl-thesis refresh` where nothing can be new, the best of three."""
    for _, requests in plan(scorer, providers()).values():
        for request in requests:
            if request.last_observed is None:
                scorer.store.record(request.meta.id, (), seen_on=today(), exact=False, source="a moment ago")
    variables = environment(XL_THESIS_HOME=str(folder), FRED_API_KEY=server.KEY,
                            PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")  # fmt: skip
    times = []
    for _ in range(3):
        start = time.perf_counter()
        command = [sys.executable, "-m", "xl_thesis", "refresh", "--json"]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - start)
        assert set(json.loads(done.stdout)["counts"]) == {"unchanged"}, done.stdout
    return min(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.sqlite") as store:
        seed(store)
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        fake = service(scorer)
        only = [f"FRED:{name}" for name in fake.series]
        with Loopback(fake.answer).running() as loopback:
            link = Link(server.KEY, f"{loopback.url}/fred", None, None, Path(folder) / "pace", 10)
            fred = Fred(per_second=UNLIMITED)

            def timed(*, ask_all: bool = False) -> tuple[float, int, RefreshReport]:
                start, asked = time.perf_counter(), len(loopback.seen)
                report = refresh(scorer, [fred], link, only=only, ask_all=ask_all)
                return time.perf_counter() - start, len(loopback.seen) - asked, report

            first, second, forced = timed(), timed(), timed(ask_all=True)
            plain = fredapi.Fred(api_key=server.KEY)
            plain.root_url = f"{loopback.url}/fred"
            start = time.perf_counter()
            for name in fake.series:
                plain.get_series(name)
            peer = time.perf_counter() - start
        command = whole_command(scorer, Path(folder))
    assert first[2].exit_code == second[2].exit_code == forced[2].exit_code == 0, first[2].lines()
    print(f"{len(only)} FRED series, all as before")
    for words, (seconds, asked, _) in (("first", first), ("right after", second), ("right after, --all", forced)):
        print(f"refresh, {words}: {seconds:.2f} s, {asked} requests")
    print(f"the command `xl-thesis refresh` right after, all {len(scorer.catalogue)} series: {command:.2f} s")
    print(f"plain fredapi, everything again: {peer:.2f} s, {len(only)} requests;"
          f" {peer / second[0]:.0f} times a refresh without changes (goal: under 1 s)")  # fmt: skip


if __name__ == "__main__":
    main()

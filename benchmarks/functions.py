"""Cell functions on the Python side: a warm score, tables against plain lists, a column of days, the first value.

Prints microseconds and ratios; each ratio compares two things measured in turn in this run.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

os.environ["XL_THESIS_HOME"] = tempfile.mkdtemp(prefix="xl-thesis-benchmark-")

from xl_thesis_udfs import edge
from xl_thesis_udfs.session import session

DAY = dt.date(2026, 6, 30)


def seconds(*tasks: Callable[[], object], repeats: int = 60, calls: int = 1) -> list[float]:
    """The best time of one call of each task, measured in turn so that a busy moment hits all alike."""
    best = [float("inf")] * len(tasks)
    for _ in range(repeats):
        for row, task in enumerate(tasks):
            start = time.perf_counter()
            for _ in range(calls):
                task()
            best[row] = min(best[row], (time.perf_counter() - start) / calls)
    return best


def warm_scores() -> None:
    edge.call("THESIS_SCORE", [])
    store = session().scorer(None).store
    tasks: dict[str, Callable[[], object]] = {
        "=THESIS_SCORE()": lambda: edge.call("THESIS_SCORE", []),
        '=THESIS_SCORE("2026-06-30")': lambda: edge.call("THESIS_SCORE", ["2026-06-30"]),
        '=THESIS_PILLAR("DOLLAR")': lambda: edge.call("THESIS_PILLAR", ["DOLLAR"]),
        "of which: whether another process wrote": store.forget_if_changed,
    }
    for name, best in zip(tasks, seconds(*tasks.values(), repeats=500, calls=40), strict=True):
        print(f"{name:40} {best * 1e6:6.1f} microseconds (target of a score: 12)")


def table(name: str, arguments: list[object]) -> None:
    """A table as it is asked for again, and anew from results in memory, beside a list of the same cells."""
    rows = edge.call(name, arguments)
    assert isinstance(rows, list)
    first, *others = (list(column) for column in zip(*rows, strict=True))

    def plain() -> list[list[object]]:
        return [[day, *values] for day, *values in zip(first, *others, strict=True)]

    def anew() -> object:
        edge._VALUES.clear()  # noqa: SLF001
        return edge.call(name, arguments)

    base, again, new = seconds(plain, lambda: edge.call(name, arguments), anew)
    print(
        f"{name}, {len(rows) - 1} rows: plain list {base * 1e3:.2f} ms; asked again {again / base:.2f} times that"
        f" (target 2), made anew from results in memory {new / base:.1f} times"
    )


def column_of_days() -> None:
    days = [DAY - dt.timedelta(days=7 * week) for week in range(100)]
    for words in ("first", "second"):
        start = time.perf_counter()
        for day in days:
            edge.call("THESIS_SCORE", [day])
        print(f"a column of {len(days)} days, {words} time: {(time.perf_counter() - start) * 1e3:.1f} ms")


def first_value() -> None:
    """A new interpreter until the first value, beside one that imports pandas; both compiled once, as pip does it."""
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{os.environ['XL_THESIS_HOME']}/compiled"}
    surroundings = {**os.environ, **compiled}
    code = "from xl_thesis_udfs import edge; assert edge.call('THESIS_SCORE', [])"

    def run(program: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", program], check=True, env=surroundings)

    pandas, ours = seconds(run("import pandas"), run(code), repeats=5)
    print(f"start to first value {ours:.2f} s, import pandas {pandas:.2f} s: {ours / pandas:.2f} times (target 1.5)")


if __name__ == "__main__":
    warm_scores()
    table("THESIS_SERIES", ["FRED:DGS10", "2006-07-01", "2026-06-30"])
    table("DXY_HISTORY", ["2006-07-01", "2026-06-30"])
    table("THESIS_HISTORY", ["score", DAY - dt.timedelta(days=4999), DAY, "d"])
    column_of_days()
    first_value()

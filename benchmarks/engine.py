"""One evaluation, and 20 years of daily reconstructed scores beside a loop over `evaluate`, on the embedded data.

The peer of the history is the loop itself, over every 25th day and scaled up; each of its scores must be that of the
history to 1e-12. Run: python benchmarks/engine.py [RUNS]. Goals: 5 ms an evaluation, 1 s for the history.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
import sys
import time
from collections.abc import Callable

from xl_thesis.default_store import seed
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis

STEP = 25


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with Store(":memory:") as store:
        seed(store)
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        finish = scorer.default_as_of()
        start = finish.replace(year=finish.year - 20)
        same = [seconds(scorer.evaluate) for _ in range(1 + 20 * runs)][1:]
        steps = range(20 * runs)
        other = [seconds(lambda step=step: scorer.evaluate(finish - dt.timedelta(days=step))) for step in steps]
        seconds(lambda: scorer.history(finish, finish))  # pandas is imported once
        whole = min(seconds(lambda: scorer.history(start, finish, "daily")) for _ in range(runs))
        frame = scorer.history(start, finish, "daily")
        fresh = Scorer(scorer.thesis, store)
        began = time.perf_counter()
        scores = [fresh.evaluate(day.date()).score for day in frame.index[::STEP]]
        loop = (time.perf_counter() - began) * STEP
    worst = max(
        abs((math.nan if ours is None else ours) - theirs)
        for ours, theirs in zip(scores, frame["score"].iloc[::STEP], strict=True)
        if not (ours is None and math.isnan(theirs))
    )
    print(f"evaluate, warm: {1000 * min(same):.1f} ms, other days {1000 * statistics.median(other):.1f} ms (goal: 5)")
    print(
        f"history of {len(frame)} days: {whole:.2f} s (goal: 1)   loop over evaluate: {loop:.1f} s   "
        f"ratio: {whole / loop:.3f}   largest difference: {worst:.1e} (goal: 1e-12)"
    )


if __name__ == "__main__":
    main()

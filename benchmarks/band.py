"""How long the robustness band of 2,000 draws takes on the embedded data, beside as many calls of `scoring.aggregate`.

The peer scores the same drawn weights one by one, without alternative normalisers or look-backs: less work than the
band does. Run: python benchmarks/band.py [RUNS]. Goals: at most 100 ms, and a ratio of at most 1.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from xl_thesis import robustness
from xl_thesis.default_store import seed
from xl_thesis.indicators import Reading
from xl_thesis.pipeline import Scorer
from xl_thesis.scoring import aggregate
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def one_by_one(scorer: Scorer, readings: Mapping[str, Reading]) -> None:
    """The peer: 2,000 times every weight anew, through ``scoring.aggregate``."""
    thesis, parts = scorer.thesis, robustness.parts_of(scorer.thesis, readings)
    columns = len(parts) + len(thesis.pillars)
    for factors in (0.5 + robustness.uniforms(1, robustness.DRAWS, columns)).tolist():
        drawn = [replace(part, weight=part.weight * factor) for part, factor in zip(parts, factors, strict=False)]
        weights = {
            pillar.id: pillar.weight * factor
            for pillar, factor in zip(thesis.pillars, factors[len(parts) :], strict=True)
        }
        aggregate(drawn, weights, thesis.method)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with Store(":memory:") as store:
        seed(store)
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        as_of = scorer.default_as_of()

        def band() -> object:
            return robustness.robustness_band(scorer.thesis, *scorer.read(as_of), scorer.definition_hash)

        cold = seconds(band)
        _, readings = scorer.read(as_of)
        pairs = [(seconds(band), seconds(lambda: one_by_one(scorer, readings))) for _ in range(runs)]
    ours, theirs = (min(times) for times in zip(*pairs, strict=True))
    print(f"first band, reads the store: {cold * 1000:.0f} ms")
    print(
        f"band: {ours * 1000:.1f} ms (goal: 100)   2,000 aggregates: {theirs * 1000:.0f} ms   "
        f"ratio: {ours / theirs:.3f} (goal: 1)"
    )


if __name__ == "__main__":
    main()

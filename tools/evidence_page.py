"""Writes docs/EVIDENCE.md: what past scores say about what came after, and what another base date would have given.

    python tools/evidence_page.py [COLLECTION]

The first part comes from the embedded data. The second needs vendor prices, so it is written anew only where the
collection of raw files is given, and kept as it stands otherwise.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from precomputed import inputs_of, needs_precomputing, price_rows
from xl_thesis.default_store import seed
from xl_thesis.definition import Thesis
from xl_thesis.pipeline import Scorer
from xl_thesis.sources import embedded
from xl_thesis.store import Store
from xl_thesis.thesis import catalogue_of, load_thesis
from xl_thesis.validation import Evidence, gather

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "EVIDENCE.md"
THESIS = "american_exceptionalism"
SECOND_PART = "## Another base date\n"
BASE_DATES = [dt.date(2025, 2, day) for day in range(21, 27)]
ANCHORED = ("dxy_since", "us_vs_world_since", "btc_since")
HEAD = """\
# Evidence

This page is generated: `python tools/evidence_page.py`. The first part is `xl-thesis validate` on the embedded data.

"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |\n"
    yield f"|{'---|' * len(head)}\n"
    yield from (f"| {' | '.join(row)} |\n" for row in rows)


def number(value: float | None, form: str = "+.2f") -> str:
    return "--" if value is None else format(value, form)


def first_part(evidence: Evidence) -> Iterator[str]:
    yield f"## Does the score foretell anything? (as of {evidence.as_of})\n\n"
    yield f"Rank correlation of reconstructed month-end scores with the later change of `{evidence.target}`. If the\n"
    yield "thesis had foretold the target, the correlations would be negative.\n\n"
    yield from table(
        ["predictor", "months ahead", "scores", "correlation", "p", "p in family", "windows apart", "detectable",
         "over random walk"],
        [
            [test.predictor, str(test.months), str(test.observations), number(test.correlation),
             number(test.p_circular, ".2f"), number(test.p_holm, ".2f"), str(test.independent_windows),
             number(test.detectable, ".2f"), number(test.gain_over_random_walk)]
            for test in evidence.tests
        ],
    )  # fmt: skip
    yield "\np: circular shifts of the score; in the family: Holm's correction over these eight; detectable: the\n"
    yield "correlation that so many windows could show; over random walk: out-of-sample R-squared against a forecast\n"
    yield "of no change.\n\nWhat a forecaster has without any thesis:\n\n"
    known = [item for item in evidence.baselines if item.reason is None]
    yield from table(
        ["baseline", "months ahead", "correlation", "p"],
        [[item.name, str(item.months), number(item.correlation), number(item.p_circular, ".2f")] for item in known],
    )
    for name, reason in dict.fromkeys((item.name, item.reason) for item in evidence.baselines if item.reason):
        yield f"\nNot to be had from the embedded data: {name} ({reason}). A refresh brings it.\n"
    beaten = evidence.share_of_random_signs_beaten
    if beaten is not None:
        yield f"\nThe real directions do better than {beaten:.0%} of 1,000 random ones.\n"
    yield "\nThe same definition published on every month-end since 2009, and its score so many months later:\n\n"
    yield from table(
        ["months after", "publications", "5 %", "median", "95 %", "above 55", "this thesis"],
        [
            [str(item.months), str(item.publications), number(item.p5, ".1f"), number(item.p50, ".1f"),
             number(item.p95, ".1f"), f"{item.share_above_55:.0%}", number(item.actual, ".1f")]
            for item in evidence.placebos
        ],
    )  # fmt: skip
    yield f"\n**{evidence.conclusion}**\n\n"


def with_prices(thesis: Thesis, store: Store, collection: Path) -> None:
    """Add the prices behind the precomputed scores, so that every base date is computed live."""
    catalogue = catalogue_of(thesis)
    held = set(store.series_ids())
    chosen = [item for item in thesis.indicators if needs_precomputing(item, catalogue, held, collection)]
    for series_id in sorted({name for item in chosen for name in inputs_of(item, catalogue)} - held):
        store.write(price_rows(series_id, collection), source="reference collection")


def second_part(thesis: Thesis, store: Store, collection: Path) -> Iterator[str]:
    with_prices(thesis, store, collection)
    reference = embedded.read_package().reference_date
    days = [dt.date(2025, 6, 30), dt.date(2025, 12, 31), reference]
    rows, finals = [], []
    for base in BASE_DATES:
        scorer = Scorer(thesis.model_copy(update={"base_date": base}), store)
        results = [scorer.evaluate(day) for day in days]
        own = {item.id: item.score for item in results[-1].indicators}
        mark = " (the definition's)" if base == thesis.base_date else ""
        rows.append([f"{base}{mark}", *(number(result.score, ".1f") for result in results),
                     *(number(own[name], ".1f") for name in ANCHORED)])  # fmt: skip
        finals.append(results[-1].score or 0.0)
    yield SECOND_PART
    yield "\nThe essay does not say its day. Three indicators count from it; here is the whole score, and these three\n"
    yield f"on {reference}, for every day that it could have been, from the real prices:\n\n"
    yield from table(["base date", *(f"score on {day}" for day in days), *ANCHORED], rows)
    yield f"\nOn {reference} the choice moves the score by {max(finals) - min(finals):.1f} points.\n"


def page(collection: Path | None) -> str:
    """The whole page; without a collection the second part is the one that stands."""
    thesis = load_thesis(THESIS)
    with Store(":memory:") as store:
        seed(store)
        scorer = Scorer(thesis, store)
        assert thesis.target is not None
        top = HEAD + "".join(first_part(gather(scorer, thesis.target)))
        if collection is None:
            return top + SECOND_PART + PAGE.read_text(encoding="utf-8").partition(SECOND_PART)[2]
        return top + "".join(second_part(thesis, store, collection))


if __name__ == "__main__":
    given = Path(sys.argv[1]) if sys.argv[1:] else None
    if given is not None and not (given / "reference" / "market").is_dir():
        sys.exit(f"{given} is no collection: it has no folder reference/market; the page was left as it is")
    PAGE.write_text(page(given), encoding="utf-8", newline="\n")

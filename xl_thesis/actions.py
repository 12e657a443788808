"""What a command or a button does."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_thesis.errors import InputError, MissingData
from xl_thesis.evaluation import Evaluation
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.observations import to_date
from xl_thesis.pipeline import Scorer, seed
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis

if TYPE_CHECKING:
    from xl_thesis_workbook.content import DataChoice
    from xl_thesis_workbook.language import Language


@contextmanager
def demo_scorer(thesis: str) -> Iterator[Scorer]:
    """A scorer over the embedded data alone, in memory: the user's store is neither read nor written."""
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis(thesis), store)


def snapshot(
    scorer: Scorer, as_of: dt.date | None, out: Path | None, *, force: bool, language: Language = "en",
    data: DataChoice = "derived", ledger: Path | None = None,
) -> tuple[Evaluation, Path]:
    """Evaluate and write the snapshot workbook; without a file name, a free one in the current folder.

    ``ledger`` is the folder of the log of questions, the user's own where None. Raises ``InputError`` where the file
    exists and ``force`` is not given, or cannot be written.
    """
    from xl_thesis_workbook.snapshot import gather, write_snapshot

    day = scorer.default_as_of() if as_of is None else as_of
    scorer.check(day)
    standings = Ledger(scorer.thesis, open_log(ledger)).standings(scorer.knowledge, day)
    content = gather(scorer, day, standings=standings, language=language, choice=data)
    result = content.evaluation
    path = _free_name(Path(f"{result.thesis}_{result.as_of}.xlsx")) if out is None else out
    return result, write_snapshot(content, path, force=force).resolve()


def demonstrate(
    thesis: str, as_of: dt.date | None, out: Path | None, *, force: bool
) -> tuple[Evaluation, Path]:
    """``snapshot`` of the embedded data alone; no file of the user's is read."""
    with demo_scorer(thesis) as scorer, tempfile.TemporaryDirectory() as empty:
        return snapshot(scorer, as_of, out, force=force, ledger=Path(empty))


def series_document(scorer: Scorer, series_id: str, as_of: dt.date | None) -> dict[str, Any]:
    """A series as known on a day, with what it is, as JSON values.

    Raises ``InputError`` for an id that is neither in the catalogue nor in the thesis, ``MissingData`` where nothing
    of it is known.
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    scorer.check(as_of)
    if series_id not in scorer.catalogue:
        raise InputError(f"unknown series '{series_id}'; `xl-thesis series` lists those that are known")
    meta = scorer.catalogue[series_id]
    try:
        known = scorer.knowledge(as_of).series(series_id)
    except MissingData as error:
        raise MissingData(f"{error} on {as_of}; only a refresh can bring it") from None
    return {
        "id": meta.id,
        "title": meta.title,
        "unit": meta.unit,
        "frequency": meta.frequency,
        "publisher": meta.publisher,
        "licence": meta.licence,
        "notice": meta.notice,
        "as_of": as_of.isoformat(),
        "data": scorer.data_state().sentence(),
        "observations": [
            {"observed_on": str(day), "value": float(value), "available_at": str(available)}
            for day, value, available in zip(known.days, known.values, known.available, strict=True)
        ],
    }


def series_listing(scorer: Scorer, as_of: dt.date | None) -> list[dict[str, Any]]:
    """Every series of the catalogue and the thesis: title, frequency, and first and last day where it is known."""
    as_of = scorer.default_as_of() if as_of is None else as_of
    scorer.check(as_of)
    knowledge = scorer.knowledge(as_of)
    listing = []
    for series_id, meta in sorted(scorer.catalogue.items()):
        entry: dict[str, Any] = {"id": series_id, "title": meta.title, "frequency": meta.frequency}
        try:
            known = knowledge.series(series_id)
            first, last = str(to_date(known.days[0])), str(to_date(known.days[-1]))
            listing.append({**entry, "first": first, "last": last, "observations": len(known)})
        except MissingData:
            listing.append({**entry, "first": None, "last": None, "observations": 0})
    return listing


def _free_name(path: Path) -> Path:
    candidates = [path, *(path.with_name(f"{path.stem}_{number}{path.suffix}") for number in range(2, 1000))]
    return next((candidate for candidate in candidates if not candidate.exists()), path)

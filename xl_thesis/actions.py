"""What a command or a button does."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_thesis import keys, published, settings
from xl_thesis.catalogue import leaves, meta_of
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store, seed
from xl_thesis.errors import InputError, MissingData, StoreError
from xl_thesis.evaluation import Evaluation
from xl_thesis.observations import to_date
from xl_thesis.pipeline import Scorer
from xl_thesis.published import PublishedLog
from xl_thesis.refresh_report import Progress, RefreshReport
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis

if TYPE_CHECKING:
    from xl_thesis.sources.protocol import Link
    from xl_thesis_workbook.content import DataChoice
    from xl_thesis_workbook.language import Language


@contextmanager
def demo_scorer(thesis: str) -> Iterator[Scorer]:
    """A scorer over the embedded data alone, in memory: the user's store is neither read nor written."""
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis(thesis), store)


def refresh(
    *,
    thesis: str | None = None,
    only: Iterable[str] | None = None,
    ask_all: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    afterwards: Callable[[Scorer, RefreshReport], None] = lambda *_: None,
) -> RefreshReport:
    """Bring new data into the user's store, for the default thesis unless another is named.

    Opens the store itself, so that a button may call it from any thread. ``progress`` and ``cancelled`` as in
    ``xl_thesis.refresh.refresh``; ``afterwards`` runs once the refresh is done, while the store is still open. Where
    any source answered, the score is recorded as given out.
    """
    from xl_thesis import refresh as refreshing
    from xl_thesis.sources import providers

    loaded = load_thesis(thesis or settings.default_thesis())
    with open_default_store() as store:
        scorer = Scorer(loaded, store)
        report = refreshing.refresh(
            scorer, providers(), link(), only=only, ask_all=ask_all, progress=progress, cancelled=cancelled
        )
        report = replace(report, warnings=(*_dollar_warnings(scorer), *_publish_what_came(scorer, report)))
        afterwards(scorer, report)
    return report


def link() -> Link:
    """How the settings say providers are reached, with the user's FRED key."""
    from xl_thesis.sources.protocol import Link

    key, bundle = keys.fred_key(), settings.read("network.ca_bundle").text
    return Link(
        fred_key=None if key is None else key.text,
        fred_base_url=settings.read("fred.base_url").text or "",
        proxy=settings.read("network.proxy").text,
        ca_bundle=None if bundle is None else Path(bundle).expanduser(),
        pace_file=settings.home() / "fred.pace",
        timeout_seconds=float(settings.read("network.timeout").text or 30),
    )


def _publish_what_came(scorer: Scorer, report: RefreshReport) -> tuple[str, ...]:
    """Record the score once a source has answered, because without anything new it may move as data grow old.

    Returns the sentence that says why where it could not be.
    """
    if all(item.source is None for item in report.series):
        return ()
    try:
        published.publish(scorer.evaluate(with_band=True), published.open_log())
    except (InputError, StoreError) as error:
        return (str(error),)
    return ()


def _dollar_warnings(scorer: Scorer) -> tuple[str, ...]:
    """Where two sources of the dollar index disagree today."""
    from xl_thesis.dollar_index import dollar_index

    try:
        return dollar_index(scorer, today()).warnings
    except MissingData:
        return ()


def snapshot(
    scorer: Scorer,
    as_of: dt.date | None,
    out: Path | None,
    *,
    force: bool,
    language: Language = "en",
    data: DataChoice = "derived",
    log: PublishedLog | None = None,
    forecasts: Path | None = None,
) -> tuple[Evaluation, Path]:
    """Evaluate and write the snapshot workbook; without a file name, a free one in the current folder.

    The score is recorded as given out in ``log``, if there is one; a log that was tampered with raises
    ``BrokenLogError`` once the workbook is there. ``forecasts`` is the folder of the log of questions, the user's own
    where None. Raises ``InputError`` where the file exists and ``force`` is not given, or cannot be written.
    """
    from xl_thesis import ledger
    from xl_thesis_workbook.snapshot import gather, write_snapshot

    with scorer.store.reading():
        day = scorer.default_as_of() if as_of is None else as_of
        scorer.check(day)
        standings = ledger.Ledger(scorer.thesis, ledger.open_log(forecasts)).standings(scorer.knowledge, day)
        content = gather(scorer, day, standings=standings, language=language, choice=data)
    result = content.evaluation
    path = _free_name(Path(f"{result.thesis}_{result.as_of}.xlsx")) if out is None else out
    written = write_snapshot(content, path, force=force).resolve()
    if log is not None:
        published.publish(result, log)
    return result, written


@contextmanager
def demonstrate(
    thesis: str, as_of: dt.date | None, out: Path | None, *, force: bool
) -> Iterator[tuple[Scorer, Evaluation, Path]]:
    """``snapshot`` of the embedded data alone; no file of the user's is read."""
    with demo_scorer(thesis) as scorer, tempfile.TemporaryDirectory() as empty:
        yield scorer, *snapshot(scorer, as_of, out, force=force, forecasts=Path(empty))


def series_document(scorer: Scorer, series_id: str, as_of: dt.date | None) -> dict[str, Any]:
    """A series as known on a day, with what it is, as JSON values.

    Raises ``InputError`` for an id that is neither in the catalogue nor in the thesis, ``MissingData`` where nothing
    of it is known.
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    scorer.check(as_of)
    meta = meta_of(scorer.catalogue, series_id)
    try:
        knowledge = scorer.knowledge(as_of)
        known = knowledge.series(series_id)
    except MissingData as error:
        raise MissingData(f"{error}{_what_brings(scorer, series_id)}") from None
    imported = scorer.store.evidence(meta).is_imported(known).tolist()
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
        "feed": _feed_of(scorer.store, series_id),
        "imported": list(knowledge.files(series_id)),
        "observations": [
            {"observed_on": str(day), "value": float(value), "available_at": str(available), "imported": is_own}
            for day, value, available, is_own in zip(known.days, known.values, known.available, imported, strict=True)
        ],
    }


def _what_brings(scorer: Scorer, series_id: str) -> str:
    """What to do for a series that the store has nothing of; empty where it has, and the day is too early."""
    from xl_thesis.sources import providers

    stored = [meta_of(scorer.catalogue, name) for name in leaves(series_id, scorer.catalogue)]
    missing = [meta for meta in stored if scorer.store.vintages(meta) is None]
    served = providers()
    by_hand = [meta.id for meta in missing if all(provider.symbol(meta) is None for provider in served)]
    if by_hand:
        return f"; enter the values of {', '.join(by_hand)} with `xl-thesis import`"
    return "; only a refresh can bring it" if missing else ""


def _feed_of(store: Store, series_id: str) -> dict[str, Any] | None:
    """How a refresh last brought a series and what its source says of it; None where none has asked for it."""
    feed = store.feeds().get(series_id)
    if feed is None:
        return None
    moments = {name: getattr(feed, name) for name in ("checked_at", "changed_at", "failed_at")}
    shown = {name: moment and moment.isoformat() for name, moment in moments.items()}
    return {"source": feed.source, **shown, "failure": feed.failure, "facts": dict(feed.facts)}


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

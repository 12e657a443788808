"""The published log: every score as it was given out, never recomputed, and the days on which definitions were frozen.

``published.jsonl`` in the user's folder is a log as ``records`` keeps it: append-only, each line sealed by a hash over
itself and the line before. Nothing in it comes from recomputing past days, and nothing recomputed is read from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from xl_thesis import days, settings
from xl_thesis.definition import Thesis
from xl_thesis.errors import StoreError
from xl_thesis.evaluation import Evaluation, Status
from xl_thesis.models import Model, as_document
from xl_thesis.records import Record, RecordLog
from xl_thesis.thesis import definition_hash, falsifiers_hash
from xl_thesis.version import VERSION

FILE_NAME = "published.jsonl"


class Published(Model):
    """A score as it was given out on ``date`` (New York), for the day ``as_of``. Points of 100, not rounded.

    ``bounds``: the score if all that was not known scored 0, and 100. ``band``: quantiles 5 %, 50 % and 95 % over other
    choices of method. ``reconstruction``: the definition was not frozen by ``as_of``.
    """

    kind: Literal["published"] = "published"
    thesis: str
    date: dt.date
    as_of: dt.date
    score: float | None
    label: str | None
    status: Status
    coverage: float
    nominal_coverage: float
    bounds: tuple[float, float] | None
    band: tuple[float, float, float] | None
    reconstruction: bool
    definition_hash: str
    data_hash: str
    version: str


class Frozen(Model):
    """A definition that is not to change any more, from ``date`` (New York) on.

    ``falsifiers_hash`` covers what the definition's hash leaves out: the words, days and limits by which indicators,
    claims and questions would be wrong.
    """

    kind: Literal["frozen"] = "frozen"
    thesis: str
    date: dt.date
    definition_hash: str
    falsifiers_hash: str
    version: str

    @property
    def rules(self) -> tuple[str, str]:
        """What is frozen."""
        return self.definition_hash, self.falsifiers_hash


Entry = Published | Frozen
PublishedLog = RecordLog[Entry]
_ENTRIES: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


def open_log(folder: Path | None = None) -> PublishedLog:
    """The log in a folder, the user's own unless another is given."""
    return RecordLog((folder or settings.home()) / FILE_NAME, _ENTRIES)


def publish(evaluation: Evaluation, log: PublishedLog | None = None, *, today: dt.date | None = None) -> Record[Entry]:
    """Append a score that is given out; the same one of the same day is not written twice.

    Raises ``BrokenLogError`` where an earlier line was changed, ``StoreError`` where nothing can be written.

    >>> import tempfile
    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.pipeline import Scorer
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store, tempfile.TemporaryDirectory() as folder:
    ...     result = Scorer(load_thesis("american_exceptionalism"), store).evaluate(dt.date(2026, 6, 30))
    ...     log = open_log(Path(folder))
    ...     [publish(result, log, today=dt.date(2026, 7, 1)).number for _ in range(2)]
    [1, 1]
    """
    log = log or open_log()
    bounds, band = evaluation.bounds, evaluation.band
    entry = Published(
        thesis=evaluation.thesis,
        date=today or days.today(),
        as_of=evaluation.as_of,
        score=evaluation.score,
        label=evaluation.label,
        status=evaluation.status,
        coverage=evaluation.coverage.effective,
        nominal_coverage=evaluation.coverage.nominal,
        bounds=None if bounds is None else (bounds.low, bounds.high),
        band=None if band is None else (band.p5, band.p50, band.p95),
        reconstruction=evaluation.reconstruction,
        definition_hash=evaluation.definition_hash,
        data_hash=evaluation.data_hash,
        version=evaluation.version,
    )
    twin = next((record for record in log.read() if record.content == entry), None)
    return twin or log.append(entry)


def read_published(thesis: str, log: PublishedLog | None = None) -> list[Published]:
    """The scores of a thesis as they were given out, in the order of writing; each has the kind ``published``.

    Raises ``BrokenLogError`` where a line was changed.
    """
    entries = [record.content for record in (log or open_log()).read()]
    return [entry for entry in entries if isinstance(entry, Published) and entry.thesis == thesis]


def freeze(
    thesis: Thesis, log: PublishedLog | None = None, *, today: dt.date | None = None
) -> tuple[Record[Entry], bool]:
    """Record that a definition is frozen; the line that says so, and whether it is new.

    A definition that is frozen as it stands, falsifiers included, gets no second line. Raises as ``publish`` does.
    """
    log = log or open_log()
    entry = Frozen(
        thesis=thesis.id,
        date=today or days.today(),
        definition_hash=definition_hash(thesis),
        falsifiers_hash=falsifiers_hash(thesis),
        version=VERSION,
    )
    frozen = [
        (record, record.content.rules) for record in log.read()
        if isinstance(record.content, Frozen) and record.content.thesis == thesis.id
    ]  # fmt: skip
    if frozen and frozen[-1][1] == entry.rules:
        return frozen[-1][0], False
    return log.append(entry), True


def frozen_on(thesis: Thesis, log: PublishedLog | None = None) -> dt.date | None:
    """The day from which a definition, falsifiers included, has been frozen as it stands; None where it is not.

    Freezing a changed definition of the same thesis ends it, so that nobody can go back to the better of two.
    """
    return frozen_since(thesis.id, rules_of(thesis), _freezes_of(log or open_log()))


def rules_of(thesis: Thesis) -> tuple[str, str]:
    """What a freeze of a thesis as it stands covers, as in ``Frozen.rules``."""
    return definition_hash(thesis), falsifiers_hash(thesis)


def frozen_since(thesis: str, rules: tuple[str, str], freezes: Iterable[Frozen]) -> dt.date | None:
    """As ``frozen_on``, by what was frozen in the order of writing."""
    since: dt.date | None = None
    for entry in freezes:
        if entry.thesis == thesis:
            since = (since or entry.date) if entry.rules == rules else None
    return since


def freezes() -> tuple[Frozen, ...]:
    """Every freeze in the user's log, the very same object until the log's files change.

    None of a log that was tampered with: it vouches for nothing.
    """
    log = open_log()
    return _freezes_in(log.path.parent, log.stamp())


@lru_cache(maxsize=4)
def _freezes_in(folder: Path, stamp: tuple[int, ...]) -> tuple[Frozen, ...]:  # noqa: ARG001 - another stamp, another log
    try:
        return _freezes_of(open_log(folder))
    except StoreError:
        return ()


def _freezes_of(log: PublishedLog) -> tuple[Frozen, ...]:
    return tuple(record.content for record in log.read() if isinstance(record.content, Frozen))


def line_json(record: Record[Entry]) -> dict[str, Any]:
    """A line as plain JSON values: what it says, with its number, when it was written (UTC) and its hash."""
    place = {"line": record.number, "recorded_at": record.recorded_at.isoformat(), "hash": record.hash}
    return {**as_document(record.content), **place}

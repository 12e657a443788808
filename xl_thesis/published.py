"""The published log: every score as it was given out, never recomputed, and the days on which definitions were frozen.

``published.jsonl`` in the user's folder is a log as ``records`` keeps it: append-only, each line sealed by a hash over
itself and the line before. What it holds is never mixed with scores recomputed for past days.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

from xl_thesis import settings
from xl_thesis.definition import Thesis
from xl_thesis.errors import MissingData
from xl_thesis.evaluation import Bounds, Coverage, Evaluation, Status
from xl_thesis.models import Model, as_document
from xl_thesis.records import Record, RecordLog
from xl_thesis.thesis import definition_hash
from xl_thesis.version import VERSION

FILE_NAME = "published.jsonl"


class Band(Model):
    """Quantiles of the score over other choices of method: 5 %, 50 % and 95 %."""

    p5: float
    p50: float
    p95: float


class Published(Model):
    """A score as it was given out on ``date`` (New York), for the day ``as_of``.

    ``reconstruction``: the definition was not frozen by ``as_of``. Scores and bounds in points of 100, not rounded.
    """

    kind: Literal["published"] = "published"
    thesis: str
    date: dt.date
    as_of: dt.date
    score: float | None
    label: str | None
    status: Status
    coverage: Coverage
    bounds: Bounds | None
    band: Band | None = None
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


Entry = Published | Frozen
_ENTRIES: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])

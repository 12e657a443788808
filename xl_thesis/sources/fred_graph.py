"""FRED's graphs as CSV, for those without a key: best effort, today's values, no vintages, labelled as such."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence

from xl_thesis.errors import BadAnswer, SourceError, UnknownSeries
from xl_thesis.sources import alfred
from xl_thesis.sources.each import each
from xl_thesis.sources.pace import Pace
from xl_thesis.sources.protocol import Link, Outcome, Pull, Request
from xl_thesis.sources.web import Answer, Web

URL = "https://fred.stlouisfed.org/graph/fredgraph.csv"
SOURCE = "FRED graph (without a key)"
_SHORT = "GDPA"
_RECENT = dt.timedelta(hours=1)


def pull(
    url: str, pace: Pace, requests: Sequence[Request], link: Link, today: dt.date, stop: Callable[[], bool]
) -> Iterator[tuple[Request, Outcome]]:
    """One outcome for each request. What was read within the last hour is not asked again."""
    with Web("FRED's graphs", link, pace) as web:
        yield from each("FRED's graphs", requests, stop, lambda request: _fetch(url, web, request, today))


def ping(url: str, pace: Pace, link: Link) -> None:
    """Ask for one number a year. Raises the ``SourceError`` that says what stands in the way."""
    with Web("FRED's graphs", link, pace) as web:
        web.get(url, {"id": _SHORT}, lambda answer: _read(answer, _SHORT))


def _fetch(url: str, web: Web, request: Request, today: dt.date) -> Pull:
    now = dt.datetime.now(dt.UTC)
    before = _memory(request.state)
    rests = before and dt.timedelta() <= now - dt.datetime.fromisoformat(before["asked"]) < _RECENT
    if rests and not request.ask_all:
        return Pull(request.meta.id, (), True, False, SOURCE, request.state, {}, ())
    values, digest = web.get(url, {"id": request.symbol}, lambda answer: _read(answer, request.symbol))
    state = json.dumps({"asked": now.isoformat(), "digest": digest})
    if before and before["digest"] == digest:
        return Pull(request.meta.id, (), True, False, SOURCE, state, {}, ())
    ends = [(alfred.period_end(day, request.meta.frequency), value) for day, value in values]
    rows = alfred.snapshot_rows(request.meta, ends, request.last_observed, today)
    return Pull(request.meta.id, rows, False, False, SOURCE, state, {}, ())


def _memory(state: str | None) -> dict[str, str] | None:
    try:
        found = json.loads(state or "null")
        dt.datetime.fromisoformat(found["asked"]).astimezone(dt.UTC)
        return found if isinstance(found["digest"], str) else None
    except (KeyError, TypeError, ValueError):
        return None


def _read(answer: Answer, symbol: str) -> tuple[list[tuple[dt.date, float]], str]:
    """Days and values, and a hash of the file."""
    if answer.status == 404:
        raise UnknownSeries(f"FRED has no series '{symbol}'")
    if answer.status != 200:
        raise SourceError(f"FRED's graphs refused ({answer.status}); a free API key is the reliable way")
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    if not lines or len(lines[0]) != 2 or lines[0][1].strip() != symbol:
        raise BadAnswer(f"FRED's graphs sent something other than the values of {symbol}")
    if not answer.body.endswith(b"\n") or any(len(line) != 2 for line in lines):
        raise BadAnswer(f"FRED's graphs broke off in the values of {symbol}")
    try:
        values = [(dt.date.fromisoformat(day), float(value)) for day, value in lines[1:] if value not in ("", ".")]
    except ValueError:
        raise BadAnswer(f"FRED's graphs sent values of {symbol} that are no numbers") from None
    if not all(math.isfinite(value) for _, value in values):
        raise BadAnswer(f"FRED's graphs sent a value of {symbol} that is no finite number")
    if not values:
        raise BadAnswer(f"FRED's graphs sent no value of {symbol}")
    return values, hashlib.sha256(answer.body).hexdigest()

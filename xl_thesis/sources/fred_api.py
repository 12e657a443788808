"""fredapi over our own transport.

fredapi's one fetching method is replaced: it gets bounded time, retries, the machine's pace and errors that can be told
apart, and it never sees the key.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from fredapi import Fred

from xl_thesis.errors import BadAnswer, BadKey, RateLimited, SourceError, UnknownSeries
from xl_thesis.models import Frequency
from xl_thesis.sources.alfred import FOREVER, Spell, period_end
from xl_thesis.sources.web import Answer, Web

BEGINNING = dt.date(1776, 7, 4)
"""FRED's earliest real-time day; asking from there keeps the days of first release whole."""
_PAGE = 100_000
_PAGE_OF_UPDATES = 1000
_VINTAGES = 2000
_MISSING = "."
_LARGEST_ARCHIVE = 1_000_000
"""Values. A few series are rewritten whole every day; their past would fill the store and teach nothing."""
_TOO_MANY_VINTAGES = re.compile(r"vintage dates.*exceeds the maximum", re.IGNORECASE)


class TooManyVintages(SourceError):
    """More than 2,000 vintages in one request."""


class NoVintages(SourceError):
    """A series whose past FRED does not show, or not in a size that can be kept."""


class FredAPI(Fred):  # type: ignore[misc]  # published without types
    """The part of FRED that a refresh needs; every method may raise a ``SourceError``."""

    def __init__(self, web: Web, base_url: str) -> None:
        # The parent's constructor would want the key and set a proxy for the whole process.
        self.web = web
        self.root_url = base_url.rstrip("/")
        self.proxies = None

    def _Fred__fetch_data(self, url: str) -> ET.Element:  # noqa: N802 - the name that fredapi's methods call
        address, _, _ = url.partition("?")
        return self.web.get(address, dict(parse_qsl(urlsplit(url).query)), _read)

    def ask(self, path: str, **params: str | int) -> ET.Element:
        """The answer of one endpoint."""
        return self.web.get(f"{self.root_url}/{path}", {name: str(value) for name, value in params.items()}, _read)

    def spells(self, series_id: str, frequency: Frequency, start: dt.date) -> list[Spell]:
        """Every value in force at some time since ``start``, with the days on which it was.

        Asks several times where there are more than 2,000 vintages. Raises ``NoVintages`` where FRED keeps none, or
        far too many values.
        """
        try:
            return list(self._spells(series_id, frequency, start, FOREVER))
        except TooManyVintages:
            vintages = [vintage.date() for vintage in self.get_series_vintage_dates(series_id)]
        starts = [start, *[vintage for vintage in vintages if vintage > start][_VINTAGES - 1 :: _VINTAGES - 1]]
        ends = [later - dt.timedelta(days=1) for later in starts[1:]] + [FOREVER]
        found: list[Spell] = []
        for first, last in zip(starts, ends, strict=True):
            found += self._spells(series_id, frequency, first, last)
            _check_size(len(found))
        return found

    def _spells(self, series_id: str, frequency: Frequency, start: dt.date, end: dt.date) -> Iterator[Spell]:
        window = {"realtime_start": start.isoformat(), "realtime_end": end.isoformat()}
        for item in self._observations(series_id, **window):
            yield Spell(
                period_end(dt.date.fromisoformat(item["date"]), frequency),
                dt.date.fromisoformat(item["realtime_start"]),
                dt.date.fromisoformat(item["realtime_end"]),
                _number(item["value"]),
            )

    def newest(self, series_id: str, frequency: Frequency, since: dt.date | None) -> list[tuple[dt.date, float]]:
        """Period ends and today's values, of the periods that begin after ``since``."""
        window = {} if since is None else {"observation_start": (since + dt.timedelta(days=1)).isoformat()}
        pairs = (
            (period_end(dt.date.fromisoformat(item["date"]), frequency), _number(item["value"]))
            for item in self._observations(series_id, **window)
        )
        return [(day, value) for day, value in pairs if value is not None]

    def _observations(self, series_id: str, **window: str) -> Iterator[dict[str, str]]:
        """Every observation of a window, page by page; an answer to another question, or half of one, is refused."""
        offset = 0
        while True:
            page = self.ask("series/observations", series_id=series_id, limit=_PAGE, offset=offset, **window)
            for name, value in window.items():
                if page.get(name, value) != value:
                    raise BadAnswer(f"FRED answered for {name} {page.get(name)} instead of {value}")
            found = [item.attrib for item in page.iter("observation")]
            total = int(page.get("count", len(found)))
            _check_size(total)
            if len(found) != min(_PAGE, total - offset):
                raise BadAnswer(f"FRED sent {len(found)} of {total - offset} observations of {series_id}")
            yield from found
            offset += _PAGE
            if offset >= total:
                return

    def facts(self, series_id: str) -> dict[str, str]:
        """What FRED says of a series: its own words for title, units, frequency, adjustment, notes, release."""
        info: dict[str, str] = {str(name): str(value) for name, value in self.get_series_info(series_id).items()}
        if info.get("id", "").upper() != series_id.upper():
            raise BadAnswer(f"FRED answered for {info.get('id')} instead of {series_id}")
        release = next(self.ask("series/release", series_id=series_id).iter("release"), None)
        kept = {name: info[name] for name in _FACTS if name in info}
        if release is not None:
            kept["release"] = release.get("name", "")
        kept["copyright"] = copyright_of(info.get("notes", ""))
        return {name: value for name, value in kept.items() if value}

    def updated(self, since: dt.datetime, until: dt.datetime, pages: int) -> dict[str, str] | None:
        """Series that FRED changed in a time, with the moment of each; None where that would take more pages.

        The list runs from the newest change to older ones.
        """
        found: dict[str, str] = {}
        window = {"start_time": f"{since:%Y%m%d%H%M}", "end_time": f"{until:%Y%m%d%H%M}"}
        for page in range(pages):
            offset = page * _PAGE_OF_UPDATES
            items = list(self.ask("series/updates", limit=_PAGE_OF_UPDATES, offset=offset, **window).iter("series"))
            found |= {item.get("id", ""): item.get("last_updated", "") for item in items}
            if len(items) < _PAGE_OF_UPDATES or _moment(items[-1].get("last_updated", "")) < since:
                return found
        return None


_FACTS = (
    "title", "units", "frequency", "seasonal_adjustment", "observation_start", "observation_end", "last_updated",
    "notes",
)  # fmt: skip


def copyright_of(notes: str) -> str:
    """The sentences of a series' notes that speak of copyright or permission.

    >>> copyright_of("Daily close. Copyright, 2016, Example Exchange. Reprinted with permission.")
    'Copyright, 2016, Example Exchange. Reprinted with permission.'
    """
    sentences = re.split(r"(?<=[.!?])\s+", notes)
    return " ".join(text for text in sentences if re.search(r"copyright|©|permission|all rights", text, re.IGNORECASE))


def _check_size(values: int) -> None:
    if values > _LARGEST_ARCHIVE:
        raise NoVintages(f"FRED's archive has over {_LARGEST_ARCHIVE:,} values, too many to keep")


def _moment(text: str) -> dt.datetime:
    """FRED writes 2024-10-30 07:54:01-05."""
    return dt.datetime.fromisoformat(text)


def _number(text: str) -> float | None:
    if text == _MISSING:
        return None
    value = float(text)
    if not math.isfinite(value):
        raise BadAnswer(f"FRED sent '{text}' as a value, which is no finite number")
    return value


def _read(answer: Answer) -> ET.Element:
    try:
        root = ET.fromstring(answer.body)  # noqa: S314 - expat expands no external entities; the sender is FRED
    except ET.ParseError:
        raise BadAnswer(f"FRED sent something that is cut short or is not XML ({answer.status})") from None
    if answer.status == 200 and root.tag != "error":
        return root
    raise _refusal(answer.status, " ".join(root.get("message", "").split()))


def _refusal(status: int, message: str) -> SourceError:
    """The error that FRED's own words stand for. They never repeat the key."""
    words = message.lower()
    if "api_key" in words:
        return BadKey("FRED does not accept the API key; `xl-thesis config set fred-key` sets another")
    if "alfred" in words:
        return NoVintages("FRED keeps no vintages of this series")
    if _TOO_MANY_VINTAGES.search(message):
        return TooManyVintages("FRED gives at most 2,000 vintages at once")
    if "series does not exist" in words or "series_id" in words:
        return UnknownSeries("FRED has no series of this name")
    if status == 429:
        return RateLimited("FRED was asked too often (429); try again later")
    if status == 404:
        return BadAnswer("FRED has nothing at this address (404); check fred.base_url")
    return SourceError(f"FRED refused ({status}{': ' + message[:120] if message else ''})")

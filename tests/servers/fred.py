"""FRED: series, observations by real-time period, vintage dates, updates; XML and JSON; its errors and limits."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from tests.servers.loopback import Limit, Reply

KEY = "abcdef0123456789abcdef0123456789"
FOREVER = "9999-12-31"
MISSING = "Bad Request.  The series does not exist."


@dataclass
class Series:
    """``spells``: date, realtime_start, realtime_end, value, as the service prints them."""

    spells: list[tuple[str, str, str, str]]
    title: str = "A series"
    frequency: str = "Monthly"
    units: str = "Percent"
    last_updated: str = "2024-10-30 07:54:01-05"
    notes: str = ""
    release: str = "A release"
    archived: bool = True


@dataclass
class Fred:
    series: dict[str, Series] = field(default_factory=dict)
    today: str = field(default_factory=lambda: dt.datetime.now(dt.UTC).date().isoformat())
    limit: Limit | None = None
    cap: int = 2000
    page: int = 100_000
    ignores_real_time: bool = False

    def answer(self, path: str, query: dict[str, str]) -> Reply:
        """One request, as the service would."""
        as_json = query.get("file_type") == "json"
        if self.limit and not self.limit.allows():
            return error(429, "Too Many Requests.  Exceeded Rate Limit", as_json)
        if query.get("api_key") != KEY:
            return error(400, "Bad Request.  The value for variable api_key is not registered.", as_json)
        endpoint = path.removeprefix("/fred/")
        if endpoint == "releases":
            return page("releases", [("release", {"id": "1", "name": "A release"})], {}, as_json)
        if endpoint == "series/updates":
            return self.updates(query, as_json)
        known = self.series.get(query.get("series_id", ""))
        if known is None:
            return error(400, MISSING, as_json)
        name = query["series_id"]
        if endpoint == "series":
            return page("seriess", [("series", about(name, known))], {}, as_json)
        if endpoint == "series/release":
            return page("releases", [("release", {"id": "10", "name": known.release})], {}, as_json)
        if endpoint == "series/vintagedates":
            dates = sorted({spell[1] for spell in known.spells})
            items = [("vintage_date", date) for date in dates]
            return page("vintage_dates", items, {"count": str(len(dates))}, as_json)
        if endpoint == "series/observations":
            return self.observations(known, query, as_json)
        return error(404, "Not Found.", as_json)

    def observations(self, known: Series, query: dict[str, str], as_json: bool) -> Reply:
        start, end = query.get("realtime_start", self.today), query.get("realtime_end", self.today)
        if self.ignores_real_time:
            start = end = self.today
        if not known.archived and (start, end) != (self.today, self.today):
            return error(400, "Bad Request.  The series does not exist in ALFRED but may exist in FRED.", as_json)
        vintages = {spell[1] for spell in known.spells if start <= spell[1] <= end}
        if len(vintages) > self.cap:
            message = (
                f"Bad Request.  There are {len(vintages)} vintage dates in the specified real-time period: {start} to"
                f" {end}.  This exceeds the maximum number of vintage dates allowed for this file type (2000)."
            )
            return error(400, message, as_json)
        if not any(first <= end and last >= start for _, first, last, _ in known.spells):
            return error(400, "Bad Request.  The series does not exist in ALFRED but may exist in FRED.", as_json)
        found = [
            ("observation", {"realtime_start": max(first, start), "realtime_end": min(last, end), "date": date,
                             "value": value})
            for date, first, last, value in known.spells
            if first <= end and last >= start and date >= query.get("observation_start", "")
        ]  # fmt: skip
        offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", self.page)), self.page)
        head = {"realtime_start": start, "realtime_end": end, "count": str(len(found)), "offset": str(offset),
                "limit": str(limit), "units": "lin", "output_type": "1"}  # fmt: skip
        return page("observations", found[offset : offset + limit], head, as_json)

    def updates(self, query: dict[str, str], as_json: bool) -> Reply:
        since = query["start_time"]
        found = [
            ("series", about(name, known))
            for name, known in self.series.items()
            if re.sub(r"\D", "", known.last_updated[:16]) >= since
        ]
        found.sort(key=lambda item: item[1]["last_updated"], reverse=True)
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 1000))
        head = {"count": str(len(found)), "offset": str(offset), "limit": str(limit)}
        return page("seriess", found[offset : offset + limit], head, as_json)


def about(name: str, known: Series) -> dict[str, str]:
    dates = [spell[0] for spell in known.spells]
    return {
        "id": name, "title": known.title, "observation_start": min(dates), "observation_end": max(dates),
        "frequency": known.frequency, "units": known.units, "seasonal_adjustment": "Seasonally Adjusted",
        "last_updated": known.last_updated, "notes": known.notes,
    }  # fmt: skip


def page(tag: str, items: Iterable[tuple[str, dict[str, str] | str]], head: dict[str, str], as_json: bool) -> Reply:
    items = list(items)
    if as_json:
        return Reply(200, json.dumps({**head, tag: [content for _, content in items]}).encode())
    lines = [
        f"  <{name}>{content}</{name}>" if isinstance(content, str) else f"  <{name} {attributes(content)}/>"
        for name, content in items
    ]
    text = f'<?xml version="1.0" encoding="utf-8" ?>\n<{tag} {attributes(head)}>\n' + "\n".join(lines) + f"\n</{tag}>\n"
    return Reply(200, text.encode(), "text/xml; charset=utf-8")


def error(status: int, message: str, as_json: bool) -> Reply:
    if as_json:
        return Reply(status, json.dumps({"error_code": status, "error_message": message}).encode())
    text = f'<?xml version="1.0" encoding="utf-8" ?>\n<error code="{status}" message={quoteattr(message)}/>\n'
    return Reply(status, text.encode(), "text/xml; charset=utf-8")


def attributes(values: dict[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items())

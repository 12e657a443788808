"""Every provider with every series that the catalogue has of it, up to date, with invented numbers."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from tests.servers import fred, yahoo
from tests.servers.loopback import Reply
from xl_thesis.models import SeriesMeta
from xl_thesis.observations import to_date
from xl_thesis.sources.sec import _COMPANIES, _CONCEPTS

Answer = Callable[[str, dict[str, str]], Reply]
PERIODS = {"daily": 600, "weekly": 520, "monthly": 240, "quarterly": 80, "annual": 30}
DAY = dt.timedelta(days=1)
MANY_VINTAGES = "DTWEXBGS"
"""A series with more than the 2,000 vintages that FRED gives at once."""
ECB_HOST, OECD_HOST, TREASURY_HOST, SEC_HOST = (
    "www.ecb.europa.eu", "sdmx.oecd.org", "api.fiscaldata.treasury.gov", "data.sec.gov",
)  # fmt: skip
BANK_HOSTS = ("api.worldbank.org", "www.worldbank.org", "thedocs.worldbank.org")
FRED_HOST = "api.stlouisfed.org"


def number(name: str, place: int) -> float:
    """A smooth positive value."""
    return round(100 + 20 * math.sin(place / 9 + zlib.crc32(name.encode()) % 60), 2)


def period_ends(meta: SeriesMeta, today: dt.date, count: int) -> list[dt.date]:
    """The last days of the periods whose first print is out."""
    last = today - dt.timedelta(days=meta.lag_days)
    if meta.frequency == "daily":
        end = np.busday_offset(last - DAY * (meta.lag_days == 0), 0, roll="backward")
        return [to_date(np.busday_offset(end, -back)) for back in reversed(range(count))]
    if meta.frequency == "weekly":
        end = last - dt.timedelta(days=(last.weekday() - 2) % 7)
        return [end - dt.timedelta(weeks=back) for back in reversed(range(count))]
    months = {"monthly": 1, "quarterly": 3, "annual": 12}[meta.frequency]
    first = last + DAY
    month = (first.year * 12 + first.month - 1) // months * months
    starts = [month - months * back for back in reversed(range(count))]
    return [dt.date(start // 12, start % 12 + 1, 1) - DAY for start in starts]


def first_day(meta: SeriesMeta, end: dt.date) -> dt.date:
    """As FRED names a period."""
    months = {"monthly": 1, "quarterly": 3, "annual": 12}.get(meta.frequency)
    if months is None:
        return end
    month = end.year * 12 + end.month - months
    return dt.date(month // 12, month % 12 + 1, 1)


def fred_series(meta: SeriesMeta, today: dt.date) -> fred.Series:
    """Printed after the usual delay; months and quarters are revised forty days later."""
    name = meta.id.partition(":")[2]
    spells = []
    count = 2100 if name == MANY_VINTAGES else PERIODS[meta.frequency]
    for place, end in enumerate(period_ends(meta, today, count)):
        printed, until, value = end + dt.timedelta(days=meta.lag_days), fred.FOREVER, number(name, place)
        revised = printed + dt.timedelta(days=40)
        if meta.frequency in ("monthly", "quarterly") and revised < today:
            spells.append((str(first_day(meta, end)), str(revised), fred.FOREVER, f"{value + 0.1:.2f}"))
            until = str(revised - DAY)
        spells.append((str(first_day(meta, end)), str(printed), until, f"{value:.2f}"))
    return fred.Series(sorted(spells), title=meta.title, frequency=meta.frequency.capitalize(), units=meta.unit,
                       last_updated=f"{today - DAY} 08:00:00-06")  # fmt: skip


def ticker(meta: SeriesMeta, today: dt.date) -> yahoo.Ticker:
    days = period_ends(meta.model_copy(update={"lag_days": 0}), today, 1300)
    return yahoo.Ticker({day: (number(meta.id, place), number(meta.id, place)) for place, day in enumerate(days)})


class Everything:
    """Answers by host, for the series of a catalogue."""

    def __init__(self, catalogue: Sequence[SeriesMeta], today: dt.date) -> None:
        self.today = today
        self.metas = {meta.id: meta for meta in catalogue}
        own = [meta for meta in catalogue if meta.derived is None]
        self.fred = fred.Fred({meta.id[5:]: fred_series(meta, today) for meta in own if meta.id.startswith("FRED:")})
        names = {meta.id[6:].partition("/")[0]: meta for meta in own if meta.id.startswith("YAHOO:")}
        self.yahoo = yahoo.Yahoo({name: ticker(meta, today) for name, meta in names.items()})
        self.served = [
            name for name in self.metas
            if name.partition(":")[0] in ("FRED", "YAHOO", "ECB", "WB", "OECD", "TREASURY", "SEC")
        ]  # fmt: skip

    def answers(self) -> Iterator[tuple[str, tuple[str, ...], Answer]]:
        """Each provider with its hosts and what it says."""
        yield "fred", (FRED_HOST,), self.fred.answer
        yield "yahoo", yahoo.HOSTS, self.yahoo.answer
        yield "ecb", (ECB_HOST,), self.ecb
        yield "worldbank", BANK_HOSTS, self.worldbank
        yield "oecd", (OECD_HOST,), self.oecd
        yield "treasury", (TREASURY_HOST,), self.treasury
        yield "sec", (SEC_HOST,), self.sec

    def _ends(self, series_id: str, count: int | None = None) -> list[tuple[dt.date, float]]:
        meta = self.metas[series_id]
        days = period_ends(meta, self.today, count or PERIODS[meta.frequency])
        return [(day, number(series_id, place)) for place, day in enumerate(days)]

    def ecb(self, path: str, query: dict[str, str]) -> Reply:
        names = [name for name in self.metas if name.startswith("ECB:")]
        columns = {name[7:]: dict(self._ends(name)) for name in names}
        days = sorted(next(iter(columns.values())), reverse=True)
        if path.endswith(".xml"):
            cubes = "".join(
                f'<Cube time="{day}">'
                + "".join(f'<Cube currency="{name}" rate="{of[day]}"/>' for name, of in columns.items()) + "</Cube>"
                for day in days[:62]
            )  # fmt: skip
            space = 'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"'
            return Reply(200, f"<Envelope {space}><Cube>{cubes}</Cube></Envelope>".encode(), "text/xml")
        lines = [f"{day},{','.join(str(of[day]) for of in columns.values())}," for day in days]
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("eurofxref-hist.csv", "\n".join([f"Date,{','.join(columns)},", *lines]) + "\n")
        return Reply(200, file.getvalue(), "application/zip")

    def worldbank(self, path: str, query: dict[str, str]) -> Reply:
        book = "/en/doc/5d903e848db1d1b83e0ec8f744e55570-0350012021/related/CMO-Historical-Data-Monthly.xlsx"
        if path == book:
            rows = [["Pink Sheet", None], [None, "Gold"], [None, "($/troy oz)"]]
            rows += [[f"{day.year}M{day.month:02}", value] for day, value in self._ends("WB:GOLD_USD")]
            file = io.BytesIO()
            with pd.ExcelWriter(file) as writer:
                pd.DataFrame(rows).to_excel(writer, sheet_name="Monthly Prices", header=False, index=False)
            return Reply(200, file.getvalue(), "application/octet-stream")
        if "commodity-markets" in path:
            page = f'<!DOCTYPE html><html><a href="https://{BANK_HOSTS[2]}{book}">Monthly prices</a></html>'
            return Reply(200, page.encode(), "text/html")
        items = [
            {"countryiso3code": country, "date": str(day.year), "value": value / (4 if country == "USA" else 1)}
            for day, value in self._ends("WB:US_SHARE_WORLD_GDP")
            for country in ("USA", "WLD")
        ]
        return Reply(200, json.dumps([{"page": 1, "pages": 1, "total": len(items)}, items]).encode())

    def oecd(self, path: str, query: dict[str, str]) -> Reply:
        area, _, measure, *_ = path.rpartition("/")[2].split(".")
        lines = [f"{day:%Y-%m},{value}" for day, value in self._ends(f"OECD:{area}.{measure}")]
        return Reply(200, ("\n".join(["TIME_PERIOD,OBS_VALUE", *lines]) + "\n").encode(), "text/csv")

    def treasury(self, path: str, query: dict[str, str]) -> Reply:
        field = query["fields"].partition(",")[2]
        name = "DEBT_TO_PENNY" if field.startswith("tot") else "DEBT_HELD_BY_PUBLIC"
        since = query["filter"].rpartition(":")[2]
        rows = [
            {"record_date": str(day), field: f"{value * 1e11:.2f}"}
            for day, value in self._ends(f"TREASURY:{name}") if str(day) >= since
        ]  # fmt: skip
        return Reply(200, json.dumps({"data": rows, "meta": {"count": len(rows), "total-count": len(rows)}}).encode())

    def sec(self, path: str, query: dict[str, str]) -> Reply:
        company = next(name for name, number in _COMPANIES.items() if f"CIK{number:010d}" in path)
        if _CONCEPTS[0] not in path:
            return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        meta = self.metas[f"SEC:CAPEX_{company}"]
        items = [
            {"start": str(first_day(meta, end)), "end": str(end), "val": int(value * 1e6), "form": "10-Q",
             "filed": str(end + dt.timedelta(days=min(meta.lag_days, 45)))}
            for end, value in self._ends(meta.id)
        ]  # fmt: skip
        return Reply(200, json.dumps({"cik": 1, "units": {"USD": items}}).encode())

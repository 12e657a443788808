"""Yahoo Finance: a cookie, a crumb, and the chart API, under its own host names behind TLS and a proxy."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field

from tests.servers.loopback import Reply

HOSTS = ("fc.yahoo.com", "query1.finance.yahoo.com", "query2.finance.yahoo.com", "guce.yahoo.com", "consent.yahoo.com")
CRUMB = "Cru.mb/12"
UNKNOWN = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


@dataclass
class Ticker:
    """Days with close and adjusted close (None: no trade); dividends and splits by day."""

    prices: dict[dt.date, tuple[float | None, float | None]]
    dividends: dict[dt.date, float] = field(default_factory=dict)
    splits: dict[dt.date, float] = field(default_factory=dict)
    kind: str = "ETF"
    session_ends: dt.datetime | None = None


@dataclass
class Yahoo:
    tickers: dict[str, Ticker] = field(default_factory=dict)

    def answer(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/":
            cookie = "A3=d=abc; Expires=Fri, 31 Dec 2100 00:00:00 GMT; Domain=.yahoo.com; Path=/; Secure; HttpOnly"
            return Reply(404, b"", "text/html", {"Set-Cookie": cookie})
        if path == "/v1/test/getcrumb":
            return Reply(200, CRUMB.encode(), "text/plain;charset=utf-8")
        if query.get("crumb", CRUMB) != CRUMB:
            return chart(None, {"code": "Unauthorized", "description": "Invalid Crumb"}, 401)
        ticker = self.tickers.get(path.removeprefix("/v8/finance/chart/"))
        if not path.startswith("/v8/finance/chart/") or ticker is None:
            return chart(None, UNKNOWN, 404)
        return chart(result(path.rpartition("/")[2], ticker, query), None)


def result(name: str, ticker: Ticker, query: dict[str, str]) -> dict[str, object]:
    now = dt.datetime.now(dt.UTC)
    end = ticker.session_ends or now.replace(hour=0, minute=0, second=0, microsecond=0)
    session = {"timezone": "UTC", "gmtoffset": 0, "start": int(end.timestamp()) - 23400, "end": int(end.timestamp())}
    days = sorted(ticker.prices)
    if query.get("range") == "1d":
        days = days[-1:]
    first = int(query.get("period1", "-9999999999"))
    days = [day for day in days if moment(day) >= first]
    closes, adjusted = ([ticker.prices[day][column] for day in days] for column in (0, 1))
    events: dict[str, object] = {}
    if ticker.dividends:
        events["dividends"] = {
            str(moment(day)): {"amount": amount, "date": moment(day)} for day, amount in ticker.dividends.items()
        }
    if ticker.splits:
        events["splits"] = {
            str(moment(day)): {"date": moment(day), "numerator": ratio, "denominator": 1, "splitRatio": f"{ratio:g}:1"}
            for day, ratio in ticker.splits.items()
        }
    return {
        "meta": {
            "currency": "USD", "symbol": name, "exchangeName": "PCX", "fullExchangeName": "NYSEArca",
            "instrumentType": ticker.kind, "firstTradeDate": moment(min(ticker.prices)) if ticker.prices else None,
            "regularMarketTime": int(now.timestamp()), "hasPrePostMarketData": True, "gmtoffset": 0, "timezone": "UTC",
            "exchangeTimezoneName": "UTC", "longName": f"{name} Trust", "priceHint": 2,
            "currentTradingPeriod": {"pre": dict(session), "regular": dict(session), "post": dict(session)},
            "dataGranularity": "1d", "range": "", "validRanges": ["1d", "5d", "1mo", "10y", "ytd", "max"],
        },
        "timestamp": [moment(day) for day in days],
        "events": events,
        "indicators": {
            "quote": [{"open": closes, "high": closes, "low": closes, "close": closes,
                       "volume": [1000] * len(days)}],
            "adjclose": [{"adjclose": adjusted}],
        },
    }  # fmt: skip


def chart(found: dict[str, object] | None, error: dict[str, str] | None, status: int = 200) -> Reply:
    return Reply(status, json.dumps({"chart": {"result": found and [found], "error": error}}).encode())


def moment(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())

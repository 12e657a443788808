"""yfinance over a session of ours: every request ends in time, goes by the proxy that is set, and is told apart."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import tenacity
import yfinance
from curl_cffi import CurlECode
from curl_cffi import requests as curl
from yfinance.data import YfData
from yfinance.exceptions import YFRateLimitError

from xl_thesis.errors import (
    BadAnswer,
    ClockWrong,
    ProxyFailed,
    RateLimited,
    SourceError,
    TimedOut,
    TLSFailed,
    UnknownSeries,
    Unreachable,
)
from xl_thesis.settings import home
from xl_thesis.sources.connection import check_clock, proxy_of, shown, trusted_file
from xl_thesis.sources.prices import History, Quotes
from xl_thesis.sources.protocol import Link
from xl_thesis.sources.web import Answer

if TYPE_CHECKING:
    import pandas as pd

_PATIENCE = 4.0
"""Times ``timeout_seconds`` for one ticker with all its tries and all that yfinance asks beside."""
_TRIES = 3
_SETTLED = dt.timedelta(minutes=20)
"""After a session ends its close is still corrected for so long."""
_ADDRESS = "https://query2.finance.yahoo.com/"
_LOGGERS = ("yfinance", "peewee")
_ONE_AT_A_TIME = threading.Lock()
"""yfinance has one client and one set of options for the whole process."""
_FACTS = {"longName": "title", "currency": "units", "instrumentType": "kind", "fullExchangeName": "exchange"}
_ABOUT = (*_FACTS, "currentTradingPeriod")


class Session:
    """Asks Yahoo, one ticker at a time."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._folder = home() / "yahoo"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._proxy = proxy_of(link, _ADDRESS)
        self._session = _Bounded(impersonate="chrome", proxy=self._proxy)
        self._session.seconds = link.timeout_seconds
        file = str(trusted_file(link, self._folder))
        self._session.verify = file  # type: ignore[assignment]  # a path is as good as a switch

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def history(self, ticker: str, since: dt.date | None) -> History:
        """Finished sessions from a day on, or all. Raises the ``SourceError`` that says why there are none.

        Waits for a session of another thread to end its question.
        """
        seconds = self._link.timeout_seconds
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_TRIES) | tenacity.stop_before_delay(_PATIENCE * seconds),
            retry=tenacity.retry_if_exception(_may_pass),
            wait=tenacity.wait_exponential(seconds / 15) + tenacity.wait_random(0, seconds / 60),
            reraise=True,
        )
        with _ONE_AT_A_TIME:
            self._session.deadline = time.monotonic() + _PATIENCE * seconds
            history: History = retrying(self._once, ticker, since)
        return history

    def _once(self, ticker: str, since: dt.date | None) -> History:
        self._session.last = None
        try:
            with _arranged(self._proxy, self._folder):
                asked = yfinance.Ticker(ticker, session=self._session)
                span: dict[str, str] = {"period": "max"} if since is None else {"start": since.isoformat()}
                frame = asked.history(
                    interval="1d", auto_adjust=False, actions=True, timeout=self._link.timeout_seconds, **span
                )
                about = {name: asked.history_metadata.get(name) for name in _ABOUT}  # other names would be asked for
        except Exception as error:  # noqa: BLE001 - yfinance lets through whatever its libraries raise
            _forget()
            self._check_clock()
            raise self._said(error, ticker) from None
        self._check_clock()
        return _history(frame, about, ticker)

    def _check_clock(self) -> None:
        if self._session.last is not None:
            check_clock("Yahoo", self._session.last.headers)

    def _said(self, error: Exception, ticker: str) -> SourceError:
        """What an exception means, by the answer that led to it where there is one."""
        if isinstance(error, YFRateLimitError):
            return RateLimited("Yahoo was asked too often (429); it often lasts an hour")
        if isinstance(error, curl.exceptions.RequestException) and error.code:
            return _broken(error, self._link, self._proxy)
        last = self._session.last
        if last is None:
            return BadAnswer(f"Yahoo's answer for {ticker} cannot be read ({type(error).__name__})")
        if last.status == 429:
            return RateLimited("Yahoo was asked too often (429); it often lasts an hour")
        if last.status >= 500:
            return Unreachable(f"Yahoo cannot answer now ({last.status})")
        if last.looks_like_html():
            return BadAnswer(
                f"Yahoo answered with a web page instead of prices ({last.status}); a proxy or a login page may stand"
                " in between"
            )
        if last.status == 404 or b"delisted" in last.body:
            return UnknownSeries(f"Yahoo has no prices of '{ticker}'")
        if last.status >= 400:
            return _RefusedError(f"Yahoo refused to answer for {ticker} ({last.status})")
        return BadAnswer(f"Yahoo's answer for {ticker} is empty, cut short or of another shape")


class _Bounded(curl.Session[curl.Response]):
    """A session whose every request ends by ``deadline``, and which keeps the last answer to look at."""

    seconds: float
    deadline: float = 0.0
    last: Answer | None = None

    def request(self, method: Any, url: str, *arguments: Any, **options: Any) -> Any:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise curl.exceptions.Timeout("no time left", CurlECode.OPERATION_TIMEDOUT)
        options["timeout"] = min(self.seconds, left)
        response = super().request(method, url, *arguments, **options)
        headers = {name.lower(): value or "" for name, value in response.headers.items()}
        self.last = Answer(response.status_code, headers, response.content)
        return response


class _RefusedError(SourceError):
    """A crumb or cookie that is no longer accepted; another try brings new ones."""


def _may_pass(error: BaseException) -> bool:
    """Whether asking again may help."""
    return isinstance(error, Unreachable | BadAnswer | _RefusedError) and not isinstance(
        error, ProxyFailed | TLSFailed | ClockWrong
    )


def _forget() -> None:
    """Make yfinance drop what a broken answer may have left: its cached answers and its crumb."""
    YfData.cache_get.cache_clear()
    YfData()._crumb = None  # noqa: SLF001 - it has no public way


@contextlib.contextmanager
def _arranged(proxy: str | None, folder: Path) -> Iterator[None]:
    """yfinance as we want it, and without its words and pandas' on the user's screen; all put back afterwards."""
    yfinance.set_tz_cache_location(str(folder))
    debug, network = yfinance.config.debug, yfinance.config.network
    before, levels = (debug.hide_exceptions, network.proxy), {name: logging.getLogger(name).level for name in _LOGGERS}
    debug.hide_exceptions, network.proxy = False, proxy and {"http": proxy, "https": proxy}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        debug.hide_exceptions, network.proxy = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _broken(error: Exception, link: Link, proxy: str | None) -> SourceError:
    """What a broken connection means."""
    code, words = getattr(error, "code", 0), str(error).lower()
    if isinstance(error, curl.exceptions.CertificateVerifyError):
        if "expired" in words or "not yet valid" in words:
            return ClockWrong("the certificate of Yahoo does not hold today; check this computer's clock")
        return TLSFailed(
            "the certificate of Yahoo is not trusted here; in a company network set network.ca_bundle to its"
            " certificates"
        )
    if code == CurlECode.SSL_CACERT_BADFILE:
        return TLSFailed(f"network.ca_bundle '{link.ca_bundle}' cannot be read as certificates")
    if isinstance(error, curl.exceptions.Timeout):
        return TimedOut(f"Yahoo did not answer within {link.timeout_seconds:g} seconds")
    if isinstance(error, curl.exceptions.SSLError):
        return TLSFailed("no safe connection to Yahoo could be agreed; a proxy may break it: set network.proxy")
    if isinstance(error, curl.exceptions.ProxyError) or "proxy" in words or "connect tunnel" in words:
        return ProxyFailed(f"the proxy {shown(proxy)} cannot be reached or refuses; check network.proxy")
    if code == CurlECode.COULDNT_CONNECT and proxy is not None:
        return ProxyFailed(f"the proxy {shown(proxy)} cannot be reached; check network.proxy")
    if code in {CurlECode.COULDNT_CONNECT, CurlECode.COULDNT_RESOLVE_HOST}:
        return Unreachable("Yahoo cannot be reached; check the connection, or set network.proxy")
    if code in {CurlECode.PARTIAL_FILE, CurlECode.HTTP2_STREAM}:
        return BadAnswer("Yahoo broke off its answer")
    return Unreachable("the connection to Yahoo broke")


def _history(frame: pd.DataFrame, about: Mapping[str, Any], ticker: str) -> History:
    """The frame's finished sessions. Raises ``BadAnswer`` where no close is a number."""
    import numpy as np

    if frame.empty or "Close" not in frame or "Adj Close" not in frame:
        raise BadAnswer(f"Yahoo sent no prices of {ticker}")
    end, next_close = _sessions(about)
    days: list[dt.date] = [stamp.date() for stamp in frame.index]
    closes, adjusted = (frame[name].to_numpy(dtype=np.float64) for name in ("Close", "Adj Close"))
    good = np.isfinite(closes) & np.isfinite(adjusted) & (adjusted != 0.0)
    finished = np.array([day <= end for day in days])
    if not good.any():
        raise BadAnswer(f"Yahoo sent days of {ticker} without a single price")
    keep = np.flatnonzero(good & finished)
    events = {
        name: {days[row]: float(frame[name].iloc[row]) for row in np.flatnonzero(frame[name].to_numpy() != 0.0)}
        for name in ("Dividends", "Stock Splits")
        if name in frame
    }
    quotes = Quotes(
        [days[row] for row in keep], closes[keep].tolist(), adjusted[keep].tolist(),
        events.get("Dividends", {}), events.get("Stock Splits", {}),
    )  # fmt: skip
    facts = {ours: str(about[theirs]) for theirs, ours in _FACTS.items() if about.get(theirs)}
    return History(quotes, next_close, facts, int((finished & ~good).sum()))


def _sessions(about: Mapping[str, Any]) -> tuple[dt.date, dt.datetime]:
    """The day of the last finished session at most, and the moment from which another may have finished."""
    now = dt.datetime.now(dt.UTC)
    try:
        end = about["currentTradingPeriod"]["regular"]["end"]
        end = dt.datetime.fromtimestamp(end, dt.UTC) if isinstance(end, int) else end.to_pydatetime()
    except (KeyError, TypeError, AttributeError):
        end = now.replace(hour=23, minute=59)
    settled = end + _SETTLED
    if now < settled:
        return end.date() - dt.timedelta(days=1), settled.astimezone(dt.UTC)
    following = settled + dt.timedelta(days=1)
    while about.get("instrumentType") != "CRYPTOCURRENCY" and following.weekday() >= 5:
        following += dt.timedelta(days=1)
    return end.date(), following.astimezone(dt.UTC)

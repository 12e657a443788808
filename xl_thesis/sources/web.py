"""One way out to the network for all but Yahoo: bounded in time, patient where it helps, and silent about keys.

A key is added below the layer that logs and raises, so that no address, log line or exception ever holds it.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TypeVar

import httpx
import tenacity

from xl_thesis.errors import (
    BadAnswer,
    ClockWrong,
    ProxyFailed,
    RateLimited,
    SourceError,
    TimedOut,
    TLSFailed,
    Unreachable,
)  # fmt: skip
from xl_thesis.sources.connection import proxy_of, said, trust
from xl_thesis.sources.pace import Pace
from xl_thesis.sources.protocol import Link
from xl_thesis.version import VERSION

ATTEMPTS = 4
_PATIENCE = 4.0
"""Times ``timeout_seconds`` for one answer with all its tries, however steadily it drips."""
_WRONG_CLOCK = dt.timedelta(hours=20)
"""Rows are dated by the day; a clock this far off would date them wrongly."""
_LARGEST = 200_000_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8, whatever else it holds replaced."""
        return self.body.decode("utf-8", "replace")

    def looks_like_html(self) -> bool:
        """A page for people, such as a login or an error page, where data were asked for."""
        start = self.body[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


@dataclass(slots=True)
class Web:
    """Asks one provider. ``secret`` goes along as the query parameter ``secret_name`` and is shown nowhere."""

    provider: str
    link: Link
    pace: Pace | None = None
    secret_name: str = ""
    secret: str | None = field(default=None, repr=False)
    agent: str = f"xl-thesis/{VERSION}"
    asked: int = field(default=0, init=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def get(
        self, url: str, params: Mapping[str, str], read: Callable[[Answer], Result], *, page: bool = False
    ) -> Result:
        """What ``read`` makes of the answer. ``read`` raises a ``SourceError`` where it is not what was asked for.

        A web page is never what was asked for, unless ``page`` says so.
        Up to ``ATTEMPTS`` tries where another may help. Raises the ``SourceError`` of the last.
        """
        patience = _PATIENCE * self.link.timeout_seconds
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS) | tenacity.stop_before_delay(patience),
            retry=tenacity.retry_if_exception(_may_pass),
            wait=self._back_off,
            reraise=True,
        )
        result: Result = retrying(self._once, url, params, read, page, time.monotonic() + patience)
        return result

    def _once(
        self, url: str, params: Mapping[str, str], read: Callable[[Answer], Result], page: bool, deadline: float
    ) -> Result:
        answer = self._fetch(url, params, deadline)
        self._check_clock(answer)
        if answer.status == 429:
            raise RateLimited(f"{self.provider} was asked too often (429); try again later", _retry_after(answer))
        if answer.status >= 500 or answer.status == 408:
            raise Unreachable(f"{self.provider} cannot answer now ({answer.status})", _retry_after(answer))
        if answer.status == 407:
            raise ProxyFailed("the proxy asks for a login (407); set network.proxy with it")
        if 300 <= answer.status < 400:
            raise SourceError(f"{self.provider} sends us to another address ({answer.status}), which we do not follow")
        if answer.looks_like_html() and not page:
            raise BadAnswer(
                f"{self.provider} answered with a web page instead of data ({answer.status}); a proxy or a login page"
                " may stand in between"
            )
        if not answer.body:
            raise BadAnswer(f"{self.provider} sent an empty answer")
        return read(answer)

    def _fetch(self, url: str, params: Mapping[str, str], deadline: float) -> Answer:
        client = self._open(url)
        self._wait()
        self.asked += 1
        try:
            with client.stream("GET", url, params=dict(params)) as response:
                if self.pace is not None and self.asked == 1:
                    self.pace.hold()  # the connection had to be made first, so this request arrived late
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise TimedOut(f"{self.provider} sent its answer too slowly and was given up")
                    if len(body) > _LARGEST:
                        raise BadAnswer(f"{self.provider} sent more than {_LARGEST // 1_000_000} MB")
                return Answer(response.status_code, dict(response.headers), bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            problem = said(error, self.provider, self.link, url)
        raise problem  # here, so that it drags no frame along in which the key was

    def _wait(self) -> None:
        if self.pace is not None:
            try:
                self.pace.wait()
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise SourceError(
                    f"the file {self.pace.file}, which paces requests, cannot be used ({reason})"
                ) from None

    def _open(self, url: str) -> httpx.Client:
        if self._client is None:
            inner = httpx.HTTPTransport(verify=trust(self.link), proxy=proxy_of(self.link, url))
            transport = _Keyed(inner, self.secret_name, self.secret) if self.secret else inner
            self._client = httpx.Client(
                transport=transport,
                timeout=self.link.timeout_seconds,
                follow_redirects=not self.secret,  # a key follows no redirect
                headers={"User-Agent": self.agent},
            )
        return self._client

    def _back_off(self, state: tenacity.RetryCallState) -> float:
        """Half a second, then doubled, for the usual timeout of 30; as long as the provider asks, where it does."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, SourceError) and error.retry_after is not None:
            return error.retry_after
        base: float = self.link.timeout_seconds / 60 * 2 ** (state.attempt_number - 1)
        return base * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret

    def _check_clock(self, answer: Answer) -> None:
        try:
            theirs = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, ValueError):
            return
        here = dt.datetime.now(dt.UTC)
        if theirs.tzinfo is not None and abs(here - theirs) > _WRONG_CLOCK:
            raise ClockWrong(
                f"this computer's clock says {here:%Y-%m-%d %H:%M} UTC, {self.provider} says"
                f" {theirs.astimezone(dt.UTC):%Y-%m-%d %H:%M}; set the clock, or new values would be dated wrongly"
            )


class _Keyed(httpx.BaseTransport):
    """Adds the key on the way out, below everything that logs or raises."""

    def __init__(self, inner: httpx.BaseTransport, name: str, secret: str) -> None:
        self._inner, self._name, self._secret = inner, name, secret

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_merge_params({self._name: self._secret})
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=request.headers, extensions=request.extensions)
        )

    def close(self) -> None:
        self._inner.close()


def _may_pass(error: BaseException) -> bool:
    """Whether asking again may help."""
    return isinstance(error, Unreachable | RateLimited | BadAnswer) and not isinstance(
        error, ProxyFailed | TLSFailed | ClockWrong
    )


def _retry_after(answer: Answer) -> float | None:
    """Seconds that the header asks for, written as a number or as a date."""
    text = answer.headers.get("retry-after", "")
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())

"""One way out to the network for all but Yahoo: bounded in time, patient where it helps, and silent about keys.

A key is added below the layer that logs and raises, so that no address, log line or exception ever holds it.
"""

from __future__ import annotations

import datetime as dt
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TypeVar
from urllib.request import getproxies

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
from xl_thesis.sources.pace import Pace
from xl_thesis.sources.protocol import Link
from xl_thesis.version import VERSION

ATTEMPTS = 4
_PATIENCE = 4.0
"""Times ``timeout_seconds`` for one answer with all its tries, however steadily it drips."""
_WRONG_CLOCK = dt.timedelta(hours=20)
"""Rows are dated by the day; a clock this far off would date them wrongly."""
_LARGEST = 200_000_000
_NOT_YET_VALID, _EXPIRED = 9, 10  # OpenSSL's verify codes

Result = TypeVar("Result")
Caught = TypeVar("Caught", bound=BaseException)


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
            stop=tenacity.stop_after_attempt(ATTEMPTS) | tenacity.stop_after_delay(patience),
            retry=tenacity.retry_if_exception(lambda error: _may_pass(error, patience)),
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
        if answer.looks_like_html() and not page:
            raise BadAnswer(
                f"{self.provider} answered with a web page instead of data ({answer.status}); a proxy or a login page"
                " may stand in between"
            )
        if not answer.body:
            raise BadAnswer(f"{self.provider} sent an empty answer")
        return read(answer)

    def _fetch(self, url: str, params: Mapping[str, str], deadline: float) -> Answer:
        if self.pace is not None:
            self.pace.wait()
        self.asked += 1
        try:
            with self._open().stream("GET", url, params=dict(params)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise TimedOut(f"{self.provider} sent its answer too slowly and was given up")
                    if len(body) > _LARGEST:
                        raise BadAnswer(f"{self.provider} sent more than {_LARGEST // 1_000_000} MB")
                return Answer(response.status_code, dict(response.headers), bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise _said(error, self.provider, self.link) from None

    def _open(self) -> httpx.Client:
        if self._client is None:
            inner = httpx.HTTPTransport(verify=_trust(self.link), proxy=proxy_of(self.link))
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


def _may_pass(error: BaseException, patience: float) -> bool:
    """Whether asking again may help, and soon."""
    if isinstance(error, ProxyFailed | TLSFailed | ClockWrong):
        return False
    return isinstance(error, Unreachable | RateLimited | BadAnswer) and (error.retry_after or 0.0) < patience


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


def _said(error: Exception, provider: str, link: Link) -> SourceError:
    """What an exception of the transport means, in a sentence."""
    certificate = _find(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        return _certificate(provider, getattr(certificate, "verify_code", 0), str(certificate.verify_message))
    if _find(error, ssl.SSLError) is not None:
        return TLSFailed(f"no safe connection to {provider} could be agreed; a proxy may break it: set network.proxy")
    proxy = proxy_of(link)
    if isinstance(error, httpx.ProxyError):
        return ProxyFailed(f"the proxy {shown(proxy)} refuses to connect to {provider} ({error})")
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"{provider} did not answer within {link.timeout_seconds:g} seconds")
    if isinstance(error, httpx.ConnectError) and proxy is not None:
        return ProxyFailed(f"the proxy {shown(proxy)} cannot be reached; check network.proxy")
    if isinstance(error, httpx.ConnectError):
        return Unreachable(f"{provider} cannot be reached; check the connection, or set network.proxy")
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return SourceError(f"the address set for {provider} is not one")
    if isinstance(error, httpx.DecodingError | httpx.RemoteProtocolError):
        return BadAnswer(f"{provider} broke off its answer")
    if isinstance(error, httpx.TransportError):
        return Unreachable(f"the connection to {provider} broke")
    return Unreachable(f"{provider} cannot be asked ({type(error).__name__})")


def _certificate(provider: str, code: int, message: str) -> SourceError:
    here = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    if code == _NOT_YET_VALID:
        return ClockWrong(f"the certificate of {provider} begins after {here}; set this computer's clock")
    if code == _EXPIRED:
        return ClockWrong(f"the certificate of {provider} ended before {here}; check this computer's clock")
    return TLSFailed(
        f"the certificate of {provider} is not trusted here ({message}); in a company network set network.ca_bundle to"
        " its certificates"
    )


def _find(error: BaseException | None, kind: type[Caught]) -> Caught | None:
    """The first of a kind among an exception and what led to it."""
    while error is not None:
        if isinstance(error, kind):
            return error
        error = error.__cause__ or error.__context__
    return None


def proxy_of(link: Link) -> str | None:
    """The proxy that is set, else the one of the system."""
    return link.proxy or getproxies().get("https")


def shown(proxy: str | None) -> str:
    """A proxy's address without its login."""
    return (proxy or "").rpartition("@")[2].rpartition("//")[2]


def _trust(link: Link) -> ssl.SSLContext:
    """The certificates that are set, else those of the system and of the Python world."""
    if link.ca_bundle is not None:
        try:
            return ssl.create_default_context(cafile=link.ca_bundle)
        except (OSError, ssl.SSLError):
            raise TLSFailed(f"network.ca_bundle '{link.ca_bundle}' cannot be read as certificates") from None
    import certifi
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    return context

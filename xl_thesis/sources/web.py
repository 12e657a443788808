"""One way out to the network for all but Yahoo: bounded in time, patient where it helps, and silent about keys.

A key is added below the layer that logs and raises, so that no address, log line or exception ever holds it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from xl_thesis.errors import (
    BadAnswer,
    ClockWrong,
    FileUnusable,
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

if TYPE_CHECKING:
    import httpx
    import tenacity

ATTEMPTS = 4
_PATIENCE = 4.0
"""Times ``timeout_seconds`` for one answer with all its tries, however steadily it drips."""
_LARGEST = 200_000_000
_BEFORE_WE_KNOW = 3
"""Answers until the quickest of them tells how long the way is; before, any of their time may be lateness."""

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
    _took: list[float] = field(default_factory=list, init=False, repr=False)
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
        import tenacity

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
        from xl_thesis.sources import connection, transport

        client = self._open(url)
        turn = self._wait()
        try:
            with client.stream("GET", url, params=dict(params)) as response:
                self._took.append(self._arrived(turn))
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise TimedOut(f"{self.provider} sent its answer too slowly and was given up")
                    if len(body) > _LARGEST:
                        raise BadAnswer(f"{self.provider} sent more than {_LARGEST // 1_000_000} MB")
                answer = Answer(response.status_code, dict(response.headers), bytes(body))
                connection.check_clock(self.provider, answer.headers)
                return answer
        except transport.FAILURES as error:
            problem = connection.said(error, self.provider, self.link, url)
        self._arrived(turn)
        raise problem  # here, so that it drags no frame along in which the key was

    def _wait(self) -> float:
        """The moment of this request's turn."""
        with self._paced():
            return 0.0 if self.pace is None else self.pace.wait()

    def _arrived(self, turn: float) -> float:
        """Tell the pace that the request of a turn is answered, or has failed; the seconds that it took."""
        quickest = min(self._took) if len(self._took) >= _BEFORE_WE_KNOW else 0.0
        with self._paced():
            return 0.0 if self.pace is None else self.pace.arrived(turn, quickest)

    @contextmanager
    def _paced(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise FileUnusable(
                f"the file {self.pace and self.pace.file}, which paces requests, cannot be used ({reason})"
            ) from None

    def _open(self, url: str) -> httpx.Client:
        if self._client is None:
            from xl_thesis.sources.transport import open_client

            self._client = open_client(self.link, url, self.agent, self.secret_name, self.secret)
        return self._client

    def _back_off(self, state: tenacity.RetryCallState) -> float:
        """Half a second, then doubled, for the usual timeout of 30; as long as the provider asks, where it does."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, SourceError) and error.retry_after is not None:
            return error.retry_after
        base: float = self.link.timeout_seconds / 60 * 2 ** (state.attempt_number - 1)
        return base * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret


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

"""One series after another: the failure of one blocks none, and a provider that is away is not asked forty times."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from xl_thesis.errors import (
    BadAnswer,
    BadKey,
    ClockWrong,
    FileUnusable,
    ProxyFailed,
    RateLimited,
    SourceError,
    TLSFailed,
    Unreachable,
)  # fmt: skip
from xl_thesis.sources.protocol import NOT_ASKED, Outcome, Pull, Request

_FOR_ALL = (BadKey, ProxyFailed, TLSFailed, ClockWrong)
"""What stands between us and the provider, whatever is asked."""
_PERHAPS_FOR_ALL = (Unreachable, RateLimited)
_IN_A_ROW = 2


def each(
    provider: str, requests: Sequence[Request], stop: Callable[[], bool], fetch: Callable[[Request], Pull]
) -> Iterator[tuple[Request, Outcome]]:
    """The outcome of each request, until ``stop()``.

    After a failure that any series would meet, the rest are not asked but told the reason.
    """
    away: SourceError | None = None
    in_a_row = 0
    for request in requests:
        if stop():
            return
        if away is not None:
            yield request, type(away)(f"{NOT_ASKED}{away}")
            continue
        outcome = _try(provider, request, fetch)
        yield request, outcome
        in_a_row = in_a_row + 1 if isinstance(outcome, _PERHAPS_FOR_ALL) else 0
        if isinstance(outcome, SourceError) and (isinstance(outcome, _FOR_ALL) or in_a_row >= _IN_A_ROW):
            away = outcome


def _finite(provider: str, pulled: Pull) -> Pull:
    """The pull. Raises ``BadAnswer`` where a value is infinite or no number; one that was withdrawn is None."""
    for series_id, observed_on, value, _ in pulled.rows:
        if value is not None and not math.isfinite(value):
            raise BadAnswer(f"{provider} sent a value of {series_id} for {observed_on} that is no finite number")
    return pulled


def _try(provider: str, request: Request, fetch: Callable[[Request], Pull]) -> Outcome:
    try:
        return _finite(provider, fetch(request))
    except SourceError as error:
        return error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return FileUnusable(f"a file that {provider} needs here cannot be used ({reason}); check XL_THESIS_HOME")
    except Exception as error:  # noqa: BLE001 - parsers of XML, CSV, JSON, XLSX and zip each have their own errors
        return BadAnswer(
            f"what {provider} sent for {request.symbol} cannot be understood ({type(error).__name__}); if that stays,"
            " upgrade xl-thesis"
        )

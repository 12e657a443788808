"""Comparisons of prices, and what markets say of rates and of a company that holds bitcoin."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated

from xl_thesis import fedfunds, markets, mnav
from xl_thesis.errors import InputError, MissingData
from xl_thesis.models import SeriesMeta, Span, parse_span
from xl_thesis.observations import to_date
from xl_thesis_udfs.arguments import AsOf, chosen
from xl_thesis_udfs.cells import day_of
from xl_thesis_udfs.functions.series import current, current_series, find_series
from xl_thesis_udfs.registry import Argument, cell_function
from xl_thesis_udfs.session import session

GROUP = "Markets"
WEEKS, WEEK_RANGE = 104, (26, 520)
_ENOUGH_WEEKS = 0.75
_PRICE = "as in THESIS_SERIES; YAHOO:SPY/adj is a total return"
_SPAN = re.compile(r"^\d{1,3}[WMQY]$", re.IGNORECASE)


@cell_function("number", GROUP, unit="percent")
def thesis_relative(
    a: Annotated[str, Argument(f"Series whose return is wanted, {_PRICE}")],
    b: Annotated[str, Argument("Series it is compared with")],
    window: Annotated[str | None, Argument("Length such as 13W, 6M, 1Y, or the first day", "12M")] = None,
    as_of: AsOf = None,
) -> float:
    """Growth of the ratio of two prices over a stretch of the calendar, in percent: the return of a over that of b.

    Errors: #N/A where a price is missing or too old, #VALUE! for an unknown series or window, #NUM! for one below zero.
    Example: =THESIS_RELATIVE("ECB:EURUSD", "ECB:EURJPY", "12M", "2026-06-30")
    """
    asset, benchmark = (current_series(name, as_of) for name in (a, b))
    return markets.relative_return(asset, benchmark, since=_window(window or "12M")).percent


@cell_function("number", GROUP, unit="percent for each percent of the benchmark")
def thesis_beta(
    asset: Annotated[str, Argument(f"Series whose sensitivity is wanted, {_PRICE}")],
    benchmark: Annotated[str, Argument("Series it is compared with")],
    weeks: Annotated[int | None, Argument("Weeks to look back on, 26 to 520", "104", unit="weeks")] = None,
    as_of: AsOf = None,
) -> float:
    """Beta: slope of weekly (Friday) log returns on those of a benchmark; three weeks in four must be known.

    Errors: #N/A where a price is missing or too old, #NUM! for too few common weeks, #VALUE! for an unknown series.
    Example: =THESIS_BETA("ECB:EURCHF", "ECB:EURUSD", 104, "2026-06-30")
    """
    count = WEEKS if weeks is None else weeks
    low, high = WEEK_RANGE
    if not low <= count <= high:
        raise InputError(f"weeks: {count} is not between {low} and {high}")
    mine, other = (current_series(name, as_of) for name in (asset, benchmark))
    return markets.weekly_beta(mine, other, count, round(_ENOUGH_WEEKS * count))


@cell_function("number", GROUP, unit="cuts of 25 basis points")
def fed_cuts(
    by: Annotated[
        dt.date | None,
        Argument("Day until which meetings count, from futures", "the coming year, by the one-year yield as a proxy"),
    ] = None,
    as_of: AsOf = None,
) -> float:
    """Cuts of the federal funds rate that markets price, in steps of 25 basis points; negative for rises.

    Errors: #N/A where rates or futures are not known, #VALUE! where no meeting lies between the days.
    Example: =FED_CUTS(, "2026-04-24")
    """
    day = session().day(as_of)
    if by is None:
        policy, yield_ = (_current(find_series(name), day).value for name in ("FRED:DFF", "FRED:DGS1"))
        return fedfunds.cuts_proxy(policy, yield_).cuts
    if by <= day:
        raise InputError(f"by: {by} is not after {day}, the day as known on")
    if not fedfunds.MEETINGS[0] < day or by >= fedfunds.MEETINGS[-1]:
        first, last = fedfunds.MEETINGS[0], fedfunds.MEETINGS[-1]
        raise MissingData(f"meetings are known from {first} to {last}, so cuts from {day} to {by} cannot be counted")
    futures = {}
    for month in fedfunds.months_around(day, by):
        try:
            futures[month] = _current(_contract(month), day).value
        except MissingData:
            continue
    if not futures:
        raise MissingData("the store has no federal funds futures; without a day the one-year yield serves as a proxy")
    effective = _current(find_series("FRED:DFF"), day).value
    return fedfunds.cuts_by(futures, fedfunds.MEETINGS, day, by, effective)


_DEFINITIONS: dict[str, Callable[[mnav.Mnav], float]] = {
    "enterprise": lambda found: found.enterprise,
    "basic": lambda found: found.basic,
    "diluted": lambda found: found.diluted,
}
_INPUTS = {
    "share_price_usd": ("YAHOO:MSTR",),
    "basic_shares": ("MANUAL:mstr_basic_shares",),
    "diluted_shares": ("MANUAL:mstr_diluted_shares",),
    "debt_usd": ("MANUAL:mstr_debt_usd",),
    "preferred_usd": ("MANUAL:mstr_preferred_usd",),
    "cash_usd": ("MANUAL:mstr_cash_usd",),
    "bitcoin_price_usd": ("YAHOO:BTC-USD", "FRED:CBBTCUSD"),
    "bitcoin": ("MANUAL:mstr_bitcoin",),
}


@cell_function("number", GROUP, unit="ratio")
def mstr_mnav(
    as_of: AsOf = None,
    definition: Annotated[
        str | None,
        Argument("Enterprise value, market cap, or market cap on diluted shares, over the bitcoin", "enterprise",
                 choices=tuple(_DEFINITIONS)),
    ] = None,
) -> float:  # fmt: skip
    """What the market pays for Strategy (MSTR) over what its bitcoin is worth; 1 is no premium.

    Errors: #N/A while a price or an entry from its filings is missing, #VALUE! for an unknown definition.
    Example: =MSTR_MNAV("2026-06-30", "enterprise")
    """
    number = chosen("definition", definition, _DEFINITIONS, "enterprise")
    day = session().day(as_of)
    try:
        inputs = {name: _first_current(series, day) for name, series in _INPUTS.items()}
    except MissingData as error:
        if (definition or "enterprise").lower() != "enterprise":
            raise
        try:
            return _current(find_series("MANUAL:mstr_mnav_ev"), day).value
        except MissingData:
            raise MissingData(f"{error}; nor is there an entry for MANUAL:mstr_mnav_ev") from None
    return number(mnav.mnav(mnav.Holdings(**inputs)))


def _window(text: str) -> Span | dt.date:
    """A span, or the day on which the stretch begins."""
    if _SPAN.match(text):
        try:
            return parse_span(text.upper())  # type: ignore[return-value]
        except ValueError:
            raise InputError(f"window: '{text}' is not a length such as 13W, 6M or 1Y") from None
    try:
        return day_of(float(text) if text.isdecimal() else text)
    except ValueError:
        raise InputError(f"window: '{text}' is not a length such as 13W, 6M, 1Y, or a day") from None


def _first_current(names: tuple[str, ...], day: dt.date) -> mnav.Dated:
    reasons = []
    for name in names:
        try:
            return _current(find_series(name), day)
        except MissingData as error:
            reasons.append(str(error))
    raise MissingData("; ".join(reasons))


def _current(meta: SeriesMeta, day: dt.date) -> mnav.Dated:
    """The last value known on a day. Raises ``StaleData`` for one past the hard limit of the thesis."""
    series = current(session().knowledge(day).stored(meta), meta.id, day)
    return mnav.Dated(float(series.values[-1]), to_date(series.days[-1]))


def _contract(month: fedfunds.Month) -> SeriesMeta:
    """What the futures contract of a month is; contracts come and go, so they are not in the catalogue."""
    return SeriesMeta(
        id=fedfunds.contract_id(month),
        title=f"Federal funds future, {month[0]}-{month[1]:02d}",
        unit="100 less percent a year",
        frequency="daily",
        lag_days=0,
        publisher="CME Group, via Yahoo Finance",
        licence="Copyrighted (Yahoo Finance / exchange): personal use, not redistributed",
        redistributable=False,
        point_in_time="never_revised",
    )

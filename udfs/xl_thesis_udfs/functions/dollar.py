"""The dollar index: its level, its past and its trend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from xl_thesis import fredcodes
from xl_thesis.errors import MissingData
from xl_thesis_udfs.arguments import AsOf, Finish, Start, chosen
from xl_thesis_udfs.functions.series import current_series, find_series, rows_of
from xl_thesis_udfs.registry import Argument, cell_function
from xl_thesis_udfs.session import session

if TYPE_CHECKING:
    from xl_thesis.dxy import TrendReport

GROUP = "Dollar"
_NAMES = ("yahoo", "future", "h10", "ecb")
_SOURCE = Annotated[
    str | None,
    Argument(
        "yahoo (close), future, h10 or ecb (rebuilt from the Fed's noon rates or the ECB's), or the id of a series",
        "the first of these four whose last day is the newest",
    ),
]
_INDEX = "index, March 1973 = 100"


@cell_function("number", GROUP, unit=_INDEX)
def dxy(as_of: AsOf = None, source: _SOURCE = None) -> float:
    """Level of the dollar index as known on a day; without market data it is rebuilt by the published formula.

    Errors: #N/A where no source is fresh, #VALUE! for a bad date or an unknown source.
    Example: =DXY("2026-06-30")
    """
    return float(current_series(_series(as_of, source), as_of).values[-1])


def _reader(*path: str) -> Callable[[TrendReport], Any]:
    """Reads an attribute, or one of a part that may be missing."""

    def read(report: TrendReport) -> Any:
        found: Any = report
        for name in path:
            found = getattr(found, name, None)
        return found

    return read


_PLAIN = (
    "value", "label", "null_frequency", "source", "title", "rebuilt", "observed_on", "age_days", "n_obs",
    "missing_days", "drift_pct_yr", "slope_t", "theil_sen_pct_yr", "break_text",
)  # fmt: skip
_PARTS = {"since_base": ("pct", "z", "support"), "drawdown": ("pct", "peak", "peak_on"), "moving_averages": ("state",)}
_TREND: dict[str, Callable[[TrendReport], Any]] = {
    **{name: _reader(name) for name in _PLAIN},
    "ci90_low": lambda report: report.ci90 and report.ci90[0],
    "ci90_high": lambda report: report.ci90 and report.ci90[1],
    "z63": lambda report: report.z.get(63),
    "z126": lambda report: report.z.get(126),
    "z252": lambda report: report.z.get(252),
    **{f"{part}_{name}": _reader(part, name) for part, names in _PARTS.items() for name in names},
}


@cell_function("number", GROUP, unit="t-statistic")
def dxy_trend(
    window: Annotated[int | None, Argument("Daily returns to look back on, 40 to 2520", "252", unit="returns")] = None,
    as_of: AsOf = None,
    field: Annotated[str | None, Argument("What is wanted of the trend report", "value", choices=tuple(_TREND))] = None,
) -> Any:
    """Trend of the dollar index: mean daily return over its standard error, positive for up. It foretells nothing.

    Errors: #N/A where no source suffices, #VALUE! for a bad window, date or field.
    Example: =DXY_TREND(252, "2026-06-30", "label")
    """
    read = chosen("field", field, _TREND, "value")
    report = session().trend(252 if window is None else window, as_of)
    if report.value is None:
        raise MissingData(f"there is no trend: {report.reason}")
    value = read(report)
    if value is None:
        raise MissingData(f"the trend report has no {field} on that day")
    return value


@cell_function("table", GROUP, unit=_INDEX)
def dxy_history(
    start: Start = None,
    finish: Finish = None,
    frequency: Annotated[
        str | None, Argument("Days, or averages of weeks, months, quarters or years", "d",
                             choices=tuple(fredcodes.FREQUENCIES))
    ] = None,
    source: _SOURCE = None,
    as_of: AsOf = None,
) -> list[list[Any]]:  # fmt: skip
    """The dollar index as known on a day, from one source, with headers, ascending.

    Errors: #N/A where nothing is known, #VALUE! for a bad date, frequency or source.
    Example: =DXY_HISTORY("2026-06-01", "2026-06-30")
    """
    letter = chosen("frequency", frequency, {code: code for code in fredcodes.FREQUENCIES}, "d")
    name = _series(as_of, source)
    series = fredcodes.aggregate(session().knowledge(as_of).series(name), letter)
    rows = rows_of(series, start, finish)
    if not rows:
        raise MissingData(f"{name} has no value in these days")
    return [["observed_on", name], *rows]


def _series(as_of: dt.date | None, source: str | None) -> str:
    from xl_thesis.dollar_index import DOLLAR_INDEX, best_source

    if source is None:
        return best_source(session().scorer(None), as_of)
    names = dict(zip(_NAMES, DOLLAR_INDEX, strict=True))
    return names.get(source.lower()) or find_series(source).id

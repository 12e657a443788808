"""``dxy``: the trend of the dollar index."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from xl_thesis.commands import WITHHELD, open_scorer, print_json, with_as_of, with_json, with_thesis
from xl_thesis.wording import count

if TYPE_CHECKING:
    from xl_thesis.dollar_index import DollarIndex
    from xl_thesis.dxy import TrendReport


@click.command()
@click.option("--window", type=int, default=252, show_default=True, help="Daily returns to look back on.")
@click.option(
    "--source",
    "sources",
    metavar="ID",
    multiple=True,
    help="Another daily price instead of the dollar index; give it again for what to use where that is not fresh.",
)
@with_json
@with_thesis
@with_as_of
def dxy(thesis: str | None, as_of: dt.date | None, sources: tuple[str, ...], window: int, as_json: bool) -> None:
    """Whether the dollar index has a trend, how sure that is, and from which data."""
    from xl_thesis.dollar_index import DOLLAR_INDEX, dollar_index
    from xl_thesis.dxy import dxy_trend

    with open_scorer(thesis) as scorer:
        report = dxy_trend(scorer, window, as_of, sources or DOLLAR_INDEX)
        index = None if sources or report.value is None else dollar_index(scorer, as_of)
    if as_json:
        print_json(report.to_json() | ({} if index is None else {"dollar_index": index.to_json()}))
    else:
        click.echo("\n".join([*_lines(report), *([] if index is None else _index_lines(index))]))
    if report.value is None:
        sys.exit(WITHHELD)


def _lines(report: TrendReport) -> Iterator[str]:
    if report.value is None or report.null_frequency is None or report.ci90 is None:
        yield f"No trend as known on {report.as_of}: {report.reason}"
        return
    low, high = report.ci90
    returns = f"{report.window} returns"
    share = f"{100 * report.null_frequency:.1f} %"
    yield f"Trend {report.value:+.2f}: {report.label} (a price without drift is called so on {share} of days)"
    yield f"Drift {report.drift_pct_yr:+.1f} % a year over {returns}, 90 % interval {low:+.1f} to {high:+.1f}"
    yield "By window: " + ", ".join(f"{window} days {_number(z)}" for window, z in report.z.items())
    yield f"Source: {report.source}, {report.title}" + (" (rebuilt, not the index itself)" if report.rebuilt else "")
    days = count(report.missing_days or 0, "day")
    yield (
        f"As known on {report.as_of}; last value of {report.observed_on}; {days} of the window"
        " without a value, holidays included"
    )
    yield ""
    yield "Description, no further test:"
    yield f"  slope over its random-walk error {_number(report.slope_t)}"
    yield f"  median slope (Theil and Sen) {_number(report.theil_sen_pct_yr)} % a year"
    if report.since_base is not None:
        base = report.since_base
        yield f"  since {base.date}: {base.pct:+.1f} %, in standard deviations {_number(base.z)}"
    if report.drawdown is not None:
        fall = report.drawdown
        yield f"  {fall.pct:+.1f} % from the highest of three years, {fall.peak:.2f} on {fall.peak_on}"
    if report.moving_averages is not None:
        yield f"  {report.moving_averages.state}"
    yield f"  {report.break_text}"


def _index_lines(index: DollarIndex) -> Iterator[str]:
    yield ""
    yield "Dollar index by source:"
    for level in index.levels:
        yield f"  {level.series} {level.value:.2f} on {level.observed_on}" + (" (rebuilt)" if level.rebuilt else "")
    for gap in index.gaps:
        yield f"  {gap.series} against {gap.other} on {gap.observed_on}: {gap.difference_pct:+.2f} %"
    yield from index.warnings


def _number(value: float | None) -> str:
    return "--" if value is None else f"{value:+.2f}"

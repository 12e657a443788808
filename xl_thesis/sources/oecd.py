"""OECD: monthly financial indicators of a country, as ``OECD:USA.SHARE`` (share prices) or ``OECD:DEU.IRLT``."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass

from xl_thesis.errors import BadAnswer
from xl_thesis.sources.alfred import period_end
from xl_thesis.sources.plain import Plain, Values, Visit, expect_ok
from xl_thesis.sources.protocol import Request
from xl_thesis.sources.web import Answer, Web

URL = "https://sdmx.oecd.org/public/rest/data/OECD.SDD.STES,DSD_STES@DF_FINMARK,4.0/"
_UNITS = {"SHARE": "IX"}  # an index; all others are percent a year


@dataclass(frozen=True, slots=True)
class OECD(Plain):
    """The provider."""

    url: str = URL
    name = "oecd"
    title = "OECD"
    prefix = "OECD"

    def values(self, visit: Visit, request: Request) -> Values:
        """Monthly values of a country's indicator."""
        area, _, measure = request.symbol.partition(".")
        key = f"{area}.M.{measure}.{_UNITS.get(measure, 'PA')}....."
        return visit.web.get(self.url + key, {"format": "csvfile"}, lambda answer: read(answer, request.symbol))

    def probe(self, web: Web) -> None:
        """One month of one series."""
        params = {"format": "csvfile", "lastNObservations": "1"}
        web.get(f"{self.url}USA.M.SHARE.IX.....", params, lambda answer: read(answer, "USA.SHARE"))


def read(answer: Answer, wanted: str) -> Values:
    """The CSV's months and values."""
    expect_ok("OECD", answer, wanted)
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    if not lines or not {"TIME_PERIOD", "OBS_VALUE"} <= lines[0].keys():
        raise BadAnswer(f"OECD sent something other than values of {wanted}")
    if not answer.body.endswith(b"\n"):
        raise BadAnswer(f"OECD broke off in the values of {wanted}")
    months: dict[dt.date, float] = {}
    for line in lines:
        if line["OBS_VALUE"]:
            month = period_end(dt.date.fromisoformat(f"{line['TIME_PERIOD']}-01"), "monthly")
            if month in months:
                raise BadAnswer(f"OECD sent more than one series for {wanted}")
            months[month] = float(line["OBS_VALUE"])
    return sorted(months.items())

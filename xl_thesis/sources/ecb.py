"""European Central Bank: euro reference rates since 1999, one small file for the last 90 days, one for all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from typing import cast

from xl_thesis.errors import BadAnswer, UnknownSeries
from xl_thesis.sources.plain import Plain, Values, Visit, expect_ok
from xl_thesis.sources.protocol import Request
from xl_thesis.sources.web import Answer, Web

URL = "https://www.ecb.europa.eu/stats/eurofxref/"
_ALL, _RECENT, _TODAY = "eurofxref-hist.zip", "eurofxref-hist-90d.xml", "eurofxref-daily.xml"
_RECENT_DAYS = 80
_NAMESPACE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}"

Rates = dict[str, list[tuple[dt.date, float]]]
"""Ascending days and rates, by currency."""


@dataclass(frozen=True, slots=True)
class ECB(Plain):
    """The provider: ``ECB:EURUSD`` is dollars for one euro."""

    url: str = URL
    name = "ecb"
    title = "European Central Bank"
    prefix = "ECB"

    def values(self, visit: Visit, request: Request) -> Values:
        """Rates of one currency."""
        last = request.last_observed
        recent = last is not None and (visit.today - last).days < _RECENT_DAYS
        file, read = (_RECENT, read_xml) if recent else (_ALL, read_zip)
        rates = cast("Rates", visit.once(file, lambda: visit.web.get(self.url + file, {}, read)))
        try:
            return rates[request.symbol.removeprefix("EUR")]
        except KeyError:
            raise UnknownSeries(f"the European Central Bank has no rate '{request.symbol}'") from None

    def probe(self, web: Web) -> None:
        """Today's rates."""
        web.get(self.url + _TODAY, {}, read_xml)


def read_zip(answer: Answer) -> Rates:
    """The zipped CSV of all days. ``N/A`` is no value."""
    expect_ok("European Central Bank", answer, "reference rates")
    try:
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    except (zipfile.BadZipFile, IndexError, UnicodeDecodeError):
        raise BadAnswer("the European Central Bank sent a file that is cut short or is no archive") from None
    header, *lines = csv.reader(io.StringIO(text))
    rates: Rates = {}
    for line in reversed(lines):
        day = dt.date.fromisoformat(line[0])
        for currency, value in zip(header[1:], line[1:], strict=False):
            if currency.strip() and value.strip() not in ("", "N/A"):
                rates.setdefault(currency.strip(), []).append((day, float(value)))
    return rates


def read_xml(answer: Answer) -> Rates:
    """The XML of the last days."""
    from xml.etree import ElementTree as ET

    expect_ok("European Central Bank", answer, "reference rates")
    try:
        root = ET.fromstring(answer.body)  # noqa: S314 - expat expands no external entities
    except ET.ParseError:
        raise BadAnswer("the European Central Bank sent a file that is cut short or is not XML") from None
    rates: Rates = {}
    for cube in root.iter(f"{_NAMESPACE}Cube"):
        if (time := cube.get("time")) is not None:
            for rate in cube:
                value = (dt.date.fromisoformat(time), float(rate.attrib["rate"]))
                rates.setdefault(rate.attrib["currency"], []).append(value)
    if not rates:
        raise BadAnswer("the European Central Bank sent a file without rates")
    return {currency: sorted(values) for currency, values in rates.items()}

"""World Bank: shares of world totals from the World Development Indicators, gold from the Pink Sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any, cast

from xl_thesis.errors import BadAnswer, UnknownSeries
from xl_thesis.sources.alfred import period_end
from xl_thesis.sources.plain import Plain, Values, Visit, expect_ok, json_of
from xl_thesis.sources.protocol import Request
from xl_thesis.sources.web import Answer, Web

API = "https://api.worldbank.org/v2/"
MARKETS = "https://www.worldbank.org/en/research/commodity-markets"
_SHARES = {"US_SHARE_WORLD_GDP": "NY.GDP.MKTP.CD", "US_SHARE_WORLD_POPULATION": "SP.POP.TOTL"}
_METALS = {"GOLD_USD": "Gold"}
_PINK_SHEET = re.compile(r"""https?://[^\s"'<>]+CMO-Historical-Data-Monthly\.xlsx""")
_MONTH = re.compile(r"(\d{4})M(\d{2})")
_TITLE = "World Bank"


@dataclass(frozen=True, slots=True)
class WorldBank(Plain):
    """The provider. The address of the Pink Sheet changes; the page that links to it does not."""

    api: str = API
    markets: str = MARKETS
    name = "worldbank"
    title = _TITLE
    prefix = "WB"

    def values(self, visit: Visit, request: Request) -> Values:
        """A share in percent, or a price."""
        if request.symbol in _SHARES:
            return visit.web.get(
                f"{self.api}country/USA;WLD/indicator/{_SHARES[request.symbol]}",
                {"format": "json", "per_page": "20000"},
                lambda answer: read_shares(answer, request.symbol),
            )
        if request.symbol in _METALS:
            book = visit.once("pink sheet", lambda: self._pink_sheet(visit.web))
            return read_prices(cast("bytes", book), _METALS[request.symbol])
        raise UnknownSeries(f"the World Bank has no series '{request.symbol}' that we know how to ask for")

    def probe(self, web: Web) -> None:
        """The name of one country."""
        web.get(f"{self.api}country/USA", {"format": "json"}, lambda answer: json_of(_TITLE, answer, "a country"))

    def _pink_sheet(self, web: Web) -> bytes:
        address = web.get(self.markets, {}, _link, page=True)
        return web.get(address, {}, _book)


def read_shares(answer: Answer, wanted: str) -> Values:
    """100 times the value of the United States over that of the world, by year."""
    document = json_of(_TITLE, answer, wanted)
    if not isinstance(document, list) or len(document) != 2 or not document[1]:
        raise BadAnswer(f"the World Bank sent no values for {wanted}")
    head: dict[str, Any] = document[0]
    if int(head["total"]) != len(document[1]):
        raise BadAnswer(f"the World Bank sent {len(document[1])} of {head['total']} values for {wanted}")
    years: dict[str, dict[str, float]] = {"USA": {}, "WLD": {}}
    for item in document[1]:
        if item["value"] is not None:
            years[item["countryiso3code"]][item["date"]] = float(item["value"])
    return [
        (dt.date(int(year), 12, 31), 100 * years["USA"][year] / years["WLD"][year])
        for year in sorted(years["USA"].keys() & years["WLD"].keys())
    ]


def read_prices(book: bytes, column: str) -> Values:
    """One column of the sheet of monthly prices; its rows begin with months such as 2026M06."""
    import pandas as pd

    try:
        sheet = pd.read_excel(io.BytesIO(book), sheet_name="Monthly Prices", header=None)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile):
        raise BadAnswer("the World Bank's Pink Sheet cannot be read as a workbook") from None
    rows = sheet.to_numpy().tolist()
    place = next(
        (place for row in rows for place, cell in enumerate(row) if isinstance(cell, str) and cell.strip() == column),
        None,
    )
    if place is None:
        raise BadAnswer(f"the World Bank's Pink Sheet has no column '{column}'")
    found = []
    for row in rows:
        month = _MONTH.fullmatch(str(row[0]).strip())
        if month and isinstance(row[place], int | float) and row[place] == row[place]:
            found.append((period_end(dt.date(int(month[1]), int(month[2]), 1), "monthly"), float(row[place])))
    return found


def _link(answer: Answer) -> str:
    expect_ok(_TITLE, answer, "its page on commodity markets")
    found = _PINK_SHEET.search(answer.text)
    if found is None:
        raise BadAnswer("the World Bank's page on commodity markets links to no Pink Sheet")
    return found[0]


def _book(answer: Answer) -> bytes:
    expect_ok(_TITLE, answer, "the Pink Sheet")
    return answer.body

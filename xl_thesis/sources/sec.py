"""US Securities and Exchange Commission: a company's capital expenditure by quarter, from the day it was filed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from xl_thesis.errors import BadAnswer, SourceError, UnknownSeries
from xl_thesis.sources.plain import Plain, Values, Visit, json_of
from xl_thesis.sources.protocol import Request, Row
from xl_thesis.sources.web import Answer, Web
from xl_thesis.version import VERSION

URL = "https://data.sec.gov/api/xbrl/companyconcept/"
CONTACT = "XL_THESIS_SEC_CONTACT"
"""The SEC wants to know whom to write to: an address in this variable goes along with each request."""
_COMPANIES = {"AMZN": 1018724, "GOOGL": 1652044, "META": 1326801, "MSFT": 789019}
_CONCEPTS = ("PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets")
_QUARTER = range(80, 101)
_TITLE = "SEC"


class Fact(NamedTuple):
    """What was spent from ``start`` to ``end``, as filed."""

    filed: dt.date
    start: dt.date
    end: dt.date
    value: float


@dataclass(frozen=True, slots=True)
class SEC(Plain):
    """The provider. Values in million dollars."""

    url: str = URL
    name = "sec"
    title = _TITLE
    prefix = "SEC"

    @property
    def agent(self) -> str:
        """With the contact that the SEC asks for, where one is set."""
        return f"xl-thesis/{VERSION} {os.environ.get(CONTACT, '')}".strip()

    def rows(self, visit: Visit, request: Request) -> Sequence[Row]:
        """Each quarter from the day of the filing that first tells it."""
        facts = self._facts(visit, request)
        rows = [
            (request.meta.id, end.isoformat(), value, filed.isoformat())
            for end, value, filed in quarters(facts)
            if filed <= visit.today
        ]
        if not rows:
            raise BadAnswer(f"the SEC sent no quarter of {request.symbol}")
        return rows

    def values(self, visit: Visit, request: Request) -> Values:
        """The newest value of each quarter."""
        return sorted({end: value for end, value, _ in quarters(self._facts(visit, request))}.items())

    def probe(self, web: Web) -> None:
        """One company's filings of one concept."""
        web.get(self._address(_COMPANIES["MSFT"], _CONCEPTS[0]), {}, read)

    def _address(self, company: int, concept: str) -> str:
        return f"{self.url}CIK{company:010d}/us-gaap/{concept}.json"

    def _facts(self, visit: Visit, request: Request) -> list[Fact]:
        kind, _, ticker = request.symbol.partition("_")
        if kind != "CAPEX" or ticker not in _COMPANIES:
            raise UnknownSeries(f"'{request.symbol}' is none of the filings that we know how to ask for")
        facts: list[Fact] = []
        for concept in _CONCEPTS:  # a company may have changed the name under which it reports
            told = {(fact.start, fact.end) for fact in facts}
            try:
                more = visit.web.get(self._address(_COMPANIES[ticker], concept), {}, read)
            except UnknownSeries:
                continue
            facts += [fact for fact in more if (fact.start, fact.end) not in told]
        return facts


def read(answer: Answer) -> list[Fact]:
    """The facts of one concept, in million dollars."""
    if answer.status == 403:
        raise SourceError(f"the SEC wants a contact: set {CONTACT} to your e-mail address")
    document = json_of(_TITLE, answer, "these filings")
    day = dt.date.fromisoformat
    try:
        items = cast("list[dict[str, Any]]", cast("dict[str, Any]", document)["units"]["USD"])
        return [
            Fact(day(item["filed"]), day(item["start"]), day(item["end"]), float(item["val"]) / 1e6) for item in items
        ]
    except (KeyError, TypeError, ValueError):
        raise BadAnswer("the SEC sent filings of another shape") from None


def quarters(facts: Iterable[Fact]) -> list[tuple[dt.date, float, dt.date]]:
    """End, amount and day of filing of each quarter, again where a later filing changed it.

    Cash flow is filed from the beginning of the fiscal year, so a quarter is what was spent to its end less what was
    spent to the end of the one before.

    >>> day = dt.date.fromisoformat
    >>> quarters([Fact(day("2024-05-01"), day("2024-01-01"), day("2024-03-31"), 10.0),
    ...           Fact(day("2024-08-01"), day("2024-01-01"), day("2024-06-30"), 25.0)])[-1]
    (datetime.date(2024, 6, 30), 15.0, datetime.date(2024, 8, 1))
    """
    spans: dict[tuple[dt.date, dt.date], float] = {}
    known: dict[dt.date, float] = {}
    found = []
    ordered = sorted(facts)
    for number, fact in enumerate(ordered):
        spans[fact.start, fact.end] = fact.value
        if number + 1 < len(ordered) and ordered[number + 1].filed == fact.filed:
            continue  # a filing counts as a whole
        for end, value in sorted(_quarters_of(spans).items()):
            if known.get(end) != value:
                known[end] = value
                found.append((end, value, fact.filed))
    return found


def _quarters_of(spans: dict[tuple[dt.date, dt.date], float]) -> dict[dt.date, float]:
    """Quarter ends and amounts that these spans tell."""
    amounts: dict[dt.date, float] = {}
    for (start, end), value in spans.items():
        if (end - start).days + 1 in _QUARTER:
            amounts[end] = value
            continue
        before = [other for begin, other in spans if begin == start and (end - other).days in _QUARTER]
        if before:
            amounts.setdefault(end, value - spans[start, max(before)])
    return amounts

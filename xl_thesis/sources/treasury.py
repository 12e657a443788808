"""US Treasury, fiscal data: the federal debt to the penny, every business day since 1993."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from xl_thesis.errors import BadAnswer, UnknownSeries
from xl_thesis.sources.plain import Plain, Values, Visit, json_of
from xl_thesis.sources.protocol import Request
from xl_thesis.sources.web import Answer, Web

URL = "https://api.fiscaldata.treasury.gov/services/api/fiscal_service/v2/accounting/od/debt_to_penny"
_FIELDS = {"DEBT_TO_PENNY": "tot_pub_debt_out_amt", "DEBT_HELD_BY_PUBLIC": "debt_held_public_amt"}
_PAGE = "10000"
_OVERLAP = dt.timedelta(days=14)
_TITLE = "US Treasury"


@dataclass(frozen=True, slots=True)
class Treasury(Plain):
    """The provider. Values in million dollars."""

    url: str = URL
    name = "treasury"
    title = _TITLE
    prefix = "TREASURY"

    def values(self, visit: Visit, request: Request) -> Values:
        """Days and amounts since shortly before the newest that is known."""
        field = _FIELDS.get(request.symbol)
        if field is None:
            raise UnknownSeries(f"the US Treasury has no series '{request.symbol}' that we know how to ask for")
        since = request.last_observed - _OVERLAP if request.last_observed else dt.date(1993, 1, 1)
        params = {
            "fields": f"record_date,{field}", "filter": f"record_date:gte:{since}", "sort": "record_date",
            "page[size]": _PAGE,
        }  # fmt: skip
        return visit.web.get(self.url, params, lambda answer: read(answer, field))

    def probe(self, web: Web) -> None:
        """The newest day."""
        web.get(self.url, {"sort": "-record_date", "page[size]": "1"}, lambda answer: json_of(_TITLE, answer, "a day"))


def read(answer: Answer, field: str) -> Values:
    """The JSON's days and amounts. ``null`` is no value."""
    document = json_of(_TITLE, answer, field)
    if not isinstance(document, dict) or "data" not in document:
        raise BadAnswer(f"the US Treasury sent something other than values of {field}")
    rows = cast("list[dict[str, Any]]", document["data"])
    total = int(document.get("meta", {}).get("total-count", len(rows)))
    if total != len(rows):
        raise BadAnswer(f"the US Treasury sent {len(rows)} of {total} values of {field}")
    return [
        (dt.date.fromisoformat(row["record_date"]), float(row[field]) / 1e6)
        for row in rows
        if row[field] not in (None, "null", "")
    ]

"""Which series are embedded: where each stands in the collection, under which licence, on which schedule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

FRED_MD_BEGINS = dt.date(1959, 1, 1)


@dataclass(frozen=True)
class Source:
    """Where an embedded series stands in the collection, and which vintages of it exist there."""

    id: str
    path: str
    column: str = "value"
    only: tuple[str, str] | None = None
    since: dt.date | None = None
    fred_md: str | None = None
    first_seen: str | None = None
    snapshots: str | None = None


def _fred(name: str, **more: Any) -> Source:
    return Source(f"FRED:{name}", f"redistributable/fred/{name}.csv", **more)


EMBEDDED = (
    *map(_fred, ["DTWEXBGS", "DEXUSEU", "DEXJPUS", "DEXUSUK", "DEXCAUS", "DEXSDUS", "DEXSZUS"]),
    *map(_fred, ["DGS10", "DGS2", "DGS1", "DTB3", "DFF", "FEDFUNDS", "DFEDTARU", "DFEDTARL"]),
    _fred("UNRATE", fred_md="UNRATE", first_seen="UNRATE"),
    _fred("PAYEMS", fred_md="PAYEMS", first_seen="PAYEMS"),
    _fred("ICSA", first_seen="ICSA"),
    _fred("JTSJOL", first_seen="JTSJOL"),
    _fred("CPIAUCNS"),
    _fred("CPIAUCSL", fred_md="CPIAUCSL", first_seen="CPIAUCSL"),
    _fred("CPILFESL", first_seen="CPILFESL"),
    _fred("PCEPILFE", first_seen="PCEPILFE"),
    _fred("GDPC1", snapshots="GDPC1"),
    _fred("PNFI"),
    # Before 1959 only today's base is known, while the vintages have theirs.
    _fred("INDPRO", fred_md="INDPRO", first_seen="INDPRO", since=FRED_MD_BEGINS),
    _fred("NEWORDER"),
    Source("FREDMD:ANDENO", "redistributable/fred_md/ANDENOx.csv", fred_md="ANDENOx"),
    *map(_fred, ["EXPCA", "FDHBFIN", "GFDEBTN", "IIPUSNETIQ"]),
    _fred("TREAST", first_seen="TREAST"),
    *map(_fred, ["WSHOMCB", "WALCL"]),
    *(
        Source(f"ECB:EUR{currency}", "redistributable/ecb/eurofxref_daily.csv", column=currency)
        for currency in ["USD", "JPY", "GBP", "SEK", "CHF", "CAD"]
    ),
    # Older gold prices in this file are not the World Bank's.
    Source("WB:GOLD_USD", "redistributable/pddl_labelled/gold_usd_monthly.csv", since=dt.date(1960, 1, 1)),
    Source("WB:US_SHARE_WORLD_GDP", "redistributable/worldbank/US_share_of_world_GDP_pct.csv"),
    Source("WB:US_SHARE_WORLD_POPULATION", "redistributable/worldbank/US_share_of_world_population_pct.csv"),
    *(
        Source(
            f"SEC:CAPEX_{ticker}",
            "redistributable/structure/hyperscaler_capex_quarterly.csv",
            column="capex_musd",
            only=("ticker", ticker),
        )
        for ticker in ["AMZN", "GOOGL", "META", "MSFT"]
    ),
)

# Periods that ended before a date came out later than the catalogue's lag, which holds for the years since.
EARLIER_LAGS = {
    "FRED:CPIAUCNS": (dt.date(2017, 1, 1), 28),
    "FRED:CPIAUCSL": (dt.date(2017, 1, 1), 28),
    "FRED:CPILFESL": (dt.date(2017, 1, 1), 28),
    "FRED:EXPCA": (dt.date(2014, 1, 1), 51),
}

# The licences that allow a copy in the package; a series under any other cannot be embedded.
LICENCES = {
    "Public domain (US government work)": {"name": "other-pd", "path": "https://www.usa.gov/government-copyright"},
    "Public domain (US government work); FRED-MD compilation, citation asked": {
        "name": "other-at",
        "path": "https://research.stlouisfed.org/econ/mccracken/fred-databases/",
    },
    "ECB: free reuse, source acknowledged": {
        "name": "other-at",
        "path": "https://www.ecb.europa.eu/stats/ecb_statistics/governance_and_quality_framework/html/usage_policy.en.html",
    },
    "CC BY 4.0 (World Bank)": {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
    "Facts from SEC filings: free reuse": {"name": "other-pd"},
}

# Where a provider shows the series today.
HOMES = {
    "FRED": "https://fred.stlouisfed.org/series/{name}",
    "FREDMD": "https://research.stlouisfed.org/econ/mccracken/fred-databases/",
    "ECB": "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html",
    "WB": "https://data.worldbank.org",
    "SEC": "https://www.sec.gov/edgar",
}

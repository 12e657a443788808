"""The embedded data package: sound files, honest dates, nothing that may not be copied."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import hashlib
import io
import itertools
import json
import math
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import frictionless
import pytest
import yaml

from xl_thesis.models import SeriesMeta

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "xl_thesis" / "data"
PACKAGE: dict[str, Any] = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES: list[dict[str, Any]] = PACKAGE["resources"]
SERIES = {resource["series"]["id"]: resource for resource in RESOURCES if "series" in resource}
CATALOGUE = {
    series_id: SeriesMeta(id=series_id, **fields)
    for series_id, fields in yaml.safe_load((ROOT / "xl_thesis" / "catalogue.yaml").read_text(encoding="utf-8")).items()
}

every_series = pytest.mark.parametrize("series_id", SERIES)


class Row(NamedTuple):
    observed_on: dt.date
    value: float | None
    available_at: dt.date


@cache
def rows(series_id: str) -> tuple[Row, ...]:
    with (DATA / SERIES[series_id]["path"]).open(newline="", encoding="utf-8") as lines:
        table = csv.reader(lines)
        assert next(table) == ["observed_on", "value", "available_at"]
        return tuple(
            Row(dt.date.fromisoformat(period), float(value) if value else None, dt.date.fromisoformat(public))
            for period, value, public in table
        )


def known(series_id: str, as_of: str) -> dict[dt.date, float]:
    """The series as it stood at the end of a day."""
    day = dt.date.fromisoformat(as_of)
    state = {row.observed_on: row.value for row in rows(series_id) if row.available_at <= day}
    return {period: value for period, value in state.items() if value is not None}


def last_day(period: dt.date, frequency: str) -> dt.date:
    month = {"monthly": period.month, "quarterly": (period.month + 2) // 3 * 3, "annual": 12}[frequency]
    return dt.date(period.year, month, calendar.monthrange(period.year, month)[1])


def year_on_year(series_id: str, as_of: str, period: str) -> float:
    values, now = known(series_id, as_of), dt.date.fromisoformat(period)
    before = dt.date(now.year - 1, now.month, calendar.monthrange(now.year - 1, now.month)[1])
    return round(100 * (values[now] / values[before] - 1), 1)


# ---------------------------------------------------------------- files


def test_package_is_a_valid_data_package() -> None:
    report = frictionless.Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "type", "note"])[:20]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource["name"])
def test_size_and_hash_are_those_of_the_file(resource: dict[str, Any]) -> None:
    content = (DATA / resource["path"]).read_bytes()
    assert len(content) == resource["bytes"]
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == resource["hash"]
    assert b"\r" not in content


def test_package_lists_every_file_in_the_folder() -> None:
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    assert files == {resource["path"] for resource in RESOURCES}


def test_package_stays_small() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(DATA.rglob("*")):
            archive.write(path, path.relative_to(DATA))
    assert buffer.tell() < 2_000_000


def test_package_is_dated_by_its_data() -> None:
    newest = max(row.available_at for series_id in SERIES for row in rows(series_id))
    assert PACKAGE["created"] == f"{newest}T00:00:00Z"
    prices = next(resource for resource in PACKAGE["resources"] if "inputs" in resource)["inputs"]
    assert PACKAGE["reference_date"] == min(entry["last"] for entry in prices)


def test_page_lists_every_series() -> None:
    page = (ROOT / "docs" / "DATA.md").read_text(encoding="utf-8")
    missing = [series_id for series_id, resource in SERIES.items() if f"[{series_id}]" not in page]
    assert missing == []
    assert PACKAGE["reference_date"] in page


# ---------------------------------------------------------------- catalogue and licences


@every_series
def test_every_embedded_series_may_be_copied(series_id: str) -> None:
    meta = CATALOGUE[series_id]
    assert meta.redistributable
    assert meta.licence == SERIES[series_id]["licenses"][0]["title"]
    assert series_id.split(":")[0] in {"FRED", "FREDMD", "ECB", "WB", "SEC"}


def test_nothing_doubtful_is_embedded() -> None:
    doubtful = "EFFR NFCI SAHMREALTIME VIXCLS CBBTCUSD EPUTRADE USEPUINDXD IRLTLT01DEM156N CEFDFSA066MSFRBPHI"
    for series_id in (f"FRED:{name}" for name in doubtful.split()):
        assert not CATALOGUE[series_id].redistributable
        assert series_id not in SERIES
    assert not any(meta.redistributable for meta in CATALOGUE.values() if meta.id.startswith(("YAHOO:", "MANUAL:")))


def test_catalogue_speaks_of_existing_series_only() -> None:
    for meta in CATALOGUE.values():
        assert meta.derived is None or set(meta.derived.series_ids()) <= CATALOGUE.keys()
        assert all(period < released for period, released in meta.release_dates.items())
        if meta.release_dates and meta.frequency not in ("daily", "weekly"):
            assert all(period == last_day(period, meta.frequency) for period in meta.release_dates)


def test_series_with_vintages_have_them() -> None:
    with_vintages = {meta.id for meta in CATALOGUE.values() if meta.point_in_time == "vintages"}
    assert with_vintages == {"FRED:UNRATE", "FRED:PAYEMS", "FRED:CPIAUCSL", "FRED:INDPRO", "FREDMD:ANDENO"}
    for series_id in with_vintages:
        assert len(rows(series_id)) > 1.2 * SERIES[series_id]["series"]["periods"]


# ---------------------------------------------------------------- dates


@every_series
def test_rows_are_in_order_and_each_changes_the_value(series_id: str) -> None:
    table = rows(series_id)
    assert [row[::2] for row in table] == sorted({row[::2] for row in table})
    for before, after in itertools.pairwise(table):
        assert before.observed_on != after.observed_on or before.value != after.value


@every_series
def test_no_value_is_known_before_its_period_ends(series_id: str) -> None:
    assert all(row.available_at >= row.observed_on for row in rows(series_id))


@every_series
def test_periods_are_named_by_their_last_day(series_id: str) -> None:
    frequency = CATALOGUE[series_id].frequency
    if frequency not in ("daily", "weekly"):
        assert all(row.observed_on == last_day(row.observed_on, frequency) for row in rows(series_id))


@pytest.mark.parametrize("series_id", [key for key in SERIES if not SERIES[key]["series"]["vintages_since"]])
def test_without_vintages_no_value_is_earlier_than_the_regular_release(series_id: str) -> None:
    meta = CATALOGUE[series_id]
    for row in rows(series_id):
        regular = meta.release_dates.get(row.observed_on) or row.observed_on + dt.timedelta(days=meta.lag_days)
        assert row.available_at >= regular


@pytest.mark.parametrize("name", ["UNRATE", "CPIAUCNS", "CPIAUCSL", "CPILFESL"])
def test_october_2025_was_never_collected(name: str) -> None:
    periods = {row.observed_on for row in rows(f"FRED:{name}")}
    assert dt.date(2025, 10, 31) not in periods
    assert {dt.date(2025, 9, 30), dt.date(2025, 11, 30)} <= periods


@pytest.mark.parametrize(
    ("series_id", "period", "released"),
    [
        ("FRED:UNRATE", "2013-09-30", "2013-10-22"),
        ("FRED:UNRATE", "2025-09-30", "2025-11-20"),
        ("FRED:PAYEMS", "2025-09-30", "2025-11-20"),
        ("FRED:PAYEMS", "2025-10-31", "2025-12-16"),
        ("FRED:UNRATE", "2025-11-30", "2025-12-16"),
        ("FRED:CPIAUCNS", "2025-09-30", "2025-10-24"),
        ("FRED:CPIAUCSL", "2025-11-30", "2025-12-18"),
        ("FRED:GDPC1", "2018-12-31", "2019-02-28"),
        ("FRED:GDPC1", "2025-09-30", "2025-12-23"),
        ("FRED:PAYEMS", "2026-03-31", "2026-04-03"),
        ("FRED:CPIAUCSL", "2026-06-30", "2026-07-14"),
        ("FRED:ICSA", "2025-10-04", "2025-11-20"),
        ("FRED:ICSA", "2026-08-01", "2026-08-06"),  # seen after midnight UTC, in the evening in New York
    ],
)
def test_delayed_and_logged_releases_have_their_own_day(series_id: str, period: str, released: str) -> None:
    end, day = dt.date.fromisoformat(period), dt.date.fromisoformat(released)
    assert end not in known(series_id, str(day - dt.timedelta(days=1)))
    assert end in known(series_id, released)


# ---------------------------------------------------------------- values as they were known


def test_unemployment_of_august_2023_was_revised() -> None:
    august = dt.date(2023, 8, 31)
    assert known("FRED:UNRATE", "2023-09-30")[august] == 3.8
    assert known("FRED:UNRATE", "2024-12-31")[august] == 3.8
    assert known("FRED:UNRATE", "2025-01-31")[august] == 3.7


def test_unemployment_of_november_2025_was_revised() -> None:
    november = dt.date(2025, 11, 30)
    assert known("FRED:UNRATE", "2025-12-16")[november] == 4.6
    assert known("FRED:UNRATE", "2026-01-31")[november] == 4.5


@pytest.mark.parametrize(
    ("as_of", "period", "rate"),
    [
        ("2025-02-24", "2024-07-31", 2.9),
        ("2025-02-24", "2024-08-31", 2.5),
        ("2025-02-24", "2024-09-30", 2.4),
        ("2025-02-24", "2024-12-31", 2.9),
        ("2025-02-24", "2025-01-31", 3.0),
        ("2025-10-24", "2025-09-30", 3.0),
        ("2025-12-18", "2025-11-30", 2.7),
    ],
)
def test_consumer_price_inflation_as_published(as_of: str, period: str, rate: float) -> None:
    assert year_on_year("FRED:CPIAUCNS", as_of, period) == rate


def test_third_quarter_of_2025_was_revised() -> None:
    quarter = dt.date(2025, 9, 30)
    assert known("FRED:GDPC1", "2025-12-31")[quarter] == 24024.957
    assert known("FRED:GDPC1", "2026-07-30")[quarter] == 24026.834


@pytest.mark.parametrize(
    ("series_id", "as_of", "bound"),
    [
        ("FRED:INDPRO", "2002-12-20", 0.02),  # base year 1992 to 1997
        ("FRED:INDPRO", "2021-05-20", 0.03),  # 2012 to 2017
        ("FRED:PAYEMS", "2003-06-20", 0.002),  # new industries
        ("FRED:PAYEMS", "2026-02-12", 0.002),  # benchmark: 900,000 jobs fewer
    ],
)
def test_a_new_level_never_stands_beside_the_old_one(series_id: str, as_of: str, bound: float) -> None:
    values = known(series_id, as_of)
    last = [values[period] for period in sorted(values)[-3:]]
    assert max(abs(math.log(after / before)) for before, after in itertools.pairwise(last)) < bound


def test_foreign_holdings_come_a_quarter_after_the_debt_they_are_part_of() -> None:
    assert max(known("FRED:GFDEBTN", "2025-06-20")) == dt.date(2025, 3, 31)
    assert max(known("FRED:FDHBFIN", "2025-06-20")) == dt.date(2024, 12, 31)


# ---------------------------------------------------------------- the dollar index by its published formula

FORMULA = {"EUR": 0.576, "JPY": 0.136, "GBP": 0.119, "CAD": 0.091, "SEK": 0.042, "CHF": 0.036}


def test_weights_are_those_of_the_published_formula() -> None:
    assert math.isclose(sum(FORMULA.values()), 1)
    h10, ecb = CATALOGUE["DERIVED:DXY_H10"].derived, CATALOGUE["DERIVED:DXY_ECB"].derived
    assert h10 and h10.exponents and ecb and ecb.exponents
    assert h10.factor == ecb.factor == 50.14348112
    names = dict(zip(["DEXUSEU", "DEXJPUS", "DEXUSUK", "DEXCAUS", "DEXSDUS", "DEXSZUS"], FORMULA.values(), strict=True))
    for series_id, exponent in zip(h10.of, h10.exponents, strict=True):
        name = str(series_id).split(":")[1]
        assert exponent == (-names[name] if name in ("DEXUSEU", "DEXUSUK") else names[name])
    by_pair = dict(zip(map(str, ecb.of), ecb.exponents, strict=True))
    assert by_pair.pop("ECB:EURUSD") == -1  # every dollar rate is a ratio over it
    assert by_pair == {f"ECB:EUR{currency}": weight for currency, weight in FORMULA.items() if currency != "EUR"}


@pytest.mark.parametrize(
    ("day", "close"),
    [("2024-12-31", 108.49), ("2025-01-13", 109.96), ("2025-02-24", 106.60), ("2025-06-30", 96.88)],
)
@pytest.mark.parametrize("series_id", ["DERIVED:DXY_H10", "DERIVED:DXY_ECB"])
def test_rebuilt_index_is_near_published_closes(series_id: str, day: str, close: float) -> None:
    derived = CATALOGUE[series_id].derived
    assert derived and derived.exponents
    index = derived.factor
    for operand, exponent in zip(derived.of, derived.exponents, strict=True):
        index *= known(str(operand), "2026-10-30")[dt.date.fromisoformat(day)] ** exponent
    assert index == pytest.approx(close, rel=0.005)

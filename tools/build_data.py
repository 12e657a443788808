"""Build the embedded data package: ``python tools/build_data.py --from COLLECTION``.

COLLECTION holds the folders ``redistributable`` (series as last published) and ``reference`` (vintages). The result,
``xl_thesis/data`` and ``docs/DATA.md``, depends on these files and on ``catalogue.yaml`` alone, byte for byte.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

import precomputed
from data_page import page
from data_sources import EARLIER_LAGS, EMBEDDED, HOMES, LICENCES, Source
from vintages import (
    Calendar,
    Row,
    Values,
    Vintage,
    check,
    first_seen_vintages,
    fred_md_vintages,
    period_end,
    replay,
    snapshot_vintages,
)
from xl_thesis.models import SeriesMeta

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "xl_thesis" / "data"
CATALOGUE = ROOT / "xl_thesis" / "catalogue.yaml"
PAGE = ROOT / "docs" / "DATA.md"
THESIS = "american_exceptionalism"


def read_catalogue(path: Path = CATALOGUE) -> dict[str, SeriesMeta]:
    """Every series the project knows, by id."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {series_id: SeriesMeta(id=series_id, **fields) for series_id, fields in entries.items()}


def read_newest(source: Source, meta: SeriesMeta, collection: Path) -> Values:
    """The series as last published, keyed by the last day of each period."""
    values: Values = {}
    with (collection / source.path).open(newline="", encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            if source.only and line[source.only[0]] != source.only[1]:
                continue
            day = dt.date.fromisoformat(line.get("date") or line["quarter_end"])
            if line[source.column] and (source.since is None or day >= source.since):
                values[period_end(day, meta.frequency)] = float(line[source.column])
    return values


def read_vintages(source: Source, meta: SeriesMeta, collection: Path) -> tuple[list[Vintage], list[Path], str]:
    """The vintages to replay, the files they come from, and how the days of publication were found, in words."""
    folder = collection / "reference" / "vintages"
    found: list[Vintage] = []
    files: list[Path] = []
    told = []
    if source.fred_md:
        files.append(folder / "fred_md_realtime" / f"{source.fred_md}.csv.gz")
        found = fred_md_vintages(files[-1], meta.frequency)
        told.append(f"FRED-MD vintages from {found[0].known_on} to {found[-1].known_on}, each from its month-end")
    if source.snapshots:
        files.append(folder / f"snapshots_{source.snapshots}.csv")
        found = snapshot_vintages(files[-1], meta.frequency)
        told.append("snapshots of " + ", ".join(str(vintage.known_on) for vintage in found))
    if source.first_seen:
        files.append(folder / "realtime_2026" / f"{source.first_seen}.csv")
        seen = first_seen_vintages(files[-1], meta.frequency)
        told.append(f"values first seen from {seen[1].known_on} to {seen[-1].known_on}, to the day")
        found += seen[1:] if found else seen
    told.append("otherwise the regular release date" if told else "regular release date")
    return found, files, "; ".join(told)


def release_calendar(meta: SeriesMeta) -> Calendar:
    """The regular release date of each period of a series."""
    change, earlier_lag = EARLIER_LAGS.get(meta.id, (dt.date.min, 0))

    def regular_date(period: dt.date) -> dt.date:
        lag_days = earlier_lag if period < change else meta.lag_days
        return meta.release_dates.get(period) or period + dt.timedelta(days=lag_days)

    return regular_date


def series_resource(source: Source, meta: SeriesMeta, collection: Path) -> dict[str, Any]:
    """Write the file of one series and describe it as a tabular data resource."""
    if not meta.redistributable or meta.licence not in LICENCES:
        sys.exit(f"{meta.id}: '{meta.licence}' does not allow a copy")
    newest = read_newest(source, meta, collection)
    vintages, vintage_files, told = read_vintages(source, meta, collection)
    rows = replay(vintages, newest, release_calendar(meta))
    if faults := check(rows, newest):
        sys.exit(f"{meta.id}: the vintages do not lead to the newest file\n  " + "\n  ".join(faults))
    provider, name = meta.id.split(":")
    path = f"{provider.lower()}/{name}.csv"
    write_rows(DATA / path, rows)
    return {
        "name": f"{provider}-{name}".lower(),
        "path": path,
        "profile": "tabular-data-resource",
        "title": meta.title,
        **file_facts(DATA / path),
        "schema": schema(meta),
        "sources": [{"title": meta.publisher, "path": HOMES[provider].format(name=name)}],
        "licenses": [{**LICENCES[meta.licence], "title": meta.licence}],
        "series": {
            "id": meta.id,
            "first_period": str(rows[0].observed_on),
            "last_period": str(rows[-1].observed_on),
            "periods": len({row.observed_on for row in rows}),
            "rows": len(rows),
            "last_available_at": str(max(row.available_at for row in rows)),
            "vintages_since": str(vintages[0].known_on) if vintages else None,
            "available_at": told,
            "source_files": [
                {"path": file.relative_to(collection).as_posix(), "hash": f"sha256:{sha256(file)}"}
                for file in (collection / source.path, *vintage_files)
            ],
        },
    }


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """One file: a line for each value and the day it became public; an empty value was withdrawn on that day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{row.observed_on},{number(row.value)},{row.available_at}\n" for row in rows]
    path.write_text("observed_on,value,available_at\n" + "".join(lines), encoding="utf-8", newline="\n")


def number(value: float | None) -> str:
    """The shortest text that reads back as the same number.

    >>> number(4.0), number(None)
    ('4', '')
    """
    return "" if value is None else repr(value).removesuffix(".0")


def file_facts(path: Path) -> dict[str, Any]:
    """Format, size and hash of a file, as a resource states them."""
    return {
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
    }


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def schema(meta: SeriesMeta) -> dict[str, Any]:
    """Table schema of a series file."""
    required = {"constraints": {"required": True}}
    return {
        "fields": [
            {"name": "observed_on", "type": "date", "title": "Last day of the period", **required},
            {"name": "value", "type": "number", "title": meta.title, "unit": meta.unit},
            {"name": "available_at", "type": "date", "title": "First day the value was public", **required},
        ],
        "primaryKey": ["observed_on", "available_at"],
        "missingValues": [""],
    }


def package(
    resources: list[dict[str, Any]], catalogue: dict[str, SeriesMeta], reference_date: dt.date
) -> dict[str, Any]:
    """The descriptor of the whole package; its date is that of the newest value, not of the build."""
    embedded = [resource["series"] for resource in resources if "series" in resource]
    newest = max(series["last_available_at"] for series in embedded)
    used = [catalogue[series["id"]] for series in embedded]
    return {
        "profile": "data-package",
        "name": "xl-thesis-data",
        "title": "Public economic series with the day each value became known",
        "version": newest.replace("-", "."),
        "created": f"{newest}T00:00:00Z",
        "reference_date": str(reference_date),
        "licenses": [{**LICENCES[text], "title": text} for text in dict.fromkeys(meta.licence for meta in used)],
        "sources": [{"title": text} for text in dict.fromkeys(meta.publisher for meta in used)],
        "resources": resources,
    }


def main() -> None:
    """Write every file of the package, its descriptor and its page."""
    parser = argparse.ArgumentParser(description="Build the embedded data package.")
    parser.add_argument("--from", dest="collection", type=Path, required=True, help="folder with the collected data")
    collection: Path = parser.parse_args().collection
    catalogue = read_catalogue()
    for folder in {source.id.split(":")[0].lower() for source in EMBEDDED}:
        shutil.rmtree(DATA / folder, ignore_errors=True)
    resources = [series_resource(source, catalogue[source.id], collection) for source in EMBEDDED]
    embedded = {source.id for source in EMBEDDED}
    scores, reference_date = precomputed.build(THESIS, collection, DATA, embedded)
    resources.append({**scores, **file_facts(DATA / scores["path"])})
    descriptor = package(resources, catalogue, reference_date)
    text = json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n"
    (DATA / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")
    PAGE.write_text(page(descriptor, catalogue), encoding="utf-8", newline="\n")
    size = sum(resource["bytes"] for resource in resources)
    print(f"{len(resources)} resources, {size:,} bytes, reference date {descriptor['reference_date']}")


if __name__ == "__main__":
    main()

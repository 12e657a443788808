"""Providers without a key: small files of the shapes that they publish, with invented numbers."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pandas as pd

from tests.servers.loopback import Reply

ECB_DAYS = {"2026-10-29": {"USD": "1.0800", "JPY": "160.10"}, "2026-10-30": {"USD": "1.0900", "JPY": "N/A"}}


def ecb(path: str, query: dict[str, str]) -> Reply:
    if path.endswith(".zip"):
        text = "Date,USD,JPY,\n" + "".join(
            f"{day},{rates['USD']},{rates['JPY']},\n" for day, rates in sorted(ECB_DAYS.items(), reverse=True)
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("eurofxref-hist.csv", text)
        return Reply(200, file.getvalue(), "application/zip")
    days = "".join(
        f'<Cube time="{day}">'
        + "".join(f'<Cube currency="{name}" rate="{rate}"/>' for name, rate in rates.items() if rate != "N/A")
        + "</Cube>"
        for day, rates in sorted(ECB_DAYS.items(), reverse=True)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        f' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>{days}</Cube></gesmes:Envelope>'
    )
    return Reply(200, text.encode(), "text/xml")


class WorldBank:
    """The API, the page on commodity markets and the workbook that it links to."""

    def __init__(self) -> None:
        self.url = ""

    def answer(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/markets":
            link = f"{self.url}/doc/x-0050012026/related/CMO-Historical-Data-Monthly.xlsx"
            return Reply(200, f'<!DOCTYPE html><html><a href="{link}">Monthly prices</a></html>'.encode(), "text/html")
        if path.endswith(".xlsx"):
            return Reply(200, pink_sheet(), "application/octet-stream")
        if "/indicator/" not in path:
            return Reply(200, json.dumps([{"total": 1}, [{"id": "USA"}]]).encode())
        values = [("USA", "2024", 25.0), ("USA", "2025", 30.0), ("WLD", "2024", 100.0), ("WLD", "2025", None)]
        items = [{"countryiso3code": country, "date": year, "value": value} for country, year, value in values]
        return Reply(200, json.dumps([{"page": 1, "pages": 1, "total": len(items)}, items]).encode())


def pink_sheet() -> bytes:
    rows = [
        ["World Bank Commodity Price Data (The Pink Sheet)", None, None],
        [None, "Crude oil, average", "Gold"], [None, "($/bbl)", "($/troy oz)"],
        ["2026M05", 70.1, 4100.5], ["2026M06", 71.2, 4200.5], ["2026M07", 70.0, "…"],
    ]  # fmt: skip
    file = io.BytesIO()
    with pd.ExcelWriter(file) as writer:
        pd.DataFrame([["About"]]).to_excel(writer, sheet_name="AFOSHEET", header=False, index=False)
        pd.DataFrame(rows).to_excel(writer, sheet_name="Monthly Prices", header=False, index=False)
    return file.getvalue()


def oecd(path: str, query: dict[str, str]) -> Reply:
    if "/USA.M.SHARE.IX....." not in path:
        return Reply(404, b"NoRecordsFound", "text/plain")
    lines = ["DATAFLOW,REF_AREA,FREQ,MEASURE,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS",
             "OECD.SDD.STES:DSD_STES@DF_FINMARK(4.0),USA,M,SHARE,IX,2026-09,190.5,A",
             "OECD.SDD.STES:DSD_STES@DF_FINMARK(4.0),USA,M,SHARE,IX,2026-08,188.25,A"]  # fmt: skip
    return Reply(200, ("\n".join(lines) + "\n").encode(), "application/vnd.sdmx.data+csv")


def treasury(path: str, query: dict[str, str]) -> Reply:
    since = query.get("filter", "").rpartition(":")[2]
    rows = [
        {"record_date": day, "tot_pub_debt_out_amt": amount, "debt_held_public_amt": "null"}
        for day, amount in (("2026-10-29", "38000000000000.12"), ("2026-10-30", "38000500000000.00"))
        if day >= since
    ]
    return Reply(200, json.dumps({"data": rows, "meta": {"count": len(rows), "total-count": len(rows)}}).encode())


def sec(path: str, query: dict[str, str]) -> Reply:
    if "CIK0001018724" not in path:
        return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
    filings = {
        "PaymentsToAcquirePropertyPlantAndEquipment": [
            ("2024-01-01", "2024-03-31", 10.0, "2024-05-01"), ("2024-01-01", "2024-06-30", 25.0, "2024-08-02"),
        ],
        "PaymentsToAcquireProductiveAssets": [
            ("2024-01-01", "2024-06-30", 99.0, "2024-08-02"), ("2024-01-01", "2024-09-30", 45.0, "2024-11-01"),
            ("2024-01-01", "2024-12-31", 70.0, "2025-02-07"), ("2025-01-01", "2025-03-31", 30.0, "2025-05-02"),
            ("2024-01-01", "2024-03-31", 99.0, "2025-05-02"),
        ],
    }[path.rpartition("/")[2].removesuffix(".json")]  # fmt: skip
    items = [
        {"start": start, "end": end, "val": int(value * 1e6), "filed": filed, "form": "10-Q", "fy": 2024, "fp": "Q1"}
        for start, end, value, filed in filings
    ]
    return Reply(200, json.dumps({"cik": 1018724, "units": {"USD": items}}).encode())


TODAY = dt.date(2026, 11, 2)

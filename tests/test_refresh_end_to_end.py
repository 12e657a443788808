"""``xl-thesis refresh`` as a user runs it: unmodified fredapi and yfinance against servers of this machine that answer
under the services' own names, behind TLS and a proxy, all by settings.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from tests.engine.mini import document
from tests.servers import fred, yahoo
from tests.services import FRED_HOST, TODAY, Services, some_services
from xl_thesis.catalogue import load_catalogue


@pytest.fixture
def services(own_home: Path) -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(own_home, stack, some_services())


def mini_thesis(folder: Path) -> Path:
    """The small thesis over one series of each provider."""
    names = {"MANUAL:rate": "FRED:UNRATE", "MANUAL:price": "YAHOO:SPY/adj", "MANUAL:level": "YAHOO:BTC-USD"}
    content = document()
    content["series"] = []
    text = json.dumps(content)
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    content = json.loads(text)
    for key in ("published", "base_date"):
        content[key] = dt.date.fromisoformat(content[key])
    (folder / "mini.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder / "mini.yaml"


def test_a_refresh_from_every_kind_of_source_moves_the_score_to_today_and_shows_no_key(services: Services) -> None:
    thesis = str(mini_thesis(services.home))
    only = [word for name in ("FRED:UNRATE", "YAHOO:SPY/adj", "YAHOO:BTC-USD", "ECB:EURUSD")
            for word in ("--series", name)]  # fmt: skip
    said = services.run("refresh", "--thesis", thesis, *only)
    assert "[4/4]" in said
    assert f"Scores are now as known on {TODAY}." in said
    assert "not endorsed or certified by the Federal Reserve Bank of St. Louis" in said
    score = json.loads(services.run("score", "--thesis", thesis, "--json"))
    assert (score["as_of"], score["status"], score["data"]["kind"]) == (str(TODAY), "full", "refreshed")
    known = json.loads(services.run("series", "FRED:UNRATE", "--thesis", thesis, "--json", "--as-of", "2026-10-04"))
    rows = {row["observed_on"]: row for row in known["observations"]}
    assert rows["2026-08-31"]["available_at"] == "2026-09-05", "the first print, and its day, from the vintages"
    assert "2026-09-30" not in rows
    assert known["feed"]["source"].startswith("FRED")
    assert known["feed"]["facts"]["title"] == "Unemployment Rate"
    assert "Brought by FRED" in services.run("series", "FRED:UNRATE", "--thesis", thesis)

    before = services.asked()
    again = json.loads(services.run("refresh", "--thesis", thesis, *only, "--json"))
    assert (again["exit_code"], services.asked() - before) == (0, 0)
    forced = json.loads(services.run("refresh", "--thesis", thesis, *only, "--json", "--all"))
    assert forced["counts"] == {"unchanged": 4}
    assert services.asked() - before <= 6, "FRED's list of changes, ECB's file, two tickers, a cookie and a crumb"

    services.run("snapshot", "--thesis", thesis, "--out", str(services.home / "book.xlsx"))
    holding = [file.name for file in services.home.rglob("*") if file.is_file() and fred.KEY.encode() in content(file)]
    assert holding == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="lists processes by /proc")
def test_the_key_is_in_no_command_line_while_a_refresh_runs(services: Services) -> None:
    services.loopbacks[FRED_HOST].always = "500"  # tried again and again, so that there is time to look
    command = [sys.executable, "-m", "xl_thesis", "refresh", "--series", "FRED:UNRATE"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, env=services.environment, **pipes) as running:
        listed, looks = b"", 0
        while running.poll() is None:
            listed += b"\n".join(commands())
            looks += 1
            time.sleep(0.02)
        assert running.stdout is not None
        said = running.stdout.read()
    assert looks > 10
    assert b"FRED:UNRATE" in listed
    assert fred.KEY.encode() not in listed + said


def commands() -> Iterator[bytes]:
    """The command line of every process."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield process.read_bytes()
        except OSError:  # it has ended meanwhile
            continue


def content(file: Path) -> bytes:
    """The bytes of a file, unpacked where it is a workbook."""
    import zipfile

    if file.suffix != ".xlsx":
        return file.read_bytes()
    with zipfile.ZipFile(file) as package:
        return b"".join(package.read(name) for name in package.namelist())


def test_live_prices_take_the_place_of_precomputed_scores(services: Services) -> None:
    day = ["--as-of", str(TODAY), "--json"]
    before = {item["id"]: item for item in json.loads(services.run("explain", *day, code=None))["indicators"]}
    assert any(item["is_precomputed"] for item in before.values())
    symbols = [name for name in load_catalogue() if name.startswith("YAHOO:")]
    report = json.loads(services.run("refresh", "--json", *(word for name in symbols for word in ("--series", name))))
    assert report["counts"] == {"fetched": len(symbols)}
    told = [*report["warnings"], *(text for item in report["series"] for text in item["warnings"])]
    assert any("the dollar index by YAHOO:DX-Y.NYB and by YAHOO:DX=F differ by" in text for text in told)
    assert any("DERIVED:DXY_ECB differs from YAHOO:DX-Y.NYB" in text for text in told), "the formula is compared too"
    after = {item["id"]: item for item in json.loads(services.run("explain", *day, code=None))["indicators"]}
    live = [name for name, item in before.items() if item["is_precomputed"] and not after[name]["is_precomputed"]]
    assert sum(after[name]["status"] == "fresh" for name in live) >= len(live) / 2, "some lean on other sources too"
    assert all("YAHOO:" in after[name]["source"] and after[name]["value"] is not None for name in live)
    assert len(live) > sum(item["is_precomputed"] for item in after.values()), "what stays needs other sources"
    assert report["as_of"] == "2026-07-22", "prices alone are too little for a score of today"


def test_one_provider_down_is_told_by_name_and_the_rest_arrives(services: Services) -> None:
    services.loopbacks[FRED_HOST].always = "500"
    only = ("--series", "FRED:UNRATE", "--series", "YAHOO:SPY/adj")
    said = services.run("refresh", *only, code=4)
    assert "FRED:UNRATE: failed: FRED cannot answer now (500); served from the store, whose newest value is" in said
    assert re.search(r"YAHOO:SPY/adj: \d+ new", said)
    services.loopbacks[yahoo.HOSTS[0]].always = "500"
    said = services.run("refresh", *only[:2], "--all", code=5)
    assert "1 failed" in said

"""A first refresh of an empty store in which every provider gives all it has; the next; and one without a provider."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.servers import fred, yahoo
from tests.servers.everything import MANY_VINTAGES, Everything
from tests.services import FRED_HOST, TODAY, Services
from xl_thesis.catalogue import load_catalogue
from xl_thesis.store import open_store

FAILED = re.compile(
    r"failed: (not asked, because )?Yahoo cannot answer now \(500\); served from the store, whose newest value is"
    r" (a day|\d days) old \(\d{4}-\d\d-\d\d\)"
)


def test_everything_is_brought_then_nothing_is_asked_and_one_that_is_away_costs_nothing(tmp_path: Path) -> None:
    """The command itself, with a user's settings and pace: FRED's series take their minute and a quarter."""
    world = Everything(list(load_catalogue().values()), TODAY)
    with ExitStack() as stack:
        services = Services(tmp_path, stack, ((hosts, answer) for _, hosts, answer in world.answers()))
        providers = {name: services.loopbacks[hosts[0]] for name, hosts, _ in world.answers()}

        def asked() -> dict[str, int]:
            """Requests of each provider since the last look."""
            counts = {name: len(loopback.seen) for name, loopback in providers.items()}
            for loopback in providers.values():
                loopback.seen.clear()
            return counts

        first = json.loads(services.run("refresh", "--json", seconds=300))
        assert first["counts"] == {"fetched": len(world.served)}, [
            item for item in first["series"] if item["status"] != "fetched"
        ]
        assert sorted(item["series_id"] for item in first["series"]) == sorted(world.served)
        assert (first["exit_code"], first["as_of"], first["as_of_moved"]) == (0, str(TODAY), True)
        assert all(asked().values())
        check_score(services)
        check_store(tmp_path, len(world.served))

        second = json.loads(services.run("refresh", "--json"))
        assert (second["exit_code"], second["counts"]) == (0, {"unchanged": len(world.served)})
        assert max(asked().values()) <= 1

        providers["yahoo"].always = "500"
        before = scored(services)
        said = services.run("refresh", "--all", code=4)
        counts = asked()
        assert counts["fred"] == counts["ecb"] == 1, "a list of what changed; one file for all rates"
        assert f"{len(world.served)} series in " in said
        tickers = [name for name in world.served if name.startswith("YAHOO:")]
        lines = dict(line.split("] ", 1)[1].split(": ", 1) for line in said.splitlines() if line.startswith("["))
        assert all(FAILED.fullmatch(lines[name]) for name in tickers), lines
        assert f"{len(tickers)} failed, {len(world.served) - len(tickers)} unchanged." in said
        assert f"Scores are now as known on {TODAY}." in said
        assert scored(services) == before
        assert services.loopbacks[yahoo.HOSTS[0]] is providers["yahoo"]
        assert services.loopbacks[FRED_HOST] is providers["fred"]


def scored(services: Services) -> dict[str, Any]:
    """The score with all of its parts, but not when the store was last refreshed."""
    document: dict[str, Any] = json.loads(services.run("score", "--json"))
    return {name: value for name, value in document.items() if name != "data"}


def check_score(services: Services) -> None:
    """The score is one of today, and nothing in it came precomputed or is out of date."""
    score = json.loads(services.run("score", "--json"))
    assert (score["as_of"], score["data"]["kind"]) == (str(TODAY), "refreshed")
    assert score["status"] == "full"
    assert set(score["grade_shares"]) == {"A", "B"}
    found = {item["id"]: item for item in score["indicators"]}
    assert found["labour_cooling"]["grade"] == "A", "with a key, by its vintages"
    live = [item for item in found.values() if item["status"] == "fresh"]
    assert not any(item["is_precomputed"] for item in live)


def check_store(folder: Path, series: int) -> None:
    """Whole, with a feed of every series, and with the key in no file."""
    with open_store(folder / "store.sqlite") as store:
        feeds = store.feeds()
        assert len(feeds) == series
        assert not any(feed.failure for feed in feeds.values())
        assert feeds[f"FRED:{MANY_VINTAGES}"].facts["vintages_from"] < "2020"
        assert store.has_vintages(f"FRED:{MANY_VINTAGES}")
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert not [file.name for file in files if fred.KEY.encode() in file.read_bytes()]

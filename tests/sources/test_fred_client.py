"""The server is like the real one: the unmodified client talks to it."""

from __future__ import annotations

import json
import warnings

import fredapi
import pytest

from tests.servers import fred as server
from tests.servers.fred import FOREVER, KEY
from tests.servers.loopback import Loopback
from tests.sources.fred_series import Serve, gdp, read


def test_plain_fredapi_talks_to_the_server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    link = serve(Loopback(server.Fred({"GDP": gdp()}).answer))
    plain = fredapi.Fred(api_key=KEY)
    monkeypatch.setattr(plain, "root_url", link.fred_base_url)
    assert plain.get_series_info("GDP")["title"] == "Gross Domestic Product"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas' words about fredapi's code
        first = plain.get_series_first_release("GDP")
    assert {str(day.date()): value for day, value in first.items()} == {
        answer["date"]: float(answer["first"]) for answer in read("answers.csv")
    }
    assert len(plain.get_series_vintage_dates("GDP")) > 50
    with pytest.raises(ValueError, match="does not exist"):
        plain.get_series("NONE")


def test_the_server_speaks_json_too(serve: Serve) -> None:
    import urllib.request

    link = serve(Loopback(server.Fred({"GDP": gdp()}).answer))
    query = urllib.parse.urlencode({"series_id": "GDP", "api_key": KEY, "file_type": "json",
                                    "realtime_start": "1776-07-04", "realtime_end": FOREVER})  # fmt: skip
    with urllib.request.urlopen(f"{link.fred_base_url}/series/observations?{query}") as response:
        answer = json.load(response)
    assert answer["observations"][0] == {
        "date": "2013-01-01", "realtime_start": "2013-04-26", "realtime_end": "2013-05-29", "value": "16010.2",
    }  # fmt: skip

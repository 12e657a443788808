"""FRED without a key: today's values, labelled."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from tests.servers import fred as server
from tests.servers.loopback import Loopback
from tests.sources.conftest import TODAY, is_one_plain_line, series, wanted
from tests.sources.fred_series import FAST, UNRATE, Serve, good, one
from xl_thesis.errors import BadAnswer, Unreachable
from xl_thesis.sources.protocol import Link


def graph(text: str) -> Loopback:
    return Loopback(lambda *_: server.Reply(200, text.encode(), "application/csv"))


def test_without_a_key_todays_values_come_labelled(serve: Serve, link: Link) -> None:
    loopback = graph("observation_date,UNRATE\n2023-07-01,3.5\n2023-08-01,3.8\n2023-09-01,\n")
    serve(loopback)
    link = replace(link, fred_key=None)
    provider = replace(FAST, graph_url=f"{loopback.url}/graph/fredgraph.csv")
    outcome = good(one(link, wanted(UNRATE), provider))
    assert outcome.source == "FRED graph (without a key)" and not outcome.vintage_true
    assert outcome.rows == [
        ("FRED:UNRATE", "2023-07-31", 3.5, "2023-08-10"), ("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-10"),
    ]  # fmt: skip
    later = good(one(link, wanted(UNRATE, dt.date(2023, 7, 31)), provider))
    assert later.rows == [
        ("FRED:UNRATE", "2023-07-31", 3.5, TODAY.isoformat()), ("FRED:UNRATE", "2023-08-31", 3.8, "2023-09-10"),
    ]  # fmt: skip
    assert good(one(link, wanted(UNRATE, TODAY, outcome.state), provider)).unchanged
    assert len(loopback.seen) == 2 and all("api_key" not in query for _, query in loopback.seen)


def test_a_graph_rests_word_for_word_and_is_asked_again_after_a_wrong_clock(serve: Serve, link: Link) -> None:
    loopback = graph("observation_date,UNRATE\n2023-07-01,3.5\n")
    serve(loopback)
    link, provider = replace(link, fred_key=None), replace(FAST, graph_url=loopback.url)
    first = good(one(link, wanted(UNRATE), provider)).state
    rest = good(one(link, wanted(UNRATE, TODAY, first), provider))
    assert rest.unchanged and rest.state == first and len(loopback.seen) == 1
    kept = json.loads(first or "")
    ahead = dt.datetime.fromisoformat(kept["asked"]) + dt.timedelta(days=30)
    state = json.dumps(kept | {"asked": ahead.isoformat()})
    again = good(one(link, wanted(UNRATE, TODAY, state), provider))
    assert again.unchanged and again.state not in (first, state) and len(loopback.seen) == 2


def test_a_value_published_early_counts_from_the_day_it_was_seen(serve: Serve, link: Link) -> None:
    first = TODAY.replace(day=1) - dt.timedelta(days=1)
    loopback = graph(f"observation_date,SLOW\n{first.replace(day=1)},1.0\n")
    serve(loopback)
    provider = replace(FAST, graph_url=loopback.url)
    outcome = good(one(replace(link, fred_key=None), wanted(series("FRED:SLOW", lag_days=90)), provider))
    assert outcome.rows == [("FRED:SLOW", first.isoformat(), 1.0, TODAY.isoformat())]


@pytest.mark.parametrize(
    "text",
    ["", "DATE,OTHER\n2023-07-01,1\n", "observation_date,UNRATE\n2023-07-01,1\n2023-08-0", "observation_date,UNRATE\n",
     "observation_date,UNRATE\n2023-07-01,many\n", "observation_date,UNRATE\n2023-07-01,inf\n",
     "observation_date,UNRATE\n2023-07-01,1e999\n", "observation_date,UNRATE\n2023-07-01,nan\n", '{"error": 1}'],
)  # fmt: skip
def test_a_graph_that_is_none(serve: Serve, link: Link, text: str) -> None:
    loopback = graph(text)
    serve(loopback)
    outcome = one(replace(link, fred_key=None), wanted(UNRATE), replace(FAST, graph_url=loopback.url))
    assert isinstance(outcome, BadAnswer) and is_one_plain_line(outcome)


def test_doctor_can_ask_without_a_key(serve: Serve, link: Link) -> None:
    loopback = graph("observation_date,GDPA\n2024-01-01,29298.0\n")
    serve(loopback)
    provider = replace(FAST, graph_url=f"{loopback.url}/graph/fredgraph.csv")
    provider.ping(replace(link, fred_key=None))
    assert loopback.seen == [("/graph/fredgraph.csv", {"id": "GDPA"})]
    loopback.always = "500"
    with pytest.raises(Unreachable):
        provider.ping(replace(link, fred_key=None))

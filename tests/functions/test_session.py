"""What is kept and for how long: until another process writes, the day turns, or a file changes."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.reference import fedwatch, strategy
from xl_thesis import fedfunds, ledger, pipeline, published
from xl_thesis.authoring import start_thesis
from xl_thesis.days import today
from xl_thesis.default_store import open_default_store, seed
from xl_thesis.store import Row, open_store
from xl_thesis.thesis import load_thesis
from xl_thesis_udfs import edge, failures, formula
from xl_thesis_udfs import session as sessions
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.session import session

THESIS = "american_exceptionalism"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the embedded data, made once."""
    path = tmp_path_factory.mktemp("seeded") / "store.sqlite"
    with open_store(path) as store:
        seed(store)
    return path


@pytest.fixture
def own_home(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store and a session that no other test sees."""
    shutil.copy(seeded, tmp_path / "store.sqlite")
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    session.cache_clear()
    yield tmp_path
    session().close()
    session.cache_clear()


def write(rows: list[Row], notes: dict[str, str] | None = None) -> None:
    """Another connection to the store, as a refresh has."""
    with open_default_store() as store:
        store.write(rows, source="test", notes=notes)


def said(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


WRITER = """
    import sys
    from xl_thesis.default_store import open_default_store

    store = open_default_store()
    print("ready", flush=True)
    for line in sys.stdin:
        value = float(line)
        store.write([("FRED:UNRATE", "2026-06-30", value, "2026-07-02")], source="another process")
        print("written", flush=True)
"""


def test_a_value_that_another_process_wrote_is_there_at_once(own_home: Path) -> None:
    assert formula.evaluate('=THESIS_LATEST("UNRATE","2026-07-10")') != 0.5
    command = [sys.executable, "-c", textwrap.dedent(WRITER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) as other:
        assert said(other.stdout) == "ready"
        assert other.stdin is not None
        for round_ in range(25):
            before = edge.token()
            assert edge.token() == before
            other.stdin.write(f"{round_ + 0.5}\n")
            other.stdin.flush()
            assert said(other.stdout) == "written"
            assert formula.evaluate('=THESIS_LATEST("UNRATE","2026-07-10")') == round_ + 0.5
            assert edge.token() != before
        other.stdin.close()
        assert other.wait(30) == 0


def test_a_score_follows_a_refresh(own_home: Path) -> None:
    day = formula.evaluate("=THESIS_ASOF()")
    before = formula.evaluate('=THESIS_INDICATOR("labour_cooling","value")')
    write([("FRED:UNRATE", "2026-09-30", 9.9, "2026-10-02")],
          {f"refreshed_at:{THESIS}": "2026-10-05T12:00:00+00:00"})  # fmt: skip
    assert formula.evaluate("=THESIS_ASOF()") == today() != day
    assert formula.evaluate('=THESIS_INDICATOR("labour_cooling","value")') != before
    status = formula.evaluate("=THESIS_STATUS()")
    assert isinstance(status, list) and "refreshed at 2026-10-05" in str(status[1][3])


def test_a_store_that_was_replaced_by_another_file_is_opened_anew(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write([("FRED:UNRATE", "2026-06-30", 7.7, "2026-07-02")])
    assert formula.evaluate('=THESIS_LATEST("UNRATE","2026-07-10")') == 7.7
    for suffix in ("", "-wal", "-shm"):
        file = own_home / f"store.sqlite{suffix}"
        if file.exists():
            file.replace(own_home / f"kept{suffix}")
    monkeypatch.setattr(sessions, "_LOOK_EVERY", 0.0)
    assert formula.evaluate('=THESIS_LATEST("UNRATE","2026-07-10")') != 7.7


def test_a_store_that_was_out_of_reach_answers_again_once_it_is_back(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = '=THESIS_LATEST("UNRATE","2026-07-10")'
    write([("FRED:UNRATE", "2026-06-30", 7.7, "2026-07-02")])
    monkeypatch.setattr(sessions, "_LOOK_EVERY", 0.0)
    before = edge.token()
    assert formula.evaluate(asked) == 7.7 and before
    store, aside = own_home / "store.sqlite", own_home / "aside.sqlite"
    store.rename(aside)
    store.mkdir()  # what cannot be opened
    for _ in range(2):
        assert isinstance(formula.evaluate(asked), CellError)
        assert edge.token() == ""
    store.rmdir()
    aside.rename(store)  # the very file that was open
    assert formula.evaluate(asked) == 7.7
    assert edge.token() not in ("", before)


def test_the_token_is_empty_and_no_exception_where_settings_are_broken(own_home: Path) -> None:
    assert edge.token()
    (own_home / "settings.toml").write_text("thesis = [", encoding="utf-8")
    session()._look_again = 0.0
    assert edge.token() == ""
    (own_home / "settings.toml").unlink()
    assert edge.token()


def test_a_fault_in_the_token_is_logged_and_no_exception(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("why")

    monkeypatch.setattr(session(), "state", broken)
    assert edge.token() == ""
    assert "token(): RuntimeError" in (own_home / failures.FILE_NAME).read_text(encoding="utf-8")


def test_the_day_turns_at_midnight_in_new_york(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = dt.datetime(2026, 7, 2, 3, 59, 59, tzinfo=dt.UTC).timestamp()  # 23:59:59 on the first of July
    monkeypatch.setattr(sessions.time, "time", lambda: now)
    first = session().state(None)
    assert session().state(None) == first
    monkeypatch.setattr(sessions.time, "time", lambda: now + 1)
    assert session().state(None) != first
    monkeypatch.setattr(sessions.time, "time", lambda: now)
    assert session().state(None) == first, "a clock that was set back is believed"


def test_a_thesis_file_is_read_anew_once_it_has_changed(own_home: Path) -> None:
    text = (Path(pipeline.__file__).parent / "theses" / f"{THESIS}.yaml").read_text(encoding="utf-8")
    file = own_home / f"{THESIS}.yaml"
    file.write_text(text, encoding="utf-8")
    formula_ = f'=THESIS_PILLAR("DOLLAR","weight","2026-06-30","{file}")'
    assert formula.evaluate(formula_) == 0.25
    title = "\n    title: {en: A weaker dollar"
    changed = text.replace(f"weight: 0.25{title}", f"weight: 0.5{title}")
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    assert formula.evaluate(formula_) == pytest.approx(0.4)
    file.unlink()
    assert str(formula.evaluate(formula_)) == "#VALUE!"


def test_a_thesis_may_bring_its_own_series(own_home: Path) -> None:
    text = (Path(pipeline.__file__).parent / "theses" / f"{THESIS}.yaml").read_text(encoding="utf-8")
    own = """
series:
  - {id: OWN:RATE, title: A rate of our own, unit: percent, frequency: monthly, lag_days: 5, publisher: Us,
     licence: ours, redistributable: true}
pillars:"""
    file = own_home / f"{THESIS}.yaml"
    file.write_text(text.replace("\npillars:", own, 1).replace("YAHOO:GC=F", "OWN:RATE"), encoding="utf-8")
    write([("OWN:RATE", "2026-05-31", 4.5, "2026-06-05")])
    found = formula.evaluate(f'=THESIS_CATALOGUE("own:rate","2026-06-30","{file}")')
    assert isinstance(found, list) and found[1][6] == 4.5
    status = formula.evaluate(f'=THESIS_STATUS("series","{file}")')
    assert isinstance(status, list)
    assert next(row for row in status if row[0] == "OWN:RATE")[3] == dt.date(2026, 5, 31)
    assert isinstance(formula.evaluate(f'=THESIS_LEDGER("2026-06-30","{file}")'), list)


def test_a_forecast_is_in_the_ledger_and_the_scoreboard_at_once(own_home: Path) -> None:
    thesis = load_thesis(THESIS)
    assert isinstance(formula.evaluate('=THESIS_QUESTION("Q4","forecast",TODAY())'), CellError)
    book = ledger.Ledger(thesis, ledger.open_log())
    book.add_forecast("Q4", 0.8, "me", today(), today=today())
    day = f'"{today()}"'
    assert formula.evaluate(f'=THESIS_QUESTION("Q4","forecast",{day})') == 0.8
    assert formula.evaluate(f'=THESIS_QUESTION("Q4","forecast_by",{day})') == "me"
    assert formula.evaluate("=THESIS_SCOREBOARD()") == [
        ["by", "questions", "brier", "time_weighted_brier", "log", "base_rate_brier", "skill"]
    ]


def test_a_score_that_was_given_out_is_listed_as_it_was(own_home: Path) -> None:
    head = formula.evaluate("=THESIS_PUBLISHED()")
    assert isinstance(head, list) and len(head) == 1
    with open_default_store() as store:
        result = pipeline.Scorer(load_thesis(THESIS), store).evaluate(dt.date(2026, 6, 30), with_band=True)
    published.publish(result)
    found = formula.evaluate("=THESIS_PUBLISHED()")
    assert isinstance(found, list) and len(found) == 2
    row = dict(zip(map(str, found[0]), found[1], strict=True))
    assert result.band is not None
    assert (row["as_of"], row["score"], row["band_low"]) == (dt.date(2026, 6, 30), result.score, result.band.p5)
    assert row["reconstruction"] is True and row["data_hash"] == result.data_hash
    log = own_home / published.FILE_NAME
    log.write_text(log.read_text(encoding="utf-8").replace("leaning", "strongly"), encoding="utf-8")
    broken = formula.evaluate("=THESIS_PUBLISHED()")
    assert isinstance(broken, CellError) and broken.code == "#VALUE!" and "changed" in broken.sentence


def test_a_definition_frozen_meanwhile_is_seen_and_a_score_given_out_is_no_reason_to_compute_anew(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_LOOK_EVERY", 0.0)
    text = '=THESIS_DETAIL("reconstruction","2026-06-30")'
    assert formula.evaluate(text) is True
    before = edge.token()
    result = session().evaluate(dt.date(2026, 6, 30), None)
    published.publish(result)
    assert edge.token() == before
    published.freeze(load_thesis(THESIS), today=dt.date(2026, 6, 1))
    assert edge.token() != before
    assert formula.evaluate(text) is False


def test_the_token_follows_the_file_of_a_thesis_that_a_cell_names(own_home: Path, tmp_path: Path) -> None:
    """Hosts keep a cell's value by the token: a thesis edited in any editor, or made later, must be seen there too."""
    path = tmp_path / "own_rates.yaml"
    text = f'=THESIS_DETAIL("title","2026-06-30","{path}")'
    assert str(formula.evaluate(text)) == "#VALUE!"
    without = edge.token()
    start_thesis(path)
    assert edge.token() != without
    assert formula.evaluate(text) != "Another title"
    before = edge.token()
    assert edge.token() == before
    title = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("title:"))
    changed = path.read_text(encoding="utf-8").replace(title, "title: Another title", 1)
    path.write_text(re.sub(r"^title: Another title\n(?:  .*\n)*", "title:\n  en: Another title\n  zh-Hant: 另一標題\n",
                           changed, flags=re.MULTILINE), encoding="utf-8")  # fmt: skip
    assert edge.token() != before
    assert formula.evaluate(text) == "Another title"


def test_a_store_that_cannot_be_opened_is_an_error_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "file"))
    session.cache_clear()
    value = formula.evaluate("=THESIS_SCORE()")
    assert isinstance(value, CellError) and value.code == "#VALUE!" and "cannot be used" in value.sentence
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "home"))
    assert isinstance(formula.evaluate("=THESIS_SCORE()"), float)
    session().close()
    session.cache_clear()


def test_the_default_thesis_is_the_settings(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_LOOK_EVERY", 0.0)
    first = formula.evaluate('=THESIS_SCORE("2026-06-30")')
    monkeypatch.setenv("XL_THESIS_DEFAULT", "jobless_boom")
    assert formula.evaluate('=THESIS_SCORE("2026-06-30")') != first
    assert formula.evaluate('=THESIS_SCORE("2026-06-30","american_exceptionalism")') == first


def test_memory_is_bounded(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(sessions.REMEMBERED + 40):
        edge.call("THESIS_META", ["UNRATE", "last", dt.date(2020, 1, 1) + dt.timedelta(days=day)])
    assert len(session()._results) <= sessions.REMEMBERED


def test_nothing_is_computed_twice(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    formula.evaluate('=THESIS_SCORE("2026-06-30")')
    calls: list[Any] = []
    monkeypatch.setattr(pipeline.Scorer, "evaluate", lambda *_, **__: calls.append(1))
    for text in ("=THESIS_SCORE(", "=THESIS_LABEL(", "=THESIS_COVERAGE(", '=THESIS_PILLAR("DOLLAR",,'):
        assert not isinstance(formula.evaluate(f'{text}"2026-06-30")'), CellError)
    assert calls == []


# ---------------------------------------------------------------- what needs vendor prices, with prices in the store


def test_cuts_from_futures_are_those_of_the_published_method(own_home: Path) -> None:
    day, prices = dt.date(2026, 9, 18), fedwatch.SETTLEMENTS_2026_09_18
    rows: list[Row] = [(fedfunds.contract_id(month), str(day), price, str(day)) for month, price in prices.items()]
    rows.append(("FRED:DFF", str(day), 3.88, str(day)))
    write(rows)
    for by in (dt.date(2026, 12, 31), dt.date(2027, 3, 31)):
        expected = fedfunds.cuts_by(prices, fedfunds.MEETINGS, day, by, 3.88)
        assert edge.call("FED_CUTS", [by, day]) == pytest.approx(expected)
    value = edge.call("FED_CUTS", [dt.date(2026, 12, 31), day + dt.timedelta(days=60)])
    assert isinstance(value, CellError) and value.code == "#N/A", "old prices do not count"


def test_mnav_is_the_companys_own_figure(own_home: Path) -> None:
    fact, day = strategy.NOVEMBER_2025, "2025-11-04"
    shares = 300e6
    inputs = {
        "YAHOO:MSTR": fact["market_cap_usd"] / shares, "YAHOO:BTC-USD": fact["bitcoin_price_usd"],
        "MANUAL:mstr_basic_shares": shares, "MANUAL:mstr_diluted_shares": 1.1 * shares,
        "MANUAL:mstr_debt_usd": fact["enterprise_value_usd"] - fact["market_cap_usd"], "MANUAL:mstr_preferred_usd": 0.0,
        "MANUAL:mstr_cash_usd": 0.0, "MANUAL:mstr_bitcoin": float(fact["bitcoin"]),
    }  # fmt: skip
    write([(name, day, x, day) for name, x in inputs.items()])
    assert edge.call("MSTR_MNAV", [day]) == pytest.approx(fact["enterprise_mnav"], abs=0.005)
    basic, diluted = (edge.call("MSTR_MNAV", [day, name]) for name in ("basic", "diluted"))
    assert basic == pytest.approx(fact["market_cap_usd"] / fact["bitcoin_nav_usd"], rel=0.005)
    assert isinstance(basic, float) and diluted == pytest.approx(1.1 * basic)
    stale = edge.call("MSTR_MNAV", ["2025-12-31"])
    assert isinstance(stale, CellError) and "too old" in stale.sentence


def test_mnav_may_be_entered_by_hand(own_home: Path) -> None:
    write([("MANUAL:mstr_mnav_ev", "2026-06-26", 1.31, "2026-06-28")])
    assert formula.evaluate('=MSTR_MNAV("2026-06-30")') == 1.31
    assert isinstance(formula.evaluate('=MSTR_MNAV("2026-06-30","basic")'), CellError)

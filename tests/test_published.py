"""Scores as they were given out, frozen definitions, and the commands that show them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xl_thesis import actions, published
from xl_thesis.cli import main
from xl_thesis.default_store import open_default_store
from xl_thesis.errors import DefinitionError
from xl_thesis.pipeline import Scorer
from xl_thesis.records import BrokenLogError
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis, parse_thesis, seal_of

from .engine.mini import as_yaml, document

MINI = Path("mini.yaml")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, on the store of the run."""
    with open_default_store() as store:
        monkeypatch.setenv("XL_THESIS_STORE", store.engine.where)
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with open_default_store() as store:
        yield Scorer(load_thesis("american_exceptionalism"), store)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    shown = capsys.readouterr()
    return int(stopped.value.code or 0), shown.out, shown.err


def test_a_snapshot_is_a_publication_and_a_demo_is_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = home.parent / "mail.xlsx"
    assert run(capsys, "snapshot", "--out", str(out), "--as-of", "2026-06-30")[0] == 0
    (record,) = published.open_log().read()
    entry = record.content
    assert isinstance(entry, published.Published)
    with open_default_store() as store:
        result = Scorer(load_thesis(entry.thesis), store).evaluate(entry.as_of, with_band=True)
    assert (entry.score, entry.label, entry.status) == (result.score, result.label, result.status)
    assert entry.bounds == (result.bounds.low, result.bounds.high) if result.bounds else None
    assert entry.band == (result.band.p5, result.band.p50, result.band.p95) if result.band else None
    assert (entry.definition_hash, entry.data_hash) == (result.definition_hash, result.data_hash)
    assert entry.reconstruction
    assert run(capsys, "demo", "--out", str(home.parent / "demo.xlsx"))[0] == 0
    assert len(published.open_log().read()) == 1


def test_the_same_score_of_the_same_day_is_one_line(scorer: Scorer, tmp_path: Path) -> None:
    log, result = published.open_log(tmp_path), scorer.evaluate(dt.date(2026, 6, 30))
    days = (dt.date(2026, 7, 1), dt.date(2026, 7, 1), dt.date(2026, 7, 2))
    assert [published.publish(result, log, today=day).number for day in days] == [1, 1, 2]
    assert [entry.date for entry in published.read_published(result.thesis, log)] == [days[0], days[2]]
    assert published.read_published("another", log) == []


def test_a_withheld_score_is_recorded_as_loudly(tmp_path: Path, scorer: Scorer) -> None:
    result = scorer.evaluate(dt.date(1995, 1, 31))
    assert result.score is None
    log = published.open_log(tmp_path)
    published.publish(result, log)
    assert published.read_published(result.thesis, log)[0].score is None


def test_an_edited_or_reordered_log_is_found_and_nothing_is_added_to_it(
    home: Path, capsys: pytest.CaptureFixture[str], scorer: Scorer
) -> None:
    log, result = published.open_log(), scorer.evaluate(dt.date(2026, 6, 30))
    for day in (1, 2, 3):
        published.publish(result, log, today=dt.date(2026, 7, day))
    assert run(capsys, "log")[0] == 0
    lines = log.path.read_text().splitlines(keepends=True)
    for damaged in (
        "".join(lines).replace(f'"score":{result.score!r}', '"score":99.0', 1),
        "".join([lines[1], lines[0], lines[2]]),
        "".join(lines[:2]),
    ):
        log.path.write_text(damaged)
        code, _, said = run(capsys, "log")
        assert code == 1 and "THE LOG WAS CHANGED" in said
        with pytest.raises(BrokenLogError):
            published.publish(result, log, today=dt.date(2026, 7, 4))
        code, _, said = run(capsys, "history", "--published")
        assert code == 2 and "changed after it was written" in said
        assert log.path.read_text() == damaged


def test_a_log_that_was_changed_does_not_cost_the_workbook(
    home: Path, capsys: pytest.CaptureFixture[str], scorer: Scorer
) -> None:
    log = published.open_log()
    published.publish(scorer.evaluate(dt.date(2026, 6, 30)), log)
    log.path.write_text(log.path.read_text().replace("partial", "full").replace('"full"', '"partial2"'))
    out = home.parent / "mail.xlsx"
    code, _, said = run(capsys, "snapshot", "--out", str(out))
    assert code == 2 and "changed after it was written" in said and out.exists()


def test_the_two_kinds_of_history_are_never_mixed(
    home: Path, capsys: pytest.CaptureFixture[str], scorer: Scorer
) -> None:
    published.publish(scorer.evaluate(dt.date(2026, 6, 30)), today=dt.date(2026, 7, 1))
    code, out, _ = run(capsys, "history", "--published", "--json")
    given_out = json.loads(out)
    assert code == 0 and given_out["kind"] == "published" and len(given_out["rows"]) == 1
    code, out, _ = run(capsys, "history", "--start", "2026-04-01", "--frequency", "w", "--json")
    rebuilt = json.loads(out)
    assert rebuilt["kind"] == "reconstruction" and all(row["reconstruction"] for row in rebuilt["rows"])
    days = [dt.date.fromisoformat(row["as_of"]) for row in rebuilt["rows"]]
    assert all(day.weekday() == 4 for day in days[:-1]) and days[-1] == dt.date(2026, 7, 22)
    for row in rebuilt["rows"][::5]:
        assert row["score"] == pytest.approx(
            scorer.evaluate(dt.date.fromisoformat(row["as_of"])).score, abs=1e-12, nan_ok=True
        )
    assert run(capsys, "history", "--start", "2026-04-01")[1].startswith("RECONSTRUCTION")
    assert run(capsys, "history", "--published")[1].startswith("PUBLISHED")
    assert run(capsys, "history", "--start", "2027-01-01", "--finish", "2026-01-01")[0] == 2


@pytest.mark.parametrize(
    ("frequency", "days"),
    [("q", ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31", "2026-02-01"]),
     ("a", ["2025-12-31", "2026-02-01"])],
)  # fmt: skip
def test_quarters_and_years(home: Path, capsys: pytest.CaptureFixture[str], frequency: str, days: list[str]) -> None:
    options = ("--start", "2025-02-24", "--finish", "2026-02-01", "--frequency", frequency, "--json")
    assert [row["as_of"] for row in json.loads(run(capsys, "history", *options)[1])["rows"]] == days


def mini(**change: Any) -> str:
    return as_yaml({**document(), **change})


def test_freezing_labels_everything_before_as_reconstruction(home: Path, tmp_path: Path) -> None:
    thesis = parse_thesis(mini(), MINI)
    with Store(":memory:") as store:
        assert Scorer(thesis, store).frozen_on is None
        record, is_new = published.freeze(thesis, today=dt.date(2022, 3, 1))
        assert is_new and published.freeze(thesis, today=dt.date(2022, 4, 1)) == (record, False)
        store.write([("MANUAL:level", "2022-01-31", 2.0, "2022-02-05")], source="test")
        scorer = Scorer(thesis, store)
        assert scorer.evaluate(dt.date(2022, 2, 28)).reconstruction
        assert not scorer.evaluate(dt.date(2022, 3, 1)).reconstruction


def test_a_scorer_that_lives_on_sees_a_later_freeze_and_a_log_that_was_tampered_with(home: Path) -> None:
    thesis = parse_thesis(mini(), MINI)
    with Store(":memory:") as store:
        store.write([("MANUAL:level", "2022-01-31", 2.0, "2022-02-05")], source="test")
        scorer, day = Scorer(thesis, store), dt.date(2022, 3, 1)
        assert scorer.evaluate(day).reconstruction
        published.freeze(thesis, today=day)
        assert (scorer.frozen_on, scorer.evaluate(day).reconstruction) == (day, False)
        assert published.freezes() is published.freezes(), "read once"
        log = published.open_log()
        log.path.with_name(f"{published.FILE_NAME}.hashes").write_text("0" * 64 + "\n")
        assert scorer.frozen_on is None


def test_a_changed_definition_is_not_frozen_and_ends_the_old_one(home: Path) -> None:
    first = parse_thesis(mini(), MINI)
    content = document()
    content["pillars"][0]["weight"] = 3.0
    second = parse_thesis(as_yaml(content), MINI)
    published.freeze(first, today=dt.date(2022, 3, 1))
    assert published.frozen_on(second) is None
    published.freeze(second, today=dt.date(2022, 5, 1))
    assert published.frozen_on(second) == dt.date(2022, 5, 1)
    assert published.frozen_on(first) is None  # nobody goes back to the better of two
    published.freeze(first, today=dt.date(2022, 6, 1))
    assert published.frozen_on(first) == dt.date(2022, 6, 1)


def test_a_changed_falsifier_is_a_new_line(home: Path) -> None:
    content = document()
    published.freeze(parse_thesis(as_yaml(content), MINI), today=dt.date(2022, 3, 1))
    content["indicators"][0]["falsifier"] = "it falls a lot"
    changed = parse_thesis(as_yaml(content), MINI)
    assert published.frozen_on(changed) is None  # a softer falsifier is another definition
    record, is_new = published.freeze(changed, today=dt.date(2022, 4, 1))
    assert is_new and record.number == 2
    assert published.frozen_on(changed) == dt.date(2022, 4, 1)


def test_a_log_that_was_changed_vouches_for_no_frozen_definition(home: Path) -> None:
    thesis = parse_thesis(mini(), MINI)
    published.freeze(thesis, today=dt.date(2022, 3, 1))
    path = published.open_log().path
    path.write_text(path.read_text().replace("2022-03-01", "2020-03-01"))
    with Store(":memory:") as store:
        assert Scorer(thesis, store).frozen_on is None


def test_a_frozen_file_that_was_changed_is_refused() -> None:
    seal = {"frozen_on": dt.date(2022, 3, 1), "frozen_hash": seal_of(parse_thesis(mini(), MINI))}
    thesis = parse_thesis(mini(**seal), MINI)
    with Store(":memory:") as store:
        assert Scorer(thesis, store).frozen_on == dt.date(2022, 3, 1)
    content = {**document(), **seal}
    content["title"] = {"en": "Another name", "zh-Hant": "新名"}
    parse_thesis(as_yaml(content), MINI)  # words are not part of it
    content["pillars"][0]["weight"] = 3.0
    with pytest.raises(DefinitionError, match="changed after it was frozen on 2022-03-01"):
        parse_thesis(as_yaml(content), MINI)
    content = {**document(), **seal}
    content["indicators"][0]["falsifier"] = "it falls a lot"
    with pytest.raises(DefinitionError, match="changed after it was frozen on 2022-03-01"):
        parse_thesis(as_yaml(content), MINI)
    with pytest.raises(DefinitionError, match="before the thesis was published"):
        parse_thesis(mini(**{**seal, "frozen_on": dt.date(2020, 1, 1)}), MINI)
    with pytest.raises(DefinitionError, match="belong together"):
        parse_thesis(mini(frozen_on=dt.date(2022, 3, 1)), MINI)


def test_the_commands_freeze_and_log(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = home.parent / "mini.yaml"
    own.write_text(mini(), encoding="utf-8")
    code, out, _ = run(capsys, "freeze", "--thesis", str(own))
    assert code == 0 and "frozen_on: " in out
    lines = [line.strip() for line in out.splitlines() if line.strip().startswith("frozen_")]
    own.write_text(mini() + "\n".join(lines) + "\n", encoding="utf-8")
    assert load_thesis(str(own)).frozen_hash == seal_of(parse_thesis(mini(), MINI))
    code, out, _ = run(capsys, "freeze", "--thesis", str(own), "--json")
    assert json.loads(out)["is_new"] is False and json.loads(out)["put_into_file"] == []
    code, out, _ = run(capsys, "log", "--json")
    assert [entry["kind"] for entry in json.loads(out)] == ["frozen"]
    code, out, _ = run(capsys, "log", "--thesis", "american_exceptionalism")
    assert code == 0 and "The only line of " in out and " is as it was written; " in out


def test_the_commands_change_calendar_and_alerts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "change", "2026-06-30", "--as-of", "2026-07-22", "--json")
    found = json.loads(out)
    assert code == 0 and sum(found["causes"].values()) == pytest.approx(found["change"], abs=1e-12)
    code, out, _ = run(capsys, "change", "2026-06-30", "--as-of", "2026-07-22")
    assert f"{round(found['after'], 1) - round(found['before'], 1):+.1f} points" in out
    assert run(capsys, "change", "1995-01-31", "--as-of", "2026-07-22")[0] == 3
    assert run(capsys, "change", "2026-07-22", "--as-of", "2026-06-30")[0] == 2
    code, out, _ = run(capsys, "calendar", "--as-of", "2026-06-30")
    assert code == 0 and "infl_gap" in out and "2026-07-16" in out and "review date" in out
    code, out, _ = run(capsys, "calendar", "--as-of", "2026-06-30", "--json")
    assert {"as_of", "score", "releases", "events"} == set(json.loads(out))
    code, out, _ = run(capsys, "alerts", "--all", "--json")
    every = json.loads(out)
    code, out, _ = run(capsys, "score", "--json")
    assert json.loads(out)["alerts"] == [item for state in ("met", "near") for item in every if item["state"] == state]
    code, out, _ = run(capsys, "alerts")
    assert all(item["falsifier"].split()[0] in out for item in every if item["state"] == "near")


def test_an_action_without_a_log_publishes_nothing(home: Path, scorer: Scorer, tmp_path: Path) -> None:
    actions.snapshot(scorer, dt.date(2026, 6, 30), tmp_path / "own.xlsx", force=False)
    assert not published.open_log().path.exists()

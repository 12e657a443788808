"""The pipe between office and Python: whatever is wrong there is a sentence and #N/A, never a hang or an exception."""

from __future__ import annotations

import json
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from xl_thesis.days import today
from xl_thesis.default_store import open_default_store
from xl_thesis.version import VERSION
from xl_thesis_udfs import edge
from xl_thesis_udfs.hosts.libreoffice import worker
from xl_thesis_udfs.hosts.libreoffice.extension import link as pipe
from xl_thesis_udfs.hosts.libreoffice.extension.link import Link, Unreachable
from xl_thesis_udfs.registry import FUNCTIONS

SCORE = ("THESIS_SCORE", ("2026-06-30",))
NOT_AVAILABLE = {"error": "#N/A"}


@pytest.fixture
def link() -> Iterator[Link]:
    made = Link({"python": sys.executable})
    yield made
    made.close()


def python_that(folder: Path, code: str) -> dict[str, str]:
    """An environment whose worker does something else."""
    script = folder / "python"
    script.write_text(f"#!{sys.executable}\n" + textwrap.dedent(code))
    script.chmod(0o755)
    return {"python": str(script)}


@pytest.fixture
def wrong(tmp_path: Path) -> Iterator[object]:
    made: list[Link] = []

    def make(code: str) -> Link:
        made.append(Link(python_that(tmp_path, code)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_value_is_what_python_says(link: Link) -> None:
    assert link.call(*SCORE) == edge.call("THESIS_SCORE", ["2026-06-30"])
    assert link.version == VERSION
    assert link.call("THESIS_SCORE", ("yesterday",)) == {"error": "#VALUE!"}
    assert any("'yesterday' is not a date" in why for _, why in link.reasons)


def test_answers_are_kept_a_moment_and_forgotten_on_request(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "KEEP_SECONDS", 600)
    asked = []
    ask = link.ask
    monkeypatch.setattr(link, "ask", lambda request: asked.append(request) or ask(request))
    assert link.call(*SCORE) == link.call(*SCORE)
    assert len(asked) == 2
    link.forget()
    link.call(*SCORE)
    link.call("THESIS_STATUS", ())
    link.call("THESIS_STATUS", ())  # what is never the same twice is always asked
    assert len(asked) == 5


def test_another_programs_refresh_is_seen(link: Link, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pipe, "KEEP_SECONDS", 0)
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    asked = []
    ask = link.ask
    monkeypatch.setattr(link, "ask", lambda request: asked.append(request[0]) or ask(request))
    series = ("THESIS_LATEST", ("FRED:UNRATE", "2026-06-30"))
    before = link.call(*series)
    assert link.call(*series) == before
    assert asked == ["token", "call", "token"]
    with open_default_store() as store:
        store.write([("FRED:UNRATE", "2026-05-31", 9.9, "2026-06-29")], source="test")
    assert link.call(*series) == 9.9


def test_an_import_of_another_program_is_seen_and_so_is_that_it_was_taken_back(
    link: Link, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setattr(pipe, "KEEP_SECONDS", 0)
    asked = ("THESIS_INDICATOR", ("broad_usd", "source"))
    plain = link.call(*asked)
    row = ("FRED:DTWEXBGS", "2026-07-21", 121.5, "2026-07-22")
    with open_default_store() as store:
        store.enter([(row, None)], [], seen_on=today(), file="mine.csv")
        assert link.call(*asked) == f"{plain}, with values imported from mine.csv"
        store.take_back(1)
        assert link.call(*asked) == plain == "FRED:DTWEXBGS"


def test_an_environment_that_has_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    gone = Link({"python": str(tmp_path / "gone" / "python")})
    assert gone.call(*SCORE) == NOT_AVAILABLE
    ((_, why),) = gone.reasons
    assert "is not at" in why
    assert "xl-thesis libreoffice install" in why


def test_where_python_has_moved_the_command_on_the_path_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    moved = Link({"python": str(tmp_path / "gone")})
    assert isinstance(moved.call(*SCORE), float)
    moved.close()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("raise SystemExit(1)", "did not start"),
        ("print('hello')", "did not start"),
        ("print('[]')", "did not start"),
        ('print(\'{"version": "9.0", "protocol": 99}\')', "do not belong together"),
        ('print(\'{"version": "9.0", "protocol": 1}\')', "stopped while it was computing"),
    ],
    ids=["ends", "text", "no object", "newer", "ends later"],
)
def test_a_worker_that_is_none(wrong: object, code: str, sentence: str) -> None:
    link = wrong(code)  # type: ignore[operator]
    assert link.call(*SCORE) == NOT_AVAILABLE
    assert sentence in link.reasons[-1][1]


def test_ten_thousand_cells_do_not_start_ten_thousand_processes(wrong: object, tmp_path: Path) -> None:
    count = tmp_path / "count"
    link = wrong(f"open({str(count)!r}, 'a').write('x')")  # type: ignore[operator]
    for number in range(10_000):
        assert link.call("THESIS_SCORE", (float(number),)) == NOT_AVAILABLE
    assert len(count.read_text()) == 1


def test_a_silent_worker_is_ended(wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "SILENCE_SECONDS", 0.5)
    link = wrong("import time; time.sleep(60)")  # type: ignore[operator]
    start = time.monotonic()
    with pytest.raises(Unreachable):
        link.ask(["status"])
    assert time.monotonic() - start < 20


def test_a_worker_that_was_killed_is_started_again(link: Link) -> None:
    first = link.call(*SCORE)
    assert link._process is not None
    link._process.kill()
    link._process.wait()
    link.forget()
    assert link.call(*SCORE) == first


def test_a_fault_inside_a_function_is_an_error_and_the_next_answer_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setitem(FUNCTIONS, "DXY", replace(FUNCTIONS["DXY"], call=broken))
    lines = [json.dumps(["call", *call]) for call in (("DXY", ["2001-03-14"]), SCORE, ("NO_SUCH", []), SCORE)]
    _, fault, right, unknown, again = worker.answers(lines)
    assert fault["value"] == {"error": "#VALUE!"}
    assert unknown["value"] == {"error": "#NAME?"}
    assert right["value"] == again["value"] == edge.call("THESIS_SCORE", ["2026-06-30"])


def test_an_argument_that_cannot_be_sent_leaves_the_link_whole(link: Link) -> None:
    with pytest.raises(TypeError):  # which Calc shows as #VALUE!
        link.call("THESIS_SCORE", (object(),))
    assert link.call(*SCORE) == edge.call("THESIS_SCORE", ["2026-06-30"])


def test_beginning_again_leaves_a_worker_that_runs(link: Link) -> None:
    """Calc makes an add-in of its own, and Basic one a document."""
    link.begin()
    first = link._process
    link.begin()
    assert link.call(*SCORE) == edge.call("THESIS_SCORE", ["2026-06-30"])
    link.begin()
    assert first is not None and link._process is first


def test_a_worker_that_nobody_asks_ends(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "SILENCE_SECONDS", 1)
    monkeypatch.setattr(pipe, "UNASKED_SECONDS", 0)
    link.begin()
    end = time.monotonic() + 20
    while link._process is not None:
        assert time.monotonic() < end
        time.sleep(0.05)
    monkeypatch.setattr(pipe, "SILENCE_SECONDS", 60)
    assert link.call(*SCORE) == edge.call("THESIS_SCORE", ["2026-06-30"])  # started again; one that is asked stays
    time.sleep(1.5)
    assert link._process is not None


def test_many_threads_get_their_own_answers(link: Link) -> None:
    days = [f"2026-0{month}-15" for month in range(1, 7)] * 5
    found: dict[int, object] = {}

    def ask(position: int) -> None:
        found[position] = link.call("THESIS_SCORE", (days[position],))

    threads = [threading.Thread(target=ask, args=(position,)) for position in range(len(days))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[position] for position in range(len(days))] == [edge.call("THESIS_SCORE", [day]) for day in days]


def test_what_a_task_reports(tmp_path: Path) -> None:
    recorded = {"python": sys.executable}
    started: list[object] = []
    reports = list(pipe.run(recorded, ["snapshot", "--out", str(tmp_path / "s.xlsx")], started.append))
    assert "Snapshot as known on" in reports[-1]["done"]
    assert len(started) == 1
    (failed,) = list(pipe.run(recorded, ["snapshot", "--out", str(tmp_path)], started.append))
    assert "must end in .xlsx" in failed["failed"]


def test_a_task_that_dies_says_so(tmp_path: Path) -> None:
    (report,) = list(pipe.run(python_that(tmp_path, "print('noise')"), ["refresh"], lambda _: None))
    assert "ended before it was done" in report["failed"]


def test_a_broken_store_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))
    monkeypatch.setenv("XL_THESIS_STORE", "mysql://nowhere")
    link = Link({"python": sys.executable})
    assert link.call(*SCORE) == {"error": "#VALUE!"}
    assert any("XL_THESIS_STORE" in line for line in link.ask(["status"])["lines"])
    link.close()

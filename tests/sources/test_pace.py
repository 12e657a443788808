"""One pace for all: FRED's limit is kept to, however late a request arrives, and little of it is lost."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers import fred as server
from tests.servers.loopback import Limit, Loopback
from tests.sources.conftest import series, wanted
from tests.sources.fred_series import Serve, one, pull, unrate
from xl_thesis.errors import SourceError
from xl_thesis.sources.fred import Fred
from xl_thesis.sources.pace import FRED_PER_SECOND, Pace
from xl_thesis.sources.protocol import Pull
from xl_thesis.sources.web import _BEFORE_WE_KNOW

PACED = """
import sys, time
from pathlib import Path
from xl_thesis.sources.pace import Pace
pace = Pace(Path(sys.argv[1]), 10.0)
for _ in range(5):
    pace.wait()
    print(time.time())
"""


def test_three_processes_keep_one_pace(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PACED, str(tmp_path / "pace")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    times = sorted(float(line) for process in started for line in process.communicate()[0].splitlines())
    assert len(times) == 15
    assert times[-1] - times[0] > 14 * 0.1 - 0.05


class Wire:
    """A clock that stands still but for waiting, and a way to a server on which requests are late."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.arrivals: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, late: float) -> None:
        self.now += 0.05 + late
        self.arrivals.append(self.now)
        self.now += 0.05


LATE = st.floats(0, 2) | st.floats(0, 0.05)


@given(st.lists(LATE, min_size=3, max_size=30), st.integers(0, 2))
@settings(deadline=None)
def test_no_three_requests_arrive_within_a_second_however_late_each_is(late: list[float], quick: int) -> None:
    """One of the first three takes no longer than the way itself: that is how the length of the way is known."""
    late[quick] = 0.0
    wire = Wire()
    with TemporaryDirectory() as folder:
        pace, took = Pace(Path(folder) / "pace", FRED_PER_SECOND, lambda: wire.now, wire.sleep), list[float]()
        for seconds in late:
            turn = pace.wait()
            wire.ask(seconds)
            took.append(pace.arrived(turn, min(took) if len(took) >= _BEFORE_WE_KNOW else 0.0))
    spans = [third - first for first, third in zip(wire.arrivals, wire.arrivals[2:], strict=False)]
    assert min(spans) > 1.0


def test_requests_that_are_on_time_lose_a_thirtieth_of_the_limit_at_most() -> None:
    assert 2 / FRED_PER_SECOND - 1 < 1 / 30


def test_a_turn_from_a_wrong_clock_is_not_waited_for(tmp_path: Path) -> None:
    slept: list[float] = []
    pace = Pace(tmp_path / "pace", 2.0, clock=lambda: 1000.0, sleep=slept.append)
    for text in ("9e9", "", "no number"):
        pace.file.write_text(text)
        pace.wait()
    assert slept == []
    assert pace.wait() == 1000.5
    assert slept == [0.5]


def test_a_folder_that_cannot_be_written_is_said(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    outcome = one(replace(link, pace_file=tmp_path / "file" / "pace"))
    assert isinstance(outcome, SourceError) and "paces requests" in str(outcome)


def test_the_pace_keeps_to_the_limit_of_the_server(serve: Serve) -> None:
    fake = server.Fred({f"S{number}": unrate() for number in range(2)}, limit=Limit(2))
    link = serve(Loopback(fake.answer))
    found = pull(Fred(), [wanted(series(f"FRED:S{number}")) for number in range(2)], link)
    assert all(isinstance(outcome, Pull) for outcome in found.values())

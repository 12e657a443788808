"""A refresh in front of a person: a bar on a terminal, Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feeds import environment
from tests.terminal import shown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal and signals of POSIX")

SHOWN = """
import datetime as dt
from xl_thesis.refresh_report import Event, SeriesResult
from xl_thesis.render import refresh_progress
with refresh_progress(lines=True) as progress:
    for number in (1, 2):
        progress(Event(number, 2, SeriesResult(f"FRED:[red]{number}", "FRED", "fetched", added=3)))
"""

INTERRUPTED = """
import json, sys, time
from pathlib import Path
from tests.feeds import LINK, Table, month_rows
from xl_thesis.days import today
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh import refresh
from xl_thesis.store import open_store
from xl_thesis.thesis import load_thesis

class Waiting(Table):
    def pull(self, requests, link, today, stop):
        ends = time.monotonic() + 120
        for number, answer in enumerate(super().pull(requests, link, today, stop), start=1):
            yield answer
            while number == 5 and not stop() and time.monotonic() < ends:  # however late the interruption comes
                time.sleep(0.01)

with open_store(Path(sys.argv[1])) as store:
    scorer = Scorer(load_thesis("american_exceptionalism"), store)
    names = [name for name in scorer.catalogue if name.startswith("FRED:")][:20]
    provider = Waiting("FRED", {name: month_rows(name, today()) for name in names})
    report = refresh(scorer, [provider], LINK, only=names, progress=lambda event: print(event.done, flush=True))
    print(json.dumps([report.stopped, report.exit_code, report.counts(), len(store.series_ids())]))
"""


def test_a_bar_on_a_terminal_and_lines_where_piped() -> None:
    command = [sys.executable, "-c", SHOWN]
    piped = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert piped.stdout == "[1/2] FRED:[red]1: 3 new\n[2/2] FRED:[red]2: 3 new\n"
    seen = shown(command, 100)
    assert "━" in seen
    assert "2/2" in seen
    assert "[1/2]" not in seen


def test_ctrl_c_ends_it_with_a_report_and_what_was_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path / "store.sqlite")]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "3":
                process.send_signal(signal.SIGINT)
                break
        rest = process.stdout.read().splitlines()
    stopped, exit_code, counts, kept = json.loads(rest[-1])
    assert (stopped, exit_code) == (True, 4)
    assert counts["fetched"] == kept >= 3
    assert counts["fetched"] + counts["not asked"] == 20


def test_the_key_is_asked_for_without_showing_it(tmp_path: Path) -> None:
    """Typed on a terminal, it is on no screen; this terminal's system has no credential store, which is said."""
    import pty
    import time

    key = "0123456789abcdef0123456789abcdef"
    command = [sys.executable, "-m", "xl_thesis", "config", "set", "fred-key"]
    variables = environment(XL_THESIS_HOME=str(tmp_path), PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    ours, theirs = pty.openpty()
    ends = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with subprocess.Popen(command, env=variables, start_new_session=True, **ends) as asking:
        os.close(theirs)
        shown = os.read(ours, 4096)
        while b"FRED key" not in shown:
            shown += os.read(ours, 4096)
        time.sleep(0.2)  # the echo is off once the question is there
        os.write(ours, f"{key}\n".encode())
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert asking.returncode == 2
    assert b"set the environment variable FRED_API_KEY" in shown
    assert key.encode() not in shown
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and key.encode() in file.read_bytes()]

"""A refresh killed at random moments, and sixteen readers during a refresh, on both engines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feeds import environment

SCRIPT = Path(__file__).with_name("hard_use.py")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.host)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "store.sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres"))


def run(mode: str, location: str, count: int, folder: Path) -> dict[str, int]:
    command = [sys.executable, str(SCRIPT), mode, location, str(count)]
    done = subprocess.run(command, env=environment(TMPDIR=str(folder)), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.skipif(sys.platform == "win32", reason="the processes are forks")
def test_a_refresh_killed_at_random_moments_leaves_a_whole_store_and_the_next_completes(
    location: str, tmp_path: Path
) -> None:
    kills = 8 if "://" in location else 50
    result = run("kill", location, kills, tmp_path)
    assert result["kills"] == kills
    assert result["partial"] > 0, "no kill fell into the middle of a refresh"


@pytest.mark.skipif(sys.platform == "win32", reason="the processes are forks")
def test_sixteen_readers_see_no_error_and_no_torn_read_during_a_refresh(location: str, tmp_path: Path) -> None:
    assert run("read", location, 8, tmp_path) == {"writer": 0, "failed": 0, "of": 16}

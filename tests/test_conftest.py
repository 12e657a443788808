"""The rules of the tests themselves: no internet, and nothing skipped where hosts are required."""

from __future__ import annotations

import os
import socket
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import LONGEST, REQUIRED, fail_if_skipped, require_host


def test_another_machine_cannot_be_reached_and_this_one_can() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"may not look up example\.org"):
        urllib.request.urlopen("http://example.org")
    with socket.socket() as outward, pytest.raises(pytest.fail.Exception, match=r"may not connect to 192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_no_setting_of_the_user_reaches_a_test(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert Path(os.environ["XL_THESIS_HOME"]).is_relative_to(tmp_path_factory.getbasetemp())
    assert "FRED_API_KEY" not in os.environ


def test_what_is_begun_first_is_there() -> None:
    root = Path(__file__).resolve().parent.parent
    assert [name for name in LONGEST if not (root / name).is_file()] == []


def test_a_missing_host_skips_or_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    assert require_host("Python", sys.executable) == sys.executable
    monkeypatch.setenv(REQUIRED, "0")
    with pytest.raises(pytest.skip.Exception, match="Abacus is not installed"):
        require_host("Abacus", None)
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="Abacus is not installed"):
        require_host("Abacus", "no-such-command")


@pytest.mark.parametrize(("required", "outcome"), [("", "skipped"), ("1", "failed")])
def test_any_skip_fails_where_hosts_are_required(monkeypatch: pytest.MonkeyPatch, required: str, outcome: str) -> None:
    monkeypatch.setenv(REQUIRED, required)
    report = pytest.CollectReport("tests/test_x.py", "skipped", ("test_x.py", 3, "no reason"), [])
    fail_if_skipped(report)
    assert report.outcome == outcome
    assert "no reason" in str(report.longrepr)

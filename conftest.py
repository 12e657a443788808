"""Every test and every documented example runs alone: no store of the user's, no settings, no internet."""

from __future__ import annotations

import gc
import os
import socket
from typing import Any

import pytest
from hypothesis import settings

# A slow machine is no fault of the code; what CI tries is what it tried the last time.
settings.register_profile("calm", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("calm")

KEPT = {"XL_THESIS_REQUIRE_HOSTS", "XL_THESIS_OOXML_VALIDATOR", "XL_THESIS_NEWER_OFFICE", "XL_THESIS_WINE_PYTHON"}
HERE = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - addresses of this machine


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: it need not be looked through for garbage again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One store in a folder of the run, seeded once, and no settings or keys from outside."""
    for name in os.environ:
        if (name.startswith("XL_THESIS_") and name not in KEPT) or name == "FRED_API_KEY":
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(autouse=True)
def no_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails, even where the code under test forgives a lost connection."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(HERE):
            pytest.fail(f"a test may not connect to {address[0]}")
        connect(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if host and not str(host).startswith(HERE):
            pytest.fail(f"a test may not look up {host}")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)

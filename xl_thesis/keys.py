"""Keys of providers: from the system's credential store first, then the environment. They are never written elsewhere.

The credential store is the one that ``keyring`` finds: Credential Manager, Keychain, Secret Service.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from xl_thesis.errors import InputError

FRED_KEY = "fred-key"
FRED_VARIABLE = "FRED_API_KEY"
_SERVICE = "xl-thesis"
_PATIENCE_SECONDS = 10.0  # a locked Secret Service asks somewhere where nobody may be looking
_FORM = re.compile(r"[0-9a-z]{32}")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it was found; its text is in no representation."""

    text: str = field(repr=False)
    origin: str


def fred_key() -> Key | None:
    """The user's FRED key, or None."""
    kept = _ask(lambda keyring: keyring.get_password(_SERVICE, FRED_KEY))
    if kept:
        return Key(kept, "the system's credential store")
    set_by_hand = os.environ.get(FRED_VARIABLE, "").strip()
    return Key(set_by_hand, FRED_VARIABLE) if set_by_hand else None


def keep_fred_key(text: str) -> None:
    """Put the key into the credential store.

    Raises ``InputError`` for what cannot be a FRED key, and where there is no credential store.
    """
    text = text.strip()
    if not _FORM.fullmatch(text):
        raise InputError("a FRED key has 32 small letters and digits; request one at fred.stlouisfed.org")

    def keep(keyring: _Keyring) -> bool:
        keyring.set_password(_SERVICE, FRED_KEY, text)
        return keyring.get_password(_SERVICE, FRED_KEY) == text

    if not _ask(keep):
        raise InputError(
            f"this system has no credential store that works; set the environment variable {FRED_VARIABLE} instead"
        )


def forget_fred_key() -> bool:
    """Take the key out of the credential store; whether there was one."""

    def forget(keyring: _Keyring) -> bool:
        there = bool(keyring.get_password(_SERVICE, FRED_KEY))
        if there:
            keyring.delete_password(_SERVICE, FRED_KEY)
        return there

    return bool(_ask(forget))


class _Keyring:
    """The part of ``keyring`` that is used here."""

    def get_password(self, service: str, name: str) -> str | None:
        import keyring

        return keyring.get_password(service, name)

    def set_password(self, service: str, name: str, text: str) -> None:
        import keyring

        keyring.set_password(service, name, text)

    def delete_password(self, service: str, name: str) -> None:
        import keyring

        keyring.delete_password(service, name)


def _ask(question: Callable[[_Keyring], Result]) -> Result | None:
    """The answer of the credential store; None where there is none, it refuses, or it does not answer in time."""
    answers: list[Result] = []

    def ask() -> None:
        try:
            answers.append(question(_Keyring()))
        except Exception:  # noqa: BLE001 - a credential store may fail in any way; the key is then found elsewhere
            return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PATIENCE_SECONDS)
    return answers[0] if answers else None

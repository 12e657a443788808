"""Addresses with a login: how they may be shown, and which can be misread."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ENDS_OF_A_LOGIN = re.compile(r"[/?#]")
_BEHIND_THE_PLACE = re.compile(r"([?#]).*", re.DOTALL)


def without_password(address: str) -> str:
    """An address as it may be shown; text without ``://`` as it is. Never raises.

    Where it cannot be told what is password and what is place, nothing but the scheme is shown.

    >>> without_password("http://ann:secret@proxy.example:8080/")
    'http://ann:***@proxy.example:8080/'
    >>> without_password("http://ann:se/cret@proxy.example:8080/")
    'http://***'
    """
    scheme, mark, rest = address.partition("://")
    if not mark:
        return address
    login, at, place = rest.rpartition("@")
    if not at or rest.startswith("/"):  # nothing but a path: a file, or a database behind a socket
        return f"{scheme}://{_hidden(rest)}"
    if _ENDS_OF_A_LOGIN.search(login):
        return f"{scheme}://***"
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user}{colon and ':***'}@{_hidden(place)}"


def fault(address: str) -> str | None:
    """What makes an address one that can be misread, in words without its text; None where nothing does.

    >>> fault("postgresql://ann:se/cret@db.example/macro")
    'a character of its login is not percent-encoded (write @ as %40, / as %2F, ? as %3F, # as %23, [ as %5B, ] as %5D)'
    >>> fault("postgresql://ann:se%2Fcret@db.example/macro")
    """
    rest = address.partition("://")[2]
    login, at, _ = rest.rpartition("@")
    try:
        urlsplit(address)
        readable = True
    except ValueError:  # its text repeats the password
        readable = False
    if readable and (not at or rest.startswith("/") or not re.search(r"[@/?#\[\]]", login)):
        return None
    return (
        "a character of its login is not percent-encoded"
        " (write @ as %40, / as %2F, ? as %3F, # as %23, [ as %5B, ] as %5D)"
    )


def _hidden(place: str) -> str:
    """A place without what follows its path: a query may hold a password too."""
    return _BEHIND_THE_PLACE.sub(r"\1***", place)

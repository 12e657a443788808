"""Addresses with a login: how they may be shown, and which can be misread."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)?://(.*)", re.DOTALL)
_USER = re.compile(r"(?:[\w.+~-]|%(?!3[aA])[0-9a-fA-F]{2})*")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[\w.~%-]*)(?::\d{1,5})?")
_PATH = re.compile(r"[\w./~%+-]*")
_QUERY = re.compile(r"([?#]).*", re.DOTALL)
_NO_ADDRESS = re.compile(r"(\s*postgres(?:ql)?(?:\+\w+)?:(?!//)).*", re.DOTALL | re.IGNORECASE)
_NAMED = re.compile(r"(\w*(?:password|passwd|pwd|secret|token|key)\w*\s*=\s*).*", re.DOTALL | re.IGNORECASE)
_SHOWN = r"\1***"
_WORDS_OF_LIBPQ = re.compile(
    r"\s*(?:host|hostaddr|port|user|dbname|password|passfile|service|sslmode|options|connect_timeout)\s*=",
    re.IGNORECASE,
)


def without_password(address: str) -> str:
    """An address as it may be shown; text that is none as it is. Never raises.

    What cannot be told apart from a password is not shown: everything between a login's colon and the last ``@``, what
    follows a colon and is no port, every query, and whatever stands behind ``password=``.

    >>> without_password("http://ann:secret@proxy.example:8080/")
    'http://ann:***@proxy.example:8080/'
    >>> without_password("postgresql://ann:secret/db")
    'postgresql://***'
    >>> without_password("host=db.example user=ann password=secret")
    'host=db.example user=ann password=***'
    """
    found = _SCHEME.fullmatch(address)
    if found is None:
        return _NAMED.sub(_SHOWN, _NO_ADDRESS.sub(_SHOWN, address))
    scheme, rest = found[1] or "", found[2]
    if scheme == "sqlite" and rest.startswith("/"):
        return f"{scheme}://{_NAMED.sub(_SHOWN, _hidden(rest))}"
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    if re.search(r"[/?#]", login) or not _USER.fullmatch(user) or not _is_place(place):
        return f"{scheme}://***"
    return f"{scheme}://{user}{colon and ':***'}{at}{_hidden(place)}"


def place_of(address: str) -> str:
    """Where an address leads, without its scheme and login.

    >>> place_of("http://ann:secret@proxy.example:8080")
    'proxy.example:8080'
    """
    return without_password(address).rpartition("//")[2].rpartition("@")[2]


def fault(address: str) -> str | None:
    """What makes an address one that can be misread, in words without its text; None where nothing does.

    >>> fault("postgresql://ann:se/cret@db.example/macro")
    'a character of its login is not percent-encoded (write @ as %40, / as %2F, ? as %3F, # as %23, [ as %5B, ] as %5D)'
    >>> fault("postgresql://ann:se%2Fcret@db.example/macro")
    >>> fault("postgresql://ann:secret/macro")
    'what stands behind a colon is no port; a login ends with @, as in user:password@host'
    """
    rest = address.partition("://")[2]
    login, at, place = rest.rpartition("@")
    try:
        urlsplit(address)
        readable = True
    except ValueError:  # its text repeats the password
        readable = False
    if not readable or (at and re.search(r"[@/?#\[\]]", login)):
        return (
            "a character of its login is not percent-encoded"
            " (write @ as %40, / as %2F, ? as %3F, # as %23, [ as %5B, ] as %5D)"
        )
    if not _are_hosts(re.split(r"[/?#]", place, maxsplit=1)[0]) or (_is_postgres(address) and not _is_place(place)):
        return "what stands behind a colon is no port; a login ends with @, as in user:password@host"
    return None


def is_no_file(location: str) -> bool:
    """Whether a store's location is a database put in other words than those of an address.

    >>> is_no_file("host=db.example password=secret"), is_no_file("postgresql:ann"), is_no_file("/data/store.sqlite")
    (True, True, False)
    """
    return any(pattern.match(location) for pattern in (_WORDS_OF_LIBPQ, _NO_ADDRESS))


def _is_postgres(address: str) -> bool:
    return address.startswith("postgres")


def _is_place(place: str) -> bool:
    """Whether what follows a login reads as hosts with ports and a path, whatever its query."""
    hosts, slash, path = re.split(r"[?#]", place, maxsplit=1)[0].partition("/")
    return _are_hosts(hosts) and _PATH.fullmatch(slash + path) is not None


def _are_hosts(text: str) -> bool:
    return all(_HOST.fullmatch(host) for host in text.split(","))


def _hidden(place: str) -> str:
    """A place without what its query says."""
    return _QUERY.sub(_SHOWN, place)

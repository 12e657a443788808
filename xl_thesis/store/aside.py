"""A file where a store ought to be: another program's stays as it is, a damaged one of ours is kept beside the new."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from xl_thesis.errors import StoreError
from xl_thesis.store.sqlite import APPLICATION_ID

_MARK = b"SQLite format 3\0"
_ID, _PAGE = slice(68, 72), 100  # where a database says whose it is, and where its first page begins
_NO_CELLS = b"\x0d\0\0\0\0"


def refuse_foreign(path: Path) -> None:
    """Raise ``StoreError`` for a file that is no store of ours; nothing is opened, so nothing of it changes.

    A store that is cut short still says whose it is in its first bytes.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_PAGE + len(_NO_CELLS))
    except OSError:  # none yet, or what the database will say better
        return
    if head and not _is_ours(head):
        raise StoreError(f"'{path}' is no store of xl-thesis but another file; name another path, or one that is new")


def _is_ours(head: bytes) -> bool:
    """Whether a file begins as a store of ours, or as one that another process is making at this moment."""
    is_new = head[_ID] == bytes(4) and head[_PAGE:] == _NO_CELLS
    return head.startswith(_MARK) and (head[_ID] == APPLICATION_ID.to_bytes(4) or is_new)


def set_aside(path: Path) -> Path:
    """Rename a file, and what SQLite keeps beside it, and return its new place."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    kept = path.with_name(f"{path.name}.kept-{stamp}-{os.getpid()}")
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.replace(kept.with_name(kept.name + suffix))
    path.replace(kept)
    return kept

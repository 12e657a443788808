"""Putting a file in its place: whole or not at all, and never over another without asking."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from xl_thesis.errors import InputError


def require_free(path: Path, ending: str = "", *, force: bool = False) -> None:
    """Whether a file may be put there, asked before long work.

    Raises ``InputError`` for another ending, a folder, or a file that exists where ``force`` is not given.
    """
    if ending and path.suffix.lower() != ending:
        raise InputError(f"'{path.name}' must end in {ending}")
    if path.is_dir():
        raise InputError(f"'{path}' is a folder")
    if path.exists() and not force:
        raise InputError(f"'{path}' exists; use --force to replace it (the old file is kept as a backup)")


def put_file(path: Path, content: bytes, *, force: bool = False, backup: bool = True) -> Path:
    """Write a file and return its path.

    Raises ``InputError`` where it exists and ``force`` is not given, or where it cannot be written. With ``force`` the
    old file is kept beside it as ``NAME.bak1.EXT``, ``NAME.bak2.EXT`` and so on, unless ``backup`` is off.
    """
    require_free(path, force=force)
    if not path.parent.is_dir():
        raise InputError(f"'{path}' cannot be written: there is no folder '{path.parent}'; make it, or choose another")
    beside = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(content)
        if path.exists():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
            if backup:
                _backup(path).write_bytes(path.read_bytes())
        beside.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"'{path}' cannot be written ({reason}); close it if it is open, or choose another") from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def _backup(path: Path) -> Path:
    """The first free backup name."""
    backups = (path.with_name(f"{path.stem}.bak{number}{path.suffix}") for number in range(1, 10_000))
    return next(backup for backup in backups if not backup.exists())

"""Whether a workbook that somebody sent is safe to open: checked on the closed package, before any reader sees it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from xl_thesis.errors import InputError

_MEGABYTE = 1_000_000
_LARGEST_FILE = 20 * _MEGABYTE
_LARGEST_CONTENT = 60 * _MEGABYTE
_SUSPECT_SIZE, _SUSPECT_RATIO = 4 * _MEGABYTE, 60
_MOST_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


def read_package(path: Path, *, may_hold_macros: bool = False) -> bytes:
    """The bytes of an .xlsx file that is safe to open.

    Raises ``InputError`` with one sentence for a file that is missing, too large, encrypted or of an older format, that
    holds macros or XML declarations, or whose content would swell when unpacked. Macros may be there where the caller
    expects them: nothing here or in openpyxl can run any.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST_FILE else b""
    except FileNotFoundError:
        raise InputError(f"there is no file '{path}'") from None
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or type(error).__name__}") from None
    if size > _LARGEST_FILE:
        problem: str | None = f"it is larger than {_LARGEST_FILE // _MEGABYTE} MB"
    else:
        problem = _problem_of(data, may_hold_macros=may_hold_macros)
    if problem:
        raise InputError(f"'{path.name}' cannot be used: {problem}")
    return data


def _problem_of(data: bytes, *, may_hold_macros: bool) -> str | None:
    """What speaks against opening a file, in words; None if nothing does."""
    if data.startswith(_OLE):
        return "it is encrypted with a password or an old .xls file; save it as .xlsx without a password"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _swells(package) or _holds(package, may_hold_macros=may_hold_macros)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return "it is not a whole .xlsx file"


def _swells(package: zipfile.ZipFile) -> str | None:
    """By the directory alone: too many parts, a part twice, or far more content than a definition has."""
    parts = package.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_CONTENT:
        return "its content is too large for a thesis definition"
    if len({part.filename for part in parts}) < len(parts):
        return "a part of it is there twice"
    for part in parts:
        if part.file_size > _SUSPECT_SIZE and part.file_size > _SUSPECT_RATIO * max(part.compress_size, 1):
            return f"its part {part.filename} swells {part.file_size // max(part.compress_size, 1)} times when unpacked"
        if part.flag_bits & 1:
            return "a part of it is encrypted"
    return None


def _holds(package: zipfile.ZipFile, *, may_hold_macros: bool) -> str | None:
    """What is inside: a workbook, without macros that were not expected, or declarations that a parser would follow."""
    names = [name.lower() for name in package.namelist()]
    if "[content_types].xml" not in names or not any(name.endswith("workbook.xml") for name in names):
        return "it is not an .xlsx workbook"
    unwanted = (".xlm",) if may_hold_macros else ("vbaproject.bin", ".xlm")
    if any(name.endswith(unwanted) or "/macrosheets/" in name for name in names):
        return "it holds macros; save it as .xlsx"
    for name in package.namelist():
        content = package.read(name)
        if name.lower().endswith((".xml", ".rels", ".vml")):
            if content.startswith(_WIDE_MARKS) or content[1:4] == b"\x00\x00\x00":
                return f"its part {name} is not UTF-8"
            if _DECLARATION.search(content):
                return f"its part {name} declares a document type, which no workbook does"
    return None

"""Stand-ins for pythoncom, pywintypes and win32com, so that xlwings' own worksheet functions run on every system.

They have only what ``xlwings.udfs.call_udf`` touches without a workbook; the real ones are tested under Wine.
"""

from __future__ import annotations

import datetime as dt
import importlib
import sys
import types
from typing import Any

import pytest

MODULE = "xl_thesis_udfs.hosts.excel_com"
DAYS, SERIAL_ZERO = "\x02", dt.datetime(1899, 12, 30, tzinfo=dt.UTC)


def install(patch: pytest.MonkeyPatch) -> Any:
    """xlwings' module of worksheet functions, with our module decorated by it; undone with the patch."""
    import xlwings

    for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
        patch.setitem(sys.modules, name, types.ModuleType(name))
    sys.modules["pythoncom"].CoInitialize = lambda: None  # type: ignore[attr-defined]
    sys.modules["win32com.client"].Dispatch = lambda found: found  # type: ignore[attr-defined]
    windows = types.ModuleType("xlwings._xlwindows")
    windows.Range = lambda xl: types.SimpleNamespace(api=xl)  # type: ignore[attr-defined]
    windows.is_range_instance = lambda _: False  # type: ignore[attr-defined]
    server = types.ModuleType("xlwings.com_server")
    server.loop = None  # type: ignore[attr-defined]
    patch.setitem(sys.modules, "xlwings._xlwindows", windows)
    patch.setitem(sys.modules, "xlwings.com_server", server)
    patch.setattr(xlwings, "_xlwindows", windows, raising=False)
    patch.setattr(xlwings, "engines", _Engines(), raising=False)
    patch.delitem(sys.modules, "xlwings.udfs", raising=False)
    udfs = importlib.import_module("xlwings.udfs")
    for name, found in {"func": udfs.xlfunc, "arg": udfs.xlarg, "ret": udfs.xlret}.items():
        patch.setattr(xlwings, name, found)
    patch.delitem(sys.modules, MODULE, raising=False)
    return udfs


class _Engines:
    def __getitem__(self, name: str) -> Any:
        return types.SimpleNamespace(name=name, type="desktop")


def restored(rows: Any) -> Any:
    """A table as our VBA hands it to Excel: a marked column of serial numbers is one of dates."""
    if not (isinstance(rows, list | tuple) and rows and isinstance(rows[0], list | tuple)):
        return rows
    marked = [isinstance(header, str) and header.startswith(DAYS) for header in rows[0]]
    headers = [header[1:] if is_day else header for header, is_day in zip(rows[0], marked, strict=True)]
    below = [
        [SERIAL_ZERO + dt.timedelta(days=item) if is_day and isinstance(item, float) else item
         for item, is_day in zip(row, marked, strict=True)]
        for row in rows[1:]
    ]  # fmt: skip
    return [headers, *below]

"""Run by the Windows Python: xlwings' real library, which Excel's VBA loads, starts our server and hands it over.

The first argument is the file with the command line that the VBA makes, the second the file for the answers, as JSON.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path

import pythoncom
import win32com.client
import xlwings

VT_DISPATCH = 9


class Variant(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_ushort), ("reserved", ctypes.c_ushort * 3), ("pointer", ctypes.c_void_p),
                ("rest", ctypes.c_void_p)]  # fmt: skip


def activate(command: str, mode: int):
    """What ``XLPyDLLActivateAuto`` gives: the server, or the text of an error."""
    library = ctypes.WinDLL(str(Path(sys.executable).with_name(f"xlwings64-{xlwings.__version__}.dll")))
    result = Variant()
    code = library.XLPyDLLActivateAuto(ctypes.byref(result), ctypes.c_char_p(command.encode("mbcs")), mode)
    if code or result.kind != VT_DISPATCH:
        return ctypes.wstring_at(result.pointer) if result.pointer else code
    return win32com.client.dynamic.Dispatch(pythoncom.ObjectFromAddress(result.pointer, pythoncom.IID_IDispatch))


def main() -> None:
    pythoncom.CoInitialize()
    command = Path(sys.argv[1]).read_text(encoding="utf-8")
    server = activate(command, 1)
    asked = [("token", ()), ("cell", ("THESIS_SCORE", ())), ("cell", ("THESIS_SCORE", ("x",)))]
    answers = [server.CallUDF("xl_thesis_udfs.hosts.excel_com", *each) for each in asked]
    again = activate(command, 1)
    answers.append(again.CallUDF("xl_thesis_udfs.hosts.excel_com", "token", ()) == answers[0])
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")
    del server, again


if __name__ == "__main__":
    main()

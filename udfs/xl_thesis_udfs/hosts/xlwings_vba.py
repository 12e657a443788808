"""xlwings' VBA as one of our add-ins carries it: read from the installed package, with its notice, and changed in five
places.

The changes name our settings file; keep the add-in's path off the command line, which not every letter of a user's name
survives and Python does not need; start Python without libraries that no cell needs (``excel_start``); look for
settings in the user's profile alone, since a file beside the add-in could name another program; and keep the module's
functions out of Excel's list.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

PROJECT = "xl_thesis"
START = "xl_thesis_udfs.hosts.excel_start"
_PATHS = ' & ";" & ThisWorkbook.FullName & ";" & ThisWorkbook.FullName & ";" & GetConfig("ONEDRIVE_CONSUMER_WIN")'
_GIVEN = '\\""" & PYTHONPATH & "\\""'
_HEAD = 'Attribute VB_Name = "xlwings"\n'
_CHANGES = (
    ('Public Const PROJECT_NAME As String = "xlwings"', f'Public Const PROJECT_NAME As String = "{PROJECT}"'),
    (f"AddExcelDir{_PATHS}", f"AddExcelDir{_PATHS}".replace("ThisWorkbook.FullName", '""')),
    (f"import xlwings.utils;xlwings.utils.prepare_sys_path({_GIVEN});import xlwings; xlwings.serve('$(CLSID)')",
     f"from {START} import serve; serve('$(CLSID)', {_GIVEN})"),
    ('            If GetFullName(ThisWorkbook) <> "" Then', "            If False Then"),
    (_HEAD, f"{_HEAD}Option Private Module\n' Changed by xl-thesis: name and place of settings, command line.\n"),
)  # fmt: skip


def modules() -> dict[str, str]:
    """The two modules by name. Raises ``ValueError`` where the installed version is not the one this was made for."""
    text = _read("xlwings/xlwings.bas")
    for before, after in _CHANGES:
        if text.count(before) != 1:
            raise ValueError(f"xlwings {version()} has other VBA than expected: {before.strip()}")
        text = text.replace(before, after)
    return {"xlwings": text, "Dictionary": _read("xlwings/addin/Dictionary.cls")}


def version() -> str:
    """The installed version, which the name of its library holds."""
    return metadata.version("xlwings")


def library_names() -> tuple[str, str]:
    """File names of the libraries for 64-bit and 32-bit Office, as the VBA declares them."""
    return f"xlwings64-{version()}.dll", f"xlwings32-{version()}.dll"


def _read(name: str) -> str:
    path = Path(str(metadata.distribution("xlwings").locate_file(name)))
    return path.read_text(encoding="cp1252").replace("\r\n", "\n")

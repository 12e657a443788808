"""How Excel's Python starts: xlwings without the libraries that it would import for conversions which no cell asks for.

xlwings imports pandas, matplotlib and others where they are installed, seconds before the first value. Our cells carry
plain values, so they are hidden while it is imported, and the engine imports pandas itself where it needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CONVERSIONS = ("pandas", "matplotlib", "polars", "PIL")


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Modules that are not imported yet cannot be, until the end of the block.

    >>> with hidden("this"):
    ...     try:
    ...         import this
    ...     except ImportError:
    ...         print("hidden")
    hidden
    """
    absent = [name for name in names if name not in sys.modules]
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(absent))  # None is how Python is told that there is none
    try:
        yield
    finally:
        for name in absent:
            del modules[name]


def serve(class_id: str, folders: str) -> None:
    """Answer Excel until it lets go; the module of cell functions is ready before the first question.

    ``folders`` is what xlwings' VBA hands on of its settings, among them more folders to import from.
    """
    with hidden(*CONVERSIONS):
        from xlwings import com_server, utils
    utils.prepare_sys_path(folders)  # type: ignore[no-untyped-call]
    from xl_thesis_udfs.hosts import excel_com  # noqa: F401 - xlwings finds it among the imported modules

    com_server.serve(class_id)  # type: ignore[no-untyped-call]

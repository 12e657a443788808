"""A macro project and a ribbon put into a finished workbook, as Excel itself would have written them.

pyOpenVBA writes the project. Where it leaves Microsoft's description of the format ([MS-OVBA]) it is set right here:
the version is the one that makes Excel compile the sources anew, no module keeps compiled code, and nothing follows the
end of the stream of modules. The same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

Kind = Literal["workbook", "addin"]

PROJECT = "xl/vbaProject.bin"
RIBBON = "customUI/customUI14.xml"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MAINS = {kind: f"application/vnd.ms-excel.{word}.macroEnabled.main+xml" for kind, word in
          {"workbook": "sheet", "addin": "addin"}.items()}  # fmt: skip
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_UNCOMPILED = bytes.fromhex("CC61FFFF000000")
_TERMINATOR = b"\x10\x00\x00\x00\x00\x00"


def add_macros(book: bytes, modules: Mapping[str, str], kind: Kind, ribbon: str | None = None) -> bytes:
    """The workbook with the modules, by name, and a ribbon.

    A text that begins with ``VERSION`` is a class module; ``ThisWorkbook`` is the one that every project has.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(_edited(book, lambda name, content: _finish("workbook", name, content, ribbon=False)))
        _add_project(path, modules)
        book = path.read_bytes()
    more = {RIBBON: ribbon.encode()} if ribbon else {}
    return _edited(book, lambda name, content: _finish(kind, name, content, ribbon=ribbon is not None), more)


def _add_project(path: Path, modules: Mapping[str, str]) -> None:
    from pyopenvba import ExcelFile
    from pyopenvba.vba import VBAModuleKind

    with ExcelFile(path) as host:
        project = host.add_vba_project()
        present = {module.name: module for module in project.modules}
        for module in present.values():
            module.dirty = True  # written again, without the compiled code of the library's own blank workbook
        for name, text in modules.items():
            lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
            if name in present:
                present[name].body = lines
                continue
            kind = VBAModuleKind.other if text.startswith("VERSION ") else VBAModuleKind.standard
            project.add_module(name, lines, kind=kind)
        host.save(path)


def _strict(project: bytes) -> bytes:
    """The project's container as the description has it, whatever the library left in it."""
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import compress, decompress

    container = CFB.from_bytes(project)
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", _UNCOMPILED)
    directory = decompress(container.get_stream_in_storage("VBA", "dir"))
    end = directory.rindex(_TERMINATOR) + len(_TERMINATOR)
    container.write_stream_in_storage("VBA", "dir", compress(directory[:end]))
    strict: bytes = container.to_bytes()
    return strict


def _main_type(types: str, kind: Kind) -> str:
    pattern = "|".join(re.escape(text) for text in (_MAIN, *_MAINS.values()))
    return re.sub(pattern, _MAINS[kind], types)


def _edited(book: bytes, edit: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None) -> bytes:
    """The package with each member edited, and more members at its end; without clocks."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        members = {name: edit(name, source.read(name)) for name in source.namelist()} | dict(more or {})
        for name, content in members.items():
            copy.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _finish(kind: Kind, name: str, content: bytes, *, ribbon: bool) -> bytes:
    if name == "[Content_Types].xml":
        return _main_type(content.decode(), kind).encode()
    if name == PROJECT:
        return _strict(content)
    if name == "_rels/.rels" and ribbon:
        entry = f'<Relationship Id="rIdRibbon" Type="{_RIBBON_TYPE}" Target="{RIBBON}"/></Relationships>'
        return content.replace(b"</Relationships>", entry.encode())
    return content

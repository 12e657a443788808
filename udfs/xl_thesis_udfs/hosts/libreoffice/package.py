"""The extension file (.oxt), made from the registry: the same registry gives the same bytes."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xl_thesis_udfs.functions  # noqa: F401 - fills the registry
from xl_thesis.version import VERSION
from xl_thesis_udfs.hosts.libreoffice import descriptors, shim
from xl_thesis_udfs.registry import FUNCTIONS, FunctionSpec

IDENTIFIER = "org.xlthesis.calc"
FILE_NAME = f"xl-thesis-{VERSION}.oxt"
_HERE = Path(__file__).parent / "extension"
_CARRIED = {
    "functions.py": "functions.py",
    "commands.py": "commands.py",
    "pythonpath/xl_thesis_link.py": "link.py",
    "pythonpath/xl_thesis_office.py": "office.py",
}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def method(spec: FunctionSpec) -> str:
    """A function's name in the type library: ``thesisScore`` for THESIS_SCORE.

    >>> method(FUNCTIONS["THESIS_SCORE"])
    'thesisScore'
    """
    first, *rest = spec.name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def members(python: str = sys.executable) -> dict[str, str]:
    """Every file of the extension by its path; ``python`` runs the worker."""
    specs = {method(spec): _words(spec) for spec in FUNCTIONS.values()}
    return {
        "META-INF/manifest.xml": descriptors.manifest(),
        "description.xml": descriptors.description(IDENTIFIER, VERSION),
        "types.idl": type_library(),
        "functions.json": json.dumps(specs, indent=1),
        "environment.json": json.dumps({"python": python, "version": VERSION}),
        "help.html": help_page(),
        "shim.bas": shim.module({method(spec): spec for spec in FUNCTIONS.values()}),
        "config/Commands.xcu": descriptors.commands(),
        "config/Toolbar.xcu": descriptors.toolbar(),
        "config/Handlers.xcu": descriptors.handlers(),
        "config/Jobs.xcu": descriptors.jobs(),
        "config/Calc.xcu": descriptors.calc(),
        **{name: (_HERE / source).read_text(encoding="utf-8") for name, source in _CARRIED.items()},
    }


def build(python: str = sys.executable) -> bytes:
    """The extension as a file's content."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members(python).items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text.encode(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def unpack(folder: Path, python: str = sys.executable) -> Path:
    """The extension as a folder of bundled ones, which an office takes without its installer."""
    for name, text in members(python).items():
        path = folder / "xl-thesis" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def type_library() -> str:
    """The interface in UNO's language, where a name may hold no underscore or reserved word; Calc shows the real ones.

    Every argument may be missing, so each is ``any``.
    """
    methods = "\n".join(
        f"      {_result(spec)} {method(spec)}({', '.join(f'[in] any a{i}' for i in range(len(spec.arguments)))});"
        for spec in FUNCTIONS.values()
    )
    return f"""module org {{
  module xlthesis {{
    interface XFunctions {{
{methods}
    }};
  }};
}};
"""


def help_page() -> str:
    """Every function with its arguments, errors and an example, to be read in a browser without a network."""
    entries = "\n".join(_entry(spec) for spec in FUNCTIONS.values())
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>xl-thesis {VERSION}</title>
<style>body{{font:15px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}}code{{background:#f2f2f2}}</style>
</head><body><h1>xl-thesis {VERSION}: cell functions</h1>
<p>Functions answer from the store on this machine; only Refresh uses the network. Arguments in brackets may be left
out. Where your language separates arguments with semicolons, write semicolons.</p>
<p>This product uses the FRED® API but is not endorsed or certified by the Federal Reserve Bank of St. Louis.</p>
{entries}
</body></html>
"""


def _result(spec: FunctionSpec) -> str:
    return "sequence<sequence<any> >" if spec.returns == "table" else "any"


def _words(spec: FunctionSpec) -> dict[str, Any]:
    arguments = [{"name": item.name, "help": item.help} for item in spec.arguments]
    return {"name": spec.name, "summary": spec.summary, "returns": spec.returns, "arguments": arguments}


def _entry(spec: FunctionSpec) -> str:
    rows = "".join(f"<li><code>{escape(item.name)}</code>: {escape(item.help)}</li>" for item in spec.arguments)
    return (
        f"<h2 id={quoteattr(spec.name)}>{escape(spec.name)}</h2><p><code>={escape(spec.signature)}</code></p>"
        f"<p>{escape(spec.summary)}</p><ul>{rows}</ul>"
        f"<p>Errors: {escape(spec.errors)} Example: <code>{escape(spec.example)}</code></p>"
    )

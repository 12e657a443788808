"""The Excel files: the template workbook and the two add-ins, put together from registry, sheets and macros.

They are built when a wheel is built, so that what users get is what was checked, byte for byte, and can be signed.
xlwings' VBA is that of the installed package, with its notice; it is in one add-in alone, which has Python for all
workbooks. The other files only carry the functions and the way to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from xl_thesis import settings
from xl_thesis.catalogue import load_catalogue
from xl_thesis.errors import InputError
from xl_thesis.thesis import load_thesis
from xl_thesis_udfs import edge, formula, functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.hosts import excel_install, vba, xlwings_vba
from xl_thesis_udfs.registry import FUNCTIONS
from xl_thesis_workbook import macros
from xl_thesis_workbook.template import FunctionHelp, TemplateContent, addin_bytes, python_bytes, template_bytes

BUILT = Path(__file__).parent / "excel"
PYTHON, ADDIN = ADDINS = excel_install.ADDINS
"""The add-in that reaches Python, and the one with functions and ribbon for every workbook."""
TEMPLATE, CLASSIC = "xl_thesis.xlsm", "xl_thesis_classic.xlsm"
"""The template with dynamic arrays, and the one for Excel 2016 and 2019."""
OWN_THESIS = "my_thesis"
"""The id of the definition in the templates, which is to be edited: another than that of the one it begins as."""
FILES = (*ADDINS, TEMPLATE, CLASSIC)
_MODULES = {
    PYTHON: ("xl_thesis_cells", "xl_thesis_actions", "ThesisWatch", "ThisWorkbook"),
    ADDIN: ("xl_thesis_link", "xl_thesis_ribbon", vba.MODULE, vba.WIZARD),
    TEMPLATE: ("xl_thesis_link", "xl_thesis_buttons", vba.MODULE),
}
CALC = "xl_thesis_calc.xlsx"
"""The template for LibreOffice Calc: the same sheets with fixed arrays, without macros; its buttons are a toolbar."""


def excel_file(name: str) -> bytes:
    """One of the files: as built into the wheel, or built now in a clone, all of them once in a process.

    Raises ``InputError`` in a clone without the build tools.
    """
    built = BUILT / name
    if built.exists():
        return built.read_bytes()
    missing = [tool for tool in ("pyopenvba", "xlsxwriter") if find_spec(tool) is None]
    if missing:
        raise InputError(f"{name} must be built first, which needs {' and '.join(missing)}: pip install -e '.[build]'")
    return _built_now()[name]


@lru_cache(maxsize=1)
def _built_now() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return {path.name: path.read_bytes() for path in build_all(Path(folder))}


def addins() -> dict[str, bytes]:
    """The two add-ins by name, in the order in which they are put into Excel."""
    return {name: excel_file(name) for name in ADDINS}


def build_all(folder: Path) -> list[Path]:
    """Write all five files into a folder; the same versions and embedded data give the same bytes.

    What cells show at first comes from the embedded data alone, so a process of its own, with an empty home, builds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XL_THESIS_")}
    with tempfile.TemporaryDirectory() as home:
        environment = {**kept, "XL_THESIS_HOME": home, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", "xl_thesis.artefacts", str(folder.resolve())]
        subprocess.run(command, env=environment, check=True)  # noqa: S603 - this Python and this module
    return [folder / name for name in (*FILES, CALC)]


def _build(name: str) -> bytes:
    if name == ADDIN:
        return macros.add_macros(addin_bytes(_help()), modules(name), "addin", vba.ribbon())
    if name == PYTHON:
        return macros.add_macros(python_bytes(), modules(name), "addin")
    thesis = load_thesis(settings.default_thesis())
    content = TemplateContent(
        functions=_help(),
        value_of=lambda text: edge.call(*formula.parse(text)),
        title=thesis.title.en,
        indicators=[indicator.id for indicator in thesis.indicators],
        manual_series=[(meta.id, meta.title) for meta in load_catalogue().values() if meta.id.startswith("MANUAL:")],
        thesis=thesis.model_copy(update={"id": OWN_THESIS}),
        dynamic=name == TEMPLATE,
        buttons=name != CALC,
    )
    if name == CALC:
        return template_bytes(content)
    return macros.add_macros(template_bytes(content), modules(name), "workbook")


def modules(name: str) -> dict[str, str]:
    """The VBA modules of one of the files, by name: as they are committed, and xlwings' two where Python is reached."""
    own = {module: vba.written(module) for module in _MODULES.get(name, _MODULES[TEMPLATE])}
    return {**xlwings_vba.modules(), **own} if name == PYTHON else own


def _help() -> list[FunctionHelp]:
    return [
        FunctionHelp(spec.name, spec.signature, spec.summary, spec.example, spec.errors) for spec in FUNCTIONS.values()
    ]


if __name__ == "__main__":
    for wanted in (*FILES, CALC):
        (Path(sys.argv[1]) / wanted).write_bytes(_build(wanted))

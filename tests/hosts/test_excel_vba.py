"""The VBA of the add-ins and the templates, checked without Excel."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.hosts import vba_lint
from tests.hosts.wine import CLSID, SERVE
from xl_thesis import artefacts
from xl_thesis_udfs.hosts import vba, xlwings_vba
from xl_thesis_udfs.registry import FUNCTIONS, ArgumentSpec, FunctionSpec

THEIRS = ("xlwings", "Dictionary")
OURS = sorted({name for file in artefacts.FILES for name in artefacts.modules(file)} - set(THEIRS))


@pytest.fixture(scope="module")
def packages(excel_files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in excel_files.items() if not name.endswith(".xlsx")}


@pytest.fixture(scope="module")
def projects(packages: dict[str, bytes]) -> dict[str, dict[str, vba_lint.Module]]:
    return {name: vba_lint.read_project(package) for name, package in packages.items()}


def test_the_committed_text_is_the_registry() -> None:
    assert vba.written(vba.MODULE) == vba.module()
    assert vba.written(vba.WIZARD) == vba.wizard()


@pytest.mark.parametrize("name", artefacts.FILES)
def test_a_strict_reader_finds_the_modules_that_went_in(name: str, projects: Any) -> None:
    modules = projects[name]
    for module, text in artefacts.modules(name).items():
        inside = modules[module].source.replace("\r\n", "\n")
        body = text.partition("Option Explicit")[2]
        assert inside.endswith(text if text.startswith("Attribute") else body)
    others = [modules[module].source for module in set(modules) - set(artefacts.modules(name))]
    assert all(line.startswith("Attribute ") for source in others for line in source.splitlines())
    assert "Sub Workbook_Open" not in "".join(module.source for module in modules.values())


OLETOOLS = """
import json, sys
from oletools import mraptor
from oletools.olevba import VBA_Parser

parser = VBA_Parser(sys.argv[1])
modules = {file: code for _, _, file, code in parser.extract_macros()}
raptor = mraptor.MacroRaptor(parser.get_vba_code_all_modules())
raptor.scan()
print(json.dumps({"modules": modules, "suspicious": raptor.suspicious, "flags": raptor.get_flags()}))
"""


@pytest.mark.parametrize("name", artefacts.FILES)
def test_oletools_read_every_module_and_suspect_none(
    name: str, packages: dict[str, bytes], projects: Any, tmp_path: Path
) -> None:
    """In a process of their own, since they warn of their own parser when they are imported.

    MacroRaptor suspects a file that has both what it takes for a procedure that runs by itself, such as any name with
    ``_Change`` in it, and words that load, start or write something. Ours with functions have the former alone, because
    of THESIS_CHANGE, and the one that reaches Python the latter.
    """
    path = tmp_path / name
    path.write_bytes(packages[name])
    done = subprocess.run([sys.executable, "-c", OLETOOLS, str(path)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    read = {file.rpartition("/")[2].rpartition(".")[0]: code for file, code in found["modules"].items()}
    for module, text in projects[name].items():
        assert read[module].replace("\r\n", "\n").strip() == text.source.replace("\r\n", "\n").strip()
    assert not found["suspicious"]
    assert found["flags"] == ("-WX" if name == artefacts.PYTHON else "A--")


def test_mraptor_says_so_itself(packages: dict[str, bytes], tmp_path: Path) -> None:
    """The command, as somebody runs it: 2 means that there are macros and nothing is wrong with them."""
    for name, package in packages.items():
        (tmp_path / name).write_bytes(package)
        command = [sys.executable, "-m", "oletools.mraptor", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2 and "Macro OK" in done.stdout, done.stdout


def test_a_workbook_with_functions_declares_no_library_and_keeps_no_setting(
    packages: dict[str, bytes], projects: Any
) -> None:
    """So it does not age with the version of one, and cannot name another Python than the user's own settings."""
    for name in set(artefacts.FILES) - {artefacts.PYTHON}:
        source = "".join(module.source for module in projects[name].values())
        assert not re.search(r"\b(Declare|CreateObject|GetObject|Shell|Lib)\b", source)
    for name, package in packages.items():
        book = zipfile.ZipFile(io.BytesIO(package)).read("xl/workbook.xml").decode()
        assert ('name="xl_thesis.conf"' in book) == (name == artefacts.PYTHON)


@pytest.mark.parametrize("name", OURS)
def test_the_text_keeps_the_rules_of_vba(name: str) -> None:
    assert list(vba_lint.faults(vba.written(name))) == []


def test_the_rules_find_what_they_are_for() -> None:
    bad = "Option Explicit\nSub A()\n    x = 1\n    If True Then\nEnd Sub\nSub B()\n    On Error GoTo Nowhere\nEnd Sub"
    found = " ".join(vba_lint.faults(bad))
    assert "A sets x" in found and "A opens 1 blocks" in found and "Nowhere" in found
    assert "characters" in " ".join(vba_lint.faults("Option Explicit\n' " + "x" * 1100))


def test_what_workbooks_ask_for_is_a_public_member_of_the_add_in(projects: Any) -> None:
    """In the module of its workbook, of Excel's own class and open to others, as Excel writes it."""
    head, body = projects[artefacts.PYTHON]["ThisWorkbook"].source.split("Option Explicit\r\n")
    assert 'VB_Base = "0{00020819-0000-0000-C000-000000000046}"\r\n' in head and "VB_Exposed = True\r\n" in head
    assert re.findall(r"^(Public|Private)?.*\b(?:Sub|Function) (Thesis\w+)\(", body, re.MULTILINE) == [
        ("Public", "ThesisAnswer"), ("Public", "ThesisPressed"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", artefacts.FILES)
def test_excel_offers_our_functions_and_no_other(name: str, projects: Any) -> None:
    """In its wizard: public functions of every module that is not private to its project and no class."""
    offered = set()
    for module in projects[name].values():
        if module.procedural and "Option Private Module" not in module.source:
            offered |= set(re.findall(r"^(?:Public )?Function (\w+)", module.source, re.MULTILINE))
    assert offered == (set() if name == artefacts.PYTHON else set(FUNCTIONS))


@pytest.mark.parametrize("name", artefacts.FILES)
def test_a_file_holds_no_procedure_that_nothing_needs(name: str) -> None:
    """What no other procedure names is a cell function, a button's macro, an event or what workbooks ask for."""
    text = "\n".join(code for module, code in artefacts.modules(name).items() if module not in THEIRS)
    needed = set(FUNCTIONS)
    if name == artefacts.PYTHON:
        needed = {"ThesisAnswer", "ThesisPressed"} | {found for found in vba_lint.unnamed(text) if "_" in found}
    elif name == artefacts.ADDIN:
        needed |= set(re.findall(r'onAction="(\w+)"', vba.ribbon()))
    else:
        needed |= {match["name"] for match in vba_lint.PROCEDURE.finditer(vba.written("xl_thesis_buttons"))}
    assert set(vba_lint.unnamed(text)) <= needed


@pytest.mark.parametrize("name", artefacts.FILES)
def test_every_procedure_that_is_called_exists(name: str) -> None:
    """Within the file; what goes from one to the other is asked of the add-in as a member, by an ``Addin`` or alike."""
    text = "\n".join(code for module, code in artefacts.modules(name).items() if module not in THEIRS)
    defined = {match["name"] for match in vba_lint.PROCEDURE.finditer(text)}
    code = re.sub(r"\"[^\"\n]*\"|'.*", "", text)
    called = set(re.findall(r"(?<!\.)\b((?:Thesis|Describe_)\w+)\b", code))
    assert called <= defined | {"ThesisWatch"}
    if name != artefacts.PYTHON:
        asked = set(re.findall(r"\.(Thesis\w+)", code))
        assert asked == {match["name"] for match in vba_lint.PROCEDURE.finditer(vba.written("ThisWorkbook"))}


def test_the_ribbon_and_its_macros_are_the_same() -> None:
    ribbon = re.findall(r'onAction="(\w+)"', vba.ribbon())
    assert sorted(ribbon) == sorted(
        match["name"] for match in vba_lint.PROCEDURE.finditer(vba.written("xl_thesis_ribbon"))
    )
    assert re.findall(r"<button id=\"\w+\" label=\"([^\"]+)\"", vba.ribbon()) == [
        "Refresh", "Stop", "Status", "Snapshot", "Template", "Insert function...", "Show dates", "Settings", "Help",
    ]  # fmt: skip
    assert len(ribbon) == 9


def test_a_formula_is_known_as_ours_by_how_the_names_of_functions_begin() -> None:
    families = re.findall(r'FAMILIES As String = "([^"]+)"', vba.written("xl_thesis_cells"))[0].split(" ")
    assert all(any(f"{name}(".startswith(family) for family in families) for name in FUNCTIONS)
    assert all(any(f"{name}(".startswith(family) for name in FUNCTIONS) for family in families)


def test_buttons_of_the_sheets_run_macros_that_exist(packages: dict[str, bytes], projects: Any) -> None:
    package = zipfile.ZipFile(io.BytesIO(packages[artefacts.TEMPLATE]))
    macros = set()
    for name in package.namelist():
        if "vmlDrawing" in name and name.endswith(".vml"):
            macros |= set(re.findall(r"<x:FmlaMacro>(?:\[0\]!)?(\w+)</x:FmlaMacro>", package.read(name).decode()))
    defined = {match["name"] for match in vba_lint.PROCEDURE.finditer(vba.written("xl_thesis_buttons"))}
    assert {"ThesisRefresh", "ThesisCancel", "ThesisSnapshot", "ThesisEnter"} <= macros <= defined


@pytest.mark.parametrize("word", ["end", "next", "date", "type", "name", "step", "until", "Loop", "_x", "2nd", "a b"])
def test_an_argument_that_vba_keeps_for_itself_is_refused(word: str) -> None:
    spec = FunctionSpec("THESIS_X", "Words.", (ArgumentSpec(word, "text", "Help.", True),), "text", "", "", len)
    with pytest.raises(ValueError, match="cannot be a name in VBA"):
        vba.module([spec])


def test_words_that_vba_cannot_hold_are_refused_or_cut() -> None:
    with pytest.raises(ValueError, match="code page"):
        vba.module([FunctionSpec("THESIS_X", "Zürich.", (), "text", "", "", len)])
    spec = FunctionSpec("THESIS_X", 'Say "yes" ' + "and again " * 60, (), "text", "", "", len)
    for text in (vba.module([spec]), vba.wizard([spec])):
        assert all(len(line) <= vba_lint.LONGEST_LINE for line in text.splitlines())
        assert 'Say ""yes"" and again' in text


def test_xlwings_vba_is_taken_from_the_installed_package_with_its_notice() -> None:
    modules = xlwings_vba.modules()
    assert "distributed under a BSD 3-clause license" in modules["xlwings"]
    assert f'XLWINGS_VERSION As String = "{xlwings_vba.version()}"' in modules["xlwings"]
    assert all(name in modules["xlwings"] for name in xlwings_vba.library_names())
    command = modules["xlwings"].partition("Function XLPyCommand()")[2].partition("End Function")[0]
    excel = command.partition("PYTHONPATH = AddExcelDir")[2].partition("#Else")[0]
    assert "FullName" not in excel
    tail = next(line for line in command.splitlines() if line.strip().startswith("tail = "))
    said = tail.partition("-c ")[2].replace('" & LicenseKeyEnvString & "', "").strip('"')
    said = said.replace('" & PYTHONPATH & "', "False;;;;;").replace('""', '"')
    said = said.replace('\\"', "'").replace("$(CLSID)", CLSID)
    assert said == SERVE
    assert modules["xlwings"].startswith('Attribute VB_Name = "xlwings"\nOption Private Module\n')


class _Recorder:
    """The part of Excel's object model that xlwings' generator writes to."""

    def __init__(self) -> None:
        self.options: list[tuple[Any, ...]] = []
        self.Name = "xl_thesis.xlsm"


@pytest.fixture
def xlwings_udfs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """xlwings' module of worksheet functions, on stand-ins for the three libraries of Windows that it imports."""
    from tests.hosts.stand_ins import install

    return install(monkeypatch)


def test_the_wrappers_agree_with_the_generator_of_xlwings(xlwings_udfs: Any) -> None:
    """Same names, arguments and optionality; ours add errors and a memory, which its wrappers do not have."""
    theirs = types.ModuleType("theirs")
    for spec in FUNCTIONS.values():
        words = [item.name if item.required else f"{item.name}=None" for item in spec.arguments]
        exec(f"def {spec.name}({', '.join(words)}):\n    '''{spec.name}'''", vars(theirs))
        setattr(theirs, spec.name, xlwings_udfs.xlfunc(getattr(theirs, spec.name)))
    written = io.StringIO()
    xlwings_udfs.generate_vba_wrapper("theirs", theirs, written, _Recorder())
    pattern = re.compile(r"^(?:Public )?Function (\w+)\((.*)\)", re.MULTILINE)

    def signatures(text: str) -> dict[str, list[str]]:
        found = {}
        for name, parameters in pattern.findall(text):
            cleaned = parameters.replace(") As Variant", "").replace("ByVal ", "").replace(" As Variant", "")
            found[name] = [part.strip() for part in cleaned.split(",") if part.strip()]
        return found

    ours = {name: value for name, value in signatures(vba.module()).items() if name in FUNCTIONS}
    assert ours == signatures(written.getvalue())


def test_one_add_in_has_the_tab_and_the_other_files_have_none(packages: dict[str, bytes]) -> None:
    for name, package in packages.items():
        members = zipfile.ZipFile(io.BytesIO(package))
        has_tab = "customUI/customUI14.xml" in members.namelist()
        assert has_tab == (name == artefacts.ADDIN)
        types_ = members.read("[Content_Types].xml").decode()
        assert ("addin.macroEnabled" in types_) == (name in artefacts.ADDINS)
        assert ("sheet.macroEnabled" in types_) == (name not in artefacts.ADDINS)


def test_no_path_of_the_build_machine_is_inside(packages: dict[str, bytes]) -> None:
    home = str(Path(__file__).resolve().parents[2]).encode()
    for package in packages.values():
        members = zipfile.ZipFile(io.BytesIO(package))
        assert not [name for name in members.namelist() if home in members.read(name)]

"""What the buttons' own VBA asks of Excel, and in which order: run by LibreOffice's Basic on a stand-in that writes it
down. The module's text is used as it is, but for the names of Excel's objects and types, which the stand-in takes over.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hosts import office_basic
from xl_thesis_udfs.hosts import vba

EXCEL = Path(__file__).with_name("excel_objects")
"""The stand-in: a module a file, named as the module."""
TYPES = r"\bAs (?:Workbook|Worksheet|ListObject|Range)\b"
RENAMED = {
    r"\bApplication\.": "Host.", r"\bMsgBox\b": "Host.Box", r"\bWorkbooks\.Open\b": "Host.OpenBook",
    r"\bWorkbooks\.Add\.Worksheets\(1\)": "Host.NewSheet()", r"\bActiveWorkbook\b": "Host.ActiveBook",
    r"\bThisWorkbook\b": "Host.OwnBook", r"\bActiveCell\b": "Host.ActiveCell", r"\.Call\(": ".CallIt(",
    r"\.Str\(": ".StrIt(", r"\.Goto\b": ".GoToIt",
    r"\.Close\b": ".CloseIt", r"\bxlCellTypeFormulas\b": "-4123",
}  # fmt: skip
DESK, MAILED = 1, 2
DECLINED = "Host.Declines = True: " + ": ".join(
    f"Thesis{name}" for name in ("Refresh", "Snapshot", "Template", "ExportDefinition", "ImportDefinition")
)
SCENES = {
    "refresh": (DESK, "running>refresh begins|running>1 of 3: FRED:X|done>3 fetched",
                "ThesisRefresh: ThesisPoll: ThesisPoll"),
    "stop": (DESK, "running>refresh begins|running>stopping|done>Stopped early.",
             "ThesisRefresh: ThesisCancel: ThesisPoll"),
    "failure": (DESK, "running>refresh begins|failed>FRED does not answer", "ThesisRefresh: ThesisPoll"),
    "unreachable": (DESK, "", "ThesisRefresh"),
    "snapshot": (DESK, "running>snapshot begins|done>Snapshot: C:\\thesis_snapshot.xlsx", "ThesisSnapshot: ThesisPoll"),
    "refresh of a snapshot": (MAILED, "done>from 2026-06-30 to 2026-07-22", "ThesisRefresh"),
    "check": (DESK, "done>copied>C:\\temp.xlsm|failed>'Definition About'!B6: wrong>'Definition About'!B6",
              "ThesisCheckDefinition"),
    "use": (DESK, "done>copied>C:\\temp.xlsm|done>Thesis: C:\\my_thesis.yaml>C:\\my_thesis.yaml",
            'Host.ActiveBook.Thesis.Address = "ThesisName": ThesisUseDefinition'),
    "use on a protected sheet": (DESK, "done>copied>C:\\temp.xlsm|done>Thesis: C:\\my_thesis.yaml>C:\\my_thesis.yaml",
                                 "Host.ActiveBook.Thesis.Refuses = True: ThesisUseDefinition"),
    "no definition": (MAILED, "", "ThesisCheckDefinition"),
    "entries": (DESK, "failed>Manual entries:1: the source is missing|done>1 value is in the store",
                "ThesisEnter: ThesisEnter"),
    "read-only snapshot": (MAILED, "", "Host.ActiveBook.ReadOnly = True: ThesisRefresh"),
    "snapshot that Excel cannot save": (MAILED, "", "Host.ActiveBook.Refuses = True: ThesisRefresh"),
    "no cell": (DESK, "", "ThesisFormatDates"),
    "closed": (DESK, "running>refresh begins|running>1 of 3: FRED:X",
               "ThesisRefresh: Closes Host.ActiveBook: Closes Host.OwnBook: ThesisQuiet"),
    "asked by a workbook": (DESK, "running>refresh begins", 'Pressed "Refresh": Pressed "Renew": Pressed "Later"'),
    "status": (DESK, "", "ThesisStatus"),
    "status in an older Excel": (DESK, "", "Host.Older = True: ThesisStatus"),
    "settings": (DESK, "done>Folder: C:\\home", "ThesisSettings"),
    "template": (DESK, "done>Template: C:\\thesis.xlsm|failed>the file exists", "ThesisTemplate: ThesisTemplate"),
    "definition": (DESK, "done>Definition: C:\\my_thesis.xlsx|done>Thesis: C:\\edited.yaml>C:\\edited.yaml",
                   'Host.ActiveBook.Thesis.Address = "ThesisName": ThesisExportDefinition: ThesisImportDefinition'),
    "spill": (DESK, "", 'Spill "General", True'),
    "spill with a format": (DESK, "", 'Spill "d mmm yyyy", True'),
    "blocked spill": (DESK, "", 'Spill "General", False'),
    "array formula over fewer rows": (DESK, "", 'Spill "General", False, 2'),
    "one day": (DESK, "", 'ShowDay "General"'),
    "one day with a format": (DESK, "", 'ShowDay "d mmm yyyy"'),
    "dates of a table": (DESK, "", "Region: ThesisFormatDates"),
    "protected sheet": (DESK, "", "Protect: ThesisRenew"),
    "sheet kept from calculation": (DESK, "", "KeepFromCalculation Host.Books.Item(2): ThesisRenew"),
    "snapshot in the cloud": (MAILED, "", 'Host.ActiveBook.FullName = "https:" & "//x/mailed.xlsx": ThesisRefresh'),
    "declined": (MAILED, "", DECLINED),
}  # fmt: skip
"""Which workbook is in front, what Python will answer, and what is pressed."""

CALCULATED = ["dirty desk.xlsm!A1", "calculate anew mailed.xlsx", "calculate"]
QUIET = "in 10 s: 'xl_thesis_python.xlam'!ThesisQuiet"
POLL = "in 1 s: 'xl_thesis_python.xlam'!ThesisPoll"
OWN = " of [C:\\own.yaml]"


@pytest.fixture(scope="module")
def said(office: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What was asked of Excel and of Python in each scene, in order."""
    texts = {}
    for module in ("xl_thesis_actions", "xl_thesis_cells", "ThisWorkbook", "ThesisWatch"):
        body = vba.written(module).partition("Option Explicit\n")[2].removeprefix("Option Private Module\n")
        texts[module] = re.sub(TYPES, "As Object", f"Option Explicit\n{body}")
        for name, other in RENAMED.items():
            texts[module] = re.sub(name, other, texts[module])
    lines = [f'Begin_ "{name}", {book}, "{answers}"\n    {pressed.replace(": ", chr(10) + "    ")}'
             for name, (book, answers, pressed) in SCENES.items()]  # fmt: skip
    watch = texts["ThesisWatch"].replace("Private WithEvents Host As Application\n", "")  # called, as Excel calls it
    watch = watch.replace("Set Host = Application", "Set Heard = Me").replace("Private Sub Host_", "Public Sub Host_")
    texts["ThesisWatch"] = f"Option ClassModule\n{watch}"
    texts["Addin"] = f"Option ClassModule\n{texts.pop('ThisWorkbook')}"
    stand_ins = {path.stem: path.read_text(encoding="utf-8") for path in sorted(EXCEL.glob("*.bas"))}
    scenes = stand_ins.pop("Tests").replace("SCENES", "\n    ".join(lines))
    modules = {**texts, **stand_ins, "Tests": scenes}
    found: dict[str, list[str]] = {}
    for line in office_basic.run(office, tmp_path_factory.mktemp("actions"), modules, "Tests.Run").splitlines():
        if line.startswith("-- "):
            found[line[3:]] = []
        elif line:
            found[list(found)[-1]].append(line)
    assert list(found) == list(SCENES), found
    return found


def test_a_refresh_shows_how_far_it_is_and_then_calculates_our_cells_only(said: dict[str, list[str]]) -> None:
    assert said["refresh"] == [
        f"python: refresh(){OWN}", "status bar: xl-thesis: refresh begins", POLL,
        f"python: state(){OWN}", "status bar: xl-thesis: 1 of 3: FRED:X", POLL,
        f"python: state(){OWN}", "status bar: xl-thesis: 3 fetched", *CALCULATED, QUIET,
    ]  # fmt: skip


def test_nothing_that_would_clear_the_undo_stack_is_done_by_a_refresh(said: dict[str, list[str]]) -> None:
    for scene in ("refresh", "stop", "failure", "snapshot"):
        assert not [line for line in said[scene] if line.startswith(("write", "save", "close", "open"))], scene


def test_a_stop_is_passed_on_and_what_has_arrived_is_shown(said: dict[str, list[str]]) -> None:
    assert said["stop"][3:] == [
        f"python: cancel(){OWN}", "status bar: xl-thesis: stopping",
        f"python: state(){OWN}", "status bar: xl-thesis: Stopped early.", *CALCULATED, QUIET,
    ]  # fmt: skip


def test_a_failure_is_said_and_the_status_bar_is_given_back(said: dict[str, list[str]]) -> None:
    assert said["failure"][-2:] == ["status bar: False", "box: FRED does not answer"]
    assert said["unreachable"][-1].startswith("box: Python could not be reached: ")
    assert said["unreachable"][-2] == "status bar: False" and POLL not in said["unreachable"]


def test_a_button_of_another_workbook_is_passed_on_and_one_of_a_later_version_is_said(
    said: dict[str, list[str]],
) -> None:
    box = "box: This workbook is newer than the add-in: upgrade xl-thesis for Later"
    assert said["asked by a workbook"] == [*said["refresh"][:3], *CALCULATED, box]


def test_the_snapshot_button_asks_python_and_waits_in_the_background(said: dict[str, list[str]]) -> None:
    target = "C:\\thesis_snapshot.xlsx"
    assert said["snapshot"][:3] == [f"python: snapshot({target}){OWN}", "status bar: xl-thesis: snapshot begins", POLL]
    assert said["snapshot"][-2:] == ["status bar: False", f"box: Snapshot: {target}"]


def test_refresh_on_a_snapshot_hands_the_closed_file_to_the_update_and_opens_it_again(
    said: dict[str, list[str]],
) -> None:
    assert said["refresh of a snapshot"] == [
        "box: The snapshot will be saved, closed, updated and opened again.", "save mailed.xlsx", "close mailed.xlsx",
        "python: update(C:\\mailed.xlsx) of []", "open C:\\mailed.xlsx", "status bar: False",
        "box: from 2026-06-30 to 2026-07-22",
    ]  # fmt: skip


def test_the_definition_is_read_from_a_copy_and_a_fault_is_gone_to(said: dict[str, list[str]]) -> None:
    assert said["check"] == [
        f"python: copy(){OWN}", "copy to C:\\temp.xlsm", f"python: check(C:\\temp.xlsm){OWN}", "status bar: False",
        "box: 'Definition About'!B6: wrong", "go to 'Definition About'!B6",
    ]  # fmt: skip
    assert said["no definition"] == ["box: This workbook has no definition sheets; Template makes one that has."]


def test_a_definition_in_use_stands_in_the_cell_thesis_and_our_cells_follow(said: dict[str, list[str]]) -> None:
    assert said["use"][2:] == [
        f"python: apply(C:\\temp.xlsm){OWN}", "status bar: False", "box: Thesis: C:\\my_thesis.yaml",
        "write ThesisName: C:\\my_thesis.yaml", *CALCULATED,
    ]  # fmt: skip


def test_status_is_a_new_workbook_of_the_thesis_in_front(said: dict[str, list[str]]) -> None:
    summary, series = '=THESIS_STATUS(,"C:\\own.yaml")', '=THESIS_STATUS("series","C:\\own.yaml")'
    dates = "format J:K,Q:Q: yyyy-mm-dd"
    assert said["status"] == [f"spill A1: {summary}", f"spill G1: {series}", dates]
    assert said["status in an older Excel"] == [
        f"array A1, 60 by 4: {summary}",
        f"array G1, 150 by 12: {series}",
        dates,
    ]


def test_files_that_python_writes_are_opened_once_they_are_there(said: dict[str, list[str]]) -> None:
    box, asked = "box: Template: C:\\thesis.xlsm", f"python: new(C:\\thesis.xlsm){OWN}"
    assert said["template"] == [
        asked, "status bar: False", box, "open C:\\thesis.xlsm", asked, "status bar: False", "box: the file exists",
    ]  # fmt: skip
    assert said["definition"] == [
        f"python: definition(C:\\my_thesis.xlsx){OWN}", "status bar: False", "box: Definition: C:\\my_thesis.xlsx",
        "open C:\\my_thesis.xlsx", f"python: import(C:\\edited.xlsx){OWN}", "status bar: False",
        "box: Thesis: C:\\edited.yaml", "write ThesisName: C:\\edited.yaml", *CALCULATED,
    ]  # fmt: skip
    assert said["settings"] == [f"python: settings(){OWN}", "status bar: False", "box: Folder: C:\\home"]


def test_a_cell_thesis_that_cannot_be_written_is_said(said: dict[str, list[str]]) -> None:
    assert said["use on a protected sheet"][-1].startswith("box: The cell Thesis cannot be written")
    assert said["use on a protected sheet"][-1].endswith(r"holds: C:\my_thesis.yaml")


def test_entries_reach_python_row_by_row_and_cells_follow_once_they_are_stored(said: dict[str, list[str]]) -> None:
    asked = f"python: enter(FRED:X\\t2026-06-30\\t1.5\\t2.25){OWN}"
    assert said["entries"] == [
        asked, "status bar: False", "box: Manual entries:1: the source is missing",
        asked, "status bar: False", "box: 1 value is in the store", *CALCULATED,
    ]  # fmt: skip


def test_dates_that_spill_are_shown_as_dates_where_the_cells_have_no_format_of_their_own(
    said: dict[str, list[str]],
) -> None:
    answer = "observed_on Error Double Date"
    assert said["spill"] == [answer, "format down 1 right 1, 2 cells: yyyy-mm-dd"]
    assert said["spill with a format"] == said["blocked spill"] == [answer]


def test_dates_of_one_cell_and_of_an_older_excels_array_formula_are_shown_where_they_stand(
    said: dict[str, list[str]],
) -> None:
    assert said["array formula over fewer rows"][1:] == ["format down 1 right 1, 1 cells: yyyy-mm-dd"]
    assert said["one day"] == ["Date", "format cell: yyyy-mm-dd"]
    assert said["one day with a format"] == ["Date"]
    columns = [f"format column {column}: yyyy-mm-dd" for column in (2, 4, 5, 6)]
    assert said["dates of a table"] == columns


def test_cells_of_a_protected_sheet_are_calculated_and_a_sheet_kept_from_it_is_not(said: dict[str, list[str]]) -> None:
    assert said["protected sheet"] == CALCULATED
    assert said["sheet kept from calculation"] == [CALCULATED[0], CALCULATED[2]]


def test_what_is_declined_asks_nobody_and_a_snapshot_in_the_cloud_is_said(said: dict[str, list[str]]) -> None:
    assert said["declined"] == ["box: The snapshot will be saved, closed, updated and opened again."]
    (box,) = said["snapshot in the cloud"]
    assert box == "box: Save the snapshot in a folder of this computer first: its place is https://x/mailed.xlsx"


def test_a_snapshot_that_cannot_be_saved_stays_open_and_as_it_is(said: dict[str, list[str]]) -> None:
    assert said["read-only snapshot"] == [
        "box: The snapshot is open for reading only; save it under another name first."
    ]
    asked, refused = said["snapshot that Excel cannot save"]
    assert asked.startswith("box: The snapshot will be saved")
    assert refused.startswith("box: Excel could not save, close or open C:\\mailed.xlsx: ")


def test_a_button_that_needs_a_cell_says_so_where_there_is_none(said: dict[str, list[str]]) -> None:
    assert said["no cell"] == ["box: Choose a cell of a worksheet first."]


def test_an_add_in_that_is_closed_during_a_refresh_is_not_opened_again(said: dict[str, list[str]]) -> None:
    """Excel opens a closed workbook for a procedure that is due."""
    own = "never: 'xl_thesis_python.xlam'!"
    assert said["closed"][2:] == [
        POLL, f"{own}ThesisPoll", f"{own}ThesisQuiet", "status bar: False", "status bar: False",
    ]  # fmt: skip

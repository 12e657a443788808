"""What the buttons' own VBA asks of Excel, and in which order: run by LibreOffice's Basic on a stand-in that writes it
down. The module's text is used as it is, but for the names of Excel's objects and types, which the stand-in takes over.
"""

from __future__ import annotations

import re

import pytest

from tests.hosts import office_basic
from xl_thesis_udfs.hosts import vba

TYPES = r"\bAs (?:Workbook|Worksheet|ListObject|Range|IRibbonControl)\b"
RENAMED = {
    r"\bApplication\.": "Host.", r"\bMsgBox\b": "Host.Box", r"\bWorkbooks\.Open\b": "Host.OpenBook",
    r"\bWorkbooks\.Add\.Worksheets\(1\)": "Host.NewSheet()", r"\bActiveWorkbook\b": "Host.ActiveBook",
    r"\bThisWorkbook\b": "Host.OwnBook", r"\bActiveCell\b": "Host.ActiveCell", r"\.Call\(": ".CallIt(",
    r"\.Str\(": ".StrIt(", r"\.Goto\b": ".GoToIt",
    r"\.Close\b": ".CloseIt", r"\.Run\b": ".RunIt", r"\bxlCellTypeFormulas\b": "-4123",
    r"\bxlDialogFunctionWizard\b": "450",
}  # fmt: skip
HOST = """Option ClassModule
Public ActiveBook As Object
Public OwnBook As Object
Public Caller As Object
Public ActiveCell As Object
Public ActiveSheet As Object
Public Addin As Object
Public Books As New Collection
Public Function Workbooks(Optional ByVal Wanted As Variant) As Object
    If IsMissing(Wanted) Then
        Set Workbooks = Books
    ElseIf Addin Is Nothing Then
        Err.Raise 9
    Else
        Set Workbooks = Addin
    End If
End Function
Public Property Let StatusBar(ByVal Text As Variant)
    Say "status bar: " & CStr(Text)
End Property
Public Sub Calculate()
    Say "calculate"
End Sub
Public Sub OnTime(ByVal Moment, ByVal Procedure As String, Optional ByVal Latest, Optional ByVal Schedule)
    If IsMissing(Schedule) Then
        Say "in " & CStr(CLng((Moment - Now) * 86400)) & " s: " & Procedure
    Else
        Say "never: " & Procedure
    End If
End Sub
Public Sub RunIt(ByVal Procedure As String)
    Say "run " & Procedure
End Sub
Public Sub GoToIt(ByVal Place As Object)
    Say "go to " & Place.Address
End Sub
Public Function Range(ByVal Address As String) As Object
    Dim Made As Object
    Set Made = New FakeCell
    Made.Address = Address
    Set Range = Made
End Function
Public Function Box(ByVal Text As String, ByVal Kind As Long, ByVal Title As String) As Long
    Say "box: " & Text
    Box = 1
End Function
Public Sub OpenBook(ByVal Path As String)
    Say "open " & Path
End Sub
Public Function GetSaveAsFilename(ByVal Name, ByVal Kinds, ByVal Index, ByVal Title) As Variant
    GetSaveAsFilename = "C:\\" & Name
End Function
"""
CELL = """Option ClassModule
Public Address As String
Public HasFormula As Boolean
Public Formula As String
Private Held As Variant
Public Property Get Value() As Variant
    Value = Held
End Property
Public Property Let Value(ByVal Given As Variant)
    If Address <> "" Then Say "write " & Address & ": " & CStr(Given)
    Held = Given
End Property
Public Sub Dirty()
    Say "dirty " & Address
End Sub
"""
AREA = """Option ClassModule
Public Found As New Collection
Public Rows As Object
Public Columns As Object
Public Function SpecialCells(ByVal Kind As Long) As Object
    Set SpecialCells = Me
End Function
Public Function Cells(Optional ByVal Row As Variant, Optional ByVal Column As Variant) As Object
    If IsMissing(Row) Then
        Set Cells = Found
    Else
        Set Cells = Found.Item((Row - 1) * Columns.Count + Column)
    End If
End Function
"""
BOOK = """Option ClassModule
Public Name As String
Public FullName As String
Public HasVBProject As Boolean
Public Thesis As Object
Public ReadOnly As Boolean
Public Refuses As Boolean
Public Worksheets As New Collection
Public Function Names(ByVal Wanted As String) As Object
    If Wanted = "ThesisName" And Not Thesis Is Nothing Then Set Names = Me Else Err.Raise 1004
End Function
Public Function RefersToRange() As Object
    Set RefersToRange = Thesis
End Function
Public Sub Save()
    If Refuses Then Err.Raise 1004
    Say "save " & Name
End Sub
Public Sub CloseIt()
    Say "close " & Name
End Sub
Public Sub SaveCopyAs(ByVal Path As String)
    Say "copy to " & Path
End Sub
"""
SHEET = """Option ClassModule
Public Tables As String
Public UsedRange As Object
Public Entries As Object
Public ProtectContents As Boolean
Public Name As String
Private Held As Boolean
Public Property Get EnableCalculation() As Boolean
    EnableCalculation = Not Held
End Property
Public Property Let EnableCalculation(ByVal Given As Boolean)
    Held = Not Given
    If Given Then Say "calculate anew " & Name
End Property
Public Function ListObjects(ByVal Wanted As String) As Object
    If InStr(Tables, Wanted) = 0 Then Err.Raise 9
    Set ListObjects = Me
End Function
Public Function DataBodyRange() As Object
    Set DataBodyRange = Entries
End Function
Public Function ListRows() As Object
    Set ListRows = Entries.Rows
End Function
Public Function ListColumns() As Object
    Set ListColumns = Entries.Columns
End Function
"""
PYTHON = """Option ClassModule
Public Answers As String
Public Function Module(ByVal Name As String) As Object
    Set Module = Me
End Function
Public Function Tuple(ByVal Action As String, ByVal Argument As String, ByVal Thesis As String) As Object
    Dim Made As Object
    Set Made = New FakeCell
    Set Tuple = Made
    Made.Formula = Action & "(" & Argument & ") of [" & Thesis & "]"
End Function
Public Function CallIt(ByVal Target As Object, ByVal Name As String, ByVal Given As Object) As Variant
    Say "python: " & Given.Formula
    If Answers = "" Then Err.Raise 462
    CallIt = Split(Answers, "|")(0)
    Answers = Mid(Answers, Len(CallIt) + 2)
End Function
Public Function CallUDF(ByVal Module As String, ByVal Name As String, ByVal Given As Variant) As Variant
    Dim Table(0 To 2, 0 To 1) As Variant
    Table(0, 0) = "FRED:X"
    Table(0, 1) = Chr(2) & "observed_on"
    Table(1, 0) = 1.5
    Table(1, 1) = Chr(1) & "2042"
    Table(2, 0) = 2.5
    Table(2, 1) = 46203#
    CallUDF = Table
End Function
Public Function StrIt(ByVal Value As Variant) As String
    StrIt = Value
End Function
"""
SPILL = """Option ClassModule
Public Address As String
Public HasSpill As Boolean
Public Count As Long
Public Kind As String
Public Function Cells(Optional ByVal Row As Variant, Optional ByVal Column As Variant) As Object
    Set Cells = Me
End Function
Public Function Rows() As Object
    Set Rows = Me
End Function
Public Function Offset(ByVal Down As Long, ByVal Right As Long) As Object
    Address = "down " & Down & " right " & Right
    Set Offset = Me
End Function
Public Function Resize(ByVal High As Long, ByVal Wide As Long) As Object
    Address = Address & ", " & High & " cells"
    Set Resize = Me
End Function
Public Property Get NumberFormat() As String
    NumberFormat = Kind
End Property
Public Property Let NumberFormat(ByVal Given As String)
    Say "format " & Address & ": " & Given
End Property
"""
TESTS = """Option Explicit
Public Host As Object
Public Fake As Object
Private Tables As String
Public Function XLPy() As Object
    Set XLPy = Fake
End Function
Public Sub Say(ByVal Text As String)
    Print #1, Replace(Replace(Text, Chr(10), "\\n"), Chr(9), "\\t")
End Sub
Private Sub Add(ByVal Area As Object, ByVal Address As String, ByVal Formula As String)
    Dim Cell As Object
    Set Cell = New FakeCell
    Cell.Address = Address
    Cell.Formula = Formula
    Cell.HasFormula = Left(Formula, 1) = "="
    Area.Found.Add Cell
End Sub
Private Function Entry(ByVal Value As Variant) As Object
    Dim Made As Object
    Set Made = New FakeCell
    Made.Value = Value
    Set Entry = Made
End Function
Private Function NewBook(ByVal Name As String, ByVal Tables As String) As Object
    Dim Made As Object, Sheet As Object
    Set Made = New FakeBook
    Made.Name = Name
    Made.FullName = "C:\\" & Name
    Made.HasVBProject = True
    Set Sheet = New FakeSheet
    Sheet.Name = Name
    Sheet.Tables = Tables
    Set Sheet.UsedRange = New FakeArea
    Add Sheet.UsedRange, Name & "!A1", "=THESIS_SCORE()"
    Add Sheet.UsedRange, Name & "!A2", "=SUM(B1:B9)"
    Set Sheet.Entries = New FakeArea
    Set Sheet.Entries.Rows = New FakeCount
    Sheet.Entries.Rows.Count = 1
    Set Sheet.Entries.Columns = New FakeCount
    Sheet.Entries.Columns.Count = 4
    Sheet.Entries.Found.Add Entry("FRED:X")
    Sheet.Entries.Found.Add Entry(DateSerial(2026, 6, 30))
    Sheet.Entries.Found.Add Entry(1.5)
    Sheet.Entries.Found.Add Entry(CCur(2.25))
    Made.Worksheets.Add Sheet
    Set NewBook = Made
End Function
Private Sub Begin_(ByVal Scene As String, ByVal Active As Long, ByVal Answers As String)
    Say "-- " & Scene
    Set Host = New FakeHost
    Set Fake = New FakePython
    Fake.Answers = Replace(Answers, ">", Chr(9))
    Set Host.OwnBook = NewBook("xl_thesis.xlam", "")
    Host.Books.Add NewBook("desk.xlsm", "ThesisDefinitionAbout ManualEntries")
    Host.Books.Add NewBook("mailed.xlsx", "ThesisIndicators")
    Set Host.ActiveBook = Host.Books.Item(Active)
    Set Host.ActiveSheet = Host.ActiveBook.Worksheets.Item(1)
    If Active = 1 Then Set Host.ActiveBook.Thesis = Entry("C:\\own.yaml")
    ThesisDisconnect
End Sub
Private Sub BesideAddin()
    Set Host.Addin = Host.OwnBook
    Set Host.OwnBook = Host.ActiveBook
End Sub
Private Sub Spill(ByVal Kind As String, ByVal HasSpill As Boolean)
    Dim Table As Variant
    Set Host.Caller = New FakeSpill
    Host.Caller.Kind = Kind
    Host.Caller.Count = 1
    Host.Caller.HasSpill = HasSpill
    Table = ThesisCall("X", False, Array())
    Say Table(0, 1) & " " & TypeName(Table(1, 1)) & " " & TypeName(Table(2, 0)) & " " & TypeName(Table(2, 1))
    ThesisShowDays
    ThesisShowDays
End Sub
Public Sub Run()
    Open "OUT_FILE" For Output As #1
    On Error GoTo Broken
    SCENES
    GoTo Finish
Broken:
    Say "stopped by " & Err.Description
Finish:
    Close #1
    StarDesktop.terminate
End Sub
"""
DESK, MAILED = 1, 2
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
    "no definition": (MAILED, "", "ThesisCheckDefinition"),
    "entries": (DESK, "failed>Manual entries:1: the source is missing|done>1 value is in the store",
                "ThesisEnter: ThesisEnter"),
    "read-only snapshot": (MAILED, "", "Host.ActiveBook.ReadOnly = True: ThesisRefresh"),
    "snapshot that Excel cannot save": (MAILED, "", "Host.ActiveBook.Refuses = True: ThesisRefresh"),
    "no cell": (DESK, "", "ThesisFormatDates: ThesisInsertFunction"),
    "closed": (DESK, "running>refresh begins|running>1 of 3: FRED:X",
               'Host.OwnBook.Name = "Ann\'s desk.xlsm": ThesisRefresh: ThesisStopAsking: ThesisQuiet'),
    "beside the add-in": (DESK, "running>refresh begins|done>3 fetched", "BesideAddin: ThesisRefresh: ThesisPoll"),
    "spill": (DESK, "", 'Spill "General", True'),
    "spill with a format": (DESK, "", 'Spill "d mmm yyyy", True'),
    "blocked spill": (DESK, "", 'Spill "General", False'),
}  # fmt: skip
"""Which workbook is in front, what Python will answer, and what is pressed."""

FORGOTTEN = ["run 'desk.xlsm'!ThesisForget", "dirty desk.xlsm!A1", "run 'mailed.xlsx'!ThesisForget",
             "calculate anew mailed.xlsx", "calculate"]  # fmt: skip
QUIET = "in 10 s: 'xl_thesis.xlam'!ThesisQuiet"
POLL = "in 1 s: 'xl_thesis.xlam'!ThesisPoll"
OWN = " of [C:\\own.yaml]"


@pytest.fixture(scope="module")
def said(office: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What was asked of Excel and of Python in each scene, in order."""
    texts = {}
    for module in ("xl_thesis_actions", "xl_thesis_cells"):
        texts[module] = re.sub(TYPES, "As Object", vba.written(module).partition("\n")[2])
        for name, other in RENAMED.items():
            texts[module] = re.sub(name, other, texts[module])
    functions = re.sub(r"^Attribute .*\n", "", vba.module().partition("\n")[2], flags=re.MULTILINE)
    lines = [f'Begin_ "{name}", {book}, "{answers}"\n    {pressed.replace(": ", chr(10) + "    ")}'
             for name, (book, answers, pressed) in SCENES.items()]  # fmt: skip
    modules = {
        **texts, "xl_thesis_functions": functions, "ThesisWatch": "Option ClassModule\n", "FakeSpill": SPILL,
        "FakeHost": HOST, "FakeCell": CELL, "FakeArea": AREA, "FakeBook": BOOK, "FakeSheet": SHEET,
        "FakeCount": "Option ClassModule\nPublic Count As Long\n", "FakePython": PYTHON,
        "Tests": TESTS.replace("SCENES", "\n    ".join(lines)),
    }  # fmt: skip
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
        f"python: state(){OWN}", "status bar: xl-thesis: 3 fetched", *FORGOTTEN, QUIET,
    ]  # fmt: skip


def test_nothing_that_would_clear_the_undo_stack_is_done_by_a_refresh(said: dict[str, list[str]]) -> None:
    for scene in ("refresh", "stop", "failure", "snapshot"):
        assert not [line for line in said[scene] if line.startswith(("write", "save", "close", "open"))], scene


def test_a_stop_is_passed_on_and_what_has_arrived_is_shown(said: dict[str, list[str]]) -> None:
    assert said["stop"][3:] == [
        f"python: cancel(){OWN}", "status bar: xl-thesis: stopping",
        f"python: state(){OWN}", "status bar: xl-thesis: Stopped early.", *FORGOTTEN, QUIET,
    ]  # fmt: skip


def test_a_failure_is_said_and_the_status_bar_is_given_back(said: dict[str, list[str]]) -> None:
    assert said["failure"][-2:] == ["status bar: False", "box: FRED does not answer"]
    assert said["unreachable"][-1].startswith("box: Python could not be reached: ")
    assert said["unreachable"][-2] == "status bar: False" and POLL not in said["unreachable"]


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
        "write ThesisName: C:\\my_thesis.yaml", *FORGOTTEN,
    ]  # fmt: skip


def test_entries_reach_python_row_by_row_and_cells_follow_once_they_are_stored(said: dict[str, list[str]]) -> None:
    asked = f"python: enter(FRED:X\\t2026-06-30\\t1.5\\t2.25){OWN}"
    assert said["entries"] == [
        asked, "status bar: False", "box: Manual entries:1: the source is missing",
        asked, "status bar: False", "box: 1 value is in the store", *FORGOTTEN,
    ]  # fmt: skip


def test_dates_that_spill_are_shown_as_dates_where_the_cells_have_no_format_of_their_own(
    said: dict[str, list[str]],
) -> None:
    answer = "observed_on Error Double Date"
    assert said["spill"] == [answer, "format down 1 right 1, 2 cells: yyyy-mm-dd"]
    assert said["spill with a format"] == said["blocked spill"] == [answer]


def test_a_snapshot_that_cannot_be_saved_stays_open_and_as_it_is(said: dict[str, list[str]]) -> None:
    assert said["read-only snapshot"] == [
        "box: The snapshot is open for reading only; save it under another name first."
    ]
    asked, refused = said["snapshot that Excel cannot save"]
    assert asked.startswith("box: The snapshot will be saved")
    assert refused.startswith("box: Excel could not save, close or open C:\\mailed.xlsx: ")


def test_a_button_that_needs_a_cell_says_so_where_there_is_none(said: dict[str, list[str]]) -> None:
    assert said["no cell"] == ["box: Choose a cell of a worksheet first."] * 2


def test_a_workbook_that_closes_during_a_refresh_is_not_opened_again(said: dict[str, list[str]]) -> None:
    """Excel opens a closed workbook for a procedure that is due, and takes a single quote in its name for an end."""
    poll = "'Ann''s desk.xlsm'!ThesisPoll"
    assert said["closed"][2:] == [
        f"in 1 s: {poll}", f"never: {poll}", "never: 'Ann''s desk.xlsm'!ThesisQuiet", "status bar: False",
        "status bar: False",
    ]  # fmt: skip


def test_the_add_in_which_excel_does_not_list_forgets_too(said: dict[str, list[str]]) -> None:
    assert said["beside the add-in"][5:7] == ["run 'xl_thesis.xlam'!ThesisForget", "dirty desk.xlsm!A1"]

"""A workbook's own VBA and the add-in's, from the wrapper to Python and from the button to the action.

Run by LibreOffice's Basic, text for text as the files have it, but for the names of Excel's objects.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.hosts import office_basic
from xl_thesis_udfs.hosts import vba

DICTIONARY = """Option ClassModule
Private Keys As New Collection
Public Function Exists(ByVal Key As String) As Boolean
    On Error GoTo Missing
    Dim Found As Variant
    Found = Keys.Item(Key)
    Exists = True
    Exit Function
Missing:
    Exists = False
End Function
Public Function Item(ByVal Key As String) As Variant
    Item = Keys.Item(Key)
End Function
Public Sub Add(ByVal Key As String, ByVal Value As Variant)
    Keys.Add Value, Key
End Sub
Public Function Count() As Long
    Count = Keys.Count
End Function
Public Sub RemoveAll()
    Set Keys = New Collection
End Sub
"""
PYTHON = """Option ClassModule
Public Calls As Long
Public Asked As Long
Public Word As String
Public Breaks As Boolean
Public BreaksOnce As Boolean
Public Function CallUDF(ByVal ModuleName As String, ByVal FunctionName As String, ByVal Given As Variant) As Variant
    Dim Table(0 To 1, 0 To 1) As Variant, Nought As Long
    If FunctionName = "token" Then
        Asked = Asked + 1
        CallUDF = Word
        Exit Function
    End If
    Calls = Calls + 1
    If Breaks Then Calls = 1 / Nought
    If BreaksOnce Then
        BreaksOnce = False
        Calls = 1 / Nought
    End If
    Select Case Given(0)
        Case "TABLE"
            Table(0, 0) = "header"
            Table(0, 1) = Chr(1) & "2042"
            Table(1, 0) = 1.5
            Table(1, 1) = Chr(1) & "2036"
            CallUDF = Table
        Case "ROW"
            CallUDF = Array("header", Chr(1) & "2015")
        Case "ERROR"
            CallUDF = Chr(1) & "2042"
        Case "GIVEN"
            CallUDF = Replace(CStr(Given(1)(0)), Chr(1), "error ")
        Case "KIND"
            CallUDF = TypeName(Given(1)(0))
        Case "THESIS_INDICATOR"
            CallUDF = TypeName(Given(1)(0)) & TypeName(Given(1)(1)) & TypeName(Given(1)(2)) & UBound(Given(1))
        Case "TEXT"
            CallUDF = Chr(1) & "20425"
        Case "COMPLAINT"
            CallUDF = Chr(1) & "2015"
        Case Else
            CallUDF = 55.5
    End Select
End Function
"""
TESTS = """Option Explicit
Public Fake As Object
Public Host As Object
Public Starts As Long
Public Absent As Boolean
Public Function XLPy() As Object
    Dim Nought As Long
    Starts = Starts + 1
    If Absent Then Starts = Starts / Nought
    Set XLPy = Fake
End Function
Private Function Optional_(Optional ByVal Value As Variant) As Variant
    Optional_ = ThesisCall("KIND", False, Array(ThesisGiven(Value)))
End Function
Private Function Shown(ByVal Value As Variant) As String
    If VarType(Value) = 10 Then
        Shown = "E" & Right$(CStr(CLng(Value)), 4)
    Else
        Shown = CStr(Value)
    End If
End Function
Private Sub Say(ByVal Name As String, ByVal Value As String)
    Print #1, Name & "=" & Value
End Sub
Private Function DaysNoted() As String
    Dim Table(0 To 3, 0 To 2) As Variant, Row As Long
    For Row = 1 To 3
        Table(Row, 0) = DateSerial(2026, 6, 30)
        Table(Row, 1) = 1.5
        Table(Row, 2) = DateSerial(2026, 6, 30)
    Next Row
    Table(3, 0) = CVErr(2042)
    Table(1, 2) = "text"
    DaysNoted = DaysIn(Table, 0) & ";" & DaysIn(Table, 1) & ";" & DaysIn(Table, 2)
End Function
Public Sub Run()
    Dim Table As Variant, Column As Object
    On Error GoTo Broken
    Set Fake = New FakePython
    Set Host = New FakeHost
    Set Host.Loaded = New Addin
    Fake.Word = "one"
    Open "OUT_FILE" For Output As #1
    Say "number", Shown(ThesisCall("NUMBER", True, Array("a", Empty)))
    Say "again", Shown(ThesisCall("NUMBER", True, Array("a", Empty)))
    Say "calls after the same twice", CStr(Fake.Calls)
    Say "other argument", Shown(ThesisCall("NUMBER", True, Array("b", Empty)))
    Say "calls after another argument", CStr(Fake.Calls)
    Say "text, number", Shown(ThesisCall("NUMBER", True, Array("1"))) & Shown(ThesisCall("NUMBER", True, Array(1)))
    Say "calls after text and number", CStr(Fake.Calls)
    Fake.Word = "two"
    ThesisForget
    Say "after a refresh", Shown(ThesisCall("NUMBER", True, Array("a", Empty)))
    Say "calls after a refresh", CStr(Fake.Calls)
    Starts = Fake.Asked
    Fake.Word = "three"
    Say "soon after another process wrote", Shown(ThesisCall("NUMBER", True, Array("a", Empty)))
    Say "calls and questions soon after", CStr(Fake.Calls) & " " & CStr(Fake.Asked - Starts)
    Wait 2200
    Say "later", Shown(ThesisCall("NUMBER", True, Array("a", Empty)))
    Say "calls and questions later", CStr(Fake.Calls) & " " & CStr(Fake.Asked - Starts)
    Wait 2200
    Say "nothing new", Shown(ThesisCall("NUMBER", True, Array("a", Empty)))
    Say "calls and questions with nothing new", CStr(Fake.Calls) & " " & CStr(Fake.Asked - Starts)
    Fake.Calls = 5
    Say "not kept", Shown(ThesisCall("NUMBER", False, Array("a"))) & Shown(ThesisCall("NUMBER", False, Array("a")))
    Say "calls when not kept", CStr(Fake.Calls)
    Say "error", Shown(ThesisCall("ERROR", True, Array()))
    Say "error kept", Shown(ThesisCall("ERROR", True, Array()))
    Say "calls for an error kept", CStr(Fake.Calls)
    Say "complaint", Shown(ThesisCall("COMPLAINT", True, Array())) & Shown(ThesisCall("COMPLAINT", True, Array()))
    Say "calls for a complaint", CStr(Fake.Calls)
    Say "longer text", CStr(Len(ThesisCall("TEXT", True, Array())))
    Table = ThesisCall("TABLE", True, Array())
    Say "table", Shown(Table(0, 0)) & " " & Shown(Table(0, 1)) & " " & Shown(Table(1, 0)) & " " & Shown(Table(1, 1))
    Table = ThesisCall("ROW", True, Array())
    Say "row", Shown(Table(0)) & " " & Shown(Table(1))
    Say "wrapper", Shown(THESIS_INDICATOR("DOLLAR", , DateSerial(2026, 6, 30)))
    Say "left out", Optional_()
    Say "number given", Optional_(1.5)
    Say "currency given", Optional_(CCur(1.5))
    Say "ours", CStr(ThesisIsOurs("=1+thesis_score(A1)")) & CStr(ThesisIsOurs("=SUM(A1)"))
    Set Column = New FakeRange
    Column.CountLarge = 1048576
    Table = ThesisGiven(Column)
    Say "column", TypeName(Column) & " " & CStr(UBound(Table))
    Column.CountLarge = 1
    Column.Value = DateSerial(2026, 6, 30)
    Say "cell", ThesisCall("KIND", False, Array(ThesisGiven(Column)))
    Column.Value = CVErr(2042)
    Say "cell with an error", ThesisCall("GIVEN", False, Array(ThesisGiven(Column)))
    Fake.Calls = 0
    For Starts = 0 To 25
        Say "filled " & CStr(Starts), Shown(ThesisCall("NUMBER", True, Array("filling", Starts Mod 25)))
    Next Starts
    Say "calls once the memory was full", CStr(Fake.Calls)
    Say "places", DaysNoted()
    Starts = 0
    Fake.BreaksOnce = True
    Say "ended meanwhile", Shown(ThesisCall("NUMBER", False, Array("z"))) & " " & CStr(Starts)
    Fake.Breaks = True
    Say "broken", Shown(ThesisCall("NUMBER", False, Array("z")))
    Say "reason", CStr(ThesisFailure <> "")
    Absent = True
    Starts = 0
    Say "absent", Shown(ThesisCall("NUMBER", False, Array("z"))) & Shown(ThesisCall("NUMBER", False, Array("y")))
    Say "starts while absent", CStr(Starts) & CStr(ThesisFailure <> "")
    Wait 1300
    Absent = False
    Fake.Breaks = False
    Say "back again", Shown(ThesisCall("NUMBER", False, Array("z"))) & " " & CStr(Starts)
    Set Host.Loaded = Nothing
    Say "not loaded", Shown(ThesisCall("NUMBER", False, Array("z")))
    GoTo Finish
Broken:
    Say "stopped by", Err.Description
Finish:
    Close #1
    StarDesktop.terminate
End Sub
"""
HOST = """Option ClassModule
Public Loaded As Object
Public File As Object
Public ActiveCell As Object
Public Function Workbooks(ByVal Wanted As String) As Object
    If Wanted <> "xl_thesis_python.xlam" Or Loaded Is Nothing Then Err.Raise 9
    Set Workbooks = Loaded
End Function
Public Function OpenIt(ByVal Path As String) As Object
    Say "open " & Path
    If File Is Nothing Then Err.Raise 1004
    Set OpenIt = File
End Function
Public Function StartupPath() As String
    StartupPath = "C:\\XLSTART"
End Function
Public Function PathSeparator() As String
    PathSeparator = "\\"
End Function
Public Property Let ScreenUpdating(ByVal Given As Boolean)
End Property
Public Property Let IsAddin(ByVal Given As Boolean)
    Say "add-in " & CStr(Given)
End Property
Public Property Let Saved(ByVal Given As Boolean)
End Property
Public Function Dialogs(ByVal Kind As Long) As Object
    Set Dialogs = Me
End Function
Public Sub Show()
    Say "wizard"
End Sub
Public Function Worksheets(ByVal Wanted As String) As Object
    Say "sheet " & Wanted
    Set Worksheets = Me
End Function
Public Sub Copy()
    Say "copy"
End Sub
Public Sub Box(ByVal Text As String, ByVal Kind As Long, ByVal Title As String)
    Say "box: " & Text
End Sub
"""
RENAMED = {
    r"\bApplication\.Workbooks\.Open\b": "Host.OpenIt", r"\bApplication\.": "Host.", r"\bMsgBox\b": "Host.Box",
    r"\bThisWorkbook\.": "Host.", r"\bActiveCell\b": "Host.ActiveCell", r"\bAs IRibbonControl\b": "As Object",
    r"\bxlDialogFunctionWizard\b": "450", r'TypeName\(Value\) = "Range"': 'TypeName(Value) = "Object"',
    r"\bMOST As Long = \d+": "MOST As Long = 20", r"\bPAUSE_SECONDS As Double = 5": "PAUSE_SECONDS As Double = 1",
    r"\bNew Dictionary\b": "New FakeDictionary", r"\bPrivate Function DaysIn\b": "Function DaysIn",
}  # fmt: skip


def module(name: str) -> str:
    """The text of a module of ours, Excel's objects under the names of the stand-ins."""
    text = re.sub(r"^Attribute .*\n", "", vba.written(name), flags=re.MULTILINE)
    for pattern, other in RENAMED.items():
        text = re.sub(pattern, other, text)
    return text


def test_the_wrappers_run_errors_become_errors_and_nothing_is_asked_twice(office: str, tmp_path: Path) -> None:
    """On a Python and a dictionary that count; the add-in is one object with the procedures of its own module."""
    ours = {name: module(name) for name in ("xl_thesis_link", "xl_thesis_cells", "xl_thesis_functions")}
    assert ours["xl_thesis_cells"].count("New FakeDictionary") == 1
    modules = {
        **ours,
        "Addin": f"Option ClassModule\n{module('ThisWorkbook')}",
        "FakeDictionary": DICTIONARY,
        "FakeHost": HOST,
        "ThesisWatch": "Option ClassModule\n",
        "FakeRange": "Option ClassModule\nPublic CountLarge As Double\nPublic Value As Variant\n",
        "FakePython": PYTHON,
        "Tests": TESTS,
    }
    said = dict(line.split("=", 1) for line in office_basic.run(office, tmp_path, modules, "Tests.Run").splitlines())
    expected = {
        "number": "55.5", "again": "55.5", "calls after the same twice": "1", "other argument": "55.5",
        "calls after another argument": "2", "text, number": "55.555.5", "calls after text and number": "4",
        "after a refresh": "55.5", "calls after a refresh": "5", "soon after another process wrote": "55.5",
        "calls and questions soon after": "5 0", "later": "55.5", "calls and questions later": "6 1",
        "nothing new": "55.5", "calls and questions with nothing new": "6 2", "not kept": "55.555.5",
        "calls when not kept": "7",
        "error": "E2042", "error kept": "E2042", "calls for an error kept": "8", "complaint": "E2015E2015",
        "calls for a complaint": "10", "longer text": "6", "table": "header E2042 1.5 E2036",
        "row": "header E2015", "wrapper": "StringEmptyDate3", "left out": "Empty",
        "number given": "Double", "currency given": "Double", "ours": "TrueFalse",
        "column": "Object 1", "cell": "Date", "cell with an error": "error 2042",
        **{f"filled {number}": "55.5" for number in range(26)}, "calls once the memory was full": "26",
        "places": " 0;; 2.2 2.3", "ended meanwhile": "55.5 1",
        "broken": "E2015", "reason": "True", "absent": "E2015E2015", "starts while absent": "1True",
        "back again": "55.5 2",
        "not loaded": "E2015",
    }  # fmt: skip
    assert said == expected


PRESSED = """Option Explicit
Public Host As Object
Public Sub Say(ByVal Text As String)
    Print #1, Text
End Sub
Public Sub Run()
    Dim Recorder As Object
    On Error GoTo Broken
    Open "OUT_FILE" For Output As #1
    Set Recorder = New FakeAddin
    Set Host = New FakeHost
    Set Host.Loaded = Recorder
    LOADED
    RibbonInsert Nothing
    Set Host.ActiveCell = Recorder
    RibbonInsert Nothing
    RibbonHelp Nothing
    Set Host.Loaded = Nothing
    Set Host.File = Recorder
    ThesisRefresh
    Set Host.File = Nothing
    ThesisRefresh
    Set Host.Loaded = Host
    ThesisRefresh
    GoTo Finish
Broken:
    Say "stopped by " & Err.Description
Finish:
    Close #1
    StarDesktop.terminate
End Sub
"""
RECORDER = """Option ClassModule
Public Sub ThesisPressed(ByVal Button As String)
    Say "pressed " & Button
End Sub
"""
MACRO = re.compile(r"^Public Sub (\w+)\((.*)\)\n    ThesisPress \"(\w+)\"\nEnd Sub$", re.MULTILINE)


def test_every_button_reaches_the_add_in_and_says_where_it_cannot(office: str, tmp_path: Path) -> None:
    """Also where Excel has not loaded it, which is then opened, and where it has no procedures, as with macros off."""
    modules = {name: module(name) for name in ("xl_thesis_link", "xl_thesis_buttons", "xl_thesis_ribbon")}
    macros = [match for text in modules.values() for match in MACRO.findall(text)]
    calls = [f"{name} Nothing" if parameters else name for name, parameters, _ in macros]
    modules |= {
        "xl_thesis_wizard": 'Public Sub ThesisDescribeAll()\nSay "described"\nEnd Sub\n',
        "FakeAddin": RECORDER,
        "FakeHost": HOST,
        "Tests": PRESSED.replace("LOADED", "\n    ".join(calls)),
    }
    said = office_basic.run(office, tmp_path, modules, "Tests.Run").splitlines()
    assert len(macros) == 15 and said[: len(macros)] == [f"pressed {button}" for _, _, button in macros]
    rest = said[len(macros) :]
    assert rest[:7] == [
        "box: Choose a cell of a worksheet first.", "add-in False", "described", "add-in True", "wizard",
        "sheet Functions", "copy",
    ]  # fmt: skip
    opened = r"open C:\XLSTART\xl_thesis_python.xlam"
    assert rest[7:11] == [opened, "pressed Renew", "pressed Refresh", opened]
    assert rest[11].startswith("box: Excel has not loaded xl_thesis_python.xlam. `xl-thesis install`")
    assert rest[12].startswith("box: xl_thesis_python.xlam could not do this: ")
    assert rest[12].endswith(". Does Excel allow the macros of add-ins here?") and len(rest) == 13
    known = set(re.findall(r'Case "(\w+)": Thesis', vba.written("ThisWorkbook")))
    assert known == {button for _, _, button in macros} | {"Renew"}

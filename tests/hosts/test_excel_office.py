"""LibreOffice opens the template, lists its modules and buttons, and runs the wrappers' own VBA."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.hosts import office_basic
from xl_thesis import artefacts
from xl_thesis_udfs.hosts import vba


@pytest.fixture(scope="module")
def opened(office: str, excel_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The template as LibreOffice writes it again."""
    folder = tmp_path_factory.mktemp("office")
    source = folder / artefacts.TEMPLATE
    source.write_bytes(excel_files[artefacts.TEMPLATE])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "ods", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return zipfile.ZipFile(source.with_suffix(".ods"))


def test_libreoffice_lists_every_module(opened: zipfile.ZipFile) -> None:
    found = {Path(name).stem for name in opened.namelist() if name.startswith("Basic/VBAProject/")}
    assert set(artefacts.modules()) <= found


def test_libreoffice_knows_the_macro_of_every_button(opened: zipfile.ZipFile) -> None:
    content = opened.read("content.xml").decode()
    assert 'form:label="Refresh"' in content
    macros = set(re.findall(r"VBAProject\.xl_thesis_actions\.(\w+)\?language=Basic", content))
    assert {"ThesisRefresh", "ThesisCancel", "ThesisSnapshot", "ThesisEnter"} <= macros


def test_libreoffice_shows_the_sheets_in_their_order(opened: zipfile.ZipFile) -> None:
    names = re.findall(r'<table:table table:name="([^"]+)"', opened.read("content.xml").decode())
    assert names[:4] == ["Dashboard", "Indicators", "Browser", "Score history"]


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
Public Word As String
Public Breaks As Boolean
Public BreaksOnce As Boolean
Public Function CallUDF(ByVal ModuleName As String, ByVal FunctionName As String, ByVal Given As Variant) As Variant
    Dim Table(0 To 1, 0 To 1) As Variant, Nought As Long
    If FunctionName = "token" Then
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
        Case "KIND"
            CallUDF = TypeName(Given(1)(0))
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
    Say "left out", Optional_()
    Say "number given", Optional_(1.5)
    Say "currency given", Optional_(CCur(1.5))
    Say "ours", CStr(ThesisIsOurs("=1+thesis_score(A1)")) & CStr(ThesisIsOurs("=SUM(A1)"))
    Set Column = New FakeRange
    Column.CountLarge = 1048576
    Table = ThesisGiven(Column)
    Say "column", TypeName(Column) & " " & CStr(UBound(Table))
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
    GoTo Finish
Broken:
    Say "stopped by", Err.Description
Finish:
    Close #1
    StarDesktop.terminate
End Sub
"""


def test_the_wrappers_run_errors_become_errors_and_nothing_is_asked_twice(office: str, tmp_path: Path) -> None:
    """The module's own text, on a Python and a dictionary that count; only how they are made is replaced."""
    cells = vba.written("xl_thesis_cells").partition("\n")[2].replace("Private Function DaysIn", "Function DaysIn")
    cells = cells.replace('TypeName(Value) = "Range"', 'TypeName(Value) = "Object"')
    assert cells.count("New Dictionary") == 1
    modules = {
        "xl_thesis_cells": cells.replace("New Dictionary", "New FakeDictionary"),
        "xl_thesis_functions": vba.module().partition("\n")[2],
        "FakeDictionary": DICTIONARY,
        "ThesisWatch": "Option ClassModule\n",
        "FakeRange": "Option ClassModule\nPublic CountLarge As Double\n",
        "FakePython": PYTHON,
        "Tests": TESTS,
    }
    modules["xl_thesis_functions"] = re.sub(r"^Attribute .*\n", "", modules["xl_thesis_functions"], flags=re.MULTILINE)
    said = dict(line.split("=", 1) for line in office_basic.run(office, tmp_path, modules, "Tests.Run").splitlines())
    expected = {
        "number": "55.5", "again": "55.5", "calls after the same twice": "1", "other argument": "55.5",
        "calls after another argument": "2", "text, number": "55.555.5", "calls after text and number": "4",
        "after a refresh": "55.5", "calls after a refresh": "5", "not kept": "55.555.5", "calls when not kept": "7",
        "error": "E2042", "error kept": "E2042", "calls for an error kept": "8", "complaint": "E2015E2015",
        "calls for a complaint": "10", "longer text": "6", "table": "header E2042 1.5 E2036",
        "row": "header E2015", "left out": "Empty", "number given": "Double", "currency given": "Double",
        "ours": "TrueFalse", "column": "Object 1", "places": " 0;; 2.2 2.3", "ended meanwhile": "55.5 1",
        "broken": "E2015", "reason": "True", "absent": "E2015E2015", "starts while absent": "1True",
    }  # fmt: skip
    assert said == expected

Attribute VB_Name = "xl_thesis_actions"
Option Explicit
' What the buttons of every workbook and of the ribbon do. Python works in a thread of its own; Excel asks it once a
' second how far it is, so that it stays responsive, and calculates our cells when the data have changed. No cell is
' written by a refresh.

Private Const BUTTONS As String = "xl_thesis.buttons"
Private Const SHOWN_SECONDS As Long = 10

Private Polling As Boolean
Private DueAt As Date
Private Awaited As String

Public Sub ThesisRefresh()
    If IsSnapshot(ActiveWorkbook) Then
        ThesisUpdateSnapshot
    Else
        Begin "refresh", ""
    End If
End Sub

Public Sub ThesisCancel()
    ShowState Press("cancel", "")
    If Not Polling Then Application.StatusBar = False
End Sub

Public Sub ThesisSnapshot()
    Dim Target As Variant
    Target = Application.GetSaveAsFilename("thesis_snapshot.xlsx", "Excel workbook (*.xlsx), *.xlsx", , "Save a snapshot")
    If VarType(Target) = vbString Then Begin "snapshot", CStr(Target)
End Sub

Public Sub ThesisTemplate()
    Dim Target As Variant
    Target = Application.GetSaveAsFilename("thesis.xlsm", "Excel workbook with macros (*.xlsm), *.xlsm", , "New template")
    If VarType(Target) <> vbString Then Exit Sub
    If Told(Press("new", CStr(Target))) Then Workbooks.Open CStr(Target)
End Sub

' The definition as a workbook to edit; the second button reads the edited, saved workbook back into a thesis file.
Public Sub ThesisExportDefinition()
    Dim Target As Variant
    Target = Application.GetSaveAsFilename("my_thesis.xlsx", "Excel workbook (*.xlsx), *.xlsx", , "Definition to edit")
    If VarType(Target) <> vbString Then Exit Sub
    If Told(Press("definition", CStr(Target))) Then Workbooks.Open CStr(Target)
End Sub

Public Sub ThesisImportDefinition()
    Dim Source As Variant
    Source = Application.GetOpenFilename("Excel workbook (*.xlsx), *.xlsx", , "Edited definition")
    If VarType(Source) = vbString Then UseThesis Press("import", CStr(Source))
End Sub

' The definition is on sheets of the workbook itself: check it, or check it and calculate with it from now on.
Public Sub ThesisCheckDefinition()
    Dim State As String
    State = ReadDefinition("check")
    If State <> "" Then
        If Not Told(State) Then GoToCell Part(State, 2)
    End If
End Sub

Public Sub ThesisUseDefinition()
    Dim State As String
    State = ReadDefinition("apply")
    If State <> "" Then UseThesis State
End Sub

' Rows of the table ManualEntries go to the store; what is wrong with them is said row by row, and nothing is stored.
Public Sub ThesisEnter()
    Dim Table As ListObject, Row As Long, Column As Long, Lines As String, Text As String
    Set Table = TableNamed(ActiveWorkbook, "ManualEntries")
    If Table Is Nothing Then
        MsgBox "This workbook has no table ManualEntries.", vbExclamation, "xl-thesis"
        Exit Sub
    End If
    If Table.DataBodyRange Is Nothing Then Exit Sub
    For Row = 1 To Table.ListRows.Count
        Text = ""
        For Column = 1 To Table.ListColumns.Count
            Text = Text & IIf(Column > 1, vbTab, "") & AsText(Table.DataBodyRange.Cells(Row, Column).Value)
        Next Column
        Lines = Lines & IIf(Row > 1, vbLf, "") & Text
    Next Row
    If Told(Press("enter", Lines)) Then ThesisRenew
End Sub

' A new workbook with what is known of the data, and why the last answers failed.
Public Sub ThesisStatus()
    Dim Sheet As Worksheet, Named As String
    Named = """" & Replace(ThesisOf(ActiveWorkbook), """", """""") & """"
    If ThesisFailure <> "" Then MsgBox ThesisFailure, vbExclamation, "xl-thesis"
    Set Sheet = Workbooks.Add.Worksheets(1)
    PutTable Sheet.Range("A1"), "=THESIS_STATUS(," & Named & ")", 60, 4
    PutTable Sheet.Range("G1"), "=THESIS_STATUS(""series""," & Named & ")", 150, 12
    Sheet.Range("J:K,Q:Q").NumberFormat = "yyyy-mm-dd"
End Sub

Public Sub ThesisSettings()
    Told Press("settings", "")
End Sub

' Dates in a spilled table arrive as numbers: show the columns that hold dates as dates.
Public Sub ThesisFormatDates()
    Dim Table As Range, Column As Long, Header As String
    If Not HasCell() Then Exit Sub
    On Error GoTo Failed
    Set Table = ActiveCell.CurrentRegion
    For Column = 1 To Table.Columns.Count
        Header = LCase$(AsText(Table.Cells(1, Column).Value))
        If IsDateHeader(Header) Then Table.Columns(Column).NumberFormat = "yyyy-mm-dd"
    Next Column
    Exit Sub
Failed:
    MsgBox "Excel formats no cell here; is the sheet protected? " & Err.Description, vbExclamation, "xl-thesis"
End Sub

' Whether there is a cell to work at; without a workbook, or in front of a chart, there is none.
Private Function HasCell() As Boolean
    HasCell = Not ActiveCell Is Nothing
    If Not HasCell Then MsgBox "Choose a cell of a worksheet first.", vbExclamation, "xl-thesis"
End Function

' ---- the work in the background ----

Private Sub Begin(ByVal Action As String, ByVal Argument As String)
    Dim State As String
    State = Press(Action, Argument)
    ShowState State
    If Word(State) = "running" Then
        If Polling Then Exit Sub
        Awaited = Action
        PollAgain
    Else
        Told State
    End If
End Sub

Public Sub ThesisPoll()
    Dim State As String
    Polling = False
    State = Press("state", "")
    ShowState State
    If Word(State) = "running" Then
        PollAgain
        Exit Sub
    End If
    If Awaited = "refresh" Then ThesisRenew
    If Word(State) = "done" And Awaited = "refresh" Then
        DueAt = Now + TimeSerial(0, 0, SHOWN_SECONDS)
        Application.OnTime DueAt, Ours("ThesisQuiet")
    Else
        Told State
    End If
    Awaited = ""
End Sub

' The last word of a refresh has been seen: the status bar is Excel's again.
Public Sub ThesisQuiet()
    If Not Polling Then Application.StatusBar = False
End Sub

Private Sub PollAgain()
    Polling = True
    DueAt = Now + TimeSerial(0, 0, 1)
    Application.OnTime DueAt, Ours("ThesisPoll")
    ThesisListen
End Sub

' This add-in closes. What waits for its time would open it again; the work itself goes on in Python.
Public Sub ThesisStopAsking()
    On Error Resume Next
    Application.OnTime DueAt, Ours("ThesisPoll"), , False
    Application.OnTime DueAt, Ours("ThesisQuiet"), , False
    If Polling Then Application.StatusBar = False
    Polling = False
End Sub

' A procedure of this add-in, as Excel is told of it.
Private Function Ours(ByVal Procedure As String) As String
    Ours = "'" & ThisWorkbook.Name & "'!" & Procedure
End Function

' A snapshot has no macros and Excel holds its file: save, close, let Python update the tables in place, open again.
Private Sub ThesisUpdateSnapshot()
    Dim Path As String, State As String
    Path = ActiveWorkbook.FullName
    If InStr(Path, "://") > 0 Then
        MsgBox "Save the snapshot in a folder of this computer first: its place is " & Path, vbExclamation, "xl-thesis"
        Exit Sub
    End If
    If ActiveWorkbook.ReadOnly Then
        MsgBox "The snapshot is open for reading only; save it under another name first.", vbExclamation, "xl-thesis"
        Exit Sub
    End If
    If MsgBox("The snapshot will be saved, closed, updated and opened again.", vbOKCancel, "xl-thesis") <> vbOK Then Exit Sub
    On Error GoTo Failed
    ActiveWorkbook.Save
    ActiveWorkbook.Close
    State = Press("update", Path)
    Workbooks.Open Path
    Told State
    Exit Sub
Failed:
    MsgBox "Excel could not save, close or open " & Path & ": " & Err.Description, vbExclamation, "xl-thesis"
End Sub

' Answers are forgotten; then cells with our functions and what depends on them are calculated.
Public Sub ThesisRenew()
    Dim Book As Workbook, Sheet As Worksheet
    ThesisForget
    For Each Book In Application.Workbooks
        For Each Sheet In Book.Worksheets
            MarkOurs Sheet
        Next Sheet
    Next Book
    Application.Calculate
End Sub

' Dirty works on the sheet in front alone. A sheet behind it that holds one of our cells is calculated as a whole, which
' Excel does when its calculation is switched on again.
Private Sub MarkOurs(ByVal Sheet As Worksheet)
    Dim Found As Range, Cell As Range
    On Error Resume Next
    Set Found = Sheet.UsedRange.SpecialCells(xlCellTypeFormulas)
    If Found Is Nothing And Sheet.ProtectContents Then Set Found = Sheet.UsedRange
    On Error GoTo 0
    If Found Is Nothing Then Exit Sub
    For Each Cell In Found.Cells
        If Cell.HasFormula Then
            If ThesisIsOurs(Cell.Formula) Then
                If Not Sheet Is Application.ActiveSheet Then
                    CalculateAnew Sheet
                    Exit Sub
                End If
                Cell.Dirty
            End If
        End If
    Next Cell
End Sub

' A sheet that the user keeps from being calculated stays so.
Private Sub CalculateAnew(ByVal Sheet As Worksheet)
    If Not Sheet.EnableCalculation Then Exit Sub
    Sheet.EnableCalculation = False
    Sheet.EnableCalculation = True
End Sub

' ---- small things ----

' One word and a sentence from Python, with a tab between them; never an error.
Private Function Press(ByVal Action As String, ByVal Argument As String) As String
    Dim Given As Object, Reason As String
    On Error GoTo Failed
    Set Given = ThesisPython.Tuple(Action, Argument, ThesisOf(ActiveWorkbook))
    Press = ThesisPython.Str(ThesisPython.Call(ThesisPython.Module(BUTTONS), "press", Given))
    Exit Function
Failed:
    Reason = Err.Description
    ThesisDisconnect
    Press = "failed" & vbTab & "Python could not be reached: " & Reason
End Function

' Part 0 of an answer is its word, 1 its sentence, 2 what to go on with.
Private Function Part(ByVal State As String, ByVal Index As Long) As String
    Part = Split(State & vbTab & vbTab, vbTab)(Index)
End Function

Private Function Word(ByVal State As String) As String
    Word = Part(State, 0)
End Function

Private Sub ShowState(ByVal State As String)
    Application.StatusBar = "xl-thesis: " & Part(State, 1)
End Sub

' The thesis of a workbook made from the template: what stands in its cell Thesis; empty for the default one.
Private Function ThesisOf(ByVal Book As Workbook) As String
    On Error Resume Next
    ThesisOf = Trim$(CStr(Book.Names("ThesisName").RefersToRange.Value))
End Function

' Python reads a copy, so that the workbook may be unsaved, on OneDrive, or open elsewhere.
Private Function ReadDefinition(ByVal Action As String) As String
    Dim State As String
    If TableNamed(ActiveWorkbook, "ThesisDefinitionAbout") Is Nothing Then
        MsgBox "This workbook has no definition sheets; Template makes one that has.", vbExclamation, "xl-thesis"
        Exit Function
    End If
    On Error GoTo Failed
    State = Press("copy", "")
    If Word(State) = "done" Then
        ActiveWorkbook.SaveCopyAs Part(State, 2)
        State = Press(Action, Part(State, 2))
    End If
    ReadDefinition = State
    Exit Function
Failed:
    ReadDefinition = "failed" & vbTab & "Excel could not write a copy of the workbook: " & Err.Description
End Function

' The thesis file of an answer goes into the cell Thesis, and our cells calculate with it; a fault is gone to.
Private Sub UseThesis(ByVal State As String)
    If Not Told(State) Then
        GoToCell Part(State, 2)
        Exit Sub
    End If
    On Error GoTo Unwritten
    ActiveWorkbook.Names("ThesisName").RefersToRange.Value = Part(State, 2)
    On Error GoTo 0
    ThesisRenew
    Exit Sub
Unwritten:
    MsgBox "The cell Thesis cannot be written (" & Err.Description & "). Cells calculate with the definition once it " & _
        "holds: " & Part(State, 2), vbExclamation, "xl-thesis"
End Sub

Private Sub GoToCell(ByVal Address As String)
    On Error Resume Next
    If Address <> "" Then Application.Goto Application.Range(Address)
End Sub

' Whether an action was done; its sentence is shown either way.
Private Function Told(ByVal State As String) As Boolean
    Told = (Word(State) = "done")
    Application.StatusBar = False
    MsgBox Part(State, 1), IIf(Told, vbInformation, vbExclamation), "xl-thesis"
End Function

Private Function IsSnapshot(ByVal Book As Workbook) As Boolean
    If Book Is Nothing Then Exit Function
    Select Case LCase$(Right$(Book.Name, 5))
    Case ".xlsx", ".xlsm"
        IsSnapshot = Not TableNamed(Book, "ThesisIndicators") Is Nothing
    End Select
End Function

Private Function TableNamed(ByVal Book As Workbook, ByVal TableName As String) As ListObject
    Dim Sheet As Worksheet
    On Error Resume Next
    For Each Sheet In Book.Worksheets
        Set TableNamed = Sheet.ListObjects(TableName)
        If Not TableNamed Is Nothing Then Exit Function
    Next Sheet
End Function

' Excel with dynamic arrays spills; an older one gets an array formula over a fixed range.
Private Sub PutTable(ByVal Corner As Range, ByVal Formula As String, ByVal Rows As Long, ByVal Columns As Long)
    On Error GoTo Older
    CallByName Corner, "Formula2", VbLet, Formula
    Exit Sub
Older:
    Corner.Resize(Rows, Columns).FormulaArray = Formula
End Sub

Private Function IsDateHeader(ByVal Header As String) As Boolean
    Dim Ending As String
    Ending = Right$(Header, 3)
    IsDateHeader = Ending = "_on" Or Ending = "_at" Or Ending = "_by" Or Right$(Header, 5) = "as_of"
    If InStr("|first|last|day|date|deadline|opens|resolves|", "|" & Header & "|") > 0 Then IsDateHeader = True
End Function

Private Function AsText(ByVal Value As Variant) As String
    If IsError(Value) Then
        AsText = "#ERROR"
    ElseIf VarType(Value) = vbDate Then
        AsText = Format$(Value, "yyyy-mm-dd")
    ElseIf VarType(Value) = vbDouble Or VarType(Value) = vbCurrency Then
        AsText = Trim$(Str$(CDbl(Value)))
    Else
        AsText = Replace(Replace(CStr(Value), vbTab, " "), vbLf, " ")
    End If
End Function

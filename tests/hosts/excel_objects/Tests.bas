Option Explicit
Public Host As Object
Public Fake As Object
Public Heard As Object
Private Tables As String
Public Function XLPy() As Object
    Set XLPy = Fake
End Function
Public Sub Say(ByVal Text As String)
    Print #1, Replace(Replace(Text, Chr(10), "\n"), Chr(9), "\t")
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
    Made.FullName = "C:\" & Name
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
    Set Host.OwnBook = NewBook("xl_thesis_python.xlam", "")
    Host.Books.Add NewBook("desk.xlsm", "ThesisDefinitionAbout ManualEntries")
    Host.Books.Add NewBook("mailed.xlsx", "ThesisIndicators")
    Set Host.ActiveBook = Host.Books.Item(Active)
    Set Host.ActiveSheet = Host.ActiveBook.Worksheets.Item(1)
    If Active = 1 Then Set Host.ActiveBook.Thesis = Entry("C:\own.yaml")
    ThesisDisconnect
End Sub
Private Sub Pressed(ByVal Button As String)
    Dim Asked As Object
    Set Asked = New Addin
    Asked.ThesisPressed Button
End Sub
Private Sub Protect()
    Host.ActiveSheet.ProtectContents = True
    Host.ActiveSheet.UsedRange.Refuses = True
End Sub
Private Sub Closes(ByVal Book As Object)
    Heard.Host_WorkbookBeforeClose Book, False
End Sub
Private Sub KeepFromCalculation(ByVal Book As Object)
    Book.Worksheets.Item(1).EnableCalculation = False
End Sub
Private Sub ShowDay(ByVal Kind As String)
    Set Host.Caller = New FakeSpill
    Host.Caller.Kind = Kind
    Host.Caller.Address = "cell"
    Say TypeName(ThesisValue("DAY", False, Array()))
    Heard.Host_SheetChange Nothing, Nothing
End Sub
Private Sub Region()
    Set Host.ActiveCell = New FakeRegion
    Host.ActiveCell.Headers = Array("id", "observed_on", "value", "day", "available_at", "as_of")
End Sub
Private Sub Spill(ByVal Kind As String, ByVal HasSpill As Boolean, Optional ByVal Count As Long)
    Dim Table As Variant
    Set Host.Caller = New FakeSpill
    Host.Caller.Kind = Kind
    Host.Caller.Count = IIf(Count > 0, Count, 1)
    Host.Caller.HasSpill = HasSpill
    Table = ThesisValue("X", False, Array())
    Say Table(0, 1) & " " & TypeName(Table(1, 1)) & " " & TypeName(Table(2, 0)) & " " & TypeName(Table(2, 1))
    Heard.Host_SheetCalculate Nothing
    Heard.Host_SheetCalculate Nothing
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

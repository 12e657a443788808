Attribute VB_Name = "xl_thesis_cells"
Option Explicit
Option Private Module
' Between a worksheet function and Python: true errors, dates shown as such, and a memory of answers.
' An unchanged cell does not cross COM: answers are kept by function and arguments until the token of the data changes.

Private Const CELLS As String = "xl_thesis_udfs.hosts.excel_com"
Private Const FAMILIES As String = "THESIS_ DXY( DXY_ FED_CUTS( MSTR_MNAV("
Private Const ERROR_TYPE As Long = 10
Private Const MOST As Long = 20000
Private Const TOKEN_SECONDS As Double = 2
Private Const PAUSE_SECONDS As Double = 5

Private Server As Object
Private Answers As Object
Private Known As String
Private Asked As Double
Private Failure As String
Private Refused As Double
Private Refusal As String
Private Noted As Collection
Private Watch As Object

' The value of a cell function. Keep = False for one whose answer depends on more than its arguments and the data.
' A server that has ended meanwhile is started again, once.
Public Function ThesisValue(ByVal FunctionName As String, ByVal Keep As Boolean, ByVal Given As Variant) As Variant
    Dim Answer As Variant, WasConnected As Boolean, Done As Boolean
    WasConnected = Not Server Is Nothing
    Done = IsAnswered(FunctionName, Keep, Given, Answer)
    If WasConnected And Not Done Then Done = IsAnswered(FunctionName, Keep, Given, Answer)
    If Not Done Then Answer = CVErr(2015)
    ThesisValue = Answer
End Function

' Whether Python has answered, now or earlier.
Private Function IsAnswered(ByVal FunctionName As String, ByVal Keep As Boolean, ByVal Given As Variant, ByRef Answer As Variant) As Boolean
    Dim Key As String, Kept As Boolean
    On Error GoTo Failed
    If Keep Then Key = KeyOf(FunctionName, Given)
    If Key <> "" Then
        RenewToken
        Kept = Answers.Exists(Key)
    End If
    If Kept Then
        Answer = Answers.Item(Key)
    Else
        Answer = ThesisPython.CallUDF(CELLS, "cell", Array(FunctionName, Given))
        Failure = ""
        If IsComplaint(Answer) Then Key = ""
        Answer = ThesisRestored(Answer)
        If Key <> "" Then
            If Answers.Count >= MOST Then Answers.RemoveAll
            Answers.Add Key, Answer
        End If
    End If
    NoteDays Answer
    IsAnswered = True
    Exit Function
Failed:
    Failure = Err.Description
    ThesisDisconnect
End Function

' Whether an answer says that an argument is wrong. It is not kept: the file it names may be there the next time.
Private Function IsComplaint(ByRef Answer As Variant) As Boolean
    If VarType(Answer) = vbString Then IsComplaint = (Answer = Chr$(1) & "2015")
End Function

' Marked texts become error values, in a single value and inside a table; marked columns become dates.
Public Function ThesisRestored(ByVal Answer As Variant) As Variant
    Dim Row As Long, Column As Long
    If Not IsArray(Answer) Then
        ThesisRestored = RestoredValue(Answer)
        Exit Function
    End If
    If IsFlat(Answer) Then
        For Column = LBound(Answer) To UBound(Answer)
            Answer(Column) = RestoredValue(Answer(Column))
        Next Column
    Else
        For Column = LBound(Answer, 2) To UBound(Answer, 2)
            RestoreDays Answer, Column
            For Row = LBound(Answer, 1) To UBound(Answer, 1)
                If VarType(Answer(Row, Column)) = vbString Then
                    Answer(Row, Column) = RestoredValue(Answer(Row, Column))
                End If
            Next Row
        Next Column
    End If
    ThesisRestored = Answer
End Function

' A column of days comes as numbers below a marked header, since numbers cross COM several times as fast as dates.
Private Sub RestoreDays(ByRef Table As Variant, ByVal Column As Long)
    Dim Row As Long, First As Long, Header As Variant
    First = LBound(Table, 1)
    Header = Table(First, Column)
    If VarType(Header) <> vbString Then Exit Sub
    If Left$(Header, 1) <> Chr$(2) Then Exit Sub
    Table(First, Column) = Mid$(Header, 2)
    For Row = First + 1 To UBound(Table, 1)
        If VarType(Table(Row, Column)) = vbDouble Then Table(Row, Column) = CDate(Table(Row, Column))
    Next Row
End Sub

' Remember the cell whose answer holds dates, to be shown as such once Excel has calculated.
Private Sub NoteDays(ByRef Answer As Variant)
    Dim Caller As Object, Column As Long, Rows As Long, Days As String
    On Error GoTo Finish
    If IsArray(Answer) Then
        Rows = UBound(Answer, 1) - LBound(Answer, 1)
        For Column = LBound(Answer, 2) To UBound(Answer, 2)
            Days = Days & DaysIn(Answer, Column)
        Next Column
        If Days = "" Then Exit Sub
    ElseIf VarType(Answer) <> vbDate Then
        Exit Sub
    End If
    Set Caller = Application.Caller
    If Noted Is Nothing Then Set Noted = New Collection
    Noted.Add Array(Caller, Rows, Trim$(Days))
    ThesisListen
Finish:
End Sub

' Where a table holds dates: the place of a column that has nothing else but errors, or column.row of single ones.
Private Function DaysIn(ByRef Table As Variant, ByVal Column As Long) As String
    Dim Row As Long, Found As Long, Others As Long, Place As String
    For Row = LBound(Table, 1) + 1 To UBound(Table, 1)
        If VarType(Table(Row, Column)) = vbDate Then
            Found = Found + 1
        ElseIf VarType(Table(Row, Column)) <> ERROR_TYPE Then
            Others = Others + 1
        End If
    Next Row
    Place = " " & CStr(Column - LBound(Table, 2))
    If Found = 0 Then Exit Function
    If Others = 0 Then
        DaysIn = Place
        Exit Function
    End If
    For Row = LBound(Table, 1) + 1 To UBound(Table, 1)
        If VarType(Table(Row, Column)) = vbDate Then DaysIn = DaysIn & Place & "." & CStr(Row - LBound(Table, 1))
    Next Row
End Function

' Hear of the moment after a calculation, and of this add-in's end.
Public Sub ThesisListen()
    If Watch Is Nothing Then Set Watch = New ThesisWatch
End Sub

' Cells with dates that have no format of their own get that of a date; called when Excel has calculated.
Public Sub ThesisShowDays()
    Dim Fresh As Collection, Item As Variant
    If Noted Is Nothing Then Exit Sub
    Set Fresh = Noted
    Set Noted = Nothing
    On Error Resume Next
    For Each Item In Fresh
        ShowDays Item(0), CLng(Item(1)), CStr(Item(2))
    Next Item
End Sub

' Only cells that the answer fills: an array formula's own range, or what has spilled.
Private Sub ShowDays(ByVal Filled As Object, ByVal Rows As Long, ByVal Days As String)
    Dim Place As Variant, Parts As Variant, Last As Long
    If Rows = 0 Then
        If Filled.NumberFormat = "General" Then Filled.NumberFormat = "yyyy-mm-dd"
        Exit Sub
    End If
    Last = 16383
    If Filled.Cells.Count > 1 Then
        If Rows > Filled.Rows.Count - 1 Then Rows = Filled.Rows.Count - 1
        Last = Filled.Columns.Count - 1
    ElseIf Not Filled.HasSpill Then
        Exit Sub
    End If
    For Each Place In Split(Days, " ")
        Parts = Split(Place & ".1", ".")
        If CLng(Parts(0)) <= Last And CLng(Parts(1)) <= Rows Then
            ShowColumn Filled.Cells(1, 1).Offset(CLng(Parts(1)), CLng(Parts(0))).Resize(IIf(UBound(Parts) = 1, Rows, 1), 1)
        End If
    Next Place
End Sub

Private Sub ShowColumn(ByVal Below As Object)
    If Below.Cells(Below.Rows.Count, 1).NumberFormat = "General" Then Below.NumberFormat = "yyyy-mm-dd"
End Sub

' The Python server, looked up once: finding it reads the settings anew. Where none can be started, the next cells
' are told so at once, since each attempt takes long and a workbook has many cells.
Public Function ThesisPython() As Object
    If Server Is Nothing Then
        If Refusal <> "" And Timer >= Refused And Timer < Refused + PAUSE_SECONDS Then Err.Raise 462, "xl_thesis", Refusal
        On Error GoTo Failed
        Set Server = XLPy
        Refusal = ""
    End If
    Set ThesisPython = Server
    Exit Function
Failed:
    Refusal = Err.Description
    Refused = Timer
    Err.Raise 462, "xl_thesis", Refusal
End Function

' Let go of a server that does not answer, so that the next question starts one.
Public Sub ThesisDisconnect()
    Set Server = Nothing
    Set Answers = Nothing
End Sub

' Forget every answer, so that the next calculation asks Python again.
Public Sub ThesisForget()
    Set Answers = Nothing
    Known = ""
End Sub

' Why the last question did not reach Python; empty where it did.
Public Function ThesisFailure() As String
    ThesisFailure = Failure
End Function

' Whether a formula calls one of the functions, by how their names begin.
Public Function ThesisIsOurs(ByVal Formula As String) As Boolean
    Dim Family As Variant
    For Each Family In Split(FAMILIES, " ")
        If InStr(1, Formula, Family, vbTextCompare) > 0 Then ThesisIsOurs = True
    Next Family
End Function

Private Sub RenewToken()
    Dim Fresh As String, Moment As Double
    Moment = Timer
    If Not Answers Is Nothing And Moment >= Asked And Moment < Asked + TOKEN_SECONDS Then Exit Sub
    Fresh = CStr(ThesisPython.CallUDF(CELLS, "token", Array()))
    Asked = Moment
    If Answers Is Nothing Or Fresh <> Known Or Fresh = "" Then Set Answers = New Dictionary
    Known = Fresh
End Sub

' Function and arguments as one text, or nothing where an argument is a table.
Private Function KeyOf(ByVal FunctionName As String, ByVal Given As Variant) As String
    Dim Index As Long, Key As String
    Key = FunctionName
    For Index = LBound(Given) To UBound(Given)
        If IsArray(Given(Index)) Then Exit Function
        Key = Key & Chr$(31) & VarType(Given(Index)) & Chr$(30) & CStr(Given(Index))
    Next Index
    KeyOf = Key
End Function

Private Function RestoredValue(ByVal Value As Variant) As Variant
    RestoredValue = Value
    If VarType(Value) = vbString Then
        If Len(Value) = 5 And Left$(Value, 1) = Chr$(1) Then RestoredValue = CVErr(CLng(Mid$(Value, 2)))
    End If
End Function

' Whether an array has one dimension: asking for the second then raises an error.
Private Function IsFlat(ByRef Table As Variant) As Boolean
    Dim Upper As Long
    On Error GoTo Flat
    Upper = UBound(Table, 2)
    Exit Function
Flat:
    IsFlat = True
End Function

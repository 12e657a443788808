Attribute VB_Name = "xl_thesis_link"
Option Explicit
Option Private Module
' What each workbook with our functions carries: the way to the add-in that has Python, the same for all of them. No
' library is declared here and nothing is started, so a workbook does not age with the version of one.

Private Const PROGRAM As String = "xl_thesis_python.xlam"
Private Const CURRENCY_TYPE As Long = 6
Private Const ERROR_TYPE As Long = 10
Private Const DECIMAL_TYPE As Long = 14

' The value of a cell function. Keep = False for one whose answer depends on more than its arguments and the data.
Public Function ThesisCall(ByVal FunctionName As String, ByVal Keep As Boolean, ByVal Given As Variant) As Variant
    On Error GoTo Failed
    ThesisCall = Loaded().ThesisAnswer(FunctionName, Keep, Given)
    Exit Function
Failed:
    ThesisCall = CVErr(2015)
End Function

' What Python may be given for an argument: Empty where it was left out, the value of a cell, errors as marked text.
' No function takes more than one cell, so those of a larger range, which may be a whole column, need not cross.
Public Function ThesisGiven(Optional ByVal Value As Variant) As Variant
    If IsMissing(Value) Then
        ThesisGiven = Empty
    ElseIf TypeName(Value) = "Range" Then
        ThesisGiven = PlainTable(ValuesOf(Value))
    Else
        ThesisGiven = PlainTable(Value)
    End If
End Function

Private Function ValuesOf(ByVal Source As Object) As Variant
    If Source.CountLarge > 1 Then ValuesOf = Array(0, 0) Else ValuesOf = Source.Value
End Function

Private Function PlainTable(ByVal Value As Variant) As Variant
    Dim Row As Long, Column As Long
    If Not IsArray(Value) Then
        PlainTable = PlainValue(Value)
        Exit Function
    End If
    If Not IsFlat(Value) Then
        For Row = LBound(Value, 1) To UBound(Value, 1)
            For Column = LBound(Value, 2) To UBound(Value, 2)
                Value(Row, Column) = PlainValue(Value(Row, Column))
            Next Column
        Next Row
    End If
    PlainTable = Value
End Function

Private Function PlainValue(ByVal Value As Variant) As Variant
    If VarType(Value) = ERROR_TYPE Then
        PlainValue = Chr$(1) & Right$(CStr(Value), 4)
    ElseIf VarType(Value) = CURRENCY_TYPE Or VarType(Value) = DECIMAL_TYPE Then
        PlainValue = CDbl(Value)
    Else
        PlainValue = Value
    End If
End Function

' Whether an array has one dimension: asking for the second then raises an error. The add-in has the same function:
' projects share none without a reference.
Private Function IsFlat(ByRef Table As Variant) As Boolean
    Dim Upper As Long
    On Error GoTo Flat
    Upper = UBound(Table, 2)
    Exit Function
Flat:
    IsFlat = True
End Function

' What a button does is in the add-in. Where Excel has not loaded it at its start, it is opened now.
Public Sub ThesisPress(ByVal Button As String)
    Dim Addin As Object
    Set Addin = Loaded()
    If Addin Is Nothing Then Set Addin = OpenedNow()
    If Addin Is Nothing Then
        MsgBox "Excel has not loaded " & PROGRAM & ". `xl-thesis install` puts it in place while Excel is closed; after " & _
            "a crash it may be among File, Options, Add-ins, Disabled Items.", vbExclamation, "xl-thesis"
        Exit Sub
    End If
    On Error GoTo Failed
    Addin.ThesisPressed Button
    Exit Sub
Failed:
    MsgBox PROGRAM & " could not do this: " & Err.Description & ". Does Excel allow the macros of add-ins here?", _
        vbExclamation, "xl-thesis"
End Sub

' Excel does not list add-ins among its workbooks, but finds one by its name. Public procedures of its ThisWorkbook are
' members of it.
Private Function Loaded() As Object
    On Error Resume Next
    Set Loaded = Application.Workbooks(PROGRAM)
End Function

' Cells that were calculated without it show errors, and are calculated again.
Private Function OpenedNow() As Object
    Dim Addin As Object
    On Error Resume Next
    Set Addin = Application.Workbooks.Open(Application.StartupPath & Application.PathSeparator & PROGRAM)
    Addin.ThesisPressed "Renew"
    Set OpenedNow = Addin
End Function

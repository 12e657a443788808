Option ClassModule
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
    If Given(0) = "DAY" Then
        CallUDF = DateSerial(2026, 6, 30)
        Exit Function
    End If
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

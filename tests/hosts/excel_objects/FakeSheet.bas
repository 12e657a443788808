Option ClassModule
Public Tables As String
Public UsedRange As Object
Public Entries As Object
Public ProtectContents As Boolean
Public Name As String
Public Older As Boolean
Private Held As Boolean
Public Property Get EnableCalculation() As Boolean
    EnableCalculation = Not Held
End Property
Public Property Let EnableCalculation(ByVal Given As Boolean)
    Held = Not Given
    If Given Then Say "calculate anew " & Name
End Property
Public Function Range(ByVal Address As String) As Object
    Dim Made As Object
    Set Made = New FakeCell
    Made.Address = Address
    Made.Refuses = Older
    Set Range = Made
End Function
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

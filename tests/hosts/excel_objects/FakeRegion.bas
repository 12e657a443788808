Option ClassModule
Public Headers As Variant
Private At As Long
Public Function CurrentRegion() As Object
    Set CurrentRegion = Me
End Function
Public Function Columns(Optional ByVal Column As Variant) As Object
    If Not IsMissing(Column) Then At = Column
    Set Columns = Me
End Function
Public Function Count() As Long
    Count = UBound(Headers) + 1
End Function
Public Function Cells(ByVal Row As Long, ByVal Column As Long) As Object
    Set Cells = New FakeCell
    Cells.Value = Headers(Column - 1)
End Function
Public Property Let NumberFormat(ByVal Given As String)
    Say "format column " & At & ": " & Given
End Property

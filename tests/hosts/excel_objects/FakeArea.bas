Option ClassModule
Public Found As New Collection
Public Rows As Object
Public Columns As Object
Public Refuses As Boolean
Public Function SpecialCells(ByVal Kind As Long) As Object
    If Refuses Then Err.Raise 1004
    Set SpecialCells = Me
End Function
Public Function Cells(Optional ByVal Row As Variant, Optional ByVal Column As Variant) As Object
    If IsMissing(Row) Then
        Set Cells = Found
    Else
        Set Cells = Found.Item((Row - 1) * Columns.Count + Column)
    End If
End Function

Option ClassModule
Public Found As New Collection
Public Rows As Object
Public Columns As Object
Public Function SpecialCells(ByVal Kind As Long) As Object
    Set SpecialCells = Me
End Function
Public Function Cells(Optional ByVal Row As Variant, Optional ByVal Column As Variant) As Object
    If IsMissing(Row) Then
        Set Cells = Found
    Else
        Set Cells = Found.Item((Row - 1) * Columns.Count + Column)
    End If
End Function

Option ClassModule
Public Address As String
Public HasSpill As Boolean
Public Count As Long
Public Kind As String
Public Function Cells(Optional ByVal Row As Variant, Optional ByVal Column As Variant) As Object
    Set Cells = Me
End Function
Public Function Rows() As Object
    Set Rows = Me
End Function
Public Function Columns() As Object
    Set Columns = Me
End Function
Public Function Offset(ByVal Down As Long, ByVal Right As Long) As Object
    Address = "down " & Down & " right " & Right
    Set Offset = Me
End Function
Public Function Resize(ByVal High As Long, ByVal Wide As Long) As Object
    Address = Address & ", " & High & " cells"
    Set Resize = Me
End Function
Public Property Get NumberFormat() As String
    NumberFormat = Kind
End Property
Public Property Let NumberFormat(ByVal Given As String)
    Say "format " & Address & ": " & Given
End Property

Option ClassModule
Public Address As String
Public HasFormula As Boolean
Public Formula As String
Public Refuses As Boolean
Private Held As Variant
Public Property Get Value() As Variant
    Value = Held
End Property
Public Property Let Value(ByVal Given As Variant)
    If Refuses Then Err.Raise 1004
    If Address <> "" Then Say "write " & Address & ": " & CStr(Given)
    Held = Given
End Property
Public Property Let Formula2(ByVal Given As String)
    If Refuses Then Err.Raise 438
    Say "spill " & Address & ": " & Given
End Property
Public Property Let FormulaArray(ByVal Given As String)
    Say "array " & Address & ": " & Given
End Property
Public Property Let NumberFormat(ByVal Given As String)
    Say "format " & Address & ": " & Given
End Property
Public Function Resize(ByVal High As Long, ByVal Wide As Long) As Object
    Address = Address & ", " & High & " by " & Wide
    Set Resize = Me
End Function
Public Sub Dirty()
    Say "dirty " & Address
End Sub

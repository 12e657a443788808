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
Public Sub Dirty()
    Say "dirty " & Address
End Sub

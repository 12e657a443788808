Option ClassModule
Public ActiveBook As Object
Public OwnBook As Object
Public Caller As Object
Public ActiveCell As Object
Public ActiveSheet As Object
Public Books As New Collection
Public Older As Boolean
Public Declines As Boolean
Public Function NewSheet() As Object
    Dim Made As Object
    Set Made = New FakeSheet
    Made.Older = Older
    Set NewSheet = Made
End Function
Public Function Workbooks() As Object
    Set Workbooks = Books
End Function
Public Property Let StatusBar(ByVal Text As Variant)
    Say "status bar: " & CStr(Text)
End Property
Public Sub Calculate()
    Say "calculate"
End Sub
Public Sub OnTime(ByVal Moment, ByVal Procedure As String, Optional ByVal Latest, Optional ByVal Schedule)
    If IsMissing(Schedule) Then
        Say "in " & CStr(CLng((Moment - Now) * 86400)) & " s: " & Procedure
    Else
        Say "never: " & Procedure
    End If
End Sub
Public Sub GoToIt(ByVal Place As Object)
    Say "go to " & Place.Address
End Sub
Public Function Range(ByVal Address As String) As Object
    Dim Made As Object
    Set Made = New FakeCell
    Made.Address = Address
    Set Range = Made
End Function
Public Function Box(ByVal Text As String, ByVal Kind As Long, ByVal Title As String) As Long
    Say "box: " & Text
    Box = IIf(Declines, 2, 1)
End Function
Public Sub OpenBook(ByVal Path As String)
    Say "open " & Path
End Sub
Public Function GetOpenFilename(ByVal Kinds, ByVal Index, ByVal Title) As Variant
    If Declines Then GetOpenFilename = False Else GetOpenFilename = "C:\edited.xlsx"
End Function
Public Function GetSaveAsFilename(ByVal Name, ByVal Kinds, ByVal Index, ByVal Title) As Variant
    If Declines Then GetSaveAsFilename = False Else GetSaveAsFilename = "C:\" & Name
End Function

Option ClassModule
Public Name As String
Public FullName As String
Public Thesis As Object
Public ReadOnly As Boolean
Public Refuses As Boolean
Public Worksheets As New Collection
Public Function Names(ByVal Wanted As String) As Object
    If Wanted = "ThesisName" And Not Thesis Is Nothing Then Set Names = Me Else Err.Raise 1004
End Function
Public Function RefersToRange() As Object
    Set RefersToRange = Thesis
End Function
Public Sub Save()
    If Refuses Then Err.Raise 1004
    Say "save " & Name
End Sub
Public Sub CloseIt()
    Say "close " & Name
End Sub
Public Sub SaveCopyAs(ByVal Path As String)
    Say "copy to " & Path
End Sub

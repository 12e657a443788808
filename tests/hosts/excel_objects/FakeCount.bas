Option ClassModule
Public Count As Long

Attribute VB_Name = "xl_thesis_buttons"
Option Explicit
' The macros behind the buttons on the template's sheets.

Public Sub ThesisRefresh()
    ThesisPress "Refresh"
End Sub

Public Sub ThesisCancel()
    ThesisPress "Cancel"
End Sub

Public Sub ThesisSnapshot()
    ThesisPress "Snapshot"
End Sub

Public Sub ThesisEnter()
    ThesisPress "Enter"
End Sub

Public Sub ThesisExportDefinition()
    ThesisPress "ExportDefinition"
End Sub

Public Sub ThesisImportDefinition()
    ThesisPress "ImportDefinition"
End Sub

Public Sub ThesisCheckDefinition()
    ThesisPress "CheckDefinition"
End Sub

Public Sub ThesisUseDefinition()
    ThesisPress "UseDefinition"
End Sub

Attribute VB_Name = "xl_thesis_ribbon"
Option Explicit
' The macros behind the ribbon of the add-in.

Public Sub RibbonRefresh(ByVal Control As IRibbonControl)
    ThesisPress "Refresh"
End Sub

Public Sub RibbonCancel(ByVal Control As IRibbonControl)
    ThesisPress "Cancel"
End Sub

Public Sub RibbonSnapshot(ByVal Control As IRibbonControl)
    ThesisPress "Snapshot"
End Sub

Public Sub RibbonTemplate(ByVal Control As IRibbonControl)
    ThesisPress "Template"
End Sub

Public Sub RibbonDates(ByVal Control As IRibbonControl)
    ThesisPress "Dates"
End Sub

Public Sub RibbonStatus(ByVal Control As IRibbonControl)
    ThesisPress "Status"
End Sub

Public Sub RibbonSettings(ByVal Control As IRibbonControl)
    ThesisPress "Settings"
End Sub

' The functions are of this workbook, so their texts for the wizard are given here. Excel takes those of an add-in only
' while it is shown as a workbook.
Public Sub RibbonInsert(ByVal Control As IRibbonControl)
    If ActiveCell Is Nothing Then
        MsgBox "Choose a cell of a worksheet first.", vbExclamation, "xl-thesis"
        Exit Sub
    End If
    On Error Resume Next
    Application.ScreenUpdating = False
    ThisWorkbook.IsAddin = False
    ThesisDescribeAll
    ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = True
    Application.ScreenUpdating = True
    On Error GoTo Failed
    Application.Dialogs(xlDialogFunctionWizard).Show
    Exit Sub
Failed:
    MsgBox "Excel takes no formula here: " & Err.Description, vbExclamation, "xl-thesis"
End Sub

' The page of functions that travels with this workbook, as a workbook of its own.
Public Sub RibbonHelp(ByVal Control As IRibbonControl)
    ThisWorkbook.Worksheets("Functions").Copy
End Sub

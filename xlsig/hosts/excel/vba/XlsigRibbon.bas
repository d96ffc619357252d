Option Explicit
Option Private Module

Public Sub XlsigRefresh(control As IRibbonControl)
    XlsigCarryOut "refresh"
End Sub

Public Sub XlsigInsert(control As IRibbonControl)
    XlsigCarryOut "insert:" & control.Tag
End Sub

Public Sub XlsigDoctor(control As IRibbonControl)
    XlsigCarryOut "doctor"
End Sub

Public Sub XlsigRestart(control As IRibbonControl)
    XlsigForget
    Application.CalculateFull
End Sub

Public Sub XlsigHelp(control As IRibbonControl)
    XlsigShow "Type =EXPLAIN(""SELLOFF_STREAK"", A2:A251) for the reason of an answer; on a command line, xlsig --help says more."
End Sub

' EXPLAIN for the active cell, where its formula is one call of a function of ours.
Public Sub XlsigExplain(control As IRibbonControl)
    Dim chosen As Object, formula As String, opened As Long, name As String, said As Variant
    On Error Resume Next
    Set chosen = ActiveCell
    formula = CStr(chosen.Formula)
    On Error GoTo 0
    If Left(formula, 2) = "=@" Then formula = "=" & Mid(formula, 3)
    opened = InStr(formula, "(")
    If Left(formula, 1) <> "=" Or opened = 0 Or Right(formula, 1) <> ")" Then
        XlsigShow "Choose a cell whose formula is one call of an xlsig function."
        Exit Sub
    End If
    name = Mid(formula, 2, opened - 2)
    If InStrRev(name, "!") > 0 Then name = Mid(name, InStrRev(name, "!") + 1)
    said = ActiveSheet.Evaluate("EXPLAIN(""" & name & """," & Mid(formula, opened + 1))
    If IsError(said) Then said = "That formula cannot be explained: it must be one call of an xlsig function of at most 240 signs."
    XlsigShow CStr(said)
End Sub

Private Sub XlsigCarryOut(ByVal command As String)
    Dim said As String
    XlsigDo command, said
    XlsigShow said
End Sub

' A message box cuts what is longer without a word.
Private Sub XlsigShow(ByVal said As String)
    If Len(said) > {MOST_SHOWN} Then said = Left(said, {MOST_SHOWN} - 4) & " ..."
    MsgBox said, 64, "xlsig"
End Sub

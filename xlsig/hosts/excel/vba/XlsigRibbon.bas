Option Explicit

Public Sub XlsigRefresh(control As IRibbonControl)
    MsgBox XlsigDo("refresh"), 64, "xlsig"
End Sub

Public Sub XlsigInsert(control As IRibbonControl)
    MsgBox XlsigDo("insert:" & control.Tag), 64, "xlsig"
End Sub

Public Sub XlsigDoctor(control As IRibbonControl)
    MsgBox XlsigDo("doctor"), 64, "xlsig"
End Sub

Public Sub XlsigRestart(control As IRibbonControl)
    XlsigForget
    Application.CalculateFull
End Sub

Public Sub XlsigHelp(control As IRibbonControl)
    MsgBox "Type =EXPLAIN(""SELLOFF_STREAK"", A2:A251) for the reason of an answer; on a command line, xlsig --help says more.", 64, "xlsig"
End Sub

' EXPLAIN for the active cell, where its formula is one call of a function of ours.
Public Sub XlsigExplain(control As IRibbonControl)
    Dim formula As String, opened As Long, said As Variant
    formula = CStr(ActiveCell.Formula)
    opened = InStr(formula, "(")
    If Left(formula, 1) <> "=" Or opened = 0 Or Right(formula, 1) <> ")" Then
        MsgBox "Choose a cell whose formula is one call of an xlsig function.", 48, "xlsig"
        Exit Sub
    End If
    said = ActiveSheet.Evaluate("EXPLAIN(""" & Mid(formula, 2, opened - 2) & """," & Mid(formula, opened + 1))
    If IsError(said) Then said = "That formula cannot be explained: it must be one call of an xlsig function of at most 240 signs."
    MsgBox said, 64, "xlsig"
End Sub

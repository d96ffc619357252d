Option Explicit

' The buttons of the xlsig tab.

Public Sub XlsigRefresh(control As IRibbonControl)
    Show XlsigDo("refresh")
End Sub

Public Sub XlsigInsert(control As IRibbonControl)
    Show XlsigDo("insert:" & control.Tag)
End Sub

Public Sub XlsigExplain(control As IRibbonControl)
    Show XlsigSentence()
End Sub

Public Sub XlsigRestart(control As IRibbonControl)
    XlsigForget
    Application.CalculateFull
End Sub

Public Sub XlsigDoctor(control As IRibbonControl)
    Show XlsigDo("doctor")
End Sub

Public Sub XlsigHelp(control As IRibbonControl)
    Show "Every function is listed under xlsig in Insert Function, with its arguments." & vbLf & _
        "=EXPLAIN(""SELLOFF_STREAK"",A2:A300) says in one sentence where an answer comes from, or why there is none."
End Sub

Private Sub Show(ByVal said As String)
    If said <> "" Then MsgBox said, vbInformation, "xlsig"
End Sub

' EXPLAIN's sentence for the selected cell, if its formula is one call of ours.
Private Function XlsigSentence() As String
    Dim formula As String
    Dim bracket As Long
    Dim sentence As Variant
    If ActiveCell Is Nothing Then
        XlsigSentence = "Select a cell first."
        Exit Function
    End If
    formula = CStr(ActiveCell.Formula2)
    bracket = InStr(formula, "(")
    If bracket < 3 Or Right(formula, 1) <> ")" Or Len(formula) > 230 Then
        XlsigSentence = "The cell must hold one call of an xlsig function, at most 230 signs long. Type =EXPLAIN(...) for any other."
        Exit Function
    End If
    formula = "EXPLAIN(""" & Mid(formula, 2, bracket - 2) & """," & Mid(formula, bracket + 1)
    sentence = ActiveCell.Worksheet.Evaluate(Replace(formula, ",)", ")"))
    If IsError(sentence) Then
        XlsigSentence = "xlsig could not explain this cell. " & XlsigLastSaid()
    Else
        XlsigSentence = CStr(sentence)
    End If
End Function

Option Explicit

Private server As Object
Private silentUntil As Double
Private trouble As String

' A function's answer for a cell.
Public Function XlsigAsk(ByVal name As String, ByVal sent As Variant) As Variant
    Dim answer As Variant, number As Long
    If XlsigInWizard() Then Exit Function
    If XlsigOld1904() Then
        XlsigAsk = CVErr(2015)
        Exit Function
    End If
    number = XlsigSend("Answer", name, sent, answer)
    If number = 0 Then
        XlsigAsk = XlsigAnswer(answer)
    ElseIf server Is Nothing Then
        XlsigAsk = CVErr(2042)
    Else
        XlsigAsk = CVErr(2015)
    End If
End Function

' What a command of the ribbon says, or why it could not be done.
Public Function XlsigDo(ByVal command As String) As String
    Dim answer As Variant
    silentUntil = 0
    If XlsigSend("Do", command, Application, answer) = 0 Then
        XlsigDo = answer
    Else
        XlsigDo = trouble
    End If
End Function

' Let the server go: the next call starts anew.
Public Sub XlsigForget()
    Set server = Nothing
    silentUntil = 0
End Sub

' One call, once more on a fresh object where the server died; the number of the error, 0 for none.
Private Function XlsigSend(ByVal method As String, ByVal first As String, ByVal second As Variant, ByRef answer As Variant) As Long
    Dim attempt As Long, number As Long
    For attempt = 1 To 2
        number = XlsigStart()
        If number = 0 Then
            On Error Resume Next
            Err.Clear
            If method = "Answer" Then
                answer = server.Answer(first, second)
            Else
                answer = CallByName(server, method, 1, first, second)
            End If
            number = Err.Number
            If number <> 0 Then trouble = Err.Description
            On Error GoTo 0
        End If
        If Not XlsigDied(number) Then Exit For
        Set server = Nothing
    Next attempt
    If number <> 0 And server Is Nothing And silentUntil <= Now Then silentUntil = Now + {SILENT_SECONDS} / 86400
    XlsigSend = number
End Function

' Reach the server, unless a start failed a moment ago; the number of the error, 0 for none.
Private Function XlsigStart() As Long
    Dim number As Long
    If Not server Is Nothing Then Exit Function
    If Now < silentUntil Then
        XlsigStart = -1
        Exit Function
    End If
    On Error Resume Next
    Err.Clear
    Set server = CreateObject("{PROG_ID}")
    If Err.Number = 0 Then server.Hello {PROTOCOL}
    number = Err.Number
    If number <> 0 Then
        trouble = Err.Description
        If number = 429 Then trouble = "Excel cannot start Python for xlsig: run xlsig install --host excel again."
        Set server = Nothing
    End If
    On Error GoTo 0
    XlsigStart = number
End Function

Private Function XlsigDied(ByVal number As Long) As Boolean
    Select Case number
        Case 429, 462, -2147023174, -2147417848, -2147023170
            XlsigDied = True
    End Select
End Function

' The Function Wizard asks at each keystroke, and disables the command bars while it is open.
Private Function XlsigInWizard() As Boolean
    On Error Resume Next
    XlsigInWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
    If Err.Number <> 0 Then XlsigInWizard = False
End Function

Private Function XlsigOld1904() As Boolean
    On Error Resume Next
    XlsigOld1904 = Application.Caller.Worksheet.Parent.Date1904
    If Err.Number <> 0 Then XlsigOld1904 = False
End Function

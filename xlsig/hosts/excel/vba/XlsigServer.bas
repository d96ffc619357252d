Option Explicit
Option Private Module

Private server As Object
Private silentUntil As Double
Private trouble As String

' A function's answer for a cell; once more on a fresh object where the server was gone or busy.
Public Function XlsigAsk(ByVal name As String, ByVal sent As Variant) As Variant
    Dim answer As Variant, attempt As Long, number As Long
    XlsigAsk = CVErr(2042)
    If XlsigOld1904() Then
        XlsigAsk = CVErr(2015)
        Exit Function
    End If
    For attempt = 1 To 2
        number = XlsigReach()
        If number = 0 Then number = XlsigAsked(name, sent, answer)
        If Not XlsigIsGone(number) Then Exit For
        Set server = Nothing
    Next attempt
    If number = 0 Then
        XlsigAsk = XlsigAnswer(answer)
    ElseIf server Is Nothing Then
        If silentUntil <= Now Then silentUntil = Now + {SILENT_SECONDS} / 86400
    Else
        XlsigAsk = CVErr(2015)
    End If
End Function

' Carry out a command: what it says, or why it could not be done. It is given once, since what has begun is not begun again; how Excel was
' set is put back, also where Python ends in the middle. A cell cannot give it.
Public Sub XlsigDo(ByVal command As String, ByRef said As String)
    Dim calculation As Variant, events As Variant, updating As Variant, number As Long
    If XlsigFromCell() Then Exit Sub
    silentUntil = 0
    number = XlsigGreet()
    If number <> 0 Then
        said = trouble
        Exit Sub
    End If
    On Error Resume Next
    calculation = Application.Calculation
    events = Application.EnableEvents
    updating = Application.ScreenUpdating
    On Error GoTo 0
    number = XlsigPerformed(command, said)
    On Error Resume Next
    If Not IsEmpty(calculation) Then
        If Application.Calculation <> calculation Then Application.Calculation = calculation
    End If
    If Application.EnableEvents <> events Then Application.EnableEvents = events
    If Application.ScreenUpdating <> updating Then Application.ScreenUpdating = updating
    On Error GoTo 0
    If XlsigIsGone(number) Then
        Set server = Nothing
        said = "Python ended before this was done (error " & number & "), and it is not tried again. Look at the workbook, then choose the command once more."
    End If
End Sub

' Whether it is a formula that asks: what acts is not done for one.
Public Function XlsigFromCell() As Boolean
    On Error Resume Next
    XlsigFromCell = (TypeName(Application.Caller) = "Range")
End Function

' Let the server go: the next call starts anew.
Public Sub XlsigForget()
    If XlsigFromCell() Then Exit Sub
    Set server = Nothing
    silentUntil = 0
End Sub

' The Function Wizard asks at each keystroke, and disables the command bars while it is open.
Public Function XlsigInWizard() As Boolean
    On Error Resume Next
    XlsigInWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
    If Err.Number <> 0 Then XlsigInWizard = False
End Function

' Ask once; the number of the error, 0 for none.
Private Function XlsigAsked(ByVal name As String, ByVal sent As Variant, ByRef answer As Variant) As Long
    On Error Resume Next
    Err.Clear
    answer = server.Answer(name, sent)
    XlsigAsked = Err.Number
    If Err.Number <> 0 Then trouble = Err.Description
End Function

' Give the command; the number of the error, 0 for none.
Private Function XlsigPerformed(ByVal command As String, ByRef said As String) As Long
    On Error Resume Next
    Err.Clear
    said = server.Perform(command, Application)
    XlsigPerformed = Err.Number
    If Err.Number <> 0 Then said = Err.Description
End Function

' A server that answers now; the number of the error, 0 for none.
Private Function XlsigGreet() As Long
    Dim attempt As Long, number As Long
    For attempt = 1 To 2
        number = XlsigReach()
        If number = 0 Then number = XlsigGreeted()
        If Not XlsigIsGone(number) Then Exit For
        Set server = Nothing
    Next attempt
    XlsigGreet = number
End Function

Private Function XlsigGreeted() As Long
    On Error Resume Next
    Err.Clear
    server.Hello {PROTOCOL}
    XlsigGreeted = Err.Number
    If Err.Number <> 0 Then trouble = Err.Description
End Function

' Reach the server, unless a start failed a moment ago; the number of the error, 0 for none.
Private Function XlsigReach() As Long
    Dim number As Long
    If Not server Is Nothing Then Exit Function
    If Now < silentUntil Then
        XlsigReach = -1
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
    XlsigReach = number
End Function

' Whether an error means that the server is gone or busy.
Private Function XlsigIsGone(ByVal number As Long) As Boolean
    Select Case number
        Case {GONE_OR_BUSY}
            XlsigIsGone = True
    End Select
End Function

Private Function XlsigOld1904() As Boolean
    On Error Resume Next
    XlsigOld1904 = Application.Caller.Worksheet.Parent.Date1904
    If Err.Number <> 0 Then XlsigOld1904 = False
End Function

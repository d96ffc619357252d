Option Explicit

' How a cell's call reaches Python, and how its answer comes back.

Private Const PROG_ID As String = "{prog_id}"
Private Const PROTOCOL As Long = {protocol}
Private Const WHOLE_COLUMN As String = "{whole_column}"
Private Const FIRST_ERROR As Long = {first_error}
Private Const LAST_ERROR As Long = {last_error}
Private Const ERROR_BASE As Long = {error_base}
Private Const SILENT_SECONDS As Long = 30
Private Const NOT_AVAILABLE As Long = 2042
Private Const WRONG_VALUE As Long = 2015

Private server As Object
Private silentUntil As Date
Private lastSaid As String

' The answer of a function for the cell that calls it.
Public Function XlsigCall(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim attempt As Long
    Dim failure As Long
    Dim answer As Variant
    If IsWizardOpen() Or IsSilent() Then
        XlsigCall = CVErr(NOT_AVAILABLE)
        Exit Function
    End If
    If CountsFrom1904() Then
        XlsigCall = CVErr(WRONG_VALUE)
        Exit Function
    End If
    For attempt = 1 To 2
        On Error Resume Next
        Err.Clear
        Connect
        If Err.Number = 0 Then answer = server.Answer(functionName, arguments)
        failure = Err.Number
        lastSaid = Err.Description
        On Error GoTo 0
        If failure = 0 Then
            XlsigCall = XlsigCells(answer)
            Exit Function
        End If
        Set server = Nothing
        If Not IsGone(failure) Then Exit For
    Next attempt
    If IsGone(failure) Then silentUntil = Now + SILENT_SECONDS / 86400
    XlsigCall = CVErr(NOT_AVAILABLE)
End Function

' A command of the ribbon that needs Python; what to show the person.
Public Function XlsigDo(ByVal command As String) As String
    On Error Resume Next
    Err.Clear
    silentUntil = 0
    Connect
    If Err.Number = 0 Then XlsigDo = server.Do(command, Application)
    If Err.Number <> 0 Then
        XlsigDo = Err.Description
        Set server = Nothing
    End If
    On Error GoTo 0
End Function

' Let go of Python; the next call starts it anew.
Public Sub XlsigForget()
    Set server = Nothing
    silentUntil = 0
End Sub

' Why the last call had no answer.
Public Function XlsigLastSaid() As String
    XlsigLastSaid = lastSaid
End Function

Private Sub Connect()
    Dim version As String
    If server Is Nothing Then
        Set server = CreateObject(PROG_ID)
        version = server.Hello(PROTOCOL)
    End If
End Sub

Private Function IsSilent() As Boolean
    IsSilent = Now < silentUntil
End Function

' A server that died or could not be started: no such object, no such process, a refused or broken call.
Private Function IsGone(ByVal failure As Long) As Boolean
    Select Case failure
        Case 429, 462, -2147023174, -2147417848, -2147023170
            IsGone = True
    End Select
End Function

' Excel asks a function on every keystroke while its wizard is open; only then is this button off.
Private Function IsWizardOpen() As Boolean
    On Error Resume Next
    IsWizardOpen = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function

Private Function CountsFrom1904() As Boolean
    On Error Resume Next
    CountsFrom1904 = Application.Caller.Parent.Parent.Date1904
End Function

' An argument as Python takes it: a range by its values, a whole column cut behind its last used row. Exact ranges are never cut.
Public Function XlsigIn(Optional ByRef given As Variant) As Variant
    Dim used As Object
    If IsMissing(given) Then
        XlsigIn = Empty
        Exit Function
    End If
    If TypeName(given) <> "Range" Then
        XlsigIn = given
        Exit Function
    End If
    If given.Areas.Count > 1 Then
        XlsigIn = CVErr(WRONG_VALUE)
        Exit Function
    End If
    If given.Rows.Count < given.Worksheet.Rows.Count Then
        XlsigIn = given.Value2
        Exit Function
    End If
    Set used = Application.Intersect(given, given.Worksheet.UsedRange)
    If used Is Nothing Then
        XlsigIn = Empty
    Else
        XlsigIn = Array(WHOLE_COLUMN, given.Resize(used.Row + used.Rows.Count - 1).Value2)
    End If
End Function

' An answer as Excel takes it: Longs are errors, since numbers are Doubles.
Public Function XlsigCells(ByVal answer As Variant) As Variant
    Dim row As Long
    Dim column As Long
    If Not IsArray(answer) Then
        XlsigCells = XlsigCell(answer)
        Exit Function
    End If
    For row = LBound(answer, 1) To UBound(answer, 1)
        For column = LBound(answer, 2) To UBound(answer, 2)
            answer(row, column) = XlsigCell(answer(row, column))
        Next column
    Next row
    XlsigCells = answer
End Function

Public Function XlsigCell(ByVal value As Variant) As Variant
    XlsigCell = value
    If VarType(value) = vbLong Then
        If value >= FIRST_ERROR And value <= LAST_ERROR Then XlsigCell = CVErr(value - ERROR_BASE)
    End If
End Function

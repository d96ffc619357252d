Option Explicit
Option Private Module

' An answer as a cell shows it: a Long in the error range is that error, and nothing at all is #N/A, since a cell shows Empty as 0.
Public Function XlsigAnswer(ByVal answer As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(answer) Then
        XlsigAnswer = XlsigShown(answer)
        Exit Function
    End If
    For row = LBound(answer, 1) To UBound(answer, 1)
        For column = LBound(answer, 2) To UBound(answer, 2)
            answer(row, column) = XlsigShown(answer(row, column))
        Next column
    Next row
    XlsigAnswer = answer
End Function

Private Function XlsigShown(ByVal value As Variant) As Variant
    XlsigShown = value
    If IsEmpty(value) Or IsNull(value) Then
        XlsigShown = CVErr(2042)
    ElseIf VarType(value) = vbLong Then
        If value >= {FIRST_ERROR} And value <= {LAST_ERROR} Then XlsigShown = CVErr(value - ({ERROR_BASE}))
    End If
End Function

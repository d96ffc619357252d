Option Explicit

' An answer as a cell shows it: a Long in the error range is that error.
Public Function XlsigAnswer(ByVal answer As Variant) As Variant
    Dim row As Long, column As Long
    If IsArray(answer) Then
        For row = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                If VarType(answer(row, column)) = vbLong Then answer(row, column) = XlsigError(answer(row, column))
            Next column
        Next row
        XlsigAnswer = answer
    ElseIf VarType(answer) = vbLong Then
        XlsigAnswer = XlsigError(answer)
    Else
        XlsigAnswer = answer
    End If
End Function

Private Function XlsigError(ByVal code As Long) As Variant
    If code >= {FIRST_ERROR} And code <= {LAST_ERROR} Then
        XlsigError = CVErr(code - ({ERROR_BASE}))
    Else
        XlsigError = code
    End If
End Function

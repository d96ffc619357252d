Option Explicit
Option Private Module

' What a formula hands over, as the server takes it: blocks by Value2; what goes down to the sheet's end is cut to the used range, and marked.
Public Function XlsigArgument(Optional ByRef given As Variant) As Variant
    Dim used As Object, bottom As Long, last As Long
    If IsMissing(given) Then
        XlsigArgument = {OMITTED}
        Exit Function
    End If
    If TypeName(given) <> "Range" Then
        XlsigArgument = given
        Exit Function
    End If
    If given.Areas.Count > 1 Then
        XlsigArgument = CVErr(2015)
        Exit Function
    End If
    bottom = given.Row + given.Rows.Count - 1
    If bottom < given.Worksheet.Rows.Count Or given.Rows.Count = 1 Then
        XlsigArgument = given.Value2
        Exit Function
    End If
    Set used = Application.Intersect(given, given.Worksheet.UsedRange)
    If used Is Nothing Then
        XlsigArgument = Array("{WHOLE_COLUMN}", Empty)
    Else
        last = used.Row + used.Rows.Count - given.Row
        XlsigArgument = Array("{WHOLE_COLUMN}", given.Resize(last).Value2)
    End If
End Function

' The arguments without the omitted ones at the end.
Public Function XlsigGiven(ByVal sent As Variant) As Variant
    Dim last As Long
    last = UBound(sent)
    Do While last > 0
        If VarType(sent(last)) <> vbLong Then Exit Do
        If sent(last) <> {OMITTED} Then Exit Do
        last = last - 1
    Loop
    If last < UBound(sent) Then ReDim Preserve sent(0 To last)
    XlsigGiven = sent
End Function

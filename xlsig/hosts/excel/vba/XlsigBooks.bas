Option Explicit
Option Private Module

Private ours As Variant

' A workbook that was opened: links to the add-in at another place, and formulas as another host spells them, are repaired; formulas of ours
' that show #NAME? are computed again, and nothing else is, nor anything where the person computes by hand.
Public Sub XlsigReceive(ByVal book As Object, ByRef said As String)
    Dim unknown As Collection, elsewhere As Boolean, unread As String
    If XlsigFromCell() Then Exit Sub
    Set unknown = New Collection
    elsewhere = XlsigLinksElsewhere(book)
    If XlsigLook(book, 16, unknown, unread) Then elsewhere = True
    If elsewhere Then
        XlsigDo "repair:" & book.Name, said
        Set unknown = New Collection
        unread = ""
        XlsigLook book, 16, unknown, unread
    End If
    If unknown.Count > 0 Then XlsigReadAgain book, unknown, said
    If unread <> "" And (elsewhere Or unknown.Count > 0) Then said = said & " xlsig could not read" & unread & " of " & book.Name & "."
    If XlsigIsOld(book) Then
        Set unknown = New Collection
        XlsigLook book, 23, unknown, unread
        If unknown.Count > 0 Then said = said & " xlsig answers #VALUE! in " & book.Name & ": it counts dates from 1904."
    End If
    said = Trim(said)
End Sub

Private Sub XlsigReadAgain(ByVal book As Object, ByVal unknown As Collection, ByRef said As String)
    Dim cell As Object
    If Application.Calculation = -4135 Then
        said = said & " " & unknown.Count & " formulas of xlsig in " & book.Name & " show #NAME? until you press Ctrl+Alt+F9: calculation is manual."
        Exit Sub
    End If
    On Error Resume Next
    For Each cell In unknown
        cell.Calculate
    Next cell
End Sub

Private Function XlsigLinksElsewhere(ByVal book As Object) As Boolean
    Dim links As Variant, link As Variant
    On Error Resume Next
    links = book.LinkSources(1)
    If Not IsArray(links) Then Exit Function
    For Each link In links
        If LCase(Right(link, {ADD_IN_LENGTH})) = "{ADD_IN_NAME}" And LCase(link) <> LCase(ThisWorkbook.FullName) Then XlsigLinksElsewhere = True
    Next link
End Function

Private Function XlsigIsOld(ByVal book As Object) As Boolean
    On Error Resume Next
    XlsigIsOld = book.Date1904
End Function

' Collect the formulas of ours whose value is of a kind, of the errors those that show #NAME? alone; whether another host's spelling is there.
Private Function XlsigLook(ByVal book As Object, ByVal kinds As Long, ByVal found As Collection, ByRef unread As String) As Boolean
    Dim sheet As Object, cells As Object, cell As Object
    On Error Resume Next
    For Each sheet In book.Worksheets
        Set cells = Nothing
        Set cells = sheet.UsedRange.SpecialCells(-4123, kinds)
        If cells Is Nothing And sheet.ProtectContents Then unread = unread & " " & sheet.Name
        If Not cells Is Nothing Then
            For Each cell In cells
                If kinds <> 16 Or XlsigShowsName(cell) Then
                    Select Case XlsigSpelling(CStr(cell.Formula))
                        Case 1
                            found.Add cell
                        Case 2
                            XlsigLook = True
                    End Select
                End If
            Next cell
        End If
    Next sheet
End Function

Private Function XlsigShowsName(ByVal cell As Object) As Boolean
    Dim value As Variant
    value = cell.Value2
    If IsError(value) Then XlsigShowsName = (CLng(value) = 2029)
End Function

' How a formula spells functions of ours: 0 there is none, 1 as it is typed here, 2 one as another host spells it.
Private Function XlsigSpelling(ByVal formula As String) As Long
    Dim parts As Variant, name As Variant, at As Long, place As Long, spelled As Long, most As Long
    If IsEmpty(ours) Then ours = Split({FUNCTIONS}, " ")
    parts = Split(UCase(formula), """")
    For at = 0 To UBound(parts) Step 2
        For Each name In ours
            place = InStr(parts(at), name & "(")
            Do While place > 0
                spelled = XlsigSpelledAt(CStr(parts(at)), place)
                If spelled > most Then most = spelled
                place = InStr(place + 1, parts(at), name & "(")
            Loop
        Next name
    Next at
    XlsigSpelling = most
End Function

Private Function XlsigSpelledAt(ByVal text As String, ByVal place As Long) As Long
    Dim first As Long, before As String
    first = place
    Do While first > 1
        If Not Mid(text, first - 1, 1) Like "[A-Z0-9_.]" Then Exit Do
        first = first - 1
    Loop
    before = Mid(text, first, place - first)
    If before = "" Or before = "_XLL." Then
        XlsigSpelledAt = 1
        If first > 1 Then
            If Mid(text, first - 1, 1) = "!" And InStr(text, UCase("{ADD_IN_NAME}")) = 0 And InStr(text, "]!") = 0 Then XlsigSpelledAt = 0
        End If
    ElseIf InStr(before, "_XLDUDF_") > 0 Or before = "XLSIG." Or before = "_XLFN.XLSIG." Then
        XlsigSpelledAt = 2
    End If
End Function

"""One golden case of every function as a VBScript, and what it echoes. A VBScript cannot send error cells, nor leave arguments out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlsig.functions import golden
from xlsig.grid.contents import serial
from xlsig.hosts.excel.contract import PROG_ID

_HEAD = f"""
Set server = CreateObject("{PROG_ID}")
Function Spelled(cell)
  Spelled = TypeName(cell) & ":" & cell
End Function
Sub Show(answer)
  If Not IsArray(answer) Then
    WScript.Echo Spelled(answer)
    Exit Sub
  End If
  text = "block"
  For row = LBound(answer, 1) To UBound(answer, 1)
    text = text & vbTab & "row"
    For column = LBound(answer, 2) To UBound(answer, 2)
      text = text & vbTab & Spelled(answer(row, column))
    Next
  Next
  WScript.Echo text
End Sub
"""
_READ = {"Double": float, "Long": int, "String": str, "Boolean": lambda spelled: spelled == "True"}


def script() -> tuple[str, dict[str, golden.Case]]:
    """The source, and the cases that it asks by function, in its order."""
    chosen = {name: next(filter(_can_be_spelled, golden.cases(name))) for name in golden.FUNCTIONS}
    return _HEAD + "".join(_asked(name, case) for name, case in chosen.items()), chosen


def read(line: str) -> Any:
    """An echoed answer: a cell or rows of cells."""
    if not line.startswith("block"):
        return _cell(line)
    return [[_cell(cell) for cell in row.split("\t") if cell] for row in line.split("\trow")[1:]]


def _cell(spelled: str) -> Any:
    kind, _, value = spelled.partition(":")
    return _READ[kind](value)


def _can_be_spelled(case: golden.Case) -> bool:
    spelled = repr((case.arguments, case.expected))
    return "GoldenError" not in repr(case.arguments) and spelled.isascii()


def _asked(name: str, case: golden.Case) -> str:
    lines, arguments = [], []
    for at, argument in enumerate(case.arguments):
        if isinstance(argument, tuple):
            block = f"{name}_{at}"
            lines.append(f"Dim {block}({len(argument) - 1}, {len(argument[0]) - 1})")
            lines += [
                f"{block}({down}, {across}) = {_literal(cell)}" for down, row in enumerate(argument) for across, cell in enumerate(row)
            ]
            arguments.append(block)
        else:
            arguments.append(_literal(argument))
    return "\n".join([*lines, f'Show server.Answer("{name}", Array({", ".join(arguments)}))', ""])


def _literal(cell: Any) -> str:
    if cell is None:
        return "Empty"
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    return repr(float(serial(cell) if isinstance(cell, dt.date) else cell))

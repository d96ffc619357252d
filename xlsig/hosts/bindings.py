"""The catalogue bound to xlwings: one function for each of ours, under its name in capitals, with xlwings' decorations.

Which decorators these are is xlwings' choice when it is imported: of Server and Lite, of classic xlwings on Windows, or none elsewhere. So
nothing here depends on the host. Arguments always come as blocks of two dimensions; errors come and go as text (#N/A), which Server and
Lite turn into real errors. Classic xlwings has no way to return one, and shows the text; xlsig's own add-in shows the error.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import xlwings

from xlsig.errors import NA, VALUE
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Function
from xlsig.grid.contents import ERROR_NUMBERS, CellResult, ErrorCell
from xlsig.hosts.answering import answer
from xlsig.hosts.excel.exchange import read
from xlsig.hosts.excel.wrappers import vba_name

_OLD_ERRORS: Final = frozenset(code for code, number in ERROR_NUMBERS.items() if number <= ERROR_NUMBERS[NA])
"""Those that Server and Lite know; newer ones are shown as #VALUE!."""

Udf = Callable[..., Any]


def _cells_never_come_from_javascript() -> None:
    """Tell xlwings so where it is true: it tries a failing import for every cell, which costs more than our functions do."""
    if sys.platform == "emscripten":
        import pyodide.ffi

        if not hasattr(pyodide.ffi, "JsNull"):  # Pyodide below 0.28, where an empty cell is None
            pyodide.ffi.JsNull = type("JsNull", (), {})
        return
    try:
        from xlwings.pro import _xlofficejs
    except ImportError:
        return
    if hasattr(_xlofficejs, "_is_jsnull"):
        _xlofficejs._is_jsnull = lambda value: False


def _bound(function: Function) -> Udf:
    """A function as xlwings wants it: a plain one, with the name that it is called by."""

    def udf(*arguments):  # type: ignore[no-untyped-def]  # xlwings takes an annotation for a converter
        return answer(function, _read_all, _written, None, arguments)

    udf.__name__ = udf.__qualname__ = function.name
    udf.__doc__ = function.doc
    parameters = [
        argument.parameter(variadic=function.variadic).replace(name=vba_name(function, argument))  # classic xlwings writes VBA too
        for argument in function.arguments
    ]
    udf.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter if parameter.default is parameter.empty else parameter.replace(default=None) for parameter in parameters]
    )
    decorated: Udf = udf
    for argument, parameter in zip(function.arguments, parameters, strict=True):
        decorated = xlwings.arg(parameter.name, ndim=2, err_to_str=True, doc=argument.described)(decorated)
    bound: Udf = xlwings.func(category=f"xlsig {function.category}", call_in_wizard=False)(decorated)  # last: arg sets both back
    return bound


def _read_all(arguments: Sequence[Any]) -> list[Any]:
    """The arguments as cells: xlwings has rows as lists, and errors as text among them."""
    return [read(tuple(tuple(map(_error_or_cell, row)) for row in value) if isinstance(value, list) else value) for value in arguments]


def _error_or_cell(cell: Any) -> Any:
    return ErrorCell(cell) if type(cell) is str and cell in ERROR_NUMBERS else cell


def _written(cells: CellResult) -> Any:
    return [list(map(_written_cell, row)) for row in cells] if isinstance(cells, list) else _written_cell(cells)


def _written_cell(cell: Any) -> Any:
    if isinstance(cell, ErrorCell):
        return cell.code if cell.code in _OLD_ERRORS else VALUE
    return cell


if getattr(xlwings, "on_server", sys.platform == "emscripten"):  # what Excel's web hosts pin may be older than the name
    _cells_never_come_from_javascript()
_bindings = {name: _bound(function) for name, function in CATALOGUE.items()}
globals().update(_bindings)
__all__ = list(_bindings)

"""What xlsig says of itself: EXPLAIN, one sentence on what produced an answer or why there is none, and the installed version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from xlsig.errors import VALUE, SignalError
from xlsig.functions import cells
from xlsig.functions.answers import Answer
from xlsig.functions.spec import Argument, Function, function


def explaining(functions: Mapping[str, Function]) -> Function:
    """EXPLAIN over a set of functions by Excel name."""

    @function("Warning", sheet="danger/Danger", example='=EXPLAIN("SELLOFF_STREAK",Flows[north_america])', returns="text")
    def explain(
        function: Annotated[str, Argument("text", "name of the function to explain")],
        *arguments: Annotated[Any, Argument("anything", "its arguments, as in the cell")],
    ) -> Answer:
        """One sentence on which sessions, values and rule produced an answer, or why there is none.

        Works for every function: the name in quotation marks, then the same arguments. An unknown function is #VALUE!.
        """
        name = cells.text(function, "function").strip().lstrip("=").upper()
        found = functions.get(name)
        if found is None:
            raise SignalError(VALUE, f"there is no function {name[:40]!r}")
        sentence = found.explain(*arguments)
        return Answer(sentence, lambda: f"The sentence that {name} gives for its arguments.")

    return explain


@function("About", sheet="danger/About", example="=XLSIG_VERSION()", returns="text")
def xlsig_version() -> Answer:
    """Version of xlsig that answers in this workbook."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("xlsig")
    except PackageNotFoundError:  # a source tree on the path, not installed
        installed = "0+source"
    return Answer(installed, lambda: f"xlsig {installed} answers here.")

"""xlsig: the danger signal of equity financing and fund flows, one function per sentence of the desk's report.

Every function of the catalogue is here under its name in lower case, with the arguments of the spreadsheet function. `SignalError` says why
there is no answer. The catalogue, and numpy with it, is loaded when the first of them is asked for: `xlsig --help` needs none.
"""

from typing import Any as _Any

from xlsig.errors import SignalError as SignalError


def __getattr__(name: str) -> _Any:
    if name == "__all__" or not name.startswith("_"):
        from xlsig.functions.catalogue import CATALOGUE

        functions = {entry.python_name: entry for entry in CATALOGUE.values()}
        public = {**functions, "__all__": ["SignalError", *functions]}
        globals().update(public)
        if name in public:
            return public[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})

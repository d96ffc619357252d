"""xlsig: the danger signal of equity financing and fund flows, one function per sentence of the desk's report.

Every function of the catalogue is here under its name in lower case, with the arguments of the spreadsheet function. `SignalError` says why
there is no answer.
"""

from xlsig.errors import SignalError
from xlsig.functions.catalogue import CATALOGUE as _CATALOGUE

globals().update({entry.python_name: entry for entry in _CATALOGUE.values()})

__all__ = ["SignalError", *(entry.python_name for entry in _CATALOGUE.values())]

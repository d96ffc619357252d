"""The COM class that Excel asks, served by xlwings. Windows only: importing it needs pywin32."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar, Final, NoReturn, TypeVar

from win32com.client import dynamic
from win32com.server.exception import COMException

from xlsig.hosts.answer_log import Log
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel import exchange
from xlsig.hosts.excel.contract import CLSID, FAILED

_DONE_WITHOUT: Final = ("PIL", "cryptography", "matplotlib", "pandas", "plotly", "polars")
"""What xlwings takes where it can, and this server has no use for: loading it would be most of a cold start."""


def _xlwings_server() -> Any:
    hidden = [name for name in _DONE_WITHOUT if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # with None, Python says that there is no such module
    try:
        return import_module("xlwings.com_server")
    finally:
        for name in hidden:
            del sys.modules[name]


com_server: Any = _xlwings_server()

_UDF_MODULE = "xlsig.udfs"
_UNUSED_SECONDS = 60
_WM_QUIT = 0x12
T = TypeVar("T")


class Server(com_server.XLPython):  # type: ignore[misc]  # xlwings has no types here
    """What the add-in calls. Of xlwings' own calls only CallUDF is left, for our module alone: the others run any Python."""

    _public_methods_: ClassVar[list[str]] = ["Hello", "Answer", "Sentence", "Perform", "CallUDF"]
    log: ClassVar[Log]

    def Hello(self, protocol: int) -> str:  # noqa: N802
        """Which xlsig answers."""
        return self._said("Hello", lambda: exchange.hello(int(protocol)))

    def Answer(self, name: str, arguments: Any) -> Any:  # noqa: N802
        """A cell's answer."""
        return self._said(name, lambda: exchange.answer(str(name), arguments or (), self.log))

    def Sentence(self, name: str, arguments: Any) -> str:  # noqa: N802
        """EXPLAIN's sentence for a call."""
        return self._said(name, lambda: exchange.sentence(str(name), arguments or (), self.log))

    def Perform(self, command: str, application: Any) -> str:  # noqa: N802
        """A command of the ribbon that needs Python; what to show the person."""
        from xlsig.hosts.excel.ribbon_commands import do

        return self._said(command, lambda: do(str(command), application and dynamic.Dispatch(application)))

    def CallUDF(self, script: str, name: str, arguments: Any, *caller: Any) -> Any:  # noqa: N802
        """A function as xlwings' own add-in asks for it."""
        if script != _UDF_MODULE:
            raise COMException(description=f"This server answers for {_UDF_MODULE} alone, not for {script}.", scode=FAILED)
        return super().CallUDF(script, name, arguments, *caller)

    def _said(self, what: str, ask: Callable[[], T]) -> T:
        """What was asked for; whatever goes wrong reaches Excel as one sentence."""
        try:
            return ask()
        except RefusedError as refusal:
            raise COMException(description=str(refusal), scode=FAILED) from None
        except Exception:
            self.log.failed(what, traceback.format_exc())
            raise COMException(description=f"xlsig failed at {what}; the log says why: {self.log.path}", scode=FAILED) from None


def serve(log: str) -> NoReturn:
    """Answer until the last client is gone, and end the process then."""
    Server.log = Log(log)
    com_server.XLPython = Server  # what xlwings.serve hands to every client
    threading.Thread(target=_end_if_unused, args=(threading.get_ident(),), daemon=True).start()
    com_server.serve(CLSID)
    Server.log.flush()
    os._exit(0)  # without waiting for anything: nothing is left to write, and a thread of xlwings' is still in COM


def _end_if_unused(thread: int) -> NoReturn:
    """End a server that has no client: end its loop, and the process where that has not ended it by the next look.

    The last client's leaving ends the loop. A client that was gone before it was reached never leaves; and COM's own end, after
    the loop, may wait for ever: Wine misses now and then that a call is over.
    """
    com: Any = import_module("pythoncom")
    windows: Any = import_module("win32api")
    ending = False
    while True:
        time.sleep(_UNUSED_SECONDS)
        unused = com._GetGatewayCount() == 0
        if unused and ending:
            Server.log.flush()
            os._exit(0)
        if unused:
            with contextlib.suppress(windows.error):  # a thread that takes no messages yet
                windows.PostThreadMessage(thread, _WM_QUIT, 0, 0)
        ending = unused

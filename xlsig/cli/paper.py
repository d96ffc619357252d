"""What may stand on a terminal: no sign of a file's that steers it, and none that its code page lacks ends a run."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control signs but tabs and ends of lines, those that turn the direction of writing, and halves of signs."""
_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    r"""A text as it may be shown.

    >>> print(plain("\x1b[31mclose"))
    \x1b[31mclose
    """
    return _STEERING.sub(lambda sign: _escaped(sign[0]), text)


def _escaped(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"


def plain_json(text: str) -> str:
    """JSON as it may be shown: the same content, with those signs written as JSON writes them."""
    return _IN_JSON.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def bear_any_sign() -> None:
    """Let standard output and error replace what their code page lacks, rather than end the run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def console(**settings: Any) -> Console:
    """A rich console that shows texts plainly."""
    from rich.console import Console

    class Paper(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            super().print(*(plain(each) if isinstance(each, str) else each for each in objects), **options)

    return Paper(highlight=False, markup=False, **settings)


def table(*headings: str, **settings: Any) -> Table:
    """A rich table that shows texts plainly."""
    from rich.table import Table

    class PlainTable(Table):
        def add_row(self, *cells: Any, **options: Any) -> None:
            super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **options)

    return PlainTable(*headings, **settings)

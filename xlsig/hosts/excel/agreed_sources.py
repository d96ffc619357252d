"""Sources that a workbook brings and that this person has agreed to, for that workbook. Kept with the user, never in a workbook."""

from __future__ import annotations

import contextlib
import json
from typing import Final

from xlsig.hosts.excel import registration

HARMLESS: Final = "sample"
"""The source that comes with xlsig: no file and no computer is asked for it."""

_MOST: Final = 1_000


def is_agreed(workbook: str, source: str) -> bool:
    """Whether this person has agreed that the workbook's data comes from there."""
    return [workbook, source] in _pairs()


def agree(workbook: str, source: str) -> None:
    """Remember it; the oldest is forgotten once there are a thousand."""
    if source == HARMLESS:
        return
    pairs = [pair for pair in _pairs() if pair[0] != workbook] + [[workbook, source]]
    path = registration.state_file("sources")
    with contextlib.suppress(OSError):  # then they are asked again
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(pair)}\n" for pair in pairs[-_MOST:]), encoding="utf-8")


def is_elsewhere(source: str) -> bool:
    r"""Whether a source is on another computer as far as its spelling says.

    >>> [is_elsewhere(source) for source in (r"\\desk\flows", "//desk/flows", "https://desk/flows", r"C:\desk", "desk.toml")]
    [True, True, True, False, False]
    """
    spelled = source.strip().replace("/", "\\")
    return spelled.startswith("\\\\") or ":\\\\" in spelled


def _pairs() -> list[list[str]]:
    found = []
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in registration.state_file("sources").read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
    return found

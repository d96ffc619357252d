"""Work done in a process of its own, under limits that the system holds: what came of it, and what it took."""

from __future__ import annotations

import os
import resource
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from xlsig.errors import DataError, sentence

_LIMIT_SECONDS = 20
"""More than anything here takes on the slowest machine, and less than what has no end."""
_MOST_SAID = 60_000


@dataclass(frozen=True)
class Outcome:
    """done, refused (in a sentence), raised (with its traceback) or ended (by a signal); processor seconds, and bytes at the most."""

    how: str
    said: str
    seconds: float
    memory: int


def apart(work: Callable[[], object], memory: int = 1_500_000_000) -> Outcome:
    """What comes of the work in a forked process that may use so much more memory than there is now."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _run(work, sending, memory)
    os.close(sending)
    with os.fdopen(receiving, "rb") as answer:
        said = answer.read().decode("utf-8", "replace")
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    how, _, words = said.partition(" ") if code == 0 and said else ("ended", "", f"ended with {code}")
    return Outcome(how, words, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _run(work: Callable[[], object], sending: int, memory: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as numbers:
        now = int(numbers.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (_LIMIT_SECONDS, _LIMIT_SECONDS))
    try:
        work()
        said = "done"
    except (DataError, OSError) as refusal:
        said = f"refused {sentence(refusal)}"
    except BaseException:  # whatever else it is would be a traceback on the desk
        said = f"raised {traceback.format_exc()[-3_000:]}"
    os.write(sending, said.encode("utf-8", "backslashreplace")[:_MOST_SAID])
    os._exit(0)

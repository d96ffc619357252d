"""Opens the files named on its standard input, each in a process of its own that may use so much memory and processor time and no more.

One line of JSON per file: what the guard said, or what became of the process. Run as `python -m tests.ooxml.guarded_child`.
`!memory` and `!time` instead of a file show that the limits hold.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from xlsig.errors import PackageRefusal
from xlsig.ooxml.guard import open_guarded

MEMORY = 300_000_000
SECONDS = 2


def _answer(path: str) -> dict[str, object]:
    if path == "!memory":
        return {"held": len(bytearray(2 * MEMORY))}
    while path == "!time":
        pass
    try:
        with open_guarded(path) as package:
            return {"opened": len(package.namelist())}
    except PackageRefusal as refusal:
        return {"refused": str(refusal)}
    except Exception as failure:  # what a desk would see as a crash, and the test as a failure
        return {"raised": repr(failure)}


def _apart(path: str) -> dict[str, object]:
    """The answer of a forked process under limits that the system enforces."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        with open("/proc/self/statm", encoding="ascii") as numbers:
            now = int(numbers.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        try:
            os.write(sending, json.dumps(_answer(path)).encode())
        finally:
            os._exit(3)
    os.close(sending)
    with os.fdopen(receiving, "rb") as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return json.loads(said) if said else {"ended": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_apart(line.rstrip("\n"))), flush=True)

"""The process that answers Excel. Windows starts it by its path with the first call: serve.py [LOG]. Imports nothing before it can log."""

import datetime
import os
import pathlib
import sys


def main(log: str) -> int:
    """Serve, to the end of the process; or say in the log, in one sentence, why not."""
    try:
        from xlsig.hosts.excel.server import serve

        serve(log)
    except BaseException as error:
        said = " ".join(str(error).split()) or type(error).__name__
        path = pathlib.Path(log)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as lines:
            lines.write(f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} server: cannot start with {sys.executable}: {said}\n")
        return 1


def log_named(arguments: list[str]) -> str:
    """The log that the command names, or this user's. COM adds an argument of its own, -Embedding."""
    named = [argument for argument in arguments if not argument.startswith("-")]
    return named[0] if named else os.path.join(os.environ["LOCALAPPDATA"], "xlsig", "excel.log")


if __name__ == "__main__":
    sys.exit(main(log_named(sys.argv[1:])))

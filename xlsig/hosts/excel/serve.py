"""The process that answers Excel. Windows starts it by its path with the first call: serve.py LOG. Imports nothing before it can log."""

import datetime
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

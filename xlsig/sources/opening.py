"""What `--data` may say: a folder, a configuration file, `sample`, or `cftc:FILE,FILE2`."""

from __future__ import annotations

from pathlib import Path

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import DeskData
from xlsig.sources.cftc import CftcData, read_cftc
from xlsig.sources.config import Config, read_config
from xlsig.sources.files import read_desk

CFTC = "cftc:"


def open_source(text: str) -> DeskData | CftcData:
    """The data that `text` names; whatever is wrong with it is one `DataError`."""
    if text == "sample":
        from xlsig.sources.sample import sample

        return sample()
    if text.startswith(CFTC):
        return read_cftc([name.strip() for name in text.removeprefix(CFTC).split(",") if name.strip()])
    path = Path(text)
    if path.is_dir():
        return read_desk(Config(path))
    if path.is_file() and path.suffix.lower() == ".toml":
        return read_desk(read_config(path))
    if path.exists():
        raise DataError([Problem("not a folder or a .toml configuration file", text)])
    raise DataError([Problem("there is no such folder or configuration file (nor is it sample or cftc:FILE)", text)])

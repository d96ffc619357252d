"""What `--data` may say, and the source that it names: a folder, a configuration file, `sample`, or `cftc:FOLDER,FILE`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from xlsig.errors import DataError, Problem
from xlsig.sources.source import Source

KINDS: Mapping[str, str] = {
    "sample": "xlsig.sources.sample:SampleSource",
    "cftc:FOLDER,FILE": "xlsig.sources.cftc:CftcFiles",
}
"""The sources that are no path: how each is written, known by its word (up to a colon), and its class, loaded when first named."""

_OF_PATHS = "xlsig.sources.files:DeskFolder"

WRITTEN = f"A folder, a config file (.toml), {', or '.join(KINDS)}."
"""What may be written, for people."""


def open_source(text: str) -> Source:
    """The source that `text` names, which has not been read yet. A text that names none is refused with a `DataError`."""
    word = _word_of(text)
    if word is None and not Path(text).exists():
        message = f"there is no such folder or configuration file (nor is it {' or '.join(KINDS)})"
        raise DataError([Problem(message, text)])
    module, _, name = (KINDS[word] if word else _OF_PATHS).partition(":")
    kind = cast(type[Source], getattr(import_module(module), name))
    return kind.named(text.partition(":")[2] if word else text)


def is_path(text: str) -> bool:
    """Whether a text names files by their path, which is another one in another folder."""
    return _word_of(text) is None


def seen_from(folder: Path, text: str) -> str:
    """How the source that `text` names in `folder` is named from anywhere."""
    return os.path.normpath(folder / text) if is_path(text) else text


def _word_of(text: str) -> str | None:
    """The key in `KINDS` of a text that is no path."""
    said = text.partition(":")[:2]
    return next((written for written in KINDS if written.partition(":")[:2] == said), None)

"""The extension file xlsig.oxt: all parts from the catalogue, and the place of this environment. The same bytes every time."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from xlsig.functions.about import xlsig_version
from xlsig.hosts.calc import configuration
from xlsig.hosts.calc.registry import type_library
from xlsig.hosts.calc.signatures import BLOCK, SERVICE, methods
from xlsig.hosts.writing_log import log_path

_STAMP = (2025, 1, 3, 7, 0, 0)


@dataclass(frozen=True)
class Environment:
    """Where the functions are found from inside Calc: folders of packages, the Python they belong to, and the log."""

    site: tuple[str, ...]
    python: tuple[int, int]
    log: str

    @classmethod
    def current(cls, log: Path | None = None) -> Environment:
        """The environment this runs in."""
        folders = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), _source()))
        return cls(tuple(folder for folder in folders if folder), sys.version_info[:2], str(log or log_path("calc")))


def _source() -> str:
    """The folder that holds the package, where it runs from a source tree that is not installed."""
    holding = Path(__file__).resolve().parents[3]
    return str(holding) if not any(holding == Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")) else ""


def parts(environment: Environment) -> dict[str, bytes]:
    """The extension's files by path."""
    listed = methods()
    texts = {
        "META-INF/manifest.xml": configuration.manifest(),
        "description.xml": configuration.description(xlsig_version()),
        "CalcAddIns.xcu": configuration.functions(listed),
        "Jobs.xcu": configuration.jobs(),
        "xlsig.components": configuration.components(),
        configuration.COMPONENT: _component(environment),
    }
    return {configuration.TYPES: type_library(listed), **{path: text.encode() for path, text in texts.items()}}


def _component(environment: Environment) -> str:
    text = (files(__package__) / "component.py.txt").read_text(encoding="utf-8")
    filled = {
        "SITE": list(environment.site),
        "PYTHON": list(environment.python),
        "LOG": environment.log,
        "METHODS": [method.name for method in methods()],
        "BLOCKS": [method.name for method in methods() if method.returns == BLOCK],
        "SERVICE": SERVICE,
        "IMPLEMENTATION": configuration.IMPLEMENTATION,
        "JOB": configuration.JOB,
        "JOB_IMPLEMENTATION": configuration.JOB_IMPLEMENTATION,
    }
    for mark, value in filled.items():
        text = text.replace(f"@{mark}@", repr(value))
    return text


def build_extension(destination: Path, environment: Environment | None = None) -> Path:
    """Write the extension; the file appears whole or not at all."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{destination.stem}-", suffix=destination.suffix, dir=destination.parent)
    os.close(handle)
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as package:
            for path, content in parts(environment or Environment.current()).items():
                entry = zipfile.ZipInfo(path, _STAMP)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                package.writestr(entry, content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, destination)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return destination

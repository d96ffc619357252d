"""The add-in's configuration: function names and help for Calc, the job that runs when a document is opened, and the package's contents."""

from __future__ import annotations

import os
import struct
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xlsig.functions.about import xlsig_version
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.answer_log import log_path
from xlsig.hosts.calc import extension
from xlsig.hosts.calc.signatures import BLOCK, INTERFACE, MODULE, SERVICE, Method, methods

IDENTIFIER = "org.xlsig.calc"
JOB = "org.xlsig.ResolveJob"
IMPLEMENTATION = "org.xlsig.AddIn.python"
JOB_IMPLEMENTATION = f"{JOB}.python"
COMPONENT = "xlsig_calc.py"
TYPES = "xlsig.rdb"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:package="org.openoffice.Office"'


def functions(methods: Iterable[Method]) -> str:
    """CalcAddIns.xcu: for each function its name, description, category and arguments.

    Calc 7 knows no categories but its own, so all stand under "Add-in", and the description begins with ours.
    """
    lines = [_HEAD, f'<oor:component-data {_SCHEMA} oor:name="CalcAddIns">\n<node oor:name="AddInInfo">']
    lines.append(f'<node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n')
    for method in methods:
        category = CATALOGUE[method.function].category
        lines.append(f'<node oor:name="{method.name}" oor:op="replace">')
        lines.append(_said("DisplayName", method.name) + _said("Description", f"{category}: {method.doc}"))
        lines.append('<prop oor:name="Category"><value>Add-In</value></prop>')
        lines.append(_said("CompatibilityName", method.name))
        lines.append('<node oor:name="Parameters">')
        for parameter in method.parameters:
            lines.append(f'<node oor:name="{parameter.identifier}" oor:op="replace">')
            lines.append(_said("DisplayName", parameter.name) + _said("Description", parameter.doc) + "</node>")
        lines.append("</node></node>\n")
    lines.append("</node></node></node></oor:component-data>\n")
    return "".join(lines)


def _said(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(value)}</value></prop>'


def jobs() -> str:
    """Jobs.xcu: names are resolved whenever a document is opened or made."""
    return (
        f'{_HEAD}<oor:component-data {_SCHEMA} oor:name="Jobs">\n'
        f'<node oor:name="Jobs"><node oor:name="org.xlsig.Resolve" oor:op="replace">'
        f'<prop oor:name="Service"><value>{JOB}</value></prop></node></node>\n'
        f'<node oor:name="Events"><node oor:name="onDocumentAdded" oor:op="fuse"><node oor:name="JobList">'
        f'<node oor:name="org.xlsig.Resolve" oor:op="replace"/></node></node></node>\n'
        f"</oor:component-data>\n"
    )


def components() -> str:
    """xlsig.components: which services the Python component offers; it is loaded when the first of them is used."""
    return (
        f'{_HEAD}<components xmlns="http://openoffice.org/2010/uno-components">\n'
        f'<component loader="com.sun.star.loader.Python" uri="{COMPONENT}">\n'
        f'<implementation name="{IMPLEMENTATION}"><service name="{SERVICE}"/></implementation>\n'
        f'<implementation name="{JOB_IMPLEMENTATION}"><service name="{JOB}"/></implementation>\n'
        f"</component>\n</components>\n"
    )


def description(version: str) -> str:
    """description.xml: the extension's identifier, version and name."""
    return (
        f'{_HEAD}<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f"<identifier value={quoteattr(IDENTIFIER)}/><version value={quoteattr(version)}/>\n"
        f'<display-name><name lang="en">xlsig: the danger signal of equity financing and fund flows</name></display-name>\n'
        f"</description>\n"
    )


def manifest() -> str:
    """META-INF/manifest.xml: what each part of the package is."""
    kinds = {
        TYPES: "application/vnd.sun.star.uno-typelibrary;type=RDB",
        "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
        "Jobs.xcu": "application/vnd.sun.star.configuration-data",
        "xlsig.components": "application/vnd.sun.star.uno-components",
    }
    entries = "".join(f'<manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{path}"/>\n' for path, kind in kinds.items())
    return f'{_HEAD}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'


_MAGIC = b"UNOIDL\xff\0"
_MODULE_ENTITY, _INTERFACE_ENTITY = 0, 5
_SEEN_BEFORE = 0x8000_0000
_BASE = "com.sun.star.uno.XInterface"


class _Writer:
    """Bytes so far, and where each string already stands."""

    def __init__(self) -> None:
        self.bytes = bytearray(_MAGIC + b"\0" * 8)
        self._places: dict[str, int] = {}

    def number(self, value: int) -> None:
        self.bytes += struct.pack("<I", value)

    def string(self, text: str) -> None:
        if text in self._places:
            self.number(self._places[text] | _SEEN_BEFORE)
            return
        self._places[text] = len(self.bytes)
        encoded = text.encode("ascii")
        self.number(len(encoded))
        self.bytes += encoded

    def name(self, text: str) -> int:
        """A name of a map: zero-terminated; returns its place."""
        place = len(self.bytes)
        self.bytes += text.encode("ascii") + b"\0"
        return place


def type_library(methods: Iterable[Method], modules: tuple[str, ...] = MODULE) -> bytes:
    """The .rdb with one interface of these methods, inside these modules."""
    written = _Writer()
    entity = _interface(written, list(methods))
    inner = INTERFACE
    for module in reversed(modules):
        name = written.name(inner)
        place = len(written.bytes)
        written.bytes.append(_MODULE_ENTITY)
        written.number(1)
        written.number(name)
        written.number(entity)
        inner, entity = module, place
    name = written.name(inner)
    root = len(written.bytes)
    written.number(name)
    written.number(entity)
    struct.pack_into("<II", written.bytes, len(_MAGIC), root, 1)
    return bytes(written.bytes)


def _interface(written: _Writer, methods: list[Method]) -> int:
    place = len(written.bytes)
    written.bytes.append(_INTERFACE_ENTITY)
    written.number(1)
    written.string(_BASE)
    written.number(0)  # optional bases
    written.number(0)  # attributes
    written.number(len(methods))
    for method in methods:
        written.string(method.name)
        written.string(method.returns)
        written.number(len(method.parameters))
        for parameter in method.parameters:
            written.bytes.append(0)  # [in]
            written.string(parameter.identifier)
            written.string(parameter.type)
        written.number(0)  # exceptions
    return place


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
        "META-INF/manifest.xml": extension.manifest(),
        "description.xml": extension.description(xlsig_version()),
        "CalcAddIns.xcu": extension.functions(listed),
        "Jobs.xcu": extension.jobs(),
        "xlsig.components": extension.components(),
        extension.COMPONENT: _component(environment),
    }
    return {extension.TYPES: type_library(listed), **{path: text.encode() for path, text in texts.items()}}


def _component(environment: Environment) -> str:
    text = (files(__package__) / "component.py.txt").read_text(encoding="utf-8")
    filled = {
        "SITE": list(environment.site),
        "PYTHON": list(environment.python),
        "LOG": environment.log,
        "METHODS": [method.name for method in methods()],
        "BLOCKS": [method.name for method in methods() if method.returns == BLOCK],
        "SERVICE": SERVICE,
        "IMPLEMENTATION": extension.IMPLEMENTATION,
        "JOB": extension.JOB,
        "JOB_IMPLEMENTATION": extension.JOB_IMPLEMENTATION,
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

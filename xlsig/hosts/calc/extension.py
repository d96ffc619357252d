"""The add-in as LibreOffice installs it: an extension (.oxt), which is a zip of what the catalogue's functions look like to Calc.

In it are a type library with a method for each function, their names and help, a job that resolves their names when a document is opened,
and the component, which hands every call over to the environment that xlsig is installed in.
"""

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

from xlsig.functions.explain import xlsig_version
from xlsig.hosts.answer_log import log_path
from xlsig.hosts.calc.entering import FILL
from xlsig.hosts.calc.signatures import BLOCK, INTERFACE, MODULE, SERVICE, Method, methods

IDENTIFIER = "org.xlsig.calc"
JOB = "org.xlsig.ResolveJob"
IMPLEMENTATION = "org.xlsig.AddIn.python"
JOB_IMPLEMENTATION = f"{JOB}.python"
COMPONENT = "xlsig_calc.py"
TYPES = "xlsig.rdb"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:package="org.openoffice.Office"'
_STAMP = (2025, 1, 3, 7, 0, 0)

_MAGIC = b"UNOIDL\xff\0"
_MODULE_ENTITY, _INTERFACE_ENTITY = 0, 5
_SEEN_BEFORE = 0x8000_0000
_BASE = "com.sun.star.uno.XInterface"


@dataclass(frozen=True)
class Environment:
    """Where the functions are found from inside Calc: folders of packages, the Python they belong to, and the log."""

    site: tuple[str, ...]
    python: tuple[int, int]
    log: str

    @classmethod
    def current(cls, log: Path | None = None) -> Environment:
        """The environment this runs in."""
        folders = dict.fromkeys((_source(), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
        return cls(tuple(folder for folder in folders if folder), sys.version_info[:2], str(log or log_path("calc")))


def _source() -> str:
    """The folder that holds the package, where it runs from a source tree that is not installed."""
    holding = Path(__file__).resolve().parents[3]
    return str(holding) if not any(holding == Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")) else ""


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
    except BaseException:  # an interrupt leaves no half-written file either
        Path(temporary).unlink(missing_ok=True)
        raise
    return destination


def parts(environment: Environment) -> dict[str, bytes]:
    """The extension's files by path."""
    listed = methods()
    texts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(xlsig_version()),
        "CalcAddIns.xcu": functions(listed),
        "Jobs.xcu": _jobs(),
        "xlsig.components": _components(),
        COMPONENT: _component(environment),
    }
    return {TYPES: type_library(listed), **{path: text.encode() for path, text in texts.items()}}


def _component(environment: Environment) -> str:
    text = (files(__package__) / "component.py.txt").read_text(encoding="utf-8")
    filled = {
        "SITE": list(environment.site),
        "PYTHON": list(environment.python),
        "LOG": environment.log,
        "METHODS": [method.name for method in methods()],
        "BLOCKS": [method.name for method in methods() if method.returns == BLOCK],
        "SERVICE": SERVICE,
        "IMPLEMENTATION": IMPLEMENTATION,
        "JOB": JOB,
        "JOB_IMPLEMENTATION": JOB_IMPLEMENTATION,
    }
    for mark, value in filled.items():
        text = text.replace(f"@{mark}@", repr(value))
    return text


def functions(listed: Iterable[Method]) -> str:
    """CalcAddIns.xcu: for each function its name, description, category and arguments.

    Calc 7 knows no categories but its own, so all functions stand under "Add-in", and the description begins with ours. What the resolver
    puts in their place stands elsewhere: under "Array" what takes constants and computed arrays, under "Spreadsheet" what hands cells over.
    """
    lines = [_HEAD, f'<oor:component-data {_SCHEMA} oor:name="CalcAddIns">\n<node oor:name="AddInInfo">']
    lines.append(f'<node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n')
    for method in listed:
        lines.append(f'<node oor:name="{method.name}" oor:op="replace">')
        lines.append(_said("DisplayName", method.shown) + _said("Description", method.doc))
        lines.append(f'<prop oor:name="Category"><value>{method.category}</value></prop>')
        lines.append(_said("CompatibilityName", method.function or f"{SERVICE}.{method.name}"))
        lines.append('<node oor:name="Parameters">')
        for parameter in method.parameters:
            lines.append(f'<node oor:name="{parameter.identifier}" oor:op="replace">')
            lines.append(_said("DisplayName", parameter.name) + _said("Description", parameter.doc) + "</node>")
        lines.append("</node></node>\n")
    lines.append("</node></node></node></oor:component-data>\n")
    return "".join(lines)


def _said(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(value)}</value></prop>'


def _jobs() -> str:
    """Jobs.xcu: names are resolved whenever a document is opened or made; a block is filled when the button of its offer says so."""
    return (
        f'{_HEAD}<oor:component-data {_SCHEMA} oor:name="Jobs">\n'
        f'<node oor:name="Jobs"><node oor:name="org.xlsig.Resolve" oor:op="replace">'
        f'<prop oor:name="Service"><value>{JOB}</value></prop></node>'
        f'<node oor:name="{FILL}" oor:op="replace"><prop oor:name="Service"><value>{JOB}</value></prop></node></node>\n'
        f'<node oor:name="Events"><node oor:name="onDocumentAdded" oor:op="fuse"><node oor:name="JobList">'
        f'<node oor:name="org.xlsig.Resolve" oor:op="replace"/></node></node></node>\n'
        f"</oor:component-data>\n"
    )


def _components() -> str:
    """xlsig.components: which services the Python component offers; it is loaded when the first of them is used."""
    return (
        f'{_HEAD}<components xmlns="http://openoffice.org/2010/uno-components">\n'
        f'<component loader="com.sun.star.loader.Python" uri="{COMPONENT}">\n'
        f'<implementation name="{IMPLEMENTATION}"><service name="{SERVICE}"/></implementation>\n'
        f'<implementation name="{JOB_IMPLEMENTATION}"><service name="{JOB}"/></implementation>\n'
        f"</component>\n</components>\n"
    )


def _description(version: str) -> str:
    """description.xml: the extension's identifier, version and name."""
    return (
        f'{_HEAD}<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f"<identifier value={quoteattr(IDENTIFIER)}/><version value={quoteattr(version)}/>\n"
        f'<display-name><name lang="en">xlsig: the danger signal of equity financing and fund flows</name></display-name>\n'
        f"</description>\n"
    )


def _manifest() -> str:
    """META-INF/manifest.xml: what each part of the package is."""
    kinds = {
        TYPES: "application/vnd.sun.star.uno-typelibrary;type=RDB",
        "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
        "Jobs.xcu": "application/vnd.sun.star.configuration-data",
        "xlsig.components": "application/vnd.sun.star.uno-components",
    }
    entries = "".join(f'<manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{path}"/>\n' for path, kind in kinds.items())
    return f'{_HEAD}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'


class _TypeLibrary:
    """The bytes of a type library so far, and where each string already stands."""

    def __init__(self) -> None:
        self.bytes = bytearray(_MAGIC + b"\0" * 8)
        self._strings: dict[str, int] = {}

    def number(self, value: int) -> None:
        self.bytes += struct.pack("<I", value)

    def string(self, text: str) -> None:
        if text in self._strings:
            self.number(self._strings[text] | _SEEN_BEFORE)
            return
        self._strings[text] = len(self.bytes)
        encoded = text.encode("ascii")
        self.number(len(encoded))
        self.bytes += encoded

    def name(self, text: str) -> int:
        """A name of a map: zero-terminated; returns where it stands."""
        at = len(self.bytes)
        self.bytes += text.encode("ascii") + b"\0"
        return at


def type_library(listed: Iterable[Method], modules: tuple[str, ...] = MODULE) -> bytes:
    """The .rdb with one interface of these methods, inside these modules."""
    library = _TypeLibrary()
    entity = _interface(library, list(listed))
    inner = INTERFACE
    for module in reversed(modules):
        name = library.name(inner)
        at = len(library.bytes)
        library.bytes.append(_MODULE_ENTITY)
        library.number(1)
        library.number(name)
        library.number(entity)
        inner, entity = module, at
    name = library.name(inner)
    root = len(library.bytes)
    library.number(name)
    library.number(entity)
    struct.pack_into("<II", library.bytes, len(_MAGIC), root, 1)
    return bytes(library.bytes)


def _interface(library: _TypeLibrary, listed: list[Method]) -> int:
    at = len(library.bytes)
    library.bytes.append(_INTERFACE_ENTITY)
    library.number(1)
    library.string(_BASE)
    library.number(0)  # optional bases
    library.number(0)  # attributes
    library.number(len(listed))
    for method in listed:
        library.string(method.name)
        library.string(method.returns)
        library.number(len(method.parameters))
        for parameter in method.parameters:
            library.bytes.append(0)  # [in]
            library.string(parameter.identifier)
            library.string(parameter.type)
        library.number(0)  # exceptions
    return at

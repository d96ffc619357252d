"""The add-in's configuration: function names and help for Calc, the job that runs when a document is opened, and the package's contents."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.calc.signatures import SERVICE, Method

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

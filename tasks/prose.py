"""What written pages say of the catalogue and the templates: counts and the list of dashboards. Their other words are left alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from xlsig.frames.taxonomy import SECTORS
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import FUNCTIONS, cases
from xlsig.workbooks import templates
from xlsig.workbooks.templates import TEMPLATES
from xlsig.workbooks.templates.selftest import can_be_shown

WRITTEN = ("README.md", "docs/*.md", "install/*/README.md", "benchmarks/README.md", "mkdocs.yml", "pyproject.toml")

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT = rf"\b(?:{'|'.join(_WORDS[1:])}|\d+)"

Said = Callable[[re.Match[str]], str]


def pages(root: Path) -> dict[str, str]:
    """Path → text, with current counts and lists, of every written page."""
    found = [path for pattern in WRITTEN for path in sorted(root.glob(pattern))]
    return {path.relative_to(root).as_posix(): current(path.read_text("utf-8")) for path in found}


def current(text: str) -> str:
    """The text with every count and list that we know as it is now."""
    for pattern, said in rules().items():
        text = re.sub(pattern, said, text, flags=re.DOTALL)
    return text


def rules() -> Mapping[str, Said]:
    """Pattern of what is said → what it says now. A page gets a count that stays true by saying it in one of these ways."""
    first = next(iter(TEMPLATES))
    return {
        r"\b\d+(?=\s+functions\b)": lambda _: str(len(CATALOGUE)),
        r"(?:`=[A-Z][A-Z0-9_]*\(…\)`,?\s+)+and \d+(?= more\b)": _others,
        r"\b\d+(?=\s+golden cases\b)": lambda _: str(cases_in_cells()),
        rf"{_COUNT}(?=\s+dashboards\b)": lambda _: worded(len(TEMPLATES)),
        r"\b\d+(?=\s+GICS sectors\b)": lambda _: str(len(SECTORS)),
        rf"\b{first}(?:, [a-z]+)* or [a-z]+": lambda _: listed(list(TEMPLATES)),
        _between("dashboards"): lambda _: _marked("dashboards", dashboards()),
        _between("pictures"): lambda _: _marked("pictures", pictures()),
    }


@cache
def cases_in_cells() -> int:
    """How many golden cases a spreadsheet can hold; those are the ones computed in hosts."""
    return sum(can_be_shown(CATALOGUE[name], case) for name in FUNCTIONS if name in CATALOGUE for case in cases(name))


def _others(found: re.Match[str]) -> str:
    named = found[0].count("`=")
    return re.sub(r"\d+$", str(len(CATALOGUE) - named), found[0])


def worded(number: int) -> str:
    """A small number as a word."""
    return _WORDS[number] if number < len(_WORDS) else str(number)


def listed(words: Sequence[str]) -> str:
    """The words in a row, the last after "or"."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _between(mark: str) -> str:
    return rf"<!-- {mark}: [^>]*-->.*?<!-- /{mark} -->"


def _marked(mark: str, text: str) -> str:
    return f"<!-- {mark}: made by python -m tasks.generate -->\n{text}<!-- /{mark} -->"


def dashboards() -> str:
    """The table of the dashboards with what each shows."""
    rows = "".join(f"| [{name}](workbooks/{name}.xlsx) | {shown(name)} |\n" for name in TEMPLATES)
    return f"| workbook | what it shows |\n| --- | --- |\n{rows}"


def shown(name: str) -> str:
    """What a dashboard shows: what its template's module says of itself."""
    module = import_module(f"{templates.__name__}.{name}")
    start, _, what = (module.__doc__ or "").partition("\n")[0].partition(": ")
    if start != f"The {name} dashboard":
        raise ValueError(f'{module.__name__}: its first line says what it shows, as in "The {name} dashboard: who sold, and why."')
    return what.rstrip(".")


def pictures() -> str:
    """The pictures of all dashboards but the first, side by side: that one stands at the top of the page."""
    others = list(TEMPLATES)[1:]
    cells = " | ".join(f"![{name.capitalize()}](docs/pictures/{name}.png)" for name in others)
    return f"{'| ' * len(others)}|\n{'| --- ' * len(others)}|\n| {cells} |\n"

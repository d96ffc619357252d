"""The function reference: a page per category and an index, made from the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from tasks.worked import Worked, worked
from xlsig.errors import NA, NUM, VALUE
from xlsig.functions.answers import Table
from xlsig.functions.golden import GoldenError
from xlsig.functions.spec import Argument, Function

FOLDER = "docs/reference"
MADE = "<!-- Made from the catalogue by `python -m tasks.generate`; not edited by hand. -->\n"
MOST_ROWS = 12

_KINDS = {
    "series": "numbers: one row or column",
    "dates": "dates: one row or column",
    "labels": "text: one row or column",
    "flags": "1 or 0: one row or column",
    "counts": "whole numbers: one row or column",
    "mixed": "any cells: one row or column",
    "grid": "block of numbers",
    "number": "number",
    "count": "whole number",
    "date": "date",
    "text": "text",
    "choice": "word",
    "anything": "any cells",
}


def pages(functions: Iterable[Function]) -> dict[str, str]:
    """Path → text of every page."""
    listed = list(functions)
    categories = list(dict.fromkeys(function.category for function in listed))
    made = {f"{FOLDER}/index.md": _index(categories, listed)}
    for category in categories:
        of_it = [function for function in listed if function.category == category]
        sections = "\n".join(section(function) for function in of_it)
        made[f"{FOLDER}/{category.lower()}.md"] = f"{MADE}\n# {category} functions\n\n{sections}"
    return made


def _index(categories: Sequence[str], functions: Sequence[Function]) -> str:
    parts = [
        f"{MADE}\n# Functions\n\nEvery function has one name and one set of arguments in every host; in Python it is the same name in "
        "lower case. Arguments in brackets may be left out.\n"
    ]
    for category in categories:
        rows = [
            (f"[`{function.name}`]({category.lower()}.md#{function.python_name})", function.doc)
            for function in functions
            if function.category == category
        ]
        parts.append(f"## {category}\n\n{table(('function', 'what it answers'), rows)}")
    return "\n".join(parts)


def section(function: Function) -> str:
    """The section of one function."""
    parts = [
        f"## {function.name}\n",
        f"{function.doc}\n",
        f"```text\n={excel_signature(function)}\n```\n",
        f"In Python: `xlsig.{python_signature(function)}`\n",
    ]
    if function.arguments:
        rows = [_argument_row(argument, variadic=function.variadic) for argument in function.arguments]
        parts.append(table(("argument", "what it is", "kind", "unit", "default"), rows))
    parts.append(f"**Answer:** {function.returns}{_spilled(function)}.\n")
    if function.details:
        parts.append(f"**Rule:** {_prose(function.details)}\n")
    refusals = list(errors(function))
    if refusals:
        parts.append("**Errors besides those of the rule:**\n\n" + "".join(f"- {line}\n" for line in refusals))
    parts.append(_example(worked(function)))
    book, _, sheet = function.sheet.partition("/")
    parts.append(f"Shown on the sheet *{sheet}* of the *{book}* workbook; typed there, say, `{function.example}`.\n")
    return "\n".join(parts)


def excel_signature(function: Function) -> str:
    """The call as it is typed, optional arguments in brackets with their defaults."""
    return f"{function.name}({', '.join(_typed(argument, variadic=function.variadic) for argument in function.arguments)})"


def _typed(argument: Argument, *, variadic: bool) -> str:
    if variadic and argument.optional:
        return "argument1, …"
    if not argument.optional:
        return argument.name
    return f"[{argument.name}]" if argument.default is None else f"[{argument.name}]={default_of(argument)}"


def default_of(argument: Argument) -> str:
    """A default as it is typed into a cell; empty if there is none."""
    if argument.default is None:
        return ""
    if isinstance(argument.default, tuple):
        return "{" + ",".join(f"{each:g}" for each in argument.default) + "}"
    return f'"{argument.default}"' if isinstance(argument.default, str) else f"{argument.default:.15g}"


def python_signature(function: Function) -> str:
    """The call in Python."""
    return f"{function.python_name}{function.__signature__}"


def _argument_row(argument: Argument, *, variadic: bool) -> tuple[str, ...]:
    optional = "" if not argument.optional else default_of(argument) or ("none to many" if variadic else "left out")
    return (f"`{argument.name}`", argument.doc, _KINDS[argument.kind], argument.unit or "–", optional or "required")


def _spilled(function: Function) -> str:
    if function.spills == "rows":
        return "; one cell for each input row, without a header"
    return f"; columns {', '.join(function.columns)}, with a header row" if function.spills == "table" else ""


def errors(function: Function) -> Iterator[str]:
    """What the arguments themselves refuse, from their kinds and ranges."""
    same: dict[tuple[str, str], list[str]] = {}
    axes: dict[str, list[str]] = {}
    for argument in function.arguments:
        name = f"`{argument.name}`"
        for refusal in _refusals(argument):
            same.setdefault(refusal, []).append(name)
        if argument.axis:
            axes.setdefault(argument.axis, []).append(name)
    for (code, condition), names in same.items():
        yield f"`{code}` if {_listed(names, 'or')} {condition}."
    for names in axes.values():
        if len(names) > 1:
            yield f"`#VALUE!` if {_listed(names)} are not equally long."
    if function.arguments and not any(argument.kind in ("anything", "mixed") for argument in function.arguments):
        yield "An error cell among the arguments is itself the answer; `#N/A` is not one, but a missing value."


def _refusals(argument: Argument) -> Iterator[tuple[str, str]]:
    required = not argument.optional and not argument.may_be_missing
    if argument.is_series:
        if required and argument.kind != "mixed":
            yield NA, "is empty or all missing"
    elif required and argument.kind != "anything":
        yield NA, "is missing"
    if argument.kind == "dates":
        yield VALUE, "is not strictly increasing, or holds a time of day"
    if argument.kind == "choice":
        yield VALUE, f"is not {_listed([f'`{word}`' for word in argument.choices], 'or')}"
    if argument.kind in ("count", "counts"):
        yield NUM, f"is not a whole number of {argument.least:g} or more"
    elif argument.least is not None:
        yield NUM, f"is below {argument.least:g}"
    if argument.above is not None:
        yield NUM, f"is not above {argument.above:g}"
    if argument.kind == "flags":
        yield NUM, "holds a number other than 1 and 0"


def _example(example: Worked) -> str:
    parts = [f"**Example:** {example.title}.\n"]
    if example.columns:
        shown = list(enumerate(example.rows, 1))
        if len(shown) > MOST_ROWS:
            shown = [*shown[:3], *shown[-3:]]
        rows = [(str(number), *map(shown_cell, row)) for number, row in shown]
        if len(shown) < len(example.rows):
            rows.insert(3, tuple("…" for _ in rows[0]))
        parts.append(table(("row", *(f"{letter}: {name}" for letter, name in example.columns)), rows))
    parts.append(f"`{example.formula}`\n")
    answer = example.answer
    if isinstance(answer, Table):
        parts.append(table(answer.columns, [tuple(map(shown_value, row)) for row in answer.rows]))
    elif isinstance(answer, list):
        parts.append(f"answers, row by row: {', '.join(map(shown_value, answer))}\n")
    else:
        parts.append(f"answers **{shown_value(answer)}**\n")
    parts.append(f"`EXPLAIN` says: {_prose(example.because)}\n")
    return "\n".join(parts)


def shown_cell(cell: object) -> str:
    """A cell as it looks on the sheet."""
    if isinstance(cell, GoldenError):
        return cell.code
    return "" if cell is None else shown_value(cell)


def shown_value(value: object) -> str:
    """A value as the page shows it: #N/A where unknown, ten digits of a number."""
    if value is None:
        return "#N/A"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:.10g}".replace("-", "−")
    return _prose(str(value))


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def _prose(text: str) -> str:
    """Text of the catalogue on one line, its stars and angle brackets literal."""
    one_line = " ".join(text.split())
    return one_line.replace("*", "\\*").replace("<", "&lt;")


def _listed(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"

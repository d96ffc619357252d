"""A value as a cell shows it under a number format of Excel; no text rather than one that is not certain."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from xlsig.grid.contents import EPOCH, LAST_SERIAL, LEAP_BUG, ErrorCell, Plain

GENERAL = "General"
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);\\("$"#,##0\\)',
    6: '"$"#,##0_);[Red]\\("$"#,##0\\)',
    7: '"$"#,##0.00_);\\("$"#,##0.00\\)',
    8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    49: "@",
}
"""The formats that files name by number alone. Those of a short date (14, 22) are each country's own, and fractions are not shown here."""

SEPARATORS = (
    (",", "."),
    (".", ","),
    (" ", ","),
    ("\u00a0", ","),
    ("\u202f", ","),
    (" ", "."),
    ("\u00a0", "."),
    ("'", "."),
    ("\u2019", "."),
)
"""What countries write between thousands and before decimals."""
_THOUSANDS, _DECIMAL, _OF_DATES = "\ue000", "\ue001", "\ue002"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | _(?P<space>.) | \*(?P<fill>.)
    | \[\$(?P<currency>[^\-\]]*)(?:-(?P<country>[^\]]*))?\]
    | \[(?P<colour>Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Colou?r\s*\d+)\]
    | \[(?P<condition>[<>=][^\]]*)\] | \[(?P<elapsed>h+|m+|s+)\] | \[(?P<other>[^\]]*)\]
    | (?P<general>General) | (?P<half>AM/PM|A/P) | (?P<date>y+|m+|d+|h+|s+) | (?P<exponent>E[+\-])
    | (?P<digit>[0\#?]) | (?P<comma>,) | (?P<point>\.) | (?P<percent>%) | (?P<text>@) | (?P<slash>/)
    | (?P<letter>[A-Za-z]) | (?P<sign>[^"\\])
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LITERAL = ("quoted", "escaped", "currency", "sign")


@dataclass(frozen=True)
class Piece:
    """A piece of a format: its kind and its text."""

    kind: str
    text: str


class UncertainError(Exception):
    """What a format shows cannot be told here."""


def shown(value: Plain, code: str) -> str | None:
    """A value as a cell shows it, in English; None where that is not certain.

    >>> shown(-1234.5, "#,##0.00"), shown(0.5, "0%"), shown(45660, "d mmm yyyy"), shown("Energy", "0.0"), shown(0.5, "# ?/?")
    ('-1,234.50', '50%', '3 Jan 2025', 'Energy', None)
    """
    found = shown_anywhere(value, code)
    return None if found is None else found[0]


def shown_anywhere(value: Plain, code: str) -> list[str] | None:
    """The same as it is written with each of the `SEPARATORS`, the English ones first."""
    try:
        text = _shown(value, code)
    except UncertainError:
        return None
    if _OF_DATES in text:  # written / in the format, and as each country has it in the cell
        return [text.replace(_OF_DATES, separator) for separator in "/.-"]
    if _THOUSANDS not in text and _DECIMAL not in text:
        return [text]
    return [text.replace(_THOUSANDS, thousands).replace(_DECIMAL, decimal) for thousands, decimal in SEPARATORS]


def scales(code: str) -> bool:
    """Whether a format shows thousands or millions of what stands in the cell."""
    return any(_digits(section)[1] for section in _sections(code) if any(piece.kind == "digit" for piece in section))


def _shown(value: Plain, code: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, ErrorCell):
        return value.code
    sections = _sections(code)
    if isinstance(value, str):
        own = sections[3] if len(sections) > 3 else sections[-1] if len(sections) == 1 else ()
        if not any(piece.kind == "text" for piece in own) and not (len(sections) > 3):
            return value
        return "".join(value if piece.kind == "text" else _literal(piece) for piece in own)
    section, number = _section(sections, float(value))
    return _number_shown(section, number)


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[tuple[Piece, ...], ...]:
    sections: list[list[Piece]] = [[]]
    at = 0
    while at < len(code):
        if code[at] == ";":
            sections.append([])
            at += 1
            continue
        found = _TOKEN.match(code, at)
        if found is None:  # a quote that does not end, or a sign with nothing behind it
            raise UncertainError
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "country":
            if found["country"].lstrip("0").upper()[-3:] not in ("", "409", "809"):
                sections[-1].append(Piece("country", found["country"]))
            kind = "currency"
        sections[-1].append(Piece(kind, found[kind] or ""))
    return tuple(map(tuple, sections))


def _section(sections: Sequence[Sequence[Piece]], number: float) -> tuple[Sequence[Piece], float]:
    """The section that a number is shown by, and the number as it shows it: that for negative ones shows no sign of its own."""
    if any(piece.kind == "condition" for section in sections for piece in section):
        raise UncertainError
    numeric = sections[:3]
    if number < 0 and len(numeric) > 1:
        return numeric[1], -number
    if number == 0 and len(numeric) > 2:
        return numeric[2], number
    return numeric[0], number


def _literal(piece: Piece) -> str:
    if piece.kind in _LITERAL:
        return piece.text
    if piece.kind == "space":
        return " "
    if piece.kind in ("fill", "colour"):
        return ""
    raise UncertainError


def _number_shown(section: Sequence[Piece], number: float) -> str:
    kinds = {piece.kind for piece in section}
    if kinds & {"other", "letter", "condition"} or (kinds & {"date", "elapsed", "half"} and kinds & {"country", "exponent", "percent"}):
        raise UncertainError
    if kinds & {"date", "elapsed", "half"}:
        return _moment(section, number)
    plain = [piece for piece in section if piece.kind != "country"]
    if kinds & {"general", "text"}:
        sign = "-" if number < 0 else ""
        digits = f"{abs(number):.15g}".upper().replace(".", _DECIMAL)
        return sign + "".join(digits if piece.kind in ("general", "text") else _literal(piece) for piece in plain)
    if "digit" not in kinds:
        return ("-" if number < 0 and plain else "") + "".join("%" if piece.kind == "percent" else _literal(piece) for piece in plain)
    if "slash" in kinds:
        raise UncertainError
    return _scientific(plain, number) if "exponent" in kinds else _decimal(plain, number)


def _digits(section: Sequence[Piece]) -> tuple[int, int]:
    """Where the digits of a section end, and how many commas behind them scale the number by a thousand."""
    last = max(at for at, piece in enumerate(section) if piece.kind == "digit")
    point = next((at for at, piece in enumerate(section) if piece.kind == "point"), len(section))
    before = max((at for at in range(min(point, len(section))) if section[at].kind == "digit"), default=-1)
    behind = {at for end in (last, before) if end >= 0 for at in _commas(section, end + 1)}
    return last, len(behind)


def _commas(section: Sequence[Piece], at: int) -> list[int]:
    found = []
    while at < len(section) and section[at].kind == "comma":
        found.append(at)
        at += 1
    return found


def _decimal(section: Sequence[Piece], number: float) -> str:
    _, scale = _digits(section)
    percent = sum(piece.kind == "percent" for piece in section)
    point = next((at for at, piece in enumerate(section) if piece.kind == "point"), len(section))
    places = sum(piece.kind == "digit" for piece in section[point:])
    exact = Decimal(f"{number:.15g}").scaleb(2 * percent - 3 * scale)
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if abs(exact) < 10**20 else exact
    whole, _, rest = f"{abs(rounded):f}".partition(".")
    last = max((at for at in range(point) if section[at].kind == "digit"), default=-1)
    grouped = any(piece.kind == "comma" for piece in section[:last])
    left = _whole_part(section[:point], whole.lstrip("0"), grouped=grouped)
    text = left + (_DECIMAL if point < len(section) else "") + _rest(section[point + 1 :], rest)
    return f"-{text}" if rounded < 0 else text


def _whole_part(section: Sequence[Piece], digits: str, *, grouped: bool) -> str:
    """The part before the point, from right to left; the first place takes all digits that are left."""
    first = next((at for at, piece in enumerate(section) if piece.kind == "digit"), None)
    out: list[str] = []
    count = 0

    def put(digit: str) -> None:
        nonlocal count
        if grouped and count and count % 3 == 0 and digit != " ":
            out.append(_THOUSANDS)
        out.append(digit)
        count += 1

    for at in range(len(section) - 1, -1, -1):
        piece = section[at]
        if piece.kind == "digit":
            if digits:
                put(digits[-1])
                digits = digits[:-1]
            elif piece.text in "0?":
                put("0" if piece.text == "0" else " ")
            while at == first and digits:
                put(digits[-1])
                digits = digits[:-1]
        elif piece.kind == "percent":
            out.append("%")
        elif piece.kind != "comma":
            out.append(_literal(piece))
    return "".join(reversed(out)) if first is not None else "".join(reversed(out)) + digits


def _rest(section: Sequence[Piece], digits: str) -> str:
    """The part behind the point."""
    out = []
    at, kept = 0, len(digits.rstrip("0"))
    for piece in section:
        if piece.kind == "digit":
            digit = digits[at] if at < len(digits) else "0"
            if at >= kept and piece.text != "0":
                digit = "" if piece.text == "#" else " "
            out.append(digit)
            at += 1
        elif piece.kind == "percent":
            out.append("%")
        elif piece.kind != "comma":
            out.append(_literal(piece))
    return "".join(out)


def _scientific(section: Sequence[Piece], number: float) -> str:
    at = next(at for at, piece in enumerate(section) if piece.kind == "exponent")
    mantissa, exponent = section[:at], section[at + 1 :]
    point = next((at for at, piece in enumerate(mantissa) if piece.kind == "point"), len(mantissa))
    if sum(piece.kind == "digit" for piece in mantissa[:point]) != 1 or any(piece.kind != "digit" for piece in exponent):
        raise UncertainError
    places = sum(piece.kind == "digit" for piece in mantissa[point:])
    digits, _, power = f"{Decimal(f'{number:.15g}'):.{places}E}".partition("E")
    sign = "-" if int(power) < 0 else "+" if section[at].text[1] == "+" else ""
    return f"{_decimal(mantissa, float(digits))}E{sign}{abs(int(power)):0{len(exponent)}d}"


def _moment(section: Sequence[Piece], number: float) -> str:
    """A day, a time of day or a duration."""
    has_day = any(piece.kind == "date" and piece.text[0] in "yYdD" for piece in section)
    if not (LEAP_BUG if has_day else 0) <= number < LAST_SERIAL + 1:
        raise UncertainError
    seconds = round(number * 86_400)
    moment = dt.datetime.combine(EPOCH, dt.time()) + dt.timedelta(seconds=seconds)
    has_half = any(piece.kind == "half" for piece in section)
    out = []
    for at, piece in enumerate(section):
        if piece.kind == "elapsed":
            out.append(f"{seconds // {'h': 3600, 'm': 60, 's': 1}[piece.text[0].lower()]:0{len(piece.text)}d}")
        elif piece.kind == "half":
            out.append(("AM", "PM")[moment.hour >= 12][: 2 if len(piece.text) > 3 else 1])
        elif piece.kind == "date":
            out.append(_part(piece.text.lower(), moment, is_minutes=_is_minutes(section, at), has_half=has_half))
        elif piece.kind in ("slash", "point", "comma"):
            out.append({"slash": _OF_DATES, "point": ".", "comma": ","}[piece.kind])
        else:
            out.append(_literal(piece))
    return "".join(out)


def _is_minutes(section: Sequence[Piece], at: int) -> bool:
    """Whether an m stands behind hours or before seconds."""
    timed = [(place, piece.text[0].lower()) for place, piece in enumerate(section) if piece.kind in ("date", "elapsed")]
    here = next(index for index, (place, _) in enumerate(timed) if place == at)
    return (here > 0 and timed[here - 1][1] == "h") or (here + 1 < len(timed) and timed[here + 1][1] == "s")


def _part(letters: str, moment: dt.datetime, *, is_minutes: bool, has_half: bool) -> str:
    kind, count = letters[0], len(letters)
    if kind == "y":
        return f"{moment.year:04d}" if count > 2 else f"{moment.year % 100:02d}"
    if kind == "m" and not is_minutes:
        names: dict[int, Callable[[str], str]] = {3: lambda name: name[:3], 4: str, 5: lambda name: name[:1]}
        return names[min(count, 5)](_MONTHS[moment.month - 1]) if count > 2 else f"{moment.month:0{count}d}"
    if kind == "d" and count > 2:
        name = _DAYS[moment.weekday()]
        return name[:3] if count == 3 else name
    hour = (moment.hour % 12 or 12) if has_half else moment.hour
    number = {"m": moment.minute, "d": moment.day, "h": hour, "s": moment.second}[kind]
    return f"{number:0{min(count, 2)}d}"

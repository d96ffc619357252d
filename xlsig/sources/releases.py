"""The forms in which the CFTC publishes reports: a year's text, that in a .zip, a week's text without a header, the public API's JSON."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import PurePosixPath

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Raw
from xlsig.sources.delimited import read_delimited
from xlsig.sources.file_bytes import MOST_RATIO, RATIO_FROM_BYTES

SUFFIXES = (".txt", ".csv", ".zip", ".json")
MOST_UNPACKED_BYTES = 128_000_000
"""What a .zip may hold; the ten years from 2006 to 2016 are about 40 million bytes."""
API_ROWS = 1_000
"""The rows that the public API sends to those who do not ask for more."""

WEEKLY_COLUMNS = 87
_WEEKLY_PLACES = {
    0: "Market_and_Exchange_Names",
    2: "Report_Date_as_YYYY-MM-DD",
    3: "CFTC_Contract_Market_Code",
    11: "Asset_Mgr_Positions_Long_All",
    12: "Asset_Mgr_Positions_Short_All",
    14: "Lev_Money_Positions_Long_All",
    15: "Lev_Money_Positions_Short_All",
    81: "Contract_Units",
    82: "CFTC_Contract_Market_Code_Quotes",
    85: "CFTC_SubGroup_Code",
    86: "FutOnly_or_Combined",
}
_WEEKLY_HEADER = tuple(_WEEKLY_PLACES.get(at, f"column {at + 1}") for at in range(WEEKLY_COLUMNS))
_CODE, _CODE_AGAIN, _BASIS = 3, 82, 86

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TEXTS = (".txt", ".csv")
_AROUND = b"\xef\xbb\xbf \t\r\n"
_SHORT_DATE = re.compile(r"\d{6}")


def read_release(content: bytes, file: str) -> Raw:
    """The cells of a file under their headings, in whichever form it was published; what is in a .zip is named ZIP/TEXT."""
    if content.startswith(_ZIP):
        content, file = _unpacked(content, file)
    begins = content.lstrip(_AROUND)[:1]
    if begins == b"<":
        raise DataError([Problem("a web page and not a report: the address led to no file, download it again", file)])
    if begins in (b"[", b"{"):
        return _of_the_api(content, file)
    raw = read_delimited(content, file, ",")
    return _weekly(raw) if len(raw.header) > 1 and _SHORT_DATE.fullmatch(raw.header[1]) else raw


def _unpacked(content: bytes, file: str) -> tuple[bytes, str]:
    """The one text in a .zip, and its name."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if _is_text(PurePosixPath(name))]
            if len(names) == 1:
                is_bomb = archive.getinfo(names[0]).file_size > max(RATIO_FROM_BYTES, MOST_RATIO * len(content))
                with archive.open(names[0]) as packed:
                    text = b"" if is_bomb else packed.read(MOST_UNPACKED_BYTES + 1)
    except Exception as failure:  # every way of packing fails in its own
        raise DataError([Problem(f"the .zip cannot be unpacked ({failure or type(failure).__name__})", file)]) from None
    short = [PurePosixPath(name).name for name in names]
    if len(names) != 1:
        held = f"{len(names)} text files ({', '.join(short[:3])}{' …' if len(names) > 3 else ''})" if names else "no text file"
        raise DataError([Problem(f"{held} in it, where a year's .zip of the CFTC holds one; unpack it and name the folder", file)])
    if is_bomb:
        raise DataError([Problem(f"{short[0]} in it unpacks to more than {MOST_RATIO} times its size, as a bomb does", file)])
    if len(text) > MOST_UNPACKED_BYTES:
        raise DataError([Problem(f"{short[0]} in it is larger than {MOST_UNPACKED_BYTES:,} bytes, which no reports are", file)])
    return text, f"{file}/{short[0]}"


def _is_text(name: PurePosixPath) -> bool:
    """Whether a .zip's entry is a text for people, and not one that a Mac adds for itself."""
    return name.suffix.lower() in _TEXTS and name.parts[0] != "__MACOSX"


def _of_the_api(content: bytes, file: str) -> Raw:
    """The objects of a JSON list; an object lacks the names that have no value. Rows count from 1."""
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as failure:
        raise DataError([Problem(f"JSON that cannot be read ({failure})", file)]) from None
    if not isinstance(told, list) or not told or not all(isinstance(row, dict) for row in told):
        begins = content.strip(_AROUND)[:60].decode("utf-8", errors="replace")
        message = "JSON of another kind than the CFTC's public API gives, which is a list of objects with a contract and a date each"
        raise DataError([Problem(message, file, value=begins)])
    if len(told) == API_ROWS:
        message = f"exactly {API_ROWS:,} rows, where the CFTC's public API stops if not asked for more: add $limit=50000 to the address"
        raise DataError([Problem(message, file)])
    header = tuple(dict.fromkeys(name for row in told for name in row))
    columns = tuple(["" if row.get(name) is None else str(row[name]) for row in told] for name in header)
    return Raw(file, header, columns, range(1, len(told) + 1), text=True)


def _weekly(raw: Raw) -> Raw:
    """The current week's text, which begins with its first row: known by its number of columns and what stands in three of them."""
    columns = [(first, *rest) for first, rest in zip(raw.header, raw.columns, strict=True)]
    if len(columns) != WEEKLY_COLUMNS:
        message = f"no header line and {len(columns)} columns, where the week's Traders in Financial Futures have {WEEKLY_COLUMNS}"
        raise DataError([Problem(message, raw.file, 1)])
    for at, (code, again, basis) in enumerate(zip(columns[_CODE], columns[_CODE_AGAIN], columns[_BASIS], strict=True)):
        if code.strip() != again.strip() or basis.strip().lower() not in ("futonly", "combined"):
            message = (
                f"no header line, and other columns than the yearly files have: columns {_CODE + 1} and {_CODE_AGAIN + 1} should "
                f"hold the same code and column {_BASIS + 1} FutOnly or Combined"
            )
            found = f"{code.strip()}, {again.strip()}, {basis.strip()}"
            raise DataError([Problem(message, raw.file, (1, *raw.lines)[at], value=found)])
    return Raw(raw.file, _WEEKLY_HEADER, tuple(columns), (1, *raw.lines), text=True, delimiter=raw.delimiter)

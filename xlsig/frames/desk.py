"""An input as it was read, and what a source hands on: the frames of one desk, each with where it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Absent = Literal["missing", "zero"]


@dataclass(frozen=True)
class Raw:
    """Columns of unparsed cells.

    `lines[i]` is the line of the file (or row of the sheet) of row i; `text` says that every cell is text, as in a
    CSV, and `delimiter` what separates its columns. The rows of a wide table come column by column: `measured` names the
    column that holds the headings.
    """

    file: str
    header: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    lines: Sequence[int]
    text: bool = False
    delimiter: str = ""
    measured: str = ""

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Declared:
    """What a desk has said about its file, so that nothing need be guessed.

    `columns` maps our name to the file's, `ignore` names columns to leave out and `ignore_dates` dates whose rows are left out,
    `date_format` is a strptime format (or "excel" for serials), `missing` holds further words that mean no value.

    Numbers: `decimal` and `thousands` are the marks in text, `negatives` may be "brackets", `percent` says that 1.5% is a number,
    `unit` is that of rates and spreads, `scale` what flows are multiplied by, `sales` may be "negative".

    Shapes: the header stands in `header_row` (counted from 1) and `skip_footer` rows at the end are no data, `tenor` is the days of
    a constant-maturity spread, `layout` that of a wide table, `constants` the region, sector or product of every row, and `values`
    maps the file's regions, sectors and products to ours (or to "ignore").
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    date_format: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    ignore_dates: tuple[dt.date, ...] = ()
    thousands: str | None = None
    negatives: str | None = None
    percent: bool = False
    unit: str | None = None
    scale: float = 1.0
    sales: str | None = None
    header_row: int | None = None
    skip_footer: int = 0
    tenor: int | None = None
    layout: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def from_pandas(frame: pd.DataFrame, file: str) -> Raw:
    """The cells of a data frame; its first row counts as line 2, below a header."""
    cells = frame.astype(object).where(frame.notna(), None)
    columns = tuple(cells.iloc[:, at].tolist() for at in range(cells.shape[1]))
    return Raw(file, tuple(str(name) for name in frame.columns), columns, range(2, len(frame) + 2))


@dataclass(frozen=True)
class Provenance:
    """Where a frame came from, as the About sheet shows it.

    `source` is a file name or a label, `as_of` the last date in it, `rows` how many rows were read, `sha256` the
    digest of the input's bytes and `kind` what the data is in the desk's words: "desk data", "synthetic sample",
    "public proxy (CFTC TFF futures only)".
    """

    source: str
    as_of: dt.date
    rows: int
    sha256: str
    kind: str


@dataclass(frozen=True)
class DeskData:
    """The checked frames of one desk (`xlsig.frames.schema` says what is in them), sorted, with their provenance.

    A desk that has no flows, spreads or prices has a frame without rows there (`schema.empty`). `absent` says what an entry inside a
    region that has other rows means which usually has a row and has none: "missing" or "zero". `calendar` is the exchange whose sessions
    count, `calendars` the exchange of a region where it is not the usual one, `retired` the entries that ended: a region, a region and
    a product, or a region, sector and product, with " · " between them.
    """

    flows: pd.DataFrame
    spreads: pd.DataFrame
    prices: pd.DataFrame
    contracts: pd.DataFrame | None
    squeeze: pd.DataFrame | None
    provenance: tuple[Provenance, ...]
    absent: Absent = "missing"
    events: pd.DataFrame | None = None
    calendar: str = "XNYS"
    calendars: Mapping[str, str] = field(default_factory=dict)
    retired: tuple[str, ...] = ()

    def known_on(self, day: dt.date) -> DeskData:
        """The same desk as if nothing after that day were known yet."""
        import pandas as pd

        last = pd.Timestamp(day)

        def cut(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["date"] <= last].reset_index(drop=True)

        return replace(
            self,
            flows=cut(self.flows),
            spreads=cut(self.spreads),
            prices=cut(self.prices),
            contracts=None if self.contracts is None else cut(self.contracts),
            squeeze=None if self.squeeze is None else cut(self.squeeze),
        )

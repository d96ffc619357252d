"""What a source hands on: the frames of one desk, and where each of them came from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Absent = Literal["missing", "zero"]


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

    `absent` says what an entry of the session before that has no row today means: "missing" or "zero".
    """

    flows: pd.DataFrame
    spreads: pd.DataFrame
    prices: pd.DataFrame
    contracts: pd.DataFrame | None
    squeeze: pd.DataFrame | None
    provenance: tuple[Provenance, ...]
    absent: Absent = "missing"

    @property
    def as_of(self) -> dt.date:
        """The last date with flows or spreads: the session that the morning's answers are about."""
        last: dt.date = max(self.flows["date"].max(), self.spreads["date"].max()).date()
        return last

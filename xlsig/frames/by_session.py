"""A desk's data by home session, each part worked out once, when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from xlsig.frames.daily import Flows, headline_spread
from xlsig.frames.desk import DeskData
from xlsig.frames.timetable import Timetable, timetable_of

if TYPE_CHECKING:
    import pandas as pd


class BySession:
    """What the judging and the workbooks both look at."""

    def __init__(self, desk: DeskData) -> None:
        self.desk = desk

    @cached_property
    def timetable(self) -> Timetable:
        """Which days count."""
        return timetable_of(self.desk)

    @cached_property
    def flows(self) -> Flows:
        """The flows of each session, and who reported them."""
        return Flows(self.desk, self.timetable)

    @cached_property
    def totals(self) -> pd.DataFrame:
        """The world's legs and net flow of each session."""
        return self.flows.totals()

    @cached_property
    def spreads(self) -> pd.DataFrame:
        """The headline spread of each date that has one."""
        return headline_spread(self.desk.spreads)

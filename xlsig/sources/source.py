"""What a source is: the one thing that `--data` can name, whatever lies behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from xlsig.errors import DataError

if TYPE_CHECKING:
    from xlsig.frames.desk import DeskData, Provenance

_IN_WORDS = {"flows": "flows by region, sector and product"}


class LacksFrames(DataError):  # noqa: N818 (a refusal is an answer, not a fault)
    """Data without a frame that they are wanted for."""


class Data(Protocol):
    """What every source gives: rows of some kind, and where they came from."""

    @property
    def provenance(self) -> tuple[Provenance, ...]:
        """Where each frame came from."""


class Source(ABC):
    """A place that data come from. It is made without reading them, and reads them anew whenever it is asked to."""

    instead: str = ""
    """What a person can do with data that lack a frame."""

    @classmethod
    @abstractmethod
    def named(cls, text: str) -> Source:
        """The source that a text names: a path, or what stands after the word that its kind begins with."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What its data are, for people and in the plural: "CFTC positions"."""

    @property
    @abstractmethod
    def frames(self) -> frozenset[str]:
        """The frames (`xlsig.frames.schema`) that `read` gives, if it gives anything; with any, it gives a desk's data."""

    @abstractmethod
    def read(self) -> Data:
        """The data, checked. All that is wrong with them is one `DataError`."""

    @abstractmethod
    def files(self) -> list[Path]:
        """The files that it rests on, those that are there."""

    def require(self, frames: Iterable[str], so: str) -> None:
        """Refuse, in the one sentence that there is for it, a use that needs frames which are not here.

        so: what follows from their absence, such as "no workbook can be made from them".
        """
        lacking = [f"no {_IN_WORDS.get(name, name)}" for name in frames if name not in self.frames]
        if lacking:
            from xlsig.frames.wording import listed

            raise LacksFrames(f"{self.title} have {listed(lacking)}, so {so}{self.instead and f'; {self.instead}'}")

    def require_any(self, frames: Iterable[str], so: str) -> None:
        """Refuse, in the same sentence, a use that can do with any of the frames, where none of them is here."""
        wanted = tuple(frames)
        if not self.frames.intersection(wanted):
            self.require(wanted, so)

    def desk(self, frames: Iterable[str], so: str) -> DeskData:
        """A desk's data with any of these frames; where none of them is here, that is said before anything is read."""
        self.require_any(frames, so)
        return cast("DeskData", self.read())

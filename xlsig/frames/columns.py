"""What is in each of the five frames: columns, kinds, ranges and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """One column of a frame. `blank` says that a cell may have no value; numbers keep to the range given."""

    name: str
    kind: str
    blank: bool = False
    optional: bool = False
    at_least: float | None = None
    at_most: float | None = None
    positive: bool = False


@dataclass(frozen=True)
class Frame:
    """A frame: its columns, and the keys that may not occur twice.

    `later` holds pairs of dates of which the second may not be earlier; True forbids that they are equal, too.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    later: tuple[tuple[str, str, bool], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def _key(name: str, kind: str = "date") -> Column:
    return Column(name, kind)


def _number(name: str, **limits: Any) -> Column:
    return Column(name, "number", blank=True, **limits)


FRAMES: Mapping[str, Frame] = {
    frame.name: frame
    for frame in (
        Frame(
            "flows",
            (
                *(_key("date"), _key("region", "region"), _key("sector", "sector"), _key("product", "product")),
                *(_number(leg, at_least=0) for leg in ("long_buys", "long_sells", "short_sales", "short_covers")),
                _number("gross_mv", at_least=0, optional=True),
                Column("is_final", "flag", blank=True, optional=True),
            ),
            keys=(("date", "region", "sector", "product"),),
        ),
        Frame(
            "spreads",
            (_key("date"), _key("contract", "words"), _key("start"), _key("end"), _number("spread_bp")),
            keys=(("date", "contract"), ("date", "start", "end")),
            later=(("start", "end", True),),
        ),
        Frame("prices", (_key("date"), _number("close", positive=True)), keys=(("date",),)),
        Frame(
            "contracts",
            (
                *(_key("date"), _key("contract", "words"), _key("expiry")),
                *(_number("spot", positive=True), _number("future", positive=True)),
                *(_number("dividends", at_least=0), _number("rate", at_least=-0.5, at_most=1)),
            ),
            keys=(("date", "contract"), ("date", "expiry")),
            later=(("date", "expiry", False),),
        ),
        Frame(
            "squeeze",
            (
                *(_key("date"), _number("short_interest", at_least=0), _number("days_to_cover", at_least=0)),
                *(_number("borrow_fee"), _number("shorts_loss")),
            ),
            keys=(("date",),),
        ),
    )
}

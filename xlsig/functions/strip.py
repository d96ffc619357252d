"""Strip functions: forwards between total return futures, the rate in a box of options, and what a basis point is worth."""

from __future__ import annotations

from typing import Annotated

from xlsig.frames.wording import counted
from xlsig.functions.answers import Answer, Table, amount, bp, percent
from xlsig.functions.financing import FINANCING, DayCount, Days
from xlsig.functions.spec import Argument, function
from xlsig.signals import financing as signals
from xlsig.signals.series import FloatArray, known

Strike = Annotated[float, Argument("number", "strike of the box", unit="index points")]
Price = Annotated[float, Argument("number", "price of the option", unit="index points", least=0)]


@function(FINANCING, sheet="danger/Details", example="=TRF_FORWARD(60,90,75,360)", returns="basis points")
def trf_forward(
    near_spread: Annotated[float, Argument("number", "financing spread to the nearer maturity", unit="bp")],
    near_days: Annotated[float, Argument("number", "calendar days to the nearer maturity; 0 is today", unit="days")],
    far_spread: Annotated[float, Argument("number", "financing spread to the farther maturity", unit="bp")],
    far_days: Annotated[float, Argument("number", "calendar days to the farther maturity", unit="days")],
) -> Answer:
    """Forward financing spread between the maturities of two total return futures, in basis points.

    (far_spread·far_days − near_spread·near_days)/(far_days − near_days); simple, nothing compounds. near_days = 0 gives far_spread.
    #NUM! unless far_days > near_days ≥ 0.
    """
    value = signals.trf_forward(near_spread, near_days, far_spread, far_days)
    return Answer(
        value,
        lambda: (
            f"{bp(value)} from day {amount(near_days)} to day {amount(far_days)}: what is left of {bp(far_spread)} for {amount(far_days)} "
            f"days once {bp(near_spread)} for {amount(near_days)} days is taken out."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Details",
    example="=TRF_FORWARDS(A2:A6,B2:B6)",
    returns="table of from_days, to_days and spread_bp, a row for every pair of maturities",
    spills="table",
    columns=("from_days", "to_days", "spread_bp"),
)
def trf_forwards(
    days: Annotated[FloatArray, Argument("series", "calendar days to each maturity, nearest first", unit="days", axis="strip")],
    spreads: Annotated[FloatArray, Argument("series", "financing spread to each maturity", unit="bp", axis="strip", may_be_missing=True)],
) -> Answer:
    """Forward financing spreads between all maturities of a strip of total return futures.

    TRF_FORWARD of every pair, first by from_days, then by to_days. days must be above 0 and strictly increasing, else #NUM!; a blank one
    among them is #VALUE!. A maturity without a spread leaves its pairs unknown; fewer than two with one: #N/A.
    """
    forwards = signals.trf_forwards(days, spreads)
    table = Table.of(("from_days", "to_days", "spread_bp"), forwards)

    def because() -> str:
        told = [forward for forward in forwards if forward.spread_bp == forward.spread_bp]
        low, high = min(told, key=_spread), max(told, key=_spread)
        return (
            f"{counted(len(told), 'forward')} between the {int(known(spreads).sum())} of "
            f"{counted(days.size, 'maturity', 'maturities')} that have a spread: from {_leg(low)} to {_leg(high)}."
        )

    return Answer(table, because)


def _spread(forward: signals.Forward) -> float:
    return forward.spread_bp


def _leg(forward: signals.Forward) -> str:
    return f"{bp(forward.spread_bp)} (day {amount(forward.from_days)} to day {amount(forward.to_days)})"


@function(
    FINANCING,
    sheet="danger/Details",
    example="=BOX_RATE(2010,10,1040,27.6543209876543,4000,5000,90)",
    returns="decimal rate, simple, per year",
)
def box_rate(
    call_low: Price,
    put_low: Price,
    call_high: Price,
    put_high: Price,
    strike_low: Strike,
    strike_high: Strike,
    days: Days,
    day_count: DayCount = 360.0,
) -> Answer:
    """Financing rate in a box of European options on the index.

    box = (call_low − put_low) − (call_high − put_high); ((strike_high − strike_low)/box − 1)·dc/days, simple. #NUM! if a price is negative,
    if the strikes are not 0 < strike_low < strike_high, or if the box, the days or the day count is not above 0.
    """
    value = signals.box_rate(call_low, put_low, call_high, put_high, strike_low, strike_high, days, day_count)
    return Answer(
        value,
        lambda: (
            f"{percent(value, 4)}: the box costs {amount(signals.box_cost(call_low, put_low, call_high, put_high))} index points today and "
            f"pays {amount(strike_high - strike_low)} in {amount(days)} days on a {amount(day_count)}-day year, simple."
        ),
    )


@function(FINANCING, sheet="danger/Details", example="=SPREAD_DV01(1000000000,90)", returns="currency of the notional")
def spread_dv01(
    notional: Annotated[float, Argument("number", "notional of the position, short negative", unit="currency")],
    days: Days,
    day_count: DayCount = 360.0,
) -> Answer:
    """What one basis point of financing spread is worth on a notional over the days.

    notional·days/dc/1e4, negative for a negative notional. #NUM! if the days or the day count is not above 0.
    """
    value = signals.spread_dv01(notional, days, day_count)
    return Answer(
        value,
        lambda: f"{amount(value)} per basis point: {amount(notional)} for {amount(days)} days on a {amount(day_count)}-day year.",
    )

"""Level functions: where leverage, a long/short ratio or any other level stands in its own past."""

from __future__ import annotations

from typing import Annotated

from xlsig.frames.wording import counted, day
from xlsig.functions.answers import Answer, amount, decimals, percent
from xlsig.functions.spec import Argument, function
from xlsig.signals import levels as signals
from xlsig.signals import windows
from xlsig.signals.series import DateArray, FloatArray, known, require_last

LEVELS = "Levels"

Levels = Annotated[
    FloatArray,
    Argument(
        "series", "a level per row, such as gross leverage, oldest first; a gap is bridged", unit="any, the same in every row", axis="rows"
    ),
]
Dates = Annotated[DateArray, Argument("dates", "date of each level", unit="date", axis="rows")]
Method = Annotated[
    windows.Method,
    Argument("choice", '"mean" (and standard deviation) or "robust" (median and 1.4826·MAD)', choices=("mean", "robust")),
]
Convention = Annotated[
    windows.Convention,
    Argument("choice", '"weak" (share at or below), "strict" (below) or "mean" of both', choices=("weak", "strict", "mean")),
]


@function(LEVELS, sheet="danger/Details", example="=LEVEL_ZSCORE(Squeeze[short_interest],252)", returns="standard deviations")
def level_zscore(
    levels: Levels,
    window: Annotated[int, Argument("count", "known values before the last that it is held against", unit="rows", least=2)] = 252,
    method: Method = "mean",
) -> Answer:
    """How unusual a level is, as a z-score.

    (last − mean of the `window` known values before it)/their sample standard deviation; the last value is not in its own reference.
    "robust" takes the median and 1.4826·MAD. #N/A if the last is missing or the window not full; #DIV/0! without deviation.
    """
    last = require_last(levels, "level")
    value = windows.last_zscore(levels, window, method)
    measure = "median and MAD" if method == "robust" else "mean and standard deviation"
    return Answer(
        value,
        lambda: f"z {decimals(value, 2)}: the last level, {amount(last)}, against the {measure} of the {window} known levels before it.",
    )


@function(LEVELS, sheet="danger/Details", example="=LEVEL_PERCENTILE(Squeeze[short_interest],252)", returns="share, 0 to 1")
def level_percentile(
    levels: Levels,
    window: Annotated[int, Argument("count", "known values that are ranked, the last included", unit="rows", least=2)] = 252,
    convention: Convention = "weak",
) -> Answer:
    """Where a level ranks among its last values, from 0 to 1.

    Among the last `window` known values, itself included: weak count(≤)/n, strict count(<)/n, or the mean of both.
    #N/A if the last is missing or there are fewer.
    """
    last = require_last(levels, "level")
    value = windows.last_percentile(levels, window, convention)
    share = {"weak": "at or below it", "strict": "below it", "mean": "below it, ties counted half"}[convention]
    return Answer(value, lambda: f"{percent(value, 1)} of the last {window} known levels are {share}: the last one is {amount(last)}.")


@function(LEVELS, sheet="danger/Details", example="=RANGE_INDEX(Squeeze[short_interest],156)", returns="share, 0 to 1")
def range_index(
    levels: Levels,
    window: Annotated[int, Argument("count", "known values that make the range, the last included", unit="rows", least=2)] = 156,
) -> Answer:
    """Where a level lies between its lowest and its highest, from 0 to 1: the "COT index".

    (last − lowest)/(highest − lowest) of the last `window` known values, itself included; 156 weeks are three years. #N/A if the last is
    missing or there are fewer; #DIV/0! if all are equal (within 1e-12).
    """
    at = signals.range_index(levels, window)
    last = float(levels[-1])
    return Answer(
        at.place,
        lambda: (
            f"{percent(at.place, 1)} of the way from {amount(at.lowest)}, the lowest of the last {window} known levels, to "
            f"{amount(at.highest)}, the highest: the last one is {amount(last)}."
        ),
    )


@function(LEVELS, sheet="danger/Details", example="=LOWEST_SINCE(Squeeze[date],Squeeze[short_interest])", returns="date")
def lowest_since(dates: Dates, levels: Levels) -> Answer:
    """Date since which a level has not been as low.

    The latest earlier row whose level was as low or lower; ties count, also within 1e-12 of the level. None as low: the first date with a
    known value. #N/A if the last is missing or no earlier one is known.
    """
    return _since(dates, levels, "lowest")


@function(LEVELS, sheet="danger/Details", example="=HIGHEST_SINCE(Prices[date],Prices[close])", returns="date")
def highest_since(dates: Dates, levels: Levels) -> Answer:
    """Date since which a level has not been as high.

    The latest earlier row whose level was as high or higher; ties count, also within 1e-12 of the level. None as high: the first date with
    a known value. #N/A if the last is missing or no earlier one is known.
    """
    return _since(dates, levels, "highest")


def _since(dates: DateArray, levels: FloatArray, extreme: signals.Extreme) -> Answer:
    found = signals.extreme_since(levels, extreme)

    def because() -> str:
        now, when = f"the last level, {amount(float(levels[-1]))}, is", day(dates[found.row])
        as_extreme = {"lowest": "as low", "highest": "as high"}[extreme]
        if found.on_record:
            before = counted(int(known(levels[:-1]).sum()), "earlier level")
            return f"{when}: {now} the {extreme} on record since then: none of {before} was {as_extreme}."
        return f"{when}: {now} the {extreme} since then, when it was {amount(float(levels[found.row]))}."

    return Answer(dates[found.row].item(), because)

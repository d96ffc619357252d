"""The desk note: the report's paragraph, composed from answers that already stand on the sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from xlsig.errors import VALUE, SignalError
from xlsig.frames.taxonomy import REGIONS
from xlsig.frames.wording import counted, day, in_words, listed
from xlsig.functions import cells
from xlsig.functions.answers import Answer, bp, decimals, percent
from xlsig.functions.spec import Argument, function
from xlsig.functions.warning import WARNING
from xlsig.grid.contents import is_missing
from xlsig.signals.series import LabelArray

DATE_ITEMS = ("as_of", "fastest_since", "event", "previous_episode", "new_high_date", "on_record_since", "precedent")
TEXT_ITEMS = (
    *("state", "driver", "region_1", "region_2"),
    *("seller_1", "seller_2", "seller_3", "buyer_1", "buyer_2", "buyer_3", "data"),
)
NUMBER_ITEMS = (
    *("streak", "fastest_months", "short_contribution", "regions_sold", "regions_known", "macro_share", "single_share"),
    *("sectors_sold", "sectors_known", "change_since_event", "change_ex_turn", "change_week", "spread_z", "flow_z"),
    *("decline_depth", "decline_months", "regions_named", "preliminary"),
)
ITEMS = (*DATE_ITEMS, *TEXT_ITEMS, *NUMBER_ITEMS, "base_rate")

ALL_REGIONS = len(REGIONS)
COMPLETE = "complete"
"""What the item data says where nothing is to be said."""
_STATES: Mapping[str, str] = {
    "BOTH": "financing spreads and fund flows show a significant sell-off together",
    "SPREAD ONLY": "financing spreads show a significant sell-off, fund flows do not",
    "FLOW ONLY": "fund flows show a significant sell-off, financing spreads do not",
    "NONE": "neither financing spreads nor fund flows show a significant sell-off",
    "NO DATA": "at least one gauge cannot be judged, which is not an all-clear",
}

Known = Mapping[str, Any]
"""The items that have a value."""


@function(WARNING, sheet="danger/Details", example="=DESK_NOTE(A2:A30,B2:B30)", returns="text")
def desk_note(
    items: Annotated[LabelArray, Argument("labels", f"what each value is: {', '.join(ITEMS)}", axis="items")],
    values: Annotated[list[Any], Argument("mixed", "the answers on the sheet, as they stand", axis="items")],
) -> Answer:
    """The morning's paragraph in plain desk English, each number a cell's.

    Composed from answers on the sheet. A missing value is said to be missing, an item not given is left out, an unknown item is #VALUE!.
    """
    given = _read(items, values)
    known: Known = {name: value for name, value in given.items() if value is not None}
    missing = [name for name, value in given.items() if value is None and name != "precedent"]
    if "precedent" in given and given["precedent"] is None:
        known = _without_precedent(known)
        missing = [name for name in missing if name not in _OUTCOME]
    sentences = [sentence for compose in _SENTENCES if (sentence := compose(known))]
    about = [sentence for compose in (_preliminary, _data) if (sentence := compose(known))]
    if not sentences and not about:
        sentences = ["Nothing can be said about the danger signal: no value is known."]
    if missing:
        sentences.append(f"Missing: {listed([name.replace('_', ' ') for name in missing])}.")
    sentences += about
    return Answer(
        " ".join(sentences),
        lambda: (
            f"Composed from {counted(len(given), 'answer')} on the sheet, of which {len(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing; "
            f"nothing is calculated here."
        ),
    )


def _read(items: LabelArray, values: list[Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for row, (label, cell) in enumerate(zip(items.tolist(), values, strict=True)):
        if label is None:
            if not is_missing(cell):
                raise SignalError(VALUE, f"row {row + 1} has a value but no item")
            continue
        name = label.strip().lower()
        if name not in ITEMS:
            raise SignalError(VALUE, f"row {row + 1} names an unknown item: {label[:40]!r}")
        if name in given:
            raise SignalError(VALUE, f"row {row + 1} repeats the item {name}")
        given[name] = None if is_missing(cell) else _value(name, cell)
    return given


def _value(name: str, cell: Any) -> Any:
    if name in DATE_ITEMS:
        return cells.date(cell, name)
    if name in TEXT_ITEMS:
        return cells.text(cell, name)
    if name == "base_rate" and isinstance(cell, str):
        return cell
    if name == "preliminary" and isinstance(cell, str | bool):
        return float(bool(cell))
    number = cells.number(cell, name)
    return None if number != number else number


def _state(known: Known) -> str:
    when = f"As of {day(known['as_of'])}, " if "as_of" in known else ""
    if "state" not in known:
        return f"{when}the danger signal has no state." if when else ""
    state = known["state"]
    said = f"the danger signal reads {state}"
    meaning = f": {_STATES[state]}" if state in _STATES else ""
    return _sentence(f"{when}{said}{meaning}")


def _streak(known: Known) -> str:
    parts = []
    if "streak" in known:
        streak = round(known["streak"])
        parts.append(f"net selling has run for {counted(streak, 'session')} in a row" if streak else "the last session did not sell")
    if "fastest_since" in known and known["fastest_since"] == known.get("on_record_since"):
        parts.append(f"its pace is the fastest on record, which begins {day(known['fastest_since'])}")
    elif "fastest_since" in known or "fastest_months" in known:
        since = f" since {day(known['fastest_since'])}" if "fastest_since" in known else ""
        months = known.get("fastest_months")
        length = f" ({counted(round(months), 'complete month')})" if months is not None else ""
        parts.append(f"its pace is the fastest{since}{length}")
    return _sentence(", and ".join(parts))


def _driver(known: Known) -> str:
    if "driver" not in known:
        return ""
    reported = _regions_reported(known)
    if known["driver"] == "not net selling":
        return f"The flows of {reported} were not net selling." if reported else "Global flows were not net selling."
    selling = f"Selling in {reported}" if reported else "Global selling"
    if known["driver"] == "evenly":
        return f"{selling} came evenly from longs and shorts."
    share = f", {percent(known['short_contribution'])} of it from shorts" if "short_contribution" in known else ""
    return f"{selling} was {known['driver']}{share}."


def _regions_reported(known: Known) -> str:
    """The part of the world that the flows cover; nothing where that is all of it."""
    named = round(known.get("regions_named", ALL_REGIONS))
    return "" if named >= ALL_REGIONS else "the one region reported" if named == 1 else f"the {named} regions reported"


def _breadth(known: Known) -> str:
    parts = []
    regions = [known[name] for name in ("region_1", "region_2") if name in known]
    if "regions_sold" in known and known.get("regions_known") != 0:
        of = f" of {round(known['regions_known'])}" if "regions_known" in known else ""
        reported = _regions_reported(known)
        which = f" of {reported}" if reported else f"{of} regions"
        alone = round(known.get("regions_named", ALL_REGIONS)) == 1
        sold = round(known["regions_sold"])
        parts.append(f"{reported} {'sold' if sold else 'did not sell'}" if alone else f"{sold}{which} sold{_led(regions)}")
    elif regions:
        parts.append(f"the regions that sold most were {listed(regions)}")
    if "macro_share" in known and "single_share" in known:
        parts.append(
            f"macro products made up {percent(known['macro_share'])} and single stocks {percent(known['single_share'])} of the total"
        )
    elif "macro_share" in known:
        parts.append(f"macro products made up {percent(known['macro_share'])} of the total")
    elif "single_share" in known:
        parts.append(f"single stocks made up {percent(known['single_share'])} of the total")
    return _sentence("; ".join(parts))


def _sectors(known: Known) -> str:
    sellers = [known[f"seller_{at}"] for at in (1, 2, 3) if f"seller_{at}" in known]
    buyers = [known[f"buyer_{at}"] for at in (1, 2, 3) if f"buyer_{at}" in known]
    parts = []
    if "sectors_sold" in known and known.get("sectors_known") != 0:
        of = f" of {round(known['sectors_known'])}" if "sectors_known" in known else ""
        parts.append(f"{round(known['sectors_sold'])}{of} sectors sold{_led(sellers)}")
    elif sellers:
        parts.append(f"the sectors that sold most were {listed(sellers)}")
    if buyers:
        parts.append(f"the largest buying was in {listed(buyers)}")
    return _sentence("; ".join(parts))


def _spreads(known: Known) -> str:
    parts = []
    if "change_since_event" in known:
        since = f"since {day(known['event'])}" if "event" in known else "since the event"
        ex_turn = f" ({bp(known['change_ex_turn'])} without the year-end turn)" if "change_ex_turn" in known else ""
        parts.append(f"{bp(known['change_since_event'])} {since}{ex_turn}")
    elif "change_ex_turn" in known:
        parts.append(f"{bp(known['change_ex_turn'])} since the event without the year-end turn")
    if "change_week" in known:
        parts.append(f"{bp(known['change_week'])} over the week")
    return f"Financing spreads changed by {' and '.join(parts)}." if parts else ""


def _rarity(known: Known) -> str:
    parts = []
    if "spread_z" in known:
        parts.append(f"the spread's change is {decimals(known['spread_z'], 1)} standard deviations from its norm")
    if "flow_z" in known:
        parts.append(
            f"the flow {decimals(known['flow_z'], 1)}"
            if parts
            else f"the flow is {decimals(known['flow_z'], 1)} standard deviations from its norm"
        )
    return _sentence(" and ".join(parts))


def _precedent(known: Known) -> str:
    parts = []
    if "first_on_record" in known:
        return f"No earlier episode is on record, which begins {day(known['first_on_record'])}."
    if "previous_episode" not in known and "precedent" in known:
        parts.append(f"the previous episode began on {day(known['precedent'])}")
    if "previous_episode" in known:
        parts.append(f"the previous episode ended on {day(known['previous_episode'])}")
    if "decline_depth" in known:
        length = f" over {in_words(round(known['decline_months']))} months" if "decline_months" in known else ""
        parts.append(f"a decline of {percent(abs(known['decline_depth']))}{length} followed")
    if "new_high_date" in known:
        other = "on the other branch, " if parts else ""
        parts.append(f"{other}prices made a new high on {day(known['new_high_date'])}")
    return _sentence("; ".join(parts))


_OUTCOME = ("previous_episode", "decline_depth", "decline_months", "new_high_date")
"""What can be said only of an episode that has been before."""


def _without_precedent(known: Known) -> Known:
    """The items where no earlier episode is on record: nothing followed, and the record's first day says how long it is."""
    kept = {name: value for name, value in known.items() if name not in _OUTCOME}
    return kept | {"first_on_record": known["previous_episode"]} if "previous_episode" in known else kept


def _preliminary(known: Known) -> str:
    return "Some of these flows are preliminary." if known.get("preliminary", 0) > 0 else ""


def _data(known: Known) -> str:
    said = known.get("data", COMPLETE)
    return "" if said == COMPLETE else _sentence(said.rstrip("."))


def _base_rate(known: Known) -> str:
    if "base_rate" not in known:
        return ""
    rate = known["base_rate"]
    return _sentence(f"base rate: {rate if isinstance(rate, str) else f'BOTH on {percent(rate, 1)} of judged sessions'}")


def _led(names: list[str]) -> str:
    return f", led by {listed(names)}" if names else ""


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


_SENTENCES: tuple[Callable[[Known], str], ...] = (
    _state,
    _streak,
    _driver,
    _breadth,
    _sectors,
    _spreads,
    _rarity,
    _precedent,
    _base_rate,
)

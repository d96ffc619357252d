"""The report, sentence by sentence: each question, the formula that answers it, and how the answer is shown.

The danger dashboard shows these rows, and `xlsig signals` prints them: one definition for both. `id` is the sentence's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsig.frames.findings import AMERICA, CONTRACTS, EVENTS, INPUTS, PRICES, SPREADS, SQUEEZE, WORLD

ANSWER, WHY = "answer_", "why_"
"""Before a claim's key: the names of its answer's cell and of its explanation's."""


@dataclass(frozen=True)
class Claim:
    """One question of the report. `call` computes the answer; `pick` takes it out of a table that stands on the Details sheet."""

    id: int
    key: str
    question: str
    call: str
    style: str
    pick: str = ""

    @property
    def formula(self) -> str:
        """The formula in the answer's cell."""
        return f"={self.pick or self.call}"


def explanation(call: str, *unknown: str) -> str:
    """The EXPLAIN formula of a call. Where one of the conditions `unknown` holds, what is wrong with the call's inputs stands first.

    >>> explanation("SELLOFF_PACE(A1:A9,5)")
    '=EXPLAIN("SELLOFF_PACE",A1:A9,5)'
    >>> explanation("SELLOFF_PACE(Flows[north_america],5)", "ISERROR(C5)")
    '=TRIM(IF(ISERROR(C5),reason_america,"")&" "&EXPLAIN("SELLOFF_PACE",Flows[north_america],5))'
    """
    name, _, arguments = call.partition("(")
    explain = f'EXPLAIN("{name}",{arguments}'
    inputs = inputs_of_call(call)
    if not unknown or not inputs:
        return f"={explain}"
    condition = unknown[0] if len(unknown) == 1 else f"OR({','.join(unknown)})"
    return f'=TRIM(IF({condition},{reason_name(inputs)},"")&" "&{explain})'


_SHORT: Mapping[str, str] = {
    AMERICA: "america",
    WORLD: "world",
    SPREADS: "spreads",
    PRICES: "prices",
    CONTRACTS: "contracts",
    SQUEEZE: "squeeze",
    EVENTS: "events",
}
_READ: Mapping[str, tuple[str, ...]] = {
    "Flows[north_america]": (AMERICA,),
    "last_flow_z": (AMERICA,),
    "last_streak": (AMERICA,),
    "Flows[world]": (WORLD,),
    "Flows[long_buys]": (WORLD,),
    "Week[": (WORLD,),
    "sector_net": (WORLD,),
    "short_contribution": (WORLD,),
    "signal_": (AMERICA, SPREADS),
    "precedent": (AMERICA, SPREADS),
    "episode_list": (AMERICA, SPREADS),
    "Spreads[": (SPREADS,),
    "Pairs[": (SPREADS,),
    "last_spread_z": (SPREADS,),
    "Futures[": (CONTRACTS,),
    "Prices[": (PRICES,),
    "Squeeze[": (SQUEEZE, PRICES, WORLD),
    "event_date": (EVENTS,),
}
"""What a formula reads, and the inputs behind it."""

COMBINATIONS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in INPUTS),
    (AMERICA, SPREADS),
    (AMERICA, SPREADS, PRICES),
    (SPREADS, EVENTS),
    (AMERICA, WORLD, PRICES),
    (WORLD, PRICES, SQUEEZE),
)
"""The inputs that answers are made of together: each has a named cell that says why it leaves them unknown."""


def inputs_of_call(call: str) -> tuple[str, ...]:
    """The inputs that a call reads.

    >>> inputs_of_call("EVENT_CHANGE(Spreads[date],Spreads[spread_bp],event_date)")
    ('spreads', 'events')
    """
    found = {name for read, inputs in _READ.items() if read in call for name in inputs}
    return tuple(name for name in INPUTS if name in found)


def reason_name(inputs: tuple[str, ...]) -> str:
    """The named cell that says why these inputs leave an answer unknown."""
    return f"reason_{'_'.join(_SHORT[name] for name in inputs)}"


_FUTURE = "INDEX(Futures[{}],{})"


def future(row: int, *columns: str) -> str:
    """Arguments from one row of the table Futures."""
    return ",".join(_FUTURE.format(column, row) for column in columns)


ADJUSTED = "ROLL_ADJUSTED(Spreads[spread_bp],Spreads[contract])"
_NORTH_AMERICA = "Flows[north_america]"
_LEGS = "Week[long_buys],Week[long_sells],Week[short_sales],Week[short_covers]"
_PRICES = "Prices[date],Prices[close]"
STATE_INPUTS = "last_spread_z,last_flow_z,last_streak,z_limit,streak_limit"
_PRECEDENT = f"{_PRICES},precedent,outcome_sessions"

TURN = "TURN_PREMIUM(Pairs[start],Pairs[end],Pairs[spread_bp])"
STRIP = "TRF_FORWARDS(strip_days,strip_spreads)"
DRIVER = f"SELLING_DRIVER({_LEGS})"
BUYING_DRIVER = f"BUYING_DRIVER({_LEGS})"
SESSIONS_SOLD = f"SESSIONS_SOLD({_NORTH_AMERICA},8)"
BUYING_STREAK = f"BUYING_STREAK({_NORTH_AMERICA},Flows[date],calendar)"
REGIONS = "REGION_BREAKDOWN(RegionWeek[region],RegionWeek[net],RegionHistory[[North America]:[Latin America]],week_window)"
PRODUCTS = "PRODUCT_SPLIT(ProductWeek[product],ProductWeek[net])"
SECTORS = "SECTOR_BREAKDOWN(SectorWeek[sector],SectorWeek[net],SectorHistory[[Energy]:[Index]],week_window)"
BREADTH = "SELLOFF_BREADTH(sector_net)"
SELLERS = "TOP_SELLERS(sector_names,sector_net,3)"
BUYERS = "TOP_BUYERS(sector_names,sector_net,3)"
SIGNAL = (
    f"DANGER_HISTORY(Flows[date],Spreads[spread_bp],{_NORTH_AMERICA},window,spread_sessions,flow_sessions,z_limit,streak_limit,max_lag,"
    "Spreads[contract],calendar)"
)
EPISODES = "EPISODES(signal_dates,signal_flags,gap_days)"
EPISODE_STARTS = "INDEX(episode_list,1,1):INDEX(episode_list,COUNT(INDEX(episode_list,0,1)),1)"
OUTCOMES = f"OUTCOMES({_PRECEDENT},threshold)"
DRAWDOWN = f"DRAWDOWN_AFTER({_PRECEDENT})"
STUDY = f"EVENT_STUDY({_PRICES},{EPISODE_STARTS})"
NOTE = "DESK_NOTE(note_items,note_values)"


def there(picked: str) -> str:
    """What is picked out of a table; #N/A where the table has nothing there, which a sheet would show as 0."""
    return f'IF({picked}="",NA(),{picked})'


# The asterisks: Calc 7.4 does not find the text of a computed table by itself, but finds it by a pattern (docs/calc.md).
def _measure(table: str, measure: str) -> str:
    return there(f'VLOOKUP("{measure}*",{table},2,FALSE)')


def _outcome(measure: str) -> str:
    return there(f'INDEX(outcome_table,MATCH("{measure}*",INDEX(outcome_table,0,2),0),3)')


def _entry(table: str, name: str, column: int) -> str:
    return there(f'VLOOKUP("{name}*",{table},{column},FALSE)')


def _part(product: str) -> str:
    """A product's share of the total, which is known where all products are."""
    return f"IF(COUNT(ProductWeek[net])<ROWS(ProductWeek[net]),NA(),{_entry('product_table', product, 3)})"


def _named(table: str, at: int) -> str:
    return f"IF(ISTEXT(INDEX({table},{at},1)),INDEX({table},{at},1),NA())"


def _ranked(table: str, rank: int) -> str:
    return there(f"INDEX({table},MATCH({rank},INDEX({table},0,7),0),1)")


CLAIMS: tuple[Claim, ...] = (
    Claim(
        1,
        "financing_spread",
        "What does leveraged long exposure cost in the nearest future, over OIS?",
        f"FINANCING_SPREAD({future(1, 'spot', 'future', 'days', 'rate', 'dividends')},min_days)",
        "bp",
    ),
    Claim(
        1,
        "forward_spread",
        "… and between the two nearest futures?",
        f"FORWARD_SPREAD({future(1, 'future')},{future(2, 'future')},{future(1, 'days')},{future(2, 'days')},"
        f"{future(1, 'rate')},{future(2, 'rate')},{future(1, 'dividends')},{future(2, 'dividends')})",
        "bp",
    ),
    Claim(
        1,
        "trf_spread",
        "… and in a total return future (quote on the Settings sheet)?",
        "TRF_SPREAD(trf_basis_quote,trf_index,trf_days)",
        "bp",
    ),
    Claim(1, "spread_zscore", "How unusual is the level of the spread, rolls taken out? (z)", f"SPREAD_ZSCORE({ADJUSTED},window)", "z"),
    Claim(1, "spread_percentile", "… as a rank among the last sessions", f"SPREAD_PERCENTILE({ADJUSTED},window)", "percent"),
    Claim(
        2,
        "change_since_event",
        "How far have spreads moved since the Fed's announcement? (bp)",
        "EVENT_CHANGE(Spreads[date],Spreads[spread_bp],event_date,Spreads[contract])",
        "bp",
    ),
    Claim(
        2,
        "spread_z",
        "How unusual is the change? (z)",
        "SPREAD_CHANGE_ZSCORE(Spreads[spread_bp],spread_sessions,window,Spreads[contract])",
        "z",
    ),
    Claim(3, "turn_excess", "What is the year-end turn worth in the forward pairs? (bp)", TURN, "bp", _measure("turn_table", "excess")),
    Claim(
        3,
        "change_ex_turn",
        "Is the fall more than a year-end effect? Change since the event, pairs without the turn (bp)",
        "EVENT_CHANGE(Spreads[date],Spreads[ex_turn_bp],event_date,Spreads[ex_turn_contract])",
        "bp",
    ),
    Claim(
        3,
        "change_ex_turn_year_end",
        "… and since the year end",
        "EVENT_CHANGE(Spreads[date],Spreads[ex_turn_bp],year_end,Spreads[ex_turn_contract])",
        "bp",
    ),
    Claim(
        4,
        "change_week",
        "Did selling through futures go on this week? Change over five sessions (bp)",
        "SPREAD_CHANGE(Spreads[spread_bp],5,Spreads[contract])",
        "bp",
    ),
    Claim(
        5,
        "streak",
        "For how many sessions in a row were US stocks net sold?",
        f"SELLOFF_STREAK({_NORTH_AMERICA},Flows[date],calendar)",
        "count",
    ),
    Claim(
        6, "fastest_since", "Since when has selling not been as fast?", f"FASTEST_SINCE(Flows[date],{_NORTH_AMERICA},flow_sessions)", "date"
    ),
    Claim(6, "fastest_months", "… in complete months", f"FASTEST_MONTHS(Flows[date],{_NORTH_AMERICA},flow_sessions)", "count"),
    Claim(6, "pace", "… at a pace, per session, of", f"SELLOFF_PACE({_NORTH_AMERICA},flow_sessions)", "money"),
    Claim(6, "flow_z", "… how unusual is that? (z)", f"FLOW_ZSCORE({_NORTH_AMERICA},flow_sessions,window)", "z"),
    Claim(7, "world_since", "Since when has global net selling not been as large?", "FASTEST_SINCE(Flows[date],Flows[world],5)", "date"),
    Claim(7, "world_months", "… in complete months", "FASTEST_MONTHS(Flows[date],Flows[world],5)", "count"),
    Claim(7, "driver", "Was it driven by short sales?", DRIVER, "text", _measure("driver_table", "verdict")),
    Claim(7, "short_contribution", "… their part of the selling", DRIVER, "percent", _measure("driver_table", "short_contribution")),
    Claim(8, "regions", "Which regions sold?", REGIONS, "text", _entry("region_table", "Total", 8)),
    Claim(8, "region_1", "… most of all", REGIONS, "text", _ranked("region_table", 1)),
    Claim(8, "region_2", "… and then", REGIONS, "text", _ranked("region_table", 2)),
    Claim(9, "macro_share", "How much went through macro products?", PRODUCTS, "percent", _part("Macro products")),
    Claim(9, "single_share", "… and through single stocks", PRODUCTS, "percent", _part("Single stocks")),
    Claim(10, "sectors", "How many sectors sold?", SECTORS, "text", _entry("sector_table", "Total", 8)),
    Claim(10, "sectors_sold", "… as a count", BREADTH, "count", _measure("breadth_table", "sold")),
    *(
        Claim(10, f"seller_{at}", question, SELLERS, "text", _named("seller_table", at))
        for at, question in enumerate(("Who led the selling?", "… second", "… third"), start=1)
    ),
    *(
        Claim(10, f"buyer_{at}", question, BUYERS, "text", _named("buyer_table", at))
        for at, question in enumerate(("Who bought?", "… second", "… third"), start=1)
    ),
    Claim(11, "state", "Do both gauges show a significant sell-off together?", f"DANGER_STATE({STATE_INPUTS})", "text", "last_state"),
    Claim(11, "flag", "… as a flag", f"DANGER_FLAG({STATE_INPUTS})", "count"),
    Claim(11, "previous_episode", "Since when is this the first time?", "FIRST_SINCE(signal_dates,signal_flags,gap_days)", "date"),
    Claim(
        11,
        "years_since",
        "… in complete years",
        "FIRST_SINCE(signal_dates,signal_flags,gap_days)",
        "count",
        'DATEDIF(FIRST_SINCE(signal_dates,signal_flags,gap_days),as_of,"y")',
    ),
    Claim(11, "base_rate", "How often has that been so?", SIGNAL, "text", "base_rate_text"),
    Claim(
        12,
        "first_branch",
        "What came first after the previous episode, a fall or a rise of that size?",
        OUTCOMES,
        "text",
        _outcome("first"),
    ),
    Claim(12, "decline_depth", "How deep was the fall from its peak?", DRAWDOWN, "percent1", _measure("drawdown_table", "depth_from_peak")),
    Claim(12, "trough_date", "… to its low on", DRAWDOWN, "date", _measure("drawdown_table", "trough_date")),
    Claim(12, "decline_months", "… after months", DRAWDOWN, "months", _measure("drawdown_table", "months")),
    Claim(12, "study_n", "On how many past episodes does that rest? (at 252 sessions)", STUDY, "count", there("INDEX(study_table,4,2)")),
    Claim(12, "study_base", "… what did any 252 sessions return on average?", STUDY, "percent1", there("INDEX(study_table,4,6)")),
    Claim(
        13,
        "squeeze_score",
        "How large is the risk of a short squeeze? (0 to 100)",
        "SQUEEZE_SCORE(Squeeze[short_interest],Squeeze[days_to_cover],Squeeze[borrow_fee],Squeeze[short_share],Squeeze[high_distance],"
        "Squeeze[shorts_loss])",
        "months",
    ),
    Claim(
        13,
        "squeeze_alert",
        "Heavy short selling near the high? (1 = alert)",
        "SQUEEZE_ALERT(Prices[close],short_contribution,last_flow_z,window,near_high,short_limit,squeeze_z)",
        "count",
    ),
    Claim(13, "new_high_date", "The other branch last time: the next new high", OUTCOMES, "date", _outcome("new_high_date")),
    Claim(13, "best_gain", "… and the best gain", OUTCOMES, "percent1", _outcome("best_gain")),
    Claim(14, "note", "The whole story", NOTE, "wrapped", "note_text"),
)
"""Every row of the dashboard, in the order of the report."""

NOTE_ITEMS: dict[str, str] = {
    "as_of": "=as_of",
    "state": "=last_state",
    "streak": "=answer_streak",
    "fastest_since": "=answer_fastest_since",
    "fastest_months": "=answer_fastest_months",
    "short_contribution": "=short_contribution",
    "driver": "=answer_driver",
    "regions_sold": '=COUNTIF(RegionWeek[net],"<0")',
    "regions_known": "=COUNT(RegionWeek[net])",
    "region_1": "=answer_region_1",
    "region_2": "=answer_region_2",
    "macro_share": "=answer_macro_share",
    "single_share": "=answer_single_share",
    "sectors_sold": "=answer_sectors_sold",
    "sectors_known": "=COUNT(sector_net)",
    **{f"{who}_{at}": f"=answer_{who}_{at}" for who in ("seller", "buyer") for at in (1, 2, 3)},
    "event": "=event_date",
    "change_since_event": "=answer_change_since_event",
    "change_ex_turn": "=answer_change_ex_turn",
    "change_week": "=answer_change_week",
    "spread_z": "=last_spread_z",
    "flow_z": "=last_flow_z",
    "previous_episode": "=answer_previous_episode",
    "decline_depth": "=answer_decline_depth",
    "decline_months": "=answer_decline_months",
    "new_high_date": "=answer_new_high_date",
    "base_rate": "=base_rate_text",
    "precedent": "=precedent",
    "regions_named": "=regions_named",
    "on_record_since": f"={there('INDEX(Inputs[begins],1)')}",
    "preliminary": '=COUNTIF(Checks[code],"preliminary")',
    "data": "=data_sentence",
}
"""What the desk note is composed of: its items, and the cell each is read from."""

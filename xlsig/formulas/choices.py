"""Excel's functions that compute the argument they choose, and no other: IF, IFERROR, IFNA, IFS, SWITCH, CHOOSE, LET."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlsig.errors import NA, VALUE, SignalError
from xlsig.formulas.trees import Named
from xlsig.formulas.values import Block, Uncomputable, Value, as_truth, equal, number_in
from xlsig.formulas.walk import Arguments, Operand, Place, Selection, Walk, branch, index_of
from xlsig.grid.contents import ErrorCell


def _if(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    condition = walk.single(arguments[0], place)
    if isinstance(condition, list):
        return _if_each(walk, condition, arguments, place)
    if isinstance(condition, ErrorCell):
        return condition
    try:
        holds = as_truth(condition)
    except SignalError as error:
        return ErrorCell(error.code, error.message)
    if holds:
        return branch(walk, arguments, 1, place)
    return branch(walk, arguments, 2, place) if len(arguments) > 2 else False


def _if_each(walk: Walk, conditions: Block, arguments: Arguments, place: Place) -> Operand:
    if place.mode != "array":
        raise Uncomputable("IF over a range, in a formula that is not entered as an array formula")
    branches = [walk.element(branch(walk, arguments, at, place), place) for at in range(1, len(arguments))]
    if len(branches) == 1:
        branches.append(False)

    def chosen(condition: Value, yes: Value, no: Value) -> Value:
        return condition if isinstance(condition, ErrorCell) else yes if as_truth(condition) else no

    return walk.spread(chosen, conditions, *branches)


def _unless(caught: Callable[[ErrorCell], bool]) -> Selection:
    """IFERROR and IFNA: the value, or the other argument where the value is such an error."""

    def replaced(value: Value, other: Value) -> Value:
        return other if isinstance(value, ErrorCell) and caught(value) else value

    def rule(walk: Walk, arguments: Arguments, place: Place) -> Operand:
        value = walk.element(branch(walk, arguments, 0, place), place)
        if isinstance(value, list):
            if place.mode == "forced":
                raise Uncomputable("IFERROR over a range, in a formula that is not entered as an array formula")
            return walk.spread(replaced, value, walk.element(branch(walk, arguments, 1, place), place))
        if isinstance(value, ErrorCell) and caught(value):
            return branch(walk, arguments, 1, place)
        return value

    return rule


def _choose(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    index = index_of(walk, arguments[0], place)
    if isinstance(index, ErrorCell):
        return index
    if not 1 <= index < len(arguments):
        return ErrorCell(VALUE, f"there is no choice {index}")
    return branch(walk, arguments, index, place)


def _ifs(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    _refuse_gaps("IFS", arguments)
    if len(arguments) % 2:
        raise Uncomputable("IFS takes a value for each of its conditions")
    for at in range(0, len(arguments), 2):
        condition = _alone("IFS", walk.single(arguments[at], place))
        if isinstance(condition, ErrorCell):
            return condition
        try:
            if as_truth(condition):
                return branch(walk, arguments, at + 1, place)
        except SignalError as error:
            return ErrorCell(error.code, error.message)
    return ErrorCell(NA, "none of the conditions holds")


def _switch(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    _refuse_gaps("SWITCH", arguments)
    wanted = _alone("SWITCH", walk.single(arguments[0], place))
    if isinstance(wanted, ErrorCell):
        return wanted
    last = len(arguments) - len(arguments) % 2
    for at in range(1, last - 1, 2):
        offered = _alone("SWITCH", walk.single(arguments[at], place))
        if isinstance(offered, ErrorCell):
            raise Uncomputable("SWITCH among errors")
        if _is_same(wanted, offered):
            return branch(walk, arguments, at + 1, place)
    if len(arguments) % 2 == 0:
        return branch(walk, arguments, last - 1, place)
    return ErrorCell(NA, "none of the values is the one asked for")


def _is_same(wanted: Value, offered: Value) -> bool:
    for value in (wanted, offered):
        if value is None or isinstance(value, bool):
            raise Uncomputable("SWITCH among blanks or booleans")
    if isinstance(wanted, str) != isinstance(offered, str):
        text = wanted if isinstance(wanted, str) else offered
        if isinstance(text, str) and number_in(text) is not None:
            raise Uncomputable(f"SWITCH among numbers, and the text {text[:40]!r} that may or may not count as one")
        return False
    return equal(wanted, offered)


def _alone(name: str, value: Value | Block) -> Value:
    if isinstance(value, list):
        raise Uncomputable(f"{name} over an array")
    return value


def _refuse_gaps(name: str, arguments: Arguments) -> None:
    if None in arguments:
        raise Uncomputable(f"an argument of {name} is left empty")


def _let(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    _refuse_gaps("LET", arguments)
    if len(arguments) % 2 == 0:
        raise Uncomputable("LET takes a value for each of its names, and a formula")
    for name, node in zip(arguments[:-1:2], arguments[1:-1:2], strict=True):
        if not isinstance(name, Named) or name.sheet is not None:
            raise Uncomputable("LET names a value by what is no name")
        assert node is not None
        key = bound_name(name)
        if key in place.bound:
            raise Uncomputable(f"spreadsheets differ on the name {key!r}, to which LET gives a second value")
        place = place._replace(bound={**place.bound, key: walk.operand(node, place)})
    return branch(walk, arguments, len(arguments) - 1, place)


def bound_name(reference: Named) -> str:
    """A name as LET binds it, without the prefix that files carry."""
    return reference.name.lower().removeprefix("_xlpm.")


CHOICES: Mapping[str, Selection] = {
    "IF": _if,
    "IFERROR": _unless(lambda error: True),
    "IFNA": _unless(lambda error: error.code == NA),
    "IFS": _ifs,
    "SWITCH": _switch,
    "CHOOSE": _choose,
    "LET": _let,
}

"""Cells of COM read, answers written: pure, on any system."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from xlsig.errors import SignalError
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.cells import Numbers, WholeColumn
from xlsig.grid.contents import ERROR_NUMBERS, ErrorCell
from xlsig.hosts.excel.contract import ERROR_BASE, OMITTED, WHOLE_COLUMN
from xlsig.hosts.excel.exchange import error_number, read, read_all, written


@pytest.mark.parametrize("code", ERROR_NUMBERS)
def test_every_error_comes_and_goes_by_its_number(code: str) -> None:
    number = ERROR_BASE + ERROR_NUMBERS[code]
    assert read(number) == ErrorCell(code)
    assert written(ErrorCell(code)) == error_number(code) == number


@pytest.mark.parametrize(
    ("sent", "cells"),
    [
        (None, None),
        (2.5, 2.5),
        ("", ""),
        (True, True),
        (7, 7.0),
        (OMITTED, None),
        ((), None),
        ((1.0, "a", None), ((1.0, "a", None),)),
        (((1.0, "a"), (None, 3)), ((1.0, "a"), (None, 3.0))),
        (((ERROR_BASE + 2042,), (1.0,)), ((ErrorCell("#N/A"),), (1.0,))),
        (ERROR_BASE + 2080, ErrorCell("#UNKNOWN!")),
        (ERROR_BASE + 2200, ErrorCell("#UNKNOWN!")),
        (ERROR_BASE + 65_535, ErrorCell("#UNKNOWN!")),
        (ERROR_BASE + 65_536, float(ERROR_BASE + 65_536)),
        (ERROR_BASE - 1, float(ERROR_BASE - 1)),
        ((WHOLE_COLUMN, (("net",), (1.0,))), WholeColumn((("net",), (1.0,)))),
        ((WHOLE_COLUMN, 1.0), 1.0),
        (dt.datetime(2025, 1, 3), dt.datetime(2025, 1, 3)),
    ],
    ids=str,
)
def test_what_com_hands_over_is_read_as_cells(sent: Any, cells: Any) -> None:
    assert read(sent) == cells


def test_a_column_of_numbers_alone_is_known_to_be_one() -> None:
    column = read(((1.0,), (-2.0,)), numeric=True)
    assert isinstance(column, Numbers)
    assert column.values.tolist() == [1.0, -2.0]
    assert isinstance(read(((1.0,), (True,)), numeric=True), tuple)


def test_a_row_of_numbers_stays_a_row() -> None:
    (row,) = CATALOGUE["NET_FLOW"].from_cells(*read_all(CATALOGUE["NET_FLOW"], [((1.0, 2.0),)] * 4))  # type: ignore[misc]
    assert row == [0.0, 0.0]


def test_arguments_left_out_at_the_end_are_dropped() -> None:
    assert read_all(CATALOGUE["SELLOFF_STREAK"], [1.0, OMITTED, 2.0, OMITTED, OMITTED]) == [1.0, None, 2.0]


def test_an_object_is_refused() -> None:
    with pytest.raises(SignalError, match="must be cells, and one is object"):
        read(object())


def test_numbers_go_as_floats_so_that_an_int_is_an_error() -> None:
    sent = written([[1, True, "x", 0.5], [ErrorCell("#NUM!"), "", 2, False]])
    assert sent == [[1.0, True, "x", 0.5], [error_number("#NUM!"), "", 2.0, False]]
    assert [type(cell) for cell in sent[0]] == [float, bool, str, float]  # type: ignore[index,union-attr]

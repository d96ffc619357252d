"""The bundled sample: synthetic, the same every time, a desk's data in every respect."""

import datetime as dt

import numpy as np
import pytest

from xlsig.frames import daily
from xlsig.frames.calendar import sessions
from xlsig.frames.timetable import timetable_of
from xlsig.sources.sample import sample


@pytest.fixture(scope="module")
def desk():
    return sample()


def test_every_new_york_session_of_five_years_is_there(desk):
    scheduled = sessions("XNYS", np.datetime64("2020-01-02"), np.datetime64("2025-01-03"))
    for frame in (desk.flows, desk.spreads, desk.prices):
        assert np.array_equal(frame["date"].drop_duplicates().to_numpy().astype("datetime64[D]"), scheduled)
    assert timetable_of(desk).as_of == dt.date(2025, 1, 3)


def test_it_says_of_itself_that_it_is_synthetic(desk):
    assert all(one.kind.startswith("synthetic sample") for one in desk.provenance)


def test_it_is_the_same_every_time(desk):
    sample.cache_clear()
    again = sample()
    assert [one.sha256 for one in again.provenance] == [one.sha256 for one in desk.provenance]


def test_no_leg_is_negative_and_none_is_missing(desk):
    legs = desk.flows[list(daily.LEGS)]
    assert (legs >= 0).all().all()
    assert not legs.isna().any().any()


def test_every_session_has_four_forward_pairs_in_order(desk):
    counts = desk.spreads.groupby("date").size()
    assert set(counts) == {4}
    assert (desk.spreads["start"] < desk.spreads["end"]).all()
    assert (desk.spreads["start"] > desk.spreads["date"]).all()


def test_a_roll_moves_the_published_spread_far_more_than_an_ordinary_day(desk):
    headline = daily.headline_spread(desk.spreads)
    moves = headline["spread_bp"].diff().abs()
    rolled = headline["contract"] != headline["contract"].shift()
    assert moves[rolled].mean() > 8 * moves[~rolled].mean()


def test_the_raw_futures_give_the_forward_pairs_back(desk):
    made = daily.spreads_from_contracts(desk.contracts).set_index(["date", "start", "end"])["spread_bp"]
    quoted = desk.spreads.set_index(["date", "start", "end"])["spread_bp"]
    assert len(made) == 60
    assert (made - quoted.reindex(made.index)).abs().max() < 0.01


def test_the_trough_of_2022_is_ten_months_after_the_event_and_a_new_high_came_first(desk):
    closes = desk.prices.set_index("date")["close"]
    year = closes["2021-12-15":"2022-12-14"]
    assert str(year.idxmin().date()) == "2022-10-12"
    before = closes[:"2021-12-15"]
    assert before.idxmax() == before.index[-1]
    assert str(year[year > before.max()].index[0].date()) == "2021-12-22"

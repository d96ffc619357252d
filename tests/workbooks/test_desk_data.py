"""A desk's own files, from a folder to the answers: what holds for the sample holds for the same rows read from disk."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from xlsig.cli import app
from xlsig.sources.sample import sample
from xlsig.workbooks.claims import CLAIMS
from xlsig.workbooks.morning import morning
from xlsig.workbooks.templates import TEMPLATES

TYPED = {"trf_spread"}  # a quote that is in no frame: typed on the Settings sheet


@pytest.fixture(scope="module")
def desk_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    desk = sample()
    for name in ("flows", "spreads", "prices", "contracts", "squeeze"):
        getattr(desk, name).to_parquet(folder / f"{name}.parquet")
    return folder


def answers(folder: Path) -> dict[str, object]:
    result = CliRunner().invoke(app, ["signals", "--data", str(folder), "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    printed = json.loads(result.stdout)
    return dict(zip((claim.key for claim in CLAIMS), printed["claims"], strict=True)) | {"object": printed}


def test_the_same_rows_from_files_give_the_same_answers(desk_folder):
    ours = {claim.key: claim.answer for claim in morning(sample()).claims}
    theirs = answers(desk_folder)
    differing = [key for key in ours if key not in TYPED and theirs[key]["answer"] != ours[key]]
    assert differing == []
    assert theirs["object"]["source"] == "desk data"


def test_a_quote_that_was_not_typed_is_missing_and_said_so(desk_folder):
    theirs = answers(desk_folder)
    assert theirs["trf_spread"]["answer"] is None
    assert "basis is missing" in theirs["trf_spread"]["explanation"]
    assert any("total return future" in sentence for sentence in theirs["object"]["missing"])


def changed(desk_folder: Path, tmp_path: Path, name: str, change) -> dict[str, object]:
    folder = tmp_path / "desk"
    shutil.copytree(desk_folder, folder)
    change(pd.read_parquet(folder / f"{name}.parquet")).to_parquet(folder / f"{name}.parquet")
    return answers(folder)


def test_a_session_that_the_desk_left_out_makes_the_streak_unknown_and_the_state_no_data(desk_folder, tmp_path):
    theirs = changed(desk_folder, tmp_path, "flows", lambda flows: flows[flows["date"] != "2024-12-31"])
    assert theirs["streak"]["answer"] is None
    assert "31 December 2024" in theirs["streak"]["explanation"]
    assert theirs["object"]["state"] in ("NO DATA", "SPREAD ONLY", "BOTH")
    assert theirs["state"]["answer"] != "NONE"


def test_a_day_without_any_spread_is_bridged(desk_folder, tmp_path):
    theirs = changed(desk_folder, tmp_path, "spreads", lambda spreads: spreads[spreads["date"] != "2024-12-30"])
    assert theirs["spread_z"]["answer"] is not None
    assert theirs["streak"]["answer"] == 5


def test_without_the_last_spread_there_is_no_verdict(desk_folder, tmp_path):
    theirs = changed(desk_folder, tmp_path, "spreads", lambda spreads: spreads[spreads["date"] != "2025-01-03"])
    assert theirs["object"]["state"] == "NO DATA"
    assert "not an all-clear" in theirs["object"]["note"]


def test_a_region_that_is_missing_is_not_a_region_that_bought(desk_folder, tmp_path):
    theirs = changed(
        desk_folder, tmp_path, "flows", lambda flows: flows[~((flows["region"] == "Europe") & (flows["date"] == "2025-01-02"))]
    )
    assert theirs["regions"]["answer"] == "5 of 6 sold, 1 missing"


def test_two_weeks_of_data_answer_what_they_can(desk_folder, tmp_path):
    folder = tmp_path / "short"
    folder.mkdir()
    for name in ("flows", "spreads", "prices"):
        frame = pd.read_parquet(desk_folder / f"{name}.parquet")
        frame[frame["date"] >= "2024-12-20"].to_parquet(folder / f"{name}.parquet")
    theirs = answers(folder)
    assert theirs["streak"]["answer"] == 5
    assert theirs["object"]["state"] == "NO DATA"
    assert theirs["sectors"]["answer"] == "8 of 11 sold, 0 missing"
    assert theirs["change_week"]["answer"] is not None
    unknown = [key for key, claim in theirs.items() if key != "object" and claim["answer"] is None]
    assert {"spread_z", "flow_z", "decline_depth", "squeeze_score", "financing_spread"} <= set(unknown)
    assert all("No answer" in theirs[key]["explanation"] for key in ("spread_z", "flow_z", "financing_spread"))


def test_prices_with_blank_holidays_are_read_as_fred_leaves_them(desk_folder, tmp_path):
    def blank(prices: pd.DataFrame) -> pd.DataFrame:
        holiday = pd.DataFrame({"date": pd.to_datetime(["2025-01-01"]), "close": [np.nan]})
        return pd.concat([prices, holiday]).sort_values("date", ignore_index=True)

    theirs = changed(desk_folder, tmp_path, "prices", blank)
    assert theirs["decline_months"]["answer"] == pytest.approx(9.889, abs=0.001)


def test_every_dashboard_is_built_from_two_weeks_of_data(desk_folder, tmp_path):
    folder = tmp_path / "short"
    folder.mkdir()
    for name in ("flows", "spreads", "prices"):
        frame = pd.read_parquet(desk_folder / f"{name}.parquet")
        frame[frame["date"] >= "2024-12-20"].to_parquet(folder / f"{name}.parquet")
    for name in TEMPLATES:
        result = CliRunner().invoke(app, ["build", name, "--data", str(folder), "--out", str(tmp_path / f"{name}.xlsx")])
        assert result.exit_code == 0, (result.output, result.exception)

"""A source as an object: named by a text, not read before it is asked to, resting on files, refused in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.desk_files import CONTRACTS, PRICES, write_desk
from xlsig.errors import DataError
from xlsig.frames.desk import DeskData
from xlsig.sources.cftc import CftcData, bundled
from xlsig.sources.opening import KINDS, WRITTEN, is_path, open_source, seen_from
from xlsig.sources.source import LacksFrames

DESK = ("spreads", "prices", "flows")
CFTC = "cftc:" + ",".join(map(str, bundled()))


@pytest.mark.parametrize("text", ["sql:sqlite:///desk.db", "sample:1", "cftc", "nowhere"])
def test_what_names_no_source_is_one_sentence_with_all_that_may_be_written(text: str) -> None:
    with pytest.raises(DataError) as refused:
        open_source(text)
    assert str(refused.value) == f"{text}: there is no such folder or configuration file (nor is it sample or cftc:FOLDER,FILE)"


def test_every_kind_of_source_is_told_to_people() -> None:
    assert WRITTEN == "A folder, a config file (.toml), sample, or cftc:FOLDER,FILE."
    assert all(written in WRITTEN for written in KINDS)


def test_a_source_is_not_read_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "flows.csv").write_text("nothing that can be read")
    assert open_source(str(tmp_path)).title == f"the files of {tmp_path.name}"
    assert open_source("cftc:nowhere.csv").title == "CFTC positions"


def test_the_sample_and_a_folder_give_a_desk_s_data_and_the_cftc_s_files_positions(tmp_path: Path) -> None:
    assert isinstance(open_source("sample").read(), DeskData)
    assert isinstance(open_source(str(write_desk(tmp_path))).read(), DeskData)
    assert isinstance(open_source(CFTC).read(), CftcData)


def test_the_sample_rests_on_no_file_and_the_cftc_s_positions_on_those_that_are_named() -> None:
    assert open_source("sample").files() == []
    assert open_source(f"{CFTC}, nowhere.csv").files() == list(bundled())


def test_a_folder_rests_on_the_files_of_its_frames(tmp_path: Path) -> None:
    write_desk(tmp_path, contracts=CONTRACTS)
    (tmp_path / "notes.txt").write_text("not a frame")
    (tmp_path / "Prices.txt").write_text(PRICES)
    assert [path.name for path in open_source(str(tmp_path)).files()] == ["contracts.csv", "flows.csv", "prices.csv", "spreads.csv"]


def test_a_configuration_rests_on_itself_and_what_it_names_too(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    write_desk(tmp_path / "exports")
    (tmp_path / "exports" / "prices.csv").rename(tmp_path / "exports" / "closes.csv")
    (tmp_path / "desk.toml").write_text('folder = "exports"\n[prices]\nfile = "closes.csv"\n[squeeze]\nfile = "gone.csv"\n')
    source = open_source(str(tmp_path / "desk.toml"))
    assert [path.name for path in source.files()] == ["desk.toml", "closes.csv", "flows.csv", "spreads.csv"]
    assert source.title == "the files of desk.toml"


def test_a_folder_has_the_frames_it_needs_and_the_others_it_has_files_for(tmp_path: Path) -> None:
    assert open_source(str(write_desk(tmp_path))).frames == {"flows", "prices", "spreads"}
    (tmp_path / "contracts.csv").write_text(CONTRACTS)
    assert open_source(str(tmp_path)).frames == {"flows", "prices", "spreads", "contracts"}


def test_what_lacks_a_frame_is_refused_in_one_sentence_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(LacksFrames) as refused:
        open_source("cftc:nowhere.csv").desk(DESK, "no workbook can be made from them")
    assert str(refused.value) == (
        "CFTC positions have no spreads, no prices and no flows by region, sector and product, "
        "so no workbook can be made from them; use xlsig signals"
    )
    folder = open_source(str(write_desk(tmp_path)))
    folder.require(DESK, "nothing follows")
    with pytest.raises(LacksFrames) as refused:
        folder.require(("flows", "squeeze"), "the squeeze sheet cannot be built from them")
    assert str(refused.value) == f"the files of {tmp_path.name} have no squeeze, so the squeeze sheet cannot be built from them"


def test_a_path_is_made_whole_and_every_other_source_is_the_same_in_any_folder() -> None:
    assert seen_from(Path("/desk"), "data/../alpha") == str(Path("/desk/alpha"))
    assert seen_from(Path("/desk"), "sample") == "sample"
    assert not is_path(CFTC)
    assert is_path("samples")


def test_opening_loads_neither_pandas_nor_any_reader() -> None:
    script = "import sys, xlsig.sources.opening; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split())
    assert not {"pandas", "numpy", "xlsig.sources.files", "xlsig.sources.sample"} & loaded

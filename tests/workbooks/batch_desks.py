"""Small desks for the tests of batches: a few hundred sessions of the sample's North American flows, each desk a session later."""

from __future__ import annotations

from pathlib import Path

from xlsig.sources.sample import sample

SESSIONS = 300


def write_desk(folder: Path, later: int = 0) -> Path:
    """A desk's folder that ends so many sessions before the sample does."""
    desk = sample()
    days = list(desk.prices["date"])
    last = len(days) - later
    wanted = days[last - SESSIONS : last]
    flows = desk.flows[desk.flows["region"] == "North America"]
    folder.mkdir(parents=True)
    for name, frame in (("flows", flows), ("spreads", desk.spreads), ("prices", desk.prices)):
        frame[frame["date"].isin(wanted)].to_csv(folder / f"{name}.csv", index=False)
    return folder


def write_plan(folder: Path, text: str, books: int = 0) -> Path:
    """A plan, and so many desks in the folder data beside it: b0, b1, …"""
    for number in range(books):
        write_desk(folder / "data" / f"b{number}", number)
    path = folder / "plan.toml"
    path.write_text(text, "utf-8")
    return path


def bytes_of(folder: Path) -> dict[str, bytes]:
    """The workbooks of a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.xls?"))}

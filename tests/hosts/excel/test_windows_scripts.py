"""The PowerShell scripts: parsed with a grammar, since no PowerShell runs here, and held against the commands that they call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from xlsig.hosts.installing import HOSTS

SCRIPTS = sorted((Path(__file__).parents[3] / "install" / "windows").glob("*.ps1"))
PARSER = Parser(Language(tree_sitter_powershell.language()))


def is_well_formed(script: bytes) -> bool:
    return not PARSER.parse(script).root_node.has_error


def test_there_are_scripts() -> None:
    assert [script.name for script in SCRIPTS] == ["install.ps1", "uninstall.ps1"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_well_formed_and_stops_at_the_first_error(script: Path) -> None:
    text = script.read_text("ascii")
    assert is_well_formed(text.encode())
    assert not is_well_formed(text.replace("if (-not (", "if (-not ((", 1).encode())
    assert "Set-StrictMode -Version Latest" in text
    assert "$ErrorActionPreference = 'Stop'" in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_calls_commands_that_xlsig_has(script: Path) -> None:
    from xlsig.cli import app

    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    text = script.read_text()
    called = re.findall(r"@\('(\w+)', '--host', '(\w+)'\)|\$xlsig (\w+) --host (\w+)", text)
    assert called
    for first, first_host, second, second_host in called:
        assert (first or second) in commands
        assert (first_host or second_host) in HOSTS

"""Draw the front sheet of a template: values → LibreOffice → PDF → PNG, into docs/pictures. Never compared by bytes."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from xlsig.sources.sample import sample
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import TEMPLATES

FOLDER = "docs/pictures"
DOTS_PER_INCH = 96
NEEDED = ("soffice", "pdftoppm")


def can_draw() -> bool:
    """Whether LibreOffice and what turns its PDF into a picture are installed."""
    return all(map(shutil.which, NEEDED))


def missing(root: Path) -> list[str]:
    """The pictures that are not there."""
    return [path for path in map(path_of, TEMPLATES) if not (root / path).is_file()]


def path_of(name: str) -> str:
    """Where the picture of a template lies."""
    return f"{FOLDER}/{name}.png"


def draw(root: Path, names: Iterable[str]) -> list[str]:
    """Draw these templates; the paths of the pictures."""
    inputs = inputs_of(sample())
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    drawn = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            workbook = Path(folder) / f"{name}.xlsx"
            build(TEMPLATES[name](inputs), workbook, "values")
            _first_page(workbook, root / path_of(name))
            drawn.append(path_of(name))
    return drawn


def _first_page(workbook: Path, destination: Path) -> None:
    """The first page of a workbook as a picture, drawn by a LibreOffice with a profile of its own."""
    with tempfile.TemporaryDirectory() as home:
        office = ["soffice", "--headless", f"-env:UserInstallation=file://{home}/profile", "--convert-to", "pdf", "--outdir", home]
        environment = {"PATH": "/usr/bin:/bin", "HOME": home}
        subprocess.run([*office, str(workbook)], check=True, timeout=180, env=environment, capture_output=True)
        page = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*page, f"{home}/{workbook.stem}.pdf", str(destination.with_suffix(""))], check=True, timeout=60)

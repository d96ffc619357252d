"""Draw the front sheet of every template: values → LibreOffice → PDF → PNG, into docs/pictures. `python -m tasks.pictures`"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from xlsig.sources.sample import sample
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import TEMPLATES

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DOTS_PER_INCH = 96


def draw(workbook: Path, destination: Path) -> None:
    """The first page of a workbook as a picture, drawn by a LibreOffice with a profile of its own."""
    with tempfile.TemporaryDirectory() as home:
        office = ["soffice", "--headless", f"-env:UserInstallation=file://{home}/profile", "--convert-to", "pdf", "--outdir", home]
        environment = {"PATH": "/usr/bin:/bin", "HOME": home}
        subprocess.run([*office, str(workbook)], check=True, timeout=180, env=environment, capture_output=True)
        page = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*page, f"{home}/{workbook.stem}.pdf", str(destination.with_suffix(""))], check=True, timeout=60)


def main() -> None:
    """Draw all four."""
    inputs = inputs_of(sample())
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, layout in TEMPLATES.items():
            workbook = Path(folder) / f"{name}.xlsx"
            build(layout(inputs), workbook, "values")
            draw(workbook, PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()

"""Write what is made from the catalogue, the templates and exchange_calendars, or check that it is current.

python -m tasks.generate               the type stub, the function reference, the counts in prose, the exchange sessions, the workbooks;
                                       and the pictures of workbooks that changed, where LibreOffice is installed
python -m tasks.generate --pictures    the same, and every picture
python -m tasks.generate --check       write nothing; exit with 1 and name what is not current
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tasks import pictures, prose, reference, sessions, steps, stub, workbooks
from xlsig.functions.catalogue import CATALOGUE
from xlsig.workbooks.templates import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent


def generated(root: Path = ROOT) -> dict[str, str]:
    """Path, from the top of the repository → text of every generated file and of every written page with its counts."""
    functions = CATALOGUE.values()
    return {stub.PATH: stub.stub(functions), sessions.PATH: sessions.table(), **reference.pages(functions), **prose.pages(root)}


def stale(root: Path = ROOT) -> list[str]:
    """The texts that are missing, differ from what they are made from, or should not be there any more."""
    made = generated(root)
    differing = [path for path, text in made.items() if not (root / path).is_file() or (root / path).read_text("utf-8") != text]
    left_over = [f"{reference.FOLDER}/{page.name}" for page in (root / reference.FOLDER).glob("*.md")]
    return sorted({*differing, *(path for path in left_over if path not in made)})


def write(root: Path = ROOT) -> list[str]:
    """Bring the texts up to date; those that were changed or removed."""
    made, behind = generated(root), stale(root)
    for path in behind:
        if path in made:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(made[path], "utf-8", newline="\n")
        else:
            (root / path).unlink()
    return behind


def check(root: Path = ROOT) -> list[str]:
    """A sentence for everything that is not current; nothing is written."""
    said = [f"{path} is not current" for path in stale(root)]
    with tempfile.TemporaryDirectory() as folder:
        behind = workbooks.stale(root, workbooks.build_all(Path(folder)))
    said += [f"{path} is not current: {why}" for path, why in behind.items()]
    said += [f"{path} is not there" for path in pictures.missing(root)]
    return [f"{each}; run {steps.COMMAND}" for each in said]


def make(root: Path = ROOT, *, every_picture: bool = False) -> list[str]:
    """Bring everything up to date; a sentence for everything that was written or could not be."""
    said = [f"{path} written" for path in write(root)]
    with tempfile.TemporaryDirectory() as folder:
        behind = workbooks.write(root, workbooks.build_all(Path(folder)))
    said += [f"{path} written: {why}" for path, why in behind.items()]
    changed = {Path(path).stem for path in [*behind, *pictures.missing(root)]}
    to_draw = [name for name in TEMPLATES if every_picture or name in changed]
    if to_draw and pictures.can_draw():
        said += [f"{path} drawn" for path in pictures.draw(root, to_draw)]
    elif to_draw:
        said.append(f"not drawn: {', '.join(to_draw)}. Install LibreOffice and poppler-utils, then run {steps.COMMAND} --pictures")
    return said


def main(arguments: list[str]) -> int:
    """Exit status: 1 if something is not current, or if a function lacks one of the five steps."""
    if arguments not in ([], ["--check"], ["--pictures"]):
        print(__doc__, file=sys.stderr)
        return 2
    without_cases = list(filter(None, map(steps.without_cases, CATALOGUE.values())))
    if without_cases:  # its worked example and its self-test are made of them
        print(*without_cases, sep="\n")
        return 1
    checking = arguments == ["--check"]
    said = check() if checking else make(every_picture="--pictures" in arguments)
    lacking = list(steps.lacking(ROOT))
    for each in [*said, *lacking]:
        print(each)
    return int(bool(lacking) or (checking and bool(said)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Write what is made from the catalogue, or check that it is current: python -m tasks.generate [--check]."""

from __future__ import annotations

import sys
from pathlib import Path

from tasks import reference, stub
from xlsig.functions.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[str, str]:
    """Path, from the top of the repository → text of every generated file."""
    functions = CATALOGUE.values()
    return {stub.PATH: stub.stub(functions), **reference.pages(functions)}


def stale(root: Path = ROOT) -> list[str]:
    """The generated files that are missing, differ from the catalogue, or should not be there any more."""
    made = generated()
    differing = [path for path, text in made.items() if not (root / path).is_file() or (root / path).read_text("utf-8") != text]
    left_over = [f"{reference.FOLDER}/{page.name}" for page in (root / reference.FOLDER).glob("*.md")]
    return sorted({*differing, *(path for path in left_over if path not in made)})


def write(root: Path = ROOT) -> list[str]:
    """Bring the generated files up to date; those that were changed or removed."""
    made, behind = generated(), stale(root)
    for path in behind:
        if path in made:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(made[path], "utf-8", newline="\n")
        else:
            (root / path).unlink()
    return behind


def main(arguments: list[str]) -> int:
    """Exit status: with --check, 1 if a file is not current."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    check = bool(arguments)
    behind = stale() if check else write()
    for path in behind:
        print(f"{path} {'is not current: run python -m tasks.generate' if check else 'written'}")
    return int(check and bool(behind))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Texts with wildcards, as criteria, look-ups and filters have them: * stands for any signs, ? for one, ~ takes the next as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_PIECES = re.compile(r"~[*?~]|.", re.DOTALL)
_WILD = re.compile(r"[*?~]")


def is_wild(text: str) -> bool:
    """Whether a text has signs that stand for others.

    >>> is_wild("tech*"), is_wild("tech")
    (True, False)
    """
    return _WILD.search(text) is not None


def likeness(text: str) -> Callable[[str], bool]:
    """Whether another text is like this one, in either case; in time that grows with its length, whatever the signs.

    >>> is_like = likeness("a*~*?"); is_like("About*!"), is_like("about!")
    (True, False)
    """
    pieces: list[list[str]] = [[]]
    for piece in _PIECES.findall(text):
        if piece == "*":
            pieces.append([])
        else:
            pieces[-1].append("." if piece == "?" else re.escape(piece[-1]))
    shapes = [re.compile("".join(signs), re.DOTALL | re.IGNORECASE) for signs in pieces]
    ending = len(pieces[-1])
    return lambda said: _fits(shapes, ending, said)


def _fits(shapes: Sequence[re.Pattern[str]], ending: int, text: str) -> bool:
    """Whether a text is some shapes one after the other with anything between them, the last of `ending` signs: each is taken where it
    first comes, and nothing is tried again.
    """
    if len(shapes) == 1:
        return shapes[0].fullmatch(text) is not None
    found = shapes[0].match(text)
    for shape in shapes[1:-1]:
        if found is None:
            return False
        found = shape.search(text, found.end())
    return found is not None and found.end() <= len(text) - ending and shapes[-1].fullmatch(text, len(text) - ending) is not None

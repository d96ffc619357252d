"""Brackets of structured references and of links, which quote and nest in their own way."""

from __future__ import annotations


def closing(formula: str, start: int) -> int:
    """Where a bracket's content ends: behind its closing bracket, or 0 if it is not closed. An apostrophe takes the next sign as it is.

    >>> closing("T[[a'] b]]+1", 1)
    10
    """
    depth, at = 0, start
    while at < len(formula):
        sign = formula[at]
        if sign == "'":
            at += 1
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return 0

"""How cells look: one name for each style, and what XlsxWriter makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INK, MUTED, LINE, ACCENT, PAPER = "#1F2933", "#616E7C", "#CBD2D9", "#1F4E79", "#F5F7FA"
RED, AMBER, GREEN, GREY = "#C0392B", "#D68910", "#2E7D4F", "#7B8794"
SELL, BUY = "#C0392B", "#2874A6"
PALE = "#9AA5B1"

_BASE: Mapping[str, Any] = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "vcenter"}
_RULED: Mapping[str, Any] = {"bottom": 1, "bottom_color": LINE}

_NUMBERS: Mapping[str, str] = {
    "general": "General",
    "date": "d mmm yyyy",
    "bp": "0.0;−0.0;0.0",
    "z": "0.00;−0.00;0.00",
    "money": "#,##0;−#,##0;0",
    "index": "#,##0.00",
    "percent": "0%;−0%;0%",
    "percent1": "0.0%;−0.0%;0.0%",
    "rate": "0.0000%",
    "count": "0",
    "decimal": "0.00",
    "months": "0.0",
    "p": "0.000",
}

_ANSWER_UNITS: Mapping[str, str] = {"bp": '0.0" bp";−0.0" bp";0.0" bp"'}

_SPECIAL: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": ACCENT},
    "subtitle": {"font_color": MUTED},
    "section": {"font_size": 12, "bold": True, "font_color": ACCENT, "bottom": 2, "bottom_color": ACCENT},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True},
    "head_right": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True, "align": "right"},
    "note": {"text_wrap": True, "valign": "top", "bg_color": PAPER, "border": 1, "border_color": LINE, "font_size": 11},
    "state": {"bold": True, "font_size": 16, "align": "center", "font_color": "#FFFFFF", "bg_color": GREY},
    "label": {"bold": True},
    "claim": {"bold": True, "align": "center", "font_color": MUTED, **_RULED},
    "question": {"text_wrap": True, **_RULED},
    "why": {"text_wrap": True, "font_color": MUTED, "font_size": 9, "indent": 1, **_RULED},
    "reason": {"font_size": 9, "bold": True, "text_wrap": True, **_RULED},
    "plain_why": {"indent": 1, "font_color": MUTED, "font_size": 9, "text_wrap": True, "valign": "top"},
    "text": {"align": "left"},
    "right": {"align": "right"},
    "remark": {"align": "left", "indent": 1},
    "head_remark": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "indent": 1},
    "wrapped": {"align": "left", "text_wrap": True, "valign": "top"},
}


def properties(style: str) -> dict[str, Any]:
    """XlsxWriter's properties of a style: a special one, a number format, or a number format in a setting or answer cell.

    `answer_z` is an answer in the z format, `input_count` a setting that the user may change.
    """
    if style in _SPECIAL:
        return {**_BASE, **_SPECIAL[style]}
    kind, _, number = style.rpartition("_")
    look: Mapping[str, Any] = {
        "": {},
        "answer": {"bold": True, "align": "right", **_RULED},
        "input": {"align": "right", "bg_color": "#FFF8E1", "border": 1, "border_color": LINE},
    }[kind]
    unit = _ANSWER_UNITS.get(number, "") if kind == "answer" else ""
    return {**_BASE, "num_format": unit or _NUMBERS[number], **look}


def heading(style: str) -> str:
    """The style of a column's heading."""
    return {"text": "head", "remark": "head_remark"}.get(style, "head_right")

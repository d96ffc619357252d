"""The xlsig tab of Excel's ribbon."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

_NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
_BUTTONS = (
    ("XlsigExplain", "Explain cell", "Where the selected answer comes from, or why there is none", "FunctionsLookupReferenceInsertGallery"),
    ("XlsigRestart", "Restart Python", "Start Python anew and calculate everything", "RecurrenceEdit"),
    ("XlsigDoctor", "Doctor", "What stands between a cell and its answer", "DiagnosticsCheck"),
    ("XlsigHelp", "Help", "How to begin", "Help"),
)


def ribbon(templates: Iterable[str]) -> str:
    """The tab as XML; each button calls the macro of its name."""
    inserted = "".join(
        f'<button id="XlsigInsert_{name}" label={quoteattr(name.capitalize())} tag={quoteattr(name)} onAction="XlsigInsert"/>'
        for name in templates
    )
    return (
        f'<customUI xmlns="{_NAMESPACE}"><ribbon><tabs><tab id="XlsigTab" label="xlsig">'
        '<group id="XlsigWorkbook" label="Workbook">'
        f"{_button('XlsigRefresh', 'Refresh this workbook', 'New data into this workbook; a copy of it is kept', 'RefreshAll')}"
        f'<menu id="XlsigTemplates" label="Insert template" imageMso="FileNew" size="large">{inserted}</menu></group>'
        f'<group id="XlsigAnswers" label="Answers">{"".join(_button(*button) for button in _BUTTONS)}</group>'
        "</tab></tabs></ribbon></customUI>"
    )


def _button(macro: str, label: str, tip: str, image: str) -> str:
    said = f"label={quoteattr(label)} screentip={quoteattr(tip)}"
    return f'<button id="{macro}Button" {said} imageMso="{image}" size="large" onAction="{macro}"/>'

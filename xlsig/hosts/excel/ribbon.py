"""The add-in's tab in the ribbon."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

_NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"


def ribbon() -> str:
    """The tab as XML; the menu has an entry per template."""
    from xlsig.workbooks.templates import TEMPLATES

    templates = "".join(
        f'<button id={quoteattr(f"xlsigInsert_{name}")} label={quoteattr(name)} tag={quoteattr(name)} onAction="XlsigRibbon.XlsigInsert"/>'
        for name in TEMPLATES
    )
    menu = f'<menu id="xlsigInsert" label="Insert template" size="large" imageMso="TableInsert">{templates}</menu>'
    buttons = [
        _button("Refresh", "Refresh this workbook", "RefreshAll"),
        menu,
        _button("Explain", "Explain cell", "FunctionWizard"),
        _button("Restart", "Restart Python", "RecurrenceEdit"),
        _button("Doctor", "Doctor", "ErrorChecking"),
        _button("Help", "Help", "Help"),
    ]
    group = f'<group id="xlsigGroup" label="Signals">{"".join(buttons)}</group>'
    return f'<customUI xmlns="{_NAMESPACE}"><ribbon><tabs><tab id="xlsigTab" label="xlsig">{group}</tab></tabs></ribbon></customUI>'


def _button(name: str, label: str, image: str) -> str:
    return f'<button id="xlsig{name}" label="{label}" size="large" imageMso="{image}" onAction="XlsigRibbon.Xlsig{name}"/>'

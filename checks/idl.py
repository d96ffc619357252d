"""The add-in's interface in UNOIDL: what `unoidl-write` would compile, for the check of our own type library and for readers."""

from __future__ import annotations

from collections.abc import Iterable

from xlsig.hosts.calc.signatures import ANY, BLOCK, INTERFACE, MODULE, RANGE, Method

_SPELLED = {RANGE: RANGE.replace(".", "::"), ANY: "any", BLOCK: "sequence< sequence< any > >"}


def idl(methods: Iterable[Method]) -> str:
    """The interface as text."""
    lines = [" ".join(f"module {name} {{" for name in MODULE), f"interface {INTERFACE} : com::sun::star::uno::XInterface {{"]
    for method in methods:
        arguments = ", ".join(f"[in] {_SPELLED[each.type]} {each.identifier}" for each in method.parameters)
        lines.append(f"    {_SPELLED[method.returns]} {method.name}({arguments});")
    return "\n".join([*lines, "};", " ".join("};" for _ in MODULE), ""])

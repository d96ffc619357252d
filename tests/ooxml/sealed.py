"""What firms and newer Excels put into a workbook besides: signatures, a sensitivity label, Python in cells."""

from __future__ import annotations

from pathlib import Path

from tests.ooxml.packing import HEAD, OFFICE, PACKAGE, POINTERS, TOP, TYPES, changed, read, save

_OFFICE_2020 = "http://schemas.microsoft.com/office/2020"
_SIGNATURE = f"{PACKAGE}/relationships/digital-signature"
_SIGNED = "application/vnd.openxmlformats-package.digital-signature"
_VBA = "xl/vbaProject.bin"


def seal(path: Path) -> tuple[str, ...]:
    """Add them to a workbook, in place; the parts that are new. A VBA signature where there is a VBA project."""
    parts = read(path)
    before = set(parts)
    parts["_xmlsignatures/origin.sigs"] = b""
    parts["_xmlsignatures/sig1.xml"] = f'{HEAD}<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="idPackageSignature"/>'.encode()
    parts["_xmlsignatures/_rels/origin.sigs.rels"] = _pointers(f"{_SIGNATURE}/signature", "sig1.xml")
    parts["docMetadata/LabelInfo.xml"] = (
        f'{HEAD}<clbl:labelList xmlns:clbl="{_OFFICE_2020}/mipLabelMetadata"><clbl:label id="{{1b52b3c7-0001-4f6f-8a55-0123456789ab}}" '
        'enabled="1" method="Privileged" siteId="{1b52b3c7-0002-4f6f-8a55-0123456789ab}" removed="0"/></clbl:labelList>'
    ).encode()
    parts["xl/pythonScripts.xml"] = (
        f'{HEAD}<pythonScripts xmlns="http://schemas.microsoft.com/office/spreadsheetml/2023/pythonScripts">'
        '<pythonScript>xl("Flows[#All]", headers=True).describe()</pythonScript></pythonScripts>'
    ).encode()
    kinds = (
        f'<Default Extension="sigs" ContentType="{_SIGNED}-origin"/>'
        f'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="{_SIGNED}-xmlsignature+xml"/>'
        '<Override PartName="/docMetadata/LabelInfo.xml" ContentType="application/vnd.ms-office.classificationlabels+xml"/>'
        '<Override PartName="/xl/pythonScripts.xml" ContentType="application/vnd.ms-excel.pythonScripts+xml"/>'
    )
    if _VBA in parts:
        parts["xl/vbaProjectSignature.bin"] = bytes(range(256))
        parts["xl/_rels/vbaProject.bin.rels"] = _pointers(
            "http://schemas.microsoft.com/office/2006/relationships/vbaProjectSignature", "vbaProjectSignature.bin"
        )
        kinds += '<Override PartName="/xl/vbaProjectSignature.bin" ContentType="application/vnd.ms-office.vbaProjectSignature"/>'
    parts = changed(parts, TYPES, "</Types>", f"{kinds}</Types>")
    parts = changed(
        parts,
        TOP,
        "</Relationships>",
        f'<Relationship Id="rIdSigned" Type="{_SIGNATURE}/origin" Target="_xmlsignatures/origin.sigs"/><Relationship Id="rIdLabel" '
        f'Type="{_OFFICE_2020}/02/relationships/classificationlabels" Target="docMetadata/LabelInfo.xml"/></Relationships>',
    )
    python = "http://schemas.microsoft.com/office/2023/09/relationships/pythonScripts"
    parts = changed(
        parts, POINTERS, "</Relationships>", f'<Relationship Id="rIdPython" Type="{python}" Target="pythonScripts.xml"/></Relationships>'
    )
    assert OFFICE.encode() in parts[TOP]
    save(path, parts)
    return tuple(sorted(set(parts) - before))


def _pointers(kind: str, target: str) -> bytes:
    pointer = f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/>'
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{pointer}</Relationships>'.encode()

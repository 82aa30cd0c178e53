"""The workbook for an Office add-in.

Formulas are named as Excel stores those of an add-in, and parts name the add-in.

What Excel itself writes was read out of a workbook that Excel saved (xlwings-server,
`tests/e2e_custom_functions.xlsx`): a function of an add-in is stored as `_xldudf_`, the manifest's
namespace, if it has one, and its id.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import quoteattr

ADD_IN_ID = "6d6c2c4e-8a2c-4b0f-9a55-5b9f6f2a7c31"
"""Id of the icbudget add-in in its manifest; stored in people's workbooks, so it never changes."""
ADD_IN_VERSION = "1.0.0.0"
STORE = "EXCatalog"
"""Where the add-in comes from: an organisation's admin centre."""
PREFIX = "_xldudf_"

_PART = "{9A1F0D52-3C77-4E0B-8F61-0C6F0B7C5E21}"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_MICROSOFT = "http://schemas.microsoft.com/office"
_CONTENT = "application/vnd.ms-office.webextension"
_FORMULA = re.compile(r"<f[^>]*>[^<]*</f>")
_OURS = re.compile(r"\bICB_[A-Z]+(?=\()")


def for_add_in(content: bytes) -> bytes:
    """Return a built workbook whose formulas are the add-in's, and which names the add-in.

    Everything else stays as it is.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {entry.filename: packed.read(entry) for entry in packed.infolist()}
    ids: set[str] = set()
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            text = part.decode()
            ids.update(_OURS.findall("".join(_FORMULA.findall(text))))
            parts[name] = _FORMULA.sub(
                lambda formula: _OURS.sub(PREFIX + r"\g<0>", formula[0]), text
            ).encode()
    types = parts["[Content_Types].xml"].decode()
    more = _override("/xl/webextensions/taskpanes.xml", "taskpanes") + _override(
        "/xl/webextensions/webextension1.xml", ""
    )
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{more}</Types>").encode()
    links = parts["_rels/.rels"].decode()
    link = _relationship(
        f"rId{links.count('<Relationship ') + 1}",
        "webextensiontaskpanes",
        "xl/webextensions/taskpanes.xml",
    )
    parts["_rels/.rels"] = links.replace("</Relationships>", f"{link}</Relationships>").encode()
    parts |= {
        name: (_DECLARATION + part).encode()
        for name, part in _parts(sorted(PREFIX + id for id in ids)).items()
    }
    return packed_again(parts)


def packed_again(parts: dict[str, bytes]) -> bytes:
    """Return parts as the bytes of a workbook, always the same for the same parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            # The first day that a zip can hold, and not today: equal parts give equal bytes.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, part)
    return stream.getvalue()


def _parts(stored_ids: list[str]) -> dict[str, str]:
    listed = "".join(f"<we:customFunctionIds>{id}</we:customFunctionIds>" for id in stored_ids)
    has_functions = (
        f'<a:ext xmlns:a="{_DRAWING}"'
        ' uri="{D87F86FE-615C-45B5-9D79-34F1136793EB}"><we:containsCustomFunctions/></a:ext>'
    )
    which = (
        f'<a:ext xmlns:a="{_DRAWING}" uri="{{7C84B067-C214-45C3-A712-C9D94CD141B2}}">'
        f"<we:customFunctionIdList>{listed}</we:customFunctionIdList></a:ext>"
    )
    reference = " ".join(
        f"{name}={quoteattr(value)}"
        for name, value in (
            ("id", ADD_IN_ID),
            ("version", ADD_IN_VERSION),
            ("store", STORE),
            ("storeType", STORE),
        )
    )
    return {
        "xl/webextensions/taskpanes.xml": (
            "<wetp:taskpanes"
            f' xmlns:wetp="{_MICROSOFT}/webextensions/taskpanes/2010/11"><wetp:taskpane'
            ' dockstate="right" visibility="0" width="350" row="0"><wetp:webextensionref'
            f' xmlns:r="{_OFFICE}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
        ),
        "xl/webextensions/webextension1.xml": (
            f'<we:webextension xmlns:we="{_MICROSOFT}/webextensions/webextension/2010/11"'
            f' id="{_PART}"><we:reference'
            f" {reference}/><we:alternateReferences/><we:properties/><we:bindings/><we:snapshot"
            f' xmlns:r="{_OFFICE}"/><we:extLst>{has_functions}{which}</we:extLst></we:webextension>'
        ),
        "xl/webextensions/_rels/taskpanes.xml.rels": (
            f'<Relationships xmlns="{_RELATIONSHIPS}">'
            f"{_relationship('rId1', 'webextension', 'webextension1.xml')}</Relationships>"
        ),
    }


def _relationship(id: str, kind: str, target: str) -> str:
    return (
        f'<Relationship Id="{id}" Type="{_MICROSOFT}/2011/relationships/{kind}" Target="{target}"/>'
    )


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{_CONTENT}{kind}+xml"/>'

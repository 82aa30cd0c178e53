"""Workbooks opened with no more sheets than a test looks at: openpyxl takes most of a second for a
hundred sheets, and most tests look at one or two.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Collection
from pathlib import Path

import openpyxl

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BOOK = "xl/workbook.xml"


def with_sheets(workbook: bytes | Path, *titles: str, values: bool = False) -> openpyxl.Workbook:
    """Return a workbook opened with these sheets alone."""
    content = workbook if isinstance(workbook, bytes) else workbook.read_bytes()
    return openpyxl.load_workbook(io.BytesIO(with_only(content, titles)), data_only=values)


def sheet_names(workbook: bytes | Path) -> list[str]:
    """Return the names of a workbook's sheets in their order."""
    source = io.BytesIO(workbook) if isinstance(workbook, bytes) else workbook
    with zipfile.ZipFile(source) as packed:
        sheets = ET.fromstring(packed.read(BOOK)).iter(f"{MAIN}sheet")
    return [sheet.get("name", "") for sheet in sheets]


def with_only(content: bytes, titles: Collection[str]) -> bytes:
    """Return the workbook with these sheets alone; their print areas and repeated rows stay theirs."""
    packed, made = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    book = ET.fromstring(packed.read(BOOK))
    sheets, names = book.find(f"{MAIN}sheets"), book.find(f"{MAIN}definedNames")
    places = {}  # of a sheet that stays: where it stood, and where it stands
    for before, sheet in enumerate([*sheets]):
        if sheet.get("name") in titles:
            places[str(before)] = str(len(places))
        else:
            sheets.remove(sheet)
    for name in [*names] if names is not None else ():
        place = name.get("localSheetId")
        if place in places:
            name.set("localSheetId", places[place])
        elif place is not None:
            names.remove(name)
    for view in book.iter(f"{MAIN}workbookView"):
        view.attrib.pop("activeTab", None)
        view.attrib.pop("firstSheet", None)
    with zipfile.ZipFile(made, "w") as written:
        for part in packed.namelist():
            written.writestr(part, ET.tostring(book) if part == BOOK else packed.read(part))
    return made.getvalue()

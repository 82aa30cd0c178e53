"""Sheets of answers to which nobody added anything: left blank for openpyxl.

They are most of a workbook's cells, and hold nothing that could be carried over.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Collection
from pathlib import Path

from icbudget.workbook.reading.container import Container
from icbudget.workbook.reading.preflight import Book, open_book
from icbudget.workbook.reading.xml_parts import elements, relations

_STYLE_OF_CELL = re.compile(rb'<c\b(?:[^>]*?\ss="(\d+)")?')
_BLANK = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData/></worksheet>"
)


def without_untouched(path: Path, answers: Collection[str]) -> io.BytesIO:
    """Return a workbook in which those sheets of answers are blank that nobody touched.

    `answers`: the sheets that icbudget writes answers on. A sheet of which it is not certain counts
    as touched, and stays as it is. The workbook is one that could be read.
    """
    book, _ = open_book(path)
    assert book is not None, "what was read can be opened"
    at_top = _styles_at_top(book)
    untouched = {
        sheet.part
        for sheet in book.sheets
        if sheet.name in answers and _is_untouched(book.box, sheet.part, at_top)
    }
    left_out = {_relations_of(part) for part in untouched}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as kept:
        for part in book.box.parts:
            if part in untouched:
                kept.writestr(part, _BLANK)
            elif part not in left_out:
                kept.writestr(part, book.box.read(part))
    return made


def _is_untouched(box: Container, part: str, at_top: frozenset[bytes]) -> bool:
    """Return whether a sheet certainly has no cell that somebody typed, picture or protection.

    Every cell that icbudget writes stands at the top of its row; one that is typed does not.
    """
    written = box.read(part)
    # Names with a prefix, as few programs write them, are not looked for below.
    if b"<worksheet" not in written or b"sheetProtection" in written:
        return False
    if not at_top.issuperset(_STYLE_OF_CELL.findall(written)):
        return False
    kinds = {link.kind for link in relations(box, part).values()}
    for link in relations(box, part).values():
        if link.kind == "drawing":
            kinds |= {drawn.kind for drawn in relations(box, link.target).values()}
    return kinds.isdisjoint(("image", "pivotTable"))


def _styles_at_top(book: Book) -> frozenset[bytes]:
    """Return the cell styles, as cells name them, that say where in its row a cell stands."""
    section, number = "", -1
    at_top: set[bytes] = set()
    for link in book.links.values():
        if link.kind != "styles" or link.target not in book.box.parts:
            continue
        for element in elements(book.box, link.target):
            if element.name in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
                section = element.name
            elif element.name == "xf" and section == "cellXfs":
                number += 1
            elif section == "cellXfs" and "vertical" in element.attributes:
                at_top.add(str(number).encode())
    return frozenset(at_top)


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")

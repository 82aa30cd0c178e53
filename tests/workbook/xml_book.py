"""A workbook whose XML is changed only where a test changes it; the rest stays byte for byte.

It answers to the few names of openpyxl that spoiling a plan needs. Reading and saving a whole
workbook with openpyxl for one changed cell costs a hundred times the change, and tests make such
workbooks by the hundred. A sheet is put in, moved or hidden with openpyxl itself.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import to_excel

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ET.register_namespace("", _MAIN)
ET.register_namespace("r", _LINK[1:].split("}")[0])
_BOOK, _KINDS, _STYLES = "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
_BEFORE_MERGED = ("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "autoFilter")
_DATE_FORMAT = "14"


def _main(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


class Book:
    """A workbook saved by openpyxl: its texts stand in their cells."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            self._parts = {name: packed.read(name) for name in packed.namelist()}
        self._trees: dict[str, ET.Element] = {}
        self._pages: dict[str, Page] = {}

    def copy(self) -> Book:
        """Return the workbook as it was read, for another change."""
        other = Book.__new__(Book)
        other._parts, other._trees, other._pages = dict(self._parts), {}, {}
        return other

    def save(self, path: Path | io.BytesIO) -> None:
        """Write the workbook, its parts not packed; only XML that was looked at is written anew."""
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in self._parts.items():
                tree = self._trees.get(name)
                packed.writestr(name, content if tree is None else ET.tostring(tree, "UTF-8"))

    def __getitem__(self, title: str) -> Page:
        return self._page(self.parts_of_sheets()[title])

    def _page(self, part: str) -> Page:
        if part not in self._pages:
            self._pages[part] = Page(self, part)
        return self._pages[part]

    def __iter__(self) -> Iterator[Page]:
        return iter([self._page(part) for part in self.parts_of_sheets().values()])

    @property
    def sheetnames(self) -> list[str]:
        return [*self.parts_of_sheets()]

    def __delitem__(self, title: str) -> None:
        """Take a sheet out, and with it the names that are a single sheet's, which count sheets."""
        part, book = self.parts_of_sheets()[title], self.tree(_BOOK)
        for parent in (book.find(_main("sheets")), book.find(_main("definedNames"))):
            for child in [*parent] if parent is not None else ():
                if child.get("name") == title or child.get("localSheetId") is not None:
                    parent.remove(child)
        self.delete_part(part, "xl/_rels/workbook.xml.rels")

    def remove(self, page: Page) -> None:
        del self[page.title]

    # Parts and their links

    def tree(self, part: str) -> ET.Element:
        if part not in self._trees:
            self._trees[part] = ET.fromstring(self._parts[part])
        return self._trees[part]

    def read(self, part: str) -> ET.Element:
        """Return the XML of a part that is not going to be changed."""
        tree = self._trees.get(part)
        return ET.fromstring(self._parts[part]) if tree is None else tree

    def parts_of_sheets(self) -> dict[str, str]:
        targets = self.targets(_BOOK)  # few lines, and a sheet may be renamed or deleted
        sheets = self.tree(_BOOK).iter(_main("sheet"))
        return {sheet.get("name", ""): targets[sheet.get(_LINK, "")] for sheet in sheets}

    def targets(self, part: str) -> dict[str, str]:
        """Return what a part links to, by the link's id."""
        folder, links = posixpath.dirname(part), links_of(part)
        if links not in self._parts:
            return {}
        whole = {
            link.get("Id", ""): posixpath.join("/", folder, link.get("Target", ""))
            for link in self.read(links)
        }
        return {id: posixpath.normpath(target).lstrip("/") for id, target in whole.items()}

    def delete_part(self, part: str, links: str) -> None:
        """Delete a part, its kind and the link to it."""
        for parent, attribute in ((self.tree(_KINDS), "PartName"), (self.tree(links), "Target")):
            for child in [*parent]:
                if child.get(attribute, "").endswith(part.removeprefix("xl/")):
                    parent.remove(child)
        del self._parts[part]

    def date_style(self) -> str:
        """Return the number of a cell style that shows a date; it is put in where it is not."""
        styles = self.tree(_STYLES).find(_main("cellXfs"))
        for at, style in enumerate(styles):
            if style.get("numFmtId") == _DATE_FORMAT:
                return str(at)
        ET.SubElement(
            styles,
            _main("xf"),
            {"numFmtId": _DATE_FORMAT, "fontId": "0", "fillId": "0", "borderId": "0"},
        )
        styles.set("count", str(len(styles)))
        return str(len(styles) - 1)


def links_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


class Page:
    """A sheet."""

    def __init__(self, book: Book, part: str) -> None:
        self.book, self.part = book, part
        self.tables = Tables(self)

    @property
    def xml(self) -> ET.Element:
        return self.book.tree(self.part)

    @cached_property
    def lines(self) -> dict[int, ET.Element]:
        return {int(row.get("r", "")): row for row in self.xml.iter(_main("row"))}

    @cached_property
    def cells(self) -> dict[tuple[int, int], ET.Element]:
        cells = self.xml.iter(_main("c"))
        return {coordinate_to_tuple(cell.get("r", "")): cell for cell in cells}

    @property
    def title(self) -> str:
        return next(t for t, part in self.book.parts_of_sheets().items() if part == self.part)

    @title.setter
    def title(self, title: str) -> None:
        old, book = self.title, self.book.tree(_BOOK)
        next(s for s in book.iter(_main("sheet")) if s.get("name") == old).set("name", title)
        for name in book.iter(_main("definedName")):
            name.text = (name.text or "").replace(f"'{old}'!", f"'{title}'!")

    def cell(self, row: int, column: int) -> Cell:
        return Cell(self, row, column)

    def __getitem__(self, row: int) -> tuple[Cell, ...]:
        last = max((column for _, column in self.cells), default=0)
        return tuple(Cell(self, row, column) for column in range(1, last + 1))

    def iter_rows(self) -> Iterator[tuple[Cell, ...]]:
        return (self[row] for row in range(1, max(self.lines, default=0) + 1))

    def merge_cells(self, ref: str) -> None:
        """Merge cells; all but the first lose what they hold."""
        (top, left), (bottom, right) = map(coordinate_to_tuple, ref.split(":"))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    self.cell(row, column).value = None
        merged = self.xml.find(_main("mergeCells"))
        if merged is None:
            merged = ET.Element(_main("mergeCells"))
            names = [child.tag for child in self.xml]
            before = [names.index(_main(name)) for name in _BEFORE_MERGED if _main(name) in names]
            self.xml.insert(max(before) + 1, merged)
        ET.SubElement(merged, _main("mergeCell"), ref=ref)
        merged.set("count", str(len(merged)))

    def made(self, row: int, column: int) -> ET.Element:
        """Return a cell's XML, made where there is none."""
        if (row, column) in self.cells:
            return self.cells[row, column]
        if row not in self.lines:
            self.lines[row] = ET.Element(_main("row"), r=str(row))
            before = sum(other < row for other in self.lines)
            self.xml.find(_main("sheetData")).insert(before, self.lines[row])
        line = self.lines[row]
        before = sum(coordinate_to_tuple(c.get("r", ""))[1] < column for c in line)
        self.cells[row, column] = ET.Element(_main("c"), r=f"{get_column_letter(column)}{row}")
        line.insert(before, self.cells[row, column])
        return self.cells[row, column]


class Cell:
    """A cell; its format stays when its value changes."""

    def __init__(self, page: Page, row: int, column: int) -> None:
        self.page, self.row, self.column = page, row, column
        self.coordinate = f"{get_column_letter(column)}{row}"

    @property
    def value(self) -> object:
        cell = self.page.cells.get((self.row, self.column))
        if cell is None:
            return None
        formula, stored = cell.find(_main("f")), cell.find(_main("v"))
        if formula is not None:
            return f"={formula.text}"
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return "".join(text.text or "" for text in cell.iter(_main("t")))
        if stored is None or stored.text is None:
            return None
        if kind == "b":
            return stored.text == "1"
        if kind == "n":
            number = float(stored.text)
            return int(number) if number.is_integer() else number
        return stored.text

    @value.setter
    def value(self, value: object) -> None:
        cell = self.page.made(self.row, self.column)
        for child in [*cell]:
            cell.remove(child)
        cell.attrib.pop("t", None)
        if value is None:
            return
        if isinstance(value, str) and value.startswith("="):
            ET.SubElement(cell, _main("f")).text = value[1:]
            return
        if isinstance(value, str) and value not in _ERRORS:
            cell.set("t", "inlineStr")
            text = ET.SubElement(ET.SubElement(cell, _main("is")), _main("t"))
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            text.text = value
            return
        if isinstance(value, dt.date):
            cell.set("s", self.page.book.date_style())
            value = to_excel(value)
        elif isinstance(value, bool):
            cell.set("t", "b")
            value = int(value)
        elif isinstance(value, str):
            cell.set("t", "e")
        ET.SubElement(cell, _main("v")).text = str(value)


class Tables:
    """The Excel Tables of a sheet by name."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def links(self) -> dict[str, tuple[str, str]]:
        """The id of the link to each table, and its part."""
        links = self.page.book.targets(self.page.part).items()
        return {
            self.page.book.read(target).get("displayName", ""): (id, target)
            for id, target in links
            if target.startswith("xl/tables/")
        }

    def __contains__(self, name: str) -> bool:
        return name in self.links

    def __iter__(self) -> Iterator[str]:
        return iter(self.links)

    def __getitem__(self, name: str) -> Table:
        return Table(self.page.book, self.links[name][1])

    def values(self) -> list[Table]:
        return [self[name] for name in self]

    def __delitem__(self, name: str) -> None:
        """Make plain cells of a table."""
        id, target = self.links.pop(name)
        listed = self.page.xml.find(_main("tableParts"))
        listed.remove(next(one for one in listed if one.get(_LINK) == id))
        listed.set("count", str(len(listed)))
        if not len(listed):
            self.page.xml.remove(listed)
        self.page.book.delete_part(target, links_of(self.page.part))


class Named:
    """XML that has a name."""

    def __init__(self, xml: ET.Element) -> None:
        self.xml = xml

    @property
    def name(self) -> str:
        return self.xml.get("name", "")

    @name.setter
    def name(self, name: str) -> None:
        self.xml.set("name", name)


class Table:
    """An Excel Table; its filter has its range."""

    def __init__(self, book: Book, part: str) -> None:
        self.xml = book.tree(part)
        self.displayName = self.xml.get("displayName", "")

    @property
    def ref(self) -> str:
        return self.xml.get("ref", "")

    @ref.setter
    def ref(self, ref: str) -> None:
        for one in (self.xml, self.xml.find(_main("autoFilter"))):
            if one is not None:
                one.set("ref", ref)

    @property
    def tableColumns(self) -> list[Named]:
        return [Named(column) for column in self.xml.iter(_main("tableColumn"))]

    def without_headings(self) -> None:
        """Say that the table has no heading row, and so no filter."""
        self.xml.set("headerRowCount", "0")
        for one in self.xml.findall(_main("autoFilter")):
            self.xml.remove(one)

    def with_totals(self) -> None:
        """Say that the table's last row is a row of totals."""
        self.xml.set("totalsRowCount", "1")

"""A workbook as its XML parts, changed where a test wants it and else left byte for byte.

Reading and saving a whole workbook for one changed cell costs some hundred times the change.
"""

from __future__ import annotations

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ET.register_namespace("", _MAIN)
ET.register_namespace("r", _LINKS)
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
_BEFORE_MERGED = ("sheetCalcPr", "sheetProtection", "protectedRanges", "autoFilter", "sheetData")


def _main(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


class Parts:
    """The parts of a workbook by name; those asked for as XML are written anew."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            self._content = {name: packed.read(name) for name in packed.namelist()}
        self._trees: dict[str, ET.Element] = {}

    def copy(self) -> Parts:
        """Return the same workbook, for another change."""
        other = Parts.__new__(Parts)
        other._content, other._trees = dict(self._content), {}
        return other

    def tree(self, part: str) -> ET.Element:
        """Return a part as XML."""
        if part not in self._trees:
            self._trees[part] = ET.fromstring(self._content[part])
        return self._trees[part]

    def saved(self) -> bytes:
        """Return the workbook."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for name, content in self._content.items():
                tree = self._trees.get(name)
                packed.writestr(name, content if tree is None else ET.tostring(tree, "UTF-8"))
        return stream.getvalue()

    def sheets(self) -> dict[str, str]:
        """Return the part of each sheet by the name on its tab."""
        targets = self._targets("xl/workbook.xml")
        sheets = self.tree("xl/workbook.xml").iter(_main("sheet"))
        return {
            sheet.get("name", ""): targets[sheet.get(f"{{{_LINKS}}}id", "")] for sheet in sheets
        }

    def tables(self) -> dict[str, tuple[str, str]]:
        """Return the sheet and the part of each Excel Table by its name."""
        tables = {}
        for sheet, part in self.sheets().items():
            for target in self._targets(part).values():
                if target.startswith("xl/tables/"):
                    tables[self.tree(target).get("name", "")] = (sheet, target)
        return tables

    def _targets(self, part: str) -> dict[str, str]:
        folder, name = posixpath.split(part)
        links = f"{folder}/_rels/{name}.rels"
        if links not in self._content:
            return {}
        return {
            link.get("Id", ""): posixpath.normpath(
                posixpath.join("/" + folder, link.get("Target", ""))
            ).lstrip("/")
            for link in self.tree(links)
        }

    def rename_sheet(self, old: str, new: str) -> None:
        """Give a sheet another name on its tab, and in the names that stand for its cells."""
        book = self.tree("xl/workbook.xml")
        next(s for s in book.iter(_main("sheet")) if s.get("name") == old).set("name", new)
        for name in book.iter(_main("definedName")):
            name.text = (name.text or "").replace(f"'{old}'!", f"'{new}'!")

    def delete_sheet(self, name: str) -> None:
        """Take a sheet out of the workbook, with all names of single sheets, which are counted."""
        part = self.sheets()[name]
        book = self.tree("xl/workbook.xml")
        for parent in (book.find(_main("sheets")), book.find(_main("definedNames"))):
            for child in [*parent] if parent is not None else ():
                if child.get("name") == name or child.get("localSheetId") is not None:
                    parent.remove(child)
        kinds, links = self.tree("[Content_Types].xml"), self.tree("xl/_rels/workbook.xml.rels")
        for parent, attribute in ((kinds, "PartName"), (links, "Target")):
            for child in [*parent]:
                if child.get(attribute, "").endswith(part.removeprefix("xl/")):
                    parent.remove(child)
        del self._content[part]

    def drop_table(self, name: str) -> None:
        """Make plain cells of an Excel Table."""
        sheet, target = self.tables()[name]
        part = self.sheets()[sheet]
        folder, file = posixpath.split(part)
        links = self.tree(f"{folder}/_rels/{file}.rels")
        link = next(k for k in links if k.get("Target", "").endswith(posixpath.basename(target)))
        links.remove(link)
        page = self.tree(part)
        listed = page.find(_main("tableParts"))
        for one in [*listed]:
            if one.get(f"{{{_LINKS}}}id") == link.get("Id"):
                listed.remove(one)
        listed.set("count", str(len(listed)))
        if not len(listed):
            page.remove(listed)
        for kind in [*self.tree("[Content_Types].xml")]:
            if kind.get("PartName") == f"/{target}":
                self.tree("[Content_Types].xml").remove(kind)
        del self._content[target]


class TableSheet:
    """An Excel Table of a workbook and the cells of its sheet."""

    def __init__(self, book: Parts, name: str) -> None:
        self.book, self.name = book, name
        self.sheet, part = book.tables()[name]
        self._page = book.tree(book.sheets()[self.sheet])
        self._table = book.tree(part)
        self.first, self.top, self.last, self.end = range_boundaries(self._table.get("ref"))
        self._cells = {
            coordinate_to_tuple(cell.get("r", "")): cell for cell in self._page.iter(_main("c"))
        }

    @property
    def rows(self) -> list[int]:
        """The rows that hold figures."""
        rows = range(self.top + 1, self.end + 1)
        return [row for row in rows if self.text(row, self.first) is not None]

    def headings(self) -> list[str]:
        return [str(self.text(self.top, c)) for c in range(self.first, self.last + 1)]

    def column(self, heading: str) -> int:
        return self.first + self.headings().index(heading)

    def cell(self, heading: str, row: int = 0) -> tuple[int, int]:
        """Return the row and column of a figure, for `text` and `put`."""
        return self.rows[row], self.column(heading)

    def text(self, row: int, column: int) -> str | None:
        """Return what stands in a cell; nothing where it is blank."""
        cell = self._cells.get((row, column))
        if cell is None:
            return None
        kept = cell.find(_main("v"))
        words = [t.text or "" for t in cell.iter(_main("t"))]
        return "".join(words) if words else (kept.text if kept is not None else None)

    def put(self, row: int, column: int, value: object) -> None:
        """Put a value into a cell as a spreadsheet program stores it; its format stays."""
        cell = self._cell(row, column)
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
            inside = ET.SubElement(ET.SubElement(cell, _main("is")), _main("t"))
            inside.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            inside.text = value
            return
        if isinstance(value, (str, bool)):
            cell.set("t", "b" if isinstance(value, bool) else "e")
        stored = str(int(value)) if isinstance(value, bool) else str(value)
        ET.SubElement(cell, _main("v")).text = stored

    def copy(self, row: int, to_row: int, column: int) -> None:
        """Put what stands in one row of a column into another."""
        self.put(to_row, column, None)
        source, target = self._cell(row, column), self._cell(to_row, column)
        target.extend(ET.fromstring(ET.tostring(child)) for child in source)
        if kind := source.get("t"):
            target.set("t", kind)

    def _cell(self, row: int, column: int) -> ET.Element:
        if (row, column) not in self._cells:
            line = next(r for r in self._page.iter(_main("row")) if r.get("r") == str(row))
            before = sum(coordinate_to_tuple(c.get("r", ""))[1] < column for c in line)
            cell = ET.Element(_main("c"), r=f"{get_column_letter(column)}{row}")
            line.insert(before, cell)
            self._cells[row, column] = cell
        return self._cells[row, column]

    def merge(self, first: int, last: int, column: int) -> None:
        """Merge cells of a column: all but the first lose what they hold."""
        for row in range(first + 1, last + 1):
            self.put(row, column, None)
        letter = get_column_letter(column)
        merged = self._page.find(_main("mergeCells"))
        if merged is None:
            merged = ET.Element(_main("mergeCells"))
            names = [child.tag for child in self._page]
            at = 1 + max(names.index(_main(n)) for n in _BEFORE_MERGED if _main(n) in names)
            self._page.insert(at, merged)
        ET.SubElement(merged, _main("mergeCell"), ref=f"{letter}{first}:{letter}{last}")
        merged.set("count", str(len(merged)))

    def resize(self, top: int, end: int) -> None:
        """Let the table begin and end in other rows."""
        ref = f"{get_column_letter(self.first)}{top}:{get_column_letter(self.last)}{end}"
        self._table.set("ref", ref)
        filtered = self._table.find(_main("autoFilter"))
        if filtered is not None:
            filtered.set("ref", ref)

    def without_headings(self) -> None:
        """Say that the table has no heading row, and so no filter."""
        self._table.set("headerRowCount", "0")
        filtered = self._table.find(_main("autoFilter"))
        if filtered is not None:
            self._table.remove(filtered)

    def with_totals(self) -> None:
        """Say that the table's last row is a row of totals."""
        self._table.set("totalsRowCount", "1")
        self._table.attrib.pop("totalsRowShown", None)

    def rename(self, old: str, new: str) -> None:
        """Give a column another heading, in its cell and in the table."""
        self.put(self.top, self.column(old), new)
        for column in self._table.iter(_main("tableColumn")):
            if column.get("name") == old:
                column.set("name", new)

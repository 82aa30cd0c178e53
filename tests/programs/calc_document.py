"""A workbook that is open in Calc: its cells' values, its errors, and saving it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

AGAIN = "CALLED.AGAIN"
"""What gives the result of the call just made, once more."""
_OWN_TEXT = re.compile(
    rf"""IF\(ISTEXT\((ICB_[^<{{}}]*?\))\)[;,]{AGAIN}\([^()]*\)&(?:amp;)?(?:""|&quot;&quot;)[;,]"""
    rf"""{AGAIN}\([^()]*\)\)"""
)
"""What `_plug_in` puts round a call, in a formula or in the XML of a saved sheet."""
_FIRST_ARGUMENT = re.compile(r"^\w+\(([\w.$]+)[;,)]")
_WHOLE_TABLE = re.compile(r"\[\[#All\]\]|\[#All\]", re.IGNORECASE)
FORMULA_CELLS = 16
"""com.sun.star.sheet.CellFlags.FORMULA"""
NUMBER_RESULT, ERROR_RESULT = 1, 4
"""com.sun.star.sheet.FormulaResult"""


class CellError(NamedTuple):
    """A formula cell in error, with Calc's number for it: 504 bad range, 519 #VALUE!, 524 #REF!,
    525 #NAME?, 532 #DIV/0! ...
    """

    sheet: str
    cell: str
    formula: str
    code: int


class Document:
    """A workbook open in Calc. Cells are named as on the sheet, `B7`."""

    def __init__(
        self,
        uno: ModuleType,
        opened: Any,
        functions: Mapping[str, str],
        plugged: Sequence[str] | None = None,
    ) -> None:
        """`functions`: the name in cells of every plugged-in function, by the name that Calc has
        for it. `plugged`: the sheets whose formulas alone are entered and worked out.
        """
        self._uno, self._opened, self._functions = uno, opened, functions
        names = "|".join(map(re.escape, functions.values()))
        self._called = re.compile(
            rf"(?<![\w.])(?:_xll\.|_xldudf_(?:[A-Z0-9]+_)??)?({names})(?=\()", re.IGNORECASE
        )
        if functions:
            self._plug_in(plugged)
        if plugged is None:
            self.recalculate()

    def value(self, sheet: str, cell: str) -> float | str | None:
        """Return what a cell holds: a number (TRUE is 1), text, None when blank, or an error as its
        text, `#VALUE!`.
        """
        return _value(self._range(sheet, cell))

    def values(self, sheet: str, cells: str) -> list[list[float | str | None]]:
        """Return what the cells of a range such as `B2:D9` hold, row by row."""
        found = self._range(sheet, cells)
        left, top = found.RangeAddress.StartColumn, found.RangeAddress.StartRow
        rows: list[list[float | str | None]] = [list(row) for row in found.getDataArray()]
        for blank in found.queryEmptyCells().RangeAddresses:
            for row in rows[blank.StartRow - top : blank.EndRow - top + 1]:
                row[blank.StartColumn - left : blank.EndColumn - left + 1] = [None] * (
                    blank.EndColumn - blank.StartColumn + 1
                )
        for cell in found.queryFormulaCells(ERROR_RESULT).Cells:
            rows[cell.CellAddress.Row - top][cell.CellAddress.Column - left] = str(cell.String)
        return rows

    def set(self, sheet: str, cell: str, value: float | str | None) -> None:
        """Put a value into a cell as a person types it, text staying text; blank it with None.

        Raises `ValueError` where the sheet is protected and the cell locked, since Calc would
        ignore it silently.
        """
        found = self._range(sheet, cell)
        if found.Spreadsheet.isProtected() and found.CellProtection.IsLocked:
            raise ValueError(f"{sheet}!{cell} is locked")
        if isinstance(value, str):
            found.String = value
        elif value is None:
            found.clearContents(1 | 2 | 4 | FORMULA_CELLS)
        else:
            found.Value = value

    def set_values(
        self, sheet: str, cells: str, rows: Sequence[Sequence[float | str | None]]
    ) -> None:
        """Put rows of values into a range of that size at once, text staying text, None a blank;
        see `set` for locked cells.
        """
        found = self._range(sheet, cells)
        if found.Spreadsheet.isProtected():
            raise ValueError(f"{sheet} is protected: set its cells one by one")
        found.setDataArray(
            tuple(tuple("" if value is None else value for value in row) for row in rows)
        )

    def set_formula(self, sheet: str, cells: str, formula: str) -> None:
        """Put a formula into one cell, or over a range such as `B2:D9` as one array formula."""
        found = self._range(sheet, cells)
        if found.Rows.Count == found.Columns.Count == 1:
            found.Formula = formula
        else:
            found.ArrayFormula = formula

    def formula(self, sheet: str, cell: str) -> str:
        """Return a cell's formula; an array formula in curly brackets."""
        return self._told(self._range(sheet, cell).Formula)

    def delete_sheet(self, sheet: str) -> None:
        """Delete a sheet, as a person does by its tab."""
        self._opened.Sheets.removeByName(sheet)
        self.recalculate()

    def named(self, name: str) -> float | str | None:
        """Return what the one cell of a defined name holds."""
        return _value(
            self._opened.NamedRanges.getByName(name).getReferredCells().getCellByPosition(0, 0)
        )

    def errors(self) -> list[CellError]:
        """Return every formula cell in error, in the order of the sheets; of an array formula its
        first cell in error.
        """
        found = []
        for sheet in self._opened.Sheets:
            arrays: set[str] = set()
            for cells in sheet.queryFormulaCells(ERROR_RESULT):
                for row, formulas in enumerate(cells.getFormulaArray()):
                    for column, formula in enumerate(formulas):
                        if formula in arrays:
                            continue
                        if formula.startswith("{"):
                            arrays.add(formula)
                        cell = cells.getCellByPosition(column, row)
                        found.append(
                            CellError(
                                sheet.Name, _name(cell), self._told(cell.Formula), cell.getError()
                            )
                        )
        return found

    def recalculate(self) -> None:
        """Calculate every formula anew."""
        self._opened.calculateAll()

    def save_as(self, path: Path | str) -> None:
        """Save the workbook as .xlsx to a new place, as Calc writes it but for the functions'
        names, which are plain again.
        """
        self._store(path, "Calc MS Excel 2007 XML")
        with zipfile.ZipFile(path) as saved:
            parts = [(part, saved.read(part)) for part in saved.infolist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as plain:
            for part, content in parts:
                sheet = part.filename.startswith("xl/worksheets/")
                plain.writestr(part, self._told(content.decode()).encode() if sheet else content)

    def to_pdf(self, path: Path | str) -> None:
        """Print the workbook into a PDF."""
        self._store(path, "calc_pdf_Export")

    def close(self) -> None:
        """Close the workbook without saving."""
        self._opened.close(True)

    def _store(self, path: Path | str, kind: str) -> None:
        wanted = self._uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        wanted.Name, wanted.Value = "FilterName", kind
        self._opened.storeToURL(Path(path).absolute().as_uri(), (wanted,))

    def _range(self, sheet: str, cells: str) -> Any:
        return self._opened.Sheets.getByName(sheet).getCellRangeByName(cells)

    def _told(self, formula: str) -> str:
        for programmatic, name in self._functions.items():
            formula = formula.replace(programmatic, name)
        return _OWN_TEXT.sub(lambda wrapped: wrapped[1], formula)

    def plug_in(self) -> None:
        """Enter every formula that calls a function, and work everything out: Ctrl+Alt+F9."""
        self._plug_in(None)
        self.recalculate()

    def _plug_in(self, sheets: Sequence[str] | None) -> None:
        """Enter anew every formula that calls a plugged-in function: Calc 7.4 does not know them
        while it reads a file.

        A formula that is entered does not know `Table[#All]` either; Calc's word for that is the
        bare name of the table. Text that a plugged-in function gives back equals no other text in
        Calc 7.4 (it is not in Calc's table of strings), so that SUMIFS over it would find nothing;
        joining it to an empty text makes it Calc's own, which is all the IF here does. Calc works
        out the condition first and then both branches, so these have the call's result without
        passing the tables anew. They take its first argument: where that is in error Calc makes no
        call, and there is no result of it to give again.
        """
        self._opened.enableAutomaticCalculation(False)
        for sheet in self._opened.Sheets:
            if sheets is not None and sheet.Name not in sheets:
                continue
            calling = list(self._calling(sheet))
            if calling and sheet.isProtected():
                sheet.unprotect("")
            for cells, formula in calling:
                if cells.ArrayFormula and cells.Rows.Count == cells.Columns.Count == 1:
                    # An array of one cell that others take would be called anew for each of them.
                    cells.ArrayFormula = ""
                    cells.getCellByPosition(0, 0).Formula = formula
                elif cells.ArrayFormula and not formula.startswith("=ICB_"):
                    cells.ArrayFormula = formula  # numbers of What-if, which need no text of Calc's
                elif cells.ArrayFormula:
                    called = formula.removeprefix("=")
                    first = _FIRST_ARGUMENT.match(called)
                    again = f"{AGAIN}({first[1] if first else ''})"
                    cells.ArrayFormula = f'=IF(ISTEXT({called});{again}&"";{again})'
                else:
                    cells.Formula = formula
        self._opened.enableAutomaticCalculation(True)

    def _calling(self, sheet: Any) -> Iterator[tuple[Any, str]]:
        """Yield each cell, or whole array, whose formula calls a plugged-in function, with the
        formula in plain names.
        """
        seen: set[tuple[int, int]] = set()
        for place in sheet.queryContentCells(FORMULA_CELLS).RangeAddresses:
            left, top = place.StartColumn, place.StartRow
            found = sheet.getCellRangeByPosition(left, top, place.EndColumn, place.EndRow)
            if found.ArrayFormula:  # one array, whose cells all have the text of the first
                found = sheet.getCellRangeByPosition(left, top, left, top)
            for row, formulas in enumerate(found.getFormulaArray(), start=top):
                for column, formula in enumerate(formulas, start=left):
                    if (column, row) in seen or not self._called.search(formula):
                        continue
                    cell = sheet.getCellByPosition(column, row)
                    array = sheet.createCursorByRange(cell)
                    array.collapseToCurrentArray()
                    at = array.RangeAddress
                    if array.ArrayFormula:
                        seen |= {
                            (c, r)
                            for c in range(at.StartColumn, at.EndColumn + 1)
                            for r in range(at.StartRow, at.EndRow + 1)
                        }
                    told = _WHOLE_TABLE.sub("", formula.strip("{}"))
                    yield (
                        array if array.ArrayFormula else cell,
                        self._called.sub(lambda call: call[1].upper(), told),
                    )


def _value(cell: Any) -> float | str | None:
    if cell.getError():
        return str(cell.String)
    if cell.Type.value == "EMPTY":
        return None
    number = (
        cell.FormulaResultType2 == NUMBER_RESULT
        if cell.Type.value == "FORMULA"
        else cell.Type.value == "VALUE"
    )
    return float(cell.Value) if number else str(cell.String)


def _name(cell: Any) -> str:
    return cell.AbsoluteName.rsplit(".", 1)[1].replace("$", "")

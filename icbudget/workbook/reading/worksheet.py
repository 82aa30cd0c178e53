"""One worksheet, walked cell by cell.

It says what it holds, where, and whether programs could disagree about it.

The walk keeps one row at a time, never trusts the sheet's own `<dimension>`, and refuses cells that
are out of order, twice there, off the grid, or so many or so far away that a spreadsheet reader
would be harmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from icbudget.findings import Finding, error
from icbudget.workbook.reading.container import Container, Refused
from icbudget.workbook.reading.xml_parts import DEEPEST, MAIN, feed, parser

# Far above the largest plan (a system's month-by-month ledger has some thousand rows); a reader
# that makes an object of a million cells needs gigabytes.
MAX_ROWS = 50_000  # of one sheet
MAX_COLUMNS = 1_000
MAX_CELLS = 1_000_000  # populated, of one workbook
MAX_BLANKS = 2_000_000  # cells with a format only and other elements, of one workbook
# Limits of Excel itself: rows and columns of a sheet, characters of a cell.
GRID_ROWS, GRID_COLUMNS = 1_048_576, 16_384
LONGEST_TEXT = 32_767

VALUE, FORMULA, INLINE, SHARED = (
    " v",
    " f",
    " is",
    " si",
)  # where a cell's attributes also keep its texts; no XML name begins with a blank
Cell = dict[str, str]
Range = tuple[int, int, int, int]
"""First row, first column, last row and last column; A is 1."""
TakeRow = Callable[[int, dict[int, Cell]], None]

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# Another workbook, by number or by name. Either begins with a bracket, which is quickly found.
_OUTSIDE = re.compile(
    r"\[(?:(?<![\w\]]\[)\d+\](?=[^\s\],:\[])|[^\]\[]*\.xl\w{1,2}\])", re.IGNORECASE
)
_FETCHING = (
    *("WEBSERVICE", "IMAGE", "RTD", "CALL", "REGISTER", "REGISTER.ID", "EXEC", "DDE"),
    "SQL.REQUEST",
)
"""Functions that fetch something or run a program."""
_ACTIVE = re.compile(rf"\b(?:{'|'.join(map(re.escape, _FETCHING))})\s*\(", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_SHEET_NAME = re.compile(r"'[^']*'!?")
_NAMED = re.compile(r"'[^']*'|\[[^\[\]]*\]")


def column_number(letters: str) -> int:
    """Return the number of a column, A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """Return the address of a cell, such as B7."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def position(reference: str) -> tuple[int, int] | None:
    """Return the row and column of an address, or nothing when it is not on a sheet's grid."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if row <= GRID_ROWS and column <= GRID_COLUMNS else None


def range_of(reference: str) -> Range | None:
    """Return the range that a reference such as A6:B9 names; nothing where it names none."""
    first, _, last = reference.partition(":")
    start, end = position(first), position(last or first)
    return (*start, *end) if start and end else None


def harm_in_formula(formula: str) -> str:
    """Return what a formula reaches for outside its workbook, or nothing.

    That is a workbook, a program, or a function that fetches.
    """
    # Words are found far sooner than a pattern, which takes İ for an I as well.
    capitals = formula.upper().replace("İ", "I")
    may_fetch = any(name in capitals for name in _FETCHING)
    if not (may_fetch or "[" in formula or "|" in formula):
        return ""
    bare = _QUOTED.sub('""', formula)
    if _OUTSIDE.search(bare) or any(
        "[" in name and name.endswith("!") for name in _SHEET_NAME.findall(bare)
    ):
        return "another workbook"
    if "|" in bare and "|" in _NAMED.sub("", bare):
        return "another program (DDE)"
    active = _ACTIVE.search(bare) if may_fetch else None
    return f"something outside the workbook ({active[0].rstrip('( ').upper()})" if active else ""


class Walk:
    """The walk over one worksheet.

    After `run`, `last_row`, `last_column` and `cells` say what is populated.

    `room` and `blank_room` are the numbers of populated cells, and of blank cells and other
    elements, that the workbook may still hold. `take`, when given, receives each row with its
    populated cells by column, every cell as its XML attributes and its texts under `VALUE`,
    `FORMULA` and `INLINE`; the number of a formula that cells share stands under `SHARED`.
    `merged` are the ranges whose cells are merged.
    """

    def __init__(
        self,
        box: Container,
        part: str,
        sheet: str,
        room: int,
        blank_room: int,
        take: TakeRow | None = None,
    ) -> None:
        self.box, self.part, self.sheet, self.take = box, part, sheet, take
        self.room, self.blank_room = room, blank_room
        self.last_row = self.last_column = self.cells = self.blanks = 0
        self.findings: list[Finding] = []
        self.merged: list[Range] = []
        self._parser = parser(box, part)
        self._texts: list[str] = []  # of the value or formula that is open
        self._open_text = self._aside = False
        self._cell: Cell | None = None
        self._batch: list[Cell] = []  # the cells of the open row
        self._state = ""  # where the walk is: "", sheetData or row
        self._row = self._rows = 0
        self._depth = 1
        self._columns: dict[str, int] = {}

    def run(self) -> None:
        """Walk the sheet; raises `Refused` at the first fault that makes its cells doubtful."""
        self._parser.StartElementHandler = self._root
        self._parser.CharacterDataHandler = self._texts.append
        feed(self.box, self.part, self._parser, self._watch)

    def _root(self, tag: str, _attributes: Cell) -> None:
        space, _, name = tag.rpartition(" ")
        if space not in MAIN or name not in ("worksheet", "chartsheet", "dialogsheet"):
            raise self.box.damaged(f"its sheet {self.sheet} is not a worksheet")
        self._c, self._v, self._f, self._t = (f"{space} {name}" for name in "cvft")
        self._sheet_data, self._row_tag, self._reading_aid, self._merge = (
            f"{space} {name}" for name in ("sheetData", "row", "rPh", "mergeCell")
        )
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: Cell) -> None:
        if tag == self._c:
            if self._cell is not None or self._state != "row":
                raise self._broken("a cell stands where none can be")
            self._cell = attributes
            self._batch.append(attributes)
        elif self._cell is not None and (tag == self._v or tag == self._f or tag == self._t):
            if self._open_text:
                raise self._broken("a value stands inside another")
            self._open_text = True
            self._texts.clear()
            if "si" in attributes:
                self._cell[SHARED] = attributes["si"]
        elif tag == self._row_tag:
            self._start_row(attributes)
        else:
            self._start_other(tag)
            if tag == self._merge and (merged := range_of(attributes.get("ref", ""))):
                self.merged.append(merged)

    def _end(self, tag: str) -> None:
        cell = self._cell
        if tag == self._c:
            self._cell = None
        elif (
            cell is not None
            and self._open_text
            and (tag == self._v or tag == self._f or tag == self._t)
        ):
            self._open_text = False
            key = VALUE if tag == self._v else FORMULA if tag == self._f else INLINE
            if key is INLINE:
                cell[key] = cell.get(key, "") + ("" if self._aside else "".join(self._texts))
            elif key in cell or (INLINE in cell and key is VALUE):
                raise self._broken("a cell has two values")
            else:
                cell[key] = "".join(self._texts)
        elif tag == self._row_tag:
            self._end_row()
        else:
            self._end_other(tag)

    def _start_other(self, tag: str) -> None:
        self.blanks += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._broken("it is nested too deep")
        if tag == self._sheet_data:
            if self._state or self._depth != 2:
                raise self._broken("its cells stand where none can be")
            self._state = "sheetData"
        elif tag == self._reading_aid:  # of a Japanese text
            self._aside = True

    def _end_other(self, tag: str) -> None:
        self._depth -= 1
        if tag == self._sheet_data:
            self._state = ""
        elif tag == self._reading_aid:
            self._aside = False

    def _start_row(self, attributes: Cell) -> None:
        if self._state != "sheetData":
            raise self._broken("a row stands where none can be")
        self._state = "row"
        number = attributes.get("r", str(self._row + 1))
        if not (
            number.isascii()
            and number.isdigit()
            and len(number) < 8
            and 0 < int(number) <= GRID_ROWS
        ):
            raise self._off_grid(f"row {number}")
        # Out of order or twice: one program keeps the first, another the last.
        if int(number) <= self._row:
            raise self._doubtful(f"row {number}", f"row {self._row}")
        self._row = int(number)

    def _end_row(self) -> None:
        self._state = "sheetData"
        populated: dict[int, Cell] = {}
        suffix, columns, last = str(self._row), self._columns, 0
        # The innermost loop of all reading, so column letters are looked up, not worked out, for
        # every row after the first.
        for cell in self._batch:
            reference = cell.get("r")
            if reference is None:
                column = last + 1
            else:
                letters = reference.removesuffix(suffix)
                column = columns.get(letters) or self._column(reference, letters)
            if column <= last:
                raise self._doubtful(
                    f"cell {address(self._row, column)}", f"cell {address(self._row, last)}"
                )
            last = column
            if VALUE in cell or FORMULA in cell or INLINE in cell:
                populated[column] = cell
        self.blanks += len(self._batch) - len(populated)
        self._batch.clear()
        if populated:
            self._count(populated)
            if self.take:
                self.take(self._row, populated)

    def _column(self, reference: str, letters: str) -> int:
        here = position(reference)
        if here is None or here[0] != self._row or reference != letters + str(self._row):
            raise self._off_grid(f"cell {reference[:20]} in row {self._row}")
        self._columns[letters] = here[1]
        return here[1]

    def _count(self, populated: dict[int, Cell]) -> None:
        self._rows += 1
        self.last_row = self._row
        self.last_column = max(self.last_column, *populated)
        self.cells += len(populated)
        if self._row > MAX_ROWS or self.last_column > MAX_COLUMNS:
            raise self._too_far(address(self._row, max(populated)))
        for column, cell in populated.items():
            if FORMULA in cell and (harm := harm_in_formula(cell[FORMULA])):
                self._harmful(address(self._row, column), harm)

    def _watch(self) -> None:
        if self.cells > self.room:
            message = (
                f"The workbook holds more than {MAX_CELLS:,} filled cells; a plan holds at most"
                " that many."
            )
            fix = "Keep the plan's tables and move the other sheets to another workbook."
            raise self._refused("workbook.too-many-cells", message, fix)
        if len(self._batch) > GRID_COLUMNS:
            raise self._off_grid(f"{GRID_COLUMNS + 1:,}th cell in row {self._row}")
        if self.blanks > self.blank_room:
            message = f"More than {MAX_BLANKS:,} cells of the workbook have a format but no value."
            raise self._refused(
                "workbook.too-many-cells",
                message,
                "Delete the empty rows and columns around the figures and save.",
            )
        # Line breaks between elements are texts too; they must not pile up.
        if not self._open_text:
            self._texts.clear()

    def _too_far(self, cell: str) -> Refused:
        # So many filled rows are a list that is too long; few rows and one far away are a stray
        # cell.
        if self._rows > MAX_ROWS // 2:
            message = (
                f"The sheet holds more than {MAX_ROWS:,} rows, and a plan holds at most that many a"
                " sheet. None were read."
            )
            fix = (
                "Sum the lines by scheme or by point of delivery, or move the sheet to another"
                " workbook."
            )
            return self._refused("workbook.too-many-rows", message, fix)
        message = (
            f"Something stands far away from the plan, beyond {MAX_ROWS:,} rows or {MAX_COLUMNS:,}"
            " columns."
        )
        return self._refused(
            "workbook.far-cell",
            message,
            "Delete the rows and columns beyond the figures and save.",
            cell,
        )

    def _harmful(self, cell: str, harm: str) -> None:
        # One finding a kind and sheet: a formula filled down would give thousands.
        if not any(f.message.endswith(f"{harm}.") for f in self.findings):
            fix = (
                "Replace the formula by its value and save; icbudget reads no workbook that reaches"
                " outside itself."
            )
            place = self.box.place(self.sheet, cell)
            self.findings.append(
                error(
                    "workbook.formula-reaches-outside", f"The formula asks for {harm}.", fix, place
                )
            )

    def _off_grid(self, what: str) -> Refused:
        message = f"The sheet names a {what}, which no sheet has."
        return self._refused(
            "workbook.cell-address", message, "Open it in Excel or LibreOffice and save it again."
        )

    def _doubtful(self, what: str, after: str) -> Refused:
        where = "twice" if what == after else f"after {after}"
        message = f"The sheet holds {what} {where}, so programs disagree about which value counts."
        return self._refused(
            "workbook.cell-twice",
            message,
            "Open it in Excel or LibreOffice, check the figures and save it again.",
        )

    def _broken(self, why: str) -> Refused:
        return self.box.damaged(f"in the sheet {self.sheet}, {why}")

    def _refused(self, id: str, message: str, fix: str, cell: str = "") -> Refused:
        return Refused(error(id, message, fix, self.box.place(self.sheet, cell)))


WHY_IT_MATTERS = {
    "workbook.cell-address": (
        "A cell that no sheet has cannot be opened in Excel either. The file was damaged or"
        " made by hand."
    ),
    "workbook.cell-twice": (
        "One program reads the one value and the next the other, so two people see two plans in"
        " one file."
    ),
    "workbook.far-cell": (
        "A stray cell makes the sheet a million rows long. What stands out there may be a"
        " figure that nobody sees."
    ),
    "workbook.too-many-cells": (
        "Mostly formats without values that make the file slow. A real plan would drown in them."
    ),
    "workbook.too-many-rows": (
        "That is a ledger or a list of patients and no plan. None of it was read."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

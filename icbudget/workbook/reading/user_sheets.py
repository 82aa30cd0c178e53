"""What people added to a workbook: sheets and columns of their own, formulas behind figures, notes.

A workbook that is written anew from a plan carries them over
(`icbudget.workbook.writing.carried_sheets`). Here they are read, with openpyxl, from a file that
the plan's own reader has found harmless; what cannot be carried over is a finding.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from icbudget.findings import Finding, Place, note, warning
from icbudget.plan import SETUP
from icbudget.plan.headings import SETTING, folded, matched, names_of
from icbudget.plan.rows import Draft, split_path
from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import NO_VALUE, Sheet, Value, read_cells
from icbudget.workbook.reading.table_finder import BookTable, find_tables, own_headings
from icbudget.workbook.reading.untouched_sheets import without_untouched
from icbudget.workbook.reading.user_losses import (
    is_somebodys,
    leads_from_a_text,
    losses,
)
from icbudget.workbook.reading.worksheet import address, position

_OF_EXCEL = ("_xlnm", "Print_", "_FilterDatabase")
"""Names by which Excel keeps what is printed and filtered, as openpyxl gives them."""
_LISTED = 8
"""Places that a finding names; the others are counted."""


@dataclass(frozen=True, slots=True)
class OwnCell:
    """A cell of somebody's own sheet: its formula or its value, its look and its note."""

    row: int
    column: int
    value: Value | None
    formula: str
    array: str
    """The range of an array formula; blank for any other."""
    look: Mapping[str, Any]
    """The cell's format by the names that XlsxWriter gives its properties."""
    comment: str


@dataclass(frozen=True, slots=True)
class OwnTable:
    """An Excel Table on somebody's own sheet."""

    name: str
    range: str
    columns: tuple[str, ...]
    heading_row: bool
    style: str


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """A sheet that somebody added: cells, widths and heights (Excel's units), merged ranges."""

    name: str
    cells: tuple[OwnCell, ...]
    widths: Mapping[str, float]
    heights: Mapping[int, float]
    merged: tuple[str, ...]
    tables: tuple[OwnTable, ...]
    frozen: str
    tab_colour: str
    hidden: bool
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Where texts lead, by row and column: an address, or a place of this workbook after a #."""
    hidden_columns: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    filtered: str = ""
    """The range whose headings have buttons to filter by."""

    @property
    def contents(self) -> dict[tuple[int, int], Value | None]:
        """Return what somebody typed by row and column.

        A formula counts as one, whatever it says: its references follow figures that move.
        """
        return {
            (cell.row, cell.column): "=" if cell.formula else cell.value
            for cell in self.cells
            if cell.formula or cell.value is not None
        }


class SheetRow(NamedTuple):
    """A row of a table's sheet: the key of the plan's row, and of which figure it is.

    `figure` is blank but in Setup, which has a row a setting, and by year, a row a figure.
    """

    key: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that somebody added to a plan table: its cells by the row of the sheet.

    `place`: the name of the table's place in the layout, such as `Schemes` or that of its figures
    by year.
    """

    place: str
    heading: str
    width: float
    cells: Mapping[SheetRow, OwnCell]

    @property
    def table(self) -> str:
        """Return the plan table that it is beside."""
        return layout.BY_NAME[self.place].table.field


def own_figure(place: str, row: SheetRow, heading: str) -> str:
    """Return what a cell of somebody's own column is called beside the paths of figures."""
    return f"{place}/{row.key}/{row.figure}“{heading}”"


@dataclass(frozen=True, slots=True)
class UserContent:
    """What people added to a workbook, and the findings of what of it cannot be carried over.

    `formulas` and `comments` are by the path of the plan's figure that they belong to. `cells` are
    the places of all figures in the workbook that was read: path by sheet and address. `sheets_of`
    is what the sheet of each plan table is called there, by its name in a new workbook.
    """

    sheets: tuple[OwnSheet, ...] = ()
    columns: tuple[OwnColumn, ...] = ()
    formulas: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sheets_of: Mapping[str, str] = field(default_factory=dict)
    losses: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether nobody added anything."""
        return not (self.sheets or self.columns or self.formulas or self.comments or self.losses)

    @property
    def column_names(self) -> frozenset[tuple[str, str]]:
        """Return the places and headings of the columns that were added."""
        return frozenset((column.place, folded(column.heading)) for column in self.columns)

    def has_sheet(self, sheet: OwnSheet) -> bool:
        """Return whether a sheet is here too, with the same in its cells."""
        return any(
            own.name.casefold() == sheet.name.casefold() and own.contents == sheet.contents
            for own in self.sheets
        )


def user_content(path: Path, draft: Draft) -> UserContent:
    """Return what people added to a workbook; nothing for a file of another kind."""
    if path.suffix.casefold() not in (".xlsx", ".xlsm"):
        return UserContent()
    import openpyxl

    sheets, _ = read_cells(path)
    if sheets is None:
        return UserContent()
    tables = find_tables(sheets)
    hosts = {table.sheet.name for table in tables.values()}
    ours = (*layout.SHEETS, *layout.ONCE_WRITTEN, *layout.FORMER_SHEETS)
    product = {name.casefold() for name in ours}
    answers = {name for name in sheets if name.casefold() in product} - hosts
    with warnings.catch_warnings():
        # openpyxl says what it leaves out; what is lost of somebody's own is a finding here.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(without_untouched(path, answers), keep_links=False)
    # A chart that is a sheet has no cells: it is named as what cannot be carried.
    own = [
        sheet.title
        for sheet in book.worksheets
        if sheet.title not in hosts
        and sheet.title.casefold() not in product
        and sheet.title in sheets
    ]
    cells = {(place.sheet, place.cell): figure for figure, place in draft.places.items()}
    formulas, comments = _behind_figures(book, cells)
    columns, places, stray = _own_columns(book, tables, cells)
    return UserContent(
        sheets=tuple(_own_sheet(book[name], sheets[name]) for name in own),
        columns=columns,
        formulas=formulas,
        comments=comments,
        names=_names(book, own),
        cells=cells | places,
        sheets_of={table.place.sheet: table.sheet.name for table in tables.values()},
        losses=(*losses(book, own, tables, (f"{sheet}!{at}" for sheet, at in cells)), *stray),
    )


def carried_findings(content: UserContent, path: Path, *, into_workbook: bool) -> list[Finding]:
    """Return what of somebody's own is carried over and what is not.

    It is reported before anything is written.
    """
    place = Place(workbook=path.name)
    added = [f"the sheet {sheet.name}" for sheet in content.sheets]
    added += [
        f"the column {column.heading} of {layout.BY_NAME[column.place].sheet}"
        for column in content.columns
    ]
    if content.formulas:
        added.append(f"formulas behind {len(content.formulas)} figures of the plan")
    if content.comments:
        added.append(f"notes at {len(content.comments)} figures of the plan")
    findings: list[Finding] = []
    if added and into_workbook:
        message = f"Carried over from {path.name}: {'; '.join(added)}."
        findings.append(note("workbook.own-carried", message, "Look at them once there.", place))
    lost = [*(() if into_workbook else added), *content.losses]
    if lost:
        more = f"; and {len(lost) - _LISTED} more" if len(lost) > _LISTED else ""
        findings.append(
            warning(
                "workbook.own-not-carried",
                f"Not carried over from {path.name}: {'; '.join(lost[:_LISTED])}{more}.",
                "Keep the workbook that you have, and copy them into the new one where needed.",
                place,
            )
        )
    return findings


def _behind_figures(
    book: Any, cells: Mapping[tuple[str, str], str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the formulas and the notes of the cells in which figures of the plan stand."""
    formulas: dict[str, str] = {}
    comments: dict[str, str] = {}
    worksheets = {sheet.title: sheet for sheet in book.worksheets}
    for (sheet, cell), figure in cells.items():
        at = position(cell)
        if sheet not in worksheets or not at:
            continue
        held = worksheets[sheet].cell(*at)
        if held.data_type == "f" and isinstance(held.value, str):
            formulas[figure] = held.value
        if held.comment:
            comments[figure] = held.comment.text
    return formulas, comments


def _own_columns(
    book: Any, tables: Mapping[str, BookTable], cells: Mapping[tuple[str, str], str]
) -> tuple[tuple[OwnColumn, ...], dict[tuple[str, str], str], list[str]]:
    """Return the columns that somebody added to plan tables, and where their cells stand.

    With them, in words, what of such columns cannot be carried over: cells beside a row that is
    none of the plan's.
    """
    columns: list[OwnColumn] = []
    places: dict[tuple[str, str], str] = {}
    stray: list[str] = []
    figures: dict[str, list[tuple[str, str]]] = {}
    for (sheet, cell), figure in cells.items():
        figures.setdefault(sheet, []).append((cell, figure))
    for table in tables.values():
        place, name = table.place, table.sheet.name
        rows = _rows_of(table, figures.get(name, ()))
        for heading, at in own_headings(table).items():
            column = table.first_column + at
            filled = [n for n in table.rows[1:] if table.sheet.value(n, column) is not None]
            held: dict[SheetRow, OwnCell] = {}
            for number in filled:
                row = rows.get(number)
                if row is not None:
                    held[row] = _own_cell(book[name].cell(number, column), table.sheet)
                    figure = own_figure(place.name, row, folded(heading))
                    places[name, address(number, column)] = figure
            if len(held) < len(filled):
                count = len(filled) - len(held)
                stray.append(f"{count} cells of the column {heading} beside no row of the plan")
            letters = address(1, column)[:-1]
            width = book[name].column_dimensions[letters].width
            columns.append(OwnColumn(place.name, heading, width or 13, held))
    return tuple(columns), places, stray


def _rows_of(table: BookTable, figures: Iterable[tuple[str, str]]) -> dict[int, SheetRow]:
    """Return which row of the plan each of a table's rows is, by its number on the sheet.

    `figures`: the cells of the table's sheet in which figures stand, each with the figure's path.
    """
    if table.place.table is SETUP:
        return _settings_of(table)
    rows: dict[int, SheetRow] = {}
    for cell, figure in figures:
        path, at = split_path(figure), position(cell)
        if path and at and path[0] == table.place.table.field:
            rows[at[0]] = SheetRow(path[1], path[2] if table.place.by_year else "")
    return rows


def _settings_of(table: BookTable) -> dict[int, SheetRow]:
    """Return the setting that each row of Setup is; a blank one has no figure, but has its name."""
    fields = names_of(SETUP)
    headings = [folded(str(heading)) for heading in table.grid[0]]
    column = table.first_column + headings.index(folded(SETTING))
    settings = {n: matched(fields, table.sheet.value(n, column)) for n in table.rows[1:]}
    return {number: SheetRow("", field) for number, field in settings.items() if field}


def _own_sheet(sheet: Any, values: Sheet) -> OwnSheet:
    every_cell = chain.from_iterable(sheet.iter_rows())
    used = [c for c in every_cell if c.value is not None or c.comment or c.has_style]
    cells = [_own_cell(cell, values) for cell in used]
    dimensions = sheet.column_dimensions.values()
    widths = {_letters(column): column.width for column in dimensions if column.customWidth}
    heights = {n: row.height for n, row in sheet.row_dimensions.items() if row.height}
    tables = tuple(
        OwnTable(
            table.displayName,
            table.ref,
            tuple(column.name for column in table.tableColumns),
            table.headerRowCount != 0,
            table.tableStyleInfo.name if table.tableStyleInfo else "",
        )
        for table in sheet.tables.values()
    )
    colour = sheet.sheet_properties.tabColor
    return OwnSheet(
        sheet.title,
        tuple(cells),
        widths,
        heights,
        tuple(str(merged) for merged in sheet.merged_cells.ranges),
        tables,
        sheet.freeze_panes or "",
        _rgb(colour),
        sheet.sheet_state != "visible",
        {(c.row, c.column): _leads_to(c.hyperlink) for c in used if leads_from_a_text(c)},
        tuple(_letters(column) for column in dimensions if column.hidden),
        tuple(number for number, row in sheet.row_dimensions.items() if row.hidden),
        sheet.auto_filter.ref or "",
    )


def _letters(column: Any) -> str:
    """Return the columns that share a width, such as B:D: a file states it once for neighbours."""
    first, last = (address(1, at)[:-1] for at in (column.min, column.max))
    return f"{first}:{last}"


def _leads_to(link: Any) -> str:
    return f"{link.target or ''}#{link.location}" if link.location else link.target or ""


def _own_cell(cell: Any, values: Sheet) -> OwnCell:
    formula, array = "", ""
    if cell.data_type == "f":
        formula = getattr(cell.value, "text", cell.value) or ""
        array = getattr(cell.value, "ref", "") or ""
    value = values.value(cell.row, cell.column)
    if value is NO_VALUE:
        value = None
    comment = cell.comment.text if cell.comment else ""
    look = _look(cell) if cell.has_style else {}
    return OwnCell(cell.row, cell.column, value, formula, array, look, comment)


_BORDERS: tuple[str, ...] = (
    *("", "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed"),
    *("dashDot", "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot"),
)
"""Kinds of line in the order in which XlsxWriter numbers them."""


def _look(cell: Any) -> dict[str, Any]:
    """Return a cell's format by the names of XlsxWriter's properties; what is usual is left out."""
    font, fill, align = cell.font, cell.fill, cell.alignment
    properties: dict[str, Any] = {
        "font_name": font.name,
        "font_size": font.sz,
        "bold": bool(font.b),
        "italic": bool(font.i),
        "underline": 1 if font.u else 0,
        "font_strikeout": bool(font.strike),
        "font_color": _rgb(font.color),
        "num_format": cell.number_format if cell.number_format != "General" else "",
        "align": align.horizontal if align.horizontal not in (None, "general") else "",
        "valign": {"center": "vcenter"}.get(align.vertical, align.vertical or ""),
        "text_wrap": bool(align.wrap_text),
        "indent": int(align.indent or 0),
        "locked": cell.protection.locked,
        "hidden": bool(cell.protection.hidden),
    }
    properties["rotation"] = _rotation(align.textRotation or 0)
    if fill.patternType == "solid":
        properties |= {"pattern": 1, "bg_color": _rgb(fill.fgColor)}
    for side in ("left", "right", "top", "bottom"):
        line = getattr(cell.border, side)
        if line is not None and line.style in _BORDERS:
            properties[side] = _BORDERS.index(line.style)
            properties[f"{side}_color"] = _rgb(line.color)
    kept = {name: value for name, value in properties.items() if value}
    # Locked is what is usual, so only its absence is kept.
    if not cell.protection.locked:
        kept["locked"] = False
    return kept


def _rotation(stored: int) -> int:
    """Return the angle of a text as XlsxWriter takes it: −90 to 90, or 270 for stacked letters.

    The file counts angles downwards on from 90 (91 is −1) and has 255 for stacked letters
    (ECMA-376 part 1, 18.8.1).
    """
    if stored == 255:
        return 270
    return stored if stored <= 90 else 90 - stored


_THEME: tuple[str, ...] = (
    *("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31"),
    *("A5A5A5", "FFC000", "5B9BD5", "70AD47", "0563C1", "954F72"),
)
"""The colours of Office's own theme, by the number that cells name them with."""


def _rgb(colour: Any) -> str:
    """Return a colour as #RRGGBB; blank where it is none, or is left to the program."""
    if colour is None:
        return ""
    if colour.type == "rgb" and isinstance(colour.rgb, str):
        return f"#{colour.rgb[-6:]}"
    if colour.type == "theme" and 0 <= colour.theme < len(_THEME):
        return _tinted(_THEME[colour.theme], colour.tint or 0.0)
    return ""


def _tinted(colour: str, tint: float) -> str:
    """Return a colour made lighter (tint above 0) or darker, each part on its own."""
    parts = [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
    if tint < 0:
        parts = [round(part * (1 + tint)) for part in parts]
    else:
        parts = [round(part + (255 - part) * tint) for part in parts]
    return "#" + "".join(f"{part:02X}" for part in parts)


def _names(book: Any, own: list[str]) -> dict[str, str]:
    """Return the names that somebody gave: to a cell, a table or a figure.

    Those of one sheet alone are called as formulas call them there, such as 'My sheet'!Rate.
    """
    quoted = [f"'{name}'!" for name in own] + [f"{name}!" for name in own]
    names = {
        name: defined.attr_text or ""
        for name, defined in book.defined_names.items()
        if is_somebodys(name) or any(q in (defined.attr_text or "") for q in quoted)
    }
    for title in own:
        for name, defined in book[title].defined_names.items():
            if not name.startswith(_OF_EXCEL):
                names[f"{layout.quoted(title)}!{name}"] = defined.attr_text or ""
    return {name: means for name, means in names.items() if means}


WHY_IT_MATTERS = {
    "workbook.own-carried": (
        "What people added is in the new workbook too, so that nothing they made is lost."
    ),
    "workbook.own-not-carried": (
        "This part of what people added cannot be taken into the new workbook. A formula or"
        " note that somebody relies on would be missing."
    ),
}
"""Why each finding matters, by its id: for its page in the guide."""

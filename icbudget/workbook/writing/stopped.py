"""What stops the answers, in ordinary formulas: they are right where no function of icbudget is.

A cell in error says little, and a total over answers that are not there is nought, which reads like
a figure. So Checks says in words what stops the answers, and what was chosen or tried that is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.writing.formulas import Area, Figure
from icbudget.workbook.writing.validation import ANSWERS_LIST

STOPS = "✗ "
"""What words begin with that say what stops the answers."""
NO_FUNCTIONS = (
    "This program does not have the functions of icbudget. Open the workbook where icbudget is"
    " installed, or run: icbudget run"
)
NOT_TAKEN = "The cell Plan could not be made of its tables: each must be there once, with headings."
NOT_KEPT = (
    "The plan in the cell Plan is not kept here. Press Ctrl+Alt+F9, or Work out every answer in the"
    " task pane."
)
NO_PLAN = (
    "The cell Plan holds no plan: its formula was typed over. Undo, or make the workbook anew by:"
    " icbudget template --plan"
)
ERRORS_STOP = "Its answer is in error, or its sheet was deleted: see Checks, or press Add sheets."
NOT_THERE = "–"
"""What a figure shows that cannot be worked out now."""
_NAME_ERROR, _SPILL_ERROR = 5, 9
"""What ERROR.TYPE says of #NAME? and of #SPILL!."""
_ROW_WEIGHT, _NO_CELL = 1000, 1_000_000_000


def stopped(findings: Area, deleted: str, blocked: str) -> str:
    """Return the formula of what stops the answers; it comes to a blank text where nothing does.

    `deleted` and `blocked` are the cells that list tables and answers; see `tables_deleted` and
    `answers_blocked`. What is nested here is little: Excel takes 64 levels, and there are more
    sheets than that.
    """
    plan = layout.PLAN
    no_functions = f"ERROR.TYPE({plan})={_NAME_ERROR}"
    of_plan = f'IF({no_functions},"{NO_FUNCTIONS}","{NOT_TAKEN}")'
    not_found = f'IF(LEFT({plan},5)="plan ","{NOT_KEPT}","{NO_PLAN}")'
    in_the_way_of = (
        f'IF({blocked}="","","Something stands in the way of "&TRIM({blocked})&": its sheet names'
        ' the cell.")'
    )
    words = f"IF(ISERROR({corner_of(findings)}),{not_found},{in_the_way_of})"
    words = f"IF(ISERROR({plan}),{of_plan},{words})"
    gone = (
        f'"The table "&TRIM({deleted})&" was deleted, so there is no plan: press Add sheets, which'
        ' puts it back, or undo."'
    )
    return f'IF({deleted}<>"",{gone},{words})'


def tables_deleted(contents: Contents) -> str:
    """Return the formula of the names of tables whose sheet was deleted."""
    # A cell, and not the table's name: LibreOffice forgets the name with the sheet, and then the
    # whole formula is in error.
    headings = {
        place.sheet: f"{layout.quoted(place.sheet)}!$A${layout.HEADING_ROW + 1}"
        for place in contents.table_sheets
    }
    return _listed({sheet: f"ISERROR({cell})" for sheet, cell in headings.items()})


def answers_blocked(areas: Iterable[Area]) -> str:
    """Return the formula of the names of answers that something stands in the way of."""
    return _listed({area.sheet: _spills_not(corner_of(area)) for area in areas})


def _listed(tests: Mapping[str, str]) -> str:
    """Return the formula of the names whose tests hold, one after another."""
    if not tests:
        return '""'
    return "&".join(f'IF({test},"{name} ","")' for name, test in tests.items())


def _spills_not(corner: str) -> str:
    # ERROR.TYPE of what is no error is one itself.
    return f"IFERROR(ERROR.TYPE({corner})={_SPILL_ERROR},FALSE)"


def unless_blocked(area: Area, formula: str) -> str:
    """Return a formula of words that names the cell in the way where an answer cannot spill."""
    blocked = (
        f'"{STOPS}Something stands in the way of this answer: clear or move cell "'
        f'&{in_the_way(area)}&"."'
    )
    return f"IF({_spills_not(corner_of(area))},{blocked},{formula})"


def corner_of(area: Area) -> str:
    """Return the cell of an answer's first heading: it holds the formula, and any error of it."""
    return area.at(area.row, 0)


def unless_in_error(cell: str, formula: str, otherwise: str) -> str:
    """Return a formula that is worked out only while a cell is not in error."""
    return f"IF(ISERROR({cell}),{otherwise},{formula})"


def words_while_answered(figure: Figure, area: Area) -> Figure:
    """Return a formula of words that is blank while an answer's block is in error.

    Excel leaves the cells below such a corner blank, and a blank cell that is taken is a nought.
    """
    return replace(figure, formula=unless_in_error(corner_of(area), figure.formula, '""'))


def number_while_answered(figure: Figure, areas: Iterable[Area]) -> Figure:
    """Return a formula of a number that is not known, #N/A, while a block it takes is in error.

    Without icbudget the block is `#NAME?`, and `#REF!` once its sheet was deleted: neither says
    anything, and a total over blank cells is nought, which reads like a figure.
    """
    if figure.formula.isdigit():
        return figure
    taken = [area for area in areas if f"{layout.quoted(area.sheet)}!" in figure.formula]
    known = f"IFERROR({figure.formula},NA())"
    for corner in dict.fromkeys(map(corner_of, taken)):
        known = unless_in_error(corner, known, "NA()")
    return replace(figure, formula=known)


def in_the_way(area: Area) -> str:
    """Return the formula of the first cell below or beside an answer's corner that is not blank.

    Where an answer cannot spill, its own cells are blank, and what is not stands in its way.
    """
    first, last, end = area.row + 1, area.row + layout.ANSWER_ROWS, len(area.block.headings) - 1
    below = f"{area.at(first, 0)}:{area.at(last, end).split('!')[-1]}"
    ranges = [below]
    if end:
        ranges.append(f"{area.at(area.row, 1)}:{area.at(area.row, end).split('!')[-1]}")
    places = [
        f'ROW({cells})*{_ROW_WEIGHT}+COLUMN({cells})+{_NO_CELL}*({cells}="")' for cells in ranges
    ]
    least = f"MIN({','.join(f'SUMPRODUCT(MIN({place}))' for place in places)})"
    return f"ADDRESS(INT({least}/{_ROW_WEIGHT}),MOD({least},{_ROW_WEIGHT}),4)"


def chosen_none() -> str:
    """Return the formula of what was chosen on Any answer where that cannot be worked out."""
    chosen = f"{layout.quoted(layout.ANY_ANSWER)}!$B$5"
    return (
        f'IF(COUNTIF({ANSWERS_LIST},{chosen})=0,"“"&{chosen}&"” is no answer: choose one from the'
        ' list of Any answer.","Any answer cannot be worked out for this plan or scenario: see the'
        ' findings.")'
    )


def chosen_or_tried(*, what_if: bool) -> str:
    """Return the formula of what was chosen on Any answer or tried on What-if that is none."""
    corner = f"{layout.quoted(layout.ANY_ANSWER)}!$A$9"
    words = f'IF(ISERROR({corner}),{chosen_none()},"")'
    if what_if:
        tried = layout.TRIED
        words = f'IF(LEFT({tried},2)="{STOPS}",MID({tried},3,255),{words})'
    # What stops every answer is said once, in its own line.
    return f'IF({layout.STOPPED}<>"","",{words})'

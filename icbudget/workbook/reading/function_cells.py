"""Cells that call a function of icbudget and hold an error: what is wrong, and what to do.

They are cells of the template and those that people wrote on sheets of their own. None of them is a
figure of the plan, so none stops it; but a cell that shows `#VALUE!` says too little, and its hover
is not in the file. A cell that takes another one in error rests on it, and is counted there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from icbudget.findings import Finding, Place, warning
from icbudget.workbook.reading.rich_errors import SpillError
from icbudget.workbook.reading.sheet_cells import NO_VALUE, ExcelError, Sheet, Value
from icbudget.workbook.reading.worksheet import Range, address, range_of

FUNCTIONS = (
    *("ICB_PLAN", "ICB_SCENARIO", "ICB_WITH", "ICB_TABLE", "ICB_FIGURE", "ICB_EXPLAIN"),
    *("ICB_COMPARE", "ICB_SIMULATE", "ICB_UPLIFT", "ICB_DEFLATE", "ICB_DISCOUNT", "ICB_SPLIT"),
    "ICB_EFFECT",
)
"""The functions of icbudget; a test holds them to those that the hosts register."""
_CALL = re.compile(r"\b(?:_xldudf_|_xll\.)?(ICB_\w+)\s*\(", re.IGNORECASE)
_WRITTEN_BY_HOSTS = re.compile(r"_xldudf_|_xll\.|_xlfn\.|_xlws\.")
_TEXT = re.compile(r'"[^"]*"')
# Compiled when a cell in error is looked at, which most workbooks have none of.
_REFERENCE = (
    r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[\w.]+))!)?"
    r"(?<![\w.])(?P<cells>\$?[A-Z]{1,3}\$?[1-9]\d*(?::\$?[A-Z]{1,3}\$?[1-9]\d*)?)(?![\w.(\[!])"
)
_WORD = re.compile(r"[A-Za-z_][\w.]*")
_MESSAGE = re.compile(r"ICB_[A-Z]+: ")
"""How the message of a function begins where a host puts it into the cell as text."""
_MOST, _LISTED = 20, 8
"""Findings of one kind at most, and cells that one finding names; the others are counted."""
_LONGEST = 80
"""Characters of a formula that a finding shows."""

_CellAt = tuple[str, tuple[int, int]]
"""A cell by its sheet, its row and its column."""


class FunctionCell(NamedTuple):
    """A cell in error that calls a function of icbudget."""

    place: Place
    formula: str
    value: str
    in_the_way: str = ""
    """The cell in the way of a block without room, where it is known."""
    argument: str = ""
    """A cell that the formula takes and that holds an error of its own, and that error."""

    @property
    def functions(self) -> list[str]:
        """Return the functions that the formula calls, in order."""
        return _calls(self.formula)

    @property
    def typed(self) -> str:
        """Return the formula as a person sees it."""
        return "=" + _WRITTEN_BY_HOSTS.sub("", self.formula).replace("[[#All]]", "[#All]")

    @property
    def display(self) -> str:
        """Return the formula as a person sees it, cut where it is long."""
        return self.typed if len(self.typed) <= _LONGEST else f"{self.typed[: _LONGEST - 1]}…"


class Call(NamedTuple):
    """A call that is all of a cell's formula, each argument as text; None where it is no one cell.

    An argument that was left out is blank.
    """

    function: str
    arguments: tuple[str | None, ...]
    formula: str


def calls_in(sheets: Mapping[str, Sheet]) -> dict[tuple[str, str], Call]:
    """Return the calls of the cells in error, by sheet and address, whose arguments can be read."""
    calls: dict[tuple[str, str], Call] = {}
    for sheet in sheets.values():
        for at, _ in _wrong(sheet):
            call = _call(sheets, sheet.name, at)
            if call is not None:
                calls[sheet.name, address(*at)] = call
    return calls


def _call(sheets: Mapping[str, Sheet], name: str, at: tuple[int, int]) -> Call | None:
    """Return the call that is all of a formula; nothing where it is part of a longer one."""
    from openpyxl.formula.tokenizer import Tokenizer, TokenizerError

    cell = _function_cell(sheets, "", name, at, ())
    try:
        tokens = [token for token in Tokenizer(cell.typed).items if token.type != "WHITE-SPACE"]
    except TokenizerError:
        return None
    opening, *inside = tokens
    if not opening.value.endswith("(") or not inside or inside[-1].value != ")":
        return None
    arguments: list[list[Any]] = [[]]
    for token in inside[:-1]:
        if token.value == ",":
            arguments.append([])
        else:
            arguments[-1].append(token)
    texts = tuple(_argument(sheets, name, argument) for argument in arguments)
    return Call(opening.value[:-1].upper(), texts, cell.display)


def _argument(sheets: Mapping[str, Sheet], name: str, tokens: Sequence[Any]) -> str | None:
    """Return what an argument of a call holds, where it is one text, number or cell."""
    if not tokens:
        return ""
    token = tokens[0]
    if len(tokens) > 1 or token.type != "OPERAND":
        return None
    if token.subtype == "TEXT":
        return str(token.value[1:-1]).replace('""', '"')
    if token.subtype != "RANGE":
        return str(token.value)
    cells = _referred(sheets, name, token.value)
    if len(cells) != 1:
        return None
    sheet, (row, column, last_row, last_column) = cells[0]
    if (row, column) != (last_row, last_column):
        return None
    value = sheets[sheet].value(row, column)
    return "" if value is None else str(value)


def function_findings(sheets: Mapping[str, Sheet], workbook: str) -> list[Finding]:
    """Return a warning for each cell that calls a function of icbudget and holds an error.

    One a cause: cells that take another one in error are counted with it, and cells that all lack
    the same of the program are one finding.
    """
    wrong: dict[_CellAt, str] = {}
    for sheet in sheets.values():
        wrong |= {(sheet.name, at): str(value) for at, value in _wrong(sheet)}
    taken = {cell: _taken(sheets, *cell) for cell in wrong}
    roots = [cell for cell in wrong if not _any_in(taken[cell], wrong.keys() - {cell})]
    cells = [_function_cell(sheets, workbook, *cell, taken[cell]) for cell in roots or wrong]
    by_kind: dict[Callable[[FunctionCell], Finding], list[FunctionCell]] = {}
    for cell in cells:
        by_kind.setdefault(_kind(cell), []).append(cell)
    findings: list[Finding] = []
    for make, alike in by_kind.items():
        findings += [_together(make, alike)] if make in _ONE_CAUSE else _each(make, alike)
    resting = len(wrong) - len(cells)
    if resting:
        rest = "cell takes" if resting == 1 else "cells take"
        message = f"{findings[0].message} {resting:,} more {rest} a cell in error."
        findings[0] = replace(findings[0], message=message)
    return findings


def _wrong(sheet: Sheet) -> Iterator[tuple[tuple[int, int], Value]]:
    """Yield the cells of a sheet that call a function and hold an error, or its message as text.

    One without a result, as libraries store formulas, is worked out by whoever opens it.
    """
    for at, formula in sheet.functions.items():
        if not _calls(formula):
            continue
        value = sheet.value(*at)
        if value is NO_VALUE:
            continue
        if isinstance(value, ExcelError) or (isinstance(value, str) and _MESSAGE.match(value)):
            yield at, value


def _calls(formula: str) -> list[str]:
    """Return the functions of icbudget, or called alike, that a formula calls, in order."""
    return [name.upper() for name in _CALL.findall(_without_texts(formula))]


def _without_texts(formula: str) -> str:
    return _TEXT.sub('""', formula)


def _taken(sheets: Mapping[str, Sheet], name: str, at: tuple[int, int]) -> list[tuple[str, Range]]:
    """Return the cells that the formula of a cell takes."""
    return _referred(sheets, name, _without_texts(sheets[name].functions[at]))


def _referred(sheets: Mapping[str, Sheet], name: str, formula: str) -> list[tuple[str, Range]]:
    """Return the cells that a formula on a sheet names, by address or by names of the workbook."""
    taken: list[tuple[str, Range]] = []
    for match in re.finditer(_REFERENCE, formula):
        sheet = (match["quoted"] or match["plain"] or name).replace("''", "'")
        cells = range_of(match["cells"].replace("$", ""))
        if cells and sheet in sheets:
            taken.append((sheet, cells))
    words = {word.casefold() for word in _WORD.findall(formula)}
    for sheet_name, sheet in sheets.items():
        for (row, column), called in sheet.names.items():
            if called.casefold() in words:
                taken.append((sheet_name, (row, column, row, column)))
    return taken


def _any_in(taken: Sequence[tuple[str, Range]], cells: Iterable[_CellAt]) -> bool:
    return any(sheet == name and _within(at, area) for name, at in cells for sheet, area in taken)


def _within(at: tuple[int, int], area: Range) -> bool:
    return area[0] <= at[0] <= area[2] and area[1] <= at[1] <= area[3]


def _function_cell(
    sheets: Mapping[str, Sheet],
    workbook: str,
    name: str,
    at: tuple[int, int],
    taken: Sequence[tuple[str, Range]],
) -> FunctionCell:
    sheet, value = sheets[name], sheets[name].value(*at)
    argument = ""
    for other, (row, column, *_) in taken:
        held = sheets[other].value(row, column)
        if isinstance(held, ExcelError) and held is not NO_VALUE and not argument:
            argument = f"{other}!{address(row, column)}, which holds {held}"
    return FunctionCell(
        place=Place(workbook=workbook, sheet=name, cell=address(*at)),
        formula=sheet.functions[at],
        value=str(value),
        in_the_way=_in_the_way(sheet, at, value) if value == "#SPILL!" else "",
        argument=argument,
    )


def _in_the_way(sheet: Sheet, at: tuple[int, int], value: Value | None) -> str:
    """Return the cell in the way of a block: the one that the file names, or else the nearest."""
    row, column = at
    if isinstance(value, SpillError):
        blocking = (row + value.rows, column + value.columns)
        return address(*blocking) if blocking != at else ""
    filled: list[tuple[int, int]] = []
    for below, cells in sheet.rows.items():
        if below >= row:
            filled += [(below, right) for right in cells if right >= column]
    nearest = sorted(filled, key=sum)[1:2]
    return address(*nearest[0]) if nearest else ""


def _kind(cell: FunctionCell) -> Callable[[FunctionCell], Finding]:
    """Return what makes the finding about a cell in error."""
    if cell.value == "#NAME?" and any(name not in FUNCTIONS for name in cell.functions):
        return _no_function
    return _BY_ERROR.get(cell.value, _as_text if _MESSAGE.match(cell.value) else _refused)


def _each(make: Callable[[FunctionCell], Finding], cells: Sequence[FunctionCell]) -> list[Finding]:
    findings = [make(cell) for cell in cells[:_MOST]]
    if len(cells) > _MOST:
        message = f"{findings[-1].message} {len(cells) - _MOST:,} more cells like it are in error."
        findings[-1] = replace(findings[-1], message=message)
    return findings


def _together(make: Callable[[FunctionCell], Finding], cells: Sequence[FunctionCell]) -> Finding:
    """Return the finding about the first of several cells, with the places of the others."""
    first, others = make(cells[0]), cells[1:]
    if not others:
        return first
    named = "; ".join(str(cell.place) for cell in others[:_LISTED])
    more = f" and {len(others) - _LISTED:,} more" if len(others) > _LISTED else ""
    count = "1 more cell" if len(others) == 1 else f"{len(others):,} more cells"
    return replace(first, message=f"{first.message} The same in {count}: {named}{more}.")


def _no_function(cell: FunctionCell) -> Finding:
    unknown = next(name for name in cell.functions if name not in FUNCTIONS)
    near = difflib.get_close_matches(unknown, FUNCTIONS, 1, 0.5)
    fix = f"Write {near[0]} in its place." if near else f"Write one of: {', '.join(FUNCTIONS)}."
    message = f"The formula {cell.display} calls {unknown}, which is no function of icbudget."
    return warning("workbook.function-unknown", message, fix, cell.place)


def _not_here(cell: FunctionCell) -> Finding:
    message = (
        f"The cell shows {cell.value}: the program that saved the workbook does not have the"
        f" functions of icbudget, or a name in {cell.display} is none of this workbook."
    )
    fix = "Open it where icbudget is installed, press Ctrl+Alt+F9 and save; or correct the name."
    return warning("workbook.function-not-here", message, fix, cell.place)


def _no_room(cell: FunctionCell) -> Finding:
    why = f"{cell.in_the_way} stands in its way" if cell.in_the_way else "there is no room for it"
    message = f"The cell shows {cell.value}: {cell.display} gives a block, and {why}."
    clear = f"Clear or move {cell.in_the_way}, or give" if cell.in_the_way else "Give"
    fix = f"{clear} the formula a place with nothing below or right of it, outside any table."
    return warning("workbook.function-no-room", message, fix, cell.place)


def _deleted(cell: FunctionCell) -> Finding:
    message = (
        f"The cell shows {cell.value}: {cell.display} names a table, a sheet or a cell that was"
        " deleted."
    )
    fix = (
        "Press Add sheets, which puts a table of the template back, or take #REF! out of the"
        " formula."
    )
    return warning("workbook.function-deleted", message, fix, cell.place)


def _unfinished(cell: FunctionCell) -> Finding:
    message = f"The workbook was saved before an answer came to {cell.display}, so there is none."
    fix = "Open it, press Ctrl+Alt+F9, wait until no cell shows #BUSY!, and save it again."
    return warning("workbook.function-unfinished", message, fix, cell.place)


def _not_reached(cell: FunctionCell) -> Finding:
    why, fix = _NOT_REACHED[cell.value]
    message = f"The cell shows {cell.value}: {why}, so {cell.display} has no answer."
    return warning("workbook.function-not-reached", message, fix, cell.place)


def _not_calculated(cell: FunctionCell) -> Finding:
    message = (
        f"The cell shows {cell.value}: Excel does not work out {cell.display} there, as in a data"
        " table or inside a function that takes no block."
    )
    fix = "Try figures on What-if or by ICB_WITH, and give the formula a cell of its own."
    return warning("workbook.function-not-calculated", message, fix, cell.place)


def _as_text(cell: FunctionCell) -> Finding:
    message = f"The cell holds an error as text, which a total skips: {cell.value}"
    fix = (
        "Correct what it says. The macros of this version show an error value: run icbudget excel."
    )
    return warning("workbook.function-error-text", message, fix, cell.place)


def _refused(cell: FunctionCell) -> Finding:
    if cell.argument:
        message = f"The cell shows {cell.value}: {cell.display} takes {cell.argument}."
        fix = "Correct that cell; this one follows."
    else:
        message = f"The cell shows {cell.value}: {cell.display} could not be worked out."
        fix = "Correct its words: a table or a figure is called as its sheet shows it."
    return warning("workbook.function-refused", message, fix, cell.place)


_NOT_REACHED = {
    "#BLOCKED!": (
        "Excel was not allowed to run the functions of icbudget",
        "Trust the workbook and allow the add-in (File, Options, Trust Center), or ask your IT.",
    ),
    "#CONNECT!": (
        "the server of icbudget did not answer",
        "Check that you are online and signed in in the task pane; then press Ctrl+Alt+F9.",
    ),
    "#TIMEOUT!": (
        "the server of icbudget did not answer in time",
        "Press Ctrl+Alt+F9. If it comes again, ask for fewer draws or fewer cells.",
    ),
    "#UNKNOWN!": (
        "this version of Excel does not know the kind of answer",
        "Open it in a later version of Excel, press Ctrl+Alt+F9 and save.",
    ),
    "#EXTERNAL!": (
        "Excel did not let the functions of icbudget ask outside the workbook",
        "Allow the add-in (File, Options, Trust Center), or ask your IT.",
    ),
}
_BY_ERROR: dict[str, Callable[[FunctionCell], Finding]] = {
    "#NAME?": _not_here,
    "#SPILL!": _no_room,
    "#REF!": _deleted,
    "#BUSY!": _unfinished,
    "#GETTING_DATA": _unfinished,
    "#CALC!": _not_calculated,
    **dict.fromkeys(_NOT_REACHED, _not_reached),
}
_ONE_CAUSE = (_not_here, _unfinished, _not_reached)
"""What a whole program lacks, whichever cell shows it."""

WHY_IT_MATTERS = {
    "workbook.function-deleted": (
        "The formula has lost what it was made from. Every cell that takes it is in error too."
    ),
    "workbook.function-error-text": (
        "SUM passes over a text, so a total beside it looks right and lacks a part."
    ),
    "workbook.function-no-room": (
        "The answer is there and cannot be shown, so whatever takes it is in error."
    ),
    "workbook.function-not-calculated": (
        "Excel itself does not allow a custom function in that place, whatever it is given."
    ),
    "workbook.function-not-here": (
        "Whoever opens the workbook there sees an error in the place of a figure."
    ),
    "workbook.function-not-reached": (
        "The function never ran. The figures of before are gone until it does."
    ),
    "workbook.function-refused": (
        "Somebody meant a figure to stand there. The plan is right, and the cell shows none of it."
    ),
    "workbook.function-unfinished": (
        "Whoever opens the file without icbudget sees no figure, and a total may be of before."
    ),
    "workbook.function-unknown": (
        "A function that does not exist gives no figure on any machine, with or without icbudget."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

"""What a host passes for an argument, to what a function needs: the same on every host.

Hosts differ: a blank cell comes as nothing, as empty text or as 0; a range of one cell as a bare
value; a range of one row as a plain list; an error value as its name, as a number of COM or as a
typed value of Office.js, as a date may; currency as a decimal. So for numbers a blank and 0 mean
the same, and an argument left out is a blank one. Whole tables are only evened out here; their
cells are read by `icbudget.plan.rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from icbudget.plan import cell_values
from icbudget.plan.columns import Column, Kind

Cells = tuple[tuple[Any, ...], ...]
V = TypeVar("V")
Values = list[list[V]]

# COM passes an error value as a number, 2000 for #NULL! and up as XlCVError counts them; those of
# later versions of Excel lie in the same range.
_FIRST_COM_ERROR, _LAST_COM_ERROR = -2146826288, -2146826200
_PLAIN = (float, int)
MOST_CELLS = 200_000
MOST_ROWS = 50_000
"""Cells and rows one argument may hold: far more than a table of a plan, far fewer than a whole
column.
"""


class InputProblem(Exception):
    """Why a function cannot answer.

    The message names the table or argument, the row and the column, and the fix.
    """


def grid(name: str, raw: Any) -> Cells:
    """Return an argument as rows of cells, nothing where it was left out.

    Each cell is evened out over the hosts.

    Nearly every cell is a number, blank or a text that begins with a letter or a digit, and is
    taken as it is without a call. Raises `InputProblem` for a range of more cells than a table can
    hold, such as whole columns.
    """
    if raw is None:
        return ()
    if not isinstance(raw, (list, tuple)):
        return ((_cell(raw),),)
    rows = raw if raw and isinstance(raw[0], (list, tuple)) else [raw]
    within_limit(name, len(rows), len(rows[0]))
    return tuple(
        tuple(
            [
                (
                    c
                    if type(c) is float or c is None or (type(c) is str and c[:1].isalnum())
                    else _cell(c)
                )
                for c in row
            ]
        )
        for row in rows
    )


def within_limit(name: str, rows: int, columns: int) -> None:
    """Raise `InputProblem` for a range of more cells or rows than a table can hold.

    Such are whole columns.
    """
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        most = f"{MOST_ROWS:,} rows" if rows > MOST_ROWS else f"{MOST_CELLS:,}"
        message = f"{name} is a range of {rows:,} × {columns:,} cells, more than {most}."
        raise InputProblem(
            f"{message} Give the table itself, as in Table[#All], not whole columns."
        )


def _cell(raw: Any) -> Any:
    if isinstance(raw, str):
        return raw if cell_values.clean(raw) else None
    if isinstance(raw, Decimal):
        return float(raw)
    if isinstance(raw, dict):
        return _cell(raw.get("basicValue"))
    if isinstance(raw, int) and _FIRST_COM_ERROR <= raw <= _LAST_COM_ERROR:
        return cell_values.COM_ERRORS.get(raw, "#UNKNOWN!")
    return raw


def handle(name: str, cells: Cells) -> str:
    """Return the text of a plan's cell.

    Raises `InputProblem` for a blank, as for a cell that is not worked out yet.
    """
    raw = _only(name, [list(row) for row in cells] if cells else [[None]])
    if is_nothing(raw):
        raise InputProblem(
            f"{name} is blank. Give the cell that holds =ICB_PLAN(…), named Plan in the template."
        )
    if cell_values.is_error_value(raw):
        raise InputProblem(f"{name} holds the Excel error {raw}: the plan's own cell says why.")
    return str(raw)


def handle_or_error(name: str, cells: Cells) -> str:
    """Return the text of a plan's cell, or the Excel error that it holds.

    Raises `InputProblem` for a blank.
    """
    raw = _only(name, [list(row) for row in cells] if cells else [[None]])
    return str(raw) if cell_values.is_error_value(raw) else handle(name, cells)


def text(name: str, cells: Cells) -> str:
    """Return an argument of one cell as the text in it, blank for a blank one."""
    raw = _only(name, [list(row) for row in cells] if cells else [[None]])
    if cell_values.is_error_value(raw):
        raise InputProblem(f"{name} holds the Excel error {raw}.")
    return "" if is_nothing(raw) else str(raw)


def whole_number(name: str, cells: Cells) -> int:
    """Return an argument of one cell as a whole number, 0 when blank."""
    return _only(name, whole_numbers(name, cells))


def cells(name: str, argument: Cells) -> Cells:
    """Return an argument as it is: rows of cells."""
    return argument


def numbers(name: str, argument: Cells) -> Values[float]:
    """Return an argument as numbers in its own shape; a blank is 0.

    Raises `InputProblem` for anything else.

    Plain numbers, which is what nearly every cell is, are taken as they are.
    """
    least, most = -cell_values.TOO_LARGE, cell_values.TOO_LARGE

    def read(row: int, column: int, raw: Any) -> float:
        if cell_values.is_blank(raw):
            return 0.0
        number_read: float = _read(place(name, argument, row, column), Kind.NUMBER, raw)
        return number_read

    return [
        [
            float(raw) if type(raw) in _PLAIN and least < raw < most else read(r, c, raw)
            for c, raw in enumerate(row)
        ]
        for r, row in enumerate(argument or ((None,),))
    ]


def number(name: str, argument: Cells) -> float:
    """Return an argument of one cell as a number, 0 when blank."""
    return _only(name, numbers(name, argument))


def whole_numbers(name: str, argument: Cells) -> Values[int]:
    """Return an argument as whole numbers in its own shape; a blank is 0."""
    return _each(
        name,
        argument,
        lambda label, raw: _read(label, Kind.WHOLE, raw) if not cell_values.is_blank(raw) else 0,
    )


def financial_years(name: str, argument: Cells) -> Values[str]:
    """Return an argument as financial years, `2026/27`, in its own shape.

    Raises `InputProblem` for a blank.
    """
    return _each(
        name,
        argument,
        lambda label, raw: _read(label, Kind.YEAR, _needed(label, raw, "Type a year as 2026/27.")),
    )


def words(*allowed: str, default: str | None = None) -> Callable[[str, Cells], Values[str]]:
    """Return a reader of texts that must be one of those allowed.

    A blank is the default, if there is one.
    """

    def read(name: str, argument: Cells) -> Values[str]:
        def word(label: str, raw: Any) -> str:
            if is_nothing(raw) and default is not None:
                return default
            needed = _needed(label, raw, f"Choose one of: {'; '.join(allowed)}.")
            return str(_read(label, Kind.CHOICE, needed, allowed))

        return _each(name, argument, word)

    return read


def sentence(name: str, argument: Cells) -> str:
    """Return an argument of one cell as the text in it. Raises `InputProblem` for a blank."""
    texts = _each(name, argument, lambda label, raw: _needed(label, raw, "Type what is meant."))
    return str(_only(name, texts))


def place(name: str, argument: Sequence[Sequence[Any]], row: int, column: int) -> str:
    """Return how a message names a cell of an argument: `rates, row 2, column 1`.

    Rows and columns are counted from 0.
    """
    is_one_cell = len(argument) == 1 and len(argument[0]) == 1
    return name if is_one_cell else f"{name}, row {row + 1}, column {column + 1}"


def _each(name: str, argument: Cells, read: Callable[[str, Any], V]) -> Values[V]:
    rows = argument or ((None,),)
    return [
        [read(place(name, rows, r, c), raw) for c, raw in enumerate(row)]
        for r, row in enumerate(rows)
    ]


def _only(name: str, values: Values[V]) -> V:
    if len(values) != 1 or len(values[0]) != 1:
        raise InputProblem(
            f"{name} is a range of {len(values)} × {len(values[0])} cells. Give one cell."
        )
    return values[0][0]


def is_nothing(raw: Any) -> bool:
    """Return whether a cell of words holds nothing: a blank, which some hosts pass as 0."""
    return cell_values.is_blank(raw) or (raw == 0 and not isinstance(raw, bool))


def _needed(label: str, raw: Any, fix: str) -> Any:
    if is_nothing(raw):
        raise InputProblem(f"{label} is blank. {fix}")
    return raw


def _read(label: str, kind: Kind, raw: Any, choices: tuple[str, ...] = ()) -> Any:
    column = Column("", label, kind, "", "", False, True, None, choices, "", "", "")
    try:
        return cell_values.read(column, raw)
    except cell_values.CellProblem as problem:
        raise InputProblem(f"{problem.message} {problem.fix}") from None

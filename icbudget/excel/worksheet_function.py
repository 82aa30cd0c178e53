"""What a worksheet function is, and the one way to call it.

A declaration gives the Excel signature, the descriptions of function and arguments, the list of
functions, and the tests of every host. Ids are stored in people's workbooks and never change. Every
host calls `run`; none does arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from icbudget.excel import coerce
from icbudget.excel.coerce import InputProblem

Cell = str | int | float
Rows = list[list[Cell]]
MOST_ARGUMENTS = 255
"""Arguments that Excel 2007 and later pass to a function at most."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name in Excel, what it is, how it is read, and whether it may be left out.

    `repeats`: the last argument, given as often as a person likes; it is then handed on as so many.
    A function that has one has none that may be left out.
    """

    name: str
    doc: str
    read: Callable[[str, coerce.Cells], Any]
    optional: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function.

    It has its id, what it gives, its arguments in order, and what answers it with rows of cells.
    """

    id: str
    doc: str
    arguments: tuple[Argument, ...]
    call: Callable[..., Sequence[Sequence[Any]]]

    @property
    def repeats(self) -> bool:
        """Return whether the last argument may be given several times."""
        return self.arguments[-1].repeats

    def argument(self, position: int) -> Argument:
        """Return the argument at a position, counted from 0; a repeated one stands at many."""
        return self.arguments[min(position, len(self.arguments) - 1)]


def run(function: Function, raw_arguments: Sequence[Any]) -> Rows:
    """Return what a function answers, as rows of cells that every host can show.

    A cell is text, a number, or '' for nothing.

    An argument left out is None. Raises `InputProblem` when the arguments do not allow an answer; a
    host makes an error value of it, never a text, which a total would skip.
    """
    raw = list(raw_arguments)
    if not function.repeats:
        raw += [None] * (len(function.arguments) - len(raw))
    if len(raw) > max(len(function.arguments), MOST_ARGUMENTS if function.repeats else 0):
        raise InputProblem(f"There are {len(raw)} arguments, more than {function.id} takes.")
    arguments = [function.argument(position) for position in range(len(raw))]
    values = [
        argument.read(_called(argument, position), coerce.grid(_called(argument, position), cells))
        for position, (argument, cells) in enumerate(zip(arguments, raw, strict=True), start=1)
    ]
    return [_host_row(row) for row in function.call(*values)]


def _called(argument: Argument, position: int) -> str:
    """Return what messages call an argument; of a repeated one which it is."""
    return f"argument {position}" if argument.repeats else argument.name


_PLAIN = frozenset((str, int, float))


def _host_row(row: Sequence[Any]) -> list[Cell]:
    # Nearly every row is of plain cells. The sum of its numbers is finite only if each of them is.
    if _PLAIN.issuperset(map(type, row)):
        numbers = [cell for cell in row if type(cell) is float]
        if math.isfinite(sum(numbers)):
            return list(row)
    return list(map(_host_cell, row))


def _host_cell(cell: Any) -> Cell:
    if type(cell) is float and math.isfinite(cell):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, (str, int)):
        return cell
    number = float(cell)
    if not math.isfinite(number):
        raise InputProblem(
            "The answer is not a number that Excel can hold. Check the size of the arguments."
        )
    return number

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


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name in Excel, what it is, how it is read, and whether it may be left
    out.
    """

    name: str
    doc: str
    read: Callable[[str, coerce.Cells], Any]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function: its id, what it gives, its arguments in order, and what answers it
    with rows of cells.
    """

    id: str
    doc: str
    arguments: tuple[Argument, ...]
    call: Callable[..., Sequence[Sequence[Any]]]


def run(function: Function, raw_arguments: Sequence[Any]) -> Rows:
    """Return what a function answers, as rows of cells that every host can show: text, numbers, ''
    for nothing.

    An argument left out is None. Raises `InputProblem` when the arguments do not allow an answer; a
    host makes an error value of it, never a text, which a total would skip.
    """
    given = [*raw_arguments, *[None] * (len(function.arguments) - len(raw_arguments))]
    values = [
        a.read(a.name, coerce.grid(a.name, raw))
        for a, raw in zip(function.arguments, given, strict=True)
    ]
    return [list(map(_shown, row)) for row in function.call(*values)]


def _shown(cell: Any) -> Cell:
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

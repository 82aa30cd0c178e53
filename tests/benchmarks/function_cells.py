"""The function cells of a workbook, as `icbudget` writes it: what Excel asks after an edit, in the
order in which it can: what takes the plan first, then what takes the plan as tried.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula

from icbudget.answers.answered import answered
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS, HEADLINE_FIGURES
from icbudget.workbook.layout import PLAN, TRIED, WHAT_IF
from icbudget.workbook.writing.build import build

_CALL = re.compile(rf"(ICB_TABLE|ICB_FIGURE)\(({PLAN}|{TRIED}),([^()]+)\)")
_WITH = re.compile(rf"ICB_WITH\({PLAN},(\$[A-Z]+\$\d+:\$[A-Z]+\$\d+),")


@dataclass(frozen=True, slots=True)
class FunctionCell:
    """One call: the function, the cell of the plan that it takes, and its words behind it.

    A word is the cells of a range, from top to bottom, or the one text.
    """

    id: str
    of: str
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FunctionCells:
    """Every call of a workbook but `ICB_PLAN` itself.

    `tried`: the figures of What-if, by name; blank lines stand as blanks.
    """

    cells: tuple[FunctionCell, ...]
    tried: tuple[str, ...]

    @property
    def calls(self) -> int:
        """Return how many calls a recalculation makes.

        `ICB_PLAN` and the sign of life come on top, and `ICB_WITH` where What-if has figures.
        """
        return len(self.cells) + (3 if self.tried else 2)

    def of(self, plan: str) -> list[FunctionCell]:
        """Return the calls that take one of the two plans."""
        return [cell for cell in self.cells if cell.of == plan]


def of_new_workbook(case: Case) -> FunctionCells:
    """Return the function cells of the workbook that `icbudget new` writes, with a plan in it."""
    blocks = {HEADLINE_FIGURES.id: answered(case, HEADLINE_FIGURES)}
    with warnings.catch_warnings():  # openpyxl names what of the look it does not keep
        warnings.simplefilter("ignore")
        content = io.BytesIO(build(case.plan, blocks, live=True, case=case))
        book = openpyxl.load_workbook(content)
    cells: list[FunctionCell] = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, ArrayFormula):
                    cells += _calls(sheet, str(cell.value.text))
    (names,) = _WITH.findall(str(book[WHAT_IF]["A14"].value.text))
    tried = tuple(str(cell.value or "") for (cell,) in book[WHAT_IF][names.replace("$", "")])
    return FunctionCells(tuple(cells), tried)


def of_every_answer() -> FunctionCells:
    """Return the answers of a workbook with every module, without What-if."""
    titles = [answer.title for answer in ANSWERS if answer.opens]
    return FunctionCells(
        tuple(FunctionCell("ICB_TABLE", PLAN, ((title,),)) for title in titles), ()
    )


def _calls(sheet: Any, formula: str) -> list[FunctionCell]:
    calls: list[FunctionCell] = []
    for id, plan, arguments in _CALL.findall(formula):
        words = tuple(_word(sheet, argument) for argument in arguments.split(","))
        if any(words[0]):  # a blank line of What-if asks nothing
            calls.append(FunctionCell(id, plan, words))
    return calls


def _word(sheet: Any, argument: str) -> tuple[str, ...]:
    """Return what an argument is: a text in quotation marks, or what stands in cells."""
    if argument.startswith('"'):
        return (argument.strip('"'),)
    cells = sheet[argument.replace("$", "")]
    rows = cells if isinstance(cells, tuple) else ((cells,),)
    return tuple(str(cell.value or "") for (cell,) in rows)

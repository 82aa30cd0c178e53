"""What the declaration of an answer says; the declarations stand in `catalogue`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icbudget import glossary
from icbudget.answers.case import Case
from icbudget.answers.names import headings_of_ids, names_under
from icbudget.answers.value_column import Column
from icbudget.late_names import LateFunction
from icbudget.plan import Plan

if TYPE_CHECKING:
    from icbudget.answers.block import Block, Lines

# What figures stand on (model §1.8): every answer says which of these, and how.
NOMINAL = "nominal £ of the year"
PLANNED = f"{NOMINAL}, as planned"
MEASURES_PLANNED = "each measure in its own unit, as planned"
AT_OUTTURN = "at outturn, else forecast, else plan"
REAL = "real £ of the base year, discounted"
OVER_YEARS = f"{NOMINAL}, all years added up unless the row says otherwise"

BY_YEAR = Column("Year", repeated=True)
"""A column for each year of the plan; the unit is that of each row."""
OVER_PLAN = "Over the plan"
"""Heading of a column of all years of the plan."""


def made_by(function: str) -> LateFunction:
    """Return a builder of an answer, named as its module here and its own name.

    So that the declarations can be looked at without loading what works the answers out.
    """
    module, _, name = function.partition(".")
    return LateFunction(f"icbudget.answers.{module}", name)


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """One answer: what it is called, what it says, who builds it and where it stands.

    `id`: its plain name for programs and files, words with hyphens; it is never renamed. `title`:
    the name of its sheet, and what people call it. `module`: the part of a workbook that it belongs
    to. `labels`: its label columns, by their keys in `glossary.HEADINGS`; `columns`: its value
    columns; `basis`: what its figures stand on (model §1.8). A return has none of the three here:
    its columns are those of its rules year. `report` and `paper`: the sections of the report and of
    the committee paper that show its main figures, blank for none.

    `runs_again`: it does not only read the plan's result, but runs the plan again with other
    figures or scenarios; each of these is more work than all the others together. `searches`: the
    answers in which it looks for something (what would break even, what moves a range most). It is
    known only where all of these are known, since what a search finds may be the same by chance.
    `together`: see `unread_figures.common`. `opens`: a workbook with its module has its sheet; the
    others open when they are asked for.
    """

    id: str
    title: str
    help: str
    module: str
    lines: Callable[[Case], Lines]
    labels: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    basis: str = ""
    report: str = ""
    paper: str = ""
    searches: tuple[Answer, ...] = ()
    together: bool = False
    runs_again: bool = False
    opens: bool = False

    def build(self, case: Case) -> Block:
        """Return the answer of a case."""
        return self.block(self.lines(case), case.plan)

    def block(self, lines: Lines, plan: Plan | None = None) -> Block:
        """Return what was worked out under the headings, units and basis that are declared.

        The plan names the things that rows are of.
        """
        from icbudget.answers.block import Block

        columns = _repeated(lines.columns or self.columns, lines.each)
        ids = () if lines.labels else headings_of_ids(self.labels)
        return Block(
            self.title,
            lines.shows,
            lines.labels or glossary.headings(*self.labels),
            tuple(column.heading for column in columns),
            lines.rows,
            units=tuple(column.unit for column in columns),
            bases=tuple(column.basis for column in columns),
            basis=self.basis,
            form=bool(lines.columns),
            ids=ids,
            names=names_under(self.labels, plan) if plan and not lines.labels else {},
        )


def _repeated(columns: Iterable[Column], each: Iterable[str]) -> tuple[Column, ...]:
    """Return columns with each repeated one put as often as it stands."""
    placed: list[Column] = []
    for column in columns:
        if column.repeated:
            placed += [column._replace(heading=heading) for heading in each]
        else:
            placed.append(column)
    return tuple(placed)

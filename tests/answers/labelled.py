"""Every figure that a plan's answers and its workbook show, by its label and all that sets it apart.

A label is one concept (model §1.8): two figures of one label, one plan, one thing, one year and one
basis are one number, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from icbudget.answers.block import Block
from icbudget.answers.catalogue import ANSWERS, BY_ID
from icbudget.answers.explain import FIGURE_HEADINGS
from icbudget.answers.side_by_side import PLAN as AS_IT_STANDS
from icbudget.glossary import ALL_POOLS, ALL_SOURCES, SYSTEM, headings
from icbudget.plan import Plan
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook.contents import EVERYTHING, Contents
from icbudget.workbook.writing.answer_totals import totals_of
from icbudget.workbook.writing.formulas import Area

OVER_PLAN = "Over the plan"
AS_PLANNED = "As planned"
WHOLE = {"", SYSTEM, ALL_POOLS, ALL_SOURCES}
"""Labels that set nothing apart: the figure is of all."""
FORMS = {answer.id for answer in ANSWERS if answer.module == "returns"}
"""Answers in the columns of a national form, whose labels are not ours."""
_THINGS = frozenset(
    headings(
        "acute_line",
        "goal",
        "name",
        "partner",
        "pool",
        "programme",
        "source",
        "thing",
        "who",
        "whose",
    )
)
"""Headings under which things of the plan stand; others say line, month, section and the like."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A figure: its label, its unit, what it is of, its column, its value, and where it stands."""

    label: str
    unit: str
    of: frozenset[tuple[str, str]]
    column: str
    value: float
    where: str
    half: float = 0.0
    """Half a unit of the last digit that is shown."""

    @property
    def key(self) -> tuple[str, str, frozenset[tuple[str, str]], str]:
        """Return all that sets the figure apart from others."""
        return self.label, self.unit, self.of, self.column


def labelled_figures(plan: Plan, blocks: Mapping[str, Block]) -> Iterator[Labelled]:
    """Yield the figures of every answer, and of the totals above it in a workbook."""
    for id, block in blocks.items():
        if id not in FORMS and block.columns:
            yield from _of_block(id, block)
            yield from _of_totals(id, plan, block)


def _of_block(id: str, block: Block) -> Iterator[Labelled]:
    yield from of_rows(id, block, ((row.labels, row.unit, row.values) for row in block.rows))


Rows = Iterable[tuple[Sequence[str], str, Sequence[object]]]
"""The labels, the unit and the values of each row of an answer, wherever they are met."""


def of_rows(where: str, block: Block, rows: Rows) -> Iterator[Labelled]:
    """Yield the figures of rows that stand under the headings of an answer."""
    for row_labels, row_unit, values in rows:
        labels = dict(zip(block.labels, row_labels, strict=True))
        figure = [labels[heading] for heading in FIGURE_HEADINGS if labels.get(heading)]
        rest = {h: w for h, w in labels.items() if h not in FIGURE_HEADINGS and w not in WHOLE}
        if not figure:
            continue
        label = ", ".join(word for word in figure if word != AS_PLANNED)
        for column, value in zip(block.columns, values, strict=True):
            if _is_known_number(value):
                name = OVER_PLAN if column == AS_IT_STANDS else column
                unit = block.unit_of(row_unit, column)
                of = frozenset((_role(heading), word) for heading, word in rest.items())
                yield Labelled(label, unit, of, name, float(value), where)


def _is_known_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, NotKnown)


def _role(heading: str) -> str:
    """Return what a label says of a figure: a thing of the plan is the same under any heading."""
    return "thing" if heading in _THINGS else heading


def _of_totals(id: str, plan: Plan, block: Block) -> Iterator[Labelled]:
    answer = BY_ID[id]
    if not block.rows:
        return
    contents = Contents(plan, EVERYTHING, {id: block})
    for total in totals_of(answer, contents, Area(answer.title, block, 0)):
        if not isinstance(total.label, str):
            continue  # the total of one pool, named by a formula
        for column, figure in total.figures.items():
            if _is_known_number(figure.value):
                where = f"the totals of {answer.title}"
                yield Labelled(
                    total.label, total.unit, frozenset(), column, float(figure.value), where
                )

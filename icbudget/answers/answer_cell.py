"""A cell of an answer, with the words that name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from icbudget.answers.block import Block, Cell, Row
from icbudget.plan.figure_names import SEPARATOR
from icbudget.plan.headings import year_of


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """A cell of an answer: the answer's title, its row and its column."""

    title: str
    block: Block
    row: Row
    column: str

    @property
    def value(self) -> Cell:
        """Return what stands in the cell."""
        return self.row.values[self.block.columns.index(self.column)]

    @property
    def words(self) -> dict[str, str]:
        """Return the word that tells the cell apart, by the heading it stands under."""
        labels = dict(zip(self.block.labels, self.row.labels, strict=True))
        last = "Year" if year_of(self.column) else "Column"
        return {"answer": self.title, **labels, last: self.column}

    @property
    def name(self) -> str:
        """Return the name of the cell: its answer, its labels, its column."""
        return self._with_labels(self.row.labels)

    @property
    def called(self) -> str:
        """Return the name of the cell as people read it, with names in the place of ids."""
        return self._with_labels(self.block.named(self.row))

    def _with_labels(self, labels: Iterable[str]) -> str:
        return SEPARATOR.join((self.title, *filter(None, labels), self.column))

"""explain knows every figure of every answer, by the words of its row."""

from __future__ import annotations

import pytest

from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.explain import FIGURE_HEADINGS, explain
from icbudget.answers.named_figures import AnswerCell
from tests.workbook.plans import rich_blocks, rich_case

WITH_FIGURES = [answer for answer in ANSWERS if rich_blocks()[answer.id].columns]


def one_of_each_figure(answer):
    """Return the first cell that holds something of every figure that an answer names."""
    block = rich_blocks()[answer.id]
    own = [n for n, heading in enumerate(block.labels) if heading in FIGURE_HEADINGS]
    cells = {}
    for row in block.rows:
        figure = tuple(row.labels[n] for n in own) or row.labels
        filled = [
            c for c, value in zip(block.columns, row.values, strict=True) if value is not None
        ]
        if filled and figure not in cells:
            cells[figure] = AnswerCell(answer.title, block, row, filled[-1])
    return list(cells.values())


@pytest.mark.parametrize("answer", WITH_FIGURES, ids=lambda answer: answer.id)
def test_every_figure_of_an_answer_is_explained(answer):
    for cell in one_of_each_figure(answer):
        explanation = explain(rich_case(), cell.name, {})
        assert not explanation.unknown, cell.name
        same = [c for c in explanation.cells if c.name == cell.name]
        assert cell.value in [c.value for c in same], cell.name
        assert all(c.meaning for c in same), cell.name


def test_what_stands_beside_a_figure_is_of_the_same_thing_and_year():
    name = "Balances / bcf / NHS Minimum Contribution / Closing balance / 2026/27"
    (cell,) = explain(rich_case(), name, {}).cells
    beside = dict(cell.beside)
    # open + income + transfers in + reinvested − spend − transfers out = close (model §7)
    came = sum(beside[label] for label in ("Open", "Income", "Transfers in", "Reinvested"))
    went = beside["Spend"] + beside["Transfers out"]
    assert cell.value == pytest.approx(came - went, abs=0.005)


def test_a_word_that_nothing_is_called_is_still_refused():
    assert explain(rich_case(), "bcf / Closing time", {}).unknown

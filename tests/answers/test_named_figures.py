"""A figure by its name: the answer that it names is looked into, and no other is worked out."""

from __future__ import annotations

import pytest

from icbudget.answers.answer import Answer
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import INCOME
from icbudget.answers.named_figures import cells_called, figure
from icbudget.plan.figure_names import FigureNameProblem
from icbudget.plan.plan_text import from_yaml
from tests.places import FIRST_BOROUGH


@pytest.fixture(scope="module")
def plan():
    return from_yaml(FIRST_BOROUGH.read_text(encoding="utf-8")).plan


@pytest.fixture
def built(monkeypatch):
    """Titles of the answers that are worked out."""
    titles = []
    really = Answer.build

    def counted(answer, case):
        titles.append(answer.title)
        return really(answer, case)

    monkeypatch.setattr(Answer, "build", counted)
    return titles


def test_a_name_that_says_its_answer_works_out_that_answer_alone(plan, built):
    case = evaluate(plan)
    block = INCOME.build(case)
    built.clear()
    for row in block.rows[:5]:
        name = " / ".join((INCOME.title, *filter(None, row.labels), block.columns[0]))
        assert figure(case, name).value == row.values[0]
    assert built == [INCOME.title]


def test_a_name_that_fits_several_cells_of_its_answer_is_looked_for_in_all(plan, built):
    case = evaluate(plan)
    year = plan.years[0]
    with pytest.raises(FigureNameProblem, match=r"fits [0-9]+ cells"):
        figure(case, f"{INCOME.title} / {year}")
    assert len(set(built)) > 20


def test_a_name_without_an_answer_is_looked_for_in_all(plan, built):
    case = evaluate(plan)
    assert cells_called(case, f"{plan.pools[0].id} / {plan.years[0]}")
    assert len(set(built)) > 20

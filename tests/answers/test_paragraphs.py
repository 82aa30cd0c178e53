"""The paragraphs of the guide that an answer and a posting cite. That the guide has them is held by
`tests/guide/test_references.py`, for everything that cites.
"""

from __future__ import annotations

import inspect

import pytest

from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.explain import HOW, explain, explanation_block
from icbudget.answers.named_figures import cells_called
from icbudget.answers.paragraphs import OF_ANSWER, OF_POSTING
from icbudget.plan.plan_text import from_yaml
from tests.places import EXAMPLES


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.id)
def test_an_answer_cites_what_its_builder_cites(answer):
    words = " ".join((inspect.unwrap(answer.lines.function).__doc__ or "").split())
    assert f"Source: {OF_ANSWER[answer.id]}." in words


def test_every_answer_and_every_kind_of_posting_has_one():
    assert set(OF_ANSWER) == {answer.id for answer in ANSWERS}
    assert set(OF_POSTING) == set(HOW)


def test_an_explanation_cites_them():
    plan = from_yaml((EXAMPLES / "ge1" / "plan.yaml").read_text(encoding="utf-8")).plan
    case = evaluate(plan)
    year, line = plan.years[1], plan.acute_lines[0].id
    block = explanation_block(explain(case, f"{line} / {year} / activity payment", {}))
    kinds = {row.labels[1]: row.labels[2] for row in block.rows if row.labels[0] == "Kind"}
    assert kinds["activity payment"].endswith("(model §6.1)")
    (avoided,) = cells_called(case, f"{line} / Contract saving / {year}")
    assert avoided.title == "Cash released"
    explained = explain(case, avoided.name, {}).cells[0]
    assert explained.meaning.endswith("(model §6.1, §6.2, §6.3)")

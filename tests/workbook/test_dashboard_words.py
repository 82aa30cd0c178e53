"""No sentence of the Dashboard comforts over nothing: over an empty plan, or what is not known."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from icbudget import glossary
from icbudget.answers.answered import answered, answers_of
from icbudget.answers.case import evaluate_draft
from icbudget.plan.modules import POOL, SHIFT
from icbudget.plan.plan_text import from_document
from icbudget.workbook.contents import Choice
from icbudget.workbook.layout import DASHBOARD
from icbudget.workbook.writing.build import build

SOURCE = "Additional LA Contribution"


def plan(**changes: Any) -> dict[str, Any]:
    """One pool that spends what it takes in, without a risk share, a programme or a goal."""
    return {
        "setup": {"title": "Small", "base_year": "2025/26", "horizon": 1},
        "partners": [{"id": "council", "name": "Northbank Council", "kind": "council"}],
        "pools": [{"id": "p", "name": "The pool", "host": "council"}],
        "contributions": [
            {"pool": "p", "partner": "council", "source": SOURCE, "base_amount": 100}
        ],
        "schemes": [{"id": "1", "name": "Care", "pool": "p", "source": SOURCE, "base_amount": 100}],
        **changes,
    }


def sentences(document: dict[str, Any], *modules: str, live: bool = True) -> dict[str, str]:
    """The sentence under each figure of the Dashboard, by the figure's label without its year."""
    case = evaluate_draft(from_document(document))
    blocks = {answer.id: answered(case, answer) for answer in answers_of(case)}
    content = build(case.plan, blocks, live=live, case=case, choice=Choice(frozenset(modules)))
    # Read-only, openpyxl takes in the one sheet that is asked for, and no chart.
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)[DASHBOARD]
    labels, words = ([cell.value for cell in page[row]] for row in (5, 7))
    return {
        str(label).partition(" in 20")[0]: str(text)
        for label, text in zip(labels, words, strict=True)
        if label
    }


COMFORT = ("No pooled fund is", "No rule fails", "No goal", "Nobody", "No partner is")
AGAINST_NOTHING = "There is no programme, so nothing shifts and there is nothing to compare."


def test_a_plan_without_a_programme_has_nobody_who_is_not_worse_off():
    words = sentences(plan(), POOL, SHIFT)
    assert words[glossary.GAIN_SO_FAR] == AGAINST_NOTHING
    assert words[glossary.GOALS_MET] == "There is no goal."
    assert (
        words[glossary.LEFT_IN_POOLS]
        == "as planned, before settlement. No pooled fund is over-committed."
    )


@pytest.mark.parametrize("live", [True, False])
def test_a_plan_without_a_scheme_is_not_said_to_be_within_its_money(live):
    words = sentences(plan(schemes=[]), POOL, live=live)
    assert (
        words[glossary.LEFT_IN_POOLS]
        == "as planned, before settlement. No scheme spends from the pools yet."
    )


def test_a_plan_without_a_pooled_fund_or_a_risk_share_says_so():
    aligned = [{"id": "p", "name": "P", "host": "council", "pooling_status": "aligned"}]
    words = sentences(plan(pools=aligned), POOL)
    assert words[glossary.LEFT_IN_POOLS] == "There is no pooled fund."
    borne = words[glossary.MOST_BORNE]
    assert borne == "No pool has a risk share: who would bear one is not agreed."


def test_where_a_rule_is_agreed_and_nothing_is_over_nobody_bears_an_overspend():
    shared = [{"id": "p", "name": "P", "host": "council", "risk_share": "r"}]
    rule = [{"id": "r", "basis": "contributions"}]
    words = sentences(plan(pools=shared, risk_shares=rule), POOL)
    assert words[glossary.MOST_BORNE] == "Nobody bears an overspend in 2026/27."


def test_a_pool_that_is_over_is_named():
    over = [{"id": "1", "name": "Care", "pool": "p", "source": SOURCE, "base_amount": 2_000_100}]
    # £2m more than there is in each of two years
    words = sentences(plan(schemes=over), POOL)
    assert (
        words[glossary.LEFT_IN_POOLS]
        == "as planned, before settlement. The pool is over-committed by £4.0m."
    )


@pytest.mark.parametrize("modules", [(POOL,), (POOL, SHIFT)])
def test_no_comfort_stands_over_a_figure_that_nobody_can_read(modules):
    unread = [{"pool": "p", "partner": "council", "source": SOURCE, "base_amount": "#REF!"}]
    for label, words in sentences(plan(contributions=unread), *modules, live=False).items():
        assert not any(comfort in words for comfort in COMFORT), label

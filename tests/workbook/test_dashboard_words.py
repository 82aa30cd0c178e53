"""No sentence of Dashboard or Start comforts over nothing: over an empty plan, or what is not known."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from icbudget import glossary
from icbudget.answers.answered import answered, answers_of
from icbudget.answers.case import evaluate_draft
from icbudget.answers.headlines import headline
from icbudget.plan.modules import POOL, SHIFT
from icbudget.plan.plan_text import from_document
from icbudget.report.committee_paper import committee_document
from icbudget.report.run_record import record_of
from icbudget.workbook.contents import Choice
from icbudget.workbook.layout import DASHBOARD, START
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


def page_of(document: dict[str, Any], sheet: str, *modules: str, live: bool = True) -> Any:
    """The cells of a sheet as values."""
    case = evaluate_draft(from_document(document))
    blocks = {answer.id: answered(case, answer) for answer in answers_of(case)}
    content = build(case.plan, blocks, live=live, case=case, choice=Choice(frozenset(modules)))
    # Read-only, openpyxl takes in the one sheet that is asked for, and no chart.
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)[sheet]


def sentences(document: dict[str, Any], *modules: str, live: bool = True) -> dict[str, str]:
    """The sentence under each figure of the Dashboard, by the figure's label without its year."""
    page = page_of(document, DASHBOARD, *modules, live=live)
    labels, words = ([cell.value for cell in page[row]] for row in (5, 7))
    return {
        str(label).partition(" in 20")[0]: str(text)
        for label, text in zip(labels, words, strict=True)
        if label
    }


def told_by_start(document: dict[str, Any], *modules: str, live: bool = True) -> dict[str, str]:
    """What Start says of each thing that is tested or not."""
    rows = page_of(document, START, *modules, live=live).iter_rows(values_only=True)
    return {str(row[1]): str(row[2]) for row in rows if row[1] and row[2]}


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


def shift_plan(**changes: Any) -> dict[str, Any]:
    """The small plan with activity and one programme of its pool that costs what it avoids."""
    partners = [
        {"id": "council", "name": "Northbank Council", "kind": "council"},
        {"id": "icb", "name": "The ICB", "kind": "icb"},
        {"id": "hospital", "name": "The hospital", "kind": "nhs_provider"},
    ]
    line = {"id": "nel", "currency": "spell", "commissioner": "icb", "provider": "hospital"}
    money = {"base_activity": 1000, "unit_price": 100, "variable_cost": 1, "semi_fixed_cost": 0}
    return plan(
        partners=partners,
        schemes=[],
        acute_lines=[line | money | {"contract": "activity"}],
        programmes=[programme(unit_cost=0)],
        **changes,
    )


def programme(**changes: Any) -> dict[str, Any]:
    reach = {"reaches": ["nel"], "effect": 0.2, "grade": "A", "steady_reach": 0.5}
    people = {"cohort": {"2026/27": 1000}, "unit_cost": 10}
    return {
        "id": "falls",
        "name": "Falls",
        "pool": "p",
        "source": SOURCE,
        **reach,
        **people,
    } | changes


NO_MONEY = [{"pool": "p", "partner": "council", "source": SOURCE, "base_amount": 0}]
UNFUNDED = "Funding has no amount yet"


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("rows", [NO_MONEY, []])
def test_no_comfort_stands_where_nothing_is_funded(rows, live):
    pools = plan(contributions=rows, schemes=[])
    shift = shift_plan(contributions=rows)
    for told in (sentences(pools, POOL, live=live), sentences(shift, POOL, SHIFT, live=live)):
        assert told
        for label, words in told.items():
            assert words == "There is no goal." or not any(map(words.__contains__, COMFORT)), label
    left = "as planned, before settlement. Funding has no amount yet, and nothing is spent"
    assert sentences(pools, POOL, live=live)[glossary.LEFT_IN_POOLS] == f"{left} from the pools."


def test_rules_risk_and_goals_say_that_nothing_is_funded():
    shared = [{"id": "p", "name": "P", "host": "council", "risk_share": "r"}]
    rule = [{"id": "r", "basis": "contributions"}]
    unfunded = plan(pools=shared, risk_shares=rule, contributions=NO_MONEY, schemes=[])
    told = sentences(unfunded, POOL)
    met = f"in 2025/26: {UNFUNDED}, so a rule that is met says nothing yet."
    assert told[glossary.RULES_MET] == met
    borne = "Nothing is spent from the pools yet, so nothing can be overspent."
    assert told[glossary.MOST_BORNE] == borne
    goal = {"id": "g", "measure": "Waits", "good": "lower", "target": 5, "target_year": "2026/27"}
    goals = [goal | {"expected": {"2026/27": 4}}]
    told = sentences(shift_plan(contributions=NO_MONEY, goals=goals), POOL, SHIFT)
    assert told[glossary.GOALS_MET] == f"as planned, though {UNFUNDED}."
    told = sentences(shift_plan(goals=goals), POOL, SHIFT)
    assert told[glossary.GOALS_MET] == "as planned. No goal is missed."


def test_who_would_be_worse_off_is_not_known_where_nothing_is_funded_or_paid():
    after = "the whole system, after settlement. "
    unknown = "who would be worse off is not known."
    unfunded = sentences(shift_plan(contributions=NO_MONEY), POOL, SHIFT)
    assert unfunded[glossary.GAIN_SO_FAR] == f"{after}{UNFUNDED}: {unknown}"
    unpaid = sentences(shift_plan(), POOL, SHIFT)
    assert unpaid[glossary.GAIN_SO_FAR] == f"{after}No programme is paid for yet: {unknown}"


@pytest.mark.parametrize("modules", [(POOL,), (POOL, SHIFT)])
def test_no_comfort_stands_over_a_figure_that_nobody_can_read(modules):
    unread = [{"pool": "p", "partner": "council", "source": SOURCE, "base_amount": "#REF!"}]
    told = sentences(plan(contributions=unread), *modules, live=False)
    for label, words in told.items():
        assert not any(comfort in words for comfort in COMFORT), label
    # Nor is an amount given of what is not known, £0.0m say.
    assert told[glossary.INCOME_OF_POOLS] == "Not known: a figure of it cannot be read."


@pytest.mark.parametrize("live", [True, False])
def test_a_source_that_is_over_committed_is_a_rule_that_is_not_met(live):
    nothing = [{"pool": "p", "partner": "council", "source": SOURCE, "base_amount": 0}]
    words = sentences(plan(contributions=nothing), POOL, live=live)
    assert words[glossary.RULES_MET] == "as planned in 2025/26. 1 not met: see Rule tests."


def test_the_headline_counts_what_the_dashboard_counts():
    nothing = [{"pool": "p", "partner": "council", "source": SOURCE, "base_amount": 0}]
    case = evaluate_draft(from_document(plan(contributions=nothing)))
    assert headline(case, glossary.RULES_MET).value == "0 of 1"


@pytest.mark.parametrize("live", [True, False])
def test_start_says_that_there_is_no_goal_where_the_sheet_is_left_out_too(live):
    line = {"id": "nel", "currency": "spell", "commissioner": "council", "contract": "activity"}
    money = {"base_activity": 10, "unit_price": 10, "variable_cost": 0.2, "semi_fixed_cost": 0}
    told = told_by_start(plan(acute_lines=[line | money]), POOL, SHIFT, live=live)
    assert told["Whether goals are met"] == "There is no goal."
    assert told["Next cell to fill"] != "Nothing is missing"


def test_start_does_not_call_tested_what_has_no_row():
    told = told_by_start(plan(pools=[], contributions=[], schemes=[]), POOL)
    assert told["Who bears an overspend"] == "There is no row yet."


def test_each_hash_of_a_plan_is_called_what_it_is_of():
    """Start shows that of the cells as typed; a report that of the plan with its defaults."""
    document = plan()
    case = evaluate_draft(from_document(document))
    assert told_by_start(document, POOL)["Plan as typed"] == case.handle
    paper = committee_document(case, record_of(case, "icbudget report"))
    assert paper.made_by.endswith(f"plan as calculated {case.hash[:12]}")

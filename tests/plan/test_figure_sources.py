"""A source and a status belong to the figures they were given for, and to no others."""

from __future__ import annotations

import pytest

from icbudget import area_plan, reference
from icbudget.answers.assumptions import assumption, assumptions
from icbudget.answers.case import evaluate
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.blanks import filled_in
from icbudget.plan.evidence_rows import programme_from
from icbudget.plan.scenario import ScenarioChange
from tests.plan.changed_rows import changed


@pytest.fixture(scope="module")
def blackburn():
    """The plan of Blackburn with Darwen as icbudget fills it in from published figures."""
    return area_plan.new_plan("E06000008", "2025/26", 6)[0]


def test_every_figure_that_icbudget_fills_in_has_its_row_s_source_and_status(blackburn):
    for table in ("indices", "contributions", "pass_downs"):
        rows = {row.evidence for row in getattr(blackburn, table) if row.evidence}
        figures = [a for a in assumptions(blackburn, {}) if a.path.startswith(f"{table}/")]
        with_years = [a for a in figures if "/rates" in a.path or "amount" in a.path]
        assert all(a.source in rows and a.status for a in with_years)


def test_a_year_that_a_user_adds_to_a_published_index_is_not_published(blackburn):
    number, index = next(
        (n, row) for n, row in enumerate(blackburn.indices) if row.id == area_plan.DEFLATOR
    )
    known = max(index.rates)
    added = {**index.rates, known: index.rates[known] + 0.001, "2039/40": 0.02}
    plan = changed(blackburn, "indices", number, rates=added)
    first = assumption(plan, f"indices/{index.id}/rates[{min(index.rates)}]", {})
    other = assumption(plan, f"indices/{index.id}/rates[{known}]", {})
    later = assumption(plan, f"indices/{index.id}/rates[2039/40]", {})
    assert first.status == "published" and first.source
    assert (other.status, other.source) == (later.status, later.source) == ("", "")


def test_a_year_that_a_user_adds_to_a_known_grant_is_not_published(blackburn):
    number, row = next(
        (n, row) for n, row in enumerate(blackburn.contributions) if row.evidence and row.status
    )
    amounts = {**row.amounts, "2030/31": row.base_amount + 1}
    plan = changed(blackburn, "contributions", number, amounts=amounts)
    key = f"contributions/{row.pool}|{row.partner}|{row.source}|{row.line}"
    assert assumption(plan, f"{key}/base_amount", {}).status == row.status
    assert assumption(plan, f"{key}/amounts[2030/31]", {}).status == ""
    typed = changed(blackburn, "contributions", number, base_amount=row.base_amount + 1)
    assert assumption(typed, f"{key}/base_amount", {}).status == ""


def test_a_cost_beside_an_effect_of_the_library_has_not_the_library_s_source(blackburn):
    library = next(row for row in reference.evidence() if row["grade"] == "B")
    programme = programme_from(library, "p", "flat").model_copy(update={"unit_cost": 300})
    plan = blackburn.model_copy(update={"programmes": (programme,)})
    assert assumption(plan, "programmes/p/effect", {}).source == programme.evidence
    assert assumption(plan, "programmes/p/unit_cost", {}).source == ""
    typed = changed(plan, "programmes", 0, effect=0.999)
    assert assumption(typed, "programmes/p/effect", {}).source == ""


def test_a_source_of_the_user_s_own_is_said_of_the_row_and_not_of_a_figure_in_it(blackburn):
    number = next(n for n, row in enumerate(blackburn.indices) if row.rates)
    index = blackburn.indices[number]
    own = {"evidence": "Our own forecast", "status": "published"}
    plan = changed(blackburn, "indices", number, **own, rates={"2030/31": 0.1, "2039/40": 0.1})
    added = assumption(plan, f"indices/{index.id}/rates[2039/40]", {})
    assert (added.source, added.source_is_of) == ("Our own forecast", "its row")
    assert added.where_from == "source of its row: Our own forecast (published)"
    published = assumption(blackburn, f"indices/{index.id}/rates[{min(index.rates)}]", {})
    assert published.source_is_of == "this figure"
    assert published.where_from == f"source: {index.evidence} ({index.status})"


def test_a_figure_that_a_scenario_sets_has_not_the_source_of_the_row_it_is_laid_over(blackburn):
    row = next(row for row in blackburn.contributions if row.evidence and row.status)
    key = f"contributions/{row.pool}|{row.partner}|{row.source}|{row.line}"
    # a source of the user's own, which no table of icbudget could tell apart
    own = row.model_copy(update={"evidence": "Budget book", "status": "published"})
    change = {"scenario": "More", "order": 1, "path": f"{key}/base_amount", "value": "1000000"}
    plan = blackburn.model_copy(
        update={
            "setup": blackburn.setup.model_copy(update={"active_scenario": "More"}),
            "contributions": tuple(own if r is row else r for r in blackburn.contributions),
            "scenarios": (ScenarioChange(**change, reason="A test"),),
        }
    )
    case = evaluate(plan)
    assert case.plan.contributions != plan.contributions
    laid = assumption(case.plan, f"{key}/base_amount", {}, case.before_scenario)
    assert (laid.value, laid.source, laid.status) == ("£1,000,000", "scenario “More”", "")
    kept = {a.path: a for a in assumptions(case.plan, {}, case.before_scenario)}
    assert kept[f"{key}/recurrent"].source == "Budget book"
    assert kept[f"{key}/base_amount"] == laid


def test_what_a_blank_is_taken_for_has_no_source(blackburn):
    line = AcuteLine(
        **{"id": "nel", "currency": "spell", "commissioner": "icb", "provider": "trust"},
        **{"base_activity": 100, "unit_price": 3000, "contract": "activity"},
        **{"variable_cost": 0.2, "semi_fixed_cost": 0.3},
        **{"evidence": "Contract 2025", "status": "confirmed"},
    )
    typed = blackburn.model_copy(update={"acute_lines": (line,)})
    cost = assumption(filled_in(typed), "acute_lines/nel/unit_cost", {}, typed)
    assert (cost.value, cost.source) == (
        "£3,000 a unit",
        "blank: what icbudget takes it for",
    )

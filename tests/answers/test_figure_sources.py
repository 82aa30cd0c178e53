"""A source and a status belong to the figures they were given for, and to no others."""

from __future__ import annotations

import pytest

from icbudget import area_plan, reference
from icbudget.answers.assumptions import assumption, assumptions
from icbudget.plan.evidence_rows import programme_from


@pytest.fixture(scope="module")
def blackburn():
    """The plan of Blackburn with Darwen as icbudget fills it in from published figures."""
    return area_plan.new_plan("E06000008", "2025/26", 6)[0]


def changed(plan, table, number, **values):
    rows = list(getattr(plan, table))
    rows[number] = rows[number].model_copy(update=values)
    return plan.model_copy(update={table: tuple(rows)})


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


def test_a_source_of_the_user_s_own_is_of_all_that_stands_in_the_row(blackburn):
    number = next(n for n, row in enumerate(blackburn.indices) if row.rates)
    index = blackburn.indices[number]
    plan = changed(
        blackburn, "indices", number, evidence="Our own forecast", rates={"2039/40": 0.1}
    )
    figure = assumption(plan, f"indices/{index.id}/rates[2039/40]", {})
    assert (figure.source, figure.status) == ("Our own forecast", str(index.status))

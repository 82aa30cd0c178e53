"""North Tyneside Better Care Fund: what the plans of 2021/22 and 2022/23 printed, to the pound."""

from __future__ import annotations

import pytest

from tests.workbooks.published import answer, ids, opened, value

NOW, THEN = "2021/22", "2022/23"


@pytest.fixture(scope="module")
def case():
    return opened("north-tyneside-better-care-fund")


@pytest.mark.parametrize(("year", "printed"), [(NOW, 11_651_150), (THEN, 12_310_605)])
def test_the_nhs_contribution_to_adult_social_care_is_as_printed(case, year, printed):
    assert (
        value(case, "income", year, partner="ccg") == printed
    )  # last year × the national 5.66 %, to the pound
    assert case.plan.contributions[0].index and not case.plan.contributions[0].amounts


@pytest.mark.parametrize(("year", "printed"), [(NOW, 29_457_097), (THEN, 30_774_007)])
def test_the_pool_is_as_printed(case, year, printed):
    assert value(case, "income", year, pool="bcf") == printed
    assert value(case, "spending", year, pool="bcf") == printed


def test_the_pool_grows_by_4_47_percent(case):
    growth = value(case, "income", THEN, pool="bcf") / value(case, "income", NOW, pool="bcf") - 1
    assert 100 * growth == pytest.approx(4.47, abs=0.005)


@pytest.mark.parametrize(("year", "derived"), [(NOW, 17_805_947), (THEN, 18_463_402)])
def test_the_rest_of_the_pool_is_derived_and_says_so(case, year, derived):
    assert value(case, "income", year, partner="not_named") == derived
    rest = next(row for row in case.plan.contributions if row.partner == "not_named")
    assert rest.status == "derived" and "not broken down in the source" in rest.name


def test_the_minimum_has_a_row_and_an_index_of_its_own_and_is_met(case):
    (minimum,) = case.plan.minimums
    assert minimum.index == "asc_minimum" != case.plan.contributions[0].index
    block = answer(case, "minimum-spend")
    assert block.where(figure="Limit")[0].values == (11_651_150, 12_310_605)
    assert block.where(figure="Gap")[0].values == (0, 0)


def test_spending_is_marked_as_derived_and_every_figure_has_its_source(case):
    assert [row.status for row in case.plan.schemes] == ["derived", "derived"]
    rows = (*case.plan.contributions, *case.plan.schemes, *case.plan.minimums, *case.plan.indices)
    assert all(row.evidence and row.status in ("published", "derived") for row in rows)
    assert (
        "democracy.northtyneside.gov.uk" in case.plan.setup.notes
        and "does not name the host" in case.plan.setup.notes
    )
    # The report prints neither the minimum contribution nor the out-of-hospital minimum, nor who
    # bears an over- or underspend.
    assert sorted(ids(case)) == ["blank.risk-share", *["minimum.not-stated"] * 2]

"""Faults that `icbudget.checks.figures_and_sources` must find."""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget import area_plan, reference, tasks
from icbudget.checks.figures_and_sources import not_in_source
from tests.checks.faults import Faults
from tests.places import WORKBOOKS
from tests.plan.changed_rows import changed

fault = Faults()


@fault("reference.not-in-source", "indices", 0, "rates")
def rate_typed_over_a_published_one(d):
    # the Office for Budget Responsibility gives 2.2299 % for 2026/27
    deflator = str(reference.source("obr_efo_2025_11"))
    d["indices"][0] |= {"evidence": deflator, "status": "published"}
    d["indices"][0]["rates"] = {"2026/27": 0.03, "2027/28": 0.02011}


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


@pytest.fixture(scope="module")
def blackburn():
    """The plan of Blackburn with Darwen as icbudget fills it in from published figures."""
    return area_plan.new_plan("E06000008", "2025/26", 6)[0]


def test_no_figure_that_icbudget_fills_in_or_a_sample_has_is_doubted(blackburn):
    assert not not_in_source(blackburn)
    for path in sorted(WORKBOOKS.glob("*.yaml")):
        assert not not_in_source(tasks.load(path).plan), path.stem


@pytest.mark.parametrize("rate", [0.022299336, 0.0223, 0.022])
def test_a_published_rate_may_be_typed_rounded(blackburn, rate):
    number = next(n for n, row in enumerate(blackburn.indices) if row.id == area_plan.DEFLATOR)
    row = blackburn.indices[number]
    # 2.2299335562 %: to nine decimals of the rate, to a hundredth and to a tenth of a per cent
    rounded = changed(blackburn, "indices", number, rates={**row.rates, "2026/27": rate})
    assert abs(row.rates["2026/27"] - 0.022299335562) < 1e-12 and not not_in_source(rounded)


def test_every_figure_of_a_row_that_its_source_does_not_give_is_named_once(blackburn):
    number = next(n for n, row in enumerate(blackburn.indices) if row.id == area_plan.DEFLATOR)
    rates = {**blackburn.indices[number].rates, "2026/27": 0.02, "2039/40": 0.025}
    (finding,) = not_in_source(changed(blackburn, "indices", number, rates=rates))
    assert "2026/27 (2%) and 2039/40 (2.5%)" in finding.message
    assert (finding.severity, finding.place.column) == ("warning", "rates[2026/27]")
    indicative = changed(blackburn, "indices", number, rates=rates, status="indicative")
    assert not not_in_source(indicative)


def test_a_grant_that_was_typed_over_is_named_in_pounds():
    # the iBCF of 2023/24 and 2024/25 is published: £8,349,082 a year
    plan = area_plan.new_plan("E06000008", "2023/24", 1)[0]
    number, row = next(
        (n, row) for n, row in enumerate(plan.contributions) if row.base_amount == 8_349_082
    )
    assert row.status == "published" and not not_in_source(plan)
    typed = changed(plan, "contributions", number, base_amount=Decimal(1234))
    (finding,) = not_in_source(typed)
    assert "2023/24 (£1,234)" in finding.message and finding.place.column == "base_amount"

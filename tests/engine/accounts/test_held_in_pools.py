"""Whose money stays in the pools, and that nobody's loss is made of it; also while the year runs."""

from __future__ import annotations

from random import Random

import pytest

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.answered import kept
from icbudget.answers.case import evaluate_draft
from icbudget.engine.accounts.better_or_worse_off import held_in_pools
from icbudget.engine.accounts.risk_share_settlement import settlement
from icbudget.engine.run import run
from icbudget.plan.modules import POOL, SHIFT
from icbudget.plan.plan_text import from_document
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import paper_of
from icbudget.report.run_record import record_of
from icbudget.report.summary import in_short
from tests.engine.plans import random_document, read
from tests.examples.worked_example.test_worked_example import FIRST, SECOND, document
from tests.workbook.test_dashboard_words import sentences

YEAR = "2025/26"
NHS, GRANT, OWN = (
    "NHS Minimum Contribution",
    "Local Authority Better Care Grant",
    "Additional LA Contribution",
)
# what a source is paid, by whom, and what its only scheme comes to at the year's end
PAID = {NHS: ("icb", 119_400), GRANT: ("council", 60_000), OWN: ("council", 40_000)}


def held(status="pooled", **ended):
    """Whose money stays in a pool hosted by the council, £, once its schemes have ended so."""
    spent = {NHS: 119_400, GRANT: 60_000, OWN: 40_000} | {
        {"nhs": NHS, "grant": GRANT, "own": OWN}[name]: amount for name, amount in ended.items()
    }
    plan = read(
        {
            "setup": {"title": "T", "base_year": YEAR, "horizon": 0},
            "partners": [
                {"id": "icb", "name": "ICB", "kind": "icb"},
                {"id": "council", "name": "Council", "kind": "council"},
            ],
            "pools": [{"id": "p", "name": "P", "host": "council", "pooling_status": status}],
            "contributions": [
                {"pool": "p", "partner": who, "source": source, "base_amount": amount}
                for source, (who, amount) in PAID.items()
            ],
            "schemes": [
                {"id": source, "name": source, "pool": "p", "source": source, "base_amount": amount}
                for source, (_, amount) in PAID.items()
            ],
            "actuals": [
                {"year": YEAR, "month": 12, "scheme": source, "amount": amount}
                for source, amount in spent.items()
            ],
        }
    )
    return {partner: pence[0] / 100 for partner, pence in held_in_pools(run(plan)).items()}


def test_an_overdraft_of_one_source_is_met_by_the_pools_other_money():
    """19,400 of the ICB and 15,000 of the council are not spent; the grant is 34,400 over: the fund
    has as much as it was paid, less as much as it spent, which is nothing.
    """
    assert held(nhs=100_000, own=25_000, grant=94_400) == {"icb": 0, "council": 0}


def test_the_money_of_who_funds_the_short_source_goes_first():
    """Over by 20,000: 15,000 is the council's own, and 5,000 of the ICB's 19,400 meet it."""
    assert held(nhs=100_000, own=25_000, grant=80_000) == {"icb": 14_400, "council": 0}
    assert held(nhs=100_000, own=25_000, grant=70_000) == {"icb": 19_400, "council": 5_000}


def test_an_overdraft_is_no_money_and_budgets_beside_each_other_meet_nothing():
    assert held(grant=70_000) == {"icb": 0, "council": 0}
    assert held("aligned", nhs=100_000, grant=94_400) == {"icb": 19_400, "council": 0}


@pytest.mark.parametrize("seed", range(25))
def test_what_partners_hold_is_what_the_pools_close_with(seed):
    result = run(read(random_document(Random(seed))))
    of_partners = list(held_in_pools(result).values())
    accounts, close = result.rules.accounts, settlement(result).close[0]
    for t in range(len(result.years)):
        closes = 0
        for at, pool in enumerate(result.plan.pools):
            sources = [
                round(close[t, a]) for a, (name, _) in enumerate(accounts) if name == pool.id
            ]
            # what was spent under no source, or was not earned, is short too
            short = min(round(close[t, len(accounts) + at]), 0)
            if pool.is_pooled:
                closes += max(sum(sources) + short, 0)
            else:
                closes += max(sum(pence for pence in sources if pence > 0), 0)
        together = sum(by_year[t] for by_year in of_partners)
        assert together == closes


# While the year runs
#
# The worked example (model §14) at month 9 of 2026/27: NHS-funded community care is forecast at
# £5,200,000 of its 5,500,000, all else as budgeted. The council hosts the pool, keeps the £300,000
# and carries it forward: NHS minimum closes 500,000 + 300,000 = 800,000. The ICB has spent 300,000
# less: 611,000 + 300,000 = 911,000 better off. Nothing of it is the council's, gain or loss.


def kept_by_the_host():
    plan = document()
    plan["setup"] |= {"monitored_year": FIRST, "monitored_month": 9}
    booked = {"community": 3_900_000, "home_care_nhs": 3_000_000, "home_care": 3_750_000}
    forecast = {"community": 5_200_000, "home_care_nhs": 4_000_000, "home_care": 5_000_000}
    plan["actuals"] = [
        {"year": FIRST, "month": 9, "kind": "expenditure", "scheme": scheme, "amount": amount}
        for scheme, amount in booked.items()
    ]
    plan["forecasts"] = [
        {"year": FIRST, "month": 9, "scheme": scheme, "outturn": amount}
        for scheme, amount in forecast.items()
    ]
    return plan


@pytest.fixture(scope="module")
def case():
    made = evaluate_draft(from_document(kept_by_the_host()))
    assert made is not None and made.has_answers
    return made


def values(case, answer, **labels):
    block = kept(case, answer)
    (row,) = block.where(**labels)
    return dict(zip(block.columns, row.values, strict=True))


def test_icb_money_that_the_host_keeps_is_the_icbs_in_the_positions(case):
    gain = "Better (+) or worse (−) off than do nothing"
    first, second = (
        {
            who: values(case, catalogue.PARTNER_POSITIONS, partner=who, figure=gain)[year]
            for who in ("icb", "council", "trust", "Whole system")
        }
        for year in (FIRST, SECOND)
    )
    # −711,500 of the trust: 911,000 − 711,500 = 199,500
    assert first == {"icb": 911_000, "council": 0, "trust": -711_500, "Whole system": 199_500}
    # the next year is as planned: what was kept is nobody's loss then either
    assert second == {"icb": 622_110, "council": 0, "trust": -723_115, "Whole system": -101_005}
    for who, pounds in (("icb", 800_000), ("council", 0)):
        in_pools = values(case, catalogue.PARTNER_POSITIONS, partner=who, figure="Held in pools")
        assert (in_pools[FIRST], in_pools[SECOND]) == (pounds, pounds)


def test_it_is_in_nobodys_share_and_stands_on_the_balances(case):
    shares = kept(case, catalogue.RISK_SHARED).where(figure="Share of the variance")
    assert not any(any(row.values) for row in shares)
    close = values(
        case, catalogue.BALANCES, source=NHS, pool="bcf", figure="Close, after settlement"
    )
    assert (close[FIRST], close[SECOND]) == (800_000, 800_000)
    # of the council's source nothing is over or under: it closes as planned
    grant = values(case, catalogue.BALANCES, source=GRANT, figure="Closing balance")
    assert not any(grant.values())
    assert not kept(case, catalogue.BALANCES).where(source=GRANT, figure="Close, after settlement")


def test_the_bridge_and_its_gap_leave_the_council_where_it_was(case):
    of_council = {"partner": "council"}
    gap = values(case, catalogue.BRIDGE, **of_council, step="Gap of the year: what the plan adds")
    settled = values(case, catalogue.BRIDGE, **of_council, step="Outturn and settlement")
    assert not any(gap.values()) and not any(settled.values())
    icb = values(case, catalogue.BRIDGE, partner="icb", step="Outturn and settlement")
    assert icb[FIRST] == -300_000


def test_monitoring_has_the_underspend_on_the_icbs_line_alone(case):
    block = kept(case, catalogue.MONITORING)
    variances = {
        row.labels[1]: row.values[block.columns.index("Forecast variance")] for row in block.rows
    }
    assert {name: pounds for name, pounds in variances.items() if pounds} == {"community": -300_000}


def test_check_and_paper_name_no_loss_of_the_council(case):
    assert not [f for f in case.findings if f.id == "partner.worse-off" and "Council" in f.message]
    paper = committee_document(case, record_of(case, "a test"))
    words = [*paper.points, *in_short(paper_of(case))]
    for section in paper.sections:
        words += section.paragraphs
        words += section.points
    losses = [w for w in words if "Council" in w and ("worse" in w or "bears" in w)]
    assert losses == []


def test_the_dashboard_names_who_is_worst_off_and_it_is_not_the_council():
    """The trust loses 711,500 + 723,115 = £1.4m; all else are at nought or better."""
    words = sentences(kept_by_the_host(), POOL, SHIFT)[glossary.GAIN_SO_FAR]
    assert words == "the whole system, after settlement. Worst off: Example Trust, £1.4m worse."

"""The gap of the worked example: what is there if nothing changes, and what the plan adds.

Inputs and arithmetic: `notes.md` beside this file, "Gap". First before the year runs: nothing is
settled, so the plan of 2026/27 is 28,785,000 + 404,000 + 10,000,000 = 39,189,000; then at outturn.
"""

from __future__ import annotations

from decimal import Decimal

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.plan.actual import Actual
from icbudget.plan.envelope import Envelope
from tests.examples.reading import plan_beside

ENVELOPE = Envelope(partner="icb", year="2026/27", amount=Decimal(39_600_000))
CASE = evaluate(plan_beside(__file__).model_copy(update={"envelopes": (ENVELOPE,)}))


def steps(partner):
    (of_partner,) = (b for b in bridges(CASE.answered) if b.partner == partner)
    return of_partner


def pounds(partner, row):
    return tuple(pence / 100 for pence in steps(partner).steps[row][1:])


def test_do_nothing_and_plan():
    # acute 30,300,000 and 30,603,000; pools 9,500,000
    assert pounds("icb", "Do nothing") == (39_800_000, 40_103_000)
    # 2027/28: 29,072,850 + 408,040 + 10,000,000
    assert pounds("icb", "Plan") == (39_189_000, 39_480_890)


def test_funding_is_the_envelope_where_one_is_stated_and_else_assumed():
    assert pounds("icb", "Funding") == (39_600_000, 40_103_000)
    assert steps("icb").bases[1:] == ("stated", "assumed: do nothing is funded")
    assert steps(SYSTEM).bases[1:] == ("assumed: do nothing is funded",) * 2
    rows = catalogue.BRIDGE.build(CASE).where(partner="icb", step="Basis of funding")
    assert rows[0].values[1:] == ("stated", "assumed: do nothing is funded")


def test_the_gap_of_the_year_in_its_two_parts():
    assert pounds("icb", "Gap of the year") == (-411_000, -622_110)
    assert pounds("icb", "Gap of the year: there if nothing changes") == (200_000, 0)
    assert pounds("icb", "Gap of the year: what the plan adds") == (-611_000, -622_110)


def test_the_gap_to_date_is_their_sum():
    assert pounds("icb", "Gap to date") == (-411_000, -1_033_110)
    assert pounds("icb", "Gap to date: there if nothing changes") == (200_000, 200_000)
    assert pounds("icb", "Gap to date: what the plan adds") == (-611_000, -1_233_110)


OUTTURN = {"community": 5_500_000, "home_care_nhs": 4_000_000, "home_care": 5_400_000}


def at_outturn():
    rows = tuple(
        Actual(year="2026/27", month=12, scheme=scheme, amount=Decimal(amount))
        for scheme, amount in OUTTURN.items()
    )
    plan = plan_beside(__file__).model_copy(update={"envelopes": (ENVELOPE,), "actuals": rows})
    return {b.partner: b for b in bridges(evaluate(plan).answered)}


def test_the_gap_at_outturn_has_what_is_settled():
    icb = at_outturn()["icb"]

    def of(row):
        return tuple(pence / 100 for pence in icb.steps[row][1:])

    # acute 28,785,000 + hospital at home 404,000 + pools 10,000,000 + settled 240,000
    assert of("Plan") == (39_429_000, 39_480_890)
    assert of("Outturn and settlement") == (240_000, 0)
    assert of("Funding") == (39_600_000, 40_103_000)
    assert of("Gap of the year") == (-171_000, -622_110)
    assert of("Gap of the year: there if nothing changes") == (200_000, 0)
    assert of("Gap of the year: what the plan adds") == (-371_000, -622_110)
    assert of("Gap to date") == (-171_000, -793_110)
    assert icb.assumed == (True, False, True)


def test_the_partners_and_what_is_not_settled_make_the_whole_system():
    found = at_outturn()
    # the council bears 160,000, the ICB 240,000: all of the overspend is settled
    assert found["council"].steps["Outturn and settlement"][1] == 160_000_00
    for row in ("Plan", "Gap of the year", "Gap to date"):
        parts = sum(b.steps[row][1] for name, b in found.items() if name != SYSTEM)
        assert parts == found[SYSTEM].steps[row][1]


def test_before_settlement_the_overspend_stands_in_a_row_of_its_own():
    rows = tuple(
        Actual(year="2026/27", month=12, scheme=scheme, amount=Decimal(amount))
        for scheme, amount in OUTTURN.items()
    )
    plan = plan_beside(__file__)
    pools = tuple(pool.model_copy(update={"risk_share": ""}) for pool in plan.pools)
    plan = plan.model_copy(update={"actuals": rows, "pools": pools, "risk_shares": ()})
    found = {b.partner: b for b in bridges(evaluate(plan).answered)}
    assert found["Not yet settled"].steps["Plan"][1] == 400_000_00
    assert not any(found[p].steps["Outturn and settlement"][1] for p in ("icb", "council"))

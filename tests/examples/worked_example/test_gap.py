"""The gap of the worked example: what is there if nothing changes, and what the plan adds.

Inputs and arithmetic: `notes.md` beside this file, "Gap". Here before the year runs: nothing is
settled, so the plan of 2026/27 is 28,785,000 + 404,000 + 10,000,000 = 39,189,000.
"""

from __future__ import annotations

from decimal import Decimal

from icbudget.answers.case import evaluate
from icbudget.answers.partner_positions import bridge
from icbudget.engine.accounts.bridge import SYSTEM, bridges
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
    rows = bridge(CASE).where(partner="icb", step="Basis of funding")
    assert rows[0].values[1:] == ("stated", "assumed: do nothing is funded")


def test_the_gap_of_the_year_in_its_two_parts():
    assert pounds("icb", "Gap of the year") == (-411_000, -622_110)
    assert pounds("icb", "Gap of the year: there if nothing changes") == (200_000, 0)
    assert pounds("icb", "Gap of the year: what the plan adds") == (-611_000, -622_110)


def test_the_gap_to_date_is_their_sum():
    assert pounds("icb", "Gap to date") == (-411_000, -1_033_110)
    assert pounds("icb", "Gap to date: there if nothing changes") == (200_000, 200_000)
    assert pounds("icb", "Gap to date: what the plan adds") == (-611_000, -1_233_110)

"""A gain share that settles on what is confirmed, beside the same on the plan; by hand in notes.md."""

from __future__ import annotations

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.postings import postings
from icbudget.engine.run import run
from icbudget.plan.gain_share import GainShare
from tests.examples.reading import plan_beside

COUNCIL, ICB, TRUST = "council", "icb", "trust"


def with_agreement(*partners, releases=None, **terms):
    """The plan with an agreement of partners, in equal parts; with other releases where given."""
    plan = plan_beside(__file__)
    share = 1 / len(partners)
    rows = [GainShare(id="pact", partner=p, gain_share=share, **terms) for p in partners]
    rows = tuple(rows)
    changed = {"gain_shares": rows}
    if releases is not None:
        changed["confirmed_releases"] = tuple(releases(plan.confirmed_releases))
    return plan.model_copy(update=changed)


def pact(plan):
    (agreement,) = settlements(run(plan))
    assert all(sum(year) == 0 for year in zip(*agreement.received, strict=True))
    own = dict(zip(agreement.partners, agreement.own, strict=True))
    received = dict(zip(agreement.partners, agreement.received, strict=True))
    return own, received


def test_on_what_is_confirmed_forecast_and_planned_to_the_penny():
    own, received = pact(with_agreement(COUNCIL, ICB, settles_on="confirmed"))
    assert own[ICB] == (0, 57_500_25, 140_146_77, 215_957_57)
    assert own[COUNCIL] == (0, 15_500_33, 69_546_40, 84_042_43)
    assert received[COUNCIL] == (0, 20_999_96, 35_300_19, 65_957_57)


def test_on_the_plan_it_settles_what_never_came():
    own, received = pact(with_agreement(COUNCIL, ICB))
    assert own[ICB] == (0, 120_000_01, 219_646_03, 215_957_57)
    assert received[COUNCIL][1] == 40_000_01
    (told,) = [f for f in evaluate(with_agreement(COUNCIL, ICB)).findings if "gain.as" in f.id]
    assert "confirmed under Settles on" in told.fix
    confirmed = evaluate(with_agreement(COUNCIL, ICB, settles_on="confirmed"))
    assert "gain.as-planned" not in {f.id for f in confirmed.findings}


def test_a_provider_has_lost_the_income_and_released_what_it_confirmed():
    # Nothing of the trust's is confirmed: it lost £57,500.25 of income and released nothing.
    own, _ = pact(with_agreement(COUNCIL, ICB, TRUST, settles_on="confirmed"))
    assert own[TRUST][1] == -57_500_25

    def with_release(rows):
        (last,) = [
            r for r in rows if r.programme == "falls" and (r.year, r.month) == ("2026/27", 12)
        ]
        release = {
            "partner": TRUST,
            "kind": "system_release",
            "amount": 30_000,
            "evidence": "Ward 5",
        }
        return [*rows, last.model_copy(update=release)]

    own, _ = pact(
        with_agreement(COUNCIL, ICB, TRUST, settles_on="confirmed", releases=with_release)
    )
    assert own[TRUST][1] == 30_000_00 - 57_500_25
    assert own[ICB][1] == 57_500_25


def test_without_a_row_the_plan_counts_and_what_comes_as_planned_settles_as_planned():
    none, planned = (
        pact(with_agreement(COUNCIL, ICB, settles_on=on, releases=lambda rows: ()))
        for on in ("confirmed", "plan")
    )
    assert none == planned

    def as_planned(rows):
        """Each quarter of 2026/27 confirmed as planned."""
        amounts = {"falls": ("30000", "30000", "30000", "30000.01"), "reablement": ("20000",) * 4}
        for programme, by_quarter in amounts.items():
            row = next(r for r in rows if r.programme == programme and r.kind == "contract_saving")
            for quarter, amount in enumerate(by_quarter, start=1):
                update = {"year": "2026/27", "month": 3 * quarter, "amount": amount}
                update |= {"evidence": f"Quarter {quarter}", "activity": None}
                yield type(row)(**{**row.model_dump(), **update})

    came = with_agreement(COUNCIL, ICB, settles_on="confirmed", releases=as_planned)
    assert pact(came)[1][COUNCIL][1] == planned[1][COUNCIL][1] == 40_000_01


def test_both_kinds_have_to_be_decided_where_an_agreement_waits_for_them():
    """The trust's release is held against the plan too: its quarters are overdue undecided."""
    result = run(with_agreement(COUNCIL, ICB, TRUST, settles_on="confirmed"))
    (trust,) = [track for track in result.benefits.tracks if track.partner == TRUST]
    # Half of the £120,000.01 is variable cost: £60,000.01 by half up, even quarters.
    assert trust.kind == "system_release" and trust.planned(1) == 60_000_01
    assert all(quarter.overdue for quarter in trust.quarters[1])


def test_the_answer_says_on_what_each_year_rests_and_the_ledger_has_it():
    case = evaluate(with_agreement(COUNCIL, ICB, settles_on="confirmed"))
    says = tasks.answers(case)["gain-shared"].shows
    assert "“pact” by year: 2026/27: confirmed; 2027/28: forecast; 2028/29: planned" in says
    paid = {
        (p.partner, p.kind): p.pence
        for p in postings(case.result)
        if p.year == "2026/27" and p.line == "pact"
    }
    assert paid == {(COUNCIL, "received"): 20_999_96, (ICB, "paid over"): -20_999_96}
    transfers = {b.partner: b.steps["Transfers"][1] for b in bridges(case.result)}
    assert (transfers[COUNCIL], transfers[ICB]) == (-20_999_96, 20_999_96)


@pytest.mark.parametrize("partners", [(COUNCIL, ICB), (ICB, COUNCIL, TRUST)])
def test_rows_of_one_agreement_settle_on_one_thing(partners):
    plan = with_agreement(*partners, settles_on="confirmed")
    rows = (plan.gain_shares[0].model_copy(update={"settles_on": "plan"}), *plan.gain_shares[1:])
    case = evaluate(plan.model_copy(update={"gain_shares": rows}))
    (wrong,) = [f for f in case.findings if f.id == "gain.two-terms"]
    assert "differ in what they settle on" in wrong.message

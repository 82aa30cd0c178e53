"""Faults that `icbudget.checks.risk_share_rules` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import clean
from tests.checks.faults import Faults, findings_of, ids_of
from tests.engine.sharing import booked

fault = Faults()


def out_turned(d):
    """The base year came out as budgeted; an underspend is settled once its year has come out."""
    return booked([row for row in d["schemes"] if row.get("base_amount")])


@fault("risk.unshared", "pools", 0, "risk_share")
def overspend_that_no_rule_shares(d):
    d["schemes"][2]["base_amount"] = 500_000
    del d["pools"][0]["risk_share"]


@fault("risk.two-bases", "risk_shares", 1, "basis")
def share_rule_with_two_bases(d):
    d["risk_shares"][1]["basis"] = "contributions"


@fault("risk.incomplete", "risk_shares", 1, "share")
def fixed_share_without_a_percentage(d):
    d["risk_shares"][0]["share"] = 1.0
    del d["risk_shares"][1]["share"]


@fault("risk.not-100", "risk_shares", 1, "share")
def shares_of_a_rule_make_99_per_cent(d):
    d["risk_shares"][0]["share"] = 0.59


@fault("risk.order-clash", "risk_shares", 1, "width")
def rows_of_one_step_with_two_widths(d):
    d["risk_shares"][1]["width"] = 10_000


@fault("risk.order-clash", "risk_shares", 1, "kind")
def two_steps_with_one_number(d):
    d["risk_shares"] = [
        {"id": "agreed", "kind": "offset"},
        {"id": "agreed", "kind": "contingency", "partner": "icb", "amount": 1},
    ]


@fault("risk.no-amount", "risk_shares", 0, "amount")
def contingency_that_holds_no_amount(d):
    d["risk_shares"] = [{"id": "agreed", "kind": "contingency"}]


@fault("risk.no-such-line", "risk_shares", 0, "funding_line")
def contingency_that_nobody_fills(d):
    for row in d["risk_shares"]:
        row["step"] = 2
    reserve = {"id": "agreed", "kind": "contingency", "funding_line": "Risk reserve"}
    d["risk_shares"].insert(0, reserve)


@fault("risk.uncommitted-assumed", "risk_shares", 0, "amount")
def uncommitted_money_that_is_not_there(d):
    d["schemes"][2]["base_amount"] = 500_000  # of 400,000: nothing is uncommitted
    for row in d["risk_shares"]:
        row["step"] = 2
    d["risk_shares"].insert(0, {"id": "agreed", "kind": "uncommitted", "amount": 10_000})


@fault("risk.no-basis", "risk_shares", 0, "basis")
def share_without_a_basis(d):
    d["risk_shares"] = [{"id": "agreed"}]


@fault("risk.incomplete", "risk_shares", 0, "partner")
def step_that_names_no_partner(d):
    del d["risk_shares"][0]["partner"]


@fault("risk.figure-unused", "risk_shares", 0, "share")
def percentage_in_a_step_by_contributions(d):
    d["risk_shares"] = [{"id": "agreed", "basis": "contributions", "partner": "icb", "share": 1.0}]


@fault("risk.figure-unused", "risk_shares", 0, "applies_to")
def contingency_for_an_underspend(d):
    contingency = {"id": "agreed", "kind": "contingency", "amount": 5, "applies_to": "underspend"}
    d["risk_shares"] = [contingency, {"id": "agreed", "step": 2, "basis": "host"}]


@fault("risk.no-pool", "risk_shares", 2, "id")
def rule_that_no_pool_names(d):
    d["risk_shares"].append({"id": "old", "basis": "contributions"})


@fault("risk.step-unreached", "risk_shares", 2, "step")
def contingency_after_everything_is_shared(d):
    d["risk_shares"].append({"id": "agreed", "step": 2, "kind": "contingency", "amount": 5})


@fault("risk.destination-unreached", "pools", 0, "underspend")
def underspend_that_is_shared_before_it_is_retained(d):
    d["pools"][0]["underspend"] = "retain"


@fault("risk.line-unshared", "schemes", 2, "commissioner")
def line_without_a_commissioner_under_a_rule_by_commissioner(d):
    d["risk_shares"] = [{"id": "agreed", "basis": "commissioner"}]


@fault("risk.no-control", "risk_shares", 1, "partner")
def trust_that_bears_what_it_has_no_hand_in(d):
    d["risk_shares"][1]["partner"] = "trust"


@fault("risk.ring-fence-mixed", "contributions", 2, "ring_fenced")
def source_that_is_ring_fenced_in_one_line_only(d):
    d["contributions"][1]["ring_fenced"] = True
    d["contributions"].append(
        d["contributions"][1] | {"line": 2, "ring_fenced": False, "base_amount": 0}
    )


@fault("risk.ring-fence", "contributions", 2, "ring_fenced")
def grant_whose_overspend_is_shared(d):
    d["contributions"].append(d["contributions"][1] | {"source": "DFG"})
    d["schemes"].append(d["schemes"][2] | {"id": "4", "source": "DFG", "base_amount": 400_001})


@fault("risk.unresolved", "pools", 0, "risk_share")
def overspend_beyond_the_last_band(d):
    d["schemes"][2]["base_amount"] = 500_000
    for row in d["risk_shares"]:
        row["width"] = 50_000


@fault("risk.lines-apart", "risk_shares", 0, "kind")
def host_first_and_then_whoever_commissions_without_an_offset(d):
    host_first = {
        "id": "agreed",
        "kind": "share",
        "basis": "host",
        "width": 5_000,
        "applies_to": "overspend",
    }
    d["risk_shares"] = [
        host_first,
        {"id": "agreed", "step": 2, "kind": "share", "basis": "commissioner"},
    ]
    d["schemes"][2] |= {"commissioner": "LA", "base_amount": 380_000}  # of 400,000: 20,000 under
    d["schemes"][0]["base_amount"] = 730_000  # of 700,000: 30,000 over
    d["actuals"] = out_turned(d)


@fault("risk.agreed-differs", "risk_shares", 0, "basis")
def agreed_percentages_that_are_not_those_of_contributions(d):
    d["schemes"][2]["base_amount"] = 500_000
    for row in d["risk_shares"]:
        row["basis"] = "agreed"


@fault("risk.icb-carry-forward", "pools", 0, "underspend")
def underspend_of_an_icb_that_stays_in_the_pool(d):
    d["schemes"][2]["base_amount"] = 300_000
    d["pools"][0]["underspend"] = "carry_forward"
    for row in d["risk_shares"]:
        row["applies_to"] = "overspend"
    d["actuals"] = out_turned(d)


@fault("pool.closed", "pools", 0, "closed_on")
def pool_that_closes_before_the_plan_ends(d):
    d["pools"][0]["closed_on"] = "2026-03-31"


@fault("pool.to-be-settled", "pools", 0, "closed_on")
def pool_that_closes_with_money_left(d):
    d["pools"][0]["closed_on"] = "2026-03-31"
    d["schemes"][2]["base_amount"] = 300_000  # less than the money of its source


@fault("pool.returned", "pools", 0, "left_at_end")
def pool_that_gives_back_what_is_left(d):
    pool_that_closes_with_money_left(d)
    d["pools"][0]["left_at_end"] = "contributors"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_partner_that_is_not_there_is_not_also_said_to_have_no_hand_in_the_pool():
    document = clean()
    document["risk_shares"][1]["partner"] = "nobody"
    assert ids_of(findings_of(document)) == ["link.unknown"]


def test_agreed_percentages_of_a_step_that_shares_nothing_are_held_against_nothing():
    """What is uncommitted meets an overspend of £100,000 first, and no partner bears it."""
    document = clean()
    document["schemes"][2]["base_amount"] = 500_000  # of 400,000
    document["contributions"][0]["base_amount"] += 10_000
    first = {"id": "agreed", "kind": "uncommitted", "amount": 10_000, "basis": "agreed"}
    document["risk_shares"] = [first, {"id": "agreed", "step": 2, "basis": "contributions"}]
    assert "risk.agreed-differs" not in ids_of(findings_of(document))

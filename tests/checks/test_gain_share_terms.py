"""Faults that `icbudget.checks.gain_share_terms` must find."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate_draft
from icbudget.findings import Severity
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean
from tests.checks.faults import Faults

fault = Faults()


@fault("gain.one-partner", "gain_shares", 0, "partner")
def agreement_with_oneself(d):
    d["gain_shares"] = [{"id": "pact", "partner": "icb", "gain_share": 1}]


def pact(d, **more):
    d["gain_shares"] = [{"id": "pact", "partner": p, "gain_share": 0.5} for p in ("icb", "trust")]
    d["gain_shares"][1] |= more


@fault("gain.two-terms", "gain_shares", 1, "basis")
def agreement_on_two_bases(d):
    pact(d, basis="cost")


@fault("gain.not-100", "gain_shares", 1, "gain_share")
def agreement_on_90_per_cent(d):
    pact(d, gain_share=0.4)


@fault("gain.partner-twice", "gain_shares", 2, "partner")
def partner_in_two_agreements(d):
    pact(d)
    d["gain_shares"] += [
        {"id": "other", "partner": p, "gain_share": 0.5} for p in ("icb", "council")
    ]


@fault("gain.left-open", "gain_shares", 0, "cap")
def agreement_capped_at_nothing(d):
    pact(d)
    d["gain_shares"][0]["cap"] = 0


@fault("gain.as-planned", "gain_shares", 0, "partner")
def agreement_beside_a_confirmed_release(d):
    pact(d)
    release = {"acute_line": "nel", "partner": "icb", "year": "2026/27", "month": 3, "amount": 100}
    d["confirmed_releases"] = [{**release, "kind": "contract_saving", "status": "confirmed"}]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


@pytest.mark.parametrize(
    "change", [{"gain_share": 0.3}, {"partner": "nobody"}, {"cap": -1}, {"basis": "cost"}]
)
def test_a_gain_share_that_cannot_be_used_is_set_aside_whole_and_the_answers_go_on(change):
    document = clean()
    rows = [
        {"id": "pact", "partner": "icb", "gain_share": 0.5},
        {"id": "pact", "partner": "council", "gain_share": 0.5},
    ]
    document["gain_shares"] = rows
    sound = evaluate_draft(from_document(document))
    rows[1] |= change
    case = evaluate_draft(from_document(document))
    assert sound.result is not None and catalogue.GAIN_SHARED.build(sound).rows
    assert case.result is not None and not catalogue.GAIN_SHARED.build(case).rows
    (wrong,) = [f for f in case.findings if f.severity is Severity.ERROR]
    assert "The whole gain share is set aside" in wrong.message and wrong.fix

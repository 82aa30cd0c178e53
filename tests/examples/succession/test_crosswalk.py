"""Bodies that change in a whole plan: what there is in all adds up before and after, to the penny.

The illustrative borough, with one of its partners ending: the three ICBs that were divided on 1
April 2026, Surrey in 2027, Essex and Norfolk in 2028. Whatever the shares, no total of any year may
move, the old body has nothing after its end, and its successors have all that it would have had.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
import yaml

from icbudget import money, reference
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.risk_share_settlement import exposure, pool_shares
from icbudget.engine.accounts.successors import hosts_in
from icbudget.engine.accounts.year_postings import every_posting
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.plan.envelope import Envelope
from icbudget.plan.partner import Partner
from icbudget.plan.plan_text import from_document, from_yaml
from icbudget.plan.succession import Succession
from icbudget.succeed import under_successors
from tests.engine.money_in import money_in, spent_by_the_plan
from tests.places import BOROUGH, WORKBOOKS

NEIGHBOURHOOD = WORKBOOKS / "illustrative-neighbourhood.yaml"
OF_PLAN = (
    "activity payment",
    "client charge",
    "activity cost",
    "contribution",
    "moved in",
    "programme",
)


def shares_of(old_code):
    """Return the shares that are published, or derived, for the successors of a body."""
    return [change.share for change in reference.body_changes() if change.old_code == old_code]


CHANGES = {
    "Frimley, three ways": ("icb_main", "2027/28", shares_of("QNQ")),
    "Hertfordshire and West Essex": ("icb_main", "2027/28", shares_of("QM7")),
    "Suffolk and North East Essex": ("icb_main", "2027/28", shares_of("QJG")),
    "Surrey 2027": ("council", "2027/28", shares_of("E10000030")),
    "Essex 2028": ("council", "2028/29", shares_of("E10000012")),
    "Norfolk 2028, shares stated": ("council", "2028/29", [0.31, 0.4, 0.29]),
}


@cache
def before():
    plan = from_yaml(BOROUGH.read_text(encoding="utf-8")).plan
    envelopes = tuple(
        Envelope(partner=partner, year=year, amount="12345678.91")
        for partner in [p.id for p in plan.partners]
        for year in plan.years
    )
    return plan.model_copy(update={"envelopes": envelopes})


@cache
def run(name):
    """Return the borough, and the same with the partner of one change ended, both worked out."""
    plan = before()
    old, year, shares = CHANGES[name]
    shares = [*shares[:-1], round(1.0 - sum(shares[:-1]), 6)]
    partner = next(p for p in plan.partners if p.id == old)
    new = [Partner(id=f"new_{n}", name=f"New {n}", kind=partner.kind) for n in range(len(shares))]
    rows = [
        Succession(old=old, new=p.id, year=year, share=share)
        for p, share in zip(new, shares, strict=True)
    ]
    followed = plan.model_copy(
        update={"partners": (*plan.partners, *new), "successions": tuple(rows)}
    )
    split, _ = under_successors(followed)
    return evaluate(plan), evaluate(split), old, plan.years.index(year), rows


def totals(result, kinds=()):
    """Return what every kind of posting comes to by year, for all partners together."""
    every = Counter()
    for posting in postings(result):
        if not kinds or posting.kind in kinds:
            every[posting.year, posting.kind] += posting.pence
    return every


each_change = pytest.mark.parametrize("name", CHANGES)


@each_change
def test_every_kind_of_posting_of_every_year_comes_to_the_same(name):
    first, after, *_ = run(name)
    assert totals(first.answered) == totals(after.answered)
    assert totals(first.answered), "there are postings"


@each_change
def test_the_old_body_has_no_posting_after_its_end_and_the_same_ones_before(name):
    first, after, old, t, _ = run(name)
    ended = set(after.plan.years[t:])
    late = [p for p in every_posting(after.answered) if p.partner == old and p.year in ended]
    assert [p for p in late if p.pence] == []
    early = [
        [p for p in postings(one.answered) if p.partner == old and p.year not in ended]
        for one in (first, after)
    ]
    assert early[0] == early[1] != []


@each_change
def test_successors_have_by_their_shares_what_the_old_body_would_have_had(name):
    first, after, old, t, rows = run(name)
    weights = [round(row.share * 10**9) for row in rows]
    for year in after.plan.years[t:]:
        for line in after.plan.acute_lines:
            if line.commissioner != old:
                continue
            net = Counter()
            for posting in postings(first.answered):
                if (posting.year, posting.line, posting.partner) == (year, line.id, old):
                    sign = {"activity payment": 1, "client charge": -1}.get(posting.kind, 0)
                    net[old] += sign * posting.pence
            for posting in postings(after.answered):
                if (posting.year, posting.line) == (year, line.id) and posting.partner != old:
                    sign = {"activity payment": 1, "client charge": -1}.get(posting.kind, 0)
                    net[posting.partner] += sign * posting.pence
            parts = money.split(net[old], weights)
            assert [net[row.new] for row in rows] == parts


@each_change
def test_better_or_worse_off_adds_up_and_the_bridge_leads_to_it(name):
    first, after, old, t, _ = run(name)
    total = [
        next(p for p in positions_of(c.answered) if p.partner == SYSTEM) for c in (first, after)
    ]
    assert total[0].total == total[1].total
    of_old = {p.partner: p.total for p in positions_of(after.answered)}[old]
    assert of_old[t:] == (0,) * len(of_old[t:])
    for bridge in bridges(after.answered):
        if bridge.partner == old:
            assert all(bridge.steps["Plan"][s] == 0 for s in range(t, len(after.plan.years)))
    of_system = [
        next(b for b in bridges(c.answered) if b.partner == SYSTEM) for c in (first, after)
    ]
    assert of_system[0].steps == of_system[1].steps


@each_change
def test_draws_agree_with_the_ledger_partner_by_partner(name):
    _, after, *_ = run(name)
    # what is settled under a gain share is in no position of the draws
    result = evaluate(after.plan.model_copy(update={"gain_shares": ()})).answered
    amounts = AcuteAmounts(result.projection)
    found = positions(result.plan, result.rules, result.projection, amounts)
    gap = -found.balance[0] - found.forward[0]
    theirs = spent_by_the_plan(result) - np.array(list(money_in(result).values())).T
    np.testing.assert_array_equal(gap, theirs)


@each_change
def test_what_is_shared_of_risk_and_gain_is_the_same_in_all(name):
    first, after, old, t, _ = run(name)
    assert np.array_equal(exposure(first.answered).sum(-1), exposure(after.answered).sum(-1))
    at = [p.id for p in after.plan.partners].index(old)
    assert not exposure(after.answered)[:, t:, at].any()
    for agreement in settlements(after.answered):
        assert [sum(year) for year in zip(*agreement.received, strict=True)] == [0] * len(
            after.plan.years
        )


@each_change
def test_envelopes_add_up_year_by_year(name):
    first, after, *_ = run(name)
    for year in after.plan.years:
        sums = [
            sum(money.to_pence(e.amount) for e in case.plan.envelopes if e.year == year)
            for case in (first, after)
        ]
        assert sums[0] == sums[1] > 0


def test_the_successor_with_the_largest_share_hosts_unless_another_is_stated():
    _, after, old, _, rows = run("Norfolk 2028, shares stated")
    hosted = [pool.id for pool in after.plan.pools if pool.host == old]
    assert hosted
    years = after.plan.years
    assert hosts_in(after.plan, years[0])[hosted[0]] == old
    assert hosts_in(after.plan, "2028/29")[hosted[0]] == "new_1"
    stated = tuple(row.model_copy(update={"hosts": row.new == "new_2"}) for row in rows)
    plan = after.plan.model_copy(update={"successions": stated})
    assert hosts_in(plan, "2028/29")[hosted[0]] == "new_2"


def parts_by_rule(plan):
    (share,) = pool_shares(evaluate(plan).answered)
    return {part.partner: part.by_rule[0] for part in share.parts}


def test_parts_by_the_rule_make_a_whole_in_every_year():
    # In 2025/26 the county puts 400,000 beside the ICB's 780,000: 400 / 1,180 of the variance are
    # its own. In 2027/28 East puts 180,000 and West 220,000, the ICB 780,000 × 1.022299 × 1.020113.
    parts = parts_by_rule(from_yaml(NEIGHBOURHOOD.read_text(encoding="utf-8")).plan)
    assert sum(parts.values()) == pytest.approx([1.0] * 4)
    assert parts["council"] == pytest.approx([400 / 1180, 1 - parts["icb"][1], 0.0, 0.0])
    total = 780_000 * 1.022299 * 1.020113 + 400_000
    assert parts["east"][2] == pytest.approx(180_000 / total, abs=1e-6)
    assert parts["west"][2] == pytest.approx(220_000 / total, abs=1e-6)
    assert [*parts["east"][:2], *parts["west"][:2]] == [0.0] * 4


def test_an_agreed_part_passes_to_the_successors():
    # 60 % and 40 %; from 2027/28 on East has 45 % of 40 % and West 55 % of it.
    document = yaml.safe_load(NEIGHBOURHOOD.read_text(encoding="utf-8"))
    document["risk_shares"] = [
        {"id": "agreed", "basis": "fixed", "partner": "icb", "share": 0.6},
        {"id": "agreed", "basis": "fixed", "partner": "council", "share": 0.4},
    ]
    parts = parts_by_rule(from_document(document).plan)
    assert parts["icb"] == pytest.approx([0.6] * 4)
    assert parts["council"] == pytest.approx([0.4, 0.4, 0.0, 0.0])
    assert parts["east"] == pytest.approx([0.0, 0.0, 0.18, 0.18])
    assert parts["west"] == pytest.approx([0.0, 0.0, 0.22, 0.22])

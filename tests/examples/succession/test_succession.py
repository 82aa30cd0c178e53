"""A council that is divided: arithmetic in notes.md."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.virements import standing
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.plan.plan_text import from_yaml
from icbudget.plan.virement import Virement
from icbudget.succeed import under_successors
from tests.examples.reading import case_beside

CASE = case_beside(__file__)


def spent(year):
    return {
        posting.partner: posting.pence
        for posting in postings(CASE.answered)
        if posting.kind == "expenditure" and posting.year == year
    }


def test_before_the_change_the_old_council_bears_what_is_spent():
    assert spent("2026/27") == {"surrey": 80_000_000}


def test_after_it_its_successors_bear_it_by_what_they_took_over():
    assert spent("2027/28") == {"east": 8_920_000, "west": 11_080_001}


def test_positions_draw_by_draw_agree_with_the_ledger():
    result = CASE.answered
    amounts = AcuteAmounts(result.projection)
    found = positions(result.plan, result.rules, result.projection, amounts)
    partners = [partner.id for partner in result.plan.partners]
    assert dict(zip(partners, found.balance[0, 1], strict=True)) == {
        "surrey": 0,
        "east": -8_920_000,
        "west": -11_080_001,
    }


def test_the_answer_shows_history_by_shares_and_the_balance_taken_over():
    block = catalogue.BODIES_THAT_CHANGE.build(CASE)
    source = ("bcf", "Additional LA Contribution")
    assert {row.labels[2:]: row.values for row in block.rows if row.labels[:2] == source} == {
        ("surrey", "Paid in"): (1_000_000.01, 0.0),
        ("east", "Part of what the old body paid"): (446_000.00, None),
        ("east", "Paid in"): (0.0, 0.0),
        ("east", "Balance taken over"): (None, 89_200.00),
        ("west", "Part of what the old body paid"): (554_000.01, None),
        ("west", "Paid in"): (0.0, 0.0),
        ("west", "Balance taken over"): (None, 110_800.01),
    }


def test_a_balance_is_the_same_with_and_without_the_change_of_bodies():
    without = evaluate(CASE.plan.model_copy(update={"successions": ()})).answered
    assert (without.projection.moves.close == CASE.answered.projection.moves.close).all()


def test_succeed_splits_later_funding_to_the_penny():
    text = (Path(__file__).parent / "split.yaml").read_text(encoding="utf-8")
    plan, told = under_successors(from_yaml(text).plan)
    rows = {(r.partner, r.base_amount): dict(r.amounts) for r in plan.contributions}
    assert rows == {
        ("surrey", Decimal("1000000.01")): {"2027/28": Decimal(0)},
        ("east", Decimal(0)): {"2027/28": Decimal("446000.00")},
        ("west", Decimal(0)): {"2027/28": Decimal("554000.01")},
    }
    assert [finding.id for finding in told] == ["body.funding-split"]
    assert "£1,000,000.01" in told[0].message
    again, told = under_successors(plan)
    assert again == plan and not told


def test_succeed_splits_later_virements_to_the_penny_and_keeps_the_lines_budget():
    """£100.01 by 44.6 and 55.4 %: 44.60446 and 55.40554, so 44.60 and 55.41."""
    text = (Path(__file__).parent / "split.yaml").read_text(encoding="utf-8")
    plan = from_yaml(text).plan
    moved = {
        "month": 4,
        "to_scheme": "care",
        "to_line": plan.schemes[0].line,
        "amount": Decimal("100.01"),
        "recurrent": True,
        "full_year": Decimal("200.02"),
        "partner": "surrey",
        "approved_by": "Board",
        "reason": "More care",
    }
    log = (
        Virement(id="V1", year="2026/27", **moved),
        Virement(id="V2", year="2027/28", **moved),
    )
    plan, findings = under_successors(plan.model_copy(update={"virements": log}))
    assert [
        (row.id, row.year, row.partner, row.amount, row.full_year) for row in plan.virements
    ] == [
        ("V1", "2026/27", "surrey", Decimal("100.01"), Decimal("200.02")),
        ("V2 east", "2027/28", "east", Decimal("44.60"), Decimal("89.21")),
        ("V2 west", "2027/28", "west", Decimal("55.41"), Decimal("110.81")),
    ]
    assert plan.virements[1].reason == "More care; 44.6% of V2, approved as £100.01"
    assert [finding.place.table for finding in findings] == ["contributions", "virements"]
    assert {refusal for row in standing(plan) if (refusal := row.refusal)} == set()
    again, findings = under_successors(plan)
    assert again == plan and not findings

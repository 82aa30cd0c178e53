"""A council that is divided: arithmetic in notes.md."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.postings import postings
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.plan.plan_text import from_yaml
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

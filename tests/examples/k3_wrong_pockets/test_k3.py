"""K3: settling between the one who pays and the one who gains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.gain_share_settlement import settle, settlements, shapley_weights
from icbudget.engine.accounts.postings import postings
from icbudget.engine.run import run
from tests.examples.reading import plan_beside

COUNCIL, NHS = 0, 1
PENCE = st.integers(-(10**12), 10**12)


def test_the_nhs_pays_the_council_700():
    transfer = settle(benefits=[100_00, 900_00], costs=[600_00, 0], shares=[0.5, 0.5])
    assert transfer == [700_00, -700_00]
    assert 100_00 - 600_00 + transfer[COUNCIL] == 900_00 - 0 + transfer[NHS] == 200_00


@given(rows=st.lists(st.tuples(PENCE, PENCE, st.integers(1, 100)), min_size=2, max_size=6))
def test_transfers_cancel_out_and_leave_each_its_share_to_the_penny(rows):
    benefits, costs, shares = (list(column) for column in zip(*rows))
    transfer = settle(benefits, costs, shares)
    assert sum(transfer) == 0
    surplus = sum(benefits) - sum(costs)
    for benefit, cost, share, received in zip(benefits, costs, shares, transfer):
        assert abs((benefit - cost + received) * sum(shares) - surplus * share) < sum(shares)


def received(**terms):
    """What the council receives by year (the NHS pays it), £; terms that are a pair go to council
    and NHS.
    """
    plan = plan_beside(__file__)
    rows = [
        row.model_copy(update={f: v[n] if isinstance(v, tuple) else v for f, v in terms.items()})
        for n, row in enumerate(plan.gain_shares)
    ]
    (agreement,) = settlements(run(plan.model_copy(update={"gain_shares": tuple(rows)})))
    council, nhs = agreement.received
    assert [a + b for a, b in zip(council, nhs)] == [0] * 4
    return [pence / 100 for pence in council[1:]]


def test_each_year_on_its_own_and_a_loss_is_nobodys_but_the_payers():
    assert received() == [700, 0, 700]


def test_a_loss_is_shared_by_its_own_shares():
    assert received(loss_share=(0.25, 0.75)) == [700, 450, 700]


def test_a_cap_keeps_back_what_is_beyond_it():
    assert received(cap=(None, 500)) == [500, 0, 500]


@pytest.mark.parametrize(
    ("limit", "settled"), [(None, [700, -700, 1_700]), (300, [700, -300, 1_300])]
)
def test_true_up_over_all_years_and_the_claw_back_limit(limit, settled):
    assert received(settlement="cumulative", claw_back=(limit, None)) == settled


def test_other_bases():
    assert received(basis="cost")[0] == 900
    assert received(basis="shapley")[0] == 700
    assert received(basis="contributions")[0] == 700, "nobody puts money into a pool: equal shares"


def test_shapley_of_three_by_hand():
    saved, paid = np.array([[0.0], [300], [600]]), np.array([[600.0], [0], [0]])
    assert shapley_weights(saved, paid) == pytest.approx([100, 100, 100])
    saved = np.array([[0.0], [900], [300]])
    assert shapley_weights(saved, paid) == pytest.approx([250, 250, 100])


def test_shapley_among_sixty_of_whom_three_take_part():
    """Who neither saves nor pays is due nothing and changes nobody's value, however many they are.

    The two programmes of other payers are games of their own, whose values add up.
    """
    saved, paid = np.zeros((60, 2)), np.zeros((60, 2))
    saved[[7, 40], 0], paid[3, 0] = [900, 300], 600
    saved[[3, 40], 1], paid[7, 1] = [300, 600], 600
    expected = np.zeros(60)
    expected[[3, 7, 40]] = [250, 250, 100]
    expected[[3, 7, 40]] += 100
    assert shapley_weights(saved, paid) == pytest.approx(expected.tolist())


def test_it_stands_in_the_ledger_the_bridge_and_the_positions():
    case = evaluate(plan_beside(__file__))
    paid = {
        (p.partner, p.kind): p.pence
        for p in postings(case.result)
        if p.year == "2026/27" and p.line == "pact"
    }
    assert paid == {("council", "received"): 700_00, ("nhs", "paid over"): -700_00}
    council, nhs, whole = (b.steps for b in bridges(case.result))
    assert (council["Transfers"][1], nhs["Transfers"][1], whole["Transfers"][1]) == (
        -700_00,
        700_00,
        0,
    )
    for steps in (council, nhs):
        assert steps["Do nothing"][1] - steps["Plan"][1] == 200_00
    rows = tasks.answers(case)["partner-positions"].where(partner="council")
    values = {row.labels[1]: row.values[1] for row in rows}
    assert values["Paid for prevention"] == 600 and values["4 Gain share and transfers"] == 700

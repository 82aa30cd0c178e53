"""K3: settling between the one who pays and the one who gains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from icbudget.engine.share import settle

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

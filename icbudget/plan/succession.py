"""Bodies that end, and who follows them."""

from icbudget.plan.columns import Kind, Year, column
from icbudget.plan.provenance import Sourced


class Succession(Sourced):
    """One successor of a partner that ends, with its share of what that partner had.

    From its first year on what the old partner has paid into a source of a pool, and what it would
    pay, receive or bear, counts as its successors', by these shares. The rows of one old partner
    make 100 %. Source: model §15.1.
    """

    old: str = column(
        "Partner that ends",
        Kind.REFERENCE,
        "ICB or council that is no more from the year on",
        table="partners",
        min_length=1,
        opens=True,
    )
    new: str = column(
        "Partner that follows",
        Kind.REFERENCE,
        "Its successor, a row of Partners",
        table="partners",
        min_length=1,
        opens=True,
    )
    year: Year = column(
        "First year",
        Kind.YEAR,
        "First financial year of the successor; the old partner ends on 31 March before it",
        opens=True,
    )
    share: float = column(
        "Share",
        Kind.FRACTION,
        "Part of the old partner's balances and contributions that goes to the successor",
        gt=0,
        le=1,
        opens=True,
    )
    hosts: bool = column(
        "Hosts pools",
        Kind.YES_NO,
        "Whether it hosts the pools that the old partner hosted; where no row says so, the"
        " successor with the largest share does",
        default=False,
        opens=True,
    )

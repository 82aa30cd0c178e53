"""The answer about wrong pockets: what partners that share the result pay one another, and why."""

from __future__ import annotations

from itertools import accumulate

from icbudget import glossary
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.pool_balances import pounds
from icbudget.engine.accounts.gain_share_settlement import settlements


def gain_share(case: Case) -> Lines:
    """Return every agreement by partner and year, £.

    It has the own gain, the part of the result, what is due, settled, and left open.
    """
    rows: list[Row] = []
    for agreement in settlements(case.answered):
        result = [sum(year) for year in zip(*agreement.own, strict=True)]
        rows.append(Row((agreement.id, "All", "Result to share"), "£", pounds(result)))
        for p, partner in enumerate(agreement.partners):
            own, wanted, received = agreement.own[p], agreement.wanted[p], agreement.received[p]
            figures = (
                ("Gains of its own", own),
                ("Due to it (from it, negative)", wanted),
                (glossary.RECEIVED, received),
                ("Received so far", tuple(accumulate(received))),
                (
                    "Left open by caps and limits",
                    tuple(w - r for w, r in zip(wanted, received, strict=True)),
                ),
                ("Gains after settling", tuple(o + r for o, r in zip(own, received, strict=True))),
            )
            rows.append(
                Row((agreement.id, partner, "Share of the result"), "%", agreement.shares[p])
            )
            rows.extend(
                Row((agreement.id, partner, name), "£", pounds(values)) for name, values in figures
            )
    shows = (
        "What partners that share the result pay one another, on confirmed cash, at the end of each"
        " year. It adds up to nothing; a provider's stranded cost counts as its loss."
    )
    return Lines(shows, tuple(rows), case.plan.years)

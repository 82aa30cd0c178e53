"""When the pools' money is due."""

from __future__ import annotations

from icbudget.answers.amounts import pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts import phasing


def instalments(case: Case) -> Lines:
    """Return every instalment of every contribution by year, £.

    It has the day it is due; a deduction is negative.

    The last instalment of a year takes the pence, so that a year's instalments sum to the
    contribution. What is put in kind is not paid and is left out. Source: model §1.1, PB §5.2.
    """
    rows: list[Row] = []
    by_year = case.answered.projection.figures.contributions[0]
    amounts = [[round(pence) for pence in of_row] for of_row in by_year.T.tolist()]
    for n, row in enumerate(case.plan.contributions):
        if row.in_kind:
            continue
        weights, profile = phasing.weights_of(case.plan, row.phasing), row.phasing or "monthly"
        paid = [
            phasing.instalments(pence, phasing.paid_from(weights, year, row.paid_from))
            for year, pence in zip(case.plan.years, amounts[n], strict=True)
        ]
        for month in range(12):
            # A month without an instalment in any year has no row; one that only a date moves money
            # to has.
            if weights[month] or any(year[month] for year in paid):
                line = row.name or f"Line {row.line}"
                quarter, due = f"Quarter {month // 3 + 1}", phasing.due(profile, month)
                labels = (row.partner, row.source, due, row.pool, line, profile, quarter)
                rows.append(Row(labels, "£", pounds([year[month] for year in paid])))
    shows = (
        "What each partner pays into each pool, and when. The last instalment takes the pence; what"
        " is in kind is not paid."
    )
    return Lines(shows, tuple(rows), case.plan.years)

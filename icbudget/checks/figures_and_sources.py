"""Figures that were typed over what their row's source gives."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from icbudget import money
from icbudget.checks.plan_places import at
from icbudget.findings import Finding, percentage, warning
from icbudget.plan import Plan
from icbudget.plan.contribution import Contribution
from icbudget.plan.figure_sources import source_of
from icbudget.plan.index import Index
from icbudget.plan.pass_down import PassDown

NAMED = 3
"""Figures of a row that are named; of more, how many there are."""
Row = Index | Contribution | PassDown
Figure = tuple[str, str | None, Decimal | float]
"""A field, its year where it has one, and the figure."""


def not_in_source(plan: Plan) -> list[Finding]:
    """Return a warning for every row that is marked published and holds what its source does not.

    Only a source that icbudget ships can be looked up; what differs from an evidence row has a
    finding of its own. Findings: `reference.not-in-source`.
    """
    findings: list[Finding] = []
    for table in ("indices", "contributions", "pass_downs"):
        for row in getattr(plan, table):
            # Derived and illustrative figures are not to be found in their source.
            if row.status != "published" or not row.evidence:
                continue
            others = [
                figure
                for figure in _figures(row)
                if not source_of(plan, row, figure[0], figure[1] or "", figure[2])
            ]
            if others:
                findings.append(_finding(plan, table, row, others))
    return findings


def _figures(row: Row) -> Iterator[Figure]:
    if isinstance(row, Index):
        yield from (("rates", year, rate) for year, rate in row.rates.items())
        return
    if row.base_amount is not None:
        yield "base_amount", None, row.base_amount
    yield from (("amounts", year, amount) for year, amount in row.amounts.items())


def _finding(plan: Plan, table: str, row: Row, others: list[Figure]) -> Finding:
    named = [f"{year or plan.years[0]} ({_in_words(value)})" for _, year, value in others[:NAMED]]
    if len(others) > NAMED:
        named.append(f"{len(others) - NAMED} more")
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    field, year, _ = others[0]
    return warning(
        "reference.not-in-source",
        f"The row is marked published, and its source does not give what it has for {listed}.",
        "Type what the source prints, or mark the row derived, indicative or illustrative and say"
        " under Source where these figures come from.",
        at(table, row, field, year),
    )


def _in_words(value: Decimal | float) -> str:
    """Return a rate, which is a plain number, as a percentage, and an amount in pounds."""
    if isinstance(value, Decimal):
        return money.in_words(money.to_pence(value))
    return percentage(value)


WHY_IT_MATTERS = {
    "reference.not-in-source": (
        "The label “published” makes readers trust a figure. Its source does not print it."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

"""Whether a row's source and status belong to one of its figures.

A row has one source and one status for all its figures. Where icbudget filled the row in from a
reference table, that source gives the figures that the table holds and no others: a year that a
user adds to a published index is not published, and neither is a cost typed beside an effect that
the evidence library gives. What a source of a user's own prints nobody here can look up: it and its
status are said of the row, and of none of its figures.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any, Literal

from icbudget import money, reference
from icbudget.plan import Plan
from icbudget.plan.columns import Noun
from icbudget.plan.contribution import Contribution
from icbudget.plan.evidence_rows import figures_of
from icbudget.plan.index import Index
from icbudget.plan.pass_down import PassDown
from icbudget.plan.programme import Programme

_RATES = {"gdp_deflator": "growth", "population": "growth", "nhs_cost_uplift": "value"}
"""Reference tables of yearly rates, each with its column of the rate."""
_SAME = 1e-9
"""Two rates that differ by less are one rate."""
_COARSEST = 3
"""Decimals that a rate keeps at least where it was typed rounded: 2.2 % for 2.2299 %."""


Claim = Literal["this figure", "its row", ""]
"""What a row's source and status are of, as far as a figure goes; blank: of other figures."""


def source_of(plan: Plan, row: Noun, field: str, year: str, value: Any) -> Claim:
    """Return what the row's source and status are of, for its figure of a field (and year).

    `this figure` where a reference table of icbudget gives it, blank where the source is such a
    table's and the figure is not; `its row` for a source of the user's own.
    """
    if isinstance(row, Index) and field == "rates":
        return _of_a_rate(row.evidence, year, value)
    if isinstance(row, Contribution | PassDown) and field in ("base_amount", "amounts"):
        return _of_a_grant(plan, row, year or plan.years[0], value)
    if isinstance(row, Programme) and row.library:
        return _of_the_library(row, field, value)
    return "its row"


def _of_the_library(row: Programme, field: str, value: Any) -> Claim:
    library = reference.evidence_row(row.library)
    figures = figures_of(library) if library else {}
    if row.evidence != figures.get("evidence"):
        return "its row"
    return "this figure" if field in figures and figures[field] == value else ""


def _of_a_rate(evidence: str, year: str, value: Any) -> Claim:
    """Return whether a rate is that of a reference table, where the source is one of those."""
    known = [rates for source, rates in _rates_by_source().items() if source in evidence]
    if not known:
        return "its row"
    of_the_year = chain.from_iterable(rates.get(year, ()) for rates in known)
    is_known = any(_same_rate(value, rate) for rate in of_the_year)
    return "this figure" if is_known else ""


def _same_rate(value: Any, rate: float) -> bool:
    """Return whether a figure is a rate, or that rate as people round it when they type it."""
    typed = Decimal(str(round(float(value), 9)))
    exponent = typed.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # a rate is a finite number
    return abs(round(rate, max(_COARSEST, -exponent)) - float(typed)) < _SAME


@cache
def _rates_by_source() -> dict[str, dict[str, list[float]]]:
    """Return the rates of the reference tables by their source and year.

    A year has several: one for each age band, factor or version.
    """
    by_source: dict[str, dict[str, list[float]]] = {}
    for table, column in _RATES.items():
        for row in reference.rows(table):
            if row[column] and row["status"] not in reference.UNCONFIRMED:
                rates = by_source.setdefault(str(reference.source(row["source"])), {})
                rates.setdefault(row["financial_year"], []).append(float(row[column]))
    for name, year, rate in reference.board_rates():
        by_source.setdefault(name, {}).setdefault(year, []).append(rate)
    return by_source


def _of_a_grant(plan: Plan, row: Contribution | PassDown, year: str, value: Any) -> Claim:
    """Return whether an amount is that of the area's grant, where the row's source is the grant's.

    A row may hold one tranche of the grant or all of them.
    """
    area = plan.setup.ons_code
    if not area:
        return "its row"
    districts = isinstance(row, PassDown)
    grants = [g for g in reference.grants(area, districts=districts) if g.grant == row.source]
    if not any(str(grant.source) in row.evidence for grant in grants):
        return "its row"
    pence = [money.to_pence(grant.amount) for grant in grants if grant.year == year]
    wanted = money.to_pence(value)
    return "this figure" if wanted in pence or wanted == sum(pence) else ""

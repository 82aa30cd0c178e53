"""Every published figure is reproduced at its source's rounding, or says why it is not."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.places import WORKBOOKS
from tests.published.reproduced import (
    ENTERED,
    PUBLICATIONS,
    WORKED_OUT,
    Printed,
    printed,
    reproduced,
)
from tests.workbooks.published import opened

PUBLISHED = [row for row in printed() if row.status == "published"]
CUT_OFF = {("england-2015-16", "dtoc_cost_over_plan")}
"""Printed without the digits behind, not rounded: 146.8 as 146."""
NOISE = 1e-6


def gives(row: Printed, amount: float) -> bool:
    """Whether an amount is written as the source prints it."""
    said, half = float(row.value), float(row.half)
    if (row.publication, row.figure) in CUT_OFF:
        return said <= amount < said + 2 * half
    return abs(amount - said) <= half + NOISE


@pytest.mark.parametrize("publication", PUBLICATIONS)
def test_every_figure_of_a_publication_is_reproduced_or_says_why_not(publication):
    rows = [row for row in PUBLISHED if row.publication == publication]
    given = reproduced(publication)
    apart, silent = [], []
    for row in rows:
        if row.figure not in given:
            silent += [] if row.why_not else [row.figure]
        elif not gives(row, given[row.figure][1]):
            apart.append(f"{row.figure}: {given[row.figure][1]:,.4f}, printed {row.printed}")
    assert rows and apart == [] and silent == []
    # what is reproduced is in the register, and needs no excuse
    known = {row.figure: row for row in rows}
    assert set(given) <= set(known)
    assert not [figure for figure in given if known[figure].why_not]


def test_so_many_figures_of_so_many_publications_are_reproduced():
    """The register counts what it holds, so that none is lost without a word."""
    how = Counter(
        kind for publication in PUBLICATIONS for kind, _ in reproduced(publication).values()
    )
    assert len(PUBLICATIONS) == len({row.publication for row in PUBLISHED}) == 14
    assert (how[ENTERED], how[WORKED_OUT]) == (125, 55)
    # 168 of the ten cases, 24 of the pools that were kept back
    assert len(PUBLISHED) == 192
    assert len([row for row in PUBLISHED if row.why_not]) == 12


@pytest.mark.parametrize("by", [-1.5, 1.5])
def test_a_figure_that_is_more_than_its_rounding_off_is_seen(by):
    for row in PUBLISHED:
        if not row.why_not:
            assert not gives(row, float(row.value) + 2 * by * float(row.half)), row


def test_what_was_counted_earlier_of_england_stands_in_the_notes_of_the_sample():
    notes = opened("england-better-care-fund-2015-16").plan.setup.notes
    for words in ("£532m", "£314m", "3.07 %"):
        assert words in notes
    assert "prints 88" in opened("lancashire-south-cumbria-intermediate-care").plan.setup.notes


# Sample plans claim nothing that their source does not print

REAL = {
    "england-better-care-fund-2015-16": "england-2015-16",
    "lancashire-south-cumbria-intermediate-care": "lancashire",
}


@pytest.mark.parametrize("name", REAL)
def test_an_amount_marked_published_is_one_that_the_source_prints(name):
    """Row by row: an amount of a published row is printed, and every other row says derived."""
    case = opened(name)
    of_source = {
        abs(float(row.value)) for row in PUBLISHED if row.publication == REAL[name] and row.value
    }
    years, checked = case.plan.years, 0
    for table in ("contributions", "schemes", "goals", "indices", "acute_lines", "programmes"):
        for row in getattr(case.plan, table):
            assert row.status in ("published", "derived"), (table, row)
            assert "http" in row.evidence or "HSJ" in row.evidence or row.status == "derived"
            if row.status != "published":
                continue
            amounts = [
                float(getattr(row, field) or 0)
                for field in ("base_amount", "baseline", "target")
                if hasattr(row, field)
            ]
            for field in ("amounts", "expected", "rates"):
                by_year = getattr(row, field, {})
                amounts += [
                    float(by_year[year]) for year in (years[0], years[-1]) if year in by_year
                ]
            claimed = [amount for amount in amounts if amount]
            assert claimed and not [a for a in claimed if abs(a) not in of_source], (
                table,
                row.id if hasattr(row, "id") else row.name,
                claimed,
            )
            checked += 1
    assert checked >= 4


def test_every_plan_of_a_real_place_has_its_source_in_every_row():
    for path in sorted(WORKBOOKS.glob("*.yaml")):
        if path.stem.startswith("illustrative"):
            continue
        plan = opened(path.stem).plan
        for table in ("contributions", "schemes", "acute_lines", "programmes", "goals"):
            for row in getattr(plan, table):
                assert row.evidence and row.status in ("published", "derived"), (path.stem, row)

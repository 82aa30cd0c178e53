"""A person's own workbook, without the template: a few tables with headings are a plan on every host.

Figures by hand: £1m a year is pooled and nothing else spends it, so £2m is there in the second year
and, less the £50,000 of the service, £2.95m in the third. 10 % of 1,000 spells are reached from the
second year on and half of them avoided: 50 × £2,000 = £100,000, all of it variable cost.
"""

from __future__ import annotations

import pytest

FUNDING = [
    ["Pool", "Partner", "Source of funding", "Base amount", "2027/28", "2026/27", "2028/29"],
    ["bcf", "icb", "Additional NHS Contribution", 1_000_000.0, None, None, None],
]
LINES = [
    [
        *("Activity line", "Currency", "Commissioner", "Provider", "Base activity"),
        *("Unit price", "Contract", "Variable cost", "Semi-fixed cost"),
    ],
    ["falls", "spell", "icb", "trust", 1000.0, 2000.0, "activity", 1.0, 0.0],
]
PROGRAMMES = [
    [
        *("Programme", "Reaches", "Pool", "Source of funding", "Effect", "Evidence grade"),
        *("Reach", "Cost a year", "Starts"),
    ],
    ["strength", "falls", "bcf", "Additional NHS Contribution", 0.5, "A", 0.1, 50_000.0, "2027/28"],
]
SHIFTS = [["Shift", "Activity lines", "Pool"], ["s1", "falls", "bcf"]]


def plan_of(host, *tables):
    return host.ask("ICB_PLAN", *tables)[0][0]


def rows_of(host, handle, title):
    """Return the years of each row of an answer, by its labels; a blank cell is nought."""
    heads, *rows = host.ask("ICB_TABLE", handle, title)
    first = heads.index("2026/27")
    return {tuple(row[:3]): [cell or 0 for cell in row[first:]] for row in rows}


def test_one_table_of_funding_projects_a_pool(host):
    handle = plan_of(host, FUNDING)
    (income,) = rows_of(host, handle, "Income").values()
    assert income == [1_000_000, 1_000_000, 1_000_000]


def test_activity_and_programmes_beside_it_move_the_money(host):
    """Without a shift the pool pays and the saving stays with the commissioner."""
    handle = plan_of(host, LINES, FUNDING, PROGRAMMES)
    moved = rows_of(host, handle, "Reallocation")
    assert moved["Pool", "bcf", "Money for programmes"] == [0, 2_000_000, 2_950_000]
    assert moved["Programme", "strength", "Paid for prevention"] == [0, 50_000, 50_000]
    released = rows_of(host, handle, "Cash released")
    assert released["falls", "Gross release", "falls"] == [0, 100_000, 100_000]


def test_a_shift_beside_them_moves_what_was_released_the_year_before(host):
    """Released in the second year £100,000: moved in the third, on top of the pool's own £2.95m."""
    handle = plan_of(host, SHIFTS, LINES, FUNDING, PROGRAMMES)
    moved = rows_of(host, handle, "Reallocation")
    assert moved["Pool", "bcf", "Money for programmes"] == [0, 2_000_000, 3_050_000]


@pytest.mark.parametrize(
    "default",
    [
        "There is no Setup: the base year is 2026/27, the first year that heads a column, and the"
        " plan reaches to 2028/29.",
        "There is no table Partners: icb, trust are taken from the other tables, with the kind"
        " “other”.",
        "There is no table Pools: bcf are taken from the other tables, hosted by the first partner"
        " that pays in.",
        "Index is blank in 1 row, £1.0m: flat, 0 %.",
        "Cost index is blank in 1 row, £50,000 a year: flat, 0 %.",
        "Who bears an over- or underspend of bcf (£1.0m) is not tested: Risk share is blank.",
    ],
)
def test_what_was_taken_for_tables_and_cells_that_are_not_there_is_told_in_checks(host, default):
    """The first year that heads a column is the base year, in whatever order the columns stand."""
    checks = host.ask("ICB_TABLE", plan_of(host, FUNDING, LINES, PROGRAMMES), "Checks")
    assert default in [row[2] for row in checks if row[0] == "Note"]

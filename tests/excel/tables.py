"""A small plan as a person's tables, in no tidy order; every figure of it can be worked out by
hand.

Nothing grows but the NHS line (5.66 % in 2025/26, 0 % after). 1,000 spells at a price and cost of
£2,000; the programme reaches 10 % and then 20 % of them with a reduction of 50 %, so it avoids
1,000 × 0.1 × 0.5 = 50 and 1,000 × 0.2 × 0.5 = 100 spells, and costs £100,000 a year.
"""

from __future__ import annotations

import copy

from icbudget.excel import plan_store, plan_values
from icbudget.workbook import layout

_TABLES = {
    "setup": [
        ["Setting", "Value", "Unit"],
        ["Horizon", 2.0, "years"],
        ["Title", "A small plan", None],
        ["Base year", "2024/25", None],
        ["Rules year", "2025-26", None],
        [None, None, None],
    ],
    "partners": [
        ["Kind", "Name", "Partner"],
        ["icb", "Integrated care board", "icb"],
        ["council", "Borough council", "council"],
        ["nhs_provider", "Hospital trust", "trust"],
    ],
    "pools": [["Pool", "Name", "Host"], ["bcf", "Better Care Fund", "council"]],
    "contributions": [
        ["Pool", "Partner", "Source of funding", "Index", "Base amount (£)", "2026/27", "2025/26"],
        ["bcf", "icb", "NHS Minimum Contribution", "growth", 11_651_150.0, None, None],
        [None, None, None, None, None, None, None],
        ["bcf", "council", "Additional LA Contribution", "flat", 1_000_000.0, 1_200_000.0, None],
    ],
    "schemes": [
        [
            "Scheme",
            "Name",
            "Pool",
            "Source of funding",
            "Base amount",
            "Index",
            "Area of spend",
            "My own column",
        ],
        [
            "1",
            "Community care",
            "bcf",
            "NHS Minimum Contribution",
            11_000_000.0,
            "flat",
            "Community Health",
            "see minutes",
        ],
    ],
    "minimums": None,
    "indices": [["2025/26", "2026/27", "Index"], [0.0566, 0.0, "growth"]],
    "acute_lines": [
        [
            *(
                "Activity line",
                "Currency",
                "Commissioner",
                "Provider",
                "Base activity (a year)",
                "Demographic index",
            ),
            *(
                "Non-demographic index",
                "Unit price (£ a unit)",
                "Unit cost",
                "Price uplift index",
                "Price efficiency index",
            ),
            *("Contract", "Variable cost", "Semi-fixed cost", "Fixed cost", "Block size"),
        ],
        [
            "nel",
            "spell",
            "icb",
            "trust",
            1000.0,
            "flat",
            "flat",
            2000.0,
            2000.0,
            "flat",
            "flat",
            "activity",
            0.3,
            0.3,
            0.4,
            40.0,
        ],
    ],
    "acute_years": [
        ["Activity line", "Figure", "2025/26", "2026/27"],
        ["nel", "Blocks close (%)", 1.0, 1.0],
    ],
    "segments": [["Activity line", "Segment", "Share", "Programmes"], ["nel", "all", 1.0, "falls"]],
    "programmes": [
        ["Programme", "Pool", "Source of funding", "Effect", "Evidence grade", "Cost index"],
        ["falls", "bcf", "NHS Minimum Contribution", 0.5, "A", "flat"],
    ],
    "programme_years": [
        ["Programme", "Figure", "2025/26", "2026/27"],
        ["falls", "Reach", 0.1, 0.2],
        ["falls", "Fixed cost (£)", 100_000.0, 100_000.0],
    ],
    "moves": None,
    "shifts": None,
    "shift_years": None,
    "risk_shares": None,
    "gain_shares": None,
    "limits": None,
    "goals": [
        ["Goal", "Measure", "Better is", "Activity line", "Target", "Target year"],
        ["g1", "Emergency admissions", "lower", "nel", 900.0, "2026/27"],
    ],
    "scenarios": None,
    "uncertainties": None,
    "correlations": None,
}


def small_plan():
    """Return the tables by argument, to be changed at will."""
    return copy.deepcopy(_TABLES)


PLACES = {
    f"{place.table.field.split('_')[0].removesuffix('s')}_years"
    if place.by_year
    else place.table.field: place
    for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS)
}
"""Where the template has each table, by what the tests call it."""


def as_arguments(tables):
    """Return the tables that are there, as `ICB_PLAN` takes them."""
    return [table for table in tables.values() if table is not None]


def handle_of_somebody_else():
    """Return the handle of a plan that another person has kept in the same store."""
    content = plan_values.recognised(as_arguments(small_plan())).content
    digest = "5" * 64
    plan_values._store[0].keep("somebody else", digest[:12], digest, content)
    assert plan_values._store[0].find("somebody else", digest[:12])
    assert plan_store.owner() != "somebody else"
    return f"plan {digest[:12]}"

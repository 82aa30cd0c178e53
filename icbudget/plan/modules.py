"""The modules that a workbook is made of; a plan table belongs to one, and so does an answer."""

from __future__ import annotations

POOL, SHIFT, DEALS, YEAR, BENEFITS, UNCERTAINTY, RETURNS, JOINT, LIBRARY = (
    "pool",
    "shift",
    "deals",
    "year",
    "benefits",
    "uncertainty",
    "returns",
    "joint",
    "library",
)
MODULES = (POOL, SHIFT, DEALS, YEAR, BENEFITS, UNCERTAINTY, RETURNS, JOINT, LIBRARY)
"""In the order in which a plan grows; `pool` is in every workbook."""
PURPOSES = {
    POOL: "Who pays into which pool, what it buys, and who bears an over- or underspend.",
    SHIFT: "Activity, prevention, and the money that moves from the one to the other.",
    DEALS: "How gains are shared, pay for performance, contracts that change, limits.",
    YEAR: "The year as it runs and ends: actuals, forecasts, virements, the accounts.",
    UNCERTAINTY: "Ranges and chances: how sure the answers are, and what drives them.",
    RETURNS: "The forms of the national return, and what of them is still missing.",
    BENEFITS: "Planned benefits held against what was confirmed, in cash and otherwise.",
    JOINT: "Work on one plan by several partners: who owns which rows, who has signed.",
    LIBRARY: "Unit costs, uplift factors and evidence to copy from, with their sources.",
}
"""What each module is for, in one sentence."""
FIRST_MODULES = (POOL, SHIFT)
"""What a new workbook has."""

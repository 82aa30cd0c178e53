"""A small plan in which nothing is wrong and nothing calls for a warning; each test puts one fault
into it.
"""

from __future__ import annotations

import copy

YEARS = ("2026/27", "2027/28")
NHS, LA = "NHS Minimum Contribution", "Additional LA Contribution"

_CLEAN = {
    "setup": {"title": "Clean", "base_year": "2025/26", "horizon": 2, "deflator": "prices"},
    "partners": [
        {"id": "icb", "name": "Integrated care board", "kind": "icb"},
        {"id": "council", "name": "Council", "kind": "council"},
        {"id": "trust", "name": "Hospital trust", "kind": "nhs_provider"},
    ],
    "pools": [{"id": "bcf", "name": "Better Care Fund", "host": "council", "risk_share": "agreed"}],
    "risk_shares": [
        {"id": "agreed", "basis": "fixed", "partner": "icb", "share": 0.6},
        {"id": "agreed", "basis": "fixed", "partner": "council", "share": 0.4},
    ],
    "indices": [{"id": "prices", "rates": {y: 0.02 for y in YEARS}}],
    "contributions": [
        {"pool": "bcf", "partner": "icb", "source": NHS, "base_amount": 1_000_000, "index": "flat"},
        {
            "pool": "bcf",
            "partner": "council",
            "source": LA,
            "base_amount": 400_000,
            "index": "flat",
        },
    ],
    "schemes": [
        {
            "id": "1",
            "name": "Reablement",
            "pool": "bcf",
            "source": NHS,
            "area_of_spend": "Social Care",
            "commissioner": "LA",
            "base_amount": 700_000,
            "index": "flat",
            "experience_measure": "Survey of people discharged",
        },
        {
            "id": "2",
            "name": "Community nursing",
            "pool": "bcf",
            "source": NHS,
            "area_of_spend": "Community Health",
            "commissioner": "Joint",
            "nhs_share": 0.75,
            "la_share": 0.25,
            "base_amount": 300_000,
            "index": "flat",
        },
        {
            "id": "3",
            "name": "Equipment",
            "pool": "bcf",
            "source": LA,
            "base_amount": 400_000,
            "index": "flat",
        },
    ],
    "minimums": [
        {"rule": "adult_social_care", "source": NHS, "base_amount": 700_000, "index": "flat"},
        {"rule": "nhs_out_of_hospital", "source": NHS, "base_amount": 225_000, "index": "flat"},
        {"rule": "minimum_contribution", "source": NHS, "base_amount": 1_000_000, "index": "flat"},
    ],
    "acute_lines": [
        {
            "id": "nel",
            "point_of_delivery": "Non-elective admission",
            "currency": "spell",
            "commissioner": "icb",
            "provider": "trust",
            "base_activity": 10_000,
            "demographic_index": "prices",
            "non_demographic_index": "flat",
            "unit_price": 3_000,
            "unit_cost": 3_000,
            "price_uplift": "prices",
            "price_efficiency": "flat",
            "contract": "aligned",
            "variable_share": 0.15,
            "variable_cost": 0.18,
            "semi_fixed_cost": 0.50,
            "fixed_cost": 0.32,
            "block_size": 200,
            "closes": {y: 1 for y in YEARS},
            "floor": 9_000,
        }
    ],
    "segments": [
        {"acute_line": "nel", "id": "falls", "share": 0.1, "programmes": ["falls"]},
        {"acute_line": "nel", "id": "rest", "share": 0.9},
    ],
    "programmes": [
        {
            "id": "falls",
            "partner": "icb",
            "effect": 0.05,
            "effect_low": 0.01,
            "effect_high": 0.08,
            "grade": "C",
            "cost_index": "prices",
            "reach": {y: 0.5 for y in YEARS},
            "fixed_cost": {y: 1_000 for y in YEARS},
        }
    ],
    "goals": [
        {
            "id": "nel",
            "measure": "Non-elective admissions",
            "good": "lower",
            "acute_line": "nel",
            "target": 10_500,
            "target_year": "2027/28",
        }
    ],
}


def clean() -> dict:
    """The clean plan as plain tables, to be changed freely."""
    return copy.deepcopy(_CLEAN)

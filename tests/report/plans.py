"""Plans the report is tested on: the worked example GE-1, an illustrative pair of boroughs, and
small plans made to order.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from icbudget.answers.case import Case, evaluate_draft
from icbudget.plan.plan_text import from_document

YEARS = ("2026/27", "2027/28", "2028/29", "2029/30", "2030/31")


def by_year(*values: float) -> dict[str, float]:
    """Return values keyed by the years after 2025/26; a single value is each year's."""
    return dict(zip(YEARS, values * len(YEARS) if len(values) == 1 else values, strict=False))


def case_of(**document: Any) -> Case:
    """Return the case of a plan written as plain tables; what could not be read is among its
    findings.
    """
    case = evaluate_draft(from_document(document))
    assert case is not None
    return case


def setup(horizon: int = 2, **more: Any) -> dict[str, Any]:
    return {"title": "A plan", "base_year": "2025/26", "horizon": horizon, **more}


def index(id: str, *rates: float) -> dict[str, Any]:
    return {"id": id, "rates": by_year(*rates), "status": "illustrative"}


ICB = {"id": "icb", "name": "Riverside ICB", "kind": "icb"}
NORTH = {"id": "north", "name": "Northbank Council", "kind": "council"}
SOUTH = {"id": "south", "name": "Southmere Council", "kind": "council"}
TRUST = {"id": "trust", "name": "Riverside Hospitals", "kind": "nhs_provider"}


def acute(id: str = "nel", **more: Any) -> dict[str, Any]:
    line = {
        "id": id,
        "currency": "spell",
        "commissioner": "icb",
        "provider": "trust",
        "contract": "activity",
    }
    rates = {
        "demographic_index": "demog",
        "non_demographic_index": "nd",
        "price_uplift": "cuf",
        "price_efficiency": "eff",
    }
    cost = {
        "variable_cost": 0.2,
        "semi_fixed_cost": 0.5,
        "fixed_cost": 0.3,
        "block_size": 150,
        "hold": 1,
    }
    return {
        **line,
        **rates,
        **cost,
        "base_activity": 10000,
        "unit_price": 3000,
        "unit_cost": 3000,
        **more,
    }


RATES = [
    index("demog", 0.02),
    index("nd", -0.0014),
    index("cuf", 0.025),
    index("eff", 0.015),
    index("cpi", 0.02),
]


def ge1_document() -> dict[str, Any]:
    """Return GE-1 of the model's specification, whose figures are printed there year by year."""
    shared = {"partner": "icb", "grade": "D", "deadweight": 0.1, "cost_index": "cpi"}
    first = {**shared, "id": "P1", "effect": 0.2, "optimism_benefit": 0.25}
    second = {**shared, "id": "P2", "effect": 0.3, "optimism_benefit": 0.15, "lag": 1}
    shares = (("a", 0.05, ["P1"]), ("b", 0.12, ["P2"]), ("c", 0.03, ["P1", "P2"]), ("d", 0.8, []))
    return {
        "setup": setup(5, title="GE-1", uplift_form="multiplicative", deflator="cpi"),
        "partners": [ICB, TRUST],
        "indices": RATES,
        "acute_lines": [acute(name="Emergency admissions", closes=by_year(1))],
        "segments": [
            {"acute_line": "nel", "id": id, "share": share, "programmes": reach}
            for id, share, reach in shares
        ],
        "programmes": [
            {
                **first,
                "reach": by_year(0.4, 0.8, 0.8, 0.8, 0.8),
                "fixed_cost": by_year(4e5, 6e5, 6e5, 6e5, 6e5),
            },
            {
                **second,
                "reach": by_year(0.1, 0.2, 0.4, 0.4, 0.4),
                "fixed_cost": by_year(3e5, 5e5, 9e5, 9e5, 9e5),
            },
        ],
    }


@cache
def ge1() -> Case:
    return case_of(**ge1_document())


def boroughs_document(**settings: Any) -> dict[str, Any]:
    """Return the illustrative plan in `boroughs.yaml` with some of its settings changed."""
    document = yaml.safe_load((Path(__file__).parent / "boroughs.yaml").read_text(encoding="utf-8"))
    document["setup"] |= settings
    return document


@cache
def boroughs() -> Case:
    return case_of(**boroughs_document())

"""A large plan for measuring speed: 60 activity lines, 30 programmes, 10 years, one pool that waits
for release.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from icbudget.engine.projection import funding
from icbudget.engine.projection.structure import figures_of, structure_of
from icbudget.engine.projection.wiring import rules_of
from icbudget.engine.run import effects_of
from icbudget.plan.plan_text import from_document

CONTRACTS = ("activity", "marginal", "block", "aligned", "lva")
SOURCES = ("NHS Minimum Contribution", "Additional LA Contribution")
DRAWN = ("effect", "rates", "close", "reach", "fixed_cost")


def large_plan(lines=60, programmes=30, horizon=10):
    """The plan; every line has three segments that meet up to three programmes each."""
    rng = np.random.default_rng(1)
    later = [f"{y}/{y - 1999:02d}" for y in range(2026, 2026 + horizon)]
    acute = [
        {
            "id": f"k{k}",
            "currency": "spell",
            "commissioner": "icb",
            "provider": "trust",
            "base_activity": 1000 + 250 * k,
            "demographic_index": "growth",
            "non_demographic_index": "more",
            "unit_price": 3000 + k,
            "unit_cost": 2900 + k,
            "price_uplift": "cuf",
            "price_efficiency": "eff",
            "contract": CONTRACTS[k % 5],
            "marginal_rate": 0.7,
            "baseline_value": (1000 + 250 * k) * (3000 + k),
            "variable_share": 0.2,
            "variable_cost": 0.2,
            "semi_fixed_cost": 0.5,
            "fixed_cost": 0.3,
            "block_size": 1 + k / 10,
            "hold": 1,
            "backfill": 0.1,
            "closes": dict.fromkeys(later, 1),
            "rebase_years": later[3:4] if k % 2 else [],
        }
        for k in range(lines)
    ]
    changes = [
        {
            "acute_line": f"k{k}",
            "year": later[min(4, horizon - 1)],
            "contract": CONTRACTS[(k + 1) % 5],
            "marginal_rate": 0.5,
            "baseline_value": (1000 + 250 * k) * 3200,
            "variable_share": 0.3,
        }
        for k in range(0, lines, 7)
    ]
    segments = [
        {
            "acute_line": f"k{k}",
            "id": f"m{m}",
            "share": share,
            "programmes": [
                f"p{g:02d}"
                for g in sorted(rng.choice(programmes, min(m, programmes), replace=False))
            ],
        }
        for k in range(lines)
        for m, share in ((3, 0.1), (2, 0.2), (0, 0.7))
    ]
    prevention = [
        {
            "id": f"p{g:02d}",
            "pool": "bcf",
            "source": SOURCES[g % 2],
            "priority": 1 + g % 5,
            "effect": 0.02 + 0.005 * g,
            "grade": "C",
            "cost_index": "cuf",
            "reach": dict.fromkeys(later, 0.5),
            "fixed_cost": dict.fromkeys(later, 9e5 + g),
        }
        for g in range(programmes)
    ]
    rates = {"growth": 0.015, "more": 0.002, "cuf": 0.025, "eff": 0.011}
    return from_document(
        {
            "setup": {
                "title": "Large",
                "base_year": "2025/26",
                "horizon": horizon,
                "uplift_form": "multiplicative",
            },
            "partners": [
                {"id": "icb", "name": "ICB", "kind": "icb"},
                {"id": "council", "name": "Council", "kind": "council"},
                {"id": "trust", "name": "Trust", "kind": "nhs_provider"},
            ],
            "pools": [{"id": "bcf", "name": "Better Care Fund", "host": "council"}],
            "indices": [{"id": i, "rates": dict.fromkeys(later, r)} for i, r in rates.items()],
            "contributions": [
                {
                    "pool": "bcf",
                    "partner": p,
                    "source": s,
                    "base_amount": 5.5e5 * programmes,
                    "index": "growth",
                }
                for p, s in zip(("icb", "council"), SOURCES, strict=True)
            ],
            "schemes": [
                {
                    "id": f"s{n}",
                    "name": "Scheme",
                    "pool": "bcf",
                    "source": SOURCES[n % 2],
                    "base_amount": 1e6,
                    "index": "cuf",
                }
                for n in range(programmes)
            ],
            "acute_lines": acute,
            "contract_changes": changes,
            "segments": segments,
            "programmes": prevention,
            "shifts": [{"id": "shift", "lines": [row["id"] for row in acute], "pool": "bcf"}],
        }
    ).plan


def arrays(plan, draws):
    """Structure, figures and rules; with draws, five kinds of figures are drawn and differ from
    draw to draw.
    """
    figures = figures_of(plan, effects_of(plan), funding.contributions(plan), funding.schemes(plan))
    if draws > 1:
        rng = np.random.default_rng(2)
        drawn = {n: getattr(figures, n) for n in DRAWN}
        by_year = {n: a.swapaxes(0, 1) if a.ndim == 3 else a for n, a in drawn.items()}
        chances = {
            n: rng.uniform(0.5, 1.0, (*a.shape[:-2], draws, a.shape[-1]))
            for n, a in by_year.items()
        }
        drawn = {
            n: (a * chances[n]).swapaxes(0, 1) if a.ndim == 3 else a * chances[n]
            for n, a in by_year.items()
        }
        drawn["close"] = np.round(drawn["close"])
        figures = dataclasses.replace(figures, **drawn)
    return structure_of(plan), figures, rules_of(plan)

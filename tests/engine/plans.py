"""Random plans that have no error: small, odd, and using every rule of the engine."""

from __future__ import annotations

from random import Random

from icbudget.plan import Plan
from icbudget.plan.plan_text import from_document

SOURCES = (
    "NHS Minimum Contribution",
    "Local Authority Better Care Grant",
    "Additional NHS Contribution",
)
CONTRACTS = ("activity", "marginal", "block", "aligned", "lva")
INDICES = ("growth", "more", "cuf", "eff", "pay")


def read(document) -> Plan:
    """The plan of a document that must be readable."""
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    return draft.plan


def random_document(rng: Random) -> dict:
    """A plan as plain tables; everything about it comes from `rng`."""
    horizon = rng.randint(1, 6)
    years = [f"{2025 + t}/{26 + t}" for t in range(horizon + 1)]
    later = years[1:]
    programmes = [_programme(rng, f"p{n}", later) for n in range(rng.choice((0, 2, 3, 3, 4, 5)))]
    names = [p["id"] for p in programmes]
    lines = _lines(rng, years)
    ids = [k["id"] for k in lines]
    schemes, payers = _schemes(rng, years, programmes)
    doc = {
        "setup": {
            "title": "Random",
            "base_year": years[0],
            "horizon": horizon,
            "uplift_form": rng.choice(("additive", "multiplicative")),
            "reinvest_basis": rng.choice(("lower", "contract", "system")),
            "reinvest_share": rng.choice((1.0, 0.8, 0.333)),
            "family_overlap": rng.choice((0.5, 0.0, 1.0, 0.25)),
            "rounding_unit": rng.choice((1, 0.01, 1000)),
        },
        "partners": [
            {"id": "icb", "name": "ICB", "kind": "icb"},
            {"id": "council", "name": "Council", "kind": "council"},
            {"id": "trust", "name": "Trust", "kind": "nhs_provider"},
        ],
        "pools": [
            {"id": "bcf", "name": "BCF", "host": "council"},
            {"id": "other", "name": "Other", "host": "icb"},
        ],
        "indices": [
            {"id": i, "rates": {y: round(rng.uniform(-0.02, 0.06), 4) for y in later}}
            for i in INDICES
        ],
        "contributions": (contributions := _contributions(rng, years)),
        "schemes": schemes,
        "acute_lines": lines,
        "contract_changes": _contract_changes(rng, lines, later),
        "segments": _segments(rng, ids, names),
        "programmes": [{**p, **payers[p["id"]]} for p in programmes],
        "moves": _moves(rng, ids, names),
        "shifts": _shifts(rng, ids, later, contributions),
        "gain_shares": _gain_shares(rng),
    }
    return doc


def _some(rng, years, low, high, digits=2, chance=0.8):
    return {y: round(rng.uniform(low, high), digits) for y in years if rng.random() < chance}


def _none_blank_between(years, by_year):
    """Figures with 0 typed where a year between two others was left out: a blank there would be a
    question to whoever made the plan.
    """
    filled = [y for y in years if y in by_year]
    return {y: by_year.get(y, 0) for y in years if filled and filled[0] <= y <= filled[-1]}


def _contributions(rng, years):
    rows = []
    for line in range(1, rng.randint(2, 6)):
        rows.append(
            {
                "pool": rng.choice(("bcf", "other")),
                "partner": rng.choice(("icb", "council")),
                "source": rng.choice(SOURCES),
                "line": line,
                "kind": "deduction" if rng.random() < 0.15 else "contribution",
                "base_amount": round(rng.uniform(0, 6e5), 2),
                "index": rng.choice((*INDICES, "flat")),
                "recurrent": rng.random() < 0.8,
                "amounts": _some(rng, years, 0, 6e5, 2, 0.15),
            }
        )
    return rows


def _schemes(rng, years, programmes):
    rows, payers = [], {}
    for n in range(rng.randint(0, 3)):
        rows.append(
            {
                "id": f"s{n}",
                "name": "Scheme",
                "pool": rng.choice(("bcf", "other")),
                "source": rng.choice(SOURCES),
                "base_amount": round(rng.uniform(0, 2e5), 2),
                "index": rng.choice((*INDICES, "flat")),
                "recurrent": rng.random() < 0.8,
                "amounts": _some(rng, years, 0, 2e5, 2, 0.15),
            }
        )
    for p in programmes:
        way = rng.choice(("scheme", "scheme", "pool", "pool", "partner"))
        pool, source = rng.choice(("bcf", "bcf", "other")), rng.choice(SOURCES)
        payers[p["id"]] = {}
        if way == "scheme":
            rows.append(
                {
                    "id": f"for-{p['id']}",
                    "name": "Pays",
                    "pool": pool,
                    "source": source,
                    "programme": p["id"],
                }
            )
        elif way == "pool":
            payers[p["id"]] = {"pool": pool, "source": source}
        else:
            payers[p["id"]] = {"partner": rng.choice(("icb", "council"))}
    return rows, payers


def _lines(rng, years):
    rows = []
    for n in range(rng.randint(1, 5)):
        variable = round(rng.uniform(0, 0.5), 2)
        semi_fixed = round(rng.uniform(0, 0.5), 2)
        activity = round(rng.uniform(50, 20_000), 1)
        price = round(rng.uniform(50, 5_000), 2)
        row = {
            "id": f"k{n}",
            "currency": "spell",
            "commissioner": rng.choice(("icb", "council")),
            "provider": "trust",
            "base_activity": activity,
            "baseline_adjustment": rng.choice((0.0, 0.05, -0.1)),
            "demographic_index": rng.choice(INDICES),
            "non_demographic_index": rng.choice((*INDICES, "flat")),
            "unit_price": price,
            "unit_cost": round(price * rng.uniform(0.7, 1.3), 2),
            "market_forces_factor": rng.choice((1.0, 1.07)),
            "price_uplift": "cuf",
            "price_efficiency": "eff",
            "contract": CONTRACTS[n % 5] if rng.random() < 0.3 else rng.choice(CONTRACTS),
            "marginal_rate": round(rng.uniform(0, 1), 2),
            "baseline_value": round(activity * price * rng.uniform(0.7, 1.3), 2),
            "variable_share": round(rng.uniform(0, 1), 2),
            "variable_cost": variable,
            "semi_fixed_cost": semi_fixed,
            "fixed_cost": round(1 - variable - semi_fixed, 2),
            "hold": rng.randint(0, 3),
            "backfill": rng.choice((0.0, 0.3, 1.0)),
            "rebase_years": [y for y in years if rng.random() < 0.25],
            "block_size": round(rng.uniform(1, 0.015 * activity), 1),
            "closes": {y: rng.choice((0, 0.5, 1, 1)) for y in years[1:]},
        }
        if rng.random() < 0.3:
            row |= {"cost_uplift": "pay", "cost_efficiency": "flat"}
        if rng.random() < 0.3:
            row["budget_index"] = rng.choice(INDICES)
        if rng.random() < 0.3:
            row["block_value"] = round(activity * price * rng.uniform(0.8, 1.2), 2)
        if rng.random() < 0.3:
            row["fixed_release"] = _some(rng, years[1:], 0, 0.02 * activity * price)
        if n and rng.random() < 0.4:
            row["parent"] = f"k{rng.randrange(n)}"
        if n == 2:
            row["most_blocks"] = {years[-1]: 2}
        rows.append(row)
    rng.shuffle(rows)
    return rows


def _contract_changes(rng, lines, years):
    rows = []
    for line in lines:
        for year in sorted(rng.sample(years, rng.choice((0, 0, 1, 2)) % (len(years) + 1))):
            value = line["base_activity"] * line["unit_price"]
            row = {"acute_line": line["id"], "year": year, "contract": rng.choice(CONTRACTS)}
            row |= {
                "marginal_rate": round(rng.uniform(0, 1), 2),
                "baseline_value": round(value * rng.uniform(0.7, 1.3), 2),
            }
            row |= {"variable_share": round(rng.uniform(0, 1), 2)}
            if rng.random() < 0.5:
                row["block_value"] = round(value * rng.uniform(0.8, 1.2), 2)
            rows.append(row)
    rng.shuffle(rows)
    return rows


def _segments(rng, lines, names):
    rows = []
    for line in lines:
        if rng.random() < 0.1:
            continue
        cuts = sorted(rng.randint(1, 99) for _ in range(rng.randint(0, 3)))
        shares = [(b - a) / 100 for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        for n, share in enumerate(shares):
            reach = rng.sample(names, rng.randint(0, len(names)))
            rows.append({"acute_line": line, "id": f"m{n}", "share": share, "programmes": reach})
    rng.shuffle(rows)
    return rows


def _programme(rng, name, years):
    basis = rng.choice(("direct", "in_service", "joins"))
    row = {
        "id": name,
        "grade": rng.choice(("C", "D")),
        "priority": rng.randint(1, 3),
        "divisible": rng.random() < 0.7,
        "reach_basis": basis,
        "max_reach": 0.9,
        "lag": rng.choice((0, 0, 1, 0.5, 1.75, 2)),
        "drop_off": rng.choice((0.0, 0.2, 1.0)),
        "deadweight": rng.choice((0.0, 0.2)),
        "attribution": rng.choice((0.0, 0.1)),
        "displacement": rng.choice((0.0, 0.05)),
        "optimism_benefit": rng.choice((0.0, 0.25)),
        "optimism_cost": rng.choice((0.0, 0.15)),
        "family": rng.choice(("", "", "falls", "frailty")),
        "unit_cost": rng.choice((0, 250.5)),
        "cost_index": rng.choice(("pay", "flat")),
        "fixed_cost": _some(rng, years, 1e5, 9e5),
        "double_running": _some(rng, years, 0, 5e4, 2, 0.2),
        "exit_cost": _some(rng, years, 0, 5e4, 2, 0.1),
    }
    row |= rng.choice(
        (
            {"effect": round(rng.uniform(0.01, 0.6), 3)},
            {"effect": round(rng.uniform(-0.2, 0.4), 3)},
            {"effect_measure": "risk_ratio", "effect": round(rng.uniform(0.6, 1.2), 3)},
            {
                "effect_measure": "odds_ratio",
                "effect": round(rng.uniform(0.6, 1.2), 3),
                "base_risk": 0.4,
            },
            {
                "effect_measure": "absolute_risk_reduction",
                "effect": round(rng.uniform(-0.05, 0.1), 3),
                "base_risk": 0.4,
            },
            {"effect": 0.0},
            {"effect_measure": "before_after", "effect": round(rng.uniform(0.25, 0.6), 3)}
            | {"rate_before": 2.5, "population_rate": 0.3, "dispersion": 0.8},
        )
    )
    if basis == "direct":
        row["reach"] = _none_blank_between(years, _some(rng, years, 0, 0.9, 3))
    else:
        row["cohort"] = {y: round(rng.uniform(500, 2_000)) for y in years}
    row["people"] = _none_blank_between(years, _some(rng, years, 0, 500, 0))
    return row


def _moves(rng, lines, names):
    rows = {}
    for _ in range(rng.randint(0, 2)):
        if names and len(lines) > 1:
            source, target = rng.sample(lines, 2)
            move = {
                "programme": rng.choice(names),
                "from_line": source,
                "to_line": target,
                "units": rng.choice((0.5, 2.5)),
            }
            rows[tuple(list(move.values())[:3])] = move
    return list(rows.values())


def _gain_shares(rng):
    if rng.random() < 0.5:
        return []
    terms = {
        "basis": rng.choice(("fixed", "cost", "contributions", "shapley")),
        "settlement": rng.choice(("yearly", "cumulative")),
    }
    losses = rng.random() < 0.5
    return [
        {"id": "pact", "partner": partner, **terms}
        | {"gain_share": share, **({"loss_share": loss} if losses else {})}
        | {
            limit: round(rng.uniform(0, 2e5), 2)
            for limit in ("cap", "claw_back")
            if rng.random() < 0.4
        }
        for partner, share, loss in (
            ("icb", 0.5, 0.25),
            ("council", 0.2, 0.5),
            ("trust", 0.3, 0.25),
        )
    ]


def _shifts(rng, lines, years, contributions):
    rows, free = [], list(lines)
    primed = rng.choice(("bcf", "other", "other", "", "", ""))
    for n in range(rng.choice((0, 1, 1, 2, 3))):
        rule = rng.choice(
            (*["release_then_invest"] * 4, "marginal_rank", "fixed_amount", "fixed_percent")
        )
        row = {"id": f"shift{n}", "rule": rule, "pool": rng.choice(("bcf", "bcf", "other"))}
        if row["pool"] == primed and rule in ("release_then_invest", "marginal_rank"):
            if not free or any(s["rule"] == "pump_prime" for s in rows):
                continue
            row |= {
                "rule": "pump_prime",
                "interest": rng.choice((0, 0.035)),
                "fund_floor": rng.choice((0, 1e4)),
            }
            row["lines"] = [free.pop(rng.randrange(len(free)))]
            given = [c["source"] for c in contributions if c["pool"] == primed]
            row |= {"source": rng.choice(given)} if given and rng.random() < 0.5 else {}
            row["amounts"] = {rng.choice((years[0], "2025/26")): round(rng.uniform(1e4, 2e6), 2)}
            row["percents"] = _none_blank_between(years, _some(rng, years, 0, 0.02, 3, 0.2))
        elif rule in ("release_then_invest", "marginal_rank"):
            if not free:
                continue
            row["lines"] = rng.sample(free, rng.randint(1, len(free)))
            free = [k for k in free if k not in row["lines"]]
        else:
            row["lines"] = rng.sample(lines, rng.randint(1, len(lines)))
            given = (
                _some(rng, years, 0, 2e5)
                if rule == "fixed_amount"
                else _some(rng, years, 0, 0.02, 3)
            ) or {years[0]: 0.01}
            field = "amounts" if rule == "fixed_amount" else "percents"
            row[field] = _none_blank_between(years, given)
        rows.append(row)
    return rows

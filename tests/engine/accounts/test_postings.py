"""What each posting rests on, traced by hand."""

from __future__ import annotations

from icbudget.engine.accounts.postings import postings
from icbudget.engine.run import run
from tests.engine.plans import read

Y0, Y1, Y2, Y3 = "2025/26", "2026/27", "2027/28", "2028/29"
NHS, OTHER = "NHS Minimum Contribution", "Additional NHS Contribution"
LINE = {
    "id": "nel",
    "currency": "spell",
    "commissioner": "icb",
    "provider": "trust",
    "base_activity": 100,
    "unit_price": 10,
    "unit_cost": 9,
    "demographic_index": "people",
    "non_demographic_index": "flat",
    "price_uplift": "cuf",
    "price_efficiency": "flat",
    "cost_uplift": "pay",
    "contract": "marginal",
    "marginal_rate": 0.5,
    "baseline_value": 900,
    "variable_cost": 1,
    "semi_fixed_cost": 0,
    "fixed_cost": 0,
}
DOCUMENT = {
    "setup": {"title": "Traced", "base_year": Y0, "horizon": 3},
    "partners": [
        {"id": "icb", "name": "ICB", "kind": "icb"},
        {"id": "trust", "name": "Trust", "kind": "nhs_provider"},
    ],
    "pools": [{"id": "bcf", "name": "BCF", "host": "icb"}],
    "indices": [
        {"id": name, "rates": dict.fromkeys((Y1, Y2, Y3), 0.01)}
        for name in ("up", "people", "cuf", "pay")
    ],
    "contributions": [
        {
            "pool": "bcf",
            "partner": "icb",
            "source": NHS,
            "base_amount": 100,
            "index": "up",
            "amounts": {Y1: 150},
        },
        {"pool": "bcf", "partner": "icb", "source": OTHER, "base_amount": 50, "recurrent": False},
    ],
    "acute_lines": [LINE],
    "shifts": [
        {
            "id": "fixed",
            "rule": "fixed_amount",
            "lines": ["nel"],
            "pool": "bcf",
            "amounts": {Y2: 1},
        },
        {
            "id": "part",
            "rule": "fixed_percent",
            "lines": ["nel"],
            "pool": "bcf",
            "percents": {Y3: 0.01},
        },
    ],
}


def rests(year, kind, source=""):
    found = [
        p
        for p in postings(run(read(DOCUMENT)))
        if (p.year, p.kind) == (year, kind) and source in ("", p.source)
    ]
    return set(found[0].rests_on)


def test_a_rolled_amount_rests_on_the_last_amount_set_and_every_rate_since():
    row = f"contributions/bcf|icb|{NHS}|1"
    assert rests(Y0, "contribution", NHS) == {f"{row}/base_amount"}
    assert rests(Y1, "contribution", NHS) == {f"{row}/amounts[{Y1}]"}
    assert rests(Y3, "contribution", NHS) == {
        f"{row}/amounts[{Y1}]",
        f"indices/up/rates[{Y2}]",
        f"indices/up/rates[{Y3}]",
    }


def test_one_off_money_rests_on_being_one_off():
    row = f"contributions/bcf|icb|{OTHER}|1"
    assert rests(Y2, "contribution", OTHER) == {f"{row}/recurrent", f"{row}/base_amount"}


def test_a_payment_rests_on_growth_price_and_contract_and_a_cost_on_its_own_uplift():
    paid, cost = rests(Y2, "activity payment"), rests(Y2, "activity cost")
    both = {f"indices/people/rates[{year}]" for year in (Y1, Y2)} | {
        "acute_lines/nel/base_activity"
    }
    assert both <= paid & cost
    assert {
        "acute_lines/nel/unit_price",
        "acute_lines/nel/marginal_rate",
        f"indices/cuf/rates[{Y2}]",
    } <= paid - cost
    assert {"acute_lines/nel/unit_cost", f"indices/pay/rates[{Y2}]"} <= cost - paid
    assert not any(Y3 in path for path in paid | cost)


def test_a_shift_rests_on_the_amount_or_share_of_its_year():
    assert f"shifts/fixed/amounts[{Y2}]" in rests(Y2, "moved in")
    assert f"shifts/part/percents[{Y3}]" in rests(Y3, "moved out")


def test_what_an_acute_line_costs_is_posted_at_its_provider():
    # year 1: 100 × 1.01 spells at £9 × 1.01 = £918.09
    cost = [
        (p.partner, p.pence)
        for p in postings(run(read(DOCUMENT)))
        if p.kind == "activity cost" and p.year == Y1
    ]
    assert cost == [("trust", 918_09)]

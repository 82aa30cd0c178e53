"""Published figures as the product gives them: by publication, by figure, and how.

`ENTERED` is typed into a plan and comes back from an answer as it was printed; `WORKED_OUT` follows
from other figures of the publication by the engine. What a source prints stands in `figures.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from icbudget import glossary, reference
from icbudget.answers.case import Case, evaluate, evaluate_draft
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.pay_for_performance import payments
from icbudget.plan.plan_text import from_document, from_yaml
from tests.engine import sharing
from tests.engine.sharing import borne, fixed, line, met, pool, put, shares, step
from tests.workbooks.published import FOLDER, opened, value

ENTERED, WORKED_OUT = "entered", "worked out"
TABLE = Path(__file__).parent / "figures.csv"
Given = Iterator[tuple[str, str, float]]
"""Figure, how, and what the product gives for it."""


class Printed(NamedTuple):
    """A figure as it was printed, with half a unit of its last digit; `why_not` says why not."""

    publication: str
    figure: str
    printed: str
    value: str
    unit: str
    half: str
    status: str
    why_not: str


@cache
def printed() -> tuple[Printed, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return tuple(Printed(*row) for row in rows)


@cache
def values_of(publication: str) -> Mapping[str, float]:
    return {
        row.figure: float(row.value)
        for row in printed()
        if row.publication == publication and row.value
    }


def case_of(year: str, contributions, schemes=(), horizon=0, rules_year="2019-20", **tables):
    """The case of one pool of a council and a commissioner."""
    pools = tables.pop("pools", [{"id": "bcf", "name": "Pool", "host": "council"}])
    draft = from_document(
        {
            "setup": {
                "title": "Published",
                "base_year": year,
                "horizon": horizon,
                "rules_year": rules_year,
                **tables.pop("setup", {}),
            },
            "partners": [
                {"id": "nhs", "name": "NHS commissioner", "kind": "icb"},
                {"id": "council", "name": "Council", "kind": "council"},
            ],
            "pools": pools,
            "contributions": [
                {"pool": "bcf", "source": "Additional LA Contribution", "index": "flat"}
                | {"line": n}
                | row
                for n, row in enumerate(contributions, 1)
            ],
            "schemes": [
                {"pool": "bcf", "source": "Additional LA Contribution", "index": "flat"} | row
                for row in schemes
            ],
            **tables,
        }
    )
    assert draft.sound, [str(finding) for finding in draft.findings]
    return evaluate(draft.plan)


def income(case: Case, year: str, **labels: str) -> float:
    return value(case, "income", year, **labels)


# Sample plans


def england_2015_16() -> Given:
    """The first year of the Fund, as planned and, by its scenario, as it came."""
    year, name = "2015/16", "england-better-care-fund-2015-16"
    case = opened(name)
    draft = from_yaml((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name)
    setup = draft.plan.setup.model_copy(update={"active_scenario": "As it came"})
    draft.plan = draft.plan.model_copy(update={"setup": setup})
    came = evaluate_draft(draft)

    def change(of: Case, activity: str) -> float:
        labels = {"acute_line": activity, "figure": glossary.PLAN_ACTIVITY}
        return value(of, "activity", year, **labels) - value(of, "activity", "2014/15", **labels)

    def saving(of: Case, activity: str) -> float:
        labels = {"acute_line": activity, "figure": glossary.CONTRACT_SAVING}
        return value(of, "cash-released", year, **labels)

    for activity, short in (("admissions", "adm"), ("delays", "dtoc")):
        yield f"planned_{short}", WORKED_OUT, change(case, activity)
        yield f"actual_{short}", WORKED_OUT, change(came, activity)
        yield f"planned_{short}_saving", WORKED_OUT, saving(case, activity)
        over = saving(case, activity) - saving(came, activity)
        yield f"{short}_cost_over_plan", WORKED_OUT, over
    (savings,) = (goal for goal in case.plan.goals if goal.id == "savings")
    yield "planned_savings", ENTERED, savings.target
    lines = {
        "topslice": "Taken from the budgets of NHS commissioners",
        "transferred": "NHS money that already went to council social care",
        "carers_reablement": "Carers' breaks and reablement",
        "capital": "Capital (disabled facilities and social care, printed together)",
    }
    for figure, label in lines.items():
        yield figure, ENTERED, income(case, year, line=label)
    yield "minimum", WORKED_OUT, sum(income(case, year, line=label) for label in lines.values())
    yield "pooled", WORKED_OUT, income(case, year)
    yield "p4p", WORKED_OUT, sum(payment.pot for payment in payments(case.plan)) / 100


def lancashire() -> Given:
    case = opened("lancashire-south-cumbria-intermediate-care")
    now, then = "2019/20", "2029/30"

    def system(step: str, year: str) -> float:
        return value(case, "bridge", year, partner=glossary.SYSTEM, step=step)

    yield "now_total", WORKED_OUT, system("Base", now)
    nothing, plan = system(glossary.DO_NOTHING, then), system(glossary.PLAN, then)
    yield "do_nothing", WORKED_OUT, nothing
    yield "new_model", WORKED_OUT, plan
    yield "growth", WORKED_OUT, nothing - system("Base", now)
    yield "growth_new", WORKED_OUT, plan - system("Base", now)
    yield "offset_words", WORKED_OUT, 100 * (nothing - plan) / (nothing - system("Base", now))
    acute = {"acute_line": "acute", "figure": glossary.PLAN_COST}
    yield "acute_now", ENTERED, value(case, "activity", now, **acute)
    yield "acute_new", WORKED_OUT, value(case, "activity", then, **acute)
    yield "ic_now", ENTERED, value(case, "spending", now, scheme="IC")
    yield "ic_new", WORKED_OUT, value(case, "spending", then, scheme="IC")
    for goal in ("beds", "staff"):
        expected = {"goal": goal, "figure": glossary.EXPECTED}
        yield f"{goal}_now", ENTERED, value(case, "goal-tracker", now, **expected)
        yield f"{goal}_new", ENTERED, value(case, "goal-tracker", then, **expected)


def north_tyneside() -> Given:
    case = opened("north-tyneside-better-care-fund")
    now, then = "2021/22", "2022/23"
    yield "pool_2021_22", WORKED_OUT, income(case, now)
    yield "pool_2022_23", WORKED_OUT, income(case, then)
    yield "growth_2022_23", WORKED_OUT, 100 * (income(case, then) / income(case, now) - 1)
    yield "nhs_to_asc_2021_22", ENTERED, income(case, now, partner="ccg")
    yield "nhs_to_asc_2022_23", WORKED_OUT, income(case, then, partner="ccg")
    uplift = next(row for row in case.plan.indices if then in row.rates)
    yield "national_nhs_uplift_2022_23", ENTERED, 100 * float(uplift.rates[then])
    # Two earlier years from the growth that is printed of them; the NHS part is a line of the pool.
    for year, before, growth in (("2019/20", "2018/19", 0.141), ("2021/22", "2020/21", 0.038)):
        figure = f"{year[:4]}_{year[5:]}"
        base = {"2019/20": 24_143_631, "2021/22": 28_378_706}[year]
        rows = [{"partner": "council", "base_amount": base, "index": "growth"}]
        earlier = case_of(
            before, rows, horizon=1, indices=[{"id": "growth", "rates": {year: growth}}]
        )
        if year == "2019/20":
            yield f"pool_{figure}", WORKED_OUT, income(earlier, year)
        rate = 100 * (income(earlier, year) / income(earlier, before) - 1)
        yield f"growth_{figure}", WORKED_OUT, rate
    part = [
        {"partner": "nhs", "base_amount": 10_500_000},
        {"partner": "council", "base_amount": 27_547_883 - 10_500_000},
    ]
    yield "nhs_to_asc_2019_20", ENTERED, income(case_of("2019/20", part), "2019/20", partner="nhs")


def nottingham() -> Given:
    case, year = opened("nottingham-city-pool-2015-16"), "2015/16"
    for figure, label in {
        "ccg_baseline": "CCG baseline",
        "ccg_other": "CCG other",
        "dfg": "Disabled Facilities Grant (capital)",
        "social_care_capital_grant": "Social care capital grant (capital)",
        "social_care_contribution": "Social care contribution",
    }.items():
        yield figure, ENTERED, income(case, year, line=label)
    deduction = income(case, year, line="Non-elective adjustment (printed without a sign)")
    yield "ccg_nel_adjustment", ENTERED, -deduction
    yield "ccg_income", WORKED_OUT, income(case, year, partner="ccg")
    yield "city_income", WORKED_OUT, income(case, year, partner="city")
    yield "total_income", WORKED_OUT, income(case, year)
    yield "paid_ccg", ENTERED, value(case, "spending", year, scheme="CCG")
    yield "paid_city", WORKED_OUT, value(case, "spending", year, scheme="CITY")
    yield "total_paid", WORKED_OUT, value(case, "spending", year)
    close = {"pool": "bcf", "source": glossary.ALL_SOURCES, "figure": glossary.CLOSE}
    yield "cash_balance", WORKED_OUT, value(case, "balances", year, **close)
    # The underspend forecast, before and after the performance money that is not earned.
    before = sharing.document(
        [put("icb", 20_000_000)],
        [line("1", 17_652_000)],
        fixed(applies_to="overspend"),
        [pool(underspend="retain")],
    )
    pot = {"id": "nel", "year": sharing.YEAR, "quarter": 1, "pool": "bcf", "achieved": 0}
    after = before | {"performance_pots": [pot | {"pot": 514_000, "planned": 100}]}
    yield "underspend_before_p4p", ENTERED, -met(shares(before)["bcf"], "retain")
    yield "underspend_after_p4p", WORKED_OUT, -met(shares(after)["bcf"], "retain")


def england_2025_26() -> Given:
    case, year = opened("england-better-care-fund-2025-26"), "2025/26"
    told = values_of("england-2025-26")
    yield "nhs_min", ENTERED, income(case, year, source="NHS Minimum Contribution")
    yield "labcg", WORKED_OUT, income(case, year, source="Local Authority Better Care Grant")
    added = income(case, year, line="In-year addition")
    yield "dfg", ENTERED, income(case, year, source="DFG") - added
    grants = case.plan.contributions
    (ibcf,) = (row for row in grants if row.base_amount == Decimal(2_140_000_000))
    yield "ibcf_2024_25", ENTERED, float(ibcf.base_amount)
    merged = case_of(
        "2019/20",
        [
            {"partner": "council", "source": "iBCF", "base_amount": told["ibcf_2019_20"]},
            {"partner": "council", "source": "Winter Pressures", "base_amount": 240_000_000},
        ],
        horizon=1,
    )
    yield "ibcf_2019_20", ENTERED, income(merged, "2019/20", source="iBCF")
    yield "winter_pressures", ENTERED, income(merged, "2019/20", source="Winter Pressures")
    yield "ibcf_2020_21", WORKED_OUT, income(merged, "2020/21")
    uplift = [{"id": "asc", "rates": {year: 0.039}}]
    rows = [{"partner": "nhs", "base_amount": 10_000_000, "index": "asc"}]
    grown = case_of("2024/25", rows, horizon=1, indices=uplift)
    rate = income(grown, year) / income(grown, "2024/25") - 1
    yield "asc_min_uplift", ENTERED, 100 * rate
    # The grants of councils are data of the product, which `icbudget new` fills a plan with.
    for figure, code in COUNCILS.items():
        yield f"ibcf_{figure}", ENTERED, grant(code, "2024/25", "iBCF")
        better_care = grant(code, year, "Local Authority Better Care Grant")
        yield f"labcg_{figure}", ENTERED, better_care
    discharge = "Local Authority Discharge Funding"
    yield "discharge_barking_2023_24", ENTERED, grant("E09000002", "2023/24", discharge)


COUNCILS = {
    "barking_and_dagenham": "E09000002",
    "barnet": "E09000003",
    "barnsley": "E08000038",
    "bath_and_north_east_somerset": "E06000022",
    "bedford": "E06000055",
    "bexley": "E09000004",
    "birmingham": "E08000025",
    "blackburn_with_darwen": "E06000008",
    "blackpool": "E06000009",
    "bolton": "E08000001",
}


def grant(code: str, year: str, name: str) -> float:
    return float(sum(row.amount for row in reference.grants(code, year) if row.grant == name))


# Plans made of what was printed


def ccg_minimums() -> Given:
    """Five commissioners whose minimum falls: what is set for a year overrides the roll-forward."""
    told = values_of("ccg-minimums")
    for area in ("surrey_heath", "birmingham_crosscity", "isle_of_wight", "south_devon_and_torbay"):
        row = {
            "partner": "nhs",
            "source": "Minimum CCG Contribution",
            "base_amount": told[f"{area}_old"],
            "amounts": {"2016/17": told[f"{area}_new"]},
        }
        case = case_of("2015/16", [row], horizon=1, rules_year="2015-16")
        yield f"{area}_old", ENTERED, income(case, "2015/16")
        yield f"{area}_new", ENTERED, income(case, "2016/17")
    row = {"partner": "nhs", "base_amount": told["ashford_new"]}
    yield "ashford_new", ENTERED, income(case_of("2016/17", [row]), "2016/17")


def dfg() -> Given:
    """Ten years of the grant by area, its national total, and an addition in the year."""
    told = values_of("dfg")
    for area, first in {"kl": 2015, "nf": 2015, "ea": 2015, "gl": 2020, "gs": 2020}.items():
        years = {f"{y}/{(y + 1) % 100:02d}": told[f"{area}_{y}"] for y in range(first, 2025)}
        base, *later = years
        row = {
            "partner": "council",
            "source": "DFG",
            "base_amount": years[base],
            "amounts": {year: years[year] for year in later},
        }
        homes = [{"id": "bcf", "name": "Grant", "host": "council", "money_kind": "capital"}]
        case = case_of(base, [row], horizon=len(later), pools=homes)
        for year in years:
            yield f"{area}_{year[:4]}", ENTERED, income(case, year)
    for figure, first, added in (
        ("national_2024_25", told["national_2024_25_initial"], told["national_2024_25_added"]),
        ("bristol_total", told["bristol_initial"], told["bristol_added"]),
    ):
        rows = [
            {"partner": "council", "source": "DFG", "name": name, "base_amount": amount}
            for name, amount in (("first", first), ("added", added))
        ]
        case = case_of("2024/25", rows)
        yield figure, WORKED_OUT, income(case, "2024/25")
        which = "bristol" if figure.startswith("bristol") else figure
        yield f"{which}_initial", ENTERED, income(case, "2024/25", line="first")
        yield f"{which}_added", ENTERED, income(case, "2024/25", line="added")
    row = {"partner": "council", "source": "DFG", "base_amount": told["national_2021_22"]}
    yield "national_2021_22", ENTERED, income(case_of("2021/22", [row]), "2021/22")


def oxfordshire() -> Given:
    told = values_of("oxfordshire")
    rows = [
        {
            "partner": "council",
            "base_amount": told["council_before"],
            "amounts": {"2013/14": told["council_after"]},
        },
        {
            "partner": "nhs",
            "base_amount": told["ccg_before"],
            "amounts": {"2013/14": told["ccg_after"]},
        },
    ]
    case = case_of("2012/13", rows, horizon=1)
    for when, year in (("before", "2012/13"), ("after", "2013/14")):
        yield f"council_{when}", ENTERED, income(case, year, partner="council")
        yield f"ccg_{when}", ENTERED, income(case, year, partner="nhs")
        yield f"pool_{when}", WORKED_OUT, income(case, year)
    more = [income(case, year, partner="council") for year in ("2013/14", "2012/13")]
    yield "council_virement", WORKED_OUT, more[0] - more[1]
    pooled = [put("council", told["council_after"]), put("icb", told["ccg_after"])]
    share = shares(sharing.document(pooled, [line("1", 197e6)], [step(basis="contributions")]))
    parts = {part.partner: float(part.by_rule[0, 0]) for part in share["bcf"].parts}
    yield "share_council", WORKED_OUT, 100 * parts["council"]
    yield "share_ccg", WORKED_OUT, 100 * parts["icb"]
    for figure, year in (("bcf_2015_16", "2015/16"), ("occg_2017_18", "2017/18")):
        row = {"partner": "nhs", "base_amount": told[figure]}
        yield figure, ENTERED, income(case_of(year, [row]), year)


def rotherham() -> Given:
    told = values_of("rotherham")
    pools = [
        {"id": "bcf", "name": "Hosted by the CCG", "host": "nhs"},
        {"id": "own", "name": "Hosted by the council", "host": "council"},
    ]
    rows = [
        {"partner": "nhs", "base_amount": told["pool1"]},
        {"partner": "council", "base_amount": told["pool2"], "pool": "own"},
    ]
    case = case_of("2015/16", rows, pools=pools, rules_year="2015-16")
    yield "pool1", ENTERED, income(case, "2015/16", pool="bcf")
    yield "pool2", ENTERED, income(case, "2015/16", pool="own")
    yield "total", WORKED_OUT, income(case, "2015/16")
    pot = {"id": "p", "year": sharing.YEAR, "quarter": 1, "pool": "bcf", "pot": told["p4p"]}
    paid = sharing.document([put("icb", 1e6)], [line("1", 1e6)], [])
    paid |= {"performance_pots": [pot | {"planned": 100, "achieved": 100}]}
    earned = payments(from_document(paid).plan)
    yield "p4p", WORKED_OUT, sum(payment.earned for payment in earned) / 100
    fund = step(applies_to="overspend", kind="contingency", amount=told["risk_pool_later"])
    over = sharing.document(
        [put("icb", 1e6), put("council", 1e6)], [line("1", 4e6)], [fund, *fixed(number=2)]
    )
    share = shares(over)["bcf"]
    yield "risk_pool_later", WORKED_OUT, met(share, "contingency")
    each = borne(share)
    yield "risk_share_each", WORKED_OUT, 100 * each["icb"] / sum(each.values())


def clauses() -> Given:
    """A pot of £2.8m for a fall of 4.2 %: all of it where the fall comes."""
    told = values_of("clauses")
    pot = {"id": "p", "year": sharing.YEAR, "quarter": 1, "pool": "bcf", "pot": told["p4p_value"]}
    pot |= {"planned": told["p4p_target"], "achieved": told["p4p_target"]}
    document = sharing.document([put("icb", 1e6)], [line("1", 1e6)], [])
    (payment,) = payments(from_document(document | {"performance_pots": [pot]}).plan)
    yield "p4p_value", WORKED_OUT, payment.earned / 100
    yield "p4p_target", ENTERED, float(payment.row.planned)


# Pools that were kept back


def doncaster() -> Given:
    told = values_of("doncaster")
    pools = [
        {"id": "bcf", "name": "Pool", "host": "council"},
        {"id": "homes", "name": "Grant", "host": "council", "money_kind": "capital"},
    ]
    rows = [
        {"partner": "nhs", "source": "NHS Minimum Contribution", "base_amount": told["nhs_min"]},
        {"partner": "council", "source": "Local Authority Better Care Grant"}
        | {"base_amount": told["ibcf"]},
        {"partner": "council", "source": "DFG", "pool": "homes", "base_amount": told["dfg"]},
    ]
    case = case_of("2025/26", rows, pools=pools, rules_year="2025-26")
    for figure, row in zip(("nhs_min", "ibcf", "dfg"), rows, strict=True):
        yield figure, ENTERED, income(case, "2025/26", source=row["source"])
    yield "total", WORKED_OUT, income(case, "2025/26")


def wirral() -> Given:
    """The ICB meets the whole overspend of what it commissions; the pool's budget is £235m."""
    told = values_of("wirral")
    own = step(basis="fixed", partner="icb", share=1.0)
    none = step(basis="fixed", partner="council", share=0.0)
    spending = [line("1", told["pool"] + told["over"])]
    document = sharing.document([put("icb", told["pool"])], spending, [own, none])
    result = sharing.result_of(document)
    settled = {row.partner: -row.settled[0] / 100 for row in positions_of(result)}
    yield "over", WORKED_OUT, settled["icb"]
    yield "council_bears", WORKED_OUT, settled["council"]
    row = {"partner": "nhs", "base_amount": told["pool"]}
    yield "pool", ENTERED, income(case_of("2021/22", [row]), "2021/22")


def leicestershire() -> Given:
    told = values_of("leicestershire")
    row = {"partner": "nhs", "source": "NHS Minimum Contribution", "index": "uplift"}
    row |= {"base_amount": told["minimum"]}
    indices = [{"id": "uplift", "rates": {"2025/26": 0.0}}]
    case = case_of("2024/25", [row], horizon=1, rules_year="2025-26", indices=indices)
    yield "minimum", WORKED_OUT, income(case, "2025/26")
    first_meant = [{"id": "uplift", "rates": {"2025/26": told["uplift"] / 100}}]
    meant = case_of("2024/25", [row], horizon=1, rules_year="2025-26", indices=first_meant)
    rate = income(meant, "2025/26") / income(meant, "2024/25") - 1
    yield "uplift", ENTERED, 100 * rate


def oldham() -> Given:
    """Three years of one section 75 agreement: how each came out against its budget."""
    told = values_of("oldham")
    for figure, year in (("2018_19", "2018/19"), ("2019_20", "2019/20"), ("2020_21", "2020/21")):
        budget = told[f"budget_{figure}"]
        over = told[f"over_{figure}"]
        rows = [{"partner": "council", "base_amount": budget}]
        schemes = [{"id": "all", "name": "All", "base_amount": budget}]
        month = 6 if year == "2020/21" else 12
        when = {"year": year, "month": month, "scheme": "all"}
        # A year that has come out is booked; at month 6 what is expected of it is a forecast.
        spent = told.get(f"spent_{figure}", budget + over)
        booked = {"actuals": [when | {"amount": spent}]}
        if month == 6:
            booked = {"forecasts": [when | {"outturn": spent}]}
        setup = {"monitored_year": year, "monitored_month": month}
        rules = "2025-26" if year == "2020/21" else "2019-20"
        case = case_of(year, rows, schemes, setup=setup, rules_year=rules, **booked)
        block = monitoring(case)
        yield f"budget_{figure}", ENTERED, block["Original budget"]
        yield f"over_{figure}", WORKED_OUT, block["Forecast variance"]
        if f"spent_{figure}" in told:
            yield f"spent_{figure}", ENTERED, block["Forecast outturn"]
    parts = ("aligned", "pooled", "transformation")
    rows = [
        {"partner": "council", "name": part, "base_amount": told[f"{part}_2018_19"]}
        for part in parts
    ]
    case = case_of("2018/19", rows)
    for part in parts:
        yield f"{part}_2018_19", ENTERED, income(case, "2018/19", line=part)
    yield "original_2018_19", WORKED_OUT, income(case, "2018/19")


def monitoring(case: Case) -> dict[str, float]:
    """What the one scheme of a plan shows in each column of Monitoring."""
    from icbudget.answers import catalogue

    block = catalogue.MONITORING.build(case)
    (row,) = block.where(kind="Expenditure")
    return dict(zip(block.columns, row.values, strict=True))


PUBLICATIONS: Mapping[str, Callable[[], Given]] = {
    "ccg-minimums": ccg_minimums,
    "clauses": clauses,
    "dfg": dfg,
    "doncaster": doncaster,
    "england-2015-16": england_2015_16,
    "england-2025-26": england_2025_26,
    "lancashire": lancashire,
    "leicestershire": leicestershire,
    "north-tyneside": north_tyneside,
    "nottingham": nottingham,
    "oldham": oldham,
    "oxfordshire": oxfordshire,
    "rotherham": rotherham,
    "wirral": wirral,
}


@cache
def reproduced(publication: str) -> Mapping[str, tuple[str, float]]:
    """What the product gives for the figures of a publication, with how."""
    return {figure: (how, amount) for figure, how, amount in PUBLICATIONS[publication]()}

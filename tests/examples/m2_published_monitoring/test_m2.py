"""M2: published monitoring figures of Brighton & Hove, Oldham and Nottingham. See notes.md."""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget.answers import catalogue, monitoring
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.year_end import memoranda
from icbudget.findings import has_errors
from icbudget.plan.plan_text import from_document

AT = {heading: at for at, heading in enumerate(c.heading for c in catalogue.MONITORING.columns)}
LA = "Additional LA Contribution"


def case_of(year, pools, schemes, told=(), **tables):
    """The case of a council and a commissioner, and pools that hold what their schemes cost."""
    partners = [
        {"id": "council", "name": "Council", "kind": "council"},
        {"id": "nhs", "name": "NHS", "kind": "icb"},
    ]
    setup = {
        "title": "Published",
        "base_year": year,
        "horizon": 0,
        "rules_year": "2019-20" if year < "2020" else "2025-26",
    }
    setup |= tables.pop("setup", {})
    document = {
        "setup": setup,
        "partners": partners,
        "pools": pools,
        "schemes": schemes,
        "contributions": [],
        **tables,
    }
    draft = from_document(document)
    assert draft.plan is not None and not draft.findings, [str(f) for f in draft.findings]
    case = evaluate(draft.plan)
    assert not has_errors(case.findings), [str(f) for f in case.findings]
    assert {f.id for f in case.findings if f.id.startswith("list.")} == set(told)
    return case


def scheme(id, amount, **more):
    return {"id": id, "name": id, "pool": "p", "source": LA, "base_amount": amount} | more


def total(case, column, **labels):
    return round(
        sum(
            row.values[AT[column]]
            for row in catalogue.MONITORING.build(case).where(kind="Expenditure", **labels)
        ),
        2,
    )


def test_brighton_month_9_2024_25():
    pools = [
        {
            "id": "p",
            "name": "Families, Children & Learning",
            "host": "council",
            "pooling_status": "in_view",
        }
    ]
    forecasts = [{"year": "2024/25", "month": 9, "scheme": "FCL", "outturn": 68_892_000}]
    setup = {"monitored_year": "2024/25", "monitored_month": 9}
    case = case_of("2024/25", pools, [scheme("FCL", 69_833_000)], forecasts=forecasts, setup=setup)
    (row,) = catalogue.MONITORING.build(case).where(kind="Expenditure")
    assert row.values[AT["Forecast variance"]] == -941_000
    assert f"{row.values[AT['Forecast variance %']]:.1%}" == "-1.3%"
    assert row.values[AT["RAG"]] == "Green"


def test_oldham_2019_20():
    pools = [{"id": "p", "name": "Section 75", "host": "council", "pooling_status": "aligned"}]
    actuals = [{"year": "2019/20", "month": 12, "scheme": "all", "amount": 163_970_000}]
    case = case_of("2019/20", pools, [scheme("all", 157_941_000)], actuals=actuals)
    assert total(case, "Forecast variance") == 6_029_000
    assert catalogue.MONITORING.build(case).rows[0].values[AT["RAG"]] == "Red"


@pytest.mark.parametrize("council", [60_000_000, 71_500_000])
def test_oldham_2018_19(council):
    pools = [
        {"id": "p", "name": "Aligned", "host": "council", "pooling_status": "aligned"},
        {"id": "q", "name": "Pooled", "host": "council"},
        {"id": "r", "name": "Transformation fund", "host": "nhs", "pooling_status": "aligned"},
    ]
    schemes = [
        scheme("council", council),
        scheme("ccg", 124_986_000 - council),
        scheme("pooled", 1_447_000, pool="q"),
        scheme("transformation", 9_192_000, pool="r"),
    ]
    virement = {
        "id": "net",
        "year": "2018/19",
        "month": 6,
        "from_scheme": "ccg",
        "amount": 2_163_000,
        "partner": "nhs",
    }
    virement |= {"authority": "all_partners", "approved_by": "Partners"}
    revised_ccg = 124_986_000 - council - 2_163_000
    booked = {
        "council": council + 4_325_000,
        "ccg": revised_ccg + 8_812_000 - 4_325_000,
        "pooled": 1_447_000,
        "transformation": 9_192_000,
    }
    actuals = [
        {"year": "2018/19", "month": 12, "scheme": id, "amount": amount}
        for id, amount in booked.items()
    ]
    forecasts = [
        {"year": "2018/19", "month": 9, "scheme": "council", "outturn": council + 1_615_000}
    ]
    case = case_of(
        "2018/19", pools, schemes, virements=[virement], actuals=actuals, forecasts=forecasts
    )
    assert total(case, "Original budget") == 135_625_000
    assert total(case, "Revised budget") == 133_462_000
    assert total(case, "Forecast variance") == 8_812_000
    assert total(case, "Forecast outturn") == 142_274_000
    assert total(case, "Forecast variance", scheme_or_source="council") == 4_325_000
    off = catalogue.FORECAST_ACCURACY.build(case).where(
        scheme="council", figure="Off the latest (too high is positive)"
    )
    assert off[0].values[8] == -2_710_000 and off[0].values[11] == 0


def test_nottingham_quarter_2_2015_16():
    minimum, additional, capital = (
        "Minimum CCG Contribution",
        "Additional CCG Contribution",
        "Social Care Capital Grant",
    )
    year = {"year": "2015/16", "month": 6}
    income = [
        ("nhs", minimum, 10_711_000, -153_000),
        ("nhs", additional, 916_000, 0),
        ("council", "DFG", 507_000, 0),
        ("council", capital, 432_000, 0),
        ("council", LA, 358_000, -1_000),
    ]
    actuals = [
        # The deduction and the rounding stand in the accrual column, so that each printed figure
        # keeps a cell of its own.
        *(
            {
                **year,
                "kind": "income",
                "pool": "p",
                "partner": p,
                "source": s,
                "amount": a,
                "accrual": b,
            }
            for p, s, a, b in income
        ),
        {**year, "scheme": "CCG", "partner": "nhs", "amount": 4_916_000},
        {**year, "scheme": "CITY", "partner": "council", "amount": 6_772_000},
    ]
    contributions = [
        {"pool": "p", "partner": p, "source": s, "base_amount": 0} for p, s, *_ in income
    ]
    schemes = [scheme("CCG", 0, source=minimum), scheme("CITY", 0, source=minimum)]
    pools = [{"id": "p", "name": "Better Care Fund", "host": "council"}]
    setup = {"rules_year": "2015-16"}
    case = case_of(
        "2015/16", pools, schemes, contributions=contributions, actuals=actuals, setup=setup
    )

    def to_date(partner, figure):
        (row,) = catalogue.QUARTERLY_REPORT.build(case).where(partner=partner, figure=figure)
        return row.values[-1]

    assert (to_date("nhs", "Income received"), to_date("council", "Income received")) == (
        11_474_000,
        1_296_000,
    )
    assert to_date("All partners", "Income received") == 12_770_000
    assert to_date("nhs", "Spending in its own ledger") == 4_916_000
    assert to_date("council", "Spending in its own ledger") == 6_772_000
    assert to_date("All partners", "Income received") - to_date(
        "All partners", "Spending"
    ) == Decimal(1_082_000)


ISLE_OF_WIGHT = {
    # net annual budget, actual to month 8, forecast outturn, forecast outturn variance (budget less
    # outturn), as printed, £000
    "Older people": (12_933, 8_849, 12_700, 233, "1.8%"),
    "Physical and sensory disabilities": (2_247, 1_212, 2_320, -73, "-3.3%"),
    "Learning disabilities": (6_113, 4_199, 6_277, -164, "-2.7%"),
    "Mental health": (1_582, 943, 1_545, 37, "2.4%"),
    "Supported employment": (382, 291, 387, -5, "-1.4%"),
}


OTHER = (4_763, 4_242, 4_778, 15)
"""Other adult services, a net income budget: printed with a minus, its variance 15."""


def test_isle_of_wight_month_8_2004_05_prints_an_adverse_variance_in_brackets():
    pools = [{"id": "p", "name": "Adult services", "host": "council", "pooling_status": "aligned"}]
    schemes = [scheme(name, 1_000 * told[0]) for name, told in ISLE_OF_WIGHT.items()]
    schemes.append(scheme("Asylum seekers", 0))
    given = {"pool": "p", "partner": "council"}
    contributions = [
        {**given, "source": LA, "base_amount": 18_494_000},
        {**given, "source": "Other adult services", "base_amount": 1_000 * OTHER[0]},
    ]
    when = {"year": "2004/05", "month": 8}
    actuals = [
        {**when, "scheme": name, "amount": 1_000 * told[1]} for name, told in ISLE_OF_WIGHT.items()
    ]
    actuals.append({**when, "scheme": "Asylum seekers", "amount": 36_000})
    income = {"pool": "p", "source": "Other adult services"}
    actuals += [
        {**when, **income, "kind": "income", "partner": "council", "amount": 1_000 * OTHER[1]}
    ]
    forecasts = [
        {**when, "scheme": name, "outturn": 1_000 * told[2]} for name, told in ISLE_OF_WIGHT.items()
    ]
    forecasts += [
        {**when, "scheme": "Asylum seekers", "outturn": 0},
        {**when, **income, "outturn": 1_000 * OTHER[2]},
    ]
    forecasts.append({**when, "pool": "p", "source": LA, "outturn": 18_494_000})
    more = {
        "actuals": actuals,
        "forecasts": forecasts,
        "contributions": contributions,
        "setup": {"display_sign": "nhs"},
    }
    case = case_of("2004/05", pools, schemes, told=("list.own-value",), **more)
    columns = ("Revised budget", "Actual to date", "Forecast outturn", "Forecast variance")
    rows = {row.labels[1]: row for row in catalogue.MONITORING.build(case).rows}
    for name, (*printed, share) in ISLE_OF_WIGHT.items():
        assert [rows[name].values[AT[c]] for c in columns] == [1_000 * x for x in printed]
        # the council's percentages are of pounds that it printed in £000: they may differ by 0.1
        assert abs(rows[name].values[AT["Forecast variance %"]] * 100 - float(share[:-1])) < 0.15
    assert [rows["Other adult services"].values[AT[c]] for c in columns] == [
        1_000 * x for x in OTHER
    ]
    # the printed total of net budgets is 18,494, of outturns 18,451, of variances 43
    spent, came = (
        catalogue.MONITORING.build(case).where(kind=kind) for kind in ("Expenditure", "Income")
    )
    assert sum(row.values[AT["Forecast variance"]] for row in (*spent, *came)) == 43_000
    assert sum(row.values[AT["Forecast outturn"]] for row in spent) - 1_000 * OTHER[2] == 18_451_000


def test_a_month_in_which_nothing_was_booked_has_no_forecast():
    """Oldham 2018/19 published month 9 and the outturn: no month between or before was forecast."""
    pools = [{"id": "p", "name": "Section 75", "host": "council", "pooling_status": "aligned"}]
    forecasts = [{"year": "2018/19", "month": 9, "scheme": "council", "outturn": 56_615_000}]
    actuals = [
        {"year": "2018/19", "month": 12, "scheme": id, "amount": a}
        for id, a in (("council", 59_325_000), ("ccg", 82_949_000))
    ]
    case = case_of(
        "2018/19",
        pools,
        [scheme("council", 55_000_000), scheme("ccg", 78_462_000)],
        actuals=actuals,
        forecasts=forecasts,
    )
    council, ccg = catalogue.FORECAST_ACCURACY.build(case).where(figure=monitoring.LATEST)
    assert council.values == (*[None] * 8, -2_710_000, -2_710_000, -2_710_000, 0)
    assert ccg.values == (*[None] * 11, 0)
    last = [
        row.values[AT["Forecast variance last month"]]
        for row in catalogue.MONITORING.build(case).where(kind="Expenditure")
    ]
    assert last == [1_615_000, None]


def test_west_wales_integrated_care_fund_2017_18_is_a_pool_of_sources_of_its_own():
    """£6.467m revenue of four streams and £1.301m capital, which stays apart; none is a source of
    the Better Care Fund.
    """
    streams = {
        "Older people": 4_140_000,
        "Learning disabilities": 1_845_000,
        "Autism service": 298_000,
        "WCCIS": 184_000,
    }
    pools = [
        {"id": "p", "name": "Integrated Care Fund", "host": "nhs"},
        {
            "id": "c",
            "name": "Integrated Care Fund, capital",
            "host": "nhs",
            "money_kind": "capital",
        },
    ]
    lines = [("p", name, amount) for name, amount in streams.items()] + [
        ("c", "Capital", 1_301_000)
    ]
    given = [
        {"pool": pool, "partner": "nhs", "source": name, "base_amount": amount}
        for pool, name, amount in lines
    ]
    schemes = [scheme(name, amount, pool=pool, source=name) for pool, name, amount in lines]
    case = case_of("2017/18", pools, schemes, contributions=given, told=("list.own-value",))
    assert [f.severity for f in case.findings if f.id == "list.own-value"] == ["note"]
    funding = {
        pool: sum(e.pence for e in accounts[0].income)
        for pool, accounts in memoranda(case.answered).items()
    }
    assert funding == {"p": 6_467_000_00, "c": 1_301_000_00}
    returned = {row.labels for row in catalogue.RETURN_INCOME.build(case).rows}
    assert returned == {("Additional CCG Contribution", "NHS"), ("Total BCF pooled budget", "")}

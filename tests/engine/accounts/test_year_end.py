"""Memorandum account, annual return, agreement of balances, bridge of sources, books and VAT,
published and by hand.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.case import Case
from icbudget.answers.year_end_accounts import (
    ROUNDING,
    THOUSANDS,
)
from icbudget.engine.accounts.outturn import outturn
from icbudget.engine.accounts.risk_share_settlement import pool_shares
from icbudget.engine.accounts.year_end import KEPT, in_thousands, memoranda, source_steps
from tests.engine.sharing import borne, document, fixed, line, pool, put, result_of, shares, step
from tests.engine.test_sharing_invariants import plans
from tests.workbooks.published import opened

NET, FUNDING, SPENT = (
    "Net of the year and balance brought forward",
    "Total funding provided to the pooled budget",
    "Total expenditure",
)


def case_of(told: dict) -> Case:
    result = result_of(told)
    return Case(result.plan, result, ())


def account(case: Case, view: str = THOUSANDS, t: int = 0, **labels: str) -> dict[str, float]:
    rows = catalogue.MEMORANDUM_ACCOUNT.build(case).where(view=view, **labels)
    return {row.labels[3]: row.values[t] for row in rows}


def test_nottingham_in_thousands():
    """Income 12,770, paid 11,688, balance 1,082: PB §1.4, Nottingham City, quarter 2 of 2015/16."""
    told = account(opened("nottingham-city-pool-2015-16"))
    assert (told[FUNDING], told[SPENT], told[NET]) == (12_770, 11_688, 1_082)
    assert (
        told["Balance carried forward"]
        == told["Held by Nottingham City Council (reserve)"]
        == 1_082
    )


def test_the_net_of_the_year_leaves_the_balance_brought_forward_out():
    """£100 in and £80 spent in year 1 leave £20; £100 in and £95 spent in year 2 leave £5 of the year
    and £25 with what was brought forward.
    """
    told = document(
        [put("icb", 100)],
        [line("1", 80) | {"amounts": {"2026/27": 95}}],
        [],
        [pool(rule="", underspend="carry_forward")],
    )
    told["setup"]["horizon"] = 1
    of_year, both = glossary.NET_OF_YEAR, glossary.NET_WITH_BALANCE
    first, second = (account(case_of(told), "£", t) for t in (0, 1))
    assert (first[of_year], first[both]) == (20, 20)
    assert (second[of_year], second[both]) == (5, 25)


def test_parts_that_do_not_make_their_total_have_a_rounding_line():
    """Nottingham prints 507 + 432 + 358 with a sub-total of 1,296: pounds that print so leave
    −1."""
    assert in_thousands([50_670_000, 43_170_000, 35_790_000], 129_630_000) == (
        [507, 432, 358],
        -1,
        1_296,
    )
    contributions = [
        put("council", amount, source=s)
        for s, amount in zip("abc", (506_700, 431_700, 357_900), strict=True)
    ]
    told = account(
        case_of(document(contributions, [line("1", 1_296_300, source="a")], fixed())),
        section="Funding",
    )
    assert list(told.values()) == [507, 432, 358, -1, 1_296] and list(told)[-2:] == [
        ROUNDING,
        FUNDING,
    ]


@pytest.mark.parametrize(
    ("parts", "total"),
    [
        (
            {"aligned": 124_986_000, "pooled": 1_447_000, "transformation": 9_192_000},
            135_625,
        ),  # Oldham 2018/19
        (
            {"pool 1": 13_245_000, "pool 2": 10_071_000},
            23_316,
        ),  # Rotherham 2015/16, two pools and two hosts
    ],
)
def test_pools_of_oldham_and_rotherham_add_up(parts, total):
    pools = [pool(id, pooling_status="aligned" if id == "aligned" else "pooled") for id in parts]
    told = document(
        [put("icb", p, id) for id, p in parts.items()],
        [line(id, p, id) for id, p in parts.items()],
        fixed(),
        pools,
    )
    case = case_of(told)
    assert sum(account(case, pool=id)[FUNDING] for id in parts) == total
    assert all(account(case, pool=id)[NET] == 0 for id in parts)


def test_oldham_2019_20_is_6029_adverse():
    """£163.970m spent of £157.941m."""
    told = account(case_of(document([put("icb", 157_941_000)], [line("1", 163_970_000)], fixed())))
    assert told[NET] == -6_029 and (told["icb"], told["council"], told[ROUNDING]) == (
        -3_015,
        -3_015,
        1,
    )


def test_what_an_aligned_budget_is_over_stays_in_the_books_of_those_who_fund_it():
    """Oldham 2018/19: £8.812m over, 4.325 the council's own and 4.487 the CCG's; the host holds
    none of the CCG's.
    """
    aligned = [pool("aligned", pooling_status="aligned")]
    given = [
        put("icb", 67_837_000, "aligned", source="ccg"),
        put("council", 54_986_000, "aligned", source="la"),
    ]
    spent = [
        line("1", 72_324_000, "aligned", source="ccg"),
        line("2", 59_311_000, "aligned", source="la"),
    ]
    told = account(case_of(document(given, spent, [], aligned)), section="Carried forward")
    assert told["Balance carried forward"] == -8_812
    assert (told["In the books of icb"], told["In the books of council"]) == (-4_487, -4_325)
    assert not [words for words in told if words.startswith("Held by")]


def test_the_year_before_stands_beside_and_its_balance_is_brought_forward():
    told = document(
        [put("icb", 100, index="flat")], [line("1", 80, amounts={"2026/27": 130})], fixed()
    )
    # nothing is booked: the £20 under budget are the opening balance of the next year
    told = told | {"actuals": []}
    told["setup"]["horizon"] = 1
    case = case_of(told)
    now, before = account(case, "£", 1), account(case, "£", 0)
    assert (before["Balance brought forward"], before[NET]) == (0, 20)
    assert (now["Balance brought forward"], now[NET], now["Balance carried forward"]) == (
        20,
        -10,
        -10,
    )


def test_an_underspend_that_is_kept_is_held_by_the_host_and_a_share_by_its_partner():
    rules = [row | {"width": 10} for row in fixed()]
    told = account(
        case_of(document([put("icb", 100)], [line("1", 70)], rules, [pool(underspend="retain")])),
        "£",
    )
    # £30 under: £10 shared evenly, £20 kept
    assert (told["icb"], told["council"], told["Kept in the pool"], told["Total shared"]) == (
        5,
        5,
        20,
        30,
    )
    assert (told["Held by icb (creditor)"], told["Held by council (reserve)"]) == (5, 25)


def test_what_is_carried_forward_opens_the_account_and_is_not_funding_again():
    contributions = [
        put("icb", 100),
        put("council", 30, source="cf", recurrent=False, carry_forward=True),
    ]
    told = account(case_of(document(contributions, [line("1", 130)], fixed())), "£")
    assert (told["Balance brought forward"], told[FUNDING], told[SPENT], told[NET]) == (
        30,
        100,
        130,
        0,
    )


def test_what_is_in_kind_stands_on_both_sides():
    told = account(
        case_of(
            document([put("icb", 100), put("council", 40, in_kind=True)], [line("1", 90)], fixed())
        ),
        "£",
    )
    assert (
        told["council: In kind"],
        told["Used in kind"],
        told[FUNDING],
        told[SPENT],
        told[NET],
    ) == (40, 40, 140, 130, 10)


@pytest.mark.parametrize(("line_in_kind", "beside"), [(40, None), (25, 15)])
def test_a_scheme_line_uses_what_is_in_kind_under_its_source(line_in_kind, beside):
    """£40 in kind with a line of £40 of its own is no overspend of £40; of what no line uses
    nothing is left over.
    """
    contributions = [put("icb", 100), put("council", 40, source="staff", in_kind=True)]
    told = document(
        contributions, [line("1", 90), line("2", line_in_kind, source="staff")], fixed()
    )
    found = account(case_of(told), "£")
    assert (found["council: In kind"], found["2 Scheme 2"], found.get("Used in kind")) == (
        40,
        line_in_kind,
        beside,
    )
    assert (found[NET], found["icb"], found["council"]) == (10, 5, 5)
    assert borne(shares(told)["bcf"]) == {"icb": -5, "council": -5}


def test_what_is_in_kind_never_pays_for_another_year():
    """£40 in kind in the base year that no line uses leaves nothing: £10 too much a year later is
    an overspend of £10.
    """
    contributions = [
        put("icb", 100, index="flat"),
        put("council", 40, in_kind=True, recurrent=False),
    ]
    told = document(
        contributions, [line("1", 100, index="flat", amounts={"2026/27": 110})], fixed()
    )
    told["setup"]["horizon"] = 1
    assert account(case_of(told), "£", 1)[NET] == -10


def spent(scheme: str, month: int, amount: float, **more: object) -> dict:
    return {"year": "2025/26", "month": month, "scheme": scheme, "amount": amount, **more}


ACTUALS = [
    *(spent("1", m, 10) for m in range(1, 13)),
    *(spent("2", m, 5) for m in range(1, 12)),
    spent("2", 12, 3, accrual=2),
]


def test_the_outturn_comes_from_the_actuals_and_so_do_the_shares():
    """Budget 96 and 84 of £180; £120 and £60 spent, an accrual of £2 included: nothing over in all,
    £24 over and £24 under.
    """
    contributions = [put("icb", 120), put("council", 60)]
    schemes = [line("1", 96, lead_partner="icb"), line("2", 84, lead_partner="council")]
    told = document(contributions, schemes, [step(basis="lead")], actuals=ACTUALS)
    result = result_of(told)
    year = outturn(result, "bcf", 0)
    assert year.basis == "outturn" and {e.name: e.pence for e in year.spending} == {
        "1 Scheme 1": 12_000,
        "2 Scheme 2": 6_000,
    }
    assert {e.partner: e.pence for e in year.income} == {"icb": 12_000, "council": 6_000}
    assert borne(shares(told)["bcf"]) == {"icb": 24, "council": -24}


def test_before_anything_is_booked_a_virement_that_counts_is_in_the_account():
    """£100 of £100 is planned; £30 more comes in from outside for scheme 1, approved, and £50 that
    nobody has approved.
    """
    told = document([put("icb", 100)], [line("1", 60), line("2", 40)], fixed())
    virement = {
        "id": "v",
        "year": "2025/26",
        "month": 6,
        "to_scheme": "1",
        "amount": 30,
        "partner": "icb",
        "approved_by": "Board",
    }
    told["actuals"] = []
    told["virements"] = [virement, virement | {"id": "w", "amount": 50, "approved_by": ""}]
    year = outturn(result_of(told), "bcf", 0)
    assert year.basis == "revised budget" and {e.name: e.pence for e in year.spending} == {
        "1 Scheme 1": 90_00,
        "2 Scheme 2": 40_00,
    }
    assert [(e.partner, e.pence) for e in year.income] == [("icb", 130_00)]
    found = account(case_of(told), "£")
    assert (found[FUNDING], found[SPENT], found[NET]) == (130, 130, 0) and not borne(
        shares(told)["bcf"]
    )


def test_income_that_is_booked_counts_too_and_eleven_months_are_a_forecast():
    income = [
        {
            "year": "2025/26",
            "month": 1,
            "kind": "income",
            "pool": "bcf",
            "source": "money",
            "partner": "icb",
            "amount": 170,
        }
    ]
    told = document(
        [put("icb", 180)],
        [line("1", 120), line("2", 60)],
        fixed(),
        actuals=[*ACTUALS[:-1], *income],
    )
    # 170 booked and 165 still due after month 1; month 12 of scheme 2 is still to come: 55 + 5
    year = outturn(result_of(told), "bcf", 0)
    assert year.basis == "outturn"
    told["actuals"] = [row for row in told["actuals"] if row["month"] < 12]
    year = outturn(result_of(told), "bcf", 0)
    assert year.basis == "forecast" and sum(e.pence for e in year.spending) == 18_000
    # income is booked to month 1: 170 and eleven twelfths of 180 that are still due
    assert sum(e.pence for e in year.income) == 17_000 + 16_500


def test_the_annual_return_tells_each_partner_its_own_and_the_whole():
    case = case_of(document([put("icb", 300), put("council", 100)], [line("1", 440)], fixed()))
    told = {
        row.labels[3]: row.values[0]
        for row in catalogue.ANNUAL_RETURN.build(case).where(partner="council")
    }
    assert told == {
        "This partner: money": 100,
        "Balance brought forward": 0,
        "Other partners and other money": 300,
        "Total income of the pool": 400,
        "Paid for by this partner's money": 110,
        "Paid for by other money": 330,
        "Total expenditure of the pool": 440,
        glossary.NET_OF_YEAR: -40,  # 400 in, 440 spent, nothing brought forward
        NET: -40,
        "This partner's share": -20,
        "Held for this partner at the year end": -20,
    }
    assert not catalogue.ANNUAL_RETURN.build(case).where(partner="trust")


def test_the_annual_return_opens_with_what_was_brought_forward_and_its_income_foots():
    told = document(
        [put("icb", 100, index="flat"), put("council", 20, index="flat")],
        [line("1", 150, index="flat")],
        fixed(),
    )
    told["setup"]["horizon"] = 1
    rows = [
        (row.labels[2], row.labels[3], row.values[1])
        for row in catalogue.ANNUAL_RETURN.build(case_of(told)).where(partner="icb")
    ]
    # the £30 over in the base year are settled, so the next year opens with nothing
    assert rows[0] == ("Brought forward", "Balance brought forward", 0)
    assert rows[1:4] == [
        ("Income", "This partner: money", 100),
        ("Income", "Other partners and other money", 20),
        ("Income", "Total income of the pool", 120),
    ]


def test_only_a_pooled_fund_has_an_annual_return_and_the_account_says_what_is_none():
    pools = [pool(), pool("beside", pooling_status="aligned")]
    told = document(
        [put("icb", 100), put("icb", 40, "beside")],
        [line("1", 100), line("2", 40, "beside")],
        fixed(),
        pools,
    )
    case = case_of(told)
    assert {row.labels[1] for row in catalogue.ANNUAL_RETURN.build(case).rows} == {"bcf"}
    assert [
        (row.labels[0], row.values[0])
        for row in catalogue.MEMORANDUM_ACCOUNT.build(case).where(section="Status")
    ] == [("beside", "aligned: not a pooled fund")]


def test_an_nhs_partner_that_owes_its_part_of_a_deficit_is_a_debtor():
    told = account(case_of(document([put("icb", 100)], [line("1", 120)], fixed())), "£")
    assert (told["Held by icb (debtor)"], told["Held by council (reserve)"]) == (-10, -10)


def record(partner: str, other: str, kind: str, amount: float) -> dict:
    return {
        "year": "2025/26",
        "pool": "bcf",
        "partner": partner,
        "counterparty": other,
        "kind": kind,
        "amount": amount,
    }


def test_both_sides_of_a_balance_stand_side_by_side():
    told = [record("council", "icb", "income", 300), record("icb", "council", "expenditure", 280.5)]
    told += [record("icb", "council", "payable", 7)]
    case = case_of(document([put("icb", 300)], [line("1", 300)], fixed(), partner_records=told))
    rows = {row.labels[2]: row.values for row in catalogue.AGREEMENT_OF_BALANCES.build(case).rows}
    assert rows["Income and expenditure of the year"] == (300, 280.5, 19.5, 300)
    assert rows["Balance at the year end"] == (None, 7, None, None)


def test_the_bridge_of_a_source_by_hand():
    contributions = [
        put("icb", 100, index="up"),
        put("icb", 50, recurrent=False),
        put("icb", 10, index="up", amounts={"2026/27": 30}),
        put("icb", 5, kind="deduction", index="flat", amounts={"2026/27": 8}),
    ]
    told = document(contributions, [], fixed(), indices=[{"id": "up", "rates": {"2026/27": 0.1}}])
    told["setup"]["horizon"] = 1
    rows = {
        row.labels[2]: row.values[1] for row in catalogue.SOURCE_BRIDGE.build(case_of(told)).rows
    }
    assert rows == {
        "All that came in the year before": 155,
        "Set for the year": 20 - 3,
        "Uplift": 10,
        "One-off of the year before ends": -50,
        "All that came in": 132,
    }


def test_a_recurrent_virement_is_no_uplift():
    """100 and 20 of it recurrent: (100 + 20) × 1.1 = 132, so 20 by the virement and 12 by the
    uplift.
    """
    virement = {
        "id": "v",
        "year": "2025/26",
        "month": 6,
        "to_scheme": "1",
        "amount": 30,
        "full_year": 20,
        "recurrent": True,
    }
    approved = {"partner": "icb", "authority": "all_partners", "approved_by": "Both"}
    indices = [{"id": "up", "rates": {"2026/27": 0.1}}]
    schemes = [line("1", 100, index="up")]
    told = document(
        [put("icb", 100, index="up")],
        schemes,
        fixed(),
        indices=indices,
        virements=[virement | approved],
    )
    told["setup"]["horizon"] = 1
    rows = {
        row.labels[2]: row.values[1] for row in catalogue.SOURCE_BRIDGE.build(case_of(told)).rows
    }
    assert rows == {
        "All that came in the year before": 100,
        "Recurrent virements of the year before": 20,
        "Uplift": 12,
        "All that came in": 132,
    }


def booked(basis: str, **more: object) -> dict[tuple[str, str], float]:
    scheme = line("1", 100, accounting_basis=basis, lead_partner="council", **more)
    case = case_of(document([put("icb", 75), put("council", 25)], [scheme], fixed()))
    return {
        (row.labels[3], row.labels[4]): row.values[0]
        for row in catalogue.BOOKS_AND_VAT.build(case).rows
    }


def test_what_each_partner_books_hangs_on_who_controls_the_scheme():
    """PB §1.3: principal gross with the others' money as income; joint operation own share; agent
    likewise; aligned own books.
    """
    gross, income, net = "Gross expenditure", "Income from partners", "Net expenditure"
    lead = booked("lead_commissioner")
    assert lead == {
        ("icb", gross): 75,
        ("council", gross): 100,
        ("council", income): 75,
        ("council", net): 25,
    }
    assert (
        booked("joint_operation")
        == booked("agency")
        == {
            ("icb", gross): 75,
            ("council", gross): 25,
        }
    )
    assert booked("aligned") == {("council", gross): 100}


def test_shares_of_joint_operations_close_on_what_each_partner_bears_of_the_source():
    """Three lines of £1.00, paid two to one: 67p, 67p and 66p, 33p, 33p and 34p (model §7.9)."""
    lines = [line(id, 1, accounting_basis="joint_operation") for id in ("1", "2", "3")]
    case = case_of(document([put("icb", 2), put("council", 1)], lines, fixed()))
    rows = catalogue.BOOKS_AND_VAT.build(case).where(figure="Gross expenditure")
    own = {
        partner: [row.values[0] for row in rows if row.labels[3] == partner]
        for partner in ("icb", "council")
    }
    assert own == {"icb": [0.67, 0.67, 0.66], "council": [0.33, 0.33, 0.34]}


@pytest.mark.parametrize(
    ("lead", "contracted_out", "lost", "more"),
    [
        (
            "council",
            0.0,
            0,
            20,
        ),  # net 100, VAT 20, all recovered under section 33; an ICB would lose all of it
        ("council", 0.5, 0, 10),
        (
            "icb",
            0.25,
            13.04,
            -13.04,
        ),  # 100 = net × (1 + 0.2 × 0.75): net 86.96, lost 13.04; the council would recover it
    ],
)
def test_another_lead_body_changes_the_vat(lead, contracted_out, lost, more):
    scheme = line("1", 100, lead_partner=lead, vat_rate=0.2, vat_contracted_out=contracted_out)
    told = document([put("icb", 100)], [scheme], fixed())
    for partner in told["partners"]:
        partner["vat_regime"] = (
            "section_33" if partner["id"] == "council" else "contracted_out_services"
        )
    rows = {
        (row.labels[3], row.labels[4]): row.values[0]
        for row in catalogue.BOOKS_AND_VAT.build(case_of(told)).rows
    }
    assert rows[lead, "VAT that cannot be recovered"] == pytest.approx(lost)
    assert rows[
        "icb" if lead == "council" else "council", "More cost if it led instead"
    ] == pytest.approx(more)


@settings(max_examples=60, deadline=None)
@given(plans())
def test_every_account_foots_in_pounds_and_in_thousands(told):
    result = result_of(told)
    case = Case(result.plan, result, ())
    for share in pool_shares(result):
        for t, year in enumerate(memoranda(result)[share.pool.id]):
            assert (
                year.surplus
                == sum(e.pence for e in year.shares)
                == sum(e.pence for e in year.holders)
            )
            kept = sum(e.pence for e in year.shares if e.name == KEPT)
            assert year.surplus == kept - round(float(share.variance[0, t]))
            view = {unit: account(case, unit, t, pool=share.pool.id) for unit in ("£", THOUSANDS)}
            for total in (FUNDING, SPENT, NET, "Total shared", "Balance carried forward"):
                assert abs(view[THOUSANDS][total] * 1000 - view["£"][total]) <= 500
    rows = [
        row for row in catalogue.MEMORANDUM_ACCOUNT.build(case).rows if row.labels[1] == THOUSANDS
    ]
    for id in (p.id for p in result.plan.pools):
        for section in ("Funding", "Expenditure", "Shared", "Carried forward"):
            *parts, total = [
                row.values for row in rows if row.labels[0] == id and row.labels[2] == section
            ]
            assert [sum(year) for year in zip(*parts, strict=True)] == list(total)


@settings(max_examples=60, deadline=None)
@given(plans())
def test_every_source_bridge_adds_up(told):
    result = result_of(told)
    for a in range(len(result.rules.accounts)):
        for before, steps, now in source_steps(result, a)[1:]:
            assert before + sum(steps.values()) == now

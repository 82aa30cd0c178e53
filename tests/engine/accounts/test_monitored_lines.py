"""Whatever is vired, booked and forecast in a year, its money adds up to the penny."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from icbudget import money
from icbudget.engine.accounts.monitored_lines import MonitorLine, history, monitor, monitored
from icbudget.engine.accounts.virements import contribution_changes, standing
from icbudget.engine.accounts.year_end import memoranda
from icbudget.engine.run import run
from icbudget.plan import Plan
from icbudget.plan.actual import Actual
from icbudget.plan.contribution import Contribution
from icbudget.plan.forecast import Forecast
from icbudget.plan.partner import Partner
from icbudget.plan.pool import Pool
from icbudget.plan.profile import BUILT_IN, Profile
from icbudget.plan.scheme import Scheme
from icbudget.plan.setup import Setup
from icbudget.plan.virement import Virement
from tests.engine.sharing import document, fixed, put, result_of
from tests.engine.sharing import line as scheme_line

YEAR = "2025/26"
SCHEMES = ("a", "b", "c", "d")
NHS, LA = "NHS Minimum Contribution", "Additional LA Contribution"
pounds = st.integers(0, 10**9).map(lambda pence: Decimal(pence).scaleb(-2))
signed = st.integers(-(10**9), 10**9).map(lambda pence: Decimal(pence).scaleb(-2))
months = st.integers(1, 12)


@st.composite
def virements(draw):
    """Virements between the lines of two pools and the world outside; some are not approved, some
    go nowhere.
    """
    sides = st.sampled_from(("", *SCHEMES, "nowhere"))
    return tuple(
        Virement(
            id=f"V{n}",
            year=YEAR,
            month=draw(months),
            from_scheme=draw(sides),
            to_scheme=draw(sides),
            amount=max(draw(pounds), Decimal("0.01")),
            recurrent=draw(st.booleans()),
            partner=draw(st.sampled_from(("icb", "council", ""))),
            approved_by=draw(st.sampled_from(("Board", ""))),
        )
        for n in range(draw(st.integers(0, 6)))
    )


@st.composite
def plans(draw):
    booked = {
        (draw(months), draw(st.sampled_from((*SCHEMES, "stray")))): (draw(signed), draw(signed))
        for _ in range(draw(st.integers(0, 20)))
    }
    made = {
        (draw(months), draw(st.sampled_from(SCHEMES))): draw(st.none() | pounds)
        for _ in range(draw(st.integers(0, 5)))
    }
    profile = st.sampled_from(("", "winter", *BUILT_IN))
    return Plan(
        setup=Setup(
            title="Any year",
            base_year=YEAR,
            horizon=1,
            monitored_year=YEAR,
            monitored_month=draw(months),
        ),
        partners=(
            Partner(id="icb", name="ICB", kind="icb"),
            Partner(id="council", name="Council", kind="council"),
        ),
        pools=(Pool(id="p", name="P", host="council"), Pool(id="q", name="Q", host="icb")),
        contributions=tuple(
            Contribution(
                pool=pool,
                partner=partner,
                source=source,
                base_amount=draw(pounds),
                index="flat",
                phasing=draw(profile),
            )
            for pool in ("p", "q")
            for partner, source in (("icb", NHS), ("council", LA))
        ),
        schemes=tuple(
            Scheme(
                id=id,
                name=id,
                pool="p" if n < 2 else "q",
                source=(NHS, LA)[n % 2],
                base_amount=draw(pounds),
                index="flat",
                phasing=draw(profile),
                recurrent=draw(st.booleans()),
            )
            for n, id in enumerate(SCHEMES)
        ),
        profiles=(Profile(id="winter", november=1, december=2, january=2.5),),
        virements=draw(virements()),
        actuals=tuple(
            Actual(year=YEAR, month=m, scheme=s, amount=a, accrual=b)
            for (m, s), (a, b) in booked.items()
        ),
        forecasts=tuple(
            Forecast(year=YEAR, month=m, scheme=s, outturn=o) for (m, s), o in made.items()
        ),
    )


def spending(plan: Plan, month: int) -> list[MonitorLine]:
    return [line for line in monitor(run(plan), YEAR, month).lines if line.kind == "expenditure"]


@given(plans(), months)
def test_revised_is_original_and_virements_and_its_profile_sums_to_it(plan, month):
    for line in monitor(run(plan), YEAR, month).lines:
        assert line.revised == line.original + line.virements == sum(line.profile)
        assert line.variance == line.forecast - line.revised


@given(plans())
def test_virements_inside_a_pool_net_to_zero_and_those_across_its_edge_change_income_alike(plan):
    """A line that gets a virement from outside has its funding source's contribution changed by as
    much.
    """
    lines = monitor(run(plan), YEAR, 12).lines
    for pool in ("p", "q"):
        spent = sum(
            line.virements for line in lines if line.pool == pool and line.kind == "expenditure"
        )
        came = sum(line.virements for line in lines if line.pool == pool and line.kind == "income")
        assert spent == came
    inside = [row for row in standing(plan) if not row.refusal and not row.crosses]
    assert all(sum(sign * row.pence for _, sign in row.lines) == 0 for row in inside)
    assert all(not list(contribution_changes(row)) for row in inside)


@given(plans(), st.randoms())
def test_the_order_of_virements_actuals_and_forecasts_does_not_matter(plan, random):
    shuffled = {
        name: random.sample(list(rows), len(rows))
        for name in ("virements", "actuals", "forecasts")
        if (rows := getattr(plan, name))
    }
    other = plan.model_copy(update={name: tuple(rows) for name, rows in shuffled.items()})
    one, two = monitored(run(plan)), monitored(run(other))
    assert one is not None and two is not None
    assert sorted(one.lines, key=str) == sorted(two.lines, key=str)
    assert [row.base_amount for row in plan.schemes] == [row.base_amount for row in other.schemes]


@given(plans())
def test_nothing_booked_is_lost(plan):
    """Every row of Actuals is in a line, also one that names a scheme the plan does not have."""
    lines = spending(plan, 12)
    booked = sum(sum(line.actuals) + sum(line.accruals) for line in lines)
    assert booked == sum(money.to_pence(row.amount + row.accrual) for row in plan.actuals)


@given(plans())
def test_each_line_stands_alone(plan):
    """Override, else actuals to the last month booked and the profile after it; else the budget."""
    for month in history(run(plan)):
        for line in (line for line in month.lines if line.kind == "expenditure"):
            rows = [row for row in plan.actuals if row.scheme == line.key[0]]
            booked_to = max((r.month for r in rows if r.month <= month.month), default=0)
            made = [f for f in plan.forecasts if f.scheme == line.key[0] and f.month <= month.month]
            assert line.reported == (booked_to > 0 or bool(made and line.known))
            override = max(made, key=lambda f: f.month).outturn if made and line.known else None
            if override is not None and booked_to < 12:
                assert line.forecast == money.to_pence(override)
            elif booked_to:
                booked = sum(line.actuals[: month.month]) + sum(line.accruals[: month.month])
                assert line.forecast == booked + sum(line.profile[booked_to:])
            else:
                assert line.forecast == line.revised and not line.variance_to_date


def test_a_line_that_is_not_reported_is_no_shortfall_and_booking_one_tells_nothing_of_another():
    """£120 a year from each of two partners; a ledger of spending alone says nothing of income.

    £10 booked by the ICB for month 1, where £10 were due, is as budgeted; £5 is £5 short. Neither
    makes the council short.
    """
    plan = document([put("icb", 120), put("council", 120)], [scheme_line("1", 240)], fixed())
    spent = [{"year": YEAR, "month": m, "scheme": "1", "amount": 20} for m in (1, 2)]
    plan["actuals"] = spent
    income = [row for row in monitor(result_of(plan), YEAR, 2).lines if row.kind == "income"]
    assert [row.reported for row in income] == [False, False]
    assert [(row.forecast, row.variance_to_date, row.adverse) for row in income] == [
        (120_00, 0, 0)
    ] * 2
    row = {"year": YEAR, "month": 1, "kind": "income", "pool": "bcf", "source": "money"}
    for amount, short in ((10, 0), (5, 5_00)):
        plan["actuals"] = [*spent, row | {"partner": "icb", "amount": amount}]
        income = [row for row in monitor(result_of(plan), YEAR, 2).lines if row.kind == "income"]
        assert [(row.forecast, row.variance_to_date) for row in income] == [
            (120_00 - short, -short),
            (120_00, 0),
        ]


@given(plans())
def test_a_one_off_virement_never_enters_the_next_base(plan):
    """With every virement one-off, next year is what it would be without any."""
    one_off = plan.model_copy(
        update={
            "virements": tuple(v.model_copy(update={"recurrent": False}) for v in plan.virements)
        }
    )
    without = plan.model_copy(update={"virements": ()})
    for name in ("schemes", "contributions"):
        assert (
            getattr(run(one_off).projection.figures, name)
            == getattr(run(without).projection.figures, name)
        ).all()


@given(plans())
def test_a_recurrent_virement_enters_the_next_base_once(plan):
    """Flat recurrent lines in rounding units of a penny: next year's is this year's with its
    recurrent virements.
    """
    plan = plan.model_copy(
        update={"setup": plan.setup.model_copy(update={"rounding_unit": Decimal("0.01")})}
    )
    figures = run(plan).projection.figures
    for n, row in enumerate(plan.schemes):
        moved = sum(
            sign * v.base_pence
            for v in standing(plan)
            if not v.refusal
            for line, sign in v.lines
            if line is row
        )
        expected = figures.schemes[0, 0, n] + moved if row.recurrent else 0
        assert figures.schemes[0, 1, n] == expected


def test_a_forecast_of_income_stands_like_one_of_spending_and_reaches_the_year_s_account():
    """Client charges of £120 are thought to come to £90: £30 short, of which £10 will be recovered,
    so £20 is at risk.
    """
    told = document(
        [put("icb", 120), put("council", 120, source="charges")], [scheme_line("1", 240)], fixed()
    )
    told["actuals"] = [{"year": YEAR, "month": 2, "scheme": "1", "amount": 40}]
    row = {"year": YEAR, "pool": "bcf", "source": "charges"}
    told["forecasts"] = [
        {**row, "month": 1, "outturn": 100},
        {**row, "month": 2, "outturn": 90, "recovery": 10, "reason": "Fees"},
    ]
    (charges,) = [x for x in monitor(result_of(told), YEAR, 2).lines if x.source == "charges"]
    assert (charges.forecast, charges.variance, charges.residual, charges.adverse) == (
        90_00,
        -30_00,
        -20_00,
        20_00,
    )
    assert charges.reason == "Fees"
    (first,) = [x for x in monitor(result_of(told), YEAR, 1).lines if x.source == "charges"]
    assert first.forecast == 100_00
    (account,) = memoranda(result_of(told))["bcf"]
    assert {entry.name: entry.pence for entry in account.income} == {
        "money": 120_00,
        "charges": 90_00,
    }

"""One small plan with every contested figure by hand; `notes.md` has the arithmetic."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from icbudget.answers import catalogue
from icbudget.answers.case import Case, evaluate
from icbudget.engine.accounts.better_or_worse_off import (
    NOBODY,
    NOT_SETTLED,
    against,
    held_in_pools,
    positions_of,
)
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.engine.accounts.monitored_lines import monitored
from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from icbudget.engine.accounts.year_postings import every_posting
from icbudget.engine.run import Result, run
from icbudget.findings import has_errors
from icbudget.plan.plan_text import from_document

BASE, FIRST, SECOND = "2025/26", "2026/27", "2027/28"
YEARS = (BASE, FIRST, SECOND)
NHS, GRANT = "NHS Minimum Contribution", "Local Authority Better Care Grant"
OUTTURN = {"community": 5_500_000, "home_care_nhs": 4_000_000, "home_care": 5_400_000}


def document() -> dict:
    return yaml.safe_load((Path(__file__).parent / "plan.yaml").read_text(encoding="utf-8"))


def result_of(plan: dict) -> Result:
    draft = from_document(plan)
    assert draft.plan is not None and not draft.findings, [str(f) for f in draft.findings]
    return run(draft.plan)


def case_of(plan: dict) -> Case:
    draft = from_document(plan)
    assert draft.plan is not None and not draft.findings, [str(f) for f in draft.findings]
    case = evaluate(draft.plan)
    assert not has_errors(case.findings), [str(f) for f in case.findings]
    return case


def booked(plan: dict, month: int = 12, year: str = FIRST, **spent: float) -> dict:
    """The plan with actuals of a year: each scheme's spending booked in one month."""
    rows = [
        {"year": year, "month": month, "kind": "expenditure", "scheme": scheme, "amount": amount}
        for scheme, amount in spent.items()
    ]
    return plan | {"actuals": [*plan.get("actuals", []), *rows]}


def at_outturn(plan: dict | None = None) -> dict:
    """2026/27 ends with council-funded home care at £5,400,000, all else as budgeted and booked."""
    return booked(document() if plan is None else plan, **OUTTURN)


def balances(result: Result, source: str) -> list[float]:
    """Closing balance of a source of the pool by year, after settlement, £."""
    account = result.rules.accounts.index(("bcf", source))
    return [float(pence) / 100 for pence in settlement(result).close[0, :, account]]


def shared(result: Result) -> dict[str, list[float]]:
    """What each partner bears of the pool's variance, by year, £."""
    (share,) = pool_shares(result)
    return {part.partner: pounds(part.amounts[0]) for part in share.parts if part.partner}


def pounds(pence) -> list[float]:
    return [float(amount) / 100 for amount in pence]


def variance(result: Result) -> list[float]:
    (share,) = pool_shares(result)
    return pounds(share.variance[0])


def position(result: Result, first: Result | None = None) -> dict[str, dict[str, tuple]]:
    """Four steps and the total of every row, £ by year."""
    rows = against(result, first or result)
    return {
        row.partner: {
            "activity": tuple(pounds(row.activity)),
            "pools": tuple(pounds(row.pools)),
            "settled": tuple(pounds(row.settled)),
            "transfers": tuple(pounds(row.transfers)),
            "total": tuple(pounds(row.total)),
        }
        for row in rows
    }


def in_year(result: Result, year: str, first: Result | None = None) -> dict[str, tuple]:
    """(activity, pools, settled, transfers, total) of every row in one year, £."""
    t = YEARS.index(year)
    rows = position(result, first)
    return {name: tuple(steps[t] for steps in row.values()) for name, row in rows.items()}


def test_balances_of_the_plan():
    result = result_of(document())
    # 10.0m − 9.5m in the base year; 10.0m − 9.5m − 0.5m for the programme after it
    assert balances(result, NHS) == [500_000, 500_000, 500_000]
    assert balances(result, GRANT) == [0, 0, 0]
    assert variance(result) == [0, 0, 0]
    (share,) = pool_shares(result)
    assert not any(part.amounts.any() for part in share.parts) and not share.unresolved.any()
    assert held_in_pools(result)["icb"] == (500_000_00,) * 3


def test_positions_of_the_plan():
    result = result_of(document())
    assert in_year(result, FIRST) == {
        "icb": (1_111_000, -500_000, 0, 0, 611_000),
        "council": (0, 0, 0, 0, 0),
        "trust": (-711_500, 0, 0, 0, -711_500),
        SYSTEM: (399_500, -500_000, 0, 0, -100_500),
    }
    totals = {name: row[-1] for name, row in in_year(result, SECOND).items()}
    assert totals == {"icb": 622_110, "council": 0, "trust": -723_115, SYSTEM: -101_005}
    assert all(row == (0,) * 5 for row in in_year(result, BASE).values())


def test_the_overspend_of_the_year_is_shared_once():
    result = result_of(at_outturn())
    # 15.4m spent − 15.0m income − 0 planned use, as budgets of 15.0m and 15.0m balance
    assert variance(result) == [0, 400_000, 0]
    assert shared(result) == {"icb": [0, 240_000, 0], "council": [0, 160_000, 0]}
    # 5,000,000 − 5,400,000 + 400,000 received from the partners
    assert balances(result, GRANT) == [0, 0, 0]
    assert balances(result, NHS) == [500_000, 500_000, 500_000]


def test_settlement_is_posted_as_a_receivable_of_the_year():
    settled = [p for p in every_posting(result_of(at_outturn())) if p.kind == "settlement"]
    assert [(p.year, p.partner, p.pool, p.basis, p.pence) for p in settled] == [
        (FIRST, "icb", "bcf", "outturn", 240_000_00),
        (FIRST, "council", "bcf", "outturn", 160_000_00),
    ]
    assert not [p for p in every_posting(result_of(document())) if p.kind == "settlement"]


def test_the_balances_say_what_is_settled_and_the_next_year_starts_without_it():
    rows = catalogue.BALANCES.build(case_of(at_outturn())).where(source=GRANT)
    figures = {row.labels[-1]: row.values for row in rows}
    assert figures["Closing balance"] == (0, 0, 0)  # as planned
    assert figures["Open, after settlement"] == (0, 0, 0)
    assert figures["Spending less income, at outturn"] == (0, 400_000, 0)
    assert figures["Settled"] == (0, 400_000, 0)
    assert figures["Close, after settlement"] == (0, 0, 0)


def test_the_answers_say_the_same():
    case = case_of(at_outturn())
    steps = {
        (row.labels[0], row.labels[1]): row.values[1]
        for row in catalogue.PARTNER_POSITIONS.build(case).rows
    }
    for name, icb, council, trust, system in (
        ("1 Activity", 1_111_000, 0, -711_500, 399_500),
        ("2 Pools: money spent more or less, by whose it is", -500_000, 0, 0, -500_000),
        ("3 Overspend, settled", -240_000, -160_000, 0, -400_000),
        ("4 Gain share and transfers", 0, 0, 0, 0),
        ("Better (+) or worse (−) off than do nothing", 371_000, -160_000, -711_500, -500_500),
    ):
        found = [steps[who, name] for who in ("icb", "council", "trust", SYSTEM)]
        assert found == [icb, council, trust, system], name
    assert steps["icb", "Held in pools"] == 500_000
    shared_rows = {row.labels[2:4]: row.values for row in catalogue.RISK_SHARED.build(case).rows}
    assert shared_rows["icb", "Share of the variance"] == (0, 240_000, 0)
    assert shared_rows["icb", "Share of the variance, to date"] == (0, 240_000, 240_000)
    assert shared_rows["council", "Share of the variance, to date"] == (0, 160_000, 160_000)


def test_positions_once_the_year_has_run():
    result = result_of(at_outturn())
    assert in_year(result, FIRST) == {
        "icb": (1_111_000, -500_000, -240_000, 0, 371_000),
        "council": (0, 0, -160_000, 0, -160_000),
        "trust": (-711_500, 0, 0, 0, -711_500),
        SYSTEM: (399_500, -500_000, -400_000, 0, -500_500),
    }
    # 2027/28 starts without the overspend: as in the plan
    assert in_year(result, SECOND) == in_year(result_of(document()), SECOND)


def test_what_is_not_settled_is_in_nobodys_figure():
    plan = at_outturn()
    plan["pools"][0]["risk_share"] = ""
    plan["risk_shares"] = []
    rows = in_year(result_of(plan), FIRST)
    assert rows[NOT_SETTLED] == (0, -400_000, 0, 0, -400_000)
    assert rows["council"] == (0, 0, 0, 0, 0)
    assert rows["icb"] == (1_111_000, -500_000, 0, 0, 611_000)
    assert rows[SYSTEM][-1] == -500_500


@pytest.mark.parametrize("month", [1, 9, 12])
def test_lines_that_are_not_reported_are_no_underspend(month):
    plan = document()
    actual = {"year": FIRST, "month": month, "kind": "expenditure", "scheme": "home_care"}
    plan["actuals"] = [actual | {"amount": 5_400_000 * month / 12}]
    plan["forecasts"] = [
        {"year": FIRST, "month": month, "scheme": "home_care", "outturn": 5_400_000}
    ]
    result = result_of(plan)
    assert variance(result) == [0, 400_000, 0]
    assert shared(result) == {"icb": [0, 240_000, 0], "council": [0, 160_000, 0]}
    monitoring = monitored(result)
    assert monitoring is not None
    missing = [
        line for line in monitoring.lines if line.kind == "expenditure" and not line.reported
    ]
    assert [line.key[0] for line in missing] == ["community", "home_care_nhs"]
    assert sum(line.revised for line in missing) == 9_500_000_00
    assert all(not line.variance and not line.variance_to_date for line in missing)


def test_one_partners_income_booked_does_not_make_the_other_short():
    plan = document()
    actual = {"year": FIRST, "month": 6, "kind": "income", "pool": "bcf", "source": GRANT}
    # six monthly instalments of 5,000,000 / 12, rounded down: 6 × 416,666.66
    plan["actuals"] = [actual | {"partner": "council", "amount": 2_499_999.96}]
    result = result_of(plan)
    assert variance(result) == [0, 0, 0]
    monitoring = monitored(result)
    assert monitoring is not None
    income = {line.partner: line for line in monitoring.lines if line.kind == "income"}
    assert income["icb"].forecast == 10_000_000_00 and not income["icb"].reported
    assert income["council"].forecast == 5_000_000_00 and income["council"].reported


def with_more_from_the_council(plan: dict) -> dict:
    changed = copy.deepcopy(plan)
    grant = changed["contributions"][1]
    assert grant["source"] == GRANT
    grant["amounts"] = {FIRST: 5_300_000, SECOND: 5_300_000}
    return changed


def test_compare_the_council_pays_300000_more_and_it_meets_an_overspend():
    before = result_of(at_outturn())
    after = result_of(with_more_from_the_council(at_outturn()))
    # 5.4m − 5.3m: 100,000 over, 60/40
    assert variance(after) == [0, 100_000, 0]
    assert shared(after) == {"icb": [0, 60_000, 0], "council": [0, 40_000, 0]}
    old, new = in_year(before, FIRST), in_year(after, FIRST, before)
    change = {name: new[name][-1] - old[name][-1] for name in old}
    # council: −300,000 paid in and spent, +120,000 less to settle; icb: 240,000 − 60,000
    assert change == {"council": -180_000, "icb": 180_000, "trust": 0, SYSTEM: 0}


def test_compare_the_council_pays_300000_more_and_nobody_needs_it():
    before, after = result_of(document()), result_of(with_more_from_the_council(document()))
    old, new = position(before), position(after, before)
    assert old == new
    t = YEARS.index(FIRST)
    held, more = held_in_pools(before), held_in_pools(after)
    assert more["council"][t] - held["council"][t] == 300_000_00
    assert more["icb"] == held["icb"]


CONTINGENCY = {"id": "split", "step": 1, "applies_to": "overspend", "kind": "contingency"}


def with_first_step(plan: dict, **step: object) -> dict:
    """The plan with a step before the shares of the risk share."""
    shares = [row | {"step": 2} for row in plan["risk_shares"]]
    first = {"id": "split", "step": 1, "applies_to": "overspend", **step}
    return plan | {"risk_shares": [first, *shares]}


def reserve(plan: dict) -> dict:
    amounts = {"base_amount": 0, "amounts": {FIRST: 100_000, SECOND: 0}}
    line = {"pool": "bcf", "partner": "council", "source": "Risk reserve", "index": "flat"}
    return plan | {"contributions": [*plan["contributions"], line | amounts]}


def test_a_contingency_with_a_funding_line_is_set_aside_and_used_once():
    plan = with_first_step(
        reserve(at_outturn()), kind="contingency", amount=100_000, funding_line="Risk reserve"
    )
    plan = booked(plan, year=SECOND, home_care=5_400_000)
    result = result_of(plan)
    # set aside: the 100,000 is no income, so the variance is still 400,000
    assert variance(result) == [0, 400_000, 400_000]
    (share,) = pool_shares(result)
    (taken,) = [part for part in share.parts if part.kind == "contingency"]
    assert pounds(taken.amounts[0]) == [0, 100_000, 0] and taken.assumed is None
    # 60/40 of 300,000, then of 400,000: nothing is left in the reserve
    assert shared(result) == {"icb": [0, 180_000, 240_000], "council": [0, 120_000, 160_000]}
    assert balances(result, "Risk reserve") == [0, 0, 0]
    assert balances(result, GRANT) == [0, 0, 0]
    # the reserve is the council's money: 100,000 of it is spent, and 120,000 settled
    assert in_year(result, FIRST)["council"] == (0, -100_000, -120_000, 0, -220_000)


def test_a_contingency_without_a_funding_line_is_assumed_and_used_once():
    plan = with_first_step(at_outturn(), kind="contingency", amount=100_000)
    plan = booked(plan, year=SECOND, home_care=5_400_000)
    result = result_of(plan)
    (share,) = pool_shares(result)
    (taken,) = [part for part in share.parts if part.kind == "contingency"]
    assert taken.assumed is not None
    assert pounds(taken.amounts[0]) == pounds(taken.assumed[0]) == [0, 100_000, 0]
    assert shared(result) == {"icb": [0, 180_000, 240_000], "council": [0, 120_000, 160_000]}
    rows = in_year(result, FIRST)
    assert rows[NOBODY] == (0, -100_000, 0, 0, -100_000)
    assert rows[SYSTEM][-1] == -500_500


def test_uncommitted_with_no_amount_takes_what_is_uncommitted():
    result = result_of(with_first_step(at_outturn(), kind="uncommitted"))
    (share,) = pool_shares(result)
    (taken,) = [part for part in share.parts if part.kind == "uncommitted"]
    # NHS minimum's 500,000 brought forward covers all 400,000; nothing is left to share
    assert pounds(taken.amounts[0]) == [0, 400_000, 0]
    assert taken.assumed is not None and not taken.assumed.any()
    assert shared(result) == {"icb": [0, 0, 0], "council": [0, 0, 0]}
    assert balances(result, NHS) == [500_000, 100_000, 100_000]
    assert balances(result, GRANT) == [0, 0, 0]
    # the icb's money meets the council's overspend
    assert in_year(result, FIRST)["icb"] == (1_111_000, -900_000, 0, 0, 211_000)


def test_the_rows_add_up_to_the_whole_system():
    for plan in (document(), at_outturn(), with_first_step(at_outturn(), kind="uncommitted")):
        rows = positions_of(result_of(plan))
        *parts, system = rows
        for t in range(len(YEARS)):
            assert sum(row.total[t] for row in parts) == system.total[t]


def test_the_example_raises_no_error():
    for plan in (document(), at_outturn()):
        case_of(plan)

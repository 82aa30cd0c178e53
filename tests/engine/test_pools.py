"""Funding, shifts and what pools can buy, by hand, to the penny."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.risk_share_settlement import pool_shares
from icbudget.engine.run import run
from icbudget.plan.scenario_overlay import with_scenario
from tests.engine.appraisal.test_net_benefit import YEARS, plan
from tests.engine.money_in import money_in
from tests.engine.plans import read

NHS, LA, REINVESTED = (
    "NHS Minimum Contribution",
    "Additional LA Contribution",
    "Reinvested acute release",
)
COUNCIL = [{"id": "council", "name": "Council", "kind": "council"}]


def pool_plan(programmes, contributions, shifts=(), schemes=(), line=None, **more):
    document = plan(line, programmes)
    document["partners"] = document["partners"] + COUNCIL
    document["pools"] = [{"id": "bcf", "name": "BCF", "host": "council"}]
    document["contributions"] = [
        {"pool": "bcf", "partner": "icb", "source": NHS, "index": "flat", **c}
        for c in contributions
    ]
    document["shifts"], document["schemes"] = list(shifts), list(schemes)
    for row in document["programmes"]:
        row.pop("partner")
        row.setdefault("pool", "bcf")
        row.setdefault("source", NHS)
    return document | more


def moves(document):
    return run(read(document)).projection.moves


def test_roll_forward_rounds_each_year_to_the_unit_and_stays_off_one_off_money():
    document = pool_plan(
        [],
        [
            {"base_amount": 11_651_150, "index": "grown"},
            {"line": 2, "base_amount": 500, "recurrent": False},
            {"line": 3, "base_amount": 1_000, "index": "grown", "amounts": {YEARS[1]: 5_000}},
            {"line": 4, "base_amount": 100, "kind": "deduction"},
        ],
    )
    document["indices"] = [{"id": "grown", "rates": dict.fromkeys(YEARS, 0.0566)}]
    figures = run(read(document)).projection.figures.contributions[0] / 100
    # 11,651,150 × 1.0566 = 12,310,605.09; × 1.0566 = 13,007,385.2; 1,000 × 1.0566 = 1,056.6
    assert list(figures[:3, 0]) == [11_651_150, 12_310_605, 13_007_385]
    assert list(figures[:3, 1]) == [500, 0, 0]
    assert list(figures[:4, 2]) == [1_000, 1_057, 5_000, 5_283]
    assert list(figures[:2, 3]) == [-100, -100]


RELEASE = [{"id": "s", "lines": ["k"], "pool": "bcf"}]
COSTS = {"fixed_cost": dict.fromkeys(YEARS, 10_000)}


def test_a_programme_is_scaled_to_the_money_and_its_effect_with_it():
    # £6,000 a year: 60 % is bought, 200 × 0.6 = 120 avoided, G = 0.2 × £100 × 120 = £2,400, the
    # lower of K 12,000 and G
    m = moves(pool_plan([{"id": "p", "effect": 0.2, **COSTS}], [{"base_amount": 6_000}], RELEASE))
    # the base year's £6,000 is carried forward, so year 1 has £12,000 and keeps £2,000
    assert list(m.paid[0, :3, 0]) == [0, 1_000_000, 1_000_000]
    # year 1: G = 4,000. Year 2: 2,000 + 6,000 + 4,000 = 12,000. Year 3: 2,000 + 6,000 + 4,000 again
    assert list(m.moved[0, :4, 0]) == [0, 0, 400_000, 400_000]
    poor = pool_plan([{"id": "p", "effect": 0.2, **COSTS}], [{"base_amount": 3_000}], RELEASE)
    result = run(read(poor))
    # year 1: 3,000 + 3,000 carried = 6,000 of 10,000
    assert result.projection.moves.scale[0, 1, 0] == pytest.approx(0.6)
    assert result.projection.avoided[0, 1, 0] == pytest.approx(120)
    assert result.projection.moves.moved[0, 2, 0] == 240_000
    # year 2: 3,000 + 2,400 = 5,400 of 10,000
    assert result.projection.moves.scale[0, 2, 0] == pytest.approx(0.54)


def test_an_indivisible_programme_is_bought_whole_or_not_at_all():
    m = moves(
        pool_plan(
            [{"id": "p", "effect": 0.2, "divisible": False, **COSTS}],
            [{"base_amount": 3_000}],
            RELEASE,
        )
    )
    # 6,000, 9,000, 12,000: bought in year 3 for the first time
    assert list(m.scale[0, 1:4, 0]) == [0, 0, 1]
    assert list(m.paid[0, :4, 0]) == [0, 0, 0, 1_000_000]


def test_priority_decides_and_the_next_gets_what_is_left():
    programmes = [
        {"id": "b", "effect": 0.1, "priority": 2, **COSTS},
        {"id": "a", "effect": 0.1, "priority": 2, **COSTS},
        {"id": "z", "effect": 0.1, "priority": 1, **COSTS},
    ]
    m = moves(pool_plan(programmes, [{"base_amount": 6_500}], RELEASE))
    # £13,000 in year 1: z in full, a (before b at the same priority) 3,000 of 10,000, b nothing
    assert list(m.paid[0, 1]) == [0, 300_000, 1_000_000]


def test_release_is_spent_under_its_own_source_before_the_programmes_own():
    document = pool_plan([{"id": "p", "effect": 0.2, **COSTS}], [{"base_amount": 10_000}], RELEASE)
    result = run(read(document))
    spent = {
        p.source: p.pence for p in postings(result) if p.year == YEARS[1] and p.kind == "programme"
    }
    assert spent == {REINVESTED: 400_000, NHS: 600_000}


@pytest.mark.parametrize(
    ("basis", "share", "moved"),
    [("lower", 1, 4_000), ("system", 0.5, 2_000), ("contract", 1, 20_000)],
)
def test_which_release_may_be_reinvested(basis, share, moved):
    programmes = [{"id": "p", "effect": 0.2, **COSTS}]
    setup = plan()["setup"] | {"reinvest_basis": basis, "reinvest_share": share}
    m = moves(pool_plan(programmes, [{"base_amount": 10_000}], RELEASE, setup=setup))
    assert m.moved[0, 2, 0] == moved * 100


def test_nothing_is_moved_out_of_a_block_contract():
    m = moves(
        pool_plan(
            [{"id": "p", "effect": 0.2, **COSTS}],
            [{"base_amount": 10_000}],
            RELEASE,
            line={"contract": "block"},
        )
    )
    assert not m.moved.any()


def test_fixed_amount_and_fixed_percent_of_the_budget_of_the_year_before():
    shifts = [
        {
            "id": "a",
            "rule": "fixed_amount",
            "lines": ["k"],
            "pool": "bcf",
            "amounts": {YEARS[1]: 500},
        },
        {
            "id": "b",
            "rule": "fixed_percent",
            "lines": ["k"],
            "pool": "bcf",
            "percents": {YEARS[1]: 0.01},
        },
    ]
    m = moves(pool_plan([], [{"base_amount": 0}], shifts, line={"budget_index": "ten"}))
    # the budget of 2026/27 is 100,000 × 1.1
    assert list(m.moved[0, 2]) == [50_000, 110_000]
    assert m.transfers_in[0].sum() == 160_000 and not m.reinvested.any()


def test_a_pool_that_no_release_feeds_buys_in_full_and_shows_the_hole():
    document = pool_plan([{"id": "p", "effect": 0.2, **COSTS}], [{"base_amount": 4_000}])
    case = evaluate(read(document))
    assert list(case.result.projection.moves.close[0, :3, 0]) == [400_000, -200_000, -800_000]
    assert any(f.id == "balance.over-committed" for f in case.findings)


def test_double_running_and_exit_cost_scale_with_what_is_bought():
    more = {"double_running": {YEARS[0]: 4_000}, "exit_cost": {YEARS[0]: 6_000}}
    m = moves(
        pool_plan([{"id": "p", "effect": 0.2, **COSTS, **more}], [{"base_amount": 5_000}], RELEASE)
    )
    # 10,000 of 20,000
    assert (m.scale[0, 1, 0], m.paid[0, 1, 0], m.transition[0, 1, 0]) == (0.5, 1_000_000, 500_000)


def test_cost_of_a_programme():
    programme = {
        "id": "p",
        "effect": 0.2,
        "unit_cost": 50,
        "people": {YEARS[1]: 30},
        "fixed_cost": {YEARS[1]: 1_000},
    }
    document = pool_plan(
        [programme | {"cost_index": "ten", "optimism_cost": 0.25}], [{"base_amount": 9_999}]
    )
    # (1,000 + 30 × 50) × 1.1² × 1.25 = 3,781.25 in year 2
    assert list(moves(document).paid[0, :4, 0]) == [0, 0, 378_125, 0]


def test_share_of_a_variance_by_contribution_leaves_out_what_is_in_kind():
    contributions = [
        {"base_amount": 600},
        {"partner": "council", "source": LA, "base_amount": 400},
        {"partner": "council", "source": LA, "line": 2, "base_amount": 9_000, "in_kind": True},
    ]
    scheme = {"id": "1", "name": "Over", "pool": "bcf", "source": NHS, "base_amount": 1_200}
    schemes = [scheme | {"index": "flat"}]
    rule = [{"id": "r", "basis": "contributions"}]
    document = pool_plan([], contributions, schemes=schemes, risk_shares=rule)
    document["pools"][0]["risk_share"] = "r"
    result = run(read(document))
    (share,) = pool_shares(result)
    assert {part.partner: part.by_rule[0, 1] for part in share.parts} == {
        "icb": 0.6,
        "council": 0.4,
    }
    # 1,200 is spent of 1,000 in cash in each year, 200 over; what is in kind is no money
    assert [part.amounts[0, 1] for part in share.parts] == [12_000, 8_000]
    document["pools"][0]["pooling_status"] = "aligned"
    (share,) = pool_shares(run(read(document)))
    assert not share.parts and not share.unresolved.any() and share.not_eligible.any()


def test_the_bridge_of_one_line_by_hand():
    document = plan(
        {"price_uplift": "ten", "demographic_index": "ten", "price_efficiency": "two"},
        [{"id": "p", "effect": 0.2, **COSTS}],
    )
    document["indices"].append({"id": "two", "rates": dict.fromkeys(YEARS, 0.02)})
    icb, trust, whole = (b.steps for b in bridges(run(read(document))))
    # 1,000 × £100; price +10 %: +10,000; population +10 %: +11,000; efficiency: 1,100 × £108 −
    # 1,100 × £110 = −2,200
    steps = ("Base", "Price", "Demographic", "Non-demographic", "Provider efficiency", "Do nothing")
    assert [icb[step][1] / 100 for step in steps] == [100_000, 10_000, 11_000, 0, -2_200, 118_800]
    # 220 avoided × £108 = 23,760 not paid; 20 % of it not spent; 10,000 for the programme
    assert icb["Avoided (cashable)"][1] == -2_376_000
    assert icb["Prevention cost"][1] == 1_000_000
    assert icb["Plan"][1] == 11_880_000 - 2_376_000 + 1_000_000
    # no envelope is stated, so do nothing is assumed to be funded: the gap is what the plan adds
    assert icb["Funding"][1] == icb["Do nothing"][1] == 11_880_000
    assert icb["Gap of the year"][1] == -2_376_000 + 1_000_000
    assert trust["Do nothing"][1] == 0
    assert trust["Avoided (cashable)"][1] == trust["Plan"][1] == 2_376_000 - 475_200
    assert whole["Plan"][1] == 11_880_000 - 475_200 + 1_000_000


def test_the_gap_against_a_stated_envelope_and_to_date():
    document = plan(
        {"price_uplift": "ten", "demographic_index": "ten"},
        [{"id": "p", "effect": 0.2, **COSTS}],
    )
    document["envelopes"] = [
        {"partner": "icb", "year": YEARS[0], "amount": 120_000},
        {"partner": "icb", "year": YEARS[1], "amount": 140_000},
    ]
    icb, trust, whole = bridges(run(read(document)))
    # do nothing: 100,000 × 1.21 = 121,000, then 146,410; the plan pays a fifth less and 10,000 for
    # the programme: 106,800 and 127,128
    assert [icb.steps["Gap of the year"][t] for t in (1, 2)] == [-13_200_00, -12_872_00]
    there = icb.steps["Gap of the year: there if nothing changes"]
    added = icb.steps["Gap of the year: what the plan adds"]
    assert there[1:3] == (1_000_00, 6_410_00) and added[1:3] == (-14_200_00, -19_282_00)
    assert icb.steps["Gap to date"][2] == -26_072_00
    assert icb.steps["Gap to date: there if nothing changes"][2] == 7_410_00
    assert icb.assumed == (True, False, False, True, True, True)
    # the trust has no envelope, so the total is an assumption in every year
    assert all(trust.assumed) and all(whole.assumed)
    assert icb.bases[:2] == ("assumed: do nothing is funded", "stated")


def test_money_put_in_by_hand():
    contributions = [
        {"base_amount": 1_000},
        {"partner": "council", "source": LA, "base_amount": 300},
    ]
    schemes = [
        {"id": "1", "name": "S", "pool": "bcf", "source": NHS, "base_amount": 900, "index": "flat"}
    ]
    document = pool_plan([], contributions, schemes=schemes, line={"budget_index": "ten"})
    put = money_in(run(read(document)))
    # the ICB: contribution 1,000, activity budget 100,000 × 1.1, and year 1 brings 1,000 − 900
    # forward; the council 300 and 300
    assert put["icb"][:2] == [10_100_000, 11_110_000]
    assert put["council"][:2] == [30_000, 60_000]


def test_a_scenario_is_laid_over_and_leaves_the_plan_as_it_was():
    document = plan(
        scenarios=[{"scenario": "less", "order": 1, "path": "programmes/p/effect", "value": "10%"}]
    )
    document["scenarios"].append(
        {"scenario": "less", "order": 2, "path": "indices/ten/rates[2027-28]", "value": "0.05"}
    )
    before = read(document)
    after, findings = with_scenario(before, "less")
    assert not findings
    assert (before.programmes[0].effect, after.programmes[0].effect) == (0.2, 0.1)
    assert (before.indices[0].rates["2027/28"], after.indices[0].rates["2027/28"]) == (0.1, 0.05)
    assert with_scenario(before, "") == (before, [])


def test_a_value_that_the_checks_refuse_is_blamed_on_the_change_that_set_it():
    changes = [("programmes/p/effect", "0.1"), ("programmes/p/cost_index", "gone")]
    rows = [
        {"scenario": "less", "order": n, "path": path, "value": value}
        for n, (path, value) in enumerate(changes, 1)
    ]
    document = plan(scenarios=rows)
    document["setup"]["active_scenario"] = "less"
    (told,) = [f for f in evaluate(read(document)).findings if f.id == "link.unknown"]
    assert (told.place.table, told.place.row, told.place.column) == ("scenarios", "less|2", "value")


@pytest.mark.parametrize(
    ("scenario", "path", "value", "found"),
    [
        ("other", "programmes/p/effect", "0.1", "scenario.unknown"),
        ("less", "programmes/q/effect", "0.1", "scenario.no-such-path"),
        ("less", "programmes", "0.1", "scenario.no-such-path"),
        ("less", "programmes/p/effekt", "0.1", "scenario.no-such-path"),
        ("less", "programmes/p/effect[2026/27]", "0.1", "scenario.no-such-path"),
        ("less", "programmes/p/people[2026/29]", "5", "scenario.no-such-path"),
        ("less", "programmes/p/people", "5", "scenario.no-such-path"),
        ("less", "programmes/p/effect", "a lot", "scenario.refused"),
        ("less", "programmes/p/max_reach", "250%", "scenario.refused"),
    ],
)
def test_a_change_that_cannot_be_laid_over_is_a_finding(scenario, path, value, found):
    document = plan(scenarios=[{"scenario": "less", "order": 1, "path": path, "value": value}])
    before = read(document)
    after, findings = with_scenario(before, scenario)
    assert [f.id for f in findings] == [found]
    assert after == before
    assert all(f.place.table in ("setup", "scenarios") and f.fix for f in findings)

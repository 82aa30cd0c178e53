"""The best plan by hand: what is bought, what it is worth, what stops it, and what is written."""

from __future__ import annotations

import json

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.engine.run import run
from icbudget.plan.goal import Goal
from icbudget.plan.limit import Limit
from icbudget.plan.minimum import Minimum
from icbudget.plan.plan_text import from_yaml, to_yaml
from icbudget.plan.scenario_overlay import with_scenario
from icbudget.plan.scheme import Scheme
from icbudget.plan.shift import Shift
from icbudget.plan.uncertainty import Uncertainty
from icbudget.tasks.optimising import optimised, with_best
from tests.cli.test_all_commands import call
from tests.examples.reading import plan_beside
from tests.workbook.opened import with_sheets

FIRST, SECOND = 1 / 1.035, 1 / 1.035**2


def best(money=6_000, **changes):
    """The best plan with so much money in each year; changes to programmes by id, or limits."""
    plan = plan_beside(__file__)
    years = plan.contributions[0].amounts
    given = plan.contributions[0].model_copy(
        update={"amounts": type(years)({y: type(a)(money) for y, a in years.items()})}
    )
    rows = tuple(p.model_copy(update=changes.get(p.id, {})) for p in plan.programmes)
    plan = plan.model_copy(
        update={"contributions": (given,), "programmes": rows, "limits": changes.get("limits", ())}
    )
    return plan, optimised(plan)


def told(plan, found):
    return {plan.programmes[o.programme].id: o.start for o in found.best.chosen}


def test_what_money_there_is_buys_the_two_that_are_worth_most_together():
    plan, found = best()
    assert told(plan, found) == {"b": "2026/27", "c": "2026/27"}
    assert (
        found.best.worth
        == pytest.approx(17_400 * (FIRST + SECOND), abs=0.005)
        == pytest.approx(33_054.68, abs=0.005)
    )
    assert found.best.gap == pytest.approx(0, abs=0.02) and found.best.finished
    ((binds, a_pound),) = found.best.binding
    assert binds == "money of bcf by 2027/28" and a_pound == found.best.a_pound_more[1] > 0


def test_with_more_money_the_two_that_overlap_are_worth_more():
    plan, found = best(9_000)
    assert told(plan, found) == {"a": "2026/27", "b": "2026/27"}
    assert found.best.worth == pytest.approx(41_413.34, abs=0.005)


def test_a_limit_on_staff():
    plan, found = best(limits=(Limit(measure="staff", most={"2026/27": 1, "2027/28": 1}),))
    assert told(plan, found) == {"a": "2026/27", "c": "2027/28"}
    assert found.best.worth == pytest.approx(15_000 * FIRST + 18_400 * SECOND, abs=0.005)


def test_what_cannot_be_says_which_limits_conflict_and_by_how_much():
    plan, found = best(4_000, a={"must_do": True, "earliest_start": "2026/27"})
    # a could start in 2027/28 with £8,000: so it must not cost less than there is in both years
    assert told(plan, found)["a"] == "2027/28"
    plan, found = best(2_000, a={"must_do": True})
    assert found.best.plan is None
    ((name, lacking),) = found.best.conflicts
    assert name == "money of bcf by 2027/28" and lacking == pytest.approx(1_000, abs=0.1)


def test_the_found_plan_is_a_scenario_beside_the_plan_and_gives_the_figures_told():
    plan, found = best()
    laid = with_best(plan, found.best)
    assert run(laid).projection.moves.paid.sum() == run(plan).projection.moves.paid.sum(), (
        "the plan as it is stays"
    )
    read = from_yaml(to_yaml(laid)).plan
    adopted, findings = with_scenario(read, "Best plan")
    assert not findings
    assert run(adopted).projection.moves.paid[0].sum(axis=-1).tolist() == [0, 6_000_00, 6_000_00]
    assert not [f for f in evaluate_plan(adopted).findings if f.id == "balance.over-committed"]
    assert (
        found.best.plan.programmes == adopted.programmes
        or run(found.best.plan).projection.avoided.tolist()
        == run(adopted).projection.avoided.tolist()
    )


def test_the_same_plan_gives_the_same_answer():
    assert best()[1].block == best()[1].block


def test_a_plan_that_can_pay_with_eight_chances_in_ten():
    # £6,100 a year; what b costs is normal around £4,000 with sd £200, c costs £2,000. Both can be
    # paid where b is at most
    # £4,100: Φ(100 / 200) = 69 %, in both years, since it is the same draw. So with 60 % b and c
    # are bought, and with 80 % the
    # next best, a and one year later c, which costs 5,000, then 7,000 of the 7,200 there are,
    # whatever b would cost.
    plan, _ = best(6_100)
    half = 0.05 * 1.2815515655446004
    costs = Uncertainty(
        path="programmes/b/fixed_cost", distribution="normal", low=1 - half, mode=1, high=1 + half
    )
    entered = plan.setup.model_copy(update={"uncertainty": "entered"})
    plan = plan.model_copy(update={"uncertainties": (costs,), "setup": entered})
    found = optimised(plan, confidence=0.6)
    assert told(plan, found) == {"b": "2026/27", "c": "2026/27"}
    assert found.best.chances[1][1:] == pytest.approx((0.6915, 0.6915), abs=4 * 0.0207)
    found = optimised(plan, confidence=0.8)
    assert told(plan, found) == {"a": "2026/27", "c": "2027/28"}
    assert found.best.worth == pytest.approx(15_000 * FIRST + 18_400 * SECOND, abs=0.005)
    assert found.best.chances[1][1:] == (1, 1)
    (row,) = found.block.where(group="2026/27", figure="Chance that every pool can pay for it")
    assert row.unit == "%" and row.values[1] == 1


def test_what_a_pool_lacks_without_any_programme_is_no_fault_of_the_choice():
    # A second pool spends about £10 a year and has nothing: it overspends in every draw, whatever
    # is chosen.
    plan, _ = best(6_000)
    other = plan.pools[0].model_copy(update={"id": "other"})
    scheme = Scheme(id="s", name="Dear", pool="other", source=NHS, base_amount=10, index="flat")
    drawn = Uncertainty(
        path="schemes/s|1/amounts[2026/27]", distribution="normal", low=5, mode=10, high=15
    )
    entered = plan.setup.model_copy(update={"uncertainty": "entered"})
    changed = {
        "pools": (*plan.pools, other),
        "schemes": (scheme,),
        "uncertainties": (drawn,),
        "setup": entered,
    }
    found = optimised(plan.model_copy(update=changed), confidence=0.8)
    assert told(plan, found) == {"b": "2026/27", "c": "2026/27"} and found.best.chances[1][1:] == (
        1,
        1,
    )


def test_the_command_writes_a_new_file_and_leaves_the_plan_alone(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(plan_beside(__file__)), encoding="utf-8")
    before = path.read_bytes()
    code, out, _ = call(capsys, "optimise", str(path), "--out", str(tmp_path / "out"), "--json")
    told_json = json.loads(out)
    assert code == 0 and path.read_bytes() == before
    assert {row["path"] for row in told_json["scenario"]} >= {"programmes/a/reach[2026/27]"}
    assert (
        tasks.check(tmp_path / "out" / "plan-best.yaml").draft.plan.scenarios[0].scenario
        == "Best plan"
    )
    assert "Proven gap" in (tmp_path / "out" / "plan-best.csv").read_text(encoding="utf-8-sig")


NHS = "Additional NHS Contribution"


def with_scheme(plan, programme):
    """The plan with a scheme of social care that pays for a programme, which names its payer no
    more.
    """
    scheme = Scheme(
        id="s",
        name="Pays",
        pool="bcf",
        source=NHS,
        programme=programme,
        area_of_spend="Social Care",
    )
    return plan.model_copy(update={"schemes": (scheme,)})


def needing(amount, applies="yes"):
    return (
        Minimum(
            rule="adult_social_care",
            source=NHS,
            base_amount=0,
            index="flat",
            amounts={"2027/28": amount},
            applies=applies,
        ),
    )


def test_a_minimum_that_the_plan_keeps_is_kept_by_the_best_plan():
    # c is the social care: without it the minimum of £2,000 in 2027/28 is missed, and the plan as
    # it is (all three) keeps it.
    # With £9,000 a year a and b would be worth £41,413.34; a, b and c need £11,000 in 2027/28, and
    # £9,000 + £9,000 has it if c
    # starts in 2027/28: 21,800 × 0.9661836 + 25,200 × 0.9335107 needs £20,000. So a, then a and c,
    # and b not: 15,000 and 18,400;
    # or b and c: 17,400 in both years, £33,054.68; or b from the first year, then a and c too,
    # £4,000 + £11,000 = £15,000:
    # 14,000 × 0.9661836 + 25,200 × 0.9335107 = 13,526.57 + 23,524.47 = £37,051.04; or a first, then
    # all three, £5,000 + £11,000:
    # 15,000 × 0.9661836 + 25,200 × 0.9335107 = 14,492.75 + 23,524.47 = £38,017.22; or b and c, then
    # all three, £6,000 + £11,000:
    # 17,400 × 0.9661836 + 23,524.47 = 16,811.59 + 23,524.47 = £40,336.06; or a and c, £7,000 +
    # £11,000: 18,400 × 0.9661836 +
    # 23,524.47 = 17,777.78 + 23,524.47 = £41,302.25, the most.
    plan, _ = best(9_000)
    found = optimised(with_scheme(plan, "c").model_copy(update={"minimums": needing(2_000)}))
    assert told(plan, found) == {"a": "2026/27", "b": "2027/28", "c": "2026/27"}
    assert (
        found.best.worth
        == pytest.approx(18_400 * FIRST + 25_200 * SECOND, abs=0.005)
        == pytest.approx(41_302.25, abs=0.005)
    )
    off = optimised(with_scheme(plan, "c").model_copy(update={"minimums": needing(2_000, "no")}))
    assert told(plan, off) == {
        "a": "2026/27",
        "b": "2026/27",
    }, "a minimum that is not in force binds nobody"


def test_a_minimum_that_the_money_cannot_meet_says_by_how_much():
    # £500 a year is £1,000 by 2027/28; c, started then, costs the £2,000 that the minimum asks for:
    # £1,000 is lacking
    plan, _ = best(500)
    found = optimised(with_scheme(plan, "c").model_copy(update={"minimums": needing(2_000)}))
    assert found.best.plan is None
    ((name, lacking),) = found.best.conflicts
    assert name == "money of bcf by 2027/28" and lacking == pytest.approx(1_000, abs=0.1)


def test_a_divisible_programme_is_bought_to_the_hundredth():
    # £3,500 a year: 70 % of a in both years, 10,500 each, £19,946.79. Next best: 30 % of a, then b
    # too: 4,500, then
    # 50,000 × (1 − 0.88 × 0.64) − 5,500 = 16,340, £19,601.40; in quarters alone 25 % of a, then b
    # too: £18,512.69
    plan, found = best(3_500, a={"divisible": True})
    ((start, level),) = [(o.start, o.level) for o in found.best.chosen]
    assert (start, level) == ("2026/27", 0.7) and told(plan, found) == {"a": "2026/27"}
    assert (
        found.best.worth
        == pytest.approx(10_500 * (FIRST + SECOND), abs=0.005)
        == pytest.approx(19_946.79, abs=0.005)
    )
    assert found.best.bound >= found.best.worth - 0.01
    assert any(row.values[1] == "2026/27, 70%" for row in found.block.rows)


def test_a_fund_keeps_its_floor():
    # £6,000 put in once, a tenth of the release comes back, £1,000 must stay. a: 3,000, then 0, too
    # little.
    # b: 3,800, then 1,600. b and c: 2,340, then −1,320; c, then b and c: 4,540, then 880; a and b
    # in 2027/28 alone: 3,080, but
    # worth 21,800 once, £20,350.53. So b alone, 14,000 in both years.
    plan = plan_beside(__file__)
    shift = Shift(
        id="prime",
        rule="pump_prime",
        lines=("nel",),
        pool="bcf",
        fund_floor=1_000,
        amounts={"2026/27": 6_000},
    )
    setup = plan.setup.model_copy(update={"reinvest_share": 0.1})
    plan = plan.model_copy(update={"contributions": (), "shifts": (shift,), "setup": setup})
    found = optimised(plan)
    assert told(plan, found) == {"b": "2026/27"}
    assert (
        found.best.worth == pytest.approx(14_000 * (FIRST + SECOND), abs=0.005)
        and found.best.gap < 0.05
    )
    assert run(found.best.plan).projection.moves.close[0, :, -1].tolist() == [0, 3_800_00, 1_600_00]
    assert found.best.tried == 1, "the model knows the floor"
    assert "floor of fund prime in 2027/28" in dict(found.best.binding)
    unable = optimised(
        plan.model_copy(update={"shifts": (shift.model_copy(update={"fund_floor": 7_000}),)})
    )
    assert unable.best.plan is None
    assert dict(unable.best.conflicts) == {
        f"floor of fund prime in {year}": pytest.approx(1_000, abs=0.2)
        for year in ("2026/27", "2027/28")
    }


def test_the_source_that_pays_is_chosen_where_another_is_named():
    # £6,000 a year of one source buys b and c; with £5,000 a year of another that may pay for a,
    # all three are bought at once
    plan, _ = best(6_000)
    second = plan.contributions[0].model_copy(
        update={
            "source": "Additional LA Contribution",
            "line": 2,
            "partner": "council",
            "amounts": type(plan.contributions[0].amounts)({y: 5_000 for y in plan.years[1:]}),
        }
    )
    plan = plan.model_copy(update={"contributions": (*plan.contributions, second)})
    assert told(plan, optimised(plan)) == {
        "b": "2026/27",
        "c": "2026/27",
    }, "each source is for its own"
    a, *others = plan.programmes
    plan = plan.model_copy(
        update={
            "programmes": (
                a.model_copy(update={"other_source": ("Additional LA Contribution",)}),
                *others,
            )
        }
    )
    found = optimised(plan)
    assert told(plan, found) == {"a": "2026/27", "b": "2026/27", "c": "2026/27"}
    assert found.best.worth == pytest.approx(25_200 * (FIRST + SECOND), abs=0.005)
    assert (
        "programmes/a/source",
        "Additional LA Contribution",
        "Found by optimise",
    ) in found.best.changes
    assert any(
        "paid from Additional LA Contribution" in str(row.values[1]) for row in found.block.rows
    )
    adopted, findings = with_scenario(with_best(plan, found.best), "Best plan")
    assert not findings and adopted.programmes[0].source == "Additional LA Contribution"
    assert (run(adopted).projection.moves.close >= 0).all()


def test_health_counts_only_where_it_is_asked_for():
    # £5,000 a year. In cash b, then b and c for £10,000 − £4,000: 14,000 and 17,400; a alone is
    # 15,000 twice. c gains 10 × 0.1
    # QALY a year, each £10,000 at 1.5 %: so c first, then a and c for £10,000 − £2,000: 3,400,
    # 18,400 and both years' health.
    # b first and c then has one year's health, 39,476.28; c first and b then 39,086.95
    plan, found = best(5_000, c={"people": {"2026/27": 10, "2027/28": 10}, "qalys_per_person": 0.1})
    plan = plan.model_copy(update={"setup": plan.setup.model_copy(update={"qaly_value": 10_000})})
    assert told(plan, found) == told(plan, optimised(plan)) == {"b": "2026/27", "c": "2027/28"}
    assert found.best.worth == pytest.approx(14_000 * FIRST + 17_400 * SECOND, abs=0.005)
    public = optimised(plan, public_value=True)
    assert told(plan, public) == {"a": "2027/28", "c": "2026/27"}
    worth = 3_400 * FIRST + 18_400 * SECOND + 10_000 * (1 / 1.015 + 1 / 1.015**2)
    assert (
        public.best.worth == pytest.approx(worth, abs=0.005) == pytest.approx(40_020.46, abs=0.01)
    )
    row = next(
        row
        for row in public.block.rows
        if row.labels[1].startswith("The same with what QALYs are worth")
    )
    assert row.values[1] == pytest.approx(40_020.46, abs=0.01)


def test_public_value_without_a_value_is_a_wrong_question(tmp_path, capsys):
    (tmp_path / "plan.yaml").write_text(to_yaml(plan_beside(__file__)), encoding="utf-8")
    code, _, fault = call(capsys, "optimise", str(tmp_path / "plan.yaml"), "--public-value")
    assert code == 2 and "no value of a QALY" in fault


def test_a_workbook_gets_the_comparison_on_a_sheet_of_its_own(tmp_path, capsys):
    path = tmp_path / "plan.xlsx"
    (tmp_path / "plan.yaml").write_text(to_yaml(plan_beside(__file__)), encoding="utf-8")
    tasks.convert(tmp_path / "plan.yaml", path)
    code, _, _ = call(capsys, "optimise", str(path), "--out", str(tmp_path / "out"), "--json")
    assert code == 0
    sheet = with_sheets(tmp_path / "out" / "plan-best.xlsx", "Best plan")["Best plan"]
    rows = {(r[0].value, r[1].value): r[4].value for r in sheet.iter_rows(min_row=7)}
    assert ("Worth", "Net present value, system cash, cautious effects (sought)") in rows
    assert not [
        c for row in sheet.iter_rows() for c in row if c.data_type == "f" and "ICB_" in str(c.value)
    ], "values alone"
    again = tasks.check(tmp_path / "out" / "plan-best.xlsx")
    assert again.sound and {s.scenario for s in again.draft.plan.scenarios} == {"Best plan"}


GOAL = Goal(
    id="fewer",
    measure="Spells",
    good="lower",
    acute_line="nel",
    target=770,
    target_year="2027/28",
)


def rows_of(found):
    return {row.labels: row.values for row in found.block.rows}


def test_it_says_what_it_does_to_goals_and_why_its_cautious_effects_differ():
    # b is sought on 0.36 − 0.5263 × 0.02 = 0.349474: with c 174.737 + 54 fewer of 1,000, 771.263
    # left, which misses 770; on central effects 180 + 54, so 766, which meets it. The plan itself
    # buys all three: 0.5 × (1 − 0.6 × 0.64) + 0.5 × 0.108 = 362 fewer
    plan, _ = best(b={"effect_low": 0.34, "effect_high": 0.38})
    found = optimised(plan.model_copy(update={"goals": (GOAL,)}))
    assert told(plan, found) == {"b": "2026/27", "c": "2026/27"}
    rows = rows_of(found)
    central = rows["Goal", "Spells, 2027/28: central effects, as in the report"]
    assert central == pytest.approx((638, 766, 128))
    cautious = rows["Goal", "Spells, 2027/28: cautious effects, as sought"]
    assert cautious[1] == pytest.approx(771.263, abs=0.001)
    own, of_best, why = rows["Goal", "Spells, 2027/28: verdict, central effects, as in the report"]
    assert (own, of_best) == ("Met by 2027/28", "Met by 2027/28")
    assert why.startswith("not met on cautious effects")


def test_it_says_what_its_programmes_rest_on():
    _, found = best(b={"effect_low": 0.34, "effect_high": 0.38, "name": "B"})
    rows = rows_of(found)
    words, sought, _ = rows["Rests on", "B"]
    assert words == "studies: benefit; effect 36% (judgement)" and sought == "sought on 34.9474%"
    assert rows["Rests on", "c"][0] == "studies: no interval stated; effect 10.8% (judgement)"


def test_it_says_what_is_left_of_every_limit():
    # b needs 0.02 × 100 = 2 wte, of which the plan has 2.5
    limit = Limit(measure="staff", most={"2027/28": 2.5})
    _, found = best(limits=(limit,))
    assert rows_of(found)["Limit", "Staff in 2027/28: at most 2.5; left"] == (2, 2, 0.5)

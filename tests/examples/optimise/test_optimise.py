"""The best plan by hand: what is bought, what it is worth, what stops it, and what is written."""

from __future__ import annotations

import json

import pytest

from icbudget import tasks
from icbudget.answers.case import examine_plan
from icbudget.engine.run import run
from icbudget.plan.limit import Limit
from icbudget.plan.overlay import with_scenario
from icbudget.plan.text import from_yaml, to_yaml
from icbudget.tasks.optimise import optimised, with_best
from tests.cli.test_app import call
from tests.examples.reading import plan_beside

FIRST, SECOND = 1 / 1.035, 1 / 1.035**2


def best(money=6_000, **changes):
    """The best plan with so much money in each year; changes to programmes by id, or limits."""
    plan = plan_beside(__file__)
    years = plan.contributions[0].amounts
    given = plan.contributions[0].model_copy(update={"amounts": type(years)({y: type(a)(money) for y, a in years.items()})})
    rows = tuple(p.model_copy(update=changes.get(p.id, {})) for p in plan.programmes)
    plan = plan.model_copy(update={"contributions": (given,), "programmes": rows, "limits": changes.get("limits", ())})
    return plan, optimised(plan)


def told(plan, found):
    return {plan.programmes[o.programme].id: o.start for o in found.best.chosen}


def test_what_money_there_is_buys_the_two_that_are_worth_most_together():
    plan, found = best()
    assert told(plan, found) == {"b": "2026/27", "c": "2026/27"}
    assert found.best.worth == pytest.approx(17_400 * (FIRST + SECOND), abs=0.005) == pytest.approx(33_054.68, abs=0.005)
    assert found.best.gap == pytest.approx(0, abs=0.02) and found.best.finished
    assert found.best.binding == ("money of bcf by 2027/28",) and found.best.a_pound_more[1] > 0


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
    assert run(laid).projection.moves.paid.sum() == run(plan).projection.moves.paid.sum(), "the plan as it is stays"
    read = from_yaml(to_yaml(laid)).plan
    adopted, findings = with_scenario(read, "Best plan")
    assert not findings
    assert run(adopted).projection.moves.paid[0].sum(axis=-1).tolist() == [0, 6_000_00, 6_000_00]
    assert not [f for f in examine_plan(adopted).findings if f.id == "balance.over-committed"]
    assert (
        found.best.plan.programmes == adopted.programmes
        or run(found.best.plan).projection.avoided.tolist() == run(adopted).projection.avoided.tolist()
    )


def test_the_same_plan_gives_the_same_answer():
    assert best()[1].block == best()[1].block


def test_a_plan_that_can_pay_with_eight_chances_in_ten():
    plan = plan_beside(__file__)
    found = optimised(plan, confidence=0.8)
    assert found.best.plan is not None and found.best.worth <= 33_054.69


def test_the_command_writes_a_new_file_and_leaves_the_plan_alone(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(plan_beside(__file__)), encoding="utf-8")
    before = path.read_bytes()
    code, out, _ = call(capsys, "optimise", str(path), "--out", str(tmp_path / "out"), "--json")
    told_json = json.loads(out)
    assert code == 0 and path.read_bytes() == before
    assert {row["path"] for row in told_json["scenario"]} >= {"programmes/a/reach[2026/27]"}
    assert tasks.check(tmp_path / "out" / "plan-best.yaml").draft.plan.scenarios[0].scenario == "Best plan"
    assert "Proven gap" in (tmp_path / "out" / "plan-best.csv").read_text(encoding="utf-8-sig")

"""What a person gets wrong in a notebook: one of the small family of exceptions, or findings.

Nothing from inside icbudget, pandas or numpy is ever what a mistake ends in.
"""

from __future__ import annotations

import copy
import math
import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import icbudget
from tests.places import WORKBOOKS
from tests.test_api import FUNDING, LEDGER_MAP

NORFOLK = WORKBOOKS / "norfolk-disabled-facilities-grant.yaml"
TYNESIDE = WORKBOOKS / "north-tyneside-better-care-fund.yaml"
ODD = {
    "nothing": None,
    "a number": 5,
    "half a number": 2.5,
    "not a number": math.nan,
    "below zero": -1,
    "yes": True,
    "a blank": "",
    "a word": "word",
    "bytes": b"word",
    "a list": [],
    "a list of words": ["a", "b"],
    "a mapping": {},
    "a mapping by number": {1: 2},
    "an array": np.zeros((2, 2)),
    "a series": pd.Series([1, 2]),
    "a type": dict,
    "a thing": object(),
    "a decimal": Decimal("0.5"),
    "a day": pd.Timestamp("2026-04-01"),
}
"""What somebody may give by mistake for any argument."""


@pytest.fixture(scope="module")
def plan():
    return icbudget.read(NORFOLK)


@pytest.fixture(scope="module")
def result(plan):
    return plan.run()


@pytest.fixture(scope="module")
def year():
    ledger = pd.DataFrame({"Code": ["E100"], "Net amount": [1.0], "Month": [1]})
    return icbudget.monitor(TYNESIDE, [(ledger, LEDGER_MAP)], year="2021/22", month=2)


CALLS = {
    "read": lambda odd, _: icbudget.read(odd),
    "read a named frame": lambda odd, _: icbudget.read({"Funding": odd}),
    "read a frame": lambda odd, _: icbudget.read([odd]),
    "read by name": lambda odd, _: icbudget.read({odd if odd.__hash__ else "x": FUNDING}),
    "read a cell": lambda odd, _: icbudget.read(
        {"Funding": FUNDING.assign(Pool=pd.Series([odd, "bcf"], dtype="object"))}
    ),
    "read an amount": lambda odd, _: icbudget.read(
        {"Funding": FUNDING.assign(**{"Base amount (£)": pd.Series([odd, 1.0], dtype="object")})}
    ),
    "read a heading": lambda odd, _: icbudget.read(
        {"Funding": FUNDING.set_axis([str(odd), *FUNDING.columns[1:]], axis=1)}
    ),
    "new": lambda odd, _: icbudget.new(odd),
    "new: base year": lambda odd, _: icbudget.new("Sheffield", base_year=odd),
    "new: horizon": lambda odd, _: icbudget.new("Sheffield", horizon=odd),
    "run": lambda odd, _: icbudget.run(odd),
    "change": lambda odd, plan: plan.change(odd),
    "change to": lambda odd, plan: plan.change({plan.figures[0]: odd}),
    "change a figure": lambda odd, plan: plan.change({"dfg / Base amount": odd}),
    "scenario": lambda odd, plan: plan.scenario(odd),
    "frame": lambda odd, plan: plan.frame(odd),
    "frame: money": lambda odd, plan: plan.frame("Funding", money=odd),
    "simulate": lambda odd, _: icbudget.simulate(odd, 2),
    "simulate: seed": lambda odd, plan: icbudget.simulate(plan, 2, seed=odd),
    "compare": lambda odd, plan: icbudget.compare(plan, odd),
    "optimise": lambda odd, _: icbudget.optimise(odd),
    "optimise: confidence": lambda odd, plan: icbudget.optimise(plan, confidence=odd),
    "optimise: time limit": lambda odd, plan: icbudget.optimise(plan, time_limit=odd),
    "verify": lambda odd, _: icbudget.verify(odd),
    "monitor": lambda odd, _: icbudget.monitor(odd),
    "monitor: year": lambda odd, plan: icbudget.monitor(plan, year=odd),
    "monitor: month": lambda odd, plan: icbudget.monitor(plan, month=odd),
    "monitor: pair": lambda odd, plan: icbudget.monitor(plan, [odd]),
    "monitor: export": lambda odd, plan: icbudget.monitor(plan, [(odd, LEDGER_MAP)]),
    "monitor: map": lambda odd, plan: icbudget.monitor(plan, [(FUNDING, odd)]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_whatever_a_call_is_given_it_answers_or_raises_one_of_the_family(
    call, plan, tmp_path, monkeypatch
):
    """A new folder: a word may be taken for a path, and nothing may be read or left by chance."""
    monkeypatch.chdir(tmp_path)
    bare = []
    for name, odd in ODD.items():
        try:
            call(odd, plan)
        except icbudget.IcbudgetError as refused:
            assert str(refused), name
        except Exception as inside:
            bare.append((name, repr(inside)))
    assert bare == []


@pytest.mark.parametrize("draws", [None, "10", 2.5, True, 0, 10**12])
def test_a_number_of_draws_that_cannot_be_is_refused(plan, draws):
    if draws is not None:
        with pytest.raises(icbudget.IcbudgetError, match="number of draws"):
            icbudget.simulate(plan, draws)


@pytest.mark.parametrize("workers", [0, -1, 1.5, "two", None])
def test_workers_that_cannot_be_are_refused(plan, workers):
    with pytest.raises(icbudget.IcbudgetError, match="number of workers"):
        icbudget.simulate(plan, 2, workers=workers)


NAMED = {
    "result.table": lambda odd, result, _: result.table(odd),
    "result.table: money": lambda odd, result, _: result.table("Balances", money=odd),
    "result.figure": lambda odd, result, _: result.figure(odd),
    "result.explain": lambda odd, result, _: result.explain(odd),
    "year.table": lambda odd, _, year: year.table(odd),
}


@pytest.mark.parametrize("call", NAMED.values(), ids=NAMED)
def test_a_name_that_is_none_raises_one_of_the_family(call, result, year):
    for name, odd in ODD.items():
        try:
            call(odd, result, year)
        except icbudget.IcbudgetError as refused:
            assert str(refused), name


def test_a_frame_given_by_name_is_read_as_that_table_whatever_its_headings():
    """A mistyped heading once made Funding look like a table of indices."""
    plan = icbudget.read({"Funding": FUNDING.rename(columns={"Partner": "Partnr"})})
    (missing,) = [f for f in plan.findings if f.id == "table.missing-column"]
    assert "Partner" in missing.message and "Partnr" in missing.fix
    years = icbudget.read({"Funding": FUNDING.rename(columns={"2026/27": 2026})})
    assert "table.not-a-year" in {f.id for f in years.findings}


@pytest.mark.parametrize(
    "frame",
    [
        FUNDING.set_index("Pool"),
        FUNDING.set_index(["Pool", "Partner"]),
        FUNDING.set_axis([7, 3]),
        FUNDING.rename_axis("Pool"),
        FUNDING.assign(Pool=pd.Categorical(["bcf", "bcf"])),
        FUNDING.assign(**{"Base amount (£)": pd.array([1_000_000, 500_000], dtype="Int64")}),
        FUNDING.assign(**{"Base amount (£)": np.array([1_000_000, 500_000])}),
        FUNDING.assign(**{"Base amount (£)": [Decimal(1_000_000), Decimal(500_000)]}),
        FUNDING.convert_dtypes(),
    ],
    ids=[
        "index",
        "two levels",
        "no default",
        "twice",
        "category",
        "Int64",
        "int",
        "decimal",
        "any",
    ],
)
def test_one_table_is_one_plan_whatever_pandas_calls_its_types(frame):
    assert icbudget.read({"Funding": frame}) == icbudget.read({"Funding": FUNDING})
    assert icbudget.read(frame) == icbudget.read([FUNDING])


def test_a_frame_in_pence_is_never_read_as_pounds(plan):
    frames = {name: plan.frame(name, money="pence") for name in ("Setup", "Funding")}
    with pytest.raises(icbudget.IcbudgetError, match="in pence"):
        icbudget.read(frames)


def test_a_file_that_cannot_be_verified_never_passes(tmp_path):
    """Nothing that differs was once the answer for a file that is not there."""
    assert [f.id for f in icbudget.verify(tmp_path / "nowhere.xlsx")] == ["file.missing"]
    (tmp_path / "text.xlsx").write_text("hello")
    assert [f.id for f in icbudget.verify(tmp_path / "text.xlsx")] == ["workbook.not-a-workbook"]


@pytest.mark.parametrize("name", ["plan.csv", "plan", "no/such/plan.doc"])
def test_a_plan_is_written_only_where_it_can_be(plan, tmp_path, name):
    with pytest.raises(icbudget.IcbudgetError):
        plan.write(tmp_path / name)
    with pytest.raises(icbudget.IcbudgetError, match="as text or as a path"):
        plan.write(None)
    (tmp_path / "file").write_text("")
    with pytest.raises(icbudget.IcbudgetError, match=r"cannot be written|is there already"):
        plan.write(tmp_path / "file" / "plan.yaml")


def test_a_plan_without_choices_says_that_nothing_can_be_chosen(plan):
    with pytest.raises(icbudget.IcbudgetError, match="nothing to choose"):
        icbudget.optimise(plan)


def test_a_plan_is_a_value(plan, tmp_path):
    """Equal by content, hashable, its own copy, and the same after it went to another process."""
    again = icbudget.read(plan.write(tmp_path / "again.yaml"))
    assert again == plan and hash(again) == hash(plan) and {plan: 1}[again] == 1
    assert plan != plan.change({"Setup / Horizon": 3})
    assert copy.deepcopy(plan) is plan
    assert pickle.loads(pickle.dumps(plan)) == plan
    result = pickle.loads(pickle.dumps(plan.run()))
    pd.testing.assert_frame_equal(result.table("Balances"), plan.run().table("Balances"))
    broken = icbudget.read(tmp_path / "nowhere.xlsx")
    assert broken != plan and broken == broken and len({broken, plan}) == 2
    with pytest.raises(icbudget.PlanHasErrors):
        pickle.dumps(broken)


def test_a_table_is_found_by_its_id_too(plan, result):
    assert result.table("partner-positions").attrs["title"] == "Partner positions"
    assert plan.frame("contributions").equals(plan.frame("Funding"))
    with pytest.raises(icbudget.NotFound, match="table of the plan"):
        result.table("Funding")


def test_a_refused_change_is_told_at_its_figure(plan):
    """It once was told of row What-if|1 of a table scenarios that nobody wrote."""
    with pytest.raises(icbudget.PlanHasErrors) as refused:
        plan.change({"Setup / Horizon": 99, "dfg / county / DFG / Base amount": "much"})
    horizon, amount = refused.value.findings
    assert str(horizon.place) == "Setup, column Horizon"
    assert amount.place.table == "Funding" and amount.place.column == "Base amount"
    assert "What-if" not in str(refused.value) and "rests on it" not in str(refused.value)


@pytest.mark.parametrize(
    "value", [np.float32(0.5), np.float64(0.5), Decimal("0.5"), np.array(0.5), "50%", 0.5]
)
def test_half_is_half_whatever_its_type(plan, value):
    assert plan.change({"Setup / Reinvest share": value}).value.setup.reinvest_share == 0.5


def test_none_is_a_blank_cell_and_changing_back_takes_it(plan):
    name = "Setup / Value of a QALY"
    before = plan.value.setup.qaly_value
    there = plan.change({name: 70_000 if before is None else None})
    assert there.value.setup.qaly_value == (70_000 if before is None else None)
    assert there.change({name: there.changes[0].before}) == plan


@pytest.mark.parametrize("value", [pd.NA, pd.NaT, [0.5], {}, 1 + 2j])
def test_what_no_cell_can_hold_is_refused(plan, value):
    with pytest.raises(icbudget.IcbudgetError, match="changed to a number, a word, True, False"):
        plan.change({"Setup / Reinvest share": value})


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("a plan", "a plan already"),
        ("a result", r"result\.plan is its plan"),
        (b"bytes", "Give the file's path"),
        (pd.Series([1]), "data frame"),
        ({"Funding": pd.Series([1])}, r"to_frame\(\) makes one"),
    ],
)
def test_what_is_near_to_a_source_of_a_plan_says_the_way(plan, result, source, way):
    known = {"a plan": plan, "a result": result}
    with pytest.raises(icbudget.IcbudgetError, match=way):
        icbudget.read(known[source] if isinstance(source, str) else source)

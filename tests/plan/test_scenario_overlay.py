"""Scenarios that change figures, add rows, or ask for what is not there."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate_plan
from icbudget.engine.run import run
from icbudget.plan import plan_text
from icbudget.plan.plan_text import from_document
from icbudget.plan.scenario_overlay import with_scenario
from tests.checks.clean import YEARS, clean

SOURCE = "NHS Minimum Contribution"


def laid(*changes):
    """The clean plan with a scenario laid over it, and the findings of doing so."""
    document = clean()
    document["scenarios"] = [
        {"scenario": "S", "order": n, "path": path, "value": value}
        for n, (path, value) in enumerate(changes, 1)
    ]
    return with_scenario(from_document(document).plan, "S")


def test_a_contract_may_change_in_a_scenario_alone():
    # 5 % of half of a tenth of 10,000 × 1.02^t spells are avoided
    plan, found = laid(("contract_changes/nel|2027/28/contract", "activity"))
    assert not found and [row.contract for row in plan.contract_changes] == ["activity"]
    saving = run(plan).projection.contract_saving[0, :, 0]
    avoided = [10_000 * 1.02**t * 0.0025 for t in (1, 2)]
    # year 1 aligned with 15 % variable, year 2 every spell at £3,000 × 1.02²
    assert saving == pytest.approx([0, 0.15 * avoided[0] * 3_060, avoided[1] * 3_000 * 1.02**2])


def test_a_scenario_may_add_a_shift_with_all_that_it_needs():
    plan, found = laid(
        ("shifts/more/rule", "fixed_amount"),
        ("shifts/more/lines", "nel"),
        ("shifts/more/pool", "bcf"),
        ("shifts/more/amounts[2027/28]", "1000"),
    )
    assert not found
    (shift,) = plan.shifts
    assert (shift.id, shift.rule, shift.lines, float(shift.amounts[YEARS[1]])) == (
        "more",
        "fixed_amount",
        ("nel",),
        1000,
    )


def test_a_row_that_is_added_may_be_named_by_a_whole_number():
    plan, found = laid(
        *(
            (f"schemes/new|{line}/{field}", value)
            for line in (1, 2)
            for field, value in (("name", "New"), ("pool", "bcf"), ("source", SOURCE))
        )
    )
    assert not found
    assert [(row.id, row.line) for row in plan.schemes][-2:] == [("new", 1), ("new", 2)]


def test_of_many_changes_each_that_is_refused_is_told_and_only_its_own_rows_are_read(monkeypatch):
    """A row is written out once when all are laid, and once when the change is asked for alone."""
    document = clean()
    document["schemes"] = [
        {"id": f"s{n}", "name": "Scheme", "pool": "bcf", "source": SOURCE, "base_amount": 1}
        for n in range(40)
    ]
    paths = [f"schemes/s{n}/base_amount" for n in range(40)]
    document["scenarios"] = [
        {"scenario": "S", "order": n + 1, "path": path, "value": "much" if n % 2 else "5"}
        for n, path in enumerate(paths)
    ]
    plan, written = from_document(document).plan, []

    def writing(table, row, write=plan_text._written_fields):
        written.append(table.field)
        return write(table, row)

    monkeypatch.setattr(plan_text, "_written_fields", writing)
    _, found = with_scenario(plan, "S")
    assert [f.place.row for f in found] == [f"S|{n + 1}" for n in range(40) if n % 2]
    assert {f.id for f in found} == {"scenario.refused"}
    assert written == ["schemes"] * 80


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        (
            [("programmes/fals/effect", "0.1")],
            "S|1",
        ),  # a slip is no new row: what a programme needs is not there
        ([("contract_changes/nel|2027/28/block_value", "1000")], "S|1"),
        ([("shifts/more/pool", "bcf"), ("shifts/more/rule", "fixed_amount")], "S|1"),
    ],
)
def test_a_row_that_is_not_there_and_not_whole_is_no_row(changes, place):
    plan, found = laid(*changes)
    assert not plan.contract_changes and not plan.shifts and len(plan.programmes) == 1
    assert [f.id for f in found] == ["scenario.no-such-path"] * len(changes) and found[
        0
    ].place.row == place
    assert "needed fields" in found[0].fix


def test_what_the_plan_refuses_of_an_added_row_has_the_place_of_its_own_change():
    _, found = laid(
        ("contract_changes/nel|2027/28/contract", "fixed"),
        ("contract_changes/nel|2027/28/block_value", "-5"),
    )
    assert [(f.id, f.place.row) for f in found] == [
        ("scenario.refused", "S|1"),
        ("scenario.refused", "S|2"),
    ]


def test_what_an_added_row_lacks_is_told_where_it_is_added():
    document = clean()
    document["setup"]["active_scenario"] = "S"
    document["scenarios"] = [
        {
            "scenario": "S",
            "order": 1,
            "path": "contract_changes/nel|2027/28/contract",
            "value": "marginal",
        }
    ]
    case = evaluate_plan(from_document(document).plan)
    told = [str(f.place) for f in case.findings if f.id == "activity.contract-term"]
    assert told == ["Scenarios, row 1, column Value"] * 2, "marginal rate and baseline value"

"""Each kind of wrong call, on every host: the cell is in error, and the message names what is wrong.

Hosts: the registry, xlwings' Windows code under a named fake of COM, the real xlwings Server over
HTTP, and a cell of LibreOffice Calc. Where a plan cannot be made, Checks says why as well; what Checks
says natively, without a call, is in tests/workbook/test_bad_workbooks.py.

The same kinds elsewhere: a whole template with its Checks in Calc (test_bad_workbooks.py), and a
file as `check` reads it (tests/workbook/reading: test_function_cells.py for cells in error,
test_left_out.py for a table that is there twice, test_read_plan.py for a deleted sheet;
tests/cli/test_broken_workbooks.py for a heading typed twice).

What cannot be on a host: Calc gives an error of an argument on without a call, and has no spill. A
module added twice is no call: `add_sheets` refuses it before anything is written, the same for the
command, the macro and the task pane (tests/workbook/test_contents.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.excel.hosts import Refused
from tests.excel.tables import as_arguments, handle_of_somebody_else, small_plan

PLAN = object()
"""Stands for the handle of a plan that is there."""


@dataclass(frozen=True)
class WrongCall:
    """A call, and how its message begins; `in_checks` where Checks says it too."""

    id: str
    arguments: Callable[[], list[Any]]
    message: str
    in_checks: bool = False


def tables(**changed: Any) -> list[Any]:
    return as_arguments(small_plan() | changed)


def pools() -> list[list[Any]]:
    return small_plan()["pools"]


OTHER_POOLS = [["Pool", "Name", "Host"], ["kit", "Equipment", "council"]]
NOT_KEPT = "is not kept any more. Press Ctrl+Alt+F9"
WRONG = {
    "two tables of one kind": WrongCall(
        "ICB_PLAN", lambda: [*tables(), OTHER_POOLS], "Tables 3 and 13 are both Pools.", True
    ),
    "a table twice": WrongCall(
        "ICB_PLAN", lambda: [pools(), pools()], "Tables 1 and 2 are both Pools.", True
    ),
    "an unknown table": WrongCall(
        "ICB_PLAN",
        lambda: [*tables(), [["Telephone", "Room"], ["1", "2"]]],
        "Table 13, headed Telephone, Room, is no table of a plan.",
        True,
    ),
    "a table deleted inside the formula": WrongCall(
        "ICB_PLAN",
        lambda: tables(pools="#REF!"),
        "Table 3 of the formula is #REF!: its table or sheet was deleted. Missing from the formula:"
        " Pools.",
        True,
    ),
    "the sheet of a module deleted": WrongCall(
        "ICB_PLAN",
        lambda: tables(programmes="#REF!"),
        "Table 10 of the formula is #REF!: its table or sheet was deleted. Press Add sheets",
        True,
    ),
    "a name that was deleted": WrongCall(
        "ICB_PLAN",
        lambda: tables(programmes="#NAME?"),
        "Table 10 of the formula is #NAME?: nothing in the workbook has its name. Correct the name",
        True,
    ),
    "something in the way of a block that the plan takes": WrongCall(
        "ICB_PLAN",
        lambda: tables(pools="#SPILL!", programmes="#SPILL!", goals="#REF!"),
        "Tables 3, 10 of the formula are #SPILL!: something stands in the way of the block that it"
        " takes. Missing from the formula: Pools. Clear the cells",
        True,
    ),
    "something in the way of a block that a function takes": WrongCall(
        "ICB_UPLIFT",
        lambda: ["#SPILL!", 0.02],
        "amount holds the Excel error #SPILL!. Correct the formula or type the value.",
    ),
    "a handle typed by hand": WrongCall(
        "ICB_TABLE", lambda: ["plan 0123456789ab", "Balances"], f"plan 0123456789ab {NOT_KEPT}"
    ),
    "a handle of somebody else": WrongCall(
        "ICB_TABLE",
        lambda: [handle_of_somebody_else(), "Balances"],
        f"plan 555555555555 {NOT_KEPT}",
    ),
    "a text that is no handle": WrongCall(
        "ICB_FIGURE", lambda: ["my plan", "Income", "bcf"], "“my plan” is no plan."
    ),
    "a name that is no answer": WrongCall(
        "ICB_TABLE",
        lambda: [PLAN, "Balance sheet"],
        "There is no table “Balance sheet”. Nearest: Balances",
    ),
    "a name that is no figure": WrongCall(
        "ICB_FIGURE", lambda: [PLAN, "Efect", "falls"], "There is no “Efect”. Nearest: Effect"
    ),
    "a label that fits several cells": WrongCall(
        "ICB_FIGURE", lambda: [PLAN, "Income", "Balances"], "“Income / Balances” fits"
    ),
    "a what-if on a path that is not there": WrongCall(
        "ICB_WITH", lambda: [PLAN, "falls / Efect", 0.2], "There is no “Efect”."
    ),
    "a what-if on a label that fits several cells": WrongCall(
        "ICB_WITH",
        lambda: [PLAN, "Base amount", 3.0],
        "“Base amount” fits 3 cells. Say which Table (Funding; Schemes);",
    ),
    "a figure tried twice": WrongCall(
        "ICB_WITH",
        lambda: [PLAN, [["falls / Effect"], ["Effect / falls"]], [[0.2], [0.3]]],
        "falls / Effect is there twice.",
    ),
    "a scenario that is none": WrongCall(
        "ICB_SCENARIO",
        lambda: [PLAN, "Low evidnce"],
        "There is no scenario “Low evidnce”. Write “Low evidence” if that is meant.",
    ),
}


@pytest.fixture(scope="module")
def handle(host):
    return host.ask("ICB_PLAN", *tables())[0][0]


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_call_is_an_error_that_says_what_is_wrong(host, handle, kind):
    wrong = WRONG[kind]
    arguments = [handle if argument is PLAN else argument for argument in wrong.arguments()]
    if host.name == "calc" and any(str(argument).startswith("#") for argument in arguments):
        # Calc gives an error of an argument on without a call: the cell is that error.
        assert_calc_gives_an_error_on(host)
        return
    with pytest.raises(Refused) as problem:
        host.ask(wrong.id, *arguments)
    assert str(problem.value).startswith(wrong.message)
    if wrong.in_checks and host.name != "calc":
        checks = host.ask("ICB_TABLE", "#VALUE!", "Checks")
        assert [row[0] for row in checks[1:]] == ["Error", "Made of"]
        assert wrong.message in checks[1][2]


def test_a_heading_typed_twice_is_in_checks_and_stops_the_answers(host):
    pools = small_plan()["pools"]
    for number, row in enumerate(pools):
        row.append("Name" if number == 0 else "Another name")
    plan = host.ask("ICB_PLAN", *tables(pools=pools))[0][0]
    checks = host.ask("ICB_TABLE", plan, "Checks")
    assert ["Error", "Pools", "The column Name is there twice."] in [row[:3] for row in checks]
    with pytest.raises(Refused, match=r"The column Name is there twice\."):
        host.ask("ICB_TABLE", plan, "Balances")


def assert_calc_gives_an_error_on(host):
    document = host.calc.new()
    try:
        document.set_formula("Sheet1", "A1", "=#REF!")
        document.set_formula("Sheet1", "B1", "=ICB_PLAN(A1)")
        before = len(host.calc.calls)
        assert document.value("Sheet1", "B1") == "#REF!"
        assert len(host.calc.calls) == before
    finally:
        document.close()

"""Each kind of wrong call, on every host: the cell is in error, and the message names what is wrong.

Hosts: the registry, xlwings' Windows code under a named fake of COM, the real xlwings Server over
HTTP, and a cell of LibreOffice Calc. Where a plan cannot be made, Checks says why as well; what Checks
says natively, without a call, is in tests/workbook/test_bad_workbooks.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from icbudget.excel import plan_store, plan_values
from tests.excel.hosts import Refused
from tests.excel.tables import as_arguments, small_plan

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


def foreign() -> str:
    """Return the handle of a plan that another person has kept in the same store."""
    content = plan_values.recognised(tables()).content
    digest = "5" * 64
    plan_values._store[0].keep("somebody else", digest[:12], digest, content)
    assert plan_values._store[0].find("somebody else", digest[:12])
    assert plan_store.owner() != "somebody else"
    return f"plan {digest[:12]}"


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
    "a handle typed by hand": WrongCall(
        "ICB_TABLE", lambda: ["plan 0123456789ab", "Balances"], f"plan 0123456789ab {NOT_KEPT}"
    ),
    "a handle of somebody else": WrongCall(
        "ICB_TABLE", lambda: [foreign(), "Balances"], f"plan 555555555555 {NOT_KEPT}"
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
    "a figure tried twice": WrongCall(
        "ICB_WITH",
        lambda: [PLAN, [["falls / Effect"], ["Effect / falls"]], [[0.2], [0.3]]],
        "falls / Effect is there twice.",
    ),
    "a scenario that is none": WrongCall(
        "ICB_SCENARIO",
        lambda: [PLAN, "Low evidnce"],
        "There is no scenario “Low evidnce”. Did you mean “Low evidence”?",
    ),
}


@pytest.fixture(scope="module")
def handle(host):
    return host.ask("ICB_PLAN", *tables())[0][0]


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_call_is_an_error_that_says_what_is_wrong(host, handle, kind):
    wrong = WRONG[kind]
    arguments = [handle if argument is PLAN else argument for argument in wrong.arguments()]
    if host.name == "calc" and "#REF!" in [a for a in arguments if isinstance(a, str)]:
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

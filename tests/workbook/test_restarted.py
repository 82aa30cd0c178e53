"""A workbook that was saved: the program and the server are started again, and only a Try cell is
edited. What it comes to is right, or the cell says what to press; never is it of another plan.

Hosts: LibreOffice Calc, whose functions ask the real xlwings Server over HTTP. One Calc saves, another
opens. Calc enters the formulas of What-if alone, so that ICB_PLAN is not called, as Excel would not.
"""

from __future__ import annotations

import inspect

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.excel.all_functions import functions
from icbudget.excel.plan_tables import draft_of, recognised
from icbudget.workbook import layout
from icbudget.workbook.writing import stopped
from tests.excel.hosts import Http, plugged_functions
from tests.excel.server.running import Server
from tests.excel.tables import as_arguments, small_plan
from tests.programs.calc import Calc

pytestmark = [pytest.mark.program("libreoffice"), pytest.mark.program("server")]
TRIED, FIGURE = "A14", "falls / Effect"


class Asked:
    """The functions of a Calc, asked of whichever server runs now."""

    def __init__(self):
        self.server = None

    def functions(self):
        return {id: self._over_http(id, plug) for id, plug in plugged_functions().items()}

    def _over_http(self, id, plug):
        repeats = functions()[id].repeats

        def called(*arguments):
            if repeats:
                arguments = (*arguments[:-1], *(arguments[-1] or ()))
            given = [[list(row) for row in a] if isinstance(a, tuple) else a for a in arguments]
            return Http(self.server).ask(id, *given)

        called.spills = True
        called.__signature__ = inspect.signature(plug)
        return called


@pytest.fixture(scope="module")
def asked():
    return Asked()


@pytest.fixture(scope="module")
def saved(asked, tmp_path_factory):
    """A workbook as a Calc saved it while a server ran, and what that server keeps."""
    folder = tmp_path_factory.mktemp("saved")
    plan = draft_of(recognised(as_arguments(small_plan()))).plan
    template = tasks.template(folder / "template.xlsx", plan)
    store = {"ICBUDGET_SERVER_STORE": str(folder / "own" / "plans.sqlite")}
    with Server(store) as first, Calc(asked.functions()) as calc:
        asked.server = first
        document = calc.open(template)
        assert document.errors() == []
        handle = document.named(layout.PLAN)
        document.save_as(folder / "saved.xlsx")
        document.close()
    return folder / "saved.xlsx", handle, store


@pytest.fixture(scope="module")
def again(asked):
    """Another Calc, as after a restart of the program."""
    with Calc(asked.functions()) as calc:
        yield calc


def gain_of_the_system(document):
    """Return the figures of the whole system on What-if: in the plan, and as tried."""
    rows = document.values(layout.WHAT_IF, "A17:D30")
    row = next(r for r in rows if str(r[0]).endswith("Whole system") and "Better" in str(r[0]))
    return row[2], row[3]


def expected(effect):
    """Return what the library says of the plan with another effect."""
    plan = draft_of(recognised(as_arguments(small_plan()))).plan
    (programme,) = plan.programmes
    other = plan.model_copy(
        update={"programmes": (programme.model_copy(update={"effect": effect}),)}
    )
    block = tasks.answers(evaluate_plan(other))["headline-figures"]
    row = next(r for r in block.where(who="Whole system") if r.labels[0].startswith("Better"))
    return row.values[0]


def test_a_server_that_kept_the_plan_gives_the_right_figures_after_a_restart(asked, again, saved):
    path, handle, store = saved
    with Server(store) as second:
        asked.server = second
        document = again.open(path, plugged=[layout.WHAT_IF])
        again.calls.clear()
        document.set(layout.WHAT_IF, "D6", 0.25)
        assert document.value(layout.WHAT_IF, TRIED) == f"{handle} with {FIGURE} = 0.25"
        in_plan, tried = gain_of_the_system(document)
        assert "ICB_PLAN" not in {call.name for call in again.calls}
        assert (in_plan, tried) == (pytest.approx(expected(0.5)), pytest.approx(expected(0.25)))
        document.close()


def test_a_server_that_forgot_it_says_what_to_press_and_is_right_after_that(asked, again, saved):
    path, handle, _ = saved
    with Server() as other:  # its own folder, its own store: it keeps nothing of the plan
        asked.server = other
        document = again.open(path, plugged=[layout.WHAT_IF])
        again.calls.clear()
        document.set(layout.WHAT_IF, "D6", 0.25)
        assert document.value(layout.WHAT_IF, TRIED) == f"✗ {stopped.NOT_KEPT}"
        assert "Ctrl+Alt+F9" in stopped.NOT_KEPT
        assert gain_of_the_system(document) == (stopped.NOT_THERE, stopped.NOT_THERE)
        assert "ICB_PLAN" not in {call.name for call in again.calls}
        document.plug_in()
        assert document.value(layout.WHAT_IF, TRIED) == f"{handle} with {FIGURE} = 0.25"
        assert gain_of_the_system(document) == (
            pytest.approx(expected(0.5)),
            pytest.approx(expected(0.25)),
        )
        document.close()

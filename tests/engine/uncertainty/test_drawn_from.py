"""Simulation and Tornado are drawn again where something changes that a draw hangs on, and only there."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import numpy as np
import pytest

from icbudget.answers.simulated_ranges import net_worth, simulated
from icbudget.engine.uncertainty.drawn_from import NOT_READ, SETTINGS_NOT_READ
from icbudget.engine.uncertainty.simulate import simulate
from icbudget.plan import TABLES
from icbudget.plan.looked_at import Watched
from icbudget.plan.plan_text import from_yaml
from tests.places import FIRST_BOROUGH, WORKBOOKS

DRAWS = 20


def plan_at(path):
    return from_yaml(path.read_text(encoding="utf-8")).plan


@pytest.fixture(scope="module")
def borough():
    plan = plan_at(FIRST_BOROUGH)
    return having(plan, setup={"draws": DRAWS})


def having(plan, setup=None, **first_rows):
    """The plan with settings changed, and figures of the first row of tables."""
    changed = {}
    if setup:
        changed["setup"] = plan.setup.model_copy(update=setup)
    for table, figures in first_rows.items():
        rows = getattr(plan, table)
        changed[table] = (rows[0].model_copy(update=figures), *rows[1:])
    return plan.model_copy(update=changed)


def a_row_more(table, plan):
    """The plan with one more row of a table, of which only what must be there is filled in."""
    noun = TABLES[table].noun
    filled = {name: "x" for name, field in noun.model_fields.items() if field.is_required()}
    return plan.model_copy(update={table: (*getattr(plan, table), noun.model_construct(**filled))})


LEAVES = {
    "title": lambda plan: having(plan, setup={"title": "Another title"}),
    "prepared by": lambda plan: having(plan, setup={"prepared_by": "Somebody"}),
    "name of a scheme": lambda plan: having(plan, schemes={"name": "Another name"}),
    "owner of a scheme": lambda plan: having(plan, schemes={"owner": "Somebody"}),
    "name of a programme": lambda plan: having(plan, programmes={"name": "Another name"}),
    "name of a partner": lambda plan: having(plan, partners={"name": "Another name"}),
    "source of an activity line": lambda plan: having(plan, acute_lines={"evidence": "A letter"}),
    "rows read anew": lambda plan: plan.model_copy(
        update={"schemes": tuple(row.model_copy() for row in plan.schemes)}
    ),
}
LEAVES |= {f"a row of {table}": partial(a_row_more, table) for table in sorted(NOT_READ)}
CHANGES = {
    "amount of a scheme": lambda plan: having(plan, schemes={"base_amount": Decimal(1)}),
    "effect": lambda plan: having(plan, programmes={"effect": 0.11}),
    "price": lambda plan: having(plan, acute_lines={"unit_price": Decimal(4000)}),
    "id of a goal": lambda plan: having(plan, goals={"id": "another"}),
    "seed": lambda plan: having(plan, setup={"seed": 7}),
    "draws": lambda plan: having(plan, setup={"draws": DRAWS + 1}),
    "what is assumed": lambda plan: having(plan, setup={"uncertainty": "entered"}),
    "share reinvested": lambda plan: having(plan, setup={"reinvest_share": 0.5}),
    "one row fewer": lambda plan: plan.model_copy(update={"schemes": plan.schemes[1:]}),
}


@pytest.mark.parametrize("edit", LEAVES.values(), ids=LEAVES.keys())
def test_an_edit_of_what_no_draw_hangs_on_draws_nothing_again(borough, edit):
    changed = edit(borough)
    assert changed != borough or edit is LEAVES["rows read anew"]
    before, worth = simulated(borough), net_worth(borough)
    after = simulated(changed)
    assert after.kept is before.kept and net_worth(changed) is worth
    assert after.plan is changed
    anew = simulate(changed, DRAWS)
    assert anew.outcomes == after.outcomes
    for n in range(len(anew.outcomes)):
        np.testing.assert_array_equal(anew.kept.of(n), after.kept.of(n))


@pytest.mark.parametrize("edit", CHANGES.values(), ids=CHANGES.keys())
def test_an_edit_of_what_draws_hang_on_draws_again(borough, edit):
    before, worth, changed = simulated(borough), net_worth(borough), edit(borough)
    after = simulated(changed)
    assert after.kept is not before.kept and net_worth(changed) is not worth
    anew = simulate(changed, changed.setup.draws)
    assert anew.outcomes == after.outcomes
    for n in range(len(anew.outcomes)):
        np.testing.assert_array_equal(anew.kept.of(n), after.kept.of(n))


@pytest.mark.parametrize(
    "path", [FIRST_BOROUGH, *sorted(WORKBOOKS.glob("*.yaml"))], ids=lambda path: path.stem
)
def test_no_draw_looks_at_what_is_named_as_not_read(path):
    watched = Watched(plan_at(path))
    simulate(watched, 4)
    assert not watched.looked_at & NOT_READ
    assert not watched.looked_at & {f"setup.{name}" for name in SETTINGS_NOT_READ}

"""A projection like an earlier one is what it would be if nothing had been made before."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal

import numpy as np
import pytest

from icbudget.engine.projection import as_before
from icbudget.engine.projection.as_before import projected
from icbudget.engine.projection.projection import project
from icbudget.engine.projection.structure import structure_of
from icbudget.engine.projection.wiring import rules_of
from icbudget.engine.run import figures
from icbudget.engine.uncertainty.sampling import put_in
from icbudget.engine.uncertainty.simulate import runner_of
from icbudget.plan.blanks import filled_in
from icbudget.plan.plan_text import from_yaml
from tests.places import FIRST_BOROUGH


@pytest.fixture(scope="module")
def borough():
    return filled_in(from_yaml(FIRST_BOROUGH.read_text(encoding="utf-8")).plan)


@pytest.fixture(autouse=True)
def nothing_made():
    as_before.forget()
    yield
    as_before.forget()


def inputs(plan):
    return structure_of(plan), figures(plan), rules_of(plan)


def with_base_amount(plan, at, more):
    row = plan.schemes[at]
    changed = row.model_copy(update={"base_amount": (row.base_amount or 0) + Decimal(more)})
    return plan.model_copy(
        update={"schemes": (*plan.schemes[:at], changed, *plan.schemes[at + 1 :])}
    )


def assert_same(one, other):
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("more", ["0.01", "1", "250000", "-40000000"])
def test_after_a_change_of_money_everything_is_as_if_worked_out_anew(borough, more):
    projected(*inputs(borough))
    for at in range(len(borough.schemes)):
        changed = inputs(with_base_amount(borough, at, more))
        assert_same(projected(*changed), project(*changed))


def test_the_acute_side_is_taken_over_where_the_same_is_bought_and_only_there(borough):
    first = projected(*inputs(borough))
    bought = [first.moves.scale]
    taken_over = set()
    for at in range(len(borough.schemes)):
        run = projected(*inputs(with_base_amount(borough, at, "1")))
        same = any(np.array_equal(run.moves.scale, scale) for scale in bought)
        assert (run.release is first.release) <= same
        taken_over.add(run.release is first.release)
        bought.append(run.moves.scale)
    # £1 on a line of the pool that runs out of money buys less; on a line of another it does not
    assert taken_over == {True, False}


def test_another_figure_of_the_acute_side_is_worked_out_anew(borough):
    first = projected(*inputs(borough))
    line = borough.acute_lines[0]
    dearer = line.model_copy(update={"unit_price": line.unit_price + 1})
    other = borough.model_copy(update={"acute_lines": (dearer, *borough.acute_lines[1:])})
    run = projected(*inputs(other))
    assert run.release is not first.release
    assert_same(run, project(*inputs(other)))


def test_many_draws_are_as_if_worked_out_anew_whether_the_same_is_bought_or_not(borough):
    runner = runner_of(borough)
    drawn = put_in(borough, runner.sampler.uncertain, runner.sampler.scores(0, 60))

    def of_draws(plan):
        return structure_of(plan), figures(plan, drawn), rules_of(plan)

    first = projected(*of_draws(borough))
    taken_over = set()
    for at in range(len(borough.schemes)):
        changed = of_draws(with_base_amount(borough, at, "1"))
        run = projected(*changed)
        assert_same(run, project(*changed))
        taken_over.add(run.release is first.release)
    assert taken_over == {True, False}


def test_what_was_asked_for_last_is_kept_longest(borough, monkeypatch):
    monkeypatch.setattr(as_before, "_MOST", 2)
    line = borough.acute_lines[0]

    def dearer(more):
        changed = line.model_copy(update={"unit_price": line.unit_price + more})
        return inputs(
            borough.model_copy(update={"acute_lines": (changed, *borough.acute_lines[1:])})
        )

    first = projected(*dearer(0))
    for more in (1, 2, 3):
        projected(*dearer(more))
        assert projected(*dearer(0)).release is first.release


def test_a_projection_that_would_fill_the_room_is_not_kept(borough, monkeypatch):
    monkeypatch.setattr(as_before, "_MOST_OF_ONE", 10)
    projected(*inputs(borough))
    assert as_before._count() == 0


def test_what_is_kept_has_a_bound(borough):
    for more in range(as_before._MOST + 10):
        line = borough.acute_lines[0]
        dearer = line.model_copy(update={"unit_price": line.unit_price + more})
        projected(
            *inputs(borough.model_copy(update={"acute_lines": (dearer, *borough.acute_lines[1:])}))
        )
    assert as_before._count() == as_before._MOST

"""The lines of a plan stay as they were after an edit that they do not hang on, and only then."""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget.engine.projection import lines
from icbudget.engine.projection.structure import structure_of
from icbudget.engine.run import run
from icbudget.plan.blanks import filled_in
from icbudget.plan.plan_text import from_yaml
from tests.places import FIRST_BOROUGH


@pytest.fixture(scope="module")
def borough():
    return filled_in(from_yaml(FIRST_BOROUGH.read_text(encoding="utf-8")).plan)


class Noted:
    """A row that notes which of its fields somebody reads."""

    def __init__(self, row, read):
        self._row, self._read = row, read

    def __getattr__(self, name):
        self._read.add(name)
        return getattr(self._row, name)


def test_nothing_is_read_of_a_line_but_what_two_lines_are_compared_by(borough):
    read = set()
    rows = tuple(Noted(row, read) for row in borough.acute_lines)
    lines._lines(borough.model_copy(update={"acute_lines": rows}), rows)
    assert read == set(lines._HANG_ON)


def with_line(plan, **changes):
    first, *others = plan.acute_lines
    return plan.model_copy(update={"acute_lines": (first.model_copy(update=changes), *others)})


def test_an_edit_of_a_price_or_an_activity_leaves_the_structure_as_it_was(borough):
    before = structure_of(borough)
    dearer = with_line(borough, unit_price=Decimal("4000"), base_activity=17000.0)
    assert structure_of(dearer) is before
    one, other = run(borough).projection, run(dearer).projection
    assert (other.pay_nothing[0, 0, 0] > one.pay_nothing[0, 0, 0]).all()


@pytest.mark.parametrize(
    ("field", "value", "array"),
    [
        ("block_size", 300.0, "block_size"),
        ("hold", 2, "hold"),
        ("contract", "activity", "by_contract"),
        ("rebase_years", ("2027/28",), "rebase"),
        ("price_uplift", "pop_all", "price_uplift"),
        ("provider", "", "market"),
    ],
)
def test_an_edit_of_how_a_line_is_paid_or_released_is_another_structure(
    borough, field, value, array
):
    before = structure_of(borough).lines
    after = structure_of(with_line(borough, **{field: value})).lines
    assert repr(getattr(after, array)) != repr(getattr(before, array))
    assert structure_of(borough).lines is before


def test_what_no_purchase_changes_is_shared_by_plans_with_the_same_rows(borough):
    first = run(borough).projection
    scheme, *others = borough.schemes
    more = scheme.model_copy(update={"base_amount": scheme.base_amount + Decimal(1)})
    richer = run(borough.model_copy(update={"schemes": (more, *others)})).projection
    assert (richer.moves.scale != first.moves.scale).any()
    assert richer.before.lines is first.before.lines
    assert richer.before.programmes is first.before.programmes
    programme, *rest = borough.programmes
    weaker = programme.model_copy(update={"effect": 0.0})
    weak = run(borough.model_copy(update={"programmes": (weaker, *rest)})).projection
    assert weak.before.lines is first.before.lines
    assert (weak.avoided < first.avoided).any()
    dearer = run(with_line(borough, unit_price=Decimal("4000"))).projection
    assert dearer.before.lines is not first.before.lines

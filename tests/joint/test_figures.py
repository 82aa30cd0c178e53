"""A unit and its value as they are kept in a workbook, and what a changed workbook may hold."""

from __future__ import annotations

import pytest

from icbudget.joint.figures import NotReadable, as_json, from_json, path_of, row_from_json, unit_of
from icbudget.joint.plan_as_cells import Unit, units
from tests.joint.test_merge_cases import BASE


def test_every_unit_and_value_comes_back_as_it_was():
    for unit, value in units(BASE).items():
        if unit.table != "setup" or unit.cell:
            assert unit_of(path_of(unit)) == unit
            assert from_json(unit, as_json(value)) == value
    for special in (
        Unit("partners", (), "order"),
        Unit("schemes", ("1", "1"), "key"),
        Unit("contributions", ("p", "icb", "a/b", "1"), "amounts[2027/28]"),
    ):
        assert unit_of(path_of(special)) == special


@pytest.mark.parametrize(
    "path",
    [
        *("", "x", "nowhere/1/name", "schemes/1/name", "schemes/1|1|1/name", "schemes/1|1/nothing"),
        *("history/1/why", "risk_shares/A|icb|1/*", "partners/icb/order/x", "goals/g/target+x"),
    ],
)
def test_what_is_no_unit_is_refused(path):
    with pytest.raises(NotReadable):
        unit_of(path)


@pytest.mark.parametrize(
    "text", ["{", "1", "[[1]]", '[["x", 1]]', '[["base_amount", "lots"]]', "[" * 10_000, '"text"']
)
def test_what_is_no_value_is_refused(text):
    with pytest.raises(NotReadable):
        from_json(Unit("contributions", ("p", "icb", "S", "1")), text)


@pytest.mark.parametrize(
    "text", ["", "[]", '[["a"], []]', '[["a", "1"], [["x", 1]]]', "[" * 10_000]
)
def test_what_is_no_row_is_refused(text):
    with pytest.raises(NotReadable):
        row_from_json("schemes", text)

"""What every plan of `workbooks/` keeps to, real or illustrative."""

from __future__ import annotations

import io
from functools import cache

import openpyxl
import pytest

from icbudget.answers.case import evaluate_plan
from icbudget.plan import TABLES
from icbudget.plan.columns import WITH_ITS_TABLE, columns_of
from icbudget.plan.modules import POOL
from icbudget.plan.plan import WITH_ITS_MODULE
from icbudget.plan.plan_text import from_yaml
from icbudget.workbook import layout
from icbudget.workbook.writing.build import build
from tests.places import WORKBOOKS
from tests.rebuild import WHAT_IT_USES
from tests.workbooks.published import answer

PLANS = sorted(WORKBOOKS.glob("*.yaml"))


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_goals_improve_on_where_they_begin(path):
    plan = from_yaml(path.read_text(encoding="utf-8"), path.name).plan
    case = evaluate_plan(plan)
    begins = {row.labels[0]: row.values[0] for row in answer(case, "goal-tracker").rows[::-1]}
    for goal in plan.goals:
        better = goal.target - begins[goal.id]
        assert better > 0 if goal.good == "higher" else better < 0, goal.measure


@cache
def opened(path):
    """The plan of a sample, and its workbook as it is built now, without its answers."""
    plan = from_yaml(path.read_text(encoding="utf-8"), path.name).plan
    content = build(plan, {}, live=True, choice=WHAT_IT_USES)
    return plan, openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_a_sample_opens_with_the_sheets_that_its_plan_uses_and_no_other(path):
    plan, book = opened(path)
    filled = {name: table for name, table in TABLES.items() if getattr(plan, name)}
    modules = {POOL, *(table.module for table in filled.values())}
    for name, table in TABLES.items():
        if table.label in book.sheetnames:
            # those of the pool are in every workbook; of another module only what has rows
            of_the_pool = table.opens == WITH_ITS_MODULE and table.module == POOL
            assert name in filled or of_the_pool, f"{table.label} has no row"
        else:
            assert name not in filled, f"{table.label} has rows and no sheet"
    assert (layout.WHAT_IF in book.sheetnames) is ("shift" in modules)
    if modules == {POOL}:
        assert len(book.sheetnames) <= 16


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_a_sample_has_the_columns_that_open_and_those_with_a_value_and_no_other(path):
    plan, book = opened(path)
    modules = {POOL, *(table.module for name, table in TABLES.items() if getattr(plan, name))}
    further = 0
    for name, table in TABLES.items():
        if table.label not in book.sheetnames:
            continue
        there = {str(cell.value).split(" (")[0] for cell in book[table.label][5] if cell.value}
        for column in columns_of(table.noun):
            if column.by_year or column.label not in there or column.required:
                continue
            if column.opens in (WITH_ITS_TABLE, *modules):
                continue
            values = [getattr(row, column.field) for row in getattr(plan, name)]
            used = [value for value in values if value not in ("", None, (), column.default)]
            assert used, f"{table.label} ▸ {column.label} is open and blank in every row"
            further += 1
    assert further or path.stem not in ("illustrative-borough",)

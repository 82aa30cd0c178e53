"""The checklist of a results workbook leads to the workbook's own cells."""

from __future__ import annotations

import io

import openpyxl

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.workbook.writing.build import build
from tests.workbook.plans import rich


def test_a_cell_that_is_not_filled_in_is_one_click_away():
    case = evaluate_plan(rich())
    opened = openpyxl.load_workbook(
        io.BytesIO(build(case.plan, tasks.answers(case), live=False, case=case))
    )
    sheet = opened["Checklist"]
    heads = {
        cell.value: cell.column
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in ("Where", "What is needed")
    }
    for row in sheet.iter_rows():
        if row[heads["What is needed"] - 1].value == "Provider: scheme 2":
            cell = row[heads["Where"] - 1]
            assert cell.hyperlink and cell.hyperlink.location == cell.value
            name, address = cell.value.split("!")
            target = opened[name][address]
            assert target.value is None and opened[name].cell(5, target.column).value == "Provider"
            assert opened[name].cell(target.row, 1).value == "2"
            return
    raise AssertionError("the checklist does not name the blank provider of scheme 2")

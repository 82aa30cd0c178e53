"""What two partners do to each other's rows in the files that they hand in, merged by file.

The rules themselves are tested cell by cell (`test_merge_cases`); here both fill in workbooks.
"""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pytest

from icbudget import tasks
from tests.joint.test_joint_work import AMOUNT, DAY, HEADINGS, PLAN, cell_of, errors
from tests.workbook.opened import with_sheets

LEAD = "Lead partner"


def added(page, values, *, below):
    """A row typed under the last one of a table."""
    at = {cell.value: cell.column for cell in page[HEADINGS]}
    row = cell_of(page, *below).row + 1
    for heading, value in values.items():
        page.cell(row, at[heading]).value = value


def with_formula(path, sheet, at, formula):
    """A formula beside the value that a cell holds, as Excel stores one; openpyxl keeps no value."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = f"xl/worksheets/sheet{sheet}.xml"
    xml, count = re.subn(
        rf'(<c r="{at}"[^>]*>)(<v>)', rf"\1<f>{formula}</f>\2", parts[name].decode()
    )
    assert count == 1
    parts[name] = xml.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, content in parts.items():
            packed.writestr(part, content)


NEW = {
    "Scheme": "3",
    "Name": "Telecare",
    "Pool": "bcf",
    "Source of funding": "Additional LA Contribution",
    "Commissioner": "Joint",
    "Index": "flat",
}


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    """Both want what one alone cannot have; the ICB's own amount is a formula."""
    folder = tmp_path_factory.mktemp("bad")
    plan, _ = folder / "plan.xlsx", tasks.convert(PLAN, folder / "plan.xlsx")
    outs = {who: folder / f"{who}-out.xlsx" for who in ("council", "icb")}
    tasks.share_parts(plan, outs, record=folder / "shared.xlsx", on=DAY)
    first, second = ({"Scheme": "1"}, AMOUNT), ({"Scheme": "2"}, LEAD)
    falls = {"Goal": "falls"}, "Target"

    book = openpyxl.load_workbook(outs["council"])
    cell_of(book["Schemes"], *second).value = "icb"
    added(book["Schemes"], NEW | {AMOUNT: 10}, below=second)
    # A row is taken out as people do it: its cells are cleared.
    for cell in book["Goals"][cell_of(book["Goals"], *falls).row]:
        cell.value = None
    book.save(council := folder / "council.xlsx")

    book = openpyxl.load_workbook(outs["icb"])
    cell_of(book["Goals"], *falls).value = 85
    added(book["Schemes"], NEW | {AMOUNT: 20}, below=second)
    amount = cell_of(book["Schemes"], *first)
    amount.value = 990
    book.save(icb := folder / "icb.xlsx")
    with_formula(icb, book.sheetnames.index("Schemes") + 1, amount.coordinate, "1000-10")

    made = tasks.merge_parts(
        folder / "shared.xlsx", [str(council), str(icb)], folder / "j.xlsx", on=DAY
    )
    assert made.path is not None, [str(f) for f in made.findings]
    return made


@pytest.fixture(scope="module")
def plan(merged):
    return tasks.load(merged.path).plan


def verdicts(merged, table):
    return {(u.key, u.cell): str(o.verdict) for u, o in merged.outcomes.items() if u.table == table}


def test_a_row_deleted_by_one_and_changed_by_another_stays_with_the_change(merged, plan):
    assert "to agree" in verdicts(merged, "goals").values()
    assert [(row.id, row.target) for row in plan.goals] == [("falls", 85)]


def test_of_two_rows_under_one_key_neither_is_in_the_plan_and_both_stand_on_to_agree(merged, plan):
    assert [row.id for row in plan.schemes] == ["1", "2"]
    assert verdicts(merged, "schemes")[("3", "1"), ""] == "to agree"
    asks = {row.partner: row.asked for row in plan.to_agree if row.figure == "schemes/3|1/"}
    assert "Base amount £10" in asks["council"] and "Base amount £20" in asks["icb"]


def test_a_lead_given_away_by_one_alone_stays_where_it_was(merged, plan):
    assert [row.lead_partner for row in plan.schemes] == ["icb", "council"]
    assert verdicts(merged, "schemes")[("2", "1"), "lead_partner"] == "proposed"
    (told,) = [str(f) for f in merged.findings if "Lead partner" in str(f)]
    assert "council asks for icb. council stands" in told
    assert "only where the old and the new owner both ask" in told


def test_a_formula_in_an_input_cell_comes_with_its_value(merged, plan):
    assert plan.schemes[0].base_amount == 990
    sheet = with_sheets(merged.path, "Schemes")["Schemes"]
    assert cell_of(sheet, {"Scheme": "1"}, AMOUNT).value == "=1000-10"


def test_each_that_is_open_is_one_error(merged):
    assert errors(merged.findings) == ["joint.to-agree"] * 2

"""Plan → workbook → plan loses nothing, whoever saved the workbook in between."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from icbudget.plan import Plan
from icbudget.plan.identity import plan_hash
from icbudget.workbook.reading.read_plan import read_workbook
from icbudget.workbook.writing.build import blank_plan, build
from tests.workbook.plans import plans, rich, rich_blocks, rich_case, rich_workbook


def test_the_plan_that_fills_every_table_fills_every_table():
    assert [name for name in Plan.model_fields if not getattr(rich(), name)] == []


@pytest.mark.parametrize("live", [True, False])
def test_nothing_is_lost(tmp_path, live):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook(live=live))
    draft = read_workbook(path)
    assert draft.plan == rich()
    assert plan_hash(draft.plan) == plan_hash(rich())
    assert draft.findings == []


def test_the_blank_template_is_the_blank_plan(tmp_path):
    path = tmp_path / "blank.xlsx"
    path.write_bytes(build(blank_plan(), {}, live=True))
    draft = read_workbook(path)
    assert draft.plan == blank_plan()
    assert draft.findings == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans())
def test_any_plan_comes_back(tmp_path_factory, plan):
    path = tmp_path_factory.mktemp("plan") / "plan.xlsx"
    path.write_bytes(build(plan, {}, live=False))
    draft = read_workbook(path)
    assert draft.findings == []
    assert draft.plan == plan


def test_a_plan_that_openpyxl_saved_reads_alike(tmp_path):
    path = tmp_path / "saved.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(rich_workbook()))
    book.save(path)
    draft = read_workbook(path)
    assert draft.plan == rich()
    assert draft.findings == []


@pytest.mark.program("libreoffice")
def test_a_plan_that_libreoffice_saved_reads_alike(tmp_path, calc):
    path, saved = tmp_path / "plan.xlsx", tmp_path / "saved.xlsx"
    path.write_bytes(rich_workbook(live=False))
    document = calc.open(path)
    document.save_as(saved)
    document.close()
    draft = read_workbook(saved)
    assert draft.plan == rich()
    assert draft.findings == []


def test_every_figure_has_its_cell(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook())
    places = read_workbook(path).places
    book = openpyxl.load_workbook(path)
    for name, expected in (
        ("acute_lines/NEL75/unit_price", 3150.55),
        ("contributions/BCF|council|Additional LA Contribution|1/amounts[2026/27]", 125000.5),
        ("programmes/falls/fixed_cost[2026/27]", 90000.01),
        ("acute_lines/NEL75/closes[2028/29]", 1),
        ("setup/horizon", 3),
        ("risk_shares/main|council|1/share", 0.49),
    ):
        assert book[places[name].sheet][places[name].cell].value == expected, name


def test_text_that_looks_like_a_formula_stays_text():
    packed = zipfile.ZipFile(io.BytesIO(build(rich(), rich_blocks(), live=False, case=rich_case())))
    book = openpyxl.load_workbook(io.BytesIO(packed.fp.getvalue()))
    told = {
        cell.value: cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    }
    for text in (
        "=cmd|'/c calc'!A1",
        "-5 is not a formula; nor is @SUM(A1) or +1.",
        "=Riverbank Council",
        "@Riverbank Hospitals",
        "+Extra",
    ):
        assert told[text] == "s", text

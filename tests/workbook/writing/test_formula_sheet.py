"""Formulas and cells are written as XlsxWriter alone would write them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from icbudget.workbook.writing.formula_sheet import LONG_KNOWN, FormulaSheet

FORMULAS = (
    *(f"={name}(1)" for name in sorted(LONG_KNOWN)),
    '=$B7="£"',
    "=SUMIFS($D$8:$D$4007,$A$8:$A$4007,$A7)",
    "{=SUM(A1:A3)}",
    "=SUM({1,2})+{3}",
    "=IFS(A1>0,1)+SUM(A2)",
    "=XLOOKUP(A1,B:B,C:C)",
    "=IF(A1,_xlfn.STDEV.S(B1:B9),STDEV.S(C1))",
    '=IF(A1,"FILTER(",0)',
    "=ICB_TABLE(A1)",
)


@pytest.mark.parametrize("expanded", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
def test_it_is_written_as_by_xlsxwriter(formula, expanded):
    mine = FormulaSheet()._prepare_formula(formula, expanded)
    assert mine == Worksheet()._prepare_formula(formula, expanded)


def _sheet_of(kind) -> bytes:
    """Return the XML of a sheet with cells of every kind, written by a class of worksheets."""
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        bold, pounds = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("Cells", kind)
        sheet.set_column(3, 3, 20, bold)
        for row, look in ((0, None), (17, bold), (40, pounds), (41, book.default_url_format)):
            sheet.write_string(row, 1, 'a "text" & <more>', look)
            sheet.write_string(row, 2, "again", look)
            sheet.write_number(row, 3, 1 / 3, look)
            sheet.write_number(row, 4, -1e21, look)
            sheet.write_number(row, 30, 12, look)
            sheet.write_blank(row, 31, None, look)
            sheet.write_formula(row, 32, "=SUM(D1:E1)", look, 2.5)
            sheet.write_boolean(row, 33, True, look)
            sheet.write_datetime(row, 34, dt.datetime(2026, 4, 1), look)
        sheet.set_row(50, 30)
        sheet.write_comment(60, 5, "A note in a row without cells.")
        sheet.set_row(70, None, bold)
        sheet.write_string(70, 2, "The look of its row")
    return zipfile.ZipFile(stream).read("xl/worksheets/sheet1.xml")


def test_cells_of_every_kind_are_written_as_by_xlsxwriter():
    assert _sheet_of(FormulaSheet) == _sheet_of(Worksheet)

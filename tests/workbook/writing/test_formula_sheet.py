"""A formula of long known functions is written as XlsxWriter alone would write it."""

from __future__ import annotations

import pytest
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

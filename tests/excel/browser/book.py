"""A built workbook as the fake of Office.js holds it: cells with values and formulas, and
tables."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula


def as_cells(content: bytes, name: str = "Jane Doe disciplinary.xlsx") -> dict[str, Any]:
    """Return a workbook's sheets; dates become serial numbers with their format, as Excel gives
    them.
    """
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    sheets = [_sheet(formulas[title], values[title]) for title in formulas.sheetnames]
    names = {
        own: {"sheet": text.rpartition("!")[0].strip("'"), "cell": text.rpartition("!")[2]}
        for own in ("Plan", "Tried", "PythonConnected")
        if own in formulas.defined_names
        for text in [formulas.defined_names[own].attr_text]
    }
    first = sheets[0]["name"]
    return {"name": name, "active": first, "selection": "A1", "sheets": sheets, "names": names}


def _sheet(formulas: Any, values: Any) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for row in formulas.iter_rows():
        for cell in row:
            shown = values[cell.coordinate].value
            text = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
            is_formula = (isinstance(text, str) and cell.data_type == "f") or isinstance(
                cell.value, ArrayFormula
            )
            if shown is None and not is_formula:
                continue
            told: dict[str, Any] = {"v": _plain(shown)}
            if isinstance(shown, dt.datetime):
                told["n"] = "dd/mm/yyyy"
            if is_formula:
                told["f"] = text.replace("_xldudf_", "")
            cells[f"{cell.row - 1},{cell.column - 1}"] = told
    tables = []
    for table in formulas.tables.values():
        left, top, right, bottom = range_boundaries(table.ref)
        tables.append(
            {
                "name": table.displayName,
                "range": [top - 1, left - 1, bottom - top + 1, right - left + 1],
            }
        )
    return {"name": formulas.title, "cells": cells, "tables": tables}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return (value - dt.datetime(1899, 12, 30)).days
    return "" if value is None else value

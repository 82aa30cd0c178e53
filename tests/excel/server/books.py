"""A workbook as xlwings' own script sends it to the server: sheets with values and tables, nothing
else filled in.
"""

from __future__ import annotations

from typing import Any

from tests.excel.tables import PLACES


def as_payload(tables: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a script's call for tables by argument, each on its sheet from A5 on."""
    sheets = [_sheet(place, tables.get(name)) for name, place in PLACES.items()]
    book = {
        "name": "Jane Doe.xlsx",
        "active_sheet_index": 0,
        "selection": "A1",
        "calculation": "Automatic",
    }
    return {"client": "Office.js", "version": "0.37.8", "book": book, "names": [], "sheets": sheets}


def _sheet(place: Any, rows: list[list[Any]] | None) -> dict[str, Any]:
    rows = rows or []
    last = _cell(4 + len(rows), len(rows[0])) if rows else "A1"
    table = {
        "name": place.name,
        "range_address": f"A5:{last}",
        "row_count": len(rows),
        "column_count": len(rows[0]) if rows else 0,
        "columns": [],
        "header_row_range_address": None,
        "data_body_range_address": None,
        "total_row_range_address": None,
        "show_headers": True,
        "show_totals": False,
        "table_style": "",
        "show_autofilter": True,
    }
    width = len(rows[0]) if rows else 1
    values = [[""] * width for _ in range(4)] + [
        ["" if cell is None else cell for cell in row] for row in rows
    ]
    return {
        "name": place.sheet,
        "visibility": "Visible",
        "show_gridlines": True,
        "print_area": None,
        "notes": [],
        "notes_supported": False,
        "used_range_address": f"A1:{last}",
        "used_range_row_count": len(values),
        "used_range_column_count": width,
        "values": values,
        "pictures": [],
        "shapes": [],
        "charts": [],
        "tables": [table] if rows else [],
        "pivot_tables": [],
    }


def _cell(row: int, column: int) -> str:
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"

"""A cell of a workbook as the text that a CSV file would hold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal


def cell_text(value: object) -> str:
    """Return a cell of a workbook as a ledger in CSV writes it: plain digits, ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value)

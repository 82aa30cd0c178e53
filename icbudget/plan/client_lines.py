"""Activity that is typed as clients and what one of them has in a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icbudget.plan import cell_values
from icbudget.plan.acute_line import AcuteLine

BASE = "base_activity"


def taken(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base activity of a raw line that types clients instead: clients × units a client.

    Nothing where a base activity is typed, or one of the two is no number. Source: model §15.3.
    """
    clients, units = raw.get("clients"), raw.get("units_a_client")
    if not cell_values.is_blank(raw.get(BASE)):
        return {}
    if not all(_is_number(value) for value in (clients, units)):
        return {}
    return {BASE: float(str(clients)) * float(str(units))}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def base_of(row: AcuteLine) -> float | None:
    """Return the base activity that a line's clients come to; None where it types none."""
    if row.clients is None or row.units_a_client is None:
        return None
    return row.clients * row.units_a_client

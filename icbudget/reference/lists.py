"""Lists of the planning templates, kept by rules year."""

from __future__ import annotations

from functools import lru_cache

from icbudget.reference.evidence import LIBRARY
from icbudget.reference.loader import rows


def rules_years() -> tuple[str, ...]:
    """Return the rules years that have lists, earliest first."""
    return tuple(dict.fromkeys(sorted(row["rules_year"] for row in rows("choice"))))


@lru_cache(maxsize=1024)
def choices(list_name: str, rules_year: str, parent: str = "") -> tuple[str, ...]:
    """Return the values of a list in a rules year, of one scheme type where `parent` names it; empty where none is known.

    Lists: funding_source, area_of_spend, commissioner, provider, scheme_type, sub_type, unit, primary_objective, metric; and
    `LIBRARY`, the ids of the evidence library, which no rules year changes.
    """
    if list_name == LIBRARY:
        return tuple(row["id"] for row in rows(LIBRARY))
    return tuple(
        dict.fromkeys(
            row["value"]
            for row in rows("choice")
            if row["list"] == list_name and row["rules_year"] == rules_year and (not parent or row["parent"] == parent)
        )
    )


def sub_types(scheme_type: str, rules_year: str) -> tuple[str, ...]:
    """Return the sub types of a scheme type in a rules year; empty where it has none or none is known."""
    return choices("sub_type", rules_year, scheme_type) if scheme_type else ()

"""Lists of the planning templates, kept by rules year."""

from __future__ import annotations

from functools import lru_cache

from icbudget.reference.evidence_library import LIBRARY
from icbudget.reference.loader import UNCONFIRMED, rows


def rules_years() -> tuple[str, ...]:
    """Return the rules years that have lists, earliest first."""
    return tuple(dict.fromkeys(sorted(row["rules_year"] for row in rows("choice"))))


@lru_cache(maxsize=1024)
def choices(list_name: str, rules_year: str, parent: str = "") -> tuple[str, ...]:
    """Return the values of a list in a rules year; empty where none is known.

    They are those of one scheme type where `parent` names it.

    A list helps and does not bind: none was seen whole at its source, so a plan may hold entries of
    its own.

    Lists: funding_source, area_of_spend, commissioner, provider, scheme_type, sub_type, unit,
    primary_objective, metric; and `LIBRARY`, the ids of the evidence library, which no rules year
    changes.
    """
    if list_name == LIBRARY:
        return tuple(row["id"] for row in rows(LIBRARY))
    return tuple(
        dict.fromkeys(
            row["value"]
            for row in rows("choice")
            if (row["list"], row["rules_year"]) == (list_name, rules_year)
            and row["value"]
            and parent in ("", row["parent"])
        )
    )


def sub_types(scheme_type: str, rules_year: str) -> tuple[str, ...]:
    """Return the sub types of a scheme type in a rules year.

    They are empty where it has none or none is known.
    """
    return choices("sub_type", rules_year, scheme_type) if scheme_type else ()


def standing(list_name: str, rules_year: str) -> str:
    """Return in words how sure a list of a rules year is, or why the year has none."""
    listed = [
        row for row in rows("choice") if (row["list"], row["rules_year"]) == (list_name, rules_year)
    ]
    entries = [row for row in listed if row["value"]]
    if not entries:
        return f"None. {listed[0]['note']}" if listed else "None known"
    read = sum(row["status"] not in (*UNCONFIRMED, "judgement") for row in entries)
    rest = (
        "judgement: confirm"
        if any(row["status"] == "judgement" for row in entries)
        else "background knowledge: confirm"
    )
    if read == len(entries):
        return "Read at public sources"
    return (
        f"{read} of {len(entries)} read at public sources, the rest {rest}"
        if read
        else rest.capitalize()
    )


def listed_in(list_name: str, value: str) -> tuple[str, ...]:
    """Return the rules years whose list has a value, earliest first."""
    return tuple(year for year in rules_years() if value in choices(list_name, year))

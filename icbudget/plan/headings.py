"""The headings of a table of cells: which column is which field of the plan, and which is which
financial year.

A heading is matched by its label, its label with the unit, or its field name; case and punctuation
do not count, nor does a unit in brackets at its end.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from icbudget import years
from icbudget.findings import Finding, error, note
from icbudget.plan import cell_values
from icbudget.plan.columns import columns_of
from icbudget.plan.plan import PlanTable

FIGURE = "Figure"
"""Heading of a companion's column that names which figure a row gives."""
SETTING, VALUE = "Setting", "Value"
"""The two headings that Setup needs; others, such as Unit and Note, are for people."""
_UNIT = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_LIKE_A_YEAR = re.compile(r"^(FY)?\s*('?\d{2}|\d{4})(\s*[/\-–]\s*(\d{2}|\d{4}))?$", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\W_]+")


class Spot(NamedTuple):
    """A cell of a grid, counted from 0; row 0 holds the headings. `by_year` tells the companion
    from the main table.
    """

    row: int
    column: int
    by_year: bool = False


@dataclass(slots=True)
class Headings:
    """Which column of a grid is which field or year, and what is wrong with its headings.

    `names`: the field of every folded heading; `years_allowed`: whether financial years are columns
    of this table.
    """

    table: str
    names: Mapping[str, str]
    years_allowed: bool
    fields: dict[str, int] = field(default_factory=dict)
    years: dict[str, int] = field(default_factory=dict)
    stray_years: list[int] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[Spot, Finding]] = field(default_factory=list)

    def read(self, headings: Sequence[Any]) -> None:
        """Match the headings of a grid's first row; a blank heading heads nothing."""
        for at, heading in enumerate(headings):
            if cell_values.is_blank(heading):
                continue
            told = cell_values.clean(str(heading))
            name, year = matched(self.names, heading), year_of(told)
            if name is not None:
                self._claim(self.fields, name, at, told)
            elif year and self.years_allowed:
                self._claim(self.years, year, at, told)
            elif year:
                self.stray_years.append(at)
            elif self.years_allowed and (
                isinstance(heading, (dt.date, int, float)) or _LIKE_A_YEAR.match(told)
            ):
                message = (
                    f"The heading {told[:10]} is not a financial year, so the column would not be"
                    " read."
                )
                self.problems.append(
                    (
                        Spot(0, at),
                        error(
                            "table.not-a-year", message, "Head it as 2026/27, or delete the column."
                        ),
                    )
                )
            else:
                self.unknown[told] = at
                self.problems.append(
                    (
                        Spot(0, at),
                        note("table.unknown-column", f"The column “{told[:60]}” is not used."),
                    )
                )

    def _claim(self, known: dict[str, int], name: str, at: int, told: str) -> None:
        if name not in known:
            known[name] = at
            return
        fix = "Keep one of the two, so that it is clear which figures count."
        self.problems.append(
            (
                Spot(0, at),
                error("table.duplicate-column", f"The column {told} is there twice.", fix),
            )
        )

    def absent(self, heading: str) -> Finding:
        """Return the finding of a needed column that is missing, with the heading that was probably
        meant for it.
        """
        near = get_close_matches(heading, self.unknown, n=1)
        fix = (
            f"Is it the column “{near[0]}”? Head it {heading}."
            if near
            else "Add a column with this heading."
        )
        return error("table.missing-column", f"{self.table} has no column {heading}.", fix)


def matched(names: Mapping[str, str], heading: Any) -> str | None:
    """Return the field a heading names, as it is written or without a unit in brackets; None where
    there is none.
    """
    if cell_values.is_blank(heading):
        return None
    told = str(heading)
    return names.get(folded(told)) or names.get(folded(_without_unit(told)))


def folded(heading: str) -> str:
    """Return a heading as it is compared: lower case, words only."""
    return _PUNCTUATION.sub(" ", cell_values.clean(heading).casefold()).strip()


@cache
def names_of(table: PlanTable) -> Mapping[str, str]:
    """Return the field of every heading a column may have: its label, its label with the unit, or
    its field name.

    A label goes before another column's field name: Funding calls its field `evidence` Source.
    """
    columns = [c for c in columns_of(table.noun) if not c.by_year]
    names = {folded(c.field): c.field for c in columns}
    names.update({folded(c.heading): c.field for c in columns})
    names.update({folded(c.label): c.field for c in columns})
    return names


def _without_unit(heading: str) -> str:
    return _UNIT.sub("", cell_values.clean(heading))


def year_of(heading: str) -> str | None:
    """Return the financial year that a heading names, with or without a unit in brackets; None
    where it names none.
    """
    try:
        return years.year(_without_unit(heading))
    except ValueError:
        return None

"""The headings of a table of cells.

They say which column is which field of the plan, and which is which financial year.

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
SETUP_HEADINGS = (SETTING, VALUE, "Unit", "Note")
"""The two headings that Setup needs; others, such as Unit and Note, are for people."""
FORMER_LABELS = {
    "Acute line": "Activity line",
    "Acute lines": "Activity lines",
    "From acute line": "From activity line",
    "To acute line": "To activity line",
}
"""Headings of earlier versions, which are still read, and what each is called now."""
_UNIT = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
# Few plans have a heading of which these two are asked: they are compiled when one has.
_LIKE_A_YEAR = rf"(?i)^(FY)?\s*('?\d{{2}}|\d{{4}})(\s*[{years.BETWEEN}]\s*(\d{{2}}|\d{{4}}))?$"
_YEAR_INSIDE = rf"(?<!\d)\d{{4}}\s*[{years.BETWEEN}]\s*(?:\d{{4}}|\d{{2}})(?![\d{years.BETWEEN}])"
_PLAN_WORDS = frozenset(
    ("plan", "plans", "planned", "budget", "budgets", "budgeted", "fy", "financial", "year", "yr")
) | {"amount", "amounts", "rate", "rates", "value", "values", "for", "in"}
"""Words beside a year that leave it what the plan means by it; others, such as actual, do not."""
_ANOTHER_SCALE = re.compile(
    r"(?:£|gbp)?\s*['’,]?\s*(?:000s?|k|m|mn|bn|thousands?|millions?|billions?)(?:\s*(?:£|gbp))?",
    re.IGNORECASE,
)
"""A unit that is a thousand or a million of what icbudget reads, such as £000, £m or thousands."""
_PUNCTUATION = re.compile(r"[\W_]+")


class Spot(NamedTuple):
    """A cell of a grid, counted from 0; row 0 holds the headings.

    `by_year` tells the companion from the main table.
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
        # Read last: whether “2026/27 plan” may be the year hangs on whether a column 2026/27 is
        # there.
        with_words: list[tuple[int, str, str]] = []
        for at, heading in enumerate(headings):
            if cell_values.is_blank(heading):
                continue
            text = cell_values.clean(str(heading))
            name, year = matched(self.names, heading), year_of(text)
            if name is not None:
                self._claim(self.fields, name, at, text)
            elif year and self.years_allowed:
                self._claim(self.years, year, at, text)
            elif year:
                self.stray_years.append(at)
            elif self.years_allowed and year_inside(text):
                with_words.append((at, text, year_inside(text)))
            elif self.years_allowed and (
                isinstance(heading, (dt.date, int, float)) or re.match(_LIKE_A_YEAR, text)
            ):
                self._problem(at, _not_a_year(text))
            else:
                self._unused(at, text)
        for at, text, year in with_words:
            self._read_year_with_words(at, text, year)

    def _read_year_with_words(self, at: int, text: str, year: str) -> None:
        """Take a heading such as “2026/27 plan” for the year where its words allow it.

        Where they do not, and no column of the year itself is there, its figures may well be the
        plan's: that is an error, since they would be lost.
        """
        if _words_beside_year(text) <= _PLAN_WORDS:
            self._claim(self.years, year, at, text)
        elif year in self.years:
            self._unused(at, text)
        else:
            self._problem(at, _unclear_year(text, year))

    def _claim(self, known: dict[str, int], name: str, at: int, text: str) -> None:
        if _has_another_scale(text):
            self._problem(at, _another_scale(text))
        if name not in known:
            known[name] = at
            return
        fix = "Keep one of the two, so that it is clear which figures count."
        message = f"The column {text} is there twice."
        self._problem(at, error("table.duplicate-column", message, fix))

    def _unused(self, at: int, text: str) -> None:
        self.unknown[text] = at
        message = f"The column “{text[:60]}” is not used."
        fix = "Correct its heading if it is mistyped; else leave it."
        self._problem(at, note("table.unknown-column", message, fix))

    def _problem(self, at: int, finding: Finding) -> None:
        self.problems.append((Spot(0, at), finding))

    def absent(self, heading: str) -> Finding:
        """Return the finding of a needed column that is missing.

        It names the heading that was probably meant for it.
        """
        near = get_close_matches(heading, self.unknown, n=1)
        fix = f"Add a column headed {heading}."
        if near:
            fix = f"Head it {heading}, if the column “{near[0]}” is meant; else add one."
        return error("table.missing-column", f"{self.table} has no column {heading}.", fix)


def matched(names: Mapping[str, str], heading: Any) -> str | None:
    """Return the field a heading names; None where there is none.

    It may be written as declared or without a unit in brackets.
    """
    if cell_values.is_blank(heading):
        return None
    text = str(heading)
    return names.get(folded(text)) or names.get(folded(_without_unit(text)))


def folded(heading: str) -> str:
    """Return a heading as it is compared: lower case, words only."""
    return _PUNCTUATION.sub(" ", cell_values.clean(heading).casefold()).strip()


@cache
def names_of(table: PlanTable) -> Mapping[str, str]:
    """Return the field of every heading a column may have.

    That is its label, its label with the unit, its field name, or what an earlier version called
    it.

    A label goes before another column's field name: Funding calls its field `evidence` Source.
    """
    columns = [c for c in columns_of(table.noun) if not c.by_year]
    by_label = {c.label: c.field for c in columns}
    names = {
        folded(former): by_label[now] for former, now in FORMER_LABELS.items() if now in by_label
    }
    names.update({folded(c.field): c.field for c in columns})
    names.update({folded(c.heading): c.field for c in columns})
    names.update({folded(c.label): c.field for c in columns})
    return names


def _without_unit(heading: str) -> str:
    return _UNIT.sub("", cell_values.clean(heading))


def year_of(heading: str) -> str | None:
    """Return the financial year that a heading names; None where it names none.

    A unit in brackets may follow it.
    """
    try:
        return years.year(_without_unit(heading))
    except ValueError:
        return None


def year_inside(text: str) -> str:
    """Return the one financial year that stands in a heading among other words.

    It is blank where none or several do.
    """
    inside = re.findall(_YEAR_INSIDE, text)
    return (year_of(inside[0]) or "") if len(inside) == 1 else ""


def _words_beside_year(text: str) -> set[str]:
    rest = re.sub(_YEAR_INSIDE, " ", text).replace("£", " ")
    return set(folded(rest).split())


def _has_another_scale(text: str) -> bool:
    """Return whether a heading states a unit a thousand times or more what icbudget reads."""
    unit = _UNIT.search(text)
    return unit is not None and _ANOTHER_SCALE.fullmatch(unit[1].strip()) is not None


def _another_scale(text: str) -> Finding:
    return error(
        "table.another-scale",
        f"The column “{text[:60]}” says that its figures are in thousands or more; icbudget would"
        " read 25 there as 25.",
        "Type the figures in full (25,000, not 25) and take that unit out of the heading.",
    )


def _not_a_year(text: str) -> Finding:
    return error(
        "table.not-a-year",
        f"The heading {text[:10]} is not a financial year, so the column would not be read.",
        "Head it as 2026/27, or delete the column.",
    )


def _unclear_year(text: str, year: str) -> Finding:
    return error(
        "table.year-with-words",
        f"The heading “{text[:60]}” names {year} beside other words, and no column is headed"
        f" {year}: its figures would not be read.",
        f"Head it {year} if they are the plan's, or move the column out of the table.",
    )


WHY_IT_MATTERS = {
    "table.another-scale": "Figures in £000 read as pounds are a thousand times too small.",
    "table.duplicate-column": (
        "Two columns of one name hold different figures, and which counts would be chance."
    ),
    "table.missing-column": (
        "A column that is needed is not there, so its figures cannot be known for any row."
    ),
    "table.not-a-year": "The column's figures belong to no year, so they are in no total.",
    "table.unknown-column": (
        "The column changes nothing. If its heading is mistyped, the one that was meant is blank."
    ),
    "table.year-with-words": (
        "It is not certain that the column holds the plan's figures of that year (it may be"
        " last year's). They are not used."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

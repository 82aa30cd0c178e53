"""People by area, age and year that a person imports, such as the projections by local authority.

Source: model §15.2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from icbudget.findings import Finding
from icbudget.reference.imported_table import (
    EDITION,
    GRADES,
    Numbered,
    Texts,
    fault,
    read_rows,
    year_of,
)
from icbudget.reference.known_areas import find_area

HEADINGS = ("area", "year", "age_band", "people", "edition", "document", "grade")
"""Columns of the table, in any order; the year is the one that begins in the mid-year's."""
AGE_BANDS = ("all", "65+", "75+", "85+", "75-79")
_KEY = "area, year and age band"


@dataclass(frozen=True, slots=True)
class People:
    """People of an area and age band at the mid-year of a financial year. `area` is `Area.key`."""

    area: str
    year: str
    age_band: str
    people: int
    edition: str
    document: str
    grade: str

    @property
    def edition_month(self) -> tuple[int, int]:
        """Return the year and month of the edition."""
        return int(self.edition[:4]), int(self.edition[5:7])


def read_people(rows: Iterable[Numbered], name: str) -> tuple[tuple[People, ...], list[Finding]]:
    """Return the people of a table's rows, and every fault; none where any row is wrong."""
    read: list[People] = []

    def one(texts: Texts, number: int) -> tuple[tuple[str, ...], list[Finding]]:
        row, faults = _people(texts, number, name)
        if row is None:
            return (), faults
        read.append(row)
        return (row.area, row.year, row.age_band), []

    findings = read_rows(rows, name, "people", HEADINGS, one, _KEY)
    return ((), findings) if findings else (tuple(read), [])


def _people(texts: Texts, number: int, name: str) -> tuple[People | None, list[Finding]]:
    faults: list[Finding] = []

    def wrong(message: str, fix: str) -> None:
        faults.append(fault(name, number, message, fix))

    for heading in (h for h in HEADINGS if not texts[h]):
        wrong(f"The {heading} is blank.", "Fill it in; nothing is guessed.")
    if faults:
        return None, faults
    area, year = find_area(texts["area"]), year_of(texts["year"])
    number_of_people = texts["people"].replace(",", "")
    if area is None:
        wrong(f"There is no area “{texts['area']}”.", "Use the council's area or its ONS code.")
    if not year:
        wrong(f"“{texts['year']}” is not a financial year.", "Write it as 2026/27.")
    if texts["age_band"] not in AGE_BANDS:
        wrong(f"“{texts['age_band']}” is no age band.", f"Use one of: {'; '.join(AGE_BANDS)}.")
    if not number_of_people.isdecimal():
        wrong(f"“{texts['people']}” is no number of people.", "Write it as 12345, zero or more.")
    if not EDITION.match(texts["edition"]):
        wrong(f"“{texts['edition']}” is no date.", "Write when it was published as 2025-06-24.")
    if texts["grade"] not in GRADES:
        wrong(f"“{texts['grade']}” is no grade.", f"Use one of: {'; '.join(GRADES)}.")
    if faults or area is None:
        return None, faults
    provenance = (texts["edition"], texts["document"], texts["grade"])
    return People(area.key, year, texts["age_band"], int(number_of_people), *provenance), []


def as_csv(rows: Sequence[People]) -> str:
    """Return people as the CSV that is kept beside a plan, in the order of their keys."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for row in sorted(rows, key=lambda r: (r.area, r.age_band, r.year)):
        provenance = (row.edition, row.document, row.grade)
        writer.writerow((row.area, row.year, row.age_band, row.people, *provenance))
    return out.getvalue()

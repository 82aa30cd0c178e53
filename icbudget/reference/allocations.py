"""Allocations that a person imports: a table with a documented layout, checked whole.

What stands behind a login, such as the NHS minimum contributions, ships with no version; the table
is kept beside a plan instead. Source: model §15.2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from icbudget import money, years
from icbudget.findings import Finding
from icbudget.reference.choice_lists import choices, rules_years
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

HEADINGS = (
    "area",
    "year",
    "source",
    "contributor",
    "kind",
    "amount",
    "edition",
    "document",
    "grade",
)
"""Columns of the table, in any order; `contributor` may be blank (the council)."""
KINDS = ("contribution", "adult_social_care", "nhs_out_of_hospital", "minimum_contribution")
_BLANK_ALLOWED = ("contributor",)
_KEY = "area, year, source, contributor and kind"


@dataclass(frozen=True, slots=True)
class Allocation:
    """One amount of an area in a year: for what, from whom, of which edition, how far to trust it.

    `area` is `Area.key`; `edition` is `2026-02` or a day.
    """

    area: str
    year: str
    source: str
    contributor: str
    kind: str
    pence: int
    edition: str
    document: str
    grade: str

    @property
    def edition_month(self) -> tuple[int, int]:
        """Return the year and month of the edition."""
        return int(self.edition[:4]), int(self.edition[5:7])


def read_allocations(
    rows: Iterable[Numbered], name: str
) -> tuple[tuple[Allocation, ...], list[Finding]]:
    """Return the allocations of a table's rows, and every fault with its row.

    `rows`: (number, cells), headings first. None is returned where any row is wrong.
    """
    read: list[Allocation] = []

    def one(texts: Texts, number: int) -> tuple[tuple[str, ...], list[Finding]]:
        row, faults = _allocation(texts, number, name)
        if row is None:
            return (), faults
        read.append(row)
        return (row.area, row.year, row.source, row.contributor, row.kind), []

    findings = read_rows(rows, name, "allocations", HEADINGS, one, _KEY)
    return ((), findings) if findings else (tuple(read), [])


def _allocation(
    texts: dict[str, str], number: int, name: str
) -> tuple[Allocation | None, list[Finding]]:
    faults: list[Finding] = []

    def wrong(message: str, fix: str) -> None:
        faults.append(fault(name, number, message, fix))

    for heading, text in texts.items():
        if not text and heading not in _BLANK_ALLOWED:
            wrong(f"The {heading} is blank.", "Fill it in; nothing is guessed.")
    if faults:
        return None, faults
    # A blank would be refused once more by each test below, so that these wait.
    area = find_area(texts["area"])
    if area is None:
        wrong(f"There is no area “{texts['area']}”.", "Use the council's area or its ONS code.")
    year = year_of(texts["year"])
    if not year:
        wrong(f"“{texts['year']}” is not a financial year.", "Write it as 2026/27.")
    elif texts["kind"] == "contribution" and texts["source"] not in _sources(year):
        known = "; ".join(_sources(year))
        wrong(f"“{texts['source']}” is no funding source of {year}.", f"Use one of: {known}.")
    if texts["kind"] not in KINDS:
        wrong(f"“{texts['kind']}” is no kind of amount.", f"Use one of: {'; '.join(KINDS)}.")
    pence = _pence(texts["amount"])
    if pence is None:
        wrong(f"“{texts['amount']}” is no amount in £.", "Write it as 28475582.50, zero or more.")
    if not EDITION.match(texts["edition"]):
        wrong(f"“{texts['edition']}” is no date.", "Write when it was published as 2026-02-17.")
    if texts["grade"] not in GRADES:
        wrong(f"“{texts['grade']}” is no grade.", f"Use one of: {'; '.join(GRADES)}.")
    if faults or area is None or pence is None:
        return None, faults
    rest = (texts["source"], texts["contributor"], texts["kind"])
    provenance = (texts["edition"], texts["document"], texts["grade"])
    return Allocation(area.key, year, *rest, pence, *provenance), []


def _sources(year: str) -> tuple[str, ...]:
    """Return the funding sources of the latest rules year that has begun by a financial year."""
    # Allocations run further than rules are known: the latest rules are the best that anybody has.
    begun = [name for name in rules_years() if int(name[:4]) <= years.start(year)]
    return tuple(choices("funding_source", begun[-1] if begun else rules_years()[0]))


def _pence(text: str) -> int | None:
    try:
        amount = Decimal(text.removeprefix("£").replace(",", ""))
    except InvalidOperation:
        return None
    # Fractions of a penny are no published amount: somebody worked it out, or typed thousands.
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        return None
    return money.to_pence(amount)


def as_csv(rows: Sequence[Allocation]) -> str:
    """Return allocations as the CSV that is kept beside a plan, in the order of their keys."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    in_order = sorted(rows, key=lambda r: (r.area, r.year, r.source, r.contributor, r.kind))
    for row in in_order:
        key = (row.area, row.year, row.source, row.contributor, row.kind)
        pounds = f"{money.to_pounds(row.pence):.2f}"
        writer.writerow((*key, pounds, row.edition, row.document, row.grade))
    return out.getvalue()

"""Allocations that a person imports: a table with a documented layout, checked whole.

What stands behind a login, such as the NHS minimum contributions, ships with no version; the table
is kept beside a plan instead. Source: model §15.2.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from icbudget import money, years
from icbudget.findings import Finding, Place, error
from icbudget.reference.areas import find_area
from icbudget.reference.choice_lists import choices, rules_years

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
GRADES = ("read", "secondary", "excerpt", "derived")
_BLANK_ALLOWED = ("contributor",)
_EDITION = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-\d{2})?$")


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
    rows: Iterable[tuple[int, Sequence[str]]], name: str
) -> tuple[tuple[Allocation, ...], list[Finding]]:
    """Return the allocations of a table's rows, and every fault with its row.

    `rows`: (number, cells), headings first. None is returned where any row is wrong.
    """
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if not filled:
        return (), [_fault(name, 1, "The file has no rows.", f"Give the columns {_listed()}.")]
    at, findings = _columns(filled[0], name)
    if findings:
        return (), findings
    read: list[Allocation] = []
    first_rows: dict[tuple[str, ...], int] = {}
    for number, cells in filled[1:]:
        texts = {h: cells[n].strip() if n < len(cells) else "" for h, n in at.items()}
        one, faults = _allocation(texts, number, name)
        findings += faults
        if one is None:
            continue
        key = (one.area, one.year, one.source, one.contributor, one.kind)
        if key in first_rows:
            message = (
                f"The same area, year, source, contributor and kind as in row {first_rows[key]}."
            )
            findings.append(_fault(name, number, message, "Keep one of the two rows."))
        first_rows.setdefault(key, number)
        read.append(one)
    if not read and not findings:
        findings.append(_fault(name, 2, "The file has headings and no rows.", "Fill it in."))
    return ((), findings) if findings else (tuple(read), [])


def _listed() -> str:
    return ", ".join(HEADINGS)


def _fault(name: str, number: int, message: str, fix: str) -> Finding:
    return error("reference.row", f"Row {number}: {message}", fix, Place(workbook=name))


def _columns(
    headings: tuple[int, Sequence[str]], name: str
) -> tuple[dict[str, int], list[Finding]]:
    number, cells = headings
    texts = [cell.strip().casefold().removeprefix("\ufeff") for cell in cells]
    missing = [heading for heading in HEADINGS if texts.count(heading) != 1]
    unknown = [text for text in texts if text and text not in HEADINGS]
    if missing or unknown:
        wrong = [f"{heading} is missing or there twice" for heading in missing]
        wrong += [f"“{text}” is not known" for text in unknown]
        message = f"The headings are not those of allocations: {'; '.join(wrong)}."
        return {}, [_fault(name, number, message, f"Use {_listed()}.")]
    return {heading: texts.index(heading) for heading in HEADINGS}, []


def _allocation(
    texts: dict[str, str], number: int, name: str
) -> tuple[Allocation | None, list[Finding]]:
    faults: list[Finding] = []

    def fault(message: str, fix: str) -> None:
        faults.append(_fault(name, number, message, fix))

    for heading, text in texts.items():
        if not text and heading not in _BLANK_ALLOWED:
            fault(f"The {heading} is blank.", "Fill it in; nothing is guessed.")
    if faults:
        return None, faults
    area = find_area(texts["area"])
    if area is None:
        fault(f"There is no area “{texts['area']}”.", "Use the council's area or its ONS code.")
    year = _year(texts["year"])
    if not year:
        fault(f"“{texts['year']}” is not a financial year.", "Write it as 2026/27.")
    elif texts["kind"] == "contribution" and texts["source"] not in _sources(year):
        known = "; ".join(_sources(year))
        fault(f"“{texts['source']}” is no funding source of {year}.", f"Use one of: {known}.")
    if texts["kind"] not in KINDS:
        fault(f"“{texts['kind']}” is no kind of amount.", f"Use one of: {'; '.join(KINDS)}.")
    pence = _pence(texts["amount"])
    if pence is None:
        fault(f"“{texts['amount']}” is no amount in £.", "Write it as 28475582.50, zero or more.")
    if not _EDITION.match(texts["edition"]):
        fault(f"“{texts['edition']}” is no date.", "Write when it was published as 2026-02-17.")
    if texts["grade"] not in GRADES:
        fault(f"“{texts['grade']}” is no grade.", f"Use one of: {'; '.join(GRADES)}.")
    if faults or area is None or pence is None:
        return None, faults
    rest = (texts["source"], texts["contributor"], texts["kind"])
    provenance = (texts["edition"], texts["document"], texts["grade"])
    return Allocation(area.key, year, *rest, pence, *provenance), []


def _year(text: str) -> str:
    try:
        return years.year(text)
    except ValueError:
        return ""


def _sources(year: str) -> tuple[str, ...]:
    """Return the funding sources of the latest rules year that has begun by a financial year."""
    begun = [name for name in rules_years() if int(name[:4]) <= years.start(year)]
    return tuple(choices("funding_source", begun[-1] if begun else rules_years()[0]))


def _pence(text: str) -> int | None:
    try:
        amount = Decimal(text.removeprefix("£").replace(",", ""))
    except InvalidOperation:
        return None
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

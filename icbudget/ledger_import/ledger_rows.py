"""Reading a ledger's CSV: every row is taken, left out on purpose, or rejected with its line and
reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from icbudget import money
from icbudget.findings import Finding, Place, note, warning
from icbudget.ledger_import.ledger_amounts import Unreadable, amount, month_of_date, month_of_period
from icbudget.ledger_import.ledger_file import columns, decoded, records
from icbudget.ledger_import.ledger_map import LedgerMap, SchemeLine
from icbudget.plan import Plan
from icbudget.plan.actual import Actual
from icbudget.plan.cell_values import clean

LARGEST = 200_000_000
_MOST_REASONS = 40
_Key = tuple[int, str, str, int, str, str, str]
"""Month, kind, scheme, line, pool, source, partner: what a row of Actuals is of."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, why, its amount in pence (None where that
    could not be read), its cells.
    """

    line: int
    reason: str
    pence: int | None
    cells: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """What was read: rows of Actuals by scheme and month, rejects, counts and control totals, and
    findings.

    Totals are in pence, debits less credits: `read = taken + left out + rejected`, of the rows
    whose amount could be read.
    """

    name: str
    headings: tuple[str, ...] = ()
    actuals: tuple[Actual, ...] = ()
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    taken: int = 0
    left_out: int = 0
    read_pence: int = 0
    taken_pence: int = 0
    left_out_pence: int = 0
    again: list[Reject] = field(default_factory=list)
    """Rows taken that are an earlier row again, the same in every cell; the reason names that row's
    line.
    """
    findings: list[Finding] = field(default_factory=list)

    @property
    def rejected_pence(self) -> int:
        """Return the total of the rejected rows whose amount could be read."""
        return sum(reject.pence or 0 for reject in self.rejects)

    @property
    def control(self) -> tuple[tuple[str, int, int], ...]:
        """Return rows and pence of what was read, taken, left out and rejected."""
        return (
            ("Read", self.rows, self.read_pence),
            ("Taken", self.taken, self.taken_pence),
            ("Left out on purpose", self.left_out, self.left_out_pence),
            ("Rejected", len(self.rejects), self.rejected_pence),
        )

    @property
    def agrees(self) -> bool:
        """Return whether rows and money read are those taken, left out and rejected."""
        rows = self.taken + self.left_out + len(self.rejects) == self.rows
        return (
            rows and self.taken_pence + self.left_out_pence + self.rejected_pence == self.read_pence
        )


def read_ledger(content: bytes, told: LedgerMap, plan: Plan, year: str, name: str) -> Ledger:
    """Return the ledger of a CSV file's bytes for a financial year.

    Findings: an encoding or a file that cannot be read, a mapped column that is missing or there
    twice, rejects by reason with their first line, a control total that does not agree.
    """
    ledger = Ledger(name)
    text = decoded(content, told, name, ledger.findings)
    if text is None:
        return ledger
    rows = records(text, told, name, ledger.findings)
    heading_line, headings = next(rows, (1, []))
    ledger.headings = tuple(clean(heading) for heading in headings)
    at = columns(ledger.headings, heading_line, told, name, ledger.findings)
    if at is None:
        return ledger
    booked: dict[_Key, list[int]] = {}
    lookup = _Lookup(told, plan, year, at)
    first: dict[int, int] = {}
    for line, cells in rows:
        taken = ledger.taken_pence
        if (
            _take(ledger, lookup, booked, line, cells)
            and first.setdefault(hash(tuple(cells)), line) != line
        ):
            ledger.again.append(
                Reject(line, str(first[hash(tuple(cells))]), ledger.taken_pence - taken, ())
            )
    ledger.actuals = tuple(
        Actual(
            year=year,
            month=month,
            kind=kind,
            scheme=scheme,
            line=number,
            pool=pool,
            source=source,
            partner=partner,
            amount=money.to_pounds(pence[0]),
            accrual=money.to_pounds(pence[1]),
            evidence=f"Ledger {name}",
        )
        for (month, kind, scheme, number, pool, source, partner), pence in sorted(booked.items())
    )
    ledger.findings.extend(_told(ledger, told))
    return ledger


class _Lookup:
    """What a row of the ledger stands for."""

    def __init__(self, told: LedgerMap, plan: Plan, year: str, at: Mapping[str, int]) -> None:
        self.told, self.year, self.at = told, year, at
        self.lines = {(row.id, row.line) for row in plan.schemes}
        self.pools, self.partners = (
            {row.id for row in plan.pools},
            {row.id for row in plan.partners},
        )
        self.own = {
            row.id: SchemeLine(scheme=row.id, line=row.line) for row in reversed(plan.schemes)
        }
        self.own |= {
            f"{row.id}/{row.line}": SchemeLine(scheme=row.id, line=row.line) for row in plan.schemes
        }
        self.ignored, self.accruals = (
            {_folded(code) for code in told.ignore},
            {_folded(mark) for mark in told.accruals},
        )

    def left_out(self, cells: list[str], headings: tuple[str, ...]) -> bool:
        """Return whether a row is left out on purpose: its code is to be ignored, or it is the
        headings again on a new page.
        """
        code = _folded(self.cell(cells, "code"))
        return tuple(clean(cell) for cell in cells) == headings or any(
            code == ignored or (ignored.endswith("*") and code.startswith(ignored[:-1]))
            for ignored in self.ignored
        )

    def cell(self, cells: list[str], name: str) -> str:
        """Return the cell of a mapped column, blank where none is mapped."""
        return cells[self.at[name]].strip() if name in self.at else ""

    def pence(self, cells: list[str]) -> int:
        """Return the row's amount, debit positive. Raises `Unreadable`."""
        if "amount" in self.at:
            return amount(self.cell(cells, "amount"))
        debit, credit = self.cell(cells, "debit"), self.cell(cells, "credit")
        if not debit and not credit:
            raise Unreadable("neither debit nor credit")
        return (amount(debit) if debit else 0) - (amount(credit) if credit else 0)

    def month(self, cells: list[str]) -> int:
        """Return the row's month. Raises `Unreadable`."""
        if "period" in self.at:
            return month_of_period(self.cell(cells, "period"), self.year, self.told.period_form)
        return month_of_date(self.cell(cells, "date"), self.year, self.told.date_format)

    def key(self, cells: list[str]) -> tuple[str, str, int, str, str, str]:
        """Return kind, scheme, line, pool, source, partner of the row. Raises `Unreadable`."""
        code, partner = self.cell(cells, "code"), self.cell(cells, "partner")
        partner = self.told.partners.get(partner, partner)
        if partner and partner not in self.partners:
            raise Unreadable(f"partner “{partner[:40]}” is not in the plan")
        if (income := self.told.income.get(code)) is not None:
            if income.pool not in self.pools:
                raise Unreadable(
                    f"code {code} stands for pool {income.pool}, which is not in the plan"
                )
            return "income", "", 1, income.pool, income.source, income.partner or partner
        line = self.told.schemes.get(code) or self.own.get(code)
        if line is None:
            raise Unreadable(f"code “{code[:40]}” is not in the map" if code else "no code")
        if (line.scheme, line.line) not in self.lines:
            raise Unreadable(
                f"code {code} stands for scheme {line.scheme}, line {line.line}, which is not in"
                " the plan"
            )
        return "expenditure", line.scheme, line.line, "", "", partner


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _pence(lookup: _Lookup, cells: list[str], *, ignored: bool) -> int:
    """Return the row's amount, debit positive; nought for what is left out and holds none. Raises
    `Unreadable`.
    """
    try:
        return lookup.pence(cells)
    except Unreadable:
        if ignored:
            return 0
        raise


def _take(
    ledger: Ledger,
    lookup: _Lookup,
    booked: dict[tuple[int, str, str, int, str, str, str], list[int]],
    line: int,
    cells: list[str],
) -> bool:
    """Return whether one row was taken; else it is left out, or rejected. It is counted in any
    case.
    """
    ledger.rows += 1
    pence: int | None = None
    try:
        if len(cells) <= max(lookup.at.values()):
            raise Unreadable(
                f"the row has {len(cells)} cells, the headings have {len(ledger.headings)}"
            )
        if any(cell.strip() for cell in cells[len(ledger.headings) :]):
            raise Unreadable(
                "the row has more cells than headings: an amount with a comma needs quotes"
                " around it"
            )
        ignored = lookup.left_out(cells, ledger.headings)
        pence = _pence(lookup, cells, ignored=ignored)
        ledger.read_pence += pence
        if ignored:
            ledger.left_out += 1
            ledger.left_out_pence += pence
            return False
        kind, *rest = lookup.key(cells)
        month = lookup.month(cells)
    except Unreadable as why:
        ledger.rejects.append(Reject(line, str(why), pence, tuple(cells)))
        return False
    ledger.taken += 1
    ledger.taken_pence += pence
    sums = booked.setdefault((month, kind, *rest), [0, 0])  # type: ignore[arg-type]
    late = _folded(lookup.cell(cells, "accrual")) in lookup.accruals
    sums[1 if late else 0] += pence if kind == "expenditure" else -pence
    return True


def _told(ledger: Ledger, told: LedgerMap) -> Iterable[Finding]:
    """Yield a finding for each reason of rejects with its first line and its worth, and one for
    totals that do not agree.
    """
    by_reason: dict[str, list[Reject]] = {}
    for reject in ledger.rejects:
        by_reason.setdefault(reject.reason, []).append(reject)
    for reason, rows in list(by_reason.items())[:_MOST_REASONS]:
        known = [row.pence for row in rows if row.pence is not None]
        count = f"{len(rows):,} rows were" if len(rows) > 1 else "1 row was"
        message = f"{count} rejected, first in line {rows[0].line}: {reason}."
        place = Place(workbook=ledger.name, table=ledger.name, row=str(rows[0].line))
        fix = "Correct the ledger or the map; until then this money is not in the actuals."
        yield warning("ledger.rejected", message, fix, place, sum(known) if known else None)
    if len(by_reason) > _MOST_REASONS:
        message = f"Rows were rejected for {len(by_reason) - _MOST_REASONS:,} more reasons."
        yield warning(
            "ledger.rejected",
            message,
            "The list of rejects has them all.",
            Place(workbook=ledger.name),
        )
    if ledger.again:
        one, worth = ledger.again[0], sum(row.pence or 0 for row in ledger.again)
        count = f"{len(ledger.again):,} rows are" if len(ledger.again) > 1 else "1 row is"
        message = (
            f"{count} the same in every cell as an earlier one, first line {one.line} as line"
            f" {one.reason}; all are taken."
        )
        place = Place(workbook=ledger.name, table=ledger.name, row=str(one.line))
        yield warning(
            "ledger.same-rows", message, "Delete what was exported or booked twice.", place, worth
        )
    if ledger.left_out:
        shown = money.display(ledger.left_out_pence)
        count = f"{ledger.left_out:,} rows were" if ledger.left_out > 1 else "1 row was"
        message = (
            f"{count} left out on purpose, by the map or as the headings again, {shown} in all."
        )
        yield note("ledger.left-out", message, "", Place(workbook=ledger.name))
    if (
        told.control_total is not None
        and money.to_pence(told.control_total) != ledger.read_pence - ledger.left_out_pence
    ):
        stated, read = money.to_pence(told.control_total), ledger.read_pence - ledger.left_out_pence
        message = (
            f"The ledger's control total is {money.display(stated)}, but {money.display(read)} was"
            " read."
        )
        fix = "Look for rows that were lost on the way, or whose amount could not be read."
        yield warning(
            "ledger.control-total", message, fix, Place(workbook=ledger.name), read - stated
        )

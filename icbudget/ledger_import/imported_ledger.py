"""A ledger as it was read: rows of Actuals, rejects, and the totals that account for the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from icbudget.findings import Finding, has_errors
from icbudget.plan.actual import Actual


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, why, its amount and its cells.

    The amount is in pence; None where it could not be read.
    """

    line: int
    reason: str
    pence: int | None
    cells: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """What was read: rows of Actuals, rejects, counts and control totals, and findings.

    Totals are in pence, debits less credits: `read = taken + left out + rejected`, of the rows
    whose amount could be read. `column_pence` is the amount column added up by itself; `lines`
    counts the lines of the file, of which `other_lines` are above the headings, headings or blank.
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
    column_pence: int = 0
    size: int = 0
    lines: int = 0
    other_lines: int = 0
    row_lines: int = 0
    cumulative: bool = False
    again: list[Reject] = field(default_factory=list)
    """Rows taken that are an earlier row again, the same in every cell; the reason names that row's
    line.
    """
    taken_rows: dict[tuple[str, ...], tuple[int, int]] = field(default_factory=dict)
    """Line and pence of the first row taken with such cells."""
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
        """Return whether everything in the file is accounted for.

        Rows and money read are those taken, left out and rejected; every line of the file is a row
        or one of the others; the amount column by itself comes to what was read; and nothing in it
        is an error, such as a control total that differs.
        """
        accounted = self.taken_pence + self.left_out_pence + self.rejected_pence
        return (
            self.taken + self.left_out + len(self.rejects) == self.rows
            and accounted == self.read_pence == self.column_pence
            and self.row_lines + self.other_lines == self.lines
            and not has_errors(self.findings)
        )

"""Findings: what is wrong with a plan, in a finance officer's words, with its place and its fix.

Problems in a user's data are findings, never exceptions, and all of them come at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from icbudget import money


class Severity(StrEnum):
    """How much a finding matters: fix an error, look at a warning; a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is: a cell of a sheet, a row and column of a table, or a file."""

    workbook: str = ""
    sheet: str = ""
    cell: str = ""
    table: str = ""
    row: str = ""
    column: str = ""

    def __str__(self) -> str:
        if self.sheet and self.cell:
            return f"{self.sheet}!{self.cell}"
        if self.table:
            parts = [self.table]
            if self.row:
                parts.append(f"row {self.row}")
            if self.column:
                parts.append(f"column {self.column}")
            return ", ".join(parts)
        return self.sheet or self.workbook


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: its stable id, severity, message, fix, place, and what it is worth in pence."""

    id: str
    severity: Severity
    message: str
    fix: str
    place: Place = field(default_factory=Place)
    effect_pence: int | None = None
    set_aside: bool = False
    """Whether what is wrong is set aside, so that even an error does not stop the answers."""

    @property
    def stops(self) -> bool:
        """Return whether the finding stops the answers."""
        return self.severity is Severity.ERROR and not self.set_aside

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        worth = f" ({money.display(self.effect_pence)})" if self.effect_pence is not None else ""
        return f"{where}{self.message}{worth} {self.fix}".rstrip()

    def as_record(self) -> dict[str, str | int | None]:
        """Return the finding as a flat record for JSON and for tables."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "where": str(self.place),
            "message": self.message,
            "fix": self.fix,
            "effect_pence": self.effect_pence,
            "workbook": self.place.workbook,
            "sheet": self.place.sheet,
            "cell": self.place.cell,
            "table": self.place.table,
            "row": self.place.row,
            "column": self.place.column,
        }


def error(
    id: str, message: str, fix: str, place: Place | None = None, effect_pence: int | None = None
) -> Finding:
    """Return a finding that must be fixed; it stops the answers."""
    return Finding(id, Severity.ERROR, message, fix, place or Place(), effect_pence)


def warning(
    id: str, message: str, fix: str, place: Place | None = None, effect_pence: int | None = None
) -> Finding:
    """Return a finding that a person should look at; the answers are given all the same."""
    return Finding(id, Severity.WARNING, message, fix, place or Place(), effect_pence)


def note(id: str, message: str, fix: str = "", place: Place | None = None) -> Finding:
    """Return a finding that only informs."""
    return Finding(id, Severity.NOTE, message, fix, place or Place())


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any finding must be fixed."""
    return any(f.severity is Severity.ERROR for f in findings)


def stopped(findings: Iterable[Finding]) -> bool:
    """Return whether any finding stops the answers: an error about what could not be set aside."""
    return any(f.stops for f in findings)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in reading order: errors, warnings, notes; the largest £ effect first."""
    rank = list(Severity)
    return sorted(findings, key=lambda f: (rank.index(f.severity), -abs(f.effect_pence or 0)))

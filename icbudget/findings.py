"""Findings: what is wrong with a plan, in a finance officer's words, with its place and its fix.

Problems in a user's data are findings, never exceptions, and all of them come at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain

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
        worth = f" ({money.in_words(self.effect_pence)})" if self.effect_pence is not None else ""
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


_CAUSES_FIRST = ("workbook", "text", "plan", "setup", "table", "by-year", "row", "cell")
"""What is wrong with a file, a table or a cell is the cause of what follows from it in the plan."""
_EMPTIED = "table.no-rows"
"""A table without rows is a cause even where it stops no answer."""
_SAME_KIND = 6
"""So many errors of one kind on one sheet have one cause, such as a column stored as text."""
_LISTED = 8
"""Cells that one finding names of those that have the same fault; the others are counted."""


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in reading order: errors, causes first; then warnings; then notes.

    Among errors what is wrong with the file stands before its tables, its cells and what follows
    from them; else the largest £ effect stands first.
    """
    rank = list(Severity)

    def place_in_order(finding: Finding) -> tuple[int, int, int]:
        family = finding.id.partition(".")[0]
        after_causes = len(_CAUSES_FIRST)
        cause = _CAUSES_FIRST.index(family) if family in _CAUSES_FIRST else after_causes
        goes_first = finding.severity is Severity.ERROR or finding.id == _EMPTIED
        depth = cause if goes_first else after_causes
        return rank.index(finding.severity), depth, -abs(finding.effect_pence or 0)

    return sorted(findings, key=place_in_order)


def one_a_cause(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with those that have one cause as one, which names their cells.

    Errors about one name that several cells use are one; so are many errors of one kind on one
    sheet, such as a column of numbers stored as text.
    """
    every = list(findings)
    by_statement: dict[tuple[object, ...], list[Finding]] = {}
    by_sheet: dict[tuple[object, ...], list[Finding]] = {}
    for finding in every:
        if finding.severity is not Severity.ERROR:
            continue
        place = finding.place
        _, names, missing = finding.message.partition(" names ")
        if names:
            # One row that is not there, whichever column names it.
            by_statement.setdefault((finding.id, missing, finding.set_aside), []).append(finding)
        else:
            of_a_sheet = (finding.id, place.sheet or place.table, finding.set_aside)
            by_sheet.setdefault(of_a_sheet, []).append(finding)
    groups = [group for group in by_statement.values() if len(group) > 1]
    groups += [group for group in by_sheet.values() if len(group) >= _SAME_KIND]
    first_of = {id(group[0]): _together(group) for group in groups}
    later = {id(finding) for finding in chain.from_iterable(group[1:] for group in groups)}
    return [first_of.get(id(f), f) for f in every if id(f) not in later]


def _together(group: list[Finding]) -> Finding:
    """Return the first of several findings with one cause, with the cells of the others."""
    first, others = group[0], group[1:]
    named = "; ".join(str(finding.place) for finding in others[:_LISTED])
    more = f" and {len(others) - _LISTED:,} more" if len(others) > _LISTED else ""
    cells = "cell" if len(others) == 1 else "cells"
    message = f"{first.message} The same in {len(others):,} more {cells}: {named}{more}."
    effects = [finding.effect_pence for finding in group if finding.effect_pence is not None]
    return replace(first, message=message, effect_pence=sum(effects) if effects else None)


def either(fix: str, other: str) -> str:
    """Return two ways to put one thing right as one text; each is a sentence or more."""
    return f"{fix} Or: {other[0].lower()}{other[1:]}"


def percentage(share: float, decimals: int = 4) -> str:
    """Return a share as a percentage without closing noughts: 0.99 is `99%`, 0.0566 `5.66%`.

    Below zero it has the minus sign of amounts: `−1.5%`.
    """
    digits = f"{share * 100:.{decimals}f}".replace("-", "−")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}%"

"""Where the headings of a ledger stand, and which column each of them is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from icbudget.findings import Finding, Place, error
from icbudget.ledger_import.ledger_amounts import Unreadable
from icbudget.ledger_import.ledger_map import LedgerMap
from icbudget.ledger_import.ledger_months import Month, month_of_period
from icbudget.ledger_import.ledger_records import (
    DELIMITERS,
    SHEET_DELIMITER,
    Record,
    delimiter_of,
    records,
)
from icbudget.plan.cell_values import clean

_NUMBERED = re.compile(r" \(([1-9])\)$")
"""Ending of a mapped heading that says which of several of the same name is meant."""
_MOST_ABOVE = 50
"""Lines among which the headings are looked for where the map does not name theirs."""
_TO_DATE = re.compile(r"\b(?:ytd|year[ -]to[ -]date|cumulative|cum|balance)\b", re.IGNORECASE)
_ANOTHER_SCALE = re.compile(
    r"£\s*['’]?\s*(?:000s?|k|m|mn|bn)\b|['’]000s?\b|\b(?:000s|thousands?|millions?|pence)\b"
    r"|\((?:£\s*)?(?:p|k|m|000s?)\)",
    re.IGNORECASE,
)
"""What says that amounts below a heading are thousands, millions or pence."""
_SIDES = frozenset({"d", "c", "dr", "cr", "debit", "credit"})
_CREDIT_WORDS = frozenset({"cr", "credit"})
_OF_SIDES = re.compile(
    r"\b(?:d ?/? ?c|dr|cr|debit|credit|side|sign|ind|indicator)\b", re.IGNORECASE
)
"""Headings under which a letter alone, D or C, is a mark of the side."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a page: their texts, the rows they fill, and the column of each mapped one.

    `months`: with months in columns, the columns that are a month.
    """

    texts: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, int]
    months: dict[int, Month] = field(default_factory=dict)

    @property
    def last_column(self) -> int:
        """Return the last column that a row must have."""
        return max(*self.columns.values(), *self.months, 0)


@dataclass(frozen=True, slots=True)
class Start:
    """Where the headings stand: the index of their first line, their lines, delimiter and rows."""

    at: int
    lines: int
    delimiter: str
    rows: tuple[tuple[str, ...], ...]


def start_in_lines(lines: Sequence[str], ledger_map: LedgerMap, declared: str) -> Start:
    """Return where the headings of a text file stand.

    A delimiter that the map or the file declares counts, else the one that the line has most of.
    """
    offset = 1 if declared else 0
    asked = ledger_map.heading_row
    candidates: Sequence[int] = range(min(len(lines), _MOST_ABOVE))
    if asked:
        candidates = (asked - 1 + offset,)
    pairs = []
    for at in candidates:
        if at < len(lines) and lines[at].strip():
            delimiter = ledger_map.delimiter or declared or delimiter_of(lines[at])
            pairs.append((at, delimiter, list(islice(records(lines, at, delimiter, 0), 2))))
    return _start(pairs, ledger_map)


def start_in_sheet(rows: Sequence[Record], ledger_map: LedgerMap) -> Start:
    """Return where the headings of a sheet stand, as an index of its rows."""
    asked = ledger_map.heading_row
    pairs = [
        (at, SHEET_DELIMITER, list(rows[at : at + 2]))
        for at, row in enumerate(rows[:_MOST_ABOVE] if not asked else rows)
        if not row.blank and asked in (None, row.line)
    ]
    return _start(pairs, ledger_map)


def _start(pairs: Sequence[tuple[int, str, list[Record]]], ledger_map: LedgerMap) -> Start:
    """Return the first record that has every mapped heading, alone or with the one below it.

    The first that is filled where none has.
    """
    for at, delimiter, top in pairs:
        rows = (_cleaned(top[0].cells),)
        if has_headings(rows, ledger_map):
            return Start(at, top[0].lines, delimiter, rows)
        if len(top) == 2:
            two = (*rows, _cleaned(top[1].cells))
            if has_headings(two, ledger_map):
                return Start(at, top[0].lines + top[1].lines, delimiter, two)
    if not pairs:
        return Start(0, 1, DELIMITERS[0], ((),))
    at, delimiter, top = pairs[0]
    return Start(at, top[0].lines, delimiter, (_cleaned(top[0].cells),))


def _cleaned(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(clean(cell) for cell in cells)


def texts_of(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return headings that stand over one another as one line: `Net` over `amount`."""
    width = max(len(row) for row in rows)
    padded = [(*row, *[""] * (width - len(row))) for row in rows]
    return tuple(clean(" ".join(parts)) for parts in zip(*padded, strict=True))


def has_headings(rows: Sequence[Sequence[str]], ledger_map: LedgerMap) -> bool:
    """Return whether rows hold every heading that the map names, and months where it says so."""
    folded = {text.casefold() for text in texts_of(rows)}
    for heading in ledger_map.columns.named.values():
        wanted = clean(heading).casefold()
        if wanted not in folded and _NUMBERED.sub("", wanted) not in folded:
            return False
    if not ledger_map.months_in_columns:
        return True
    return any(_is_month(text) for text in folded)


def _is_month(text: str) -> bool:
    try:
        month_of_period(text, ("2025/26",))
    except Unreadable as why:
        return "is not in" in str(why)
    return not text.isdigit()


def read_headings(
    rows: tuple[tuple[str, ...], ...],
    line: int,
    ledger_map: LedgerMap,
    allowed: Sequence[str],
    name: str,
    findings: list[Finding],
) -> Headings | None:
    """Return the headings of a page; None and one finding where a mapped one is not there.

    The finding names every mapped heading that is missing, or there twice with no number that says
    which is meant.
    """
    texts = texts_of(rows)
    folded = [text.casefold() for text in texts]
    columns: dict[str, int] = {}
    faults = []
    twice = ""
    for part, heading in ledger_map.columns.named.items():
        places = _places(clean(heading).casefold(), folded)
        if len(places) == 1:
            columns[part] = places[0]
            continue
        problem = "no column" if not places else f"{len(places)} columns"
        faults.append(f"{problem} “{heading}”, which the map calls {part}")
        twice = f" Write “{heading} (1)” for the first of them." if places else twice
    months: dict[int, Month] = {}
    if ledger_map.months_in_columns and not faults:
        months = _month_columns(texts, columns, ledger_map, allowed)
        if not months:
            faults.append("no column that is a month")
    if not faults:
        return Headings(texts, rows, columns, months)
    message = f"There is {'; '.join(faults)}."
    listed = "; ".join(texts)[:300]
    months_hint = ""
    if not ledger_map.months_in_columns and sum(_is_month(text) for text in folded) > 1:
        months_hint = " If its months stand in columns, say months_in_columns: true."
    fix = f"Name one of the headings in line {line}: {listed}.{twice}{months_hint}"
    findings.append(error("ledger.column", message, fix, Place(workbook=name, row=str(line))))
    return None


def _places(wanted: str, folded: Sequence[str]) -> list[int]:
    places = [column for column, text in enumerate(folded) if text == wanted]
    numbered = _NUMBERED.search(wanted)
    if places or numbered is None:
        return places
    same = [column for column, text in enumerate(folded) if text == wanted[: numbered.start()]]
    return same[int(numbered[1]) - 1 :][:1]


def _month_columns(
    texts: Sequence[str], columns: dict[str, int], ledger_map: LedgerMap, allowed: Sequence[str]
) -> dict[int, Month]:
    months: dict[int, Month] = {}
    for column, text in enumerate(texts):
        if column in columns.values() or not text:
            continue
        try:
            months[column] = month_of_period(
                text, allowed, ledger_map.period_form, ledger_map.year or ""
            )
        except Unreadable:
            continue
    return months


def doubts(
    headings: Headings,
    line: int,
    rows: Sequence[Record],
    ledger_map: LedgerMap,
    name: str,
) -> Finding | None:
    """Return the finding of a ledger whose amounts cannot be what the map says, or nothing.

    Amounts in thousands or pence; amounts to date, which the map does not call cumulative; a column
    of debit and credit marks that the map does not name, so that credits would count as debits.
    """
    place = Place(workbook=name, row=str(line))
    in_another_scale = _in_another_scale(headings)
    if in_another_scale:
        message = (
            f"The column “{in_another_scale}” does not seem to be in pounds, as amounts are read."
        )
        fix = "Export it in pounds, and say so in its heading."
        return error("ledger.scale", message, fix, place)
    amount = headings.texts[headings.columns["amount"]] if "amount" in headings.columns else ""
    if _TO_DATE.search(amount) and ledger_map.cumulative is None:
        message = f"The column “{amount}” seems to hold amounts of the year to date."
        fix = "Say in the map cumulative: true if it does, or cumulative: false if it does not."
        return error("ledger.cumulative", message, fix, place)
    if "amount" not in headings.columns or "side" in headings.columns:
        return None
    for column, text in enumerate(headings.texts):
        if column not in headings.columns.values() and _marks_credits(column, text, rows):
            message = f"The column “{text}” marks credits, and the map does not name it."
            fix = f"Say side: {text} among the map's columns."
            return error("ledger.side", message, fix, place)
    return None


def _in_another_scale(headings: Headings) -> str:
    """Return the heading that says its amounts are in thousands, millions or pence; blank: none."""
    # With months in columns any heading may say it: £000 stands in the corner.
    texts: Sequence[str] = headings.texts
    if not headings.months:
        parts = [part for part in ("amount", "debit", "credit") if part in headings.columns]
        texts = [headings.texts[headings.columns[part]] for part in parts]
    return next((text for text in texts if _ANOTHER_SCALE.search(text)), "")


def _marks_credits(column: int, heading: str, rows: Sequence[Record]) -> bool:
    """Return whether a column holds marks of debit and credit and nothing else."""
    cells = (row.cells[column] for row in rows if column < len(row.cells))
    # The heading may stand again at the top of each page.
    marks = {clean(cell).casefold() for cell in cells} - {"", heading.casefold()}
    if not marks <= _SIDES:
        return False
    return bool(marks & _CREDIT_WORDS) or ("c" in marks and bool(_OF_SIDES.search(heading)))


WHY_IT_MATTERS = {
    "ledger.column": (
        "Without that column no amount can be put to a scheme or a month, so none is taken."
    ),
    "ledger.cumulative": (
        "Amounts of the year to date, added as months, would count April twelve times."
    ),
    "ledger.scale": "A column in £000 read as pounds makes spending a thousand times too small.",
    "ledger.side": "Credits read as debits turn refunds into spending.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

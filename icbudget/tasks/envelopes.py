"""Envelopes read from a file: the money each partner has by year, put into a plan."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from icbudget.findings import Finding, Place, Severity, error, has_errors, note, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import TABLES, Plan
from icbudget.plan.cell_values import clean
from icbudget.plan.envelope import Envelope
from icbudget.plan.grid import read_grids
from icbudget.plan.headings import SETTING, VALUE, Spot, matched, names_of
from icbudget.plan.rows import Draft
from icbudget.plan.rows import path as path_of
from icbudget.tasks.load_and_check import WORKBOOKS, Opened, check, file_fault, load
from icbudget.tasks.plans import write_changed

LARGEST = 5_000_000
"""Bytes of the largest file of envelopes that is read."""
ROWS_ABOVE = 50
"""Rows in which the headings are looked for: a title and notes may stand above them."""
_TABLE = TABLES["envelopes"]
_NEEDED = ("partner", "year", "amount")
_AMOUNT = re.compile(r"-?£?(\d+|\d{1,3}(,\d{3})+)(\.\d{1,2})?")
"""An amount of a CSV file, all of whose cells are text."""
_DELIMITERS = (",", ";", "\t")
_FIX_LAYOUT = (
    "Head the columns Partner, Year and Envelope (£), beside them Status, Source, Date read and"
    " Owner where you have them, with one row for each partner and year."
)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The cells of a file from its headings on: what it is called, and the row of the headings."""

    called: str
    first: int
    cells: list[list[Any]]
    is_text: bool = False
    """Whether every cell is text, as in CSV."""

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell, counted from 0 at the headings, as a spreadsheet shows it."""
        from icbudget.workbook.reading.worksheet import address

        return Place(sheet=self.called, cell=address(self.first + row, column + 1))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: the plan read, the file written, and counts of the envelopes."""

    opened: Opened
    written: Path | None = None
    new: int = 0
    changed: int = 0
    same: int = 0


def import_envelopes(money: Path, path: Path, out: Path, *, overwrite: bool = False) -> Imported:
    """Return a plan written with the envelopes of a file.

    They take the place of those of the same partner and year; all others stay.

    The file is CSV or a workbook whose first sheet with the headings is read: one row for each
    partner (its id or its name) and year. Where it names no source, the file and row are the
    source. Nothing is written where any row is wrong; the plan that was read stays as it is.
    """
    draft = load(path)
    if draft.plan is None or has_errors(draft.findings):
        return Imported(Opened(path, draft, None, tuple(draft.findings)))
    plan = draft.plan
    rows, findings = _read(money)
    envelopes: list[Envelope] = []
    if rows is not None:
        envelopes, read = _envelopes(rows, plan)
        findings += [*read.findings, *_doubts(envelopes, plan, read)]
    if has_errors(findings) or not envelopes:
        return Imported(Opened(path, draft, None, tuple(findings)))
    old = {_TABLE.key_of(row): row for row in plan.envelopes}
    new = {_TABLE.key_of(row): row for row in envelopes}
    findings += [_replaced(old[key], row) for key, row in new.items() if _differs(old, key, row)]
    filled = plan.model_copy(update={"envelopes": tuple({**old, **new}.values())})
    written, carried = write_changed(
        filled, path, draft, out, keep_sheets=True, overwrite=overwrite
    )
    again = check(written)
    opened = Opened(path, draft, again.case, (*findings, *again.findings, *carried))
    changed = sum(_differs(old, key, row) for key, row in new.items())
    there = sum(key in old for key in new)
    return Imported(opened, written, len(new) - there, changed, there - changed)


def _differs(old: dict[str, Envelope], key: str, row: Envelope) -> bool:
    return key in old and old[key].amount != row.amount


def _replaced(old: Envelope, new: Envelope) -> Finding:
    before, after = in_words(to_pence(old.amount)), in_words(to_pence(new.amount))
    message = f"The envelope of {new.partner} in {new.year} was {before} and is {after} now."
    place = Place(table="envelopes", row=_TABLE.key_of(new), column="amount")
    return note("envelopes.changed", message, "Compare the two plans to see what it does.", place)


def _read(money: Path) -> tuple[_Rows | None, list[Finding]]:
    """Return the rows of a file of envelopes from its headings on; None where it has none."""
    fault = file_fault(money, largest=LARGEST)
    if fault is not None:
        return None, [fault]
    if money.suffix.casefold() in WORKBOOKS:
        return _from_workbook(money)
    try:
        lines = _csv_rows(money.read_bytes())
    except csv.Error as why:
        message = f"{money.name} cannot be read as CSV: {why}."
        fix = "Save it as CSV (UTF-8) or as .xlsx."
        return None, [error("envelopes.unreadable", message, fix, Place(workbook=money.name))]
    headed = _from_headings(money.name, lines)
    return (replace(headed, is_text=True), []) if headed else (None, [_no_headings(money.name)])


def _csv_rows(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV file, separated by whatever its headings are separated by."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel's plain CSV in Britain; it knows every byte but five, which no amount holds.
        text = content.decode("cp1252", errors="replace")
    lines = text.splitlines(keepends=True)
    tables = [list(csv.reader(lines, delimiter=delimiter)) for delimiter in _DELIMITERS]

    def best_headed(rows: list[list[str]]) -> int:
        return max(map(_headed, rows[:ROWS_ABOVE]), default=0)

    return max(tables, key=best_headed)


def _from_workbook(money: Path) -> tuple[_Rows | None, list[Finding]]:
    from icbudget.workbook.reading.sheet_cells import read_cells

    sheets, findings = read_cells(money)
    if sheets is None:
        return None, [f for f in findings if f.severity is Severity.ERROR]
    for name, sheet in sheets.items():
        last = max(sheet.rows, default=0)
        rows = [sheet.stretch(row, 1, sheet.width) for row in range(1, last + 1)]
        headed = _from_headings(f"{money.name} {name}", rows)
        if headed:
            return headed, []
    return None, [_no_headings(money.name)]


def _from_headings(called: str, rows: Sequence[Sequence[Any]]) -> _Rows | None:
    for number, row in enumerate(rows[:ROWS_ABOVE]):
        if _headed(row) >= 2:
            width = max(len(line) for line in rows[number:])
            cells = [[*line, *[None] * (width - len(line))] for line in rows[number:]]
            return _Rows(called, number + 1, cells)
    return None


def _headed(row: Sequence[Any]) -> int:
    """Return how many of the needed headings a row has."""
    names = names_of(_TABLE)
    return len({matched(names, cell) for cell in row if cell is not None} & {*_NEEDED})


def _no_headings(name: str) -> Finding:
    message = f"{name} has no headings of envelopes in its first {ROWS_ABOVE} rows."
    return error("envelopes.no-headings", message, _FIX_LAYOUT, Place(workbook=name))


def _envelopes(rows: _Rows, plan: Plan) -> tuple[list[Envelope], Draft]:
    """Return the envelopes of a file, and what was read.

    Each has the file as its source where it names none.
    """
    names = names_of(_TABLE)
    columns = {matched(names, heading): at for at, heading in enumerate(rows.cells[0])}
    cells = [list(row) for row in rows.cells]
    # Where a name of one partner is the id of another, the id is meant.
    ids = {partner.name.casefold(): partner.id for partner in plan.partners}
    ids |= {partner.id.casefold(): partner.id for partner in plan.partners}
    for row in cells[1:]:
        if "partner" in columns:
            who = columns["partner"]
            row[who] = ids.get(clean(str(row[who] or "")).casefold(), row[who])
        if "amount" in columns and rows.is_text:
            row[columns["amount"]] = _number(row[columns["amount"]])
    settings: list[list[Any]] = [
        [SETTING, VALUE],
        ["title", plan.setup.title],
        ["base_year", plan.setup.base_year],
        ["horizon", plan.setup.horizon],
    ]

    def place_of(table: str, spot: Spot) -> Place:
        return rows.place(spot.row, spot.column) if table == "envelopes" else Place()

    read = read_grids(settings, {"envelopes": cells}, {}, place_of)
    envelopes = read.plan.envelopes if read.plan else ()
    return [_sourced(row, rows.called, read) for row in envelopes], read


def _number(amount: Any) -> Any:
    """Return an amount that a CSV file writes as 39600000 or £39,600,000.00 as a number.

    Anything else, a decimal comma among it, stays as it is and is named where it is no number.
    """
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(clean(amount)):
        return amount
    return float(clean(amount).replace("£", "").replace(",", ""))


def _sourced(row: Envelope, called: str, read: Draft) -> Envelope:
    if row.evidence:
        return row
    line = _place(row, read).cell.lstrip(ascii_uppercase)
    return row.model_copy(update={"evidence": f"{called}, row {line}"})


def _place(row: Envelope, read: Draft) -> Place:
    return read.places[path_of(_TABLE, _TABLE.key_of(row), "partner")]


def _doubts(envelopes: Sequence[Envelope], plan: Plan, read: Draft) -> list[Finding]:
    """Return what is wrong with envelopes that can be read.

    Partners and years that the plan has not, and amounts that nobody says how firm they are.
    """
    findings: list[Finding] = []
    partners = {partner.id for partner in plan.partners}
    for row in envelopes:
        if row.partner not in partners:
            message = f"“{row.partner}” is no partner of the plan."
            fix = f"Use one of: {', '.join(sorted(partners))}, or a partner's full name."
            findings.append(error("envelopes.partner", message, fix, _place(row, read)))
        if row.year not in plan.years:
            message = (
                f"{row.year} is no year of the plan, which runs from {plan.years[0]} to"
                f" {plan.years[-1]}."
            )
            fix = "Take the row out of the file, or give the plan that year."
            findings.append(error("envelopes.year", message, fix, _place(row, read)))
    without = [row for row in envelopes if row.status is None]
    if without:
        message = f"{len(without)} of {len(envelopes)} envelopes do not say how firm they are."
        fix = "Write confirmed or indicative under Status."
        findings.append(warning("envelopes.no-status", message, fix, _place(without[0], read)))
    return findings


WHY_IT_MATTERS = {
    "envelopes.changed": (
        "The money that the plan is held against has changed, so every gap changes with it."
    ),
    "envelopes.no-headings": (
        "No row of the file can be read without its headings, so every gap would still be"
        " against the old money."
    ),
    "envelopes.no-status": (
        "Confirmed money can be spent, indicative money may yet be cut. The gap is as firm as"
        " the envelope."
    ),
    "envelopes.partner": (
        "An envelope of nobody is held against nothing; the partner that is meant has a gap"
        " that looks too large."
    ),
    "envelopes.unreadable": (
        "None of the envelopes is taken, and the gaps stay those of the old file."
    ),
    "envelopes.year": "The plan has nothing to hold against money of that year.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

"""Re-performing a workbook: the answers stored in it against the same answers worked out again,
cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from icbudget import money
from icbudget.answers.block import Block, Cell
from icbudget.findings import Finding, Place, error, warning
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook.layout import ANSWER_SHEETS
from icbudget.workbook.reading.sheet_cells import NO_VALUE, Sheet, Value, read_cells
from icbudget.workbook.reading.worksheet import address
from icbudget.workbook.writing.answer_sheets import NOT_THERE

HALF_PENNY, RELATIVE = 0.005, 1e-9
_MONEY = ("£", "£ a unit")
_FIX = "Run icbudget on this workbook to store the answers of its inputs."


def compare(path: Path, blocks: Mapping[str, Block]) -> list[Finding]:
    """Return a finding for every stored cell that differs from the answer worked out again; none
    where all agree.

    £ agree within half a penny, other numbers within 1e-9 of their size, text exactly. Answers
    without figures (the findings) are left out: where a finding stands depends on the file it was
    read from. An answer that is not stored, or whose formula was saved without its result, is a
    warning; one without rows need not be stored.
    """
    sheets, findings = read_cells(path)
    if sheets is None:
        return findings
    found: list[Finding] = []
    for id, block in blocks.items():
        if not block.columns:
            continue
        name = ANSWER_SHEETS[id]
        sheet = sheets.get(name)
        start = _start(sheet, block) if sheet else None
        if sheet is None and not block.rows:
            continue
        if sheet is None or start is None:
            said = f"The answer {name} is not stored in this workbook."
            found.append(
                warning("verify.not-stored", said, _FIX, Place(workbook=path.name, sheet=name))
            )
        else:
            found.extend(_differences(path.name, sheet, start, block))
    return found


def _start(sheet: Sheet, block: Block) -> int | None:
    """Return the row where the answer's headings stand: the labels from column A, then Unit, or the
    columns of a form.
    """
    labels = list(block.headings if block.units else block.headings[: block.values_at])
    rows = sorted(sheet.rows)
    return next((row for row in rows if [*sheet.stretch(row, 1, len(labels))] == labels), None)


def _differences(workbook: str, sheet: Sheet, start: int, block: Block) -> Iterable[Finding]:
    grid = block.grid()
    width, labels = len(block.headings), len(block.labels)
    for row, line in enumerate(grid, start=start):
        stored = sheet.stretch(row, 1, width)
        unit = str(line[labels]) if row > start and not block.units else ""
        if row > start and [v or "" for v in stored[:labels]] != line[:labels]:
            told = ", ".join(str(v) for v in stored[:labels] if v is not None) or "nothing"
            said = f"The row is of {told}, not of {', '.join(str(v) for v in line[:labels])}."
            yield error(
                "verify.other-row",
                said,
                _FIX,
                Place(workbook=workbook, sheet=sheet.name, cell=address(row, 1)),
            )
            continue
        for column in range(labels, width):
            apart = _difference(
                stored[column], line[column], block.unit_of(unit, block.headings[column])
            )
            if apart:
                place = Place(workbook=workbook, sheet=sheet.name, cell=address(row, column + 1))
                yield error("verify.differs", apart[0], _FIX, place, apart[1])
    after = start + len(grid)
    if any(v not in (None, "") for v in sheet.stretch(after, 1, width)):
        place = Place(workbook=workbook, sheet=sheet.name, cell=address(after, 1))
        yield error(
            "verify.more-rows",
            "The stored answer has more rows than the answer worked out again.",
            _FIX,
            place,
        )


def _difference(stored: Value | None, fresh: Cell, unit: str) -> tuple[str, int | None] | None:
    """Return what differs, and by how many pence where it is money; None where the two agree."""
    if isinstance(fresh, NotKnown):
        return (
            None
            if stored == NOT_THERE
            else (f"Stored {_shown(stored)}, but it is not known.", None)
        )
    if stored is NO_VALUE:
        return "The formula was saved without its result.", None
    if _number(stored) and _number(fresh):
        one, other = float(stored), float(fresh)  # type: ignore[arg-type]
        if unit in _MONEY:
            apart = one - other
            if abs(apart) < HALF_PENNY:
                return None
            pence = money.to_pence(apart)
            words = [money.display(money.to_pence(v)) for v in (one, other)]
            return (
                (
                    f"Stored {words[0]}, worked out again {words[1]}: differs by"
                    f" {money.display(pence)}."
                ),
                pence,
            )
        if abs(one - other) <= RELATIVE * max(1.0, abs(one), abs(other)):
            return None
        return f"Stored {one:,.10g}, worked out again {other:,.10g}.", None
    if (stored if stored is not None else "") == (fresh if fresh is not None else ""):
        return None
    return f"Stored “{_shown(stored)}”, worked out again “{_shown(fresh)}”.", None


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)[:80]

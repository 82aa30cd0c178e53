"""Re-performing a workbook: what is stored in it against what the writer writes of its inputs.

The workbook is written again from the inputs that it holds, and every value is compared: answers,
the totals above them, Dashboard, chart figures, comparisons, findings, postings and run record.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from icbudget import money
from icbudget.answers import catalogue
from icbudget.answers.block import Block, Cell
from icbudget.answers.case import Case, with_findings
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.partner_positions import MADE_OF, lines_of_findings
from icbudget.findings import Finding, Place, error, warning
from icbudget.glossary import HEADINGS
from icbudget.plan.identity import INPUTS_DIFFER, plan_handle, recorded_plan_findings
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.contents import Choice
from icbudget.workbook.reading.choice_of_workbook import choice_in
from icbudget.workbook.reading.sheet_cells import NO_VALUE, Sheet, Value, read_cells
from icbudget.workbook.reading.worksheet import address
from icbudget.workbook.writing.answer_sheets import NOT_THERE
from icbudget.workbook.writing.build import build
from icbudget.workbook.writing.checks_sheet import CONNECTED, NOT_CONNECTED, PLAN_ROW
from icbudget.workbook.writing.decision_lines import DECISIONS_ROW, DECISIONS_SEE
from icbudget.workbook.writing.record_sheets import (
    FIGURES_HASH,
    FINDINGS_COUNTED,
    HASH_VERSION,
    PLAN_HASH,
)

# Stored £ are rounded to pence where they are shown; other numbers differ only by the last digits
# of a sum in another order.
HALF_PENNY, RELATIVE = 0.005, 1e-9
_MONEY = ("£", "£ a unit", "£000")
_FIX = "Run icbudget on this workbook to store what its inputs come to."
_OF_READING = ("workbook.", "file.", "table.", "yaml.")
"""Findings about the file that a plan was read from, which two files of one plan need not share."""


Rows = Mapping[int, Mapping[int, Value]]
"""Cells of a sheet by row and column."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing a workbook came to: the findings, and the sheets compared and not compared."""

    findings: tuple[Finding, ...]
    compared: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()


def compare(path: Path, case: Case, blocks: Mapping[str, Block]) -> Comparison:
    """Return a finding for every stored value that does not come out again; none where all agree.

    The first says where the inputs are not those of the workbook's own run record. £ agree within
    half a penny, other numbers within 1e-9 of the largest of their row, text exactly. A sheet that
    a results workbook needs and has not is an error; in a workbook with live answers, whose sheets
    are a matter of choice, it is a warning.
    """
    sheets, findings = read_cells(path)
    if sheets is None:
        return Comparison(tuple(findings))
    is_record = layout.RUN_RECORD in sheets or layout.POSTINGS in sheets
    case = _with_findings_of_the_plan(case, sheets.get(layout.CHECKS))
    checks = catalogue.CHECKS.block(lines_of_findings(case.findings))
    blocks = {**blocks, catalogue.CHECKS.id: checks}
    fresh = _fresh_sheets(case, blocks, live=not is_record, choice=choice_in(path))
    differences: list[Finding] = list(_other_inputs(path.name, sheets, case))
    differences += _findings_of_another_plan(path.name, sheets.get(layout.CHECKS), case)
    compared: list[str] = []
    missing = error if is_record else warning
    for name, written in fresh.items():
        stored = sheets.get(name)
        if stored is not None:
            compared.append(name)
            differences += _of_sheet(path.name, stored, written, blocks, missing)
        elif _needed(name, blocks):
            message = f"The sheet {name} is not in this workbook, so it cannot be compared."
            place = Place(workbook=path.name, sheet=name)
            differences.append(missing("verify.not-stored", message, _FIX, place))
    rest = tuple(name for name in sheets if name not in fresh)
    return Comparison(tuple(differences), tuple(compared), rest)


def _with_findings_of_the_plan(case: Case, stored: Sheet | None) -> Case:
    """Return the case with the findings that the workbook should hold.

    Findings about the file that a plan was read from stay only where they are stored: the workbook
    was perhaps written from another file of the same plan, such as its YAML. A finding that sets
    something aside is told in the stored words: what stood in the cell is not in this workbook.
    """
    block = catalogue.CHECKS.block(lines_of_findings(case.findings))
    stored_findings = _stored_findings(stored, block) if stored else {}
    expected = [_without_where(block, row.labels) for row in block.rows]
    unmatched = [words for words in stored_findings if words not in expected]
    kept: list[Finding] = []
    for finding, words in zip(case.findings, expected, strict=True):
        if words in stored_findings:
            kept.append(finding)
        elif finding.set_aside and unmatched:
            _, message, fix, _ = unmatched.pop(0)
            kept.append(replace(finding, message=message, fix=fix))
        elif not finding.id.startswith(_OF_READING):
            kept.append(finding)
    return with_findings(case, tuple(kept))


def _fresh_sheets(
    case: Case, blocks: Mapping[str, Block], *, live: bool, choice: Choice
) -> dict[str, Sheet]:
    """Return the sheets of the workbook as the writer writes them now, those that it shows."""
    content = build(case.before_scenario, blocks, live=live, case=case, choice=choice)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "again.xlsx"
        path.write_bytes(content)
        sheets, _ = read_cells(path)
    assert sheets is not None, "what the writer writes can be read"
    if case.unknown:
        # The handle counts what stood in cells that cannot be read; it does not stand here.
        del sheets[layout.CHECKS].rows[PLAN_ROW + 1]
    return sheets


def _needed(name: str, blocks: Mapping[str, Block]) -> bool:
    """Return whether a workbook is incomplete without a sheet: input sheets may be left out."""
    block = _block_of(name, blocks)
    is_empty = block is not None and not block.rows
    return name not in _input_sheets() and not is_empty


def _input_sheets() -> frozenset[str]:
    places = (layout.SETUP_SHEET, *layout.TABLE_SHEETS)
    return frozenset((*(place.sheet for place in places), layout.LISTS, *layout.LIBRARY_SHEETS))


def _other_inputs(workbook: str, sheets: Mapping[str, Sheet], case: Case) -> Iterator[Finding]:
    """Yield one finding where the inputs are not those that the run record names."""
    record = sheets.get(layout.RUN_RECORD)
    if record is None:
        return
    lines = {str(row.get(1, "")): (n, str(row.get(2, ""))) for n, row in record.rows.items()}
    if PLAN_HASH not in lines or case.unknown:
        return  # the hash counts what stood in cells that cannot be read; it does not stand here
    row, recorded = lines[PLAN_HASH]
    place = Place(workbook=workbook, sheet=layout.RUN_RECORD, cell=address(row, 2))
    _, version = lines.get(HASH_VERSION, (0, ""))
    yield from recorded_plan_findings(recorded, version, case.hash, place)


def _findings_of_another_plan(workbook: str, checks: Sheet | None, case: Case) -> Iterator[Finding]:
    """Yield one finding where the last row of the findings names another plan than the inputs."""
    block = catalogue.CHECKS.block(lines_of_findings(()))
    start = _start(checks, block) if checks else None
    if checks is None or start is None or case.unknown:
        return  # the hash counts what stood in cells that cannot be read, as in the run record
    current = plan_handle(case.before_scenario)
    for row in (number for number in sorted(checks.rows) if number > start):
        severity, _, handle, *_ = checks.stretch(row, 1, len(block.headings))
        if severity == MADE_OF and handle != current:
            message = f"The findings are of {handle}; the inputs of this workbook are {current}."
            place = Place(workbook=workbook, sheet=checks.name, cell=address(row, 3))
            yield error(INPUTS_DIFFER, message, _FIX, place)


def _of_sheet(
    workbook: str,
    stored: Sheet,
    written: Sheet,
    blocks: Mapping[str, Block],
    missing: Callable[..., Finding],
) -> Iterator[Finding]:
    """Yield what differs on one sheet."""
    block = _block_of(stored.name, blocks)
    if stored.name == layout.CHECKS:
        findings = blocks[catalogue.CHECKS.id]
        yield from _cells(workbook, stored, _rows_above(written, findings))
        yield from _findings(workbook, stored, findings)
    elif block is None or not block.columns:
        is_input = stored.name in _input_sheets()
        yield from _cells(workbook, stored, _rows_compared(written), numbers_only=is_input)
    else:
        yield from _cells(workbook, stored, _rows_above(written, block))
        start = _start(stored, block)
        if start is None:
            message = f"The answer {stored.name} is not stored in this workbook."
            place = Place(workbook=workbook, sheet=stored.name)
            yield missing("verify.not-stored", message, _FIX, place)
        else:
            yield from _differences(workbook, stored, start, block)


def _rows_above(written: Sheet, block: Block) -> Rows:
    """Return the rows above an answer's headings: its title and its totals."""
    start = _start(written, block)
    return {row: cells for row, cells in written.rows.items() if start is None or row < start}


def _rows_compared(written: Sheet) -> Rows:
    """Return the cells of a sheet without an answer that must come out again."""
    rows: Rows = written.rows
    if written.name in _input_sheets() or written.name == layout.START:
        # Below its headings, an input sheet holds what a person typed, which is the input itself;
        # Start explains, and lists what else is there, which a command may have put beside the
        # plan.
        return {row: cells for row, cells in rows.items() if row <= layout.HEADING_ROW}
    if written.name == layout.DASHBOARD:
        return {row: _without_where_to_look(row, cells) for row, cells in rows.items()}
    if written.name == layout.RUN_RECORD:
        return {row: cells for row, cells in rows.items() if cells.get(1) not in _HASHES}
    return rows


def _without_where_to_look(row: int, cells: Mapping[int, Value]) -> Mapping[int, Value]:
    """Return a row of the Dashboard without the cell that says where a decision stands.

    Where a finding stands depends on the file that the plan was read from.
    """
    if row <= DECISIONS_ROW:
        return cells
    return {column: value for column, value in cells.items() if column != DECISIONS_SEE + 1}


_HASHES = (PLAN_HASH, FIGURES_HASH, FINDINGS_COUNTED)
"""Lines of the run record that are compared on their own: hashes, and findings by what they say."""


def _block_of(sheet: str, blocks: Mapping[str, Block]) -> Block | None:
    return next((blocks[a.id] for a in ANSWERS if a.title == sheet and a.id in blocks), None)


def _cells(
    workbook: str,
    stored: Sheet,
    rows: Rows,
    *,
    numbers_only: bool = False,
) -> Iterator[Finding]:
    """Yield every cell of these rows that does not hold what the writer writes there."""
    where_columns: set[int] = set()
    without_result: list[str] = []
    for row in sorted(rows):
        cells = rows[row]
        headings = {column for column, value in cells.items() if value == HEADINGS["where"]}
        # Where a finding stands depends on the file that the plan was read from.
        where_columns |= headings
        unit = next((v for v in cells.values() if isinstance(v, str) and v in _MONEY), "")
        here = stored.rows.get(row, {})
        scale = _largest((*cells.values(), *here.values()))
        for column in sorted({*cells, *here}):
            fresh, value = cells.get(column), here.get(column)
            beside = column not in cells and not _number(value)
            if beside or (numbers_only and not _number(fresh)):
                continue
            if column in where_columns - headings and isinstance(fresh, str):
                continue
            if _both_may_stand(value, fresh):
                continue
            if value is NO_VALUE:
                without_result.append(address(row, column))
                continue
            apart = _difference(value, _as_cell(fresh), unit, scale)
            if apart:
                place = Place(workbook=workbook, sheet=stored.name, cell=address(row, column))
                yield error("verify.differs", apart[0], _FIX, place, apart[1])
    if without_result:
        yield _no_result(without_result, workbook, stored.name)


def _both_may_stand(stored: Value | None, fresh: Value | None) -> bool:
    """Return whether two cells may differ without a fault."""
    # A program with Python says the one, a program without it the other.
    about_python = {fresh, stored} <= {CONNECTED, NOT_CONNECTED}
    # Programs save a formula that comes to an empty text as a blank, or without a result.
    is_empty_text = fresh is NO_VALUE and stored in (NO_VALUE, None, "")
    return about_python or is_empty_text


def _no_result(cells: Sequence[str], workbook: str, sheet: str) -> Finding:
    """Return the one warning about formulas of a sheet that were saved without a result."""
    formulas = "1 formula was" if len(cells) == 1 else f"{len(cells)} formulas were"
    message = f"{formulas} saved without a result, from {cells[0]} on: nothing to compare."
    fix = "Open the workbook in a program that calculates, such as Excel, and save it."
    place = Place(workbook=workbook, sheet=sheet, cell=cells[0])
    return warning("verify.no-result", message, fix, place)


def _as_cell(value: Value | None) -> Cell:
    return value.isoformat() if isinstance(value, datetime) else value


def _largest(values: Iterable[object]) -> float:
    """Return the largest number of a row, at least 1: sums of its size leave errors of its size."""
    sizes = [abs(float(value)) for value in values if _number(value)]  # type: ignore[arg-type]
    return max([1.0, *sizes])


def _findings(workbook: str, stored: Sheet, block: Block) -> Iterator[Finding]:
    """Yield the findings that come out and are not stored, and those stored that do not come out.

    A finding is compared by what it says, not by where: that depends on the file it was read from.
    """
    place = Place(workbook=workbook, sheet=stored.name)
    if _start(stored, block) is None:
        yield error("verify.not-stored", "The findings are not stored.", _FIX, place)
        return
    rows = _stored_findings(stored, block)
    held = Counter({words: len(numbers) for words, numbers in rows.items()})
    expected = Counter(_without_where(block, row.labels) for row in block.rows)
    for words in expected - held:
        message = f"This finding comes out and is not stored: {words[1]}"
        yield error("verify.findings", message, _FIX, place)
    for words in held - expected:
        message = f"This finding is stored and does not come out again: {words[1]}"
        cell = address(rows[words][0], 1)
        yield error(
            "verify.findings", message, _FIX, Place(workbook=workbook, sheet=stored.name, cell=cell)
        )


def _stored_findings(stored: Sheet, block: Block) -> dict[tuple[str, ...], list[int]]:
    """Return the rows of each finding that is stored, by what it says without where.

    The row that names the plan they are of is no finding; it is compared with the inputs.
    """
    start = _start(stored, block)
    rows: dict[tuple[str, ...], list[int]] = {}
    if start is None:
        return rows
    for row in sorted(number for number in stored.rows if number > start):
        words = tuple(str(value or "") for value in stored.stretch(row, 1, len(block.headings)))
        if any(words) and words[0] != MADE_OF:
            rows.setdefault(_without_where(block, words), []).append(row)
    return rows


def _without_where(block: Block, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a finding says, without its place and the command that explains it."""
    left_out = {HEADINGS["where"], HEADINGS["explained_by"]}
    pairs = zip(block.headings, words, strict=True)
    return tuple(word for heading, word in pairs if heading not in left_out)


def _start(sheet: Sheet, block: Block) -> int | None:
    """Return the row where the answer's headings stand.

    These are the labels from column A, then Unit, or the columns of a form.
    """
    labels = list(block.headings if block.form else block.headings[: block.values_at])
    if labels[-1:] == [HEADINGS["explained_by"]]:
        labels.pop()  # a workbook of an earlier version names no explanation
    rows = sorted(sheet.rows)
    return next((row for row in rows if [*sheet.stretch(row, 1, len(labels))] == labels), None)


def _differences(workbook: str, sheet: Sheet, start: int, block: Block) -> Iterable[Finding]:
    grid = block.grid()
    width, labels = len(block.headings), block.unit_at
    for row, line in enumerate(grid, start=start):
        stored = sheet.stretch(row, 1, width)
        unit = str(line[labels]) if row > start and not block.form else ""
        if row > start and [v or "" for v in stored[:labels]] != line[:labels]:
            # Figures of another row would differ without end; its name alone says what is wrong.
            held = ", ".join(str(v) for v in stored[:labels] if v is not None) or "nothing"
            expected = ", ".join(str(v) for v in line[:labels])
            message = f"The row is of {held}, not of {expected}."
            place = Place(workbook=workbook, sheet=sheet.name, cell=address(row, 1))
            yield error("verify.other-row", message, _FIX, place)
            continue
        for column in range(labels, width):
            unit_of_cell = block.unit_of(unit, block.headings[column])
            apart = _difference(stored[column], line[column], unit_of_cell)
            if apart:
                place = Place(workbook=workbook, sheet=sheet.name, cell=address(row, column + 1))
                yield error("verify.differs", apart[0], _FIX, place, apart[1])
    after = start + len(grid)
    if any(v not in (None, "") for v in sheet.stretch(after, 1, width)):
        place = Place(workbook=workbook, sheet=sheet.name, cell=address(after, 1))
        message = "The stored answer has more rows than the answer worked out again."
        yield error("verify.more-rows", message, _FIX, place)


def _difference(
    stored: Value | None, fresh: Cell, unit: str, scale: float = 1.0
) -> tuple[str, int | None] | None:
    """Return what differs, and by how many pence where it is money; None where the two agree."""
    if isinstance(fresh, NotKnown):
        if stored == NOT_THERE:
            return None
        return f"Stored {_as_text(stored)}, but it is not known.", None
    if stored is NO_VALUE:
        return "The formula was saved without its result.", None
    if _number(stored) and _number(fresh):
        before, now = float(stored), float(fresh)  # type: ignore[arg-type]
        in_pounds = unit in _MONEY
        return _money_apart(before, now) if in_pounds else _numbers_apart(before, now, scale)
    # A blank cell and an empty text are the same to whoever reads the sheet.
    if (stored if stored is not None else "") == (fresh if fresh is not None else ""):
        return None
    return f"Stored “{_as_text(stored)}”, worked out again “{_as_text(fresh)}”.", None


def _money_apart(stored: float, fresh: float) -> tuple[str, int] | None:
    if abs(stored - fresh) < HALF_PENNY:
        return None
    pence = money.to_pence(stored - fresh)
    before, now = (money.in_words(money.to_pence(pounds)) for pounds in (stored, fresh))
    differs = f"differs by {money.in_words(pence)}"
    return f"Stored {before}, worked out again {now}: {differs}.", pence


def _numbers_apart(stored: float, fresh: float, scale: float) -> tuple[str, None] | None:
    if abs(stored - fresh) <= RELATIVE * max(scale, abs(stored), abs(fresh)):
        return None
    return f"Stored {stored:,.10g}, worked out again {fresh:,.10g}.", None


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)[:80]


WHY_IT_MATTERS = {
    "verify.differs": (
        "A stored figure is not what the inputs give: a cell was typed over, or an input was"
        " changed after the run."
    ),
    "verify.findings": (
        "The stored list of findings is not what the plan gives. Somebody may have removed a"
        " warning."
    ),
    "verify.more-rows": "A row was added to the results by hand, or the plan has lost one since.",
    "verify.no-result": (
        "A formula without its result cannot be compared, so nothing is known about that figure."
    ),
    "verify.not-stored": (
        "Without its findings the stored result cannot show what was warned about."
    ),
    "verify.other-row": (
        "The rows stand in another order or for another thing, so the figures beside them mislead."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

"""Tables that a person imports, kept beside a plan: `<plan>.reference/allocations.csv`."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from icbudget import money
from icbudget.answers.case import Case
from icbudget.checks import reference_age
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, error, note, ordered, warning
from icbudget.plan import Plan
from icbudget.reference import TableVersion
from icbudget.reference.allocations import Allocation, as_csv, read_allocations
from icbudget.tasks.cell_text import cell_text
from icbudget.tasks.writing import write_outputs

NAME = "allocations.csv"
LARGEST = 20_000_000
_WORKBOOKS = (".xlsx", ".xlsm")


def folder_of(plan: Path) -> Path:
    """Return the folder beside a plan that holds its imported tables."""
    return plan.parent / f"{plan.stem}.reference"


def import_allocations(
    path: Path, plan: Path, *, overwrite: bool = False
) -> tuple[Path | None, list[Finding]]:
    """Return the file that allocations were written to beside a plan, and every fault of theirs.

    Taken whole or not at all. Raises `FileExistsError` where another edition is there already and
    `overwrite` is not given.
    """
    if not plan.is_file():
        message = f"There is no plan {plan.name} to keep them beside."
        return None, [error("file.missing", message, "Name the plan.", Place(workbook=plan.name))]
    rows, findings = _read(path)
    if findings:
        return None, findings
    files = {NAME: as_csv(rows).encode("utf-8")}
    return write_outputs(folder_of(plan), files, overwrite=overwrite)[0], []


def _read(path: Path) -> tuple[tuple[Allocation, ...], list[Finding]]:
    place = Place(workbook=path.name)
    if not path.is_file():
        message = f"There is no file {path.name}."
        return (), [error("file.missing", message, "Check the name and folder.", place)]
    if path.stat().st_size > LARGEST:
        message = f"{path.name} is larger than {LARGEST // 10**6} MB."
        return (), [error("file.too-large", message, "Keep the areas that you need.", place)]
    try:
        rows = _sheet(path) if path.suffix.casefold() in _WORKBOOKS else _text(path)
    except (UnicodeDecodeError, csv.Error) as why:
        message = f"{path.name} cannot be read as a table: {why}."
        return (), [error("file.unreadable", message, "Save it as CSV UTF-8 or .xlsx.", place)]
    return read_allocations(rows, path.name)


def _text(path: Path) -> list[tuple[int, Sequence[str]]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(enumerate(csv.reader(text.splitlines()), start=1))


def _sheet(path: Path) -> list[tuple[int, Sequence[str]]]:
    from icbudget.workbook.reading.sheet_cells import read_cells

    sheets, _ = read_cells(path)
    if not sheets:
        return []
    first = next(iter(sheets.values()))
    return [
        (number, tuple(map(cell_text, first.stretch(number, 1, first.width))))
        for number in sorted(first.rows)
    ]


def beside(plan: Path) -> dict[str, bytes]:
    """Return the imported tables kept beside a plan, by their path from the plan's folder."""
    kept = folder_of(plan) / NAME
    # A link could bring a file from elsewhere into an audit pack.
    if not kept.is_file() or kept.is_symlink():
        return {}
    return {f"{folder_of(plan).name}/{NAME}": kept.read_bytes()}


def with_imported(case: Case, plan: Path) -> Case:
    """Return a case with what the tables beside its plan say: their version, and findings."""
    files = beside(plan)
    if not files:
        return case
    (name, content), *_ = files.items()
    rows, faults = _read(folder_of(plan) / NAME)
    if faults:
        message = f"{name} cannot be used: {faults[0].message}"
        fix = "Import it again with icbudget reference import."
        unusable = [warning("reference.unusable", message, fix, Place(workbook=name))]
        return replace(case, findings=tuple(ordered((*case.findings, *unusable))))
    compared = _compared(_as_run(case), case.result, rows, name)
    editions = ", ".join(sorted({row.edition for row in rows}))
    version = TableVersion(
        NAME.removesuffix(".csv"),
        "Allocations imported by the user",
        editions,
        "As the document says",
        len(rows),
        hashlib.sha256(content).hexdigest(),
    )
    findings = tuple(ordered((*case.findings, *compared)))
    return replace(case, findings=findings, imported=(version,))


def _compared(
    plan: Plan, result: Result | None, allocations: tuple[Allocation, ...], name: str
) -> list[Finding]:
    """Return notes on allocations kept beside a plan.

    An old edition, and contributions of the area that differ from them by year.
    """
    findings = _old_editions(plan, allocations, name)
    if result is None:
        return findings
    figures = result.projection.figures.contributions[0]
    here = (plan.setup.ons_code, plan.setup.area)
    # An allocation may come in several lines, such as a grant and its uplift, and so may the plan's
    # contribution: only their sums of a year are held against one another.
    totals: dict[tuple[str, str], int] = {}
    for row in allocations:
        if row.area in here and row.kind == "contribution" and row.year in plan.years:
            key = (row.source, row.year)
            totals[key] = totals.get(key, 0) + row.pence
    for (funding, year), pence in totals.items():
        t = plan.years.index(year)
        lines = [n for n, row in enumerate(plan.contributions) if row.source == funding]
        planned = sum(round(float(figures[t, n])) for n in lines)
        if planned != pence:
            message = (
                f"{funding} of {year} is {money.display(planned)} in the plan and"
                f" {money.display(pence)} in {name}."
            )
            fix = "Type the allocation, or say under Source why the plan differs."
            place = Place(table="contributions")
            findings.append(note("reference.differs", message, fix, place))
    return findings


def _old_editions(plan: Plan, allocations: tuple[Allocation, ...], name: str) -> list[Finding]:
    findings: list[Finding] = []
    for edition in sorted({row.edition for row in allocations}):
        first = next(row for row in allocations if row.edition == edition)
        age = reference_age.months_old(plan, first.edition_month)
        if age > reference_age.OLD:
            message = f"{name} has an edition of {edition}, {age} months before the plan's month."
            fix = "Import the newer allocations, if there are any."
            findings.append(note("reference.old-edition", message, fix, Place(workbook=name)))
    return findings


def _as_run(case: Case) -> Plan:
    return case.result.plan if case.result else case.plan

"""Tables that a person imports, kept beside a plan.

`<plan>.reference/allocations.csv` and `<plan>.reference/population.csv`.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from icbudget import money, reference
from icbudget.answers.case import Case
from icbudget.checks import reference_age
from icbudget.checks.plan_places import at
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, error, note, ordered, percentage, warning
from icbudget.plan import Plan
from icbudget.reference import TableVersion

if TYPE_CHECKING:
    from icbudget.reference.allocations import Allocation
    from icbudget.reference.imported_table import Numbered
    from icbudget.reference.people_table import People

NAME = "allocations.csv"
PEOPLE = "population.csv"
BAND_OF_INDEX = {"pop_all": "all", "pop_65": "65+", "pop_75": "75+", "pop_85": "85+"}
"""Indices of a new plan that are growth of people, with their age band."""
_SAME_RATE = 5e-6
"""Rates typed to a thousandth of a per cent are the table's."""
LARGEST = 20_000_000
"""Bytes of the largest file of a table that is read."""
_WORKBOOKS = (".xlsx", ".xlsm")


def folder_of(plan: Path) -> Path:
    """Return the folder beside a plan that holds its imported tables."""
    return plan.parent / f"{plan.stem}.reference"


def import_allocations(
    path: Path, plan: Path, *, overwrite: bool = False
) -> tuple[Path | None, list[Finding]]:
    """Return the file that a table was written to beside a plan, and every fault of it.

    Allocations, or people by age where the table has a column age_band. Taken whole or not at all.
    Raises `FileExistsError` where another edition is there already and `overwrite` is not given.
    """
    from icbudget.reference.allocations import as_csv, read_allocations
    from icbudget.reference.people_table import as_csv as people_as_csv
    from icbudget.reference.people_table import read_people
    from icbudget.tasks.writing import write_outputs

    if not plan.is_file():
        message = f"There is no plan {plan.name} to keep them beside."
        return None, [error("file.missing", message, "Name the plan.", Place(workbook=plan.name))]
    cells, findings = _cells(path)
    if findings:
        return None, findings
    if _is_of_people(cells):
        people, findings = read_people(cells, path.name)
        name, text = PEOPLE, people_as_csv(people)
    else:
        rows, findings = read_allocations(cells, path.name)
        name, text = NAME, as_csv(rows)
    if findings:
        return None, findings
    files = {name: text.encode("utf-8")}
    return write_outputs(folder_of(plan), files, overwrite=overwrite)[0], []


def people_of(path: Path) -> tuple[tuple[People, ...], list[Finding]]:
    """Return the people by area, age and year of a table, and every fault."""
    from icbudget.reference.people_table import read_people

    cells, findings = _cells(path)
    return ((), findings) if findings else read_people(cells, path.name)


def _is_of_people(cells: list[Numbered]) -> bool:
    """Return whether a table's first row has the heading that only tables of people have."""
    from icbudget.reference.imported_table import plain

    first = next((row for _, row in cells if any(cell.strip() for cell in row)), [])
    return "age_band" in [plain(cell) for cell in first]


def _cells(path: Path) -> tuple[list[Numbered], list[Finding]]:
    place = Place(workbook=path.name)
    if not path.is_file():
        message = f"There is no file {path.name}."
        return [], [error("file.missing", message, "Check the name and folder.", place)]
    if path.stat().st_size > LARGEST:
        message = f"{path.name} is larger than {LARGEST // 10**6} MB."
        return [], [error("file.too-large", message, "Keep the areas that you need.", place)]
    try:
        rows = _sheet(path) if path.suffix.casefold() in _WORKBOOKS else _text(path)
    except (UnicodeDecodeError, csv.Error) as why:
        message = f"{path.name} cannot be read as a table: {why}."
        return [], [error("file.unreadable", message, "Save it as CSV UTF-8 or .xlsx.", place)]
    return rows, []


def _text(path: Path) -> list[tuple[int, Sequence[str]]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(enumerate(csv.reader(text.splitlines()), start=1))


def _sheet(path: Path) -> list[tuple[int, Sequence[str]]]:
    from icbudget.tasks.text_of_cells import cell_text
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
    folder = folder_of(plan)
    kept = [folder / name for name in (NAME, PEOPLE)]
    # A link could bring a file from elsewhere into an audit pack.
    files = [path for path in kept if path.is_file() and not path.is_symlink()]
    return {f"{folder.name}/{path.name}": path.read_bytes() for path in files}


def with_imported(case: Case, plan: Path) -> Case:
    """Return a case with what the tables beside its plan say: their version, and findings."""
    for name, content in beside(plan).items():
        case = _with_table(case, folder_of(plan) / Path(name).name, name, content)
    return case


def _with_table(case: Case, path: Path, name: str, content: bytes) -> Case:
    from icbudget.reference.allocations import read_allocations
    from icbudget.reference.people_table import read_people

    cells, faults = _cells(path)
    rows: tuple[Allocation, ...] | tuple[People, ...] = ()
    compared: list[Finding] = []
    if not faults and path.name == PEOPLE:
        people, faults = read_people(cells, path.name)
        rows, title = people, "People by age imported by the user"
        compared = _growth_compared(_as_run(case), people, name)
    elif not faults:
        allocations, faults = read_allocations(cells, path.name)
        rows, title = allocations, "Allocations imported by the user"
        compared = _compared(_as_run(case), case.result, allocations, name)
    if faults:
        message = f"{name} cannot be used: {faults[0].message}"
        fix = "Import it again with icbudget reference import."
        unusable = [warning("reference.unusable", message, fix, Place(workbook=name))]
        return replace(case, findings=tuple(ordered((*case.findings, *unusable))))
    version = TableVersion(
        path.stem,
        title,
        ", ".join(sorted({row.edition for row in rows})),
        "As the document says",
        len(rows),
        hashlib.sha256(content).hexdigest(),
    )
    findings = tuple(
        ordered((*case.findings, *_old_editions(_as_run(case), rows, name), *compared))
    )
    return replace(case, findings=findings, imported=(*case.imported, version))


def _old_editions(
    plan: Plan, rows: tuple[Allocation, ...] | tuple[People, ...], name: str
) -> list[Finding]:
    """Return a note for every edition of a table kept beside a plan that is old by its month."""
    findings: list[Finding] = []
    for edition in sorted({row.edition for row in rows}):
        first = next(row for row in rows if row.edition == edition)
        age = reference_age.months_old(plan, first.edition_month)
        if age > reference_age.OLD:
            message = f"{name} has an edition of {edition}, {age} months before the plan's month."
            fix = "Import the newer one, if there is any."
            findings.append(note("reference.old-edition", message, fix, Place(workbook=name)))
    return findings


def _growth_compared(plan: Plan, people: tuple[People, ...], name: str) -> list[Finding]:
    """Return a note for every index of people whose growth is not that of the imported table."""
    from icbudget.reference.people import projection

    area = reference.find_area(plan.setup.ons_code or plan.setup.area)
    own = [row for row in people if area and row.area == area.key]
    if area is None or not own:
        return []
    findings: list[Finding] = []
    known = projection(area, own)
    for row in plan.indices:
        growth = known.growth(BAND_OF_INDEX.get(row.id, ""))
        differ = [
            year
            for year, rate in growth.items()
            if year in row.rates and abs(row.rates[year] - rate) > _SAME_RATE
        ]
        if differ:
            year = differ[0]
            message = (
                f"Index “{row.id}” grows by {percentage(row.rates[year], 2)} into {year}, and the"
                f" people of {area.name} by {percentage(growth[year], 2)} in {name}"
                f"{f' (and {len(differ) - 1} more years)' if len(differ) > 1 else ''}."
            )
            fix = "Type the rates of the table, or say under Source why the plan differs."
            place = at("indices", row, f"rates[{year}]")
            findings.append(note("reference.growth-differs", message, fix, place))
    return findings


def _compared(
    plan: Plan, result: Result | None, allocations: tuple[Allocation, ...], name: str
) -> list[Finding]:
    """Return a note for every contribution of the area that differs from the allocations."""
    findings: list[Finding] = []
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
                f"{funding} of {year} is {money.in_words(planned)} in the plan and"
                f" {money.in_words(pence)} in {name}."
            )
            fix = "Type the allocation, or say under Source why the plan differs."
            place = Place(table="contributions")
            findings.append(note("reference.differs", message, fix, place))
    return findings


def _as_run(case: Case) -> Plan:
    return case.result.plan if case.result else case.plan


WHY_IT_MATTERS = {
    "reference.growth-differs": (
        "Demand in the plan grows faster or slower than its people do, and that difference"
        " grows with every year."
    ),
    "reference.differs": (
        "The plan counts on another allocation than the one published. The difference is money"
        " that may not come."
    ),
    "reference.old-edition": (
        "A newer allocation may be out, and the pool may have more or less than the plan has."
    ),
    "reference.unusable": (
        "The kept file is not used. Published amounts are those that came with the program,"
        " which may be older."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""

"""The section about people: their experience beside the money, gaps, waiting, and staff.

Each table stands only where the plan has something for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Cell, Row
from icbudget.report.document import Line, Paper, Section, Table, one_group
from icbudget.report.report_figures import number, percent


def section_people(paper: Paper) -> Section | None:
    """Return what the plan does for people, with the money beside it."""
    parts = people_tables(paper)
    if not parts:
        return None
    paragraph = (
        "What people say of their care stands beside what is paid and saved, so that neither is"
        " read without the other."
    )
    return Section("people", "People", (paragraph,), parts=parts)


def people_tables(paper: Paper) -> tuple[Table, ...]:
    """Return the tables about people that the plan has something for."""
    tables = (
        _experience(paper),
        _gaps(paper),
        _reach(paper),
        _waiting(paper),
        _staff(paper),
    )
    return tuple(table for table in tables if table)


def _experience(paper: Paper) -> Table | None:
    block = paper.block(catalogue.MONEY_AND_EXPERIENCE)
    if not block.where(kind="Experience"):
        return None
    names = {goal.id: goal.called for goal in paper.case.plan.goals}
    lines = []
    for row in block.rows:
        goal, figure = block.labels_of(row, "goal", "figure")
        heading = f"{names[goal]}: {figure.lower()}" if goal else figure
        lines.append(line_by_year(paper, row, heading))
    return _table(paper, "money-and-experience", "Money, and what people say of their care", lines)


def _gaps(paper: Paper) -> Table | None:
    block = paper.block(catalogue.FAIRNESS)
    measures = {goal.id: goal.measure for goal in paper.case.plan.goals}
    lines = []
    for row in block.rows:
        goal, group, figure = block.labels_of(row, "goal", "group", "figure")
        lines.append(line_by_year(paper, row, f"{measures[goal]}, {group}: {figure.lower()}"))
    return _table(paper, "gaps-between-groups", "Gaps between groups", lines)


def _reach(paper: Paper) -> Table | None:
    block, names = paper.block(catalogue.REACH_OF_GROUPS), paper.names("programmes")
    lines = []
    for row in block.rows:
        programme, group, figure = block.labels_of(row, "programme", "group", "figure")
        lines.append(line_by_year(paper, row, f"{names[programme]}, {group}: {figure.lower()}"))
    return _table(paper, "reach-of-groups", "Whom programmes reach", lines)


def _waiting(paper: Paper) -> Table | None:
    """Return each service's whole years: the workbook has its months."""
    block = paper.block(catalogue.CAPACITY_AND_DEMAND)
    lines = []
    for row in block.rows:
        service, year, figure = block.labels_of(row, "service", "year", "figure")
        cells = (_unit(row), _written(row.unit, row.values[-1]))
        lines.append(Line(f"{service}, {year}: {figure.lower()}", cells))
    if not lines:
        return None
    headings = ("Intermediate care", "Unit", "Whole year")
    caption = "Who needs intermediate care, who waits for it, and what both cost"
    return Table("intermediate-care", caption, headings, one_group(lines), frozenset({0}))


def _staff(paper: Paper) -> Table | None:
    block, names = paper.block(catalogue.WORKFORCE), paper.names("programmes")
    lines = []
    for row in block.rows:
        programme, role, figure = block.labels_of(row, "programme", "role", "figure")
        lines.append(line_by_year(paper, row, f"{names[programme]}, {role}: {figure.lower()}"))
    return _table(paper, "workforce", "Staff needed, in post and missing", lines)


def section_contracts(paper: Paper) -> Section | None:
    """Return what each capitated contract comes to, and what each form of contract rewards."""
    settled = paper.block(catalogue.CAPITATION_SETTLED)
    if not settled.rows:
        return None
    lines = []
    for row in settled.rows:
        contract, figure = settled.labels_of(row, "capitation", "figure")
        lines.append(line_by_year(paper, row, f"{contract}: {figure.lower()}"))
    rewarded = paper.block(catalogue.WHAT_FORMS_REWARD)
    forms = []
    for row in rewarded.rows:
        contract, form, figure = rewarded.labels_of(row, "capitation", "contract", "figure")
        if figure != glossary.FORM_TOGETHER:
            forms.append(line_by_year(paper, row, f"{contract}, {form.lower()}: {figure.lower()}"))
    made = (
        _table(paper, "capitation", "Capitated contracts beside the plan's own", lines),
        _table(paper, "forms", "What the plan is worth to each under four forms", forms),
    )
    parts = tuple(table for table in made if table)
    return Section("contracts", "Capitated contracts", (settled.shows,), parts=parts)


def line_by_year(paper: Paper, row: Row, heading: str) -> Line:
    """Return a row's figures of the years shown as a line of a table, with its unit."""
    values = (row.values[t] for t in paper.positions_in_tables)
    return Line(heading, (_unit(row), *(_written(row.unit, value) for value in values)))


def _unit(row: Row) -> str:
    # figures of goals in per cent are no fractions, so their unit is spelt out in the answer
    return "%" if row.unit == "per cent" else row.unit or "–"


def _written(unit: str, value: Cell) -> str:
    """Return a figure in full pounds, or of people and rates with one decimal at most."""
    if value is None or isinstance(value, str):
        return value or "–"
    if unit == "£":
        return number(value)
    if unit == "%":
        return percent(value)
    return number(value, 1).removesuffix(".0")


def _table(paper: Paper, id: str, caption: str, lines: Sequence[Line]) -> Table | None:
    if not lines:
        return None
    headings = (glossary.HEADINGS["figure"], "Unit", *paper.shown_years)
    return Table(id, f"{caption}{paper.selected}", headings, one_group(lines), frozenset({0}))

"""The committee paper of a plan in its first form: two pages, and the full report for the rest.

A first plan has money, schemes and perhaps a shift; no goal, range, outturn or scenario of its own.
Its paper has every decision, every condition and every partner's position. Charts, the steps behind
a position and ranges that rest on icbudget's own assumptions stand in the full report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from icbudget.plan import Plan
from icbudget.report.document import Line, Section, Table
from icbudget.report.paper_sections import TO_FILL_IN

_BEYOND_A_FIRST_PLAN = ("goals", "uncertainties", "actuals", "scenarios")
_NOTHING = ("0", "–", "")
_CHECKS_IN_FULL = "What the checks raise beyond the decisions above stands in the full report."
_NOT_WRITTEN = f"{TO_FILL_IN}."


def is_brief(plan: Plan) -> bool:
    """Return whether a plan is one in its first form."""
    return not any(getattr(plan, table) for table in _BEYOND_A_FIRST_PLAN)


def brief(sections: Sequence[Section]) -> list[Section]:
    """Return the sections of the paper as a brief one has them."""
    shortened = [_SHORTENED.get(section.id, _as_it_is)(section) for section in sections]
    metrics = next((section for section in shortened if section.id == "metrics"), None)
    if metrics is None or metrics.parts:
        return shortened
    # A sentence alone needs no heading: it is about what nobody can be certain of.
    others = [section for section in shortened if section is not metrics]
    return [
        replace(section, paragraphs=_opening(metrics.paragraphs, section.paragraphs))
        if section.id == "certain"
        else section
        for section in others
    ]


def _opening(before: Sequence[str], paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Return paragraphs with sentences before the first."""
    first, *others = paragraphs or ("",)
    return (" ".join((*before, first)).rstrip(), *others)


def _as_it_is(section: Section) -> Section:
    return section


def _tables_alone(section: Section) -> Section:
    """Return a section without charts, its tables without rows that are nought in every year."""
    tables = (part for part in section.parts if isinstance(part, Table))
    return replace(section, parts=tuple(map(_without_noughts, tables)))


def _without_noughts(table: Table) -> Table:
    groups = tuple(
        replace(group, lines=tuple(line for line in group.lines if line.total or _counts(line)))
        for group in table.groups
    )
    return replace(table, groups=groups)


def _counts(line: Line) -> bool:
    return any(cell not in _NOTHING for cell in line.cells)


def _gain_by_year(section: Section) -> Section:
    """Return who gains by year: the four steps behind it stand in the full report."""
    tables = tuple(part for part in section.parts if part.id == "gains")
    return replace(section, parts=tables or section.parts)


def _certain(section: Section) -> Section:
    """Return in sentences how firm the figures are, and what prevention rests on."""
    firmness = [point.rstrip(".") for point in section.points if " row" in point[:12]]
    paragraphs = [f"{'; '.join(firmness)}."] if firmness else []
    evidence = [part for part in section.parts if part.id == "evidence"]
    points: list[str] = []
    for table in evidence:
        assert isinstance(table, Table)
        points += [_in_a_line(line) for group in table.groups for line in group.lines]
    if evidence:
        paragraphs.append(
            "The plan states no ranges of its own; those of icbudget's assumptions stand in the"
            f" full report. {evidence[0].caption}:"
        )
    return replace(section, paragraphs=tuple(paragraphs), points=tuple(points), parts=())


def _in_a_line(line: Line) -> str:
    return f"{line.heading}: {'; '.join(filter(None, line.cells))}"


def _without_points(section: Section) -> Section:
    """Return the risks without the list of what the checks raise."""
    points = [part for part in section.parts if part.id == "points"]
    if not points:
        return section
    others = tuple(part for part in section.parts if part not in points)
    return replace(section, paragraphs=(_CHECKS_IN_FULL,), parts=others)


def _headings_alone(section: Section) -> Section:
    """Return the headings to be written in one paragraph, each with the duty that it is about."""
    (table,) = section.parts
    assert isinstance(table, Table)
    headings = []
    for line in table.groups[0].lines:
        about, known = line.cells
        duty = about.split(":")[0].rstrip(".")
        recorded = known.removesuffix(_NOT_WRITTEN).strip().rstrip(".")
        words = f"{line.heading}: {duty[0].lower()}{duty[1:]}"
        headings.append(f"{words} ({recorded})" if recorded else words)
    paragraph = f"{table.caption}: {'; '.join(headings)}. Each is {TO_FILL_IN.lower()}."
    return replace(section, paragraphs=(paragraph,), parts=())


_SHORTENED: dict[str, Callable[[Section], Section]] = {
    "hospital": _tables_alone,
    "partners": _gain_by_year,
    "certain": _certain,
    "risks": _without_points,
    "to-write": _headings_alone,
}
"""What a brief paper does to a section, by the section's id."""

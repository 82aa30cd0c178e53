"""What councils pay for, what clients pay of it, and who pays for whose saving."""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Cell
from icbudget.report.document import Group, Line, Paper, Section, Table
from icbudget.report.people_sections import line_by_year
from icbudget.report.report_figures import POUNDS

_OF_A_LINE = (
    glossary.SPENDING_PLAN,
    glossary.CHARGES_PLAN,
    glossary.BORNE_NET_PLAN,
    glossary.BORNE_NET_NOTHING,
)
"""Figures of a line in the order in which they add up, and what they are held against."""
_OF_A_PROGRAMME = (glossary.PAID_FOR_IT, glossary.SAVED, glossary.NET_OF_IT)


def section_council(paper: Paper) -> Section | None:
    """Return what councils bear of activity by line, and who pays and saves by programme."""
    parts = tuple(table for table in (_lines(paper), _who_saves(paper)) if table)
    if not parts:
        return None
    paragraphs = (
        "What a council pays providers, less what clients pay, is what it bears. A programme that"
        " takes activity off the council's lines saves it only that; one that moves people home"
        " from hospital can cost it more. What a provider goes on spending is in its own position,"
        " not here.",
    )
    return Section("council", "What councils pay, and who saves", paragraphs, parts=parts)


def _lines(paper: Paper) -> Table | None:
    block = paper.block(catalogue.COUNCIL_ACTIVITY)
    partners, names = paper.names("partners"), paper.names("acute_lines")
    groups: dict[tuple[str, str], dict[str, Line]] = {}
    for row in block.rows:
        partner, line, figure = block.labels_of(row, "partner", "acute_line", "figure")
        if figure in _OF_A_LINE:
            groups.setdefault((partner, line), {})[figure] = line_by_year(paper, row, figure)
    if not groups:
        return None
    headings = ("Activity, and what is paid for it", "Unit", *paper.shown_years)
    made = tuple(
        Group(f"{partners[partner]}: {names[line]}", tuple(of[name] for name in _OF_A_LINE))
        for (partner, line), of in groups.items()
    )
    caption = f"What councils pay for, net of what clients pay{paper.selected}"
    return Table("council-lines", caption, headings, made, frozenset({0}))


def _who_saves(paper: Paper) -> Table | None:
    block = paper.block(catalogue.WHO_SAVES)
    partners, names = paper.names("partners"), paper.names("programmes")
    sums: dict[str, dict[str, dict[str, float]]] = {}
    for row in block.rows:
        programme, partner, figure = block.labels_of(row, "programme", "partner", "figure")
        of_partner = sums.setdefault(programme, {}).setdefault(partner, {})
        of_partner[figure] = sum(map(_amount, row.values))
    if not sums:
        return None
    groups = []
    for programme, by_partner in sums.items():
        lines = [
            Line(partners[partner], paper.money(POUNDS, [of[f] for f in _OF_A_PROGRAMME]))
            for partner, of in by_partner.items()
        ]
        total = [sum(of[figure] for of in by_partner.values()) for figure in _OF_A_PROGRAMME]
        together = paper.money(POUNDS, total)
        lines.append(Line("Those who pay or save, together", together, total=True))
        groups.append(Group(names[programme], tuple(lines)))
    caption = f"Who pays for each programme and who saves by it, over the plan, £{paper.selected}"
    return Table("who-saves", caption, ("Partner", *_OF_A_PROGRAMME), tuple(groups))


def _amount(value: Cell) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0

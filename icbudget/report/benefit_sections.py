"""Sections about benefits: what was to be released, what came, and what may be reinvested."""

from __future__ import annotations

from collections.abc import Sequence

from icbudget.answers import benefit_columns, catalogue
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.monitoring import EVERYONE
from icbudget.report.document import Group, Line, Paper, Section, Table, one_group
from icbudget.report.report_figures import Scale, percent, plural, scale_for

LARGEST = 6
"""Releases that a table names: the largest by what is planned; the others are one row."""
_OF_PROGRAMME = (
    benefit_columns.PLANNED,
    benefit_columns.CONFIRMED,
    benefit_columns.ONE_OFF,
    benefit_columns.CLAIMED,
    benefit_columns.FORECAST_OF_YEAR,
    benefit_columns.GAP,
    benefit_columns.OVERDUE,
)
_OF_PARTNER = (*_OF_PROGRAMME, *benefit_columns.TO_DATE)
_OF_QUARTER = (
    benefit_columns.PLANNED,
    benefit_columns.AWAITED,
    benefit_columns.CONFIRMED,
    benefit_columns.CLAIMED,
)
_OF_SHIFT = (
    benefit_columns.COUNTED,
    benefit_columns.MAY,
    benefit_columns.WAS_PLANNED,
    benefit_columns.MISSING,
    benefit_columns.ALREADY,
)


def section_benefits(paper: Paper) -> Section | None:
    """Return releases by programme and by partner, and what may be reinvested, in all years."""
    parts = (
        programmes(paper, paper.years),
        partners(paper, paper.years),
        reinvested(paper, paper.years),
    )
    if not any(parts):
        return None
    paragraph = (
        "A release counts once a second person has confirmed it as cash of a closed month, with"
        " evidence. The forecast is what is confirmed in decided quarters and, for the others, the"
        " plan times what came of it so far. Nothing that was missed carries over."
    )
    tables = tuple(part for part in parts if part)
    return Section("benefits", "What came of what was promised", (paragraph,), parts=tables)


def programmes(paper: Paper, years: Sequence[str]) -> Table | None:
    """Return the releases of years by programme, partner and kind, the largest by name."""
    block = paper.block(catalogue.BENEFITS_BY_PROGRAMME)
    rows = [row for row in block.rows if block.label(row, "year") in years]
    if not rows:
        return None
    scale = scale_for(_amounts(block, rows, _OF_PROGRAMME))
    groups = []
    for year in years:
        of_year = [row for row in rows if block.label(row, "year") == year]
        if not of_year:
            continue
        largest = _largest(block, of_year)
        others = [row for row in of_year if row not in largest]
        lines = []
        for row in largest:
            came = _value(block, row, benefit_columns.RATE)
            rate = percent(came if isinstance(came, (int, float)) else None)
            cells = (*_money(paper, scale, block, [row], _OF_PROGRAMME), rate)
            lines.append(Line(_release(paper, block, row), cells))
        if others:
            cells = (*_money(paper, scale, block, others, _OF_PROGRAMME), "")
            lines.append(Line(plural(len(others), "smaller release"), cells))
        groups.append(Group(year if len(years) > 1 else "", tuple(lines)))
    caption = f"Releases by programme, partner and kind, {_when(years)}, {scale.name}"
    headings = ("Release", *_OF_PROGRAMME, "Came so far")
    return Table("benefits-programmes", caption, headings, tuple(groups))


def partners(paper: Paper, years: Sequence[str]) -> Table | None:
    """Return what each partner's budget was to fall by and fell by, each kind by itself."""
    block = paper.block(catalogue.BENEFITS_BY_PARTNER)
    rows = [row for row in block.rows if block.label(row, "year") in years]
    if not rows:
        return None
    scale = scale_for(_amounts(block, rows, _OF_PARTNER))
    names = {**paper.names("partners"), EVERYONE: EVERYONE}
    groups = []
    for kind in dict.fromkeys(block.label(row, "kind") for row in rows):
        for year in years:
            mine = [
                row
                for row in rows
                if (block.label(row, "kind"), block.label(row, "year")) == (kind, year)
            ]
            lines = [
                Line(
                    names.get(block.label(row, "partner"), block.label(row, "partner")),
                    _money(paper, scale, block, [row], _OF_PARTNER),
                    total=block.label(row, "partner") == EVERYONE,
                )
                for row in mine
            ]
            if lines:
                heading = f"{kind}, {year}" if len(years) > 1 else kind
                groups.append(Group(heading, tuple(lines)))
    caption = f"Releases by partner, {_when(years)}, {scale.name}"
    return Table("benefits-partners", caption, ("Partner", *_OF_PARTNER), tuple(groups))


def quarter(paper: Paper, year: str, number: int) -> Table | None:
    """Return the releases of one quarter: planned, forecast before it, confirmed, and by whom."""
    block = paper.block(catalogue.BENEFITS_BY_QUARTER)
    rows = [
        row
        for row in block.rows
        if (block.label(row, "year"), block.label(row, "quarter")) == (year, f"Quarter {number}")
    ]
    if not rows:
        return None
    scale = scale_for(_amounts(block, rows, _OF_QUARTER))
    largest = _largest(block, rows)
    others = [row for row in rows if row not in largest]
    lines = []
    for row in largest:
        sentences = [
            str(_value(block, row, what) or "–")
            for what in (benefit_columns.STATE, benefit_columns.OWNER, benefit_columns.EVIDENCE)
        ]
        cells = (*_money(paper, scale, block, [row], _OF_QUARTER), *sentences)
        lines.append(Line(_release(paper, block, row), cells))
    if others:
        cells = (*_money(paper, scale, block, others, _OF_QUARTER), "", "", "")
        lines.append(Line(plural(len(others), "smaller release"), cells))
    headings = (
        "Release",
        *_OF_QUARTER,
        benefit_columns.STATE,
        benefit_columns.OWNER,
        benefit_columns.EVIDENCE,
    )
    caption = f"Quarter {number} of {year}, {scale.name}"
    return Table("benefits-quarter", caption, headings, one_group(lines), frozenset({4, 5, 6}))


def reinvested(paper: Paper, years: Sequence[str]) -> Table | None:
    """Return what each shift may move in years, what it was planned to, and what that rests on."""
    block = paper.block(catalogue.REINVESTMENT)
    rows = [row for row in block.rows if block.label(row, "year") in years]
    if not rows:
        return None
    scale = scale_for(_amounts(block, rows, _OF_SHIFT))
    names = paper.names("shifts")
    groups = []
    for year in years:
        of_year = [row for row in rows if block.label(row, "year") == year]
        if not of_year:
            continue
        lines = []
        for row in of_year:
            shift = block.label(row, "shift")
            rests = str(_value(block, row, benefit_columns.RESTS))
            cells = (*_money(paper, scale, block, [row], _OF_SHIFT), rests)
            lines.append(Line(names.get(shift, shift), cells))
        if len(of_year) > 1:
            total = (*_money(paper, scale, block, of_year, _OF_SHIFT), "")
            lines.append(Line("Together", total, total=True))
        groups.append(Group(year, tuple(lines)))
    caption = f"What may be reinvested, {scale.name}"
    headings = ("Shift", *_OF_SHIFT, benefit_columns.RESTS)
    return Table("benefits-reinvested", caption, headings, tuple(groups), frozenset({5}))


def _when(years: Sequence[str]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _release(paper: Paper, block: Block, row: Row) -> str:
    """Return what people call a release.

    It is programme or line, partner, and kind where it is not the contract saving.
    """
    name, partner = block.label(row, "programme"), block.label(row, "partner")
    called = {**paper.names("acute_lines"), **paper.names("programmes")}.get(name, name)
    payer = paper.names("partners").get(partner, partner)
    return f"{called}, {payer} ({block.label(row, 'kind').lower()})"


def _largest(block: Block, rows: Sequence[Row]) -> list[Row]:
    """Return the largest rows by what is planned, in the order of the plan."""
    planned = {id(row): _number(_value(block, row, benefit_columns.PLANNED)) for row in rows}
    # Sorting is stable: ties keep the plan's order.
    by_size = sorted(rows, key=lambda row: -abs(planned[id(row)]))[:LARGEST]
    return [row for row in rows if row in by_size]


def _value(block: Block, row: Row, heading: str) -> Cell:
    return row.values[block.columns.index(heading)]


def _number(value: Cell) -> float:
    return value if isinstance(value, (int, float)) else 0.0


def _amounts(block: Block, rows: Sequence[Row], headings: Sequence[str]) -> list[float]:
    return [_number(_value(block, row, heading)) for row in rows for heading in headings]


def _money(
    paper: Paper, scale: Scale, block: Block, rows: Sequence[Row], headings: Sequence[str]
) -> tuple[str, ...]:
    """Return amounts of rows added up; blank where none of them has one."""
    sums: list[float | None] = []
    for heading in headings:
        values = [_value(block, row, heading) for row in rows]
        known = [value for value in values if isinstance(value, (int, float))]
        sums.append(sum(known) if known else None)
    return paper.money(scale, sums)

"""Sections about the year as it runs: monitoring, virements, quarters, forecasts, ICB close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from icbudget.answers import catalogue, monitoring_columns
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.monitoring import EVERYONE, LATEST, OUTTURN
from icbudget.answers.value_column import Column
from icbudget.report.benefit_sections import section_benefits
from icbudget.report.document import (
    Builder,
    Group,
    Line,
    Paper,
    Section,
    Table,
    amounts_of,
    every_number,
    numbers,
    one_group,
    sums_by_year,
)
from icbudget.report.report_figures import Scale, percent, plural, pounds, scale_for

_PUBLISHED = (
    monitoring_columns.REVISED_BUDGET,
    monitoring_columns.PROFILE_TO_DATE,
    monitoring_columns.ACTUAL_TO_DATE,
    monitoring_columns.VARIANCE_TO_DATE,
    monitoring_columns.FORECAST_OUTTURN,
    monitoring_columns.FORECAST_VARIANCE,
    monitoring_columns.VARIANCE_SHARE,
    monitoring_columns.RECOVERY,
    monitoring_columns.RESIDUAL_RISK,
    monitoring_columns.RAG,
)
"""Columns of the monitoring table that councils and ICBs publish."""


def section_monitoring(paper: Paper) -> Section | None:
    """Return the monitoring table of the month by pool, with the reasons people gave."""
    block = paper.block(catalogue.MONITORING)
    if not block.rows:
        return None
    scale = scale_for(every_number(block.rows))
    tables = [_table(paper, scale, kind, block) for kind in ("Expenditure", "Income")]
    points = []
    for row in block.rows:
        reason = str(block.value(row, monitoring_columns.WHY))
        if reason:
            name, line = block.labels_of(row, "name_or_partner", "scheme_or_source")
            forecast = _forecast_in_words(
                paper, block.value(row, monitoring_columns.FORECAST_VARIANCE)
            )
            points.append(f"{name or line}: {forecast}{reason.removesuffix('.')}.")
    sign = (
        "An adverse variance, spending above the budget or income below it, is in brackets."
        if paper.brackets
        else (
            "An adverse variance, spending above the budget or income below it, is positive; a"
            " favourable one has a minus sign."
        )
    )
    paragraph = (
        f"As at {_as_at(block)} (month 1 is April). {sign} Actuals include accruals. The forecast"
        " is the actual to date and the rest of the profile, or a person's own. Green, Amber and"
        " Red follow the thresholds of Setup, after recovery measures."
    )
    return Section(
        "monitoring",
        "The year as it runs",
        (paragraph,),
        tuple(points),
        tuple(table for table in tables if table.groups),
    )


def _as_at(block: Block) -> str:
    """Return the year and month that an answer of the year as it runs stands at."""
    year, month = block.labels_of(block.rows[0], "year", "to_month")
    return f"{year} month {month}"


def _forecast_in_words(paper: Paper, variance: Cell) -> str:
    """Return by how much a line is forecast to over- or underspend; blank where it is not."""
    if not isinstance(variance, (int, float)) or not variance:
        return ""
    # The NHS's sign is adverse below zero, the council's adverse above (model §1.3).
    is_adverse = variance < 0 if paper.brackets else variance > 0
    verb = "overspend" if is_adverse else "underspend"
    return f"forecast to {verb} by {pounds(variance)}. "


def _table(paper: Paper, scale: Scale, kind: str, block: Block) -> Table:
    """Return the lines of a kind, by pool, each pool with its total."""
    names = paper.names("pools")
    rows = block.where(kind=kind)
    groups = []
    for pool in dict.fromkeys(block.label(row, "pool") for row in rows):
        values_by_row = {
            row: {column: block.value(row, column) for column in _PUBLISHED}
            for row in rows
            if block.label(row, "pool") == pool
        }
        lines = [
            Line(_name(paper, block, row), _cells(paper, scale, values))
            for row, values in values_by_row.items()
        ]
        total = _total(list(values_by_row.values()))
        lines.append(Line("Total", _cells(paper, scale, total), total=True))
        groups.append(Group(names.get(pool, "Not in any pool of the plan"), tuple(lines)))
    heading = "Scheme" if kind == "Expenditure" else "Partner and source"
    caption = f"{kind}: budget, actual to date and forecast, {scale.name}"
    return Table(
        f"monitoring-{kind.lower()}",
        caption,
        (heading, *(column.heading for column in _PUBLISHED)),
        tuple(groups),
        frozenset({_PUBLISHED.index(monitoring_columns.RAG)}),
    )


def _name(paper: Paper, block: Block, row: Row) -> str:
    """Return what a line of the table is called."""
    what, name, line, kind = block.labels_of(
        row, "scheme_or_source", "name_or_partner", "line", "kind"
    )
    if kind == "Income":
        return f"{paper.names('partners').get(name, name)}, {what}"
    return f"{what} {name}" + (f" ({line})" if line not in ("", "1") else "")


def _total(values_by_column: Sequence[Mapping[Column, Cell]]) -> dict[Column, Cell]:
    """Return the sums of rows; the percentage is that of the sums, and a total has no colour."""
    total: dict[Column, Cell] = {}
    for column in _PUBLISHED:
        amounts = [values[column] for values in values_by_column]
        total[column] = sum(amount for amount in amounts if isinstance(amount, (int, float)))
    revised = float(total[monitoring_columns.REVISED_BUDGET] or 0)
    variance = float(total[monitoring_columns.FORECAST_VARIANCE] or 0)
    total[monitoring_columns.VARIANCE_SHARE] = variance / revised if revised else None
    total[monitoring_columns.RAG] = ""
    return total


def _cells(paper: Paper, scale: Scale, values: Mapping[Column, Cell]) -> tuple[str, ...]:
    """Return the cells of a line as written: money, the percentage, and the colour as a word."""
    cells = []
    for column, value in values.items():
        (amount,) = amounts_of([value])
        if column.unit == "%":
            cells.append(percent(amount, brackets=paper.brackets))
        elif column.unit == "£":
            cells += paper.money(scale, [amount])
        else:
            cells.append(str(value or ""))
    return tuple(cells)


def section_quarters(paper: Paper) -> Section | None:
    """Return the quarterly report to the partners: income and spending of each pool and partner."""
    block = paper.block(catalogue.QUARTERLY_REPORT)
    if not block.rows:
        return None
    scale = scale_for(every_number(block.rows))
    names, partners = paper.names("pools"), {**paper.names("partners"), EVERYONE: EVERYONE}
    groups = []
    accounts = [block.labels_of(row, "pool", "partner") for row in block.rows]
    for pool, partner in dict.fromkeys(accounts):
        lines = []
        for row in block.where(pool=pool, partner=partner):
            amounts = amounts_of(row.values)
            lines.append(Line(block.label(row, "figure"), paper.money(scale, amounts)))
        heading = f"{names.get(pool, pool)}: {partners.get(partner, partner)}"
        groups.append(Group(heading, tuple(lines)))
    paragraph = (
        f"As at {_as_at(block)}. Quarter 1 is April to June. A"
        " partner's spending is shown as its own ledger holds it and as its money funds it, by who"
        " contributes to each source."
    )
    caption = f"Quarterly report of each pool to its partners, {scale.name}"
    table = Table("quarters", caption, ("Pool and partner", *block.columns), tuple(groups))
    return Section("quarters", "Quarterly report", (paragraph,), parts=(table,))


def section_virements(paper: Paper) -> Section | None:
    """Return the virement log, with those that do not count and why."""
    block = paper.block(catalogue.VIREMENT_LOG)
    rows = block.rows
    if not rows:
        return None
    scale = scale_for(every_number(rows))
    lines = []
    for row in rows:
        name, year, month = block.labels_of(row, "virement", "year", "month")
        origin, target, recurrent = block.labels_of(row, "from", "to", "recurrent")
        approved_by, state = block.labels_of(row, "approved_by", "state")
        amount = block.value(row, monitoring_columns.VIREMENT_AMOUNT)
        (written,) = paper.money(scale, [amount if isinstance(amount, (int, float)) else None])
        start = f"{year} month {month}"
        cells = (start, origin, target, written, recurrent, approved_by or "–", state)
        lines.append(Line(name, cells))
    waiting = sum(block.label(row, "state") != "Counts" for row in rows)
    paragraph = (
        "Virements inside a pool sum to zero; those across its edge change contributions. One-off"
        " ones enter no later budget."
    )
    points = (f"{plural(waiting, 'virement')} of {len(rows)} do not count.",) if waiting else ()
    headings = (
        "Virement",
        "From month",
        "From",
        "To",
        "Amount",
        "Recurrent",
        "Approved by",
        "State",
    )
    table = Table(
        "virements",
        f"Virement log, {scale.name}",
        headings,
        one_group(lines),
        frozenset({0, 1, 2, 4, 5, 6}),
    )
    return Section("virements", "Virements", (paragraph,), points, (table,))


def section_accuracy(paper: Paper) -> Section | None:
    """Return how each scheme's forecast moved by month, and how far each was off the latest."""
    block = paper.block(catalogue.FORECAST_ACCURACY)
    forecasts = block.where(figure=OUTTURN)
    made = [_forecasts_made(row) for row in forecasts]
    missed = [_forecasts_made(row) for row in block.where(figure=LATEST)]
    by_month = enumerate(zip(*made, strict=True))
    months = [at for at, of_month in by_month if set(of_month) != {None}]
    # One month's forecast has not moved.
    if len(months) < 2:
        return None
    scale = scale_for(every_number(forecasts))

    def group(title: str, forecasts_by_line: Sequence[Sequence[float | None]]) -> Group:
        """Return the lines, and their total in the months that have a forecast of every line."""
        named = [" ".join(block.labels_of(row, "scheme", "name")) for row in forecasts]
        lines = [
            Line(name, paper.money(scale, [row[at] for at in months]))
            for name, row in zip(named, forecasts_by_line, strict=True)
        ]
        totals: list[float | None] = []
        for at in months:
            of_month = [row[at] for row in forecasts_by_line]
            known = [value for value in of_month if value is not None]
            totals.append(sum(known) if len(known) == len(of_month) else None)
        return Group(title, (*lines, Line("Total", paper.money(scale, totals), total=True)))

    headings = ("Scheme", *(f"Month {at + 1}" for at in months))
    groups = (
        group("Forecast outturn", made),
        group("Above (or below) the latest forecast", missed),
    )
    table = Table("accuracy", f"Every month's forecast, {scale.name}", headings, groups)
    paragraph = (
        "Every month's forecast is kept. A forecast that moves late, or always the same way, is one"
        " to ask about; in month 12 the latest is the outturn. Months in which nothing was booked"
        " have none."
    )
    return Section("accuracy", "How the forecasts moved", (paragraph,), parts=(table,))


def _forecasts_made(row: Row) -> list[float | None]:
    """Return a row's figures by month, None for a month in which nobody made a forecast."""
    pairs = zip(row.values, numbers(row), strict=True)
    return [None if cell is None else value for cell, value in pairs]


def section_close(paper: Paper) -> Section | None:
    """Return the year as the ICB closed it beside the outturn now."""
    block = paper.block(catalogue.ICB_CLOSE)
    rows = block.rows
    if not rows:
        return None
    scale = scale_for(every_number(rows))
    lines = []
    for row in rows:
        scheme, name, why = block.labels_of(row, "scheme", "name", "why_changed")
        cells = (*paper.money(scale, numbers(row)), why or "–")
        lines.append(Line(f"{scheme} {name}", cells))
    totals = sums_by_year(numbers(row) for row in rows)
    lines.append(Line("Total", (*paper.money(scale, totals), ""), total=True))
    headings = ("Scheme", "As the ICB closed", "Later changes", "Outturn now", "Why it changed")
    caption = (
        f"The year as the ICB closed its books, and what the council changed since, {scale.name}"
    )
    table = Table("icb-close", caption, headings, one_group(lines), frozenset({3}))
    return Section(
        "icb-close", "ICB close", ("The frozen figures stay as they were.",), parts=(table,)
    )


IN_YEAR: tuple[Builder, ...] = (
    section_monitoring,
    section_quarters,
    section_virements,
    section_accuracy,
    section_close,
    section_benefits,
)
"""The sections of the year as it runs, in reading order; each is left out where there is nothing to
report.
"""

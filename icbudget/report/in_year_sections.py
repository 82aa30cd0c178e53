"""Sections about the year as it runs: monitoring, virements, quarters, forecasts, ICB close."""

from __future__ import annotations

from collections.abc import Sequence

from icbudget.answers import catalogue
from icbudget.answers.block import Cell, Row
from icbudget.answers.monitoring import COLUMNS, EVERYONE, LATEST, OUTTURN, QUARTERS
from icbudget.report.document import Builder, Group, Line, Paper, Section, Table, numbers
from icbudget.report.report_figures import Scale, percent, plural, pounds, scale_for

_PUBLISHED = (
    "Revised budget",
    "Profile to date",
    "Actual to date",
    "Variance to date",
    "Forecast outturn",
    "Forecast variance",
    "Forecast variance %",
    "Recovery measures",
    "Residual risk",
    "RAG",
)
"""Columns of the monitoring table that councils and ICBs publish."""
_AT = {heading: at for at, heading in enumerate(COLUMNS)}
_PERCENTAGE, _RAG = _PUBLISHED.index("Forecast variance %"), _PUBLISHED.index("RAG")


def section_monitoring(paper: Paper) -> Section | None:
    """Return the monitoring table of the month by pool, with the reasons people gave."""
    rows = paper.block(catalogue.MONITORING).rows
    if not rows:
        return None
    when = f"{rows[0].labels[5]} month {rows[0].labels[6]}"
    scale = scale_for(float(v) for row in rows for v in row.values if isinstance(v, (int, float)))
    tables = [
        _table(paper, scale, kind, [row for row in rows if row.labels[4] == kind])
        for kind in ("Expenditure", "Income")
    ]
    points = []
    for row in rows:
        reason = str(row.values[_AT["Why"]])
        if reason:
            subject = row.labels[2] or row.labels[1]
            points.append(f"{subject}: {_over(paper, row)}{reason.removesuffix('.')}.")
    sign = (
        "An adverse variance, spending above the budget or income below it, is in brackets."
        if paper.brackets
        else (
            "An adverse variance, spending above the budget or income below it, is positive; a"
            " favourable one has a minus sign."
        )
    )
    paragraph = (
        f"As at {when} (month 1 is April). {sign} Actuals include accruals. The forecast is the"
        " actual to date and the rest of the profile, or a person's own. Green, Amber and Red"
        " follow the thresholds of Setup, after recovery measures."
    )
    return Section(
        "monitoring",
        "The year as it runs",
        (paragraph,),
        tuple(points),
        tuple(table for table in tables if table.groups),
    )


def _over(paper: Paper, row: Row) -> str:
    value = row.values[_AT["Forecast variance"]]
    if not isinstance(value, (int, float)) or not value:
        return ""
    # The NHS's sign is adverse below zero, the council's adverse above (model §1.3).
    is_adverse = value < 0 if paper.brackets else value > 0
    verb = "overspend" if is_adverse else "underspend"
    return f"forecast to {verb} by {pounds(value)}. "


def _table(paper: Paper, scale: Scale, kind: str, rows: Sequence[Row]) -> Table:
    names = paper.names("pools")
    pools = dict.fromkeys(row.labels[0] for row in rows)
    groups = []
    for pool in pools:
        mine = [row for row in rows if row.labels[0] == pool]
        lines = [Line(_called(paper, row), _cells(paper, scale, row.values)) for row in mine]
        lines.append(Line("Total", _cells(paper, scale, _total(mine)), total=True))
        groups.append(Group(names.get(pool, "Not in any pool of the plan"), tuple(lines)))
    heading = "Scheme" if kind == "Expenditure" else "Partner and source"
    caption = f"{kind}: budget, actual to date and forecast, {scale.name}"
    return Table(
        f"monitoring-{kind.lower()}",
        caption,
        (heading, *_PUBLISHED),
        tuple(groups),
        frozenset({_RAG}),
    )


def _called(paper: Paper, row: Row) -> str:
    _, what, name, line, kind, *_ = row.labels
    if kind == "Income":
        return f"{paper.names('partners').get(name, name)}, {what}"
    return f"{what} {name}" + (f" ({line})" if line not in ("", "1") else "")


def _total(rows: Sequence[Row]) -> tuple[Cell, ...]:
    """Return the sums of rows; the percentage is that of the sums, and a total has no colour."""
    sums: list[Cell] = []
    for at in range(len(COLUMNS)):
        values = [row.values[at] for row in rows]
        sums.append(sum(value for value in values if isinstance(value, (int, float))))
    revised, variance = sums[_AT["Revised budget"]], sums[_AT["Forecast variance"]]
    sums[_AT["Forecast variance %"]] = float(variance or 0) / float(revised) if revised else None
    sums[_AT["RAG"]] = ""
    return tuple(sums)


def _cells(paper: Paper, scale: Scale, values: Sequence[Cell]) -> tuple[str, ...]:
    published = [values[_AT[heading]] for heading in _PUBLISHED]
    cells = list(
        paper.money(scale, [v if isinstance(v, (int, float)) else None for v in published])
    )
    share = published[_PERCENTAGE]
    cells[_PERCENTAGE] = percent(
        share if isinstance(share, (int, float)) else None, brackets=paper.brackets
    )
    cells[_RAG] = str(published[_RAG] or "")
    return tuple(cells)


def section_quarters(paper: Paper) -> Section | None:
    """Return the quarterly report to the partners: income and spending of each pool and partner."""
    rows = paper.block(catalogue.QUARTERLY_REPORT).rows
    if not rows:
        return None
    scale = scale_for(v for row in rows for v in numbers(row))
    names, partners = paper.names("pools"), {**paper.names("partners"), EVERYONE: EVERYONE}
    groups = []
    for account in dict.fromkeys(row.labels[:2] for row in rows):
        pool, partner = account
        lines = []
        for row in rows:
            if row.labels[:2] == account:
                amounts = [v if isinstance(v, (int, float)) else None for v in row.values]
                lines.append(Line(row.labels[2], paper.money(scale, amounts)))
        heading = f"{names.get(pool, pool)}: {partners.get(partner, partner)}"
        groups.append(Group(heading, tuple(lines)))
    paragraph = (
        f"As at {rows[0].labels[3]} month {rows[0].labels[4]}. Quarter 1 is April to June. A"
        " partner's spending is shown as its own ledger holds it and as its money funds it, by who"
        " contributes to each source."
    )
    caption = f"Quarterly report of each pool to its partners, {scale.name}"
    table = Table("quarters", caption, ("Pool and partner", *QUARTERS, "To date"), tuple(groups))
    return Section("quarters", "Quarterly report", (paragraph,), parts=(table,))


def section_virements(paper: Paper) -> Section | None:
    """Return the virement log, with those that do not count and why."""
    rows = paper.block(catalogue.VIREMENT_LOG).rows
    if not rows:
        return None
    scale = scale_for(v for row in rows for v in numbers(row))
    lines = []
    for row in rows:
        name, year, month, origin, target, recurrent, _, approved_by, state = row.labels
        amount = paper.money(scale, numbers(row)[:1])
        start = f"{year} month {month}"
        cells = (start, origin, target, *amount, recurrent, approved_by or "–", state)
        lines.append(Line(name, cells))
    waiting = sum(row.labels[-1] != "Counts" for row in rows)
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
        (Group("", tuple(lines)),),
        frozenset({0, 1, 2, 4, 5, 6}),
    )
    return Section("virements", "Virements", (paragraph,), points, (table,))


def section_accuracy(paper: Paper) -> Section | None:
    """Return how each scheme's forecast moved by month, and how far each was off the latest."""
    forecasts = paper.rows(catalogue.FORECAST_ACCURACY, figure=OUTTURN)
    off = paper.rows(catalogue.FORECAST_ACCURACY, figure=LATEST)
    known = [
        [None if cell is None else value for cell, value in zip(r.values, numbers(r), strict=True)]
        for r in (*forecasts, *off)
    ]
    made, missed = known[: len(forecasts)], known[len(forecasts) :]
    months = [
        at
        for at, values in enumerate(zip(*made, strict=True))
        if any(value is not None for value in values)
    ]
    if len(months) < 2:
        return None
    scale = scale_for(v for row in forecasts for v in numbers(row))

    def group(title: str, forecasts_by_line: Sequence[Sequence[float | None]]) -> Group:
        """Return the lines, and their total in the months that have a forecast of every line."""
        named = [f"{row.labels[1]} {row.labels[2]}" for row in forecasts]
        lines = [
            Line(name, paper.money(scale, [row[at] for at in months]))
            for name, row in zip(named, forecasts_by_line, strict=True)
        ]
        columns = [[row[at] for row in forecasts_by_line] for at in months]
        totals = [
            None if None in column else sum(value or 0.0 for value in column) for column in columns
        ]
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


def section_close(paper: Paper) -> Section | None:
    """Return the year as the ICB closed it beside the outturn now."""
    rows = paper.block(catalogue.ICB_CLOSE).rows
    if not rows:
        return None
    scale = scale_for(v for row in rows for v in numbers(row))
    lines = [
        Line(f"{r.labels[1]} {r.labels[2]}", (*paper.money(scale, numbers(r)), r.labels[6] or "–"))
        for r in rows
    ]
    totals = [sum(column) for column in zip(*(numbers(row) for row in rows), strict=True)]
    lines.append(Line("Total", (*paper.money(scale, totals), ""), total=True))
    headings = ("Scheme", "As the ICB closed", "Later changes", "Outturn now", "Why it changed")
    caption = (
        f"The year as the ICB closed its books, and what the council changed since, {scale.name}"
    )
    table = Table("icb-close", caption, headings, (Group("", tuple(lines)),), frozenset({3}))
    return Section(
        "icb-close", "ICB close", ("The frozen figures stay as they were.",), parts=(table,)
    )


IN_YEAR: tuple[Builder, ...] = (
    section_monitoring,
    section_quarters,
    section_virements,
    section_accuracy,
    section_close,
)
"""The sections of the year as it runs, in reading order; each is left out where there is nothing to
report.
"""

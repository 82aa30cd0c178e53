"""Totals and comparisons of the sheets of the year as it runs.

They are ordinary formulas over the answers and the inputs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from icbudget import glossary, money
from icbudget.answers import benefit_columns, benefits, catalogue
from icbudget.answers.answer import Answer
from icbudget.answers.monitoring import EVERYONE, LATEST, OUTTURN
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.plan.confirmed_release import CASH
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import column_reference
from icbudget.workbook.writing.answer_sheets import TOTALS_ROW, Total, comparison, sums
from icbudget.workbook.writing.formulas import Area, Figure, text


def monitoring(contents: Contents, area: Area) -> list[Total]:
    """Return spending and income added up, in every column of money."""
    kinds = ("Expenditure", "Income")
    counted = [column for column, unit in area.block.unit_by_column.items() if unit == "£"]
    labels = [Figure(f"$A{TOTALS_ROW + 2 + at}", kind) for at, kind in enumerate(kinds)]
    return [
        Total(kind, "£", area.sums_here(counted, kind=label))
        for kind, label in zip(kinds, labels, strict=True)
    ]


def quarterly(contents: Contents, area: Area) -> list[Total]:
    """Return the pools' income and spending.

    Beside them stands what each partner's ledger and money make of the spending.
    """
    figures = ("Income due", "Income received", "Spending profile", "Spending")
    columns = area.block.columns
    lines = [
        Total(
            f,
            "£",
            area.sums_here(columns, partner=text(EVERYONE), figure=text(f)),
        )
        for f in figures
    ]
    for figure in ("Spending in its own ledger", "Spending that its money funds"):
        lines.append(Total(figure, "£", area.sums_here(columns, figure=text(figure))))
    return lines


def virements(contents: Contents, area: Area) -> list[Total]:
    """Return the log added up."""
    return [Total("All virements", "£", area.sums_here())]


def accuracy(contents: Contents, area: Area) -> list[Total]:
    """Return every month's forecast of all schemes, and how far it was off."""
    return sums(area, "figure", (OUTTURN, LATEST), "£")


def close(contents: Contents, area: Area) -> list[Total]:
    """Return all frozen lines added up."""
    return [
        Total(
            "All lines that were frozen",
            "£",
            area.sums_here(),
        )
    ]


def benefits_by_programme(contents: Contents, area: Area) -> list[Total]:
    """Return each kind of release added up; the two kinds are never added to one another."""
    kinds = tuple(benefits.in_words(kind) for kind in CASH)
    labels = [Figure(f"$A{TOTALS_ROW + 2 + at}", kind) for at, kind in enumerate(kinds)]
    return [
        Total(kind, "£", area.sums_here(_added(area), kind=label))
        for kind, label in zip(kinds, labels, strict=True)
    ]


def benefits_by_partner(contents: Contents, area: Area) -> list[Total]:
    """Return whether the partners one by one make all of them together."""
    figures = {
        c: area.sum(c, here=True)
        - area.sum(c, here=True, partner=text(EVERYONE))
        - area.sum(c, here=True, partner=text(EVERYONE))
        for c in _added(area)
    }
    return [comparison("Each partner = all partners", figures)]


def reinvestment(contents: Contents, area: Area) -> list[Total]:
    """Return what all shifts may move, and what was planned to be moved."""
    return [Total("All shifts", "£", area.sums_here(_added(area)))]


def _added(area: Area) -> list[str]:
    """Return the columns of money of an answer about benefits."""
    return [c for c in area.block.columns if c in benefit_columns.MONEY]


_BROUGHT, _FUNDING, _SPENT = (
    "Balance brought forward",
    "Total funding provided to the pooled budget",
    "Total expenditure",
)
_OF_YEAR, _NET = glossary.NET_OF_YEAR, glossary.NET_WITH_BALANCE
_SHARED, _CARRIED = "Total shared", "Balance carried forward"


def memorandum(contents: Contents, area: Area) -> list[Total]:
    """Return the accounts of all pools added up, and their cross-checks.

    What they come to is shared, and is carried forward.
    """
    labels = (_BROUGHT, _FUNDING, _SPENT, _OF_YEAR, _NET, _SHARED, _CARRIED)
    rows: dict[str, dict[str, Figure]] = {}
    for at, label in enumerate(labels):
        cell = Figure(f"$A{TOTALS_ROW + 2 + at}", label)
        rows[label] = area.sums_here(view=text("£"), line=cell)

    def apart(words: str, plus: Sequence[str], minus: Sequence[str]) -> Total:
        figures: dict[str, Figure] = {}
        for c in area.block.columns:
            figure = rows[plus[0]][c]
            for label in plus[1:]:
                figure = figure + rows[label][c]
            for label in minus:
                figure = figure - rows[label][c]
            figures[c] = figure
        return comparison(words, figures)

    return [
        *(Total(label, "£", figures) for label, figures in rows.items()),
        apart("Funding − expenditure = net of the year", (_FUNDING,), (_SPENT, _OF_YEAR)),
        apart("Brought forward + net of the year = both", (_BROUGHT, _OF_YEAR), (_NET,)),
        apart("Shared = net", (_NET,), (_SHARED,)),
        apart("Carried forward = net", (_NET,), (_CARRIED,)),
    ]


def annual_return(contents: Contents, area: Area) -> list[Total]:
    """Return what all partners' money paid for and their shares of the result."""
    return sums(area, "line", ("Paid for by this partner's money", "This partner's share"), "£")


def agreement(contents: Contents, area: Area) -> list[Total]:
    """Return both sides' records and their differences added up."""
    return [Total("All balances", "£", area.sums_here())]


def source_bridge(contents: Contents, area: Area) -> list[Total]:
    """Return the income of all funding sources, and that of the year before."""
    return sums(area, "step", (glossary.COMING_IN_BEFORE, glossary.COMING_IN), "£")


def books(contents: Contents, area: Area) -> list[Total]:
    """Return what all partners book, gross, and what of it is income from one another."""
    return sums(
        area,
        "figure",
        ("Gross expenditure", "Income from partners", "VAT that cannot be recovered"),
        "£",
    )


Compared = tuple[str, str, str, Figure, Figure]
"""Sheet, what is compared, how, the figure from the inputs or from another answer, and the figure
of the answer.
"""


def comparisons(
    plan: Plan, placed: Mapping[Answer, tuple[Area, Sequence[Total]]]
) -> Iterable[Compared]:
    """Yield what must agree.

    It is budgets with their virements, the Actuals sheet with Monitoring, and partners with their
    pool.
    """
    if catalogue.MONITORING in placed and placed[catalogue.MONITORING][0].block.rows:
        area = placed[catalogue.MONITORING][0]
        vired = area.sum("Original budget") + area.sum("Virements")
        how = "Original budget and virements of every line, against the revised budget"
        yield area.sheet, "Revised budget", how, vired, area.sum("Revised budget")
        income = area.sum("Virements", kind=text("Income"))
        how = "Virements of spending against those of income, which they change alike"
        yield area.sheet, "Virements", how, income, area.sum("Virements", kind=text("Expenditure"))
        how = "Actuals sheet: actual and accrual up to the month, against Monitoring"
        answer = area.sum("Actual to date", kind=text("Expenditure"))
        yield area.sheet, "Spending to date", how, _booked(plan, area), answer
    if catalogue.QUARTERLY_REPORT in placed and placed[catalogue.QUARTERLY_REPORT][0].block.rows:
        area = placed[catalogue.QUARTERLY_REPORT][0]
        spent = area.sum("To date", partner=text(EVERYONE), figure=text("Spending"))
        for figure in ("Spending in its own ledger", "Spending that its money funds"):
            how = "All partners' added up, against the pools' spending"
            yield area.sheet, figure, how, spent, area.sum("To date", figure=text(figure))


def _booked(plan: Plan, area: Area) -> Figure:
    """Return spending and accruals of the Actuals sheet in the year.

    They are up to the month that Monitoring says it is as at.
    """
    when, until = area.cell(0, HEADINGS["year"]), area.cell(0, HEADINGS["to_month"])
    labels = area.block.rows[0].labels
    year, month = (labels[area.block.labels.index(name)] for name in ("Year", "To month"))
    names = ("year", "month", "kind", "amount", "accrual")
    years, months, kinds, booked, accrued = (column_reference("actuals", name) for name in names)
    tests = f'--({years}={when}),--({months}<=--{until}),--({kinds}<>"income")'
    rows = [
        r
        for r in plan.actuals
        if r.year == year and r.month <= int(month) and r.kind == "expenditure"
    ]
    value = math.fsum(money.to_pence(r.amount + r.accrual) for r in rows) / 100
    return Figure(f"SUMPRODUCT({tests},{booked})+SUMPRODUCT({tests},{accrued})", value)

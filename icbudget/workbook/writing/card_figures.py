"""What the cards of the Dashboard are made of: figures, their words, and when one is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from icbudget.answers.answer import Answer
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import Total
from icbudget.workbook.writing.answer_totals import across, line
from icbudget.workbook.writing.chart_series import Series
from icbudget.workbook.writing.cross_checks import Placed
from icbudget.workbook.writing.formulas import Area, Figure, added, first_that_holds, text

NO_FIGURE = "Not known: a figure of it cannot be read."
"""What stands where nobody can say whether all is well: no comfort over what is not known."""


def is_unknown(figure: Figure) -> Figure:
    """Return whether a figure is not known."""
    return Figure(f"ISERROR({figure.formula})", isinstance(figure.value, NotKnown))


def is_nothing(*figures: Figure) -> Figure:
    """Return whether all of some figures are nought; what is not known is not nought."""
    parts = "+".join(f"({figure.formula}<>0)" for figure in figures)
    holds = not any(isinstance(figure.value, NotKnown) or figure.value for figure in figures)
    return Figure(f"IFERROR({parts},1)=0", holds)


def if_known(sentence: Figure, *figures: Figure) -> Figure:
    """Return a sentence about figures, or that one of them is not known: never £0.0m for it."""
    every = Figure(
        "+".join(f"({figure.formula})" for figure in figures),
        added(figure.value for figure in figures),
    )
    unknown = (is_unknown(every), Figure(f'"{NO_FIGURE}"', NO_FIGURE))
    return first_that_holds(unknown, otherwise=sentence)


def over_years(area: Area, figure: str) -> Figure:
    """Return a figure of an answer, all rows and years added up."""
    parts = [area.sum(heading, figure=text(figure)) for heading in area.block.columns]
    formula = "+".join(part.formula for part in parts)
    return Figure(formula, added(part.value for part in parts))


def last_column(series: Series) -> str:
    """Return the cells of the last year of what a chart draws."""
    from xlsxwriter.utility import xl_range_abs

    column = series.corner.column_of(len(series.headings) - 1)
    cells = xl_range_abs(series.row + 1, column, series.last, column)
    return f"{layout.quoted(series.sheet)}!{cells}"


def labels_of(series: Series) -> str:
    """Return the cells of the labels of what a chart draws."""
    from xlsxwriter.utility import xl_range_abs

    return f"{layout.quoted(series.sheet)}!{xl_range_abs(series.row + 1, 0, series.last, 0)}"


def sum_of(series: Series) -> Figure:
    """Return what all rows come to in the last year."""
    values = added(figures[-1].value for _, figures in series.rows)
    return Figure(f"SUM({last_column(series)})", values)


def least_of(series: Series) -> Figure:
    """Return the least figure of the last year."""
    values = [figures[-1].value for _, figures in series.rows]
    formula, total = f"MIN({last_column(series)})", added(values)
    if isinstance(total, NotKnown):  # what is not known might be the least
        return Figure(formula, total)
    return Figure(formula, min(value for value in values if not isinstance(value, str)))


def worst_of(series: Series) -> Figure:
    """Return the label of the row that is least in the last year."""
    cells = last_column(series)
    least = min((amount(figures[-1]) for _, figures in series.rows), default=0.0)
    who = next((label for label, figures in series.rows if amount(figures[-1]) == least), "")
    name = str(who.value) if isinstance(who, Figure) else who
    return Figure(f"INDEX({labels_of(series)},MATCH(MIN({cells}),{cells},0))", name)


def amount(figure: Figure) -> float:
    """Return a figure's amount; 0 for one that is not known, which its cell says itself."""
    value = figure.value
    return 0.0 if isinstance(value, (str, NotKnown)) else float(value)


def in_words(figure: Figure, sign: int = 1) -> str:
    """Return the formula of an amount in words, such as £49.4m."""
    amount = f"({figure.formula})" if sign > 0 else f"(0-({figure.formula}))"
    return f'TEXT({amount},"£#,##0.0,,")&"m"'


def millions(figure: Figure, sign: int = 1) -> str:
    """Return an amount in words, such as £49.4m."""
    in_millions = sign * amount(figure) / 1e6
    # A loss of less than £50,000 is £0.0m and has no minus, as TEXT has it.
    return f"{'-' if round(in_millions, 1) < 0 else ''}£{abs(in_millions):,.1f}m"


def placed_total(placed: Placed, answer: Answer, label: str) -> Figure:
    """Return a line of totals of an answer, all years added up; 0 where it is not placed."""
    return all_years(*placed[answer], label) if answer in placed else Figure("0", 0.0)


def all_years(area: Area, lines: Sequence[Total], label: str) -> Figure:
    """Return a line of totals above an answer, all years added up."""
    years = added(line(area, lines, label, heading).value for heading in area.block.columns)
    return Figure(f"SUM({across(area, lines, label)})", years)

"""A table of figures for one chart, and the Chart figures sheet that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import write_figure, write_top
from icbudget.workbook.writing.formulas import Area, Figure
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.styles import POUNDS_PENCE, Styles

_WIDTHS = 44, 18
"""Of the labels, and of the figures right of them."""


@dataclass(frozen=True, slots=True)
class Series:
    """A table of figures for one chart, below its title: rows by label, columns by heading; `row`
    is the row of its headings.
    """

    title: Figure | str
    row: int
    headings: tuple[Figure | str, ...]
    rows: tuple[tuple[Figure | str, tuple[Figure, ...]], ...]
    number_format: str = POUNDS_PENCE

    @property
    def last(self) -> int:
        """Return the number of its last row."""
        return self.row + len(self.rows)


def write_chart_figures(
    sheet: Any, styles: Styles, drawn: Mapping[str, Series], title: str
) -> None:
    """Write every table of figures."""
    write_top(
        sheet,
        styles,
        layout.CHART_FIGURES,
        "What the charts of the Dashboard draw. Ordinary formulas over the answers; nothing to"
        " type.",
    )
    for told in drawn.values():
        _write_words(sheet, told.row - 1, 0, told.title, styles.subtitle)
        for at, heading in enumerate(told.headings):
            _write_words(sheet, told.row, at, heading, styles.heading(over_numbers=at > 0))
        fit_height(
            sheet,
            told.row,
            [(heading, _WIDTHS[1]) for heading in told.headings if isinstance(heading, str)],
        )
        for row, (label, figures) in enumerate(told.rows, start=told.row + 1):
            _write_words(sheet, row, 0, label, styles.label(wrap=True))
            fit_height(
                sheet, row, [(str(label.value) if isinstance(label, Figure) else label, _WIDTHS[0])]
            )
            for at, figure in enumerate(figures, start=1):
                write_figure(sheet, row, at, figure, styles.total(told.number_format))
    columns = max((len(told.headings) for told in drawn.values()), default=1)
    widths = [_WIDTHS[0], *[_WIDTHS[1]] * (columns - 1)]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    printable(sheet, title, widths=widths, repeat=1)


def _write_words(sheet: Any, row: int, column: int, words: Figure | str, shown: Any) -> None:
    if isinstance(words, Figure):
        write_figure(sheet, row, column, words, shown)
    else:
        sheet.write_string(row, column, words, shown)


def here(row: int, column: int, value: float | str) -> Figure:
    """Return a cell of this sheet, its column fixed, as a formula on it writes it."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return Figure(xl_rowcol_to_cell(row, column, col_abs=column == 0), value)


def years_of(area: Area) -> tuple[Figure, ...]:
    """Return the headings of an answer's columns, as cells."""
    return tuple(Figure(area.cell(-1, heading), heading) for heading in area.block.columns)


def with_year(words: str, area: Area) -> Figure:
    """Return a title that ends with the last year of an answer."""
    last = area.block.columns[-1]
    return Figure(f'"{words}"&{area.cell(-1, last)}', f"{words}{last}")

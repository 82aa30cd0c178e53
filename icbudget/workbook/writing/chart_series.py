"""A table of figures for one chart, on the sheet of the answer that it draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from icbudget.workbook.writing.answer_sheets import TOTALS_ROW, Total, write_figure
from icbudget.workbook.writing.formulas import Area, Figure
from icbudget.workbook.writing.print_setup import fit_height
from icbudget.workbook.writing.stopped import number_while_answered, words_while_answered
from icbudget.workbook.writing.styles import WHOLE_POUNDS, Styles

BAND = 20
"""Rows that the charts of a sheet take between its totals and its block."""
_FIGURE = 15
"""Width of a figure beyond the columns of the block."""


class Chart(StrEnum):
    """The charts of a workbook, in reading order.

    `chart_figures` works out what each draws, `excel_charts` draws it, `dashboard` picks a few.
    """

    INCOME = "income"
    LEFT = "left"
    BORNE = "borne"
    ACUTE = "acute"
    BRIDGE = "bridge"
    WORTH = "worth"
    PARTNERS = "partners"
    GOAL = "goal"
    SAVED = "saved"
    NET = "net"
    TORNADO = "tornado"


@dataclass(frozen=True, slots=True)
class Corner:
    """Where a table of figures stands.

    It has its sheet, the row of its headings and the column of its first figure, which is that of
    the block's first year.
    """

    sheet: str
    row: int
    column: int

    def here(self, row: int, number: int, value: float | str) -> Figure:
        """Return a cell of this table's sheet: the label (0) or a figure, counted from 1."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        column = self.column_of(number)
        return Figure(xl_rowcol_to_cell(row, column, col_abs=number == 0), value)

    def column_of(self, number: int) -> int:
        """Return the column of the label (0) or of a figure, counted from 1."""
        return self.column + number - 1 if number else 0


Row = tuple[Figure | str, tuple[Figure, ...]]
"""A row of a chart's figures: its label and its figures."""


@dataclass(frozen=True, slots=True)
class Series:
    """A table of figures for one chart, below its title: rows by label, columns by heading."""

    title: Figure | str
    corner: Corner
    headings: tuple[Figure | str, ...]
    rows: tuple[Row, ...]
    number_format: str = WHOLE_POUNDS

    @property
    def sheet(self) -> str:
        """Return the sheet it stands on."""
        return self.corner.sheet

    @property
    def row(self) -> int:
        """Return the row of its headings."""
        return self.corner.row

    @property
    def last(self) -> int:
        """Return the number of its last row."""
        return self.row + len(self.rows)


def first_row(totals: Sequence[Total]) -> int:
    """Return the row below the totals of a sheet, where its first table of figures begins."""
    return TOTALS_ROW + len(totals) + 2 if totals else TOTALS_ROW - 1


def write_series(
    sheet: Any,
    styles: Styles,
    drawn: Iterable[Series],
    widths: int,
    live: tuple[Area, tuple[Area, ...]] | None = None,
) -> None:
    """Write tables of figures; `widths` columns have theirs already.

    `live`: in a live workbook the answer that they draw, and every answer that they may take.
    """
    for series in [_while_answered(one, *live) for one in drawn] if live else drawn:
        _write_words(sheet, series.row - 1, 0, series.title, styles.subtitle)
        for at, heading in enumerate(series.headings):
            column = series.corner.column_of(at)
            _write_words(sheet, series.row, column, heading, styles.heading(over_numbers=at > 0))
            for blank in range(1, series.corner.column):
                sheet.write_blank(series.row, blank, None, styles.heading())
            if column >= widths:
                sheet.set_column(column, column, _FIGURE)
        words = [(heading, _FIGURE) for heading in series.headings if isinstance(heading, str)]
        fit_height(sheet, series.row, words)
        for row, (label, figures) in enumerate(series.rows, start=series.row + 1):
            _write_words(sheet, row, 0, label, styles.label())
            for column in range(1, series.corner.column):
                sheet.write_blank(row, column, None, styles.label())
            for at, figure in enumerate(figures, start=1):
                column = series.corner.column_of(at)
                write_figure(sheet, row, column, figure, styles.total(series.number_format))


def _while_answered(series: Series, drawn: Area, answers: Sequence[Area]) -> Series:
    """Return a table whose words are blank, and whose figures not known, while no answer is."""

    def words(text: Figure | str) -> Figure | str:
        return words_while_answered(text, drawn) if isinstance(text, Figure) else text

    rows: list[Row] = []
    for label, figures in series.rows:
        known = tuple(number_while_answered(figure, answers) for figure in figures)
        rows.append((words(label), known))
    headings = tuple(map(words, series.headings))
    return replace(series, title=words(series.title), headings=headings, rows=tuple(rows))


def widths_beside(drawn: Iterable[Series], columns: int) -> list[float]:
    """Return the widths of the columns that tables of figures take right of a block of columns."""
    ends = [series.corner.column_of(len(series.headings) - 1) + 1 for series in drawn]
    return [_FIGURE] * (max(ends, default=0) - columns)


def _write_words(sheet: Any, row: int, column: int, words: Figure | str, style: Any) -> None:
    if isinstance(words, Figure):
        write_figure(sheet, row, column, words, style)
    else:
        sheet.write_string(row, column, words, style)


def years_of(area: Area) -> tuple[Figure, ...]:
    """Return the headings of an answer's columns, as cells."""
    return tuple(Figure(area.cell(-1, heading), heading) for heading in area.block.columns)


def with_year(words: str, area: Area) -> Figure:
    """Return a title that ends with the last year of an answer."""
    last = area.block.columns[-1]
    return Figure(f'"{words}"&{area.cell(-1, last)}', f"{words}{last}")

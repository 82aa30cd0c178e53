"""The answer sheets.

Each has its title, what it shows, totals by ordinary formulas, then the block, live or as values.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from icbudget.answers.block import Cell
from icbudget.glossary import HEADINGS
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.layout import ANSWER_ROWS
from icbudget.workbook.writing.formulas import Area, Figure
from icbudget.workbook.writing.formulas import number as value_of
from icbudget.workbook.writing.print_setup import (
    PAGE,
    beside_repeated,
    fit_height,
    fits_one_page,
    fitted,
    lines_across,
    pages_across,
    pixels,
    printable,
    repeated,
    width_of,
)
from icbudget.workbook.writing.stopped import unless_blocked, words_while_answered
from icbudget.workbook.writing.styles import (
    AGREES,
    BY_UNIT,
    Styles,
    as_shown,
    bracketed,
    by_unit,
    differing,
    verdict,
)

WHERE = HEADINGS["where"]
"""Heading of the column that names a cell; in a workbook of values it leads there."""
NOT_THERE = "#N/A"
"""What Excel shows for a value that is not known; whatever adds it up is not known either."""
COMPLETE = HEADINGS["complete"]
"""Heading of the column that says Yes or No of what a return needs."""
_CELL = re.compile(r"^'?(?P<sheet>[^'!]+)'?!(?P<cell>[A-Z]{1,3}[0-9]+)$")
HALF_A_PENNY = 0.005
A_MILLIONTH = 0.000001
"""How far two sides may be apart, as the cells of Checks say before somebody changes them."""
_ROWS_OF_A_PAGE = 70
"""Rows above a block that are printed on one page, however wide: its words can then be read."""
_LEAST_ROOM, _MOST_LINES = 900, 3
"""Pixels that the words below a title may take at least, and how many lines there is room for."""
TOTALS_ROW = 6
"""Row of the headings of an answer sheet's totals, counted from 0."""


@dataclass(frozen=True, slots=True)
class Total:
    """A line of totals.

    It has its label (a text or a formula), its unit, and a figure for some columns of the block.
    """

    label: str | Figure
    unit: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    compares: bool = False
    """Whether its figures are words that say whether two sides agree; see `comparison`."""


def comparison(label: str, apart: Mapping[str, Figure], *, share: bool = False) -> Total:
    """Return a row of cross-checks, from what lies between its two sides in each column.

    It says `✓ agrees` within half a penny, which binary sums may be off by, else `✗ £1.00 out`; of
    a share within a millionth, else `✗ 1.00% out`.
    """
    agreement = {c: _agrees(figure, share=share) for c, figure in apart.items()}
    return Total(label, "", agreement, compares=True)


def _agrees(apart: Figure, *, share: bool) -> Figure:
    allowed, most = (layout.ALLOWED_PART, A_MILLIONTH) if share else (layout.ALLOWED, HALF_A_PENNY)
    shape = "0.00%" if share else "£#,##0.00"
    out = f'"✗ "&TEXT({apart.formula},"{shape}")&" out"'
    # The words say by how much, so that nobody must subtract; the allowed difference is a cell of
    # Checks, where a reviewer can tighten it.
    formula = f'IF(ABS({apart.formula})<={allowed},"{AGREES}",{out})'
    value = value_of(apart)
    if isinstance(value, NotKnown):
        return Figure(formula, value)
    if abs(value) <= most:
        return Figure(formula, AGREES)
    out_by = f"{abs(value):.2%}" if share else f"£{abs(value):,.2f}"
    return Figure(formula, f"✗ {'-' if value < 0 else ''}{out_by} out")


def block_row(totals: int) -> int:
    """Return the row of a block's headings below so many lines of totals."""
    return TOTALS_ROW + totals + 3 if totals else TOTALS_ROW


def write_figure(sheet: Any, row: int, column: int, figure: Figure, style: Any) -> None:
    """Write an ordinary formula with its value."""
    value = NOT_THERE if isinstance(figure.value, NotKnown) else figure.value
    sheet.write_formula(row, column, f"={figure.formula}", style, value)


def fit_rows(sheet: Any, area: Area, widths: Sequence[float]) -> int:
    """Make each row of an answer's block as high as its words need; return their lines."""
    lines = 0
    block = area.block
    for number, cells in enumerate(block.grid()[1:], start=area.row + 1):
        texts = [(c, width) for c, width in zip(cells, widths, strict=False) if isinstance(c, str)]
        lines += fit_height(sheet, number, texts)
    return lines


def write_answer(
    sheet: Any,
    styles: Styles,
    area: Area,
    totals: Sequence[Total],
    formula: str,
    title: str,
    master: str,
    beside: Sequence[float] = (),
    *,
    print_all: bool = False,
) -> int:
    """Write an answer sheet; return the pixels that its columns take.

    With a formula the block is one dynamic array that carries its last values. `beside`: widths of
    columns right of the block, which the charts' figures take. It is printed down to the end of its
    totals and charts, or, on one page or with `print_all`, to its last row.
    """
    block = area.block
    widths = widths_of(area, totals, live=bool(formula))
    again = repeated(widths, min(len(block.labels), 3))
    link = write_top(sheet, styles, area.sheet, block.shows_on_basis, widths, again)
    # Above the totals is room for a link in the last free row, with the master check beside it.
    beside_link = link == TOTALS_ROW - 2
    place = (link, 1) if beside_link else (link + 1, 0)
    write_master(sheet, styles, *place, master, area if formula else None)
    if totals:
        if formula:
            totals = [_while_answered(line, area) for line in totals]
        _write_totals(sheet, styles, area, totals, live=bool(formula))
        sheet.write_string(area.row - 1, 0, "The answer, row by row", styles.subtitle)
    write_block(sheet, styles, area, formula)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    for heading_row in {area.row, TOTALS_ROW} if totals else {area.row}:
        fit_height(sheet, heading_row, zip(block.headings, widths, strict=True))
    lines = fit_rows(sheet, area, widths)
    heads = TOTALS_ROW if totals else area.row
    sheet.freeze_panes(heads + 1, min(len(block.labels), 3))
    # The page that people hand round: title, totals and charts. Every row is for the screen, or for
    # “all”.
    has_top = area.row > block_row(0)
    to_the_end = print_all or not has_top or fits_one_page(widths, area.row + 1 + lines)
    # Figures beside the block are the parts of a waterfall: drawn, and not to be read.
    columns = (*widths, *beside) if to_the_end else widths
    printable(
        sheet,
        title,
        widths=columns,
        repeat=again,
        repeat_rows=(heads, heads),
        last_row=None if to_the_end else area.row - 3,
        last_column=None if to_the_end else len(widths) - 1,
    )
    if not to_the_end and area.row <= _ROWS_OF_A_PAGE:
        sheet.fit_to_pages(pages_across(widths, again), 1)
    return sum(map(pixels, widths))


def widths_of(area: Area, totals: Sequence[Total], *, live: bool) -> list[float]:
    """Return the widths of an answer's columns, which fit the page if they can.

    A live answer has room for larger figures.
    """
    block, rows = area.block, area.block.rows
    laid_out = block.rows_laid_out()
    widths: list[float] = []
    for at, heading in enumerate(block.label_headings):
        widths.append(width_of({heading, *[words[at] for words in laid_out]}, least=9))
    if block.columns and not block.form:
        units = {*(row.unit for row in rows), *(total.unit for total in totals)}
        widths.append(width_of({"Unit", *units}))
    # The figures of a live answer may grow; a form holds words and a few counts.
    least = 15.5 if live and not block.form else 9
    for at, heading in enumerate(block.columns):
        cells = [(row.values[at], block.unit_of(row.unit, heading)) for row in rows]
        texts = [_as_shown(*cell) for cell in _widest(cells)]
        of_totals = (total for total in totals if heading in total.figures)
        texts += [_as_shown(total.figures[heading].value, total.unit) for total in of_totals]
        longest_word = max(heading.split(), key=len)
        widths.append(width_of([longest_word, *texts], least=least))
    words = [
        at < block.values_at or (block.form and not block.units[at - block.values_at])
        for at in range(len(widths))
    ]
    return fitted(widths, words)


def _widest(cells: Sequence[tuple[Cell, str]]) -> list[tuple[Cell, str]]:
    """Return those cells of a column that may be its widest.

    They are its words and, of each unit, the largest and the smallest number: no other is written
    with more digits.
    """
    numbers: dict[str, list[int | float]] = {}
    widest: list[tuple[Cell, str]] = []
    for value, unit in dict.fromkeys(cells):
        if isinstance(value, (int, float)) and not isinstance(value, NotKnown):
            numbers.setdefault(unit, []).append(value)
        else:
            widest.append((value, unit))
    for unit, values in numbers.items():
        widest += [(max(values), unit), (min(values), unit)]
    return widest


def _as_shown(value: Cell, unit: str) -> str:
    if not isinstance(value, (int, float)):
        return value or ""
    # One letter more: below zero, brackets take two letters where a minus takes one.
    return as_shown(value, by_unit(unit)) + " "


def write_top(
    sheet: Any,
    styles: Styles,
    title: str,
    shows: str,
    widths: Sequence[float] = (),
    repeat: int = 0,
) -> int:
    """Write a sheet's title, what it shows and a link to Start; return the row of the link.

    Words longer than the first page go on in the rows below, and the link stands below them: no
    cells are merged, which sorting, filters and screen readers trip over. `repeat`: so many of its
    columns stand on every page again.
    """
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, title, styles.title)
    ends = itertools.accumulate(map(pixels, widths))
    across = list(itertools.takewhile(lambda end: end <= PAGE, ends))  # columns of the first page
    # A narrow sheet has room beside its columns, on screen and on paper.
    room = max(across[-1], _LEAST_ROOM) if len(across) > 1 else PAGE
    lines = lines_across(shows, room)
    while len(lines) > _MOST_LINES:
        room += PAGE // 10
        lines = lines_across(shows, room)
    column = beside_repeated(widths, repeat)
    for row, words in enumerate(lines, start=1):
        sheet.write_string(row, column, words, styles.text)
    row = 1 + max(1, len(lines))
    sheet.write_url(row, 0, f"internal:{layout.START}!A1", styles.link, "← Start")
    return row


def write_master(
    sheet: Any, styles: Styles, row: int, column: int, master: str, area: Area | None = None
) -> None:
    """Write the master check as one line of words.

    Of a live answer it names the cell that stands in its way, where one does.
    """
    words = f'"Master check: "&{layout.MASTER_CHECK}'
    if area:
        words = unless_blocked(area, words)
    write_figure(sheet, row, column, Figure(words, f"Master check: {master}"), styles.strong)


def _while_answered(line: Total, area: Area) -> Total:
    """Return a line of totals that is not known while the block below is in error.

    A total over a block that is not there is nought, and two noughts agree.
    """
    corner = f"$A${area.row + 1}"
    figures = {
        heading: Figure(f"IF(ISERROR({corner}),NA(),{figure.formula})", figure.value)
        for heading, figure in line.figures.items()
    }
    return replace(line, figures=figures)


def _write_totals(
    sheet: Any, styles: Styles, area: Area, totals: Sequence[Total], *, live: bool
) -> None:
    block, unit = area.block, area.block.unit_at
    sheet.write_string(TOTALS_ROW - 1, 0, "Totals, by ordinary Excel formulas", styles.subtitle)
    for at in range(unit + 1):
        sheet.write_string(TOTALS_ROW, at, {0: "Total", unit: "Unit"}.get(at, ""), styles.heading())
    for at, heading in enumerate(block.columns, start=unit + 1):
        # A formula, so that the totals keep the heading of their column when the years change.
        year = Figure(area.cell(-1, heading, here=True), heading)
        if live:
            year = words_while_answered(year, area)
        write_figure(sheet, TOTALS_ROW, at, year, styles.heading(over_numbers=True))
    label = styles.label()
    for row, line in enumerate(totals, start=TOTALS_ROW + 1):
        for at in range(unit + 1):
            sheet.write_blank(row, at, None, label)
        if isinstance(line.label, Figure):
            words = words_while_answered(line.label, area) if live else line.label
            write_figure(sheet, row, 0, words, label)
        else:
            sheet.write_string(row, 0, line.label, label)
        sheet.write_string(row, unit, line.unit, label)
        for at, heading in enumerate(block.columns, start=unit + 1):
            if heading in line.figures:
                style = styles.agreement if line.compares else styles.total(by_unit(line.unit))
                write_figure(sheet, row, at, line.figures[heading], style)
            else:
                sheet.write_blank(row, at, None, styles.total())

    for row, line in enumerate(totals, start=TOTALS_ROW + 1):
        if line.compares:
            differing(sheet, styles, row, unit + 1, unit + len(block.columns))


def write_block(sheet: Any, styles: Styles, area: Area, formula: str) -> None:
    """Write a block's headings and rows; with a formula they are its stored values."""
    block = area.block
    grid, headings = block.grid(), block.headings
    if formula:
        last = area.row + len(grid) - 1, len(headings) - 1
        sheet.write_dynamic_array_formula(
            area.row, 0, *last, formula, styles.heading(), headings[0]
        )
    _write_headings(sheet, styles, area, live=bool(formula))
    # What is the same for every row is asked once: an answer may have a hundred thousand cells.
    values_at, of_columns = block.values_at, [block.unit_of("", heading) for heading in headings]
    may_lead = [heading == WHERE and not formula for heading in headings]
    words = styles.answer()
    for number, row in enumerate(block.rows, start=area.row + 1):
        of_row = "" if block.form else row.unit
        for at, value in enumerate(grid[number - area.row]):
            unit = of_columns[at] or of_row
            is_figure = at >= values_at and unit and not isinstance(value, str)
            if may_lead[at] and (link := _link(value, styles)):
                sheet.write_url(number, at, link, styles.answer_link, str(value))
            else:
                look = styles.answer(by_unit(unit)) if is_figure else words
                write_cell(sheet, number, at, value, look)
    has_verdicts = HEADINGS["rows_behind"] in block.labels
    for at, heading in enumerate(headings):
        if heading == COMPLETE or (has_verdicts and heading in block.columns):
            verdict(sheet, styles, area.row + 1, at, area.row + ANSWER_ROWS)
    if block.columns and not block.form:
        _formats_by_unit(sheet, styles, area)


def _write_headings(sheet: Any, styles: Styles, area: Area, *, live: bool) -> None:
    block = area.block
    for at, heading in enumerate(block.headings):
        # The first cell of a live answer holds its formula, which writes that heading itself.
        if at == 0 and live:
            continue
        has_numbers = not block.form or bool(block.unit_of("", heading))
        over_numbers = at >= block.values_at and has_numbers
        sheet.write_string(area.row, at, heading, styles.heading(over_numbers=over_numbers))


def _link(value: Cell, styles: Styles) -> str:
    """Return the address of the cell that a text names, such as `internal:Schemes!G14`.

    It is blank where it names none here.
    """
    match = _CELL.match(value) if isinstance(value, str) else None
    if not match or not styles.holds(match["sheet"]):
        return ""
    return f"internal:{layout.quoted(match['sheet'])}!{match['cell']}"


class Exact(float):
    """A number that is written with all its digits.

    XlsxWriter would keep 16, which a few numbers need 17 of.
    """

    def __format__(self, spec: str) -> str:
        written = super().__format__(spec)
        return written if float(written) == self else repr(float(self)).upper()


def write_cell(sheet: Any, row: int, column: int, value: Cell, style: Any) -> None:
    """Write one value of an answer.

    Text is always written as text, and what is not known as #N/A, which no total skips.
    """
    if isinstance(value, NotKnown):
        sheet.write_formula(row, column, "=NA()", style, NOT_THERE)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def _formats_by_unit(sheet: Any, styles: Styles, area: Area) -> None:
    """Give every value the number format of its row's unit.

    So it is also where the answer spills to other rows than now.
    """
    from xlsxwriter.utility import xl_col_to_name

    def format_of(number_format: str) -> Any:
        written = bracketed(number_format) if styles.brackets else number_format
        return styles.book.add_format({"num_format": written})

    unit = area.block.unit_at
    first, last = area.row + 1, area.row + ANSWER_ROWS
    for at, heading in enumerate(area.block.headings[unit + 1 :], start=unit + 1):
        if area.block.unit_by_column.get(heading) == "%":
            rule = {"type": "no_blanks", "format": format_of(BY_UNIT["%"]), "stop_if_true": True}
            sheet.conditional_format(first, at, last, at, rule)
    # A rule and not a format of the cell: a live answer may spill a row of £ where a row of people
    # stood.
    for name, number_format in BY_UNIT.items():
        rule = {
            "type": "formula",
            "criteria": f'=${xl_col_to_name(unit)}{first + 1}="{name}"',
            "format": format_of(number_format),
        }
        sheet.conditional_format(first, unit + 1, last, unit + len(area.block.columns), rule)


def sums(area: Area, key: str, labels: Iterable[str], unit: str, first: int = 0) -> list[Total]:
    """Return a line of totals for each label.

    It is the sum, in every column, of the rows that carry the label in the column with a key.
    """
    lines: list[Total] = []
    for row, label in enumerate(labels, start=TOTALS_ROW + 2 + first):
        cell = Figure(f"$A{row}", label)
        lines.append(Total(label, unit, area.sums_here(None, **{key: cell})))
    return lines

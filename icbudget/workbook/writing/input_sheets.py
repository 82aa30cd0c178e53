"""The input sheets: Setup and every plan table as an Excel Table.

They have drop-downs, units, notes and room to grow.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

from icbudget.plan import Plan
from icbudget.plan.columns import Column, Kind, Noun
from icbudget.plan.evidence_rows import awaited
from icbudget.plan.grid import key_columns
from icbudget.plan.headings import FIGURE
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import HEADING_ROW, TableSheet
from icbudget.workbook.writing.added_columns import own_columns_of, own_headings
from icbudget.workbook.writing.answer_sheets import Exact, write_cell, write_figure
from icbudget.workbook.writing.formulas import Figure, added
from icbudget.workbook.writing.print_setup import (
    beside_repeated,
    fit_height,
    fitted,
    least_paper,
    lines_of,
    pages_across,
    printable,
    shrinks_to_a_page,
    width_of,
)
from icbudget.workbook.writing.styles import (
    BY_KIND,
    WHOLE_POUNDS,
    Styles,
    as_shown,
)
from icbudget.workbook.writing.validation import restrict


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a sheet.

    It has its heading, the column of the plan it holds (None for Figure), and its year if it has
    one.
    """

    text: str
    column: Column | None
    year: str = ""

    @property
    def number_format(self) -> str:
        """Return the number format of its cells.

        In a companion it hangs on the figure of the row.
        """
        return BY_KIND[self.column.kind] if self.column else "General" if self.year else "@"

    @property
    def numeric(self) -> bool:
        """Return whether its cells hold numbers."""
        return self.number_format != "@"

    @property
    def needed(self) -> bool:
        """Return whether its cells must be filled in."""
        return (
            self.column.required and not self.column.unless
            if self.column and not self.year
            else False
        )


Cells = list[tuple[Kind, Any]]
"""A row of a sheet: the kind and value of each cell, None where it is blank."""


def headings_of(sheet: TableSheet, contents: Contents) -> list[Heading]:
    """Return the columns of a sheet.

    Its own come first, then the financial years, then where the figures come from.
    """
    years = years_of(sheet, contents)
    if sheet.by_year:
        left = [Heading(c.label, c) for c in key_columns(sheet.table)] + [Heading(FIGURE, None)]
        return left + [Heading(year, None, year) for year in years]
    own, provenance = contents.split_columns(sheet.table)
    figures = product(layout.yearly(sheet), years)
    by_year = [Heading(year, column, year) for column, year in figures]
    return [
        *(Heading(c.heading, c) for c in own),
        *by_year,
        *(Heading(c.heading, c) for c in provenance),
    ]


def years_of(sheet: TableSheet, contents: Contents) -> list[str]:
    """Return the years a sheet has columns for.

    They are every projected year, and every other year that a row gives a figure.
    """
    if not contents.years_stand_in(sheet):
        return []
    plan = contents.plan
    rows = getattr(plan, sheet.table.field)
    figures = product(layout.yearly(sheet), rows)
    used = chain.from_iterable(getattr(row, column.field) for column, row in figures)
    return sorted({*plan.years[1:], *used})


def rows_of(sheet: TableSheet, contents: Contents) -> list[Cells]:
    """Return the cells of a sheet's rows."""
    heads, nouns = headings_of(sheet, contents), getattr(contents.plan, sheet.table.field)
    if not sheet.by_year:
        return [[_cell(head, row) for head in heads] for row in nouns]
    keys, figures, years = key_columns(sheet.table), layout.yearly(sheet), years_of(sheet, contents)
    rows: list[Cells] = []
    for noun, figure in product(nouns, figures):
        by_year = getattr(noun, figure.field)
        if by_year:
            key_cells = [(c.kind, getattr(noun, c.field)) for c in keys]
            year_cells = [(figure.kind, by_year.get(year)) for year in years]
            rows.append([*key_cells, (Kind.CHOICE, figure.heading), *year_cells])
    return rows


def _greyed(sheet: TableSheet, contents: Contents) -> list[list[bool]]:
    """Return of each cell of a sheet's rows whether it is another partner's.

    It is so in a part of a plan alone.
    """
    table, grey = sheet.table, contents.grey
    heads, nouns = headings_of(sheet, contents), getattr(contents.plan, table.field)
    rows: list[list[bool]] = []
    for row in nouns:
        key = table.key_of(row)
        if not sheet.by_year:
            fields = (head.column.field if head.column else "" for head in heads)
            rows.append([(table.field, key, field) in grey for field in fields])
            continue
        for figure in layout.yearly(sheet):
            if getattr(row, figure.field):
                rows.append([(table.field, key, figure.field) in grey] * len(heads))
    return rows


def _cell(head: Heading, row: Noun) -> tuple[Kind, Any]:
    assert head.column is not None
    value: Any = None if awaited(row, head.column.field) else getattr(row, head.column.field)
    return head.column.kind, value.get(head.year) if head.year else value


ROOM = {
    "schemes": 40,
    "contributions": 20,
    "indices": 15,
    "segments": 15,
    "actuals": 60,
    "forecasts": 15,
    "confirmed_releases": 40,
}
"""Rows that a table has from the start where most plans need more than a few; outside Excel a table
does not grow by itself.
"""


def spare(table: str, rows: int, *, room: bool) -> int:
    """Return how many blank rows a table carries below its own, to type into.

    It is a fifth of them, at least five, or its room.

    Without room, in a workbook that is kept and printed, none; an Excel Table has one row at least.
    """
    if not room:
        return 0 if rows else 1
    return max(5, math.ceil(rows / 5), ROOM.get(table, 0) - rows)


_MOST = 80
"""Width of a column whose words are long, such as a source, on a sheet that takes several pages
across anyway.
"""
_NOTE = {"author": "icbudget", "x_scale": 2.2, "y_scale": 1.4, "font_size": 9}
"""How the note on a heading is written: Excel's own size shows four lines, and most notes are
longer."""
_ARROW = "MM"  # about as wide as the arrow of a filter, which stands beside a heading


def write_value(sheet: Any, row: int, column: int, kind: Kind, value: Any, style: Any) -> None:
    """Write one value of the plan; text is always written as text, whatever it begins with."""
    value = "; ".join(value) if isinstance(value, tuple) else value
    if isinstance(value, NotKnown):
        write_cell(sheet, row, column, value, style)
        sheet.write_comment(
            row, column, f"“{value.raw}” stood here, which cannot be used. Type the figure."
        )
    elif value in (None, ""):
        sheet.write_blank(row, column, None, style)
    elif kind is Kind.YES_NO:
        sheet.write_string(row, column, "Yes" if value else "No", style)
    elif kind is Kind.DATE and (day := _day(value)):
        sheet.write_datetime(row, column, day, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, Exact(value), style)


def _day(text: str) -> dt.datetime | None:
    try:
        day = dt.datetime.fromisoformat(text[:10])
    except ValueError:
        return None
    # Excel's dates begin in 1900; an earlier day is kept as text.
    return day if day.year >= 1900 else None


def write_table_sheet(
    sheet: Any, styles: Styles, place: TableSheet, contents: Contents, *, room: bool
) -> None:
    """Write one input sheet.

    It has its title, what it is for, the Excel Table with its notes and drop-downs, and its print
    set-up.
    """
    heads, rows = headings_of(place, contents), rows_of(place, contents)
    last = HEADING_ROW + len(rows) + spare(place.table.field, len(rows), room=room)
    for at, head in enumerate(heads):
        note = _note(head.column, head) if head.column else _figure_note(place, head)
        sheet.write_comment(HEADING_ROW, at, note, _NOTE)
        restrict(sheet, styles, place, head.column, head.year, (at, HEADING_ROW + 1, last))
    greys = _greyed(place, contents)
    widths = _write_rows(sheet, styles, heads, rows, greys, last, room)
    _bands(sheet, styles, heads, widths)
    _totals(sheet, styles, place, heads, contents.plan)
    own = own_headings(sheet, styles, place, contents, len(heads))
    _add_table(sheet, styles, place, heads, own, last)
    widths = [*widths, *own_columns_of(place, contents).values()]
    write_head(sheet, styles, place, widths)
    if place.by_year:
        _formats_by_figure(sheet, styles, place, heads, last)
    # A narrow table keeps its first column in sight, a wide one the whole key of its rows.
    sheet.freeze_panes(HEADING_ROW + 1, min(len(place.table.key), 3) if len(heads) > 8 else 1)
    # A record to print leaves out where figures come from where that would take a second page.
    cut = not room and pages_across(widths) > 1
    on_one_page = not room and shrinks_to_a_page(widths, last + 1)
    printable(
        sheet,
        contents.plan.setup.title,
        pages_down=int(on_one_page),
        widths=widths,
        repeat=1,
        repeat_rows=(HEADING_ROW, HEADING_ROW),
        last_row=last if cut else None,
        last_column=printed_columns(heads) - 1 if cut else None,
    )


def _add_table(
    sheet: Any,
    styles: Styles,
    place: TableSheet,
    heads: Sequence[Heading],
    own: Sequence[dict[str, Any]],
    last: int,
) -> None:
    """Make the cells an Excel Table; columns that somebody added stand right of the product's."""
    columns: list[dict[str, Any]] = []
    for head in heads:
        look = styles.heading(needed=head.needed, over_numbers=head.numeric)
        columns.append({"header": head.text, "header_format": look})
    columns += own
    # No style of Excel's own: it would paint over the colours that tell inputs from answers.
    options = {"name": place.name, "columns": columns, "style": None, "autofilter": True}
    sheet.add_table(HEADING_ROW, 0, last, len(columns) - 1, options)


def _write_rows(
    sheet: Any,
    styles: Styles,
    heads: Sequence[Heading],
    rows: Sequence[Cells],
    greys: Sequence[Sequence[bool]],
    last: int,
    room: bool,
) -> list[float]:
    """Write the rows and the blank rows below them.

    Return the widths of the columns, which fit what they hold.
    """
    first = HEADING_ROW + 1
    texts_of_rows = [[_rough_text(*cell) for cell in cells] for cells in rows]
    columns: list[tuple[list[str], float]] = []
    for at, head in enumerate(heads):
        # A heading may wrap between its words, so its longest word is what must fit.
        longest_word = max(head.text.split(), key=len) + _ARROW
        texts = [longest_word, *(texts_of_row[at] for texts_of_row in texts_of_rows)]
        columns.append((texts, _least(head, room)))
    widths = _fitted_widths(heads, columns)
    for at, head in enumerate(heads):
        sheet.set_column(at, at, widths[at])
        for number, (cells, grey) in enumerate(zip(rows, greys, strict=True), start=first):
            kind, value = cells[at]
            number_format = head.number_format if value is None else BY_KIND[kind]
            style = styles.input(number_format, grey=grey[at])
            write_value(sheet, number, at, kind, value, style)
        for number in range(first + len(rows), last + 1):
            sheet.write_blank(number, at, None, styles.input(head.number_format))
    heading_widths = [(head.text, width - 1) for head, width in zip(heads, widths, strict=True)]
    fit_height(sheet, HEADING_ROW, heading_widths)
    for number, texts_of_row in enumerate(texts_of_rows, start=first):
        fit_height(sheet, number, list(zip(texts_of_row, widths, strict=True)))
    return widths


def _fitted_widths(
    heads: Sequence[Heading], columns: Sequence[tuple[list[str], float]]
) -> list[float]:
    """Return the widths of columns, so that all fit one page across where they can be read so.

    Where words would then stand in columns so narrow that rows grow tall, only the columns left of
    where the figures come from are fitted, and only they are printed. `columns`: what each holds,
    and its least width.
    """
    words = [not head.numeric for head in heads]
    natural = [width_of(column, least=least, most=_MOST) for column, least in columns]
    together = fitted(natural, words)
    own = printed_columns(heads)
    tall = any(_is_tall(texts, width) for (texts, _), width in zip(columns, together, strict=True))
    if own == len(heads) or (pages_across(together) == 1 and not tall):
        return together
    sources = [width_of(column, least=least, most=_WIDEST) for column, least in columns[own:]]
    rows = list(zip(*(column[1:] for column, _ in columns[:own]), strict=True))
    return [*least_paper(natural[:own], words[:own], rows), *sources]


def _is_tall(texts: Iterable[str], width: float) -> bool:
    return any(lines_of(text, width) > _MOST_LINES for text in texts)


def printed_columns(heads: Sequence[Heading]) -> int:
    """Return how many columns stand left of those that say where the figures come from."""
    groups = [head.column.group if head.column and not head.year else "" for head in heads]
    return next((at for at, group in enumerate(groups) if group), len(heads))


_MOST_LINES, _WIDEST = 3, 180
"""Lines of a row that nobody calls tall; width of a column of sources that is not printed."""


def _least(head: Heading, room: bool) -> float:
    """Return the least width of a column.

    It has room, so that a blank table has room for what will be typed.
    """
    if not room:
        return 9
    if head.year or head.column is None:
        return 13
    if head.column.kind is Kind.TEXT and not (head.column.required and head.column.field == "id"):
        return 24
    return 22 if head.column.choice_list else 11


def write_head(sheet: Any, styles: Styles, place: TableSheet, widths: Sequence[float] = ()) -> None:
    """Write an input sheet's title, what it is for and a link to Start."""
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, place.sheet, styles.title)
    sheet.write_string(1, beside_repeated(widths, 1), place.intro, styles.text)
    sheet.write_url(2, 0, f"internal:{layout.START}!A1", styles.link, "← Start")


def _bands(sheet: Any, styles: Styles, heads: Sequence[Heading], widths: Sequence[float]) -> None:
    """Write above the headings what the years hold.

    It also says which columns say where the figures come from.
    """
    bands: dict[str, int] = {}
    for at, head in enumerate(heads):
        word = ""
        if head.year:
            figure = head.column.heading if head.column else "The figure of the row"
            word = f"{figure}, by year"
        elif head.column and head.column.group:
            word = "Where the figures of the row come from"
        if word and word not in bands:
            bands[word] = at
    for word, at in bands.items():
        beside = at + 1 in bands.values()
        sheet.write_string(_BAND_ROW, at, word, styles.band(wrap=beside))
        if beside:
            fit_height(sheet, _BAND_ROW, [(word, widths[at])])


_ADDED_UP = ("contributions", "schemes", "minimums", "envelopes", "pass_downs", "actuals")
"""Tables whose amounts mean something added up: they are each of the same money once."""
_BAND_ROW, _SUM_ROW = HEADING_ROW - 2, HEADING_ROW - 1


def _totals(
    sheet: Any, styles: Styles, place: TableSheet, heads: Sequence[Heading], plan: Plan
) -> None:
    """Write, above the headings, what all rows come to in each column of amounts.

    So the table can grow below. Deductions of Funding are taken off.
    """
    if place.table.field not in _ADDED_UP or place.by_year:
        return
    fields = [head.column.field if head.column else "" for head in heads]
    # Without its column of kinds, every row of Funding is a contribution.
    deducts = place.table.field == "contributions" and "kind" in fields
    kind_column = f"{place.name}[{heads[fields.index('kind')].text}]" if deducts else ""
    is_money = [head.column is not None and head.column.kind is Kind.MONEY for head in heads]
    amounts = [at for at, counts in enumerate(is_money) if counts]
    rows = getattr(plan, place.table.field)
    for at in amounts:
        column = f"{place.name}[{heads[at].text}]"
        values = [_amount(heads[at], row, deducts=deducts) for row in rows]
        total = Figure(_sum_of(column, kind_column), added(values))
        write_figure(sheet, _SUM_ROW, at, total, styles.total(WHOLE_POUNDS))
    if amounts and amounts[0]:
        words = "All, net" if deducts else "All rows"
        sheet.write_string(_SUM_ROW, amounts[0] - 1, words, styles.sum_label)


def _sum_of(column: str, kind_column: str) -> str:
    """Return the formula of a column's sum, less its deductions where it has a column of kinds."""
    formula = f"SUM({column})"
    if not kind_column:
        return formula
    # The sum counts deductions as if they came in, so they are taken off twice.
    taken = f'SUMIFS({column},{kind_column},"deduction")'
    return f"{formula}-{taken}-{taken}"


def _amount(head: Heading, row: Noun, *, deducts: bool) -> float:
    value = _cell(head, row)[1]
    if value is None:
        return 0.0
    # What nobody can read stays not known under either sign.
    amount = value if isinstance(value, NotKnown) else float(value)
    return -amount if deducts and getattr(row, "kind", "") == "deduction" else amount


def _note(column: Column, head: Heading) -> str:
    """Return the note on a heading.

    It says what the column holds, whether it is needed, and what may stand in it.
    """
    need = "Needed." if column.required and not head.year and not column.unless else "May be blank."
    lines = [f"{column.help}.", f"Unit: {column.unit}." if column.unit else "", need]
    if column.choices and sum(map(len, column.choices)) < 200:
        lines.append(f"One of: {'; '.join(column.choices)}.")
    return "\n".join(line for line in lines if line)


def _figure_note(place: TableSheet, head: Heading) -> str:
    if head.year:
        return f"The row's figure in {head.year}, in the unit that the figure names."
    return "\n".join(f"{c.heading}: {c.help}." for c in layout.yearly(place))


def _formats_by_figure(
    sheet: Any, styles: Styles, place: TableSheet, heads: Sequence[Heading], last: int
) -> None:
    """Give every year cell the number format of its row's figure, also in rows that people add."""
    from xlsxwriter.utility import xl_col_to_name

    at = next(number for number, head in enumerate(heads) if head.text == FIGURE)
    for figure in layout.yearly(place):
        rule = {
            "type": "formula",
            "criteria": f'=${xl_col_to_name(at)}{HEADING_ROW + 2}="{figure.heading}"',
            "format": styles.book.add_format({"num_format": BY_KIND[figure.kind]}),
        }
        sheet.conditional_format(HEADING_ROW + 1, at + 1, last, len(heads) - 1, rule)


def _rough_text(kind: Kind, value: Any) -> str:
    """Return roughly what a cell shows, to fit its width and height."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value
    return "; ".join(value) if isinstance(value, tuple) else as_shown(value, BY_KIND[kind])

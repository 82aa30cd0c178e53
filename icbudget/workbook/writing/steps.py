"""The steps of Start: which cells a first plan needs, and the ordinary formulas that tick them off.

A tick is one formula over a table's own columns, so a column that is added later changes nothing.
Each formula is built together with what it comes to. Source: workbook.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from icbudget.plan import TABLES
from icbudget.plan.columns import columns_of
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import HEADING_ROW, column_reference
from icbudget.workbook.writing.formulas import Figure
from icbudget.workbook.writing.input_sheets import headings_of
from icbudget.workbook.writing.validation import setting_cell

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "partners": (("id",), ("name",), ("kind",)),
    "contributions": (("pool",), ("partner",), ("source",), ("base_amount",)),
    "schemes": (("id",), ("name",), ("pool",), ("source",), ("base_amount", "programme")),
    "pools": (("id",), ("name",), ("host",)),
    "acute_lines": (
        *(("id",), ("currency",), ("commissioner",), ("base_activity",), ("unit_price",)),
        *(("contract",), ("variable_cost",), ("semi_fixed_cost",)),
    ),
    "programmes": (("id",), ("effect", "library"), ("grade", "library")),
    "shifts": (("id",), ("lines",), ("pool",)),
    "goals": (("id",), ("measure",), ("good",), ("target",), ("target_year",)),
}
"""What a row that was begun must hold, by table; of several columns in brackets one is enough."""
NEEDED_SETTINGS = ("title", "base_year", "horizon")
NOW = "▶ Now"
"""Begins the state of the step that the next cell to fill is of."""
_ROW_WEIGHT, _NO_CELL = 1000, 1_000_000_000
"""A cell is one number, row × 1,000 + column, so that the least of them is the first cell."""


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a table is filled in.

    It has rows begun, cells missing in them, and the first of those as one number, 0 where none is.
    The number has a cell of its own: told three times in one formula it would be longer than Excel
    takes. `next_in` says the next cell to fill with its heading, such as `Funding!A6: Pool`, from
    that cell; blank where nothing is missing.
    """

    sheet: str
    rows: Figure
    missing: Figure
    first: Figure
    next_in: Callable[[str], Figure]


def tick_of(contents: Contents, table: str) -> Tick:
    """Return the tick of a plan table."""
    groups = NEEDED[table]
    names = tuple(dict.fromkeys(chain.from_iterable(groups)))
    ranges = {name: column_reference(table, name) for name in names}
    begun = f"(({'+'.join(_filled(ranges[name]) for name in names)})>0)"
    blanks = {group: _all_blank([ranges[name] for name in group]) for group in groups}
    gaps = _gaps(contents, table)
    for gap in gaps:
        blanks[(gap.field,)] = gap.formula
        ranges[gap.field] = column_reference(table, gap.field)
    missing = f"SUMPRODUCT({begun}*({'+'.join(blanks.values())}))"
    places = [
        f"(ROW({ranges[group[0]]})*{_ROW_WEIGHT}+COLUMN({ranges[group[0]]}))"
        f"+{_NO_CELL}*(1-{begun}*{blank})"
        for group, blank in blanks.items()
    ]
    # SUMPRODUCT makes MIN take arrays in every program, also in those that lack dynamic arrays.
    # Where nothing is missing the least is beyond every cell.
    least = f"SUMPRODUCT(MIN({','.join(places)}))"
    first = f"MOD({least},{_NO_CELL})*({missing}>0)"
    rows = f"SUMPRODUCT(--{begun})"
    place = layout.main_table(table)
    sheet = place.sheet
    start = f"{sheet}!A{HEADING_ROW + 2}: {headings_of(place, contents)[0].text}"
    count = len(getattr(contents.plan, table))
    value = start if not count else _first_cell(contents, table, gaps)

    def next_in(at: str) -> Figure:
        return Figure(f'IF({rows}=0,"{start}",IF({at}=0,"",{_cell_in_words(sheet, at)}))', value)

    number = _first_number(contents, table, gaps) if count else 0
    lacking = sum(len(gap.rows) for gap in gaps)
    return Tick(
        sheet, Figure(rows, count), Figure(missing, lacking), Figure(first, number), next_in
    )


def payers_tick(contents: Contents, table: str) -> Tick:
    """Return the tick of who pays for each programme: a scheme that names it, a pool or a partner.

    What is missing is typed in the row of Schemes below the last, under Programme.
    """
    ids, schemes, named = (
        column_reference(table, "id"),
        column_reference("schemes", "id"),
        column_reference("schemes", "programme"),
    )
    payers = [name for name in ("pool", "partner") if contents.has_column(table, name)]
    unpaid = [f"(COUNTIF({named},{ids})=0)"]
    unpaid += [f'({column_reference(table, name)}="")' for name in payers]
    missing = f"SUMPRODUCT({'*'.join([_filled(ids), *unpaid])})"
    begun = f"(({_filled(schemes)}+{_filled(named)})>0)"
    last = f"SUMPRODUCT(MAX(ROW({schemes})*{begun},{HEADING_ROW + 1}))"
    first = f"(({last}+1)*{_ROW_WEIGHT}+SUMPRODUCT(MAX(COLUMN({named}))))*({missing}>0)"
    rows = f"SUMPRODUCT(--{_filled(ids)})"
    plan = contents.plan
    paid = {scheme.programme for scheme in plan.schemes}
    without = [p for p in plan.programmes if not (p.pool or p.partner or p.id in paid)]
    place = layout.main_table("schemes")
    sheet = place.sheet
    at = _column_of(contents, "schemes", "programme")
    below = HEADING_ROW + 1 + len(plan.schemes)
    value = _cell_of(contents, "schemes", below, "programme") if without else ""
    number = (below + 1) * _ROW_WEIGHT + at + 1 if without else 0

    def next_in(cell: str) -> Figure:
        return Figure(f'IF({cell}=0,"",{_cell_in_words(sheet, cell)})', value)

    count = Figure(rows, len(plan.programmes))
    return Tick(sheet, count, Figure(missing, len(without)), Figure(first, number), next_in)


def _cell_in_words(sheet: str, at: str) -> str:
    """Return the formula of a cell and its heading in words, from the cell of its number."""
    cell = f"ADDRESS(INT({at}/{_ROW_WEIGHT}),MOD({at},{_ROW_WEIGHT}),4)"
    row = HEADING_ROW + 1
    heading = f"INDEX({layout.quoted(sheet)}!${row}:${row},1,MOD({at},{_ROW_WEIGHT}))"
    return f'"{sheet}!"&{cell}&": "&{heading}'


def setup_tick(contents: Contents) -> Tick:
    """Return the tick of Setup: its needed settings."""
    sheet = layout.SETUP_SHEET.sheet
    cells = {name: f"{sheet}!{setting_cell(contents, name)}" for name in NEEDED_SETTINGS}
    missing = "+".join(f'({cell}="")' for cell in cells.values())
    formula = '""'
    labels = {column.field: column.label for column in contents.columns(layout.SETUP_SHEET.table)}
    # From the last to the first, so that the first blank setting is the outermost IF.
    for name, cell in reversed(cells.items()):
        place = f"{cell.replace('$', '')}: {labels[name]}"
        formula = f'IF({cell}="","{place}",{formula})'
    filled = f"COUNTA({layout.SETTINGS}[Value])"
    settings = contents.columns(layout.SETUP_SHEET.table)
    values = [getattr(contents.plan.setup, column.field) for column in settings]
    count = sum(value not in ("", None) for value in values)
    next_cell = Figure(formula, "")
    nothing = Figure("0", 0)
    return Tick(sheet, Figure(filled, count), Figure(missing, 0.0), nothing, lambda _: next_cell)


def state(
    missing: str, rows: str, missing_value: float, rows_value: float, is_next: Figure
) -> Figure:
    """Return the state of a step in words with a sign, from the cells of its counts.

    `is_next`: whether the next cell to fill is the step's. It alone says now, so that the list and
    the link above it lead to one cell.
    """
    now = is_next.formula
    to_fill = f'IF({now},"{NOW}: cells to fill: ","Cells to fill: ")&{missing}'
    begin = f'IF({now},"{NOW}: the first row","To do")'
    words = f'IF({missing}>0,{to_fill},IF({rows}=0,{begin},"✓ Done"))'
    if missing_value > 0:
        count = f"ells to fill: {missing_value:.0f}"
        return Figure(words, f"{NOW}: c{count}" if is_next.value else f"C{count}")
    if rows_value:
        return Figure(words, "✓ Done")
    return Figure(words, f"{NOW}: the first row" if is_next.value else "To do")


def first_of(cells: Sequence[str], values: Iterable[str]) -> Figure:
    """Return the first next cell that is not blank."""
    formula = '""'
    for cell in reversed(cells):
        formula = f'IF(IFERROR({cell},"")<>"",{cell},{formula})'
    return Figure(formula, next((value for value in values if value), ""))


def link_to(words: str) -> str:
    """Return the formula of a link to the cell that such words begin with.

    `words`: a formula that comes to `Activity lines!A6: Activity line`.
    """
    sheet = f'LEFT({words},FIND("!",{words})-1)'
    begins = f'FIND("!",{words})+1'
    cell = f'MID({words},{begins},FIND(":",{words})-({begins}))'
    return f'HYPERLINK("#\'"&{sheet}&"\'!"&{cell},{words})'


def _filled(column: str) -> str:
    return f'({column}<>"")'


def _all_blank(columns: Sequence[str]) -> str:
    return "*".join(f'({column}="")' for column in columns)


@dataclass(frozen=True, slots=True)
class Gap:
    """A column that only some rows need: the test that it is blank where it is needed.

    `rows`: the rows of the plan, counted from 0, of which that is so.
    """

    field: str
    formula: str
    rows: tuple[int, ...]


def _gaps(contents: Contents, table: str) -> list[Gap]:
    if table == "pools":
        return [_risk_share(contents)]
    return _reach(contents) if table == "programmes" else []


def _risk_share(contents: Contents) -> Gap:
    """Return the gap of a pooled fund that names nobody who bears its risk.

    A sub-pool follows its parent.
    """
    status, rule = (column_reference("pools", name) for name in ("pooling_status", "risk_share"))
    formula = f'({rule}="")*((({status}="pooled")+({status}=""))>0)'
    if contents.has_column("pools", "parent"):
        formula += f'*({column_reference("pools", "parent")}="")'
    rows = tuple(
        number
        for number, pool in enumerate(contents.plan.pools)
        if pool.is_pooled and not pool.risk_share and not pool.parent
    )
    return Gap("risk_share", formula, rows)


def _reach(contents: Contents) -> list[Gap]:
    """Return the gaps of a programme that reaches no line, or nobody: it would avoid nothing.

    Where Segments or the sheet of figures by year is there, that may be said on it instead.
    """
    gaps: list[Gap] = []
    programmes = contents.plan.programmes
    by_year = any(p.by_year and p.table.field == "programmes" for p in contents.table_sheets)
    for name, elsewhere in (("reaches", contents.has("segments")), ("steady_reach", by_year)):
        if contents.has_column("programmes", name) and not elsewhere:
            blank = f'({column_reference("programmes", name)}="")'
            rows = (at for at, row in enumerate(programmes) if getattr(row, name) in (None, ()))
            gaps.append(Gap(name, blank, tuple(rows)))
    return gaps


def _first(contents: Contents, table: str, gaps: Sequence[Gap]) -> tuple[int, str] | None:
    """Return the row and the field of the first cell that is missing, None where none is."""
    cells: list[tuple[int, int, str]] = []
    for gap in gaps:
        column = _column_of(contents, table, gap.field)
        cells += [(row, column, gap.field) for row in gap.rows]
    if not cells:
        return None
    row, _, name = min(cells)
    return HEADING_ROW + 1 + row, name


def _first_number(contents: Contents, table: str, gaps: Sequence[Gap]) -> int:
    """Return the cell that `_first_cell` names as one number, or 0."""
    first = _first(contents, table, gaps)
    if first is None:
        return 0
    row, name = first
    return (row + 1) * _ROW_WEIGHT + _column_of(contents, table, name) + 1


def _first_cell(contents: Contents, table: str, gaps: Sequence[Gap]) -> str:
    """Return the first cell that is missing with its heading, or blank."""
    first = _first(contents, table, gaps)
    return _cell_of(contents, table, *first) if first else ""


def _column_of(contents: Contents, table: str, name: str) -> int:
    heads = headings_of(layout.main_table(table), contents)
    return [head.column.field if head.column else "" for head in heads].index(name)


def _cell_of(contents: Contents, table: str, row: int, name: str) -> str:
    """Return a cell of a table's sheet with its heading, such as `Pools!F6: Risk share`."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    place = layout.main_table(table)
    at = _column_of(contents, table, name)
    heading = headings_of(place, contents)[at].text
    return f"{place.sheet}!{xl_rowcol_to_cell(row, at)}: {heading}"


def needed_labels(table: str) -> str:
    """Return the headings that a row of a table needs, for the note of a step."""
    labels = {column.field: column.label for column in columns_of(TABLES[table].noun)}
    return ", ".join(" or ".join(labels[name] for name in group) for group in NEEDED[table])

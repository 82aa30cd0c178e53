"""Answers, plan tables, findings and postings as pandas data frames, and frames as plan tables.

The only home of pandas, which is loaded when a frame is asked for. Frames are tidy: one value a
row, its labels beside it. Years are an ordered category, so that they sort and plot in their order.
Amounts are pounds as float; with `money="pence"` they stand in a column `Pence` of exact whole
numbers. `frame.attrs` says what the frame is: `id`, `title`, `shows`, the units and the basis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, product
from typing import TYPE_CHECKING, Any, Literal

from icbudget import years
from icbudget.answers.block import Block, Cell
from icbudget.engine.accounts.postings import Posting
from icbudget.findings import Finding
from icbudget.plan import SETUP, Plan, PlanTable
from icbudget.plan.columns import Column, Kind, columns_of
from icbudget.plan.headings import FIGURE, matched, names_of
from icbudget.plan.unread_cells import NotKnown

if TYPE_CHECKING:
    import pandas as pd
    from pandas import DataFrame as DataFrame

    from icbudget.engine.uncertainty.simulate import Simulation
    from icbudget.ledger_import.imported_ledger import Ledger

Money = Literal["pounds", "pence"]
Grid = list[list[Any]]
"""A table of cells, its headings first."""
POUNDS = "£"
OVER_THE_PLAN = "Over the plan"
_WHOLE_NUMBERS = {Kind.WHOLE}
_NUMBERS = {Kind.MONEY, Kind.PRICE, Kind.NUMBER, Kind.FRACTION}


def pandas() -> Any:
    """Return the pandas library.

    Raises `ModuleNotFoundError` with what to type where it is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "Data frames need pandas. In icbudget's folder: pip install '.[pandas]'"
        ) from missing
    return pandas


def answer_frame(
    block: Block,
    id: str = "",
    title: str = "",
    *,
    money: Money = "pounds",
    wide: bool = False,
) -> pd.DataFrame:
    """Return an answer as a frame.

    Tidy: the label columns, `Year`, `Unit` and `Value`, a row for every value that there is;
    figures that are text (a verdict, a source) stand in `Text`. An answer whose columns are not
    years, or with `wide`, keeps its columns as on its sheet. A value that is not known is missing,
    and `attrs["not_known"]` counts these. A percentage is a fraction: 0.05 is 5 %.
    """
    by_year = bool(block.columns) and all(_is_year(column) for column in block.columns)
    frame = _long(block, money) if by_year and not wide else _as_on_the_sheet(block, money)
    every_value = chain.from_iterable(row.values for row in block.rows)
    frame.attrs = {
        "id": id,
        "title": title or block.title,
        "shows": block.shows,
        "units": _units(block),
        "basis": dict(block.basis_by_column),
        "not_known": sum(isinstance(value, NotKnown) for value in every_value),
    }
    return frame


def _is_year(heading: str) -> bool:
    try:
        return years.year(heading) == heading
    except ValueError:
        return False


def _units(block: Block) -> Any:
    """Return the unit of each column that has its own, else the units that rows have."""
    return block.unit_by_column or sorted({row.unit for row in block.rows if row.unit})


def _long(block: Block, money: Money) -> pd.DataFrame:
    pd = pandas()
    records: list[dict[str, Any]] = []
    for row in block.rows:
        labels = dict(zip(block.label_headings, block.laid_out(row), strict=True))
        for year, cell in zip(block.columns, row.values, strict=True):
            if cell is None:
                continue
            unit = block.unit_of(row.unit, year)
            records.append(labels | {"Year": year, "Unit": unit} | _value(cell, unit, money))
    columns = [*block.label_headings, "Year", "Unit", "Value", "Pence", "Text"]
    frame = pd.DataFrame.from_records(records, columns=columns)
    frame["Year"] = pd.Categorical(frame["Year"], categories=list(block.columns), ordered=True)
    frame["Value"] = frame["Value"].astype("float64")
    frame["Pence"] = frame["Pence"].astype("Int64")
    frame = _labels_as_text(frame, [*block.label_headings, "Unit"])
    if money == "pounds":
        frame = frame.drop(columns="Pence")
    return frame if frame["Text"].notna().any() else frame.drop(columns="Text")


def _labels_as_text(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame whose labels are text, as they are with rows, where it has none."""
    return frame if len(frame) else frame.astype(dict.fromkeys(columns, "str"))


def _value(cell: str | float, unit: str, money: Money) -> dict[str, Any]:
    """Return the columns that a value fills: `Text`, `Pence` or `Value`; none if not known."""
    if isinstance(cell, NotKnown):
        return {}
    if isinstance(cell, str):
        return {"Text": cell}
    if unit == POUNDS and money == "pence":
        # An answer carries whole pence as a float of pounds; below £1e13 rounding gives them back.
        return {"Pence": round(float(cell) * 100)}
    return {"Value": float(cell)}


def _as_on_the_sheet(block: Block, money: Money) -> pd.DataFrame:
    pd = pandas()
    headings = list(block.headings)
    frame = pd.DataFrame(
        [[_plain(cell) for cell in line] for line in block.grid()[1:]], columns=headings
    )
    for column in block.columns:
        cells = frame[column].tolist()
        if all(cell is None or isinstance(cell, (int, float)) for cell in cells):
            frame[column] = frame[column].astype("float64")
    if money == "pence":
        _to_pence(frame, block)
    return _labels_as_text(frame, [h for h in headings if h not in block.columns])


def _plain(cell: Cell) -> Cell:
    return None if isinstance(cell, NotKnown) or cell == "" else cell


def _to_pence(frame: pd.DataFrame, block: Block) -> None:
    """Turn columns in which every value is an amount in £ into whole pence."""
    for at, column in enumerate(block.columns):
        values = [row.values[at] for row in block.rows]
        units = {
            block.unit_of(row.unit, column)
            for row, value in zip(block.rows, values, strict=True)
            if value is not None
        }
        if units == {POUNDS} and not any(isinstance(value, str) for value in values):
            frame[column] = (frame[column] * 100).round().astype("Int64")


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings as a frame, one a row.

    Columns: `id`, `severity`, `where`, `message`, `fix`, `effect` in £, and the place apart
    (`workbook`, `sheet`, `cell`, `table`, `row`, `column`).
    """
    pd = pandas()
    records = [finding.as_record() for finding in findings]
    columns = [
        *("id", "severity", "where", "message", "fix", "effect_pence"),
        *("workbook", "sheet", "cell", "table", "row", "column"),
    ]
    frame = pd.DataFrame.from_records(records, columns=columns)
    order = ["error", "warning", "note"]
    frame["severity"] = pd.Categorical(frame["severity"], categories=order, ordered=True)
    frame["effect_pence"] = frame["effect_pence"].astype("Int64")
    effect = frame["effect_pence"].astype("Float64") / 100
    frame.insert(columns.index("effect_pence"), "effect", effect)
    frame = frame.drop(columns="effect_pence")
    frame.attrs = {"id": "findings", "title": "Findings", "units": {"effect": POUNDS}}
    return frame


def postings_frame(
    postings: Sequence[Posting], plan_years: Sequence[str], *, money: Money = "pounds"
) -> pd.DataFrame:
    """Return the ledger as a frame, one posting a row, `Amount` in £ (or `Pence`).

    See `icbudget.engine.accounts.postings`.

    `Rests on` holds the figures of the plan behind each posting.
    """
    pd = pandas()
    records = [
        {
            "Year": posting.year,
            "Partner": posting.partner,
            "Pool": posting.pool,
            "Source": posting.source,
            "Line": posting.line,
            "Basis": posting.basis,
            "Kind": posting.kind,
            "Pence": None if isinstance(posting.pence, NotKnown) else posting.pence,
            "Rests on": posting.rests_on,
        }
        for posting in postings
    ]
    columns = ["Year", "Partner", "Pool", "Source", "Line", "Basis", "Kind", "Pence", "Rests on"]
    frame = pd.DataFrame.from_records(records, columns=columns)
    frame["Year"] = pd.Categorical(frame["Year"], categories=list(plan_years), ordered=True)
    frame["Pence"] = frame["Pence"].astype("Int64")
    if money == "pounds":
        frame.insert(columns.index("Pence"), "Amount", frame["Pence"].astype("Float64") / 100)
        frame = frame.drop(columns="Pence")
    frame.attrs = {"id": "postings", "title": "Postings", "units": _unit_of_money(money)}
    return frame


def _unit_of_money(money: Money) -> dict[str, str]:
    """Return the column that holds the amounts of a ledger, with its unit."""
    return {"Pence": "pence"} if money == "pence" else {"Amount": POUNDS}


def plan_frame(plan: Plan, table: PlanTable) -> pd.DataFrame:
    """Return a plan table as a frame with the headings of its sheet, one row a row of the plan.

    A table with one figure by year has its years as columns, as on the sheet; one with several has
    them as `Reach 2026/27`. Amounts are float pounds, percentages fractions, yes and no boolean.
    Setup is one row a setting: `Setting`, `Value`.
    """
    pd = pandas()
    if table is SETUP:
        settings = [
            {"Setting": column.heading, "Value": _setting(getattr(plan.setup, column.field))}
            for column in columns_of(SETUP.noun)
        ]
        frame = pd.DataFrame.from_records(settings, columns=["Setting", "Value"])
        frame.attrs = {"id": SETUP.field, "title": SETUP.label, "units": {}}
        return frame
    rows = getattr(plan, table.field)
    columns = columns_of(table.noun)
    several = sum(column.by_year for column in columns) > 1
    filled: dict[str, Any] = {}
    for column in columns:
        values = [getattr(row, column.field) for row in rows]
        if column.by_year:
            filled |= _years_of(column, values, plan.years, several)
        else:
            filled[column.heading] = _typed(column, values)
    frame = pd.DataFrame(filled)
    units = {column.heading: column.unit for column in columns if column.unit}
    frame.attrs = {"id": table.field, "title": table.label, "units": units}
    return frame


def _setting(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _typed(column: Column, values: Sequence[Any]) -> Any:
    """Return a column's values with the type of their kind; what is blank is missing."""
    pd = pandas()
    if column.kind in _WHOLE_NUMBERS:
        return pd.array(list(values), dtype="Int64")
    if column.kind in _NUMBERS:
        return pd.array([None if v is None else float(v) for v in values], dtype="Float64")
    if column.kind is Kind.YES_NO:
        return pd.array(list(values), dtype="boolean")
    return list(values)


def _years_of(
    column: Column, values: Sequence[Mapping[str, Any]], plan_years: Sequence[str], several: bool
) -> dict[str, Any]:
    """Return a column a year that any row has a value for, in the order of years."""
    pd = pandas()
    stated = set(chain.from_iterable(values))
    order = sorted(stated | set(plan_years)) if not several else sorted(stated)
    return {
        (f"{column.label} {year}" if several else year): pd.array(
            [None if year not in by_year else float(by_year[year]) for by_year in values],
            dtype="Float64",
        )
        for year in order
    }


def cells_of(frame: pd.DataFrame) -> Grid:
    """Return a frame as a table of cells, its headings first; what is missing is blank.

    An index that has a name is its first columns.
    """
    pd = pandas()
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    body = [
        [None if _is_missing(value, pd) else _cell(value) for value in row]
        for row in frame.itertuples(index=False, name=None)
    ]
    return [[str(heading) for heading in frame.columns], *body]


def _is_missing(value: Any, pd: Any) -> bool:
    if isinstance(value, (list, tuple, dict, set)):
        return False
    return bool(pd.isna(value))


def _cell(value: Any) -> Any:
    """Return a plain Python value: numpy's numbers and timestamps are what a cell holds."""
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def grids_of(frame: pd.DataFrame, table: PlanTable) -> list[Grid]:
    """Return a frame of a plan table as tables of cells.

    Its figures by year stand apart where it has several: `Reach 2026/27` is a figure of a row
    `Reach` under the year.
    """
    cells = cells_of(frame)
    by_year = {column.label: column for column in columns_of(table.noun) if column.by_year}
    if len(by_year) < 2:
        return [cells]
    figures = [_figure_of(heading, by_year) for heading in cells[0]]
    plain = [at for at, figure in enumerate(figures) if figure is None]
    main = [[row[at] for at in plain] for row in cells]
    keys = _key_places(table, main[0])
    order = sorted({figure[1] for figure in figures if figure is not None})
    companion: Grid = [[*(main[0][at] for at in keys), FIGURE, *order]]
    for (row, kept), label in product(zip(cells[1:], main[1:], strict=True), by_year):
        values = _by_year(row, figures, label)
        # A figure without any year has no row, as on the sheet.
        if any(value is not None for value in values.values()):
            in_order = [values.get(year) for year in order]
            companion.append([*(kept[at] for at in keys), label, *in_order])
    return [main, companion] if len(companion) > 1 else [main]


def _by_year(
    row: Sequence[Any], figures: Sequence[tuple[str, str] | None], label: str
) -> dict[str, Any]:
    """Return the values of one figure of a row by year."""
    values: dict[str, Any] = {}
    for value, figure in zip(row, figures, strict=True):
        if figure is not None and figure[0] == label:
            values[figure[1]] = value
    return values


def _figure_of(heading: str, by_year: Mapping[str, Column]) -> tuple[str, str] | None:
    """Return the figure and the year that a heading such as `Reach 2026/27` names."""
    label, _, year = heading.rpartition(" ")
    return (label, year) if label in by_year and _is_year(year) else None


def _key_places(table: PlanTable, headings: Sequence[str]) -> list[int]:
    """Return where the columns of a table's key stand among headings."""
    names = names_of(table)
    fields = [matched(names, heading) for heading in headings]
    return [fields.index(part) for part in table.key if part in fields]


def draws_frame(
    simulation: Simulation, plan_years: Sequence[str], *, money: Money = "pounds"
) -> pd.DataFrame:
    """Return every draw of a simulation: `Of` whom, `Figure`, `Unit`, `Year`, `Draw`, `Value`.

    Amounts are pounds; with `money="pence"` whole pence stand in `Pence` and `Value` is left to
    what is no money. `Year` is `Over the plan` for the whole plan's figure.
    """
    pd = pandas()
    order = [*plan_years, OVER_THE_PLAN]
    parts = []
    for outcome in simulation.outcomes:
        values = simulation.of(outcome.subject, outcome.name)
        in_units = values / 100 if outcome.money else values
        part = pd.DataFrame(in_units.T, columns=pd.Index(order, name="Year"))
        part.index.name = "Draw"
        long = part.stack().rename("Value").reset_index()
        long.insert(0, "Unit", outcome.unit)
        long.insert(0, "Figure", outcome.name)
        long.insert(0, "Of", outcome.subject)
        parts.append(long)
    frame = pd.concat(parts, ignore_index=True)
    frame["Year"] = pd.Categorical(frame["Year"], categories=order, ordered=True)
    if money == "pence":
        in_pounds = frame["Unit"] == POUNDS
        # A draw is worked out in pence, not always whole ones: a half goes to the even penny.
        pence = (frame["Value"] * 100).round().where(in_pounds)
        frame["Pence"] = pence.astype("Int64")
        frame["Value"] = frame["Value"].mask(in_pounds)
    units = sorted(frame["Unit"].unique())
    frame.attrs = {"id": "draws", "title": "Draws", "units": units}
    return frame


def rejects_frame(ledgers: Sequence[Ledger], *, money: Money = "pounds") -> pd.DataFrame:
    """Return the rejected rows of ledgers: `Ledger`, `Line`, `Why`, `Amount` (or `Pence`).

    Behind them stand the row's own cells, as text like the export has them. The amount is missing
    where it could not be read. A heading of the export that is one of the first four has
    ` (export)` behind it.
    """
    pd = pandas()
    own = ["Ledger", "Line", "Why", "Amount", "Pence"]
    records: list[dict[str, Any]] = []
    exported: dict[str, None] = {}
    for ledger in ledgers:
        headings = [f"{h} (export)" if h in own else h for h in ledger.headings]
        exported |= dict.fromkeys(headings)
        for reject in ledger.rejects:
            record = {
                "Ledger": ledger.name,
                "Line": reject.line,
                "Why": reject.reason,
                "Pence": reject.pence,
            }
            records.append(record | dict(zip(headings, reject.cells, strict=False)))
    texts = ["Ledger", "Why", *exported]
    frame = pd.DataFrame.from_records(
        records, columns=["Ledger", "Line", "Why", "Pence", *exported]
    )
    frame = frame.astype(dict.fromkeys(texts, "string") | {"Line": "Int64", "Pence": "Int64"})
    if money == "pounds":
        frame.insert(frame.columns.get_loc("Pence"), "Amount", frame["Pence"] / 100)
        frame = frame.drop(columns="Pence")
    frame.attrs = {"id": "rejects", "title": "Rejects", "units": _unit_of_money(money)}
    return frame

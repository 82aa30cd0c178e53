"""Plan tables as data frames, and data frames as the tables of cells that a plan is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from icbudget import money as amounts
from icbudget.frames.column_types import (
    PENCE,
    Money,
    dates,
    is_year,
    numbers,
    pandas,
    texts,
    whole_numbers,
    years_in_order,
    yes_or_no,
)
from icbudget.plan import SETUP, Plan, PlanTable
from icbudget.plan.columns import Column, Kind, columns_of
from icbudget.plan.headings import FIGURE, matched, names_of
from icbudget.plan.unread_cells import NotKnown

if TYPE_CHECKING:
    import pandas as pd

Grid = list[list[Any]]
"""A table of cells, its headings first."""
AS_TYPED = "as typed in the plan"
_NUMBERS = {Kind.MONEY, Kind.PRICE, Kind.NUMBER, Kind.FRACTION}
_LISTS = {Kind.REFERENCES, Kind.YEARS}


def plan_frame(plan: Plan, table: PlanTable, *, money: Money = "pounds") -> pd.DataFrame:
    """Return a plan table as a frame with the headings of its sheet, one row a row of the plan.

    A table with one figure by year has its years as columns, as on the sheet; one with several has
    them as `Reach 2026/27`. Numbers are float64, a count Int64, yes and no boolean, a day
    datetime64, a year an ordered category, a list of names text with semicolons; what is blank is
    missing. Percentages are fractions, amounts pounds. With `money="pence"` amounts are whole
    pence, Int64, and their headings say so: such a frame is for sums, and is no plan table to read.
    Setup is one row a setting: `Setting`, `Value`, of every kind.
    """
    if table is SETUP:
        return _setup_frame(plan)
    rows = getattr(plan, table.field)
    columns = columns_of(table.noun)
    several = sum(column.by_year for column in columns) > 1
    filled: dict[str, Any] = {}
    units: dict[str, str] = {}
    for column in columns:
        values = [_known(getattr(row, column.field)) for row in rows]
        unit = _unit(column, money)
        if column.by_year:
            of_years = _years_of(column, values, plan.years, several, money)
            filled |= of_years
            units |= dict.fromkeys(of_years, unit)
        else:
            heading = _heading(column, money)
            filled[heading] = _typed(column, values, money)
            if unit:
                units[heading] = unit
    frame = pandas().DataFrame(filled)
    basis = dict.fromkeys(units, AS_TYPED)
    frame.attrs = {"id": table.field, "title": table.label, "units": units, "basis": basis}
    return frame


def _setup_frame(plan: Plan) -> pd.DataFrame:
    columns = columns_of(SETUP.noun)
    values = [getattr(plan.setup, column.field) for column in columns]
    plain = [float(value) if isinstance(value, Decimal) else value for value in values]
    pd = pandas()
    settings = texts([column.heading for column in columns])
    frame = pd.DataFrame({"Setting": settings, "Value": pd.Series(plain, dtype="object")})
    # The heading of a setting has its unit in brackets.
    frame.attrs = {
        "id": SETUP.field,
        "title": SETUP.label,
        "units": {"Value": "Setting"},
        "basis": {"Value": AS_TYPED},
    }
    return frame


def _known(value: Any) -> Any:
    """Return a value, None where it could not be read."""
    return None if isinstance(value, NotKnown) else value


def _in_pence(column: Column, money: Money) -> bool:
    return money == PENCE and column.kind is Kind.MONEY


def _unit(column: Column, money: Money) -> str:
    return PENCE if _in_pence(column, money) else column.unit


def _heading(column: Column, money: Money) -> str:
    return f"{column.label} ({PENCE})" if _in_pence(column, money) else column.heading


def _typed(column: Column, values: Sequence[Any], money: Money) -> Any:
    """Return a column's values with the type of their kind; what is blank is missing."""
    if _in_pence(column, money):
        return whole_numbers([None if v is None else amounts.to_pence(v) for v in values])
    if column.kind is Kind.WHOLE:
        return whole_numbers(values)
    if column.kind in _NUMBERS:
        return numbers(values)
    if column.kind is Kind.YES_NO:
        return yes_or_no(values)
    if column.kind is Kind.YEAR:
        return years_in_order(values)
    if column.kind is Kind.DATE:
        return dates(values)
    if column.kind in _LISTS:
        return texts(["; ".join(value) for value in values])
    return texts(values)


def _years_of(
    column: Column,
    values: Sequence[Mapping[str, Any]],
    plan_years: Sequence[str],
    several: bool,
    money: Money,
) -> dict[str, Any]:
    """Return a column a year that any row has a value for, in the order of years."""
    stated = set(chain.from_iterable(values))
    order = sorted(stated) if several else sorted(stated | set(plan_years))
    in_pence = f" ({PENCE})" if _in_pence(column, money) else ""
    return {
        (f"{column.label} {year}" if several else year) + in_pence: _typed(
            column, [_known(by_year.get(year)) for by_year in values], money
        )
        for year in order
    }


def cells_of(frame: pd.DataFrame) -> Grid:
    """Return a frame as a table of cells, its headings first; what is missing is blank.

    An index that has a name is its first columns.
    """
    pd = pandas()
    named = [name for name in frame.index.names if name is not None]
    if any(name not in frame.columns for name in named):
        # A level of the index that is a column too is the column.
        twice = [name for name in named if name in frame.columns]
        frame = frame.reset_index(level=twice, drop=True).reset_index()
    body = [
        [None if _is_missing(value, pd) else _cell(value) for value in row]
        for row in frame.itertuples(index=False, name=None)
    ]
    return [[str(heading) for heading in frame.columns], *body]


def is_frame(value: Any) -> bool:
    """Return whether something is a pandas data frame."""
    return isinstance(value, pandas().DataFrame)


def is_in_pence(frame: pd.DataFrame) -> bool:
    """Return whether amounts of a frame are in pence, as a frame of icbudget says of itself."""
    units = frame.attrs.get("units", {})
    return isinstance(units, dict) and PENCE in units.values()


def _is_missing(value: Any, pd: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _cell(value: Any) -> Any:
    """Return a plain Python value: numpy's numbers and timestamps are what a cell holds."""
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value.tolist() if hasattr(value, "tolist") else value


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
    return (label, year) if label in by_year and is_year(year) else None


def _key_places(table: PlanTable, headings: Sequence[str]) -> list[int]:
    """Return where the columns of a table's key stand among headings."""
    names = names_of(table)
    fields = [matched(names, heading) for heading in headings]
    return [fields.index(part) for part in table.key if part in fields]
